"""What layers share that change images at random while a model is trained: at inference they pass them on.

A model is trained elsewhere, so irkit draws no such changes: `training=True` is refused.
Keras: https://keras.io/api/layers/preprocessing_layers/image_augmentation/
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, TypeAlias

from irkit.errors import ArgumentError, ShapeError, UnsupportedError
from irkit.frontends import ops
from irkit.frontends.backend_config import data_format_or_default
from irkit.frontends.base.layer import Layer
from irkit.frontends.layers.arguments import one_of
from irkit.frontends.tensors.tensor import Tensor

# How strong a change may be: up to a number, or from one number to another.
Factor: TypeAlias = float | Sequence[float]
FILL_MODES = ("reflect", "wrap", "constant", "nearest")
INTERPOLATIONS = ("nearest", "bilinear")


class Augmentation(Layer):
    """Base: the identity at inference. Takes images, or a dict with "images", labels and boxes around them.

    bounds: of `factor`. casts: whether images of whole numbers become floats, as in Keras.
    """

    bounds: ClassVar[tuple[float, float] | None] = (-1, 1)
    casts: ClassVar[bool] = True
    data_format: str | None

    def setup(self) -> None:
        self.data_format = data_format_or_default(self.data_format)
        own = self.__dict__
        if self.bounds is not None and "factor" in own:
            self.factor: Any = span("factor", own["factor"], *self.bounds)
        if "value_range" in own:
            self.value_range = _two_numbers("value_range", own["value_range"])
        for name, options in (("fill_mode", FILL_MODES), ("interpolation", INTERPOLATIONS)):
            if name in own:
                setattr(self, name, one_of(name, own[name], options))

    def check_inputs(self, data: object, *_: object) -> None:
        images = data.get("images") if isinstance(data, Mapping) else data
        if isinstance(images, Tensor) and images.ndim not in (3, 4):
            raise ShapeError(
                f"expects an image or a batch of images, the input has {images.ndim} axes.",
                cure="Give (height, width, channels) or (batch, height, width, channels).",
            )

    def call(self, data: Any, training: bool = False) -> Any:  # images, or a dict with them
        if training:
            raise UnsupportedError(
                f"{type(self).__name__} changes images at random only while a model is trained, "
                "which irkit does not do.",
                cure="Leave out training=True: at inference Keras passes images on as well.",
            )
        if isinstance(data, Mapping):
            return {**data, "images": self.seen(data["images"])}
        return self.seen(data)

    def seen(self, images: Tensor) -> Tensor:
        """The images as inference sees them."""
        return ops.cast(images, self.dtype) if self.casts else images


def span(name: str, value: Any, low: float, high: float) -> tuple[float, float]:  # a Factor
    """`value` as (from, to): of one number, from its negative (but not below `low`)."""
    if isinstance(value, list | tuple) and len(value) == 2 and value[0] <= high and value[1] >= low:
        first, last = sorted(value)
        return first, last
    if not isinstance(value, bool) and isinstance(value, int | float) and low <= value <= high:
        return max(-abs(value), low), abs(value)
    raise ArgumentError(
        f"{name} must be a number from {low} to {high}, or two of them. Received: {value!r}.",
        cure=f"Write {name}={high}, or {name}=({low}, {high}).",
    )


def _two_numbers(name: str, value: Any) -> Any:  # the same
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise ArgumentError(
            f"{name} must be two numbers. Received: {value!r}.", cure="Write (0, 255), or (0, 1)."
        )
    return sorted(value)
