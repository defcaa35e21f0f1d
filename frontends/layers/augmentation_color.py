"""Random changes of colours in training; at inference, Keras's layers and these hand the images on.

Keras: https://keras.io/api/layers/preprocessing_layers/image_augmentation/
"""

from __future__ import annotations

from collections.abc import Sequence

from irkit.errors import ArgumentError
from irkit.frontends.base.layer import layer
from irkit.frontends.layers.arguments import fraction, sizes
from irkit.frontends.layers.augmenting import Augmentation, Factor, span

__all__ = [
    "RandomBrightness",
    "RandomColorDegeneration",
    "RandomColorJitter",
    "RandomContrast",
    "RandomGaussianBlur",
    "RandomGrayscale",
    "RandomHue",
    "RandomInvert",
    "RandomPosterization",
    "RandomSaturation",
    "RandomSharpness",
    "Solarization",
]


@layer
class RandomBrightness(Augmentation):
    """In training a number is added to all pixels."""

    factor: Factor
    value_range: Sequence[float] = (0, 255)
    seed: int | None = None
    data_format: str | None = None
    casts = False


@layer
class RandomColorDegeneration(Augmentation):
    """In training colours are mixed with the grey image."""

    factor: Factor
    value_range: Sequence[float] = (0, 255)
    data_format: str | None = None
    seed: int | None = None
    casts = False


@layer
class RandomColorJitter(Augmentation):
    """In training brightness, contrast, saturation and hue change, in any order."""

    value_range: Sequence[float] = (0, 255)
    brightness_factor: Factor | None = None
    contrast_factor: Factor | None = None
    saturation_factor: Factor | None = None
    hue_factor: Factor | None = None
    seed: int | None = None
    data_format: str | None = None
    casts = False


@layer
class RandomContrast(Augmentation):
    """In training the distance of pixels from their mean grows or shrinks."""

    factor: Factor
    value_range: Sequence[float] = (0, 255)
    seed: int | None = None
    data_format: str | None = None
    casts = False
    bounds = (0, 1)


@layer
class RandomGaussianBlur(Augmentation):
    """In training images are blurred."""

    factor: Factor = 1.0
    kernel_size: int | Sequence[int] = 3
    sigma: Factor = 1.0
    value_range: Sequence[float] = (0, 255)
    data_format: str | None = None
    seed: int | None = None
    bounds = (0, 1)

    def setup(self) -> None:
        super().setup()
        self.kernel_size = sizes("kernel_size", self.kernel_size, 2)
        if any(not n % 2 for n in self.kernel_size):
            raise ArgumentError(
                f"kernel_size must be odd, or two odd numbers. Received: {self.kernel_size!r}.",
                cure="Write 3.",
            )
        self.sigma = span("sigma", self.sigma, 0, 1)


@layer
class RandomGrayscale(Augmentation):
    """In training some images lose their colours: each with probability `factor`."""

    factor: float = 0.5
    data_format: str | None = None
    seed: int | None = None
    casts = False
    bounds = None

    def setup(self) -> None:
        super().setup()
        self.factor = fraction("factor", self.factor)


@layer
class RandomHue(Augmentation):
    """In training colours are turned around the colour circle."""

    factor: Factor
    value_range: Sequence[float] = (0, 255)
    data_format: str | None = None
    seed: int | None = None
    casts = False
    bounds = (0, 1)


@layer
class RandomInvert(Augmentation):
    """In training some images become their negatives."""

    factor: Factor = 1.0
    value_range: Sequence[float] = (0, 255)
    seed: int | None = None
    data_format: str | None = None
    casts = False
    bounds = (0, 1)


@layer
class RandomPosterization(Augmentation):
    """In training pixels keep only some of their eight bits."""

    factor: Factor
    value_range: Sequence[float] = (0, 255)
    data_format: str | None = None
    seed: int | None = None
    casts = False
    bounds = (1, 8)


@layer
class RandomSaturation(Augmentation):
    """In training colours become stronger or paler."""

    factor: Factor
    value_range: Sequence[float] = (0, 255)
    data_format: str | None = None
    seed: int | None = None
    casts = False


@layer
class RandomSharpness(Augmentation):
    """In training edges become sharper or softer."""

    factor: Factor
    value_range: Sequence[float] = (0, 255)
    data_format: str | None = None
    seed: int | None = None
    bounds = (0, 1)


@layer
class Solarization(Augmentation):
    """In training pixels above a threshold become their negatives."""

    addition_factor: Factor = 0.0
    threshold_factor: Factor = 0.0
    value_range: Sequence[float] = (0, 255)
    seed: int | None = None
    data_format: str | None = None

    def setup(self) -> None:
        super().setup()
        self.addition_factor = span("addition_factor", self.addition_factor, 0, 1)
        self.threshold_factor = span("threshold_factor", self.threshold_factor, 0, 1)
