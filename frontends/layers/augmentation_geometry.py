"""Random movements of images in training; at inference, Keras's layers and these hand the images on.

Keras: https://keras.io/api/layers/preprocessing_layers/image_augmentation/
"""

from __future__ import annotations

from collections.abc import Sequence

from irkit.errors import ArgumentError
from irkit.frontends.base.layer import layer
from irkit.frontends.layers.arguments import fraction, one_of, whole
from irkit.frontends.layers.augmenting import Augmentation, Factor, span

__all__ = [
    "RandomCrop",
    "RandomElasticTransform",
    "RandomErasing",
    "RandomFlip",
    "RandomPerspective",
    "RandomRotation",
    "RandomShear",
    "RandomTranslation",
    "RandomZoom",
]


@layer
class RandomCrop(Augmentation):
    """In training a random part of each image of size (height, width). At inference the whole image, as in Keras 3."""

    height: int
    width: int
    seed: int | None = None
    data_format: str | None = None
    casts = False

    def setup(self) -> None:
        super().setup()
        self.height, self.width = whole("height", self.height), whole("width", self.width)


@layer
class RandomElasticTransform(Augmentation):
    """In training images are bent like rubber."""

    factor: Factor = 1.0
    scale: Factor = 1.0
    interpolation: str = "bilinear"
    fill_mode: str = "reflect"
    fill_value: float = 0.0
    value_range: Sequence[float] = (0, 255)
    seed: int | None = None
    data_format: str | None = None
    bounds = (0, 1)

    def setup(self) -> None:
        super().setup()
        self.scale = span("scale", self.scale, 0, 1)


@layer
class RandomErasing(Augmentation):
    """In training a rectangle of each image is filled."""

    factor: Factor = 1.0
    scale: Factor = (0.02, 0.33)
    fill_value: float | None = None
    value_range: Sequence[float] = (0, 255)
    seed: int | None = None
    data_format: str | None = None
    bounds = (0, 1)

    def setup(self) -> None:
        super().setup()
        self.scale = span("scale", self.scale, 0, 1)


@layer
class RandomFlip(Augmentation):
    """In training images are mirrored. mode: "horizontal", "vertical", "horizontal_and_vertical"."""

    mode: str = "horizontal_and_vertical"
    seed: int | None = None
    data_format: str | None = None

    def setup(self) -> None:
        super().setup()
        self.mode = one_of("mode", self.mode, ("horizontal", "vertical", "horizontal_and_vertical"))


@layer
class RandomPerspective(Augmentation):
    """In training images are seen from elsewhere."""

    factor: Factor = 1.0
    scale: float = 1.0
    interpolation: str = "bilinear"
    fill_value: float = 0.0
    seed: int | None = None
    data_format: str | None = None
    bounds = (0, 1)

    def setup(self) -> None:
        super().setup()
        self.scale = fraction("scale", self.scale)


@layer
class RandomRotation(Augmentation):
    """In training images are turned, by parts of a whole turn."""

    factor: Factor
    fill_mode: str = "reflect"
    interpolation: str = "bilinear"
    seed: int | None = None
    fill_value: float = 0.0
    data_format: str | None = None


@layer
class RandomShear(Augmentation):
    """In training images are slanted."""

    x_factor: Factor = 0.0
    y_factor: Factor = 0.0
    interpolation: str = "bilinear"
    fill_mode: str = "reflect"
    fill_value: float = 0.0
    data_format: str | None = None
    seed: int | None = None

    def setup(self) -> None:
        super().setup()
        for name in ("x_factor", "y_factor"):
            value = getattr(self, name)
            lowest = min(value) if isinstance(value, list | tuple) else value
            low = 0 if lowest < 0 or isinstance(value, list | tuple) else -1
            setattr(self, name, span(name, value, low, 1))


@layer
class RandomTranslation(Augmentation):
    """In training images are shifted, by parts of their size."""

    height_factor: Factor
    width_factor: Factor
    fill_mode: str = "reflect"
    interpolation: str = "bilinear"
    seed: int | None = None
    fill_value: float = 0.0
    data_format: str | None = None

    def setup(self) -> None:
        super().setup()
        need_factor("height_factor", self.height_factor)
        need_factor("width_factor", self.width_factor)


@layer
class RandomZoom(Augmentation):
    """In training images are enlarged or made smaller. width_factor: None for that of the height."""

    height_factor: Factor
    width_factor: Factor | None = None
    fill_mode: str = "reflect"
    interpolation: str = "bilinear"
    seed: int | None = None
    fill_value: float = 0.0
    data_format: str | None = None

    def setup(self) -> None:
        super().setup()
        need_factor("height_factor", self.height_factor)
        if self.width_factor is not None:
            need_factor("width_factor", self.width_factor)


def need_factor(name: str, value: Factor) -> None:
    """Raises ArgumentError unless `value`, which stays as it was given, is one or two numbers from −1 to 1."""
    given = value if isinstance(value, list | tuple) else (value,)
    if len(given) > 2 or any(not isinstance(v, int | float) or not -1 <= v <= 1 for v in given):
        raise ArgumentError(
            f"{name} must be a number from -1 to 1, or two of them. Received: {value!r}.",
            cure="Write 0.1 for a tenth of the image.",
        )
