"""Pooling: the largest or the mean of each window. Keras: https://keras.io/api/layers/pooling_layers/"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from irkit.errors import ShapeError
from irkit.frontends import ops
from irkit.frontends.backend_config import data_format_or_default
from irkit.frontends.base.layer import Layer, layer
from irkit.frontends.layers.arguments import Sizes, need_rank, one_of, sizes
from irkit.frontends.layers.reshaping import image_axes
from irkit.frontends.tensors.tensor import Tensor

__all__ = [
    "AdaptiveAveragePooling1D",
    "AdaptiveAveragePooling2D",
    "AdaptiveAveragePooling3D",
    "AdaptiveMaxPooling1D",
    "AdaptiveMaxPooling2D",
    "AdaptiveMaxPooling3D",
    "AveragePooling1D",
    "AveragePooling2D",
    "AveragePooling3D",
    "GlobalAveragePooling1D",
    "GlobalAveragePooling2D",
    "GlobalAveragePooling3D",
    "GlobalMaxPooling1D",
    "GlobalMaxPooling2D",
    "GlobalMaxPooling3D",
    "MaxPooling1D",
    "MaxPooling2D",
    "MaxPooling3D",
]


class SpatialLayer(Layer):
    """Base: checks that the input has batch, channels and `rank` spatial axes."""

    rank: ClassVar[int]
    data_format: str | None

    def check_inputs(self, inputs: object, *_: object) -> None:
        need_rank(inputs, self.rank + 2, image_axes(self.rank, self.data_format))


@layer
class AveragePooling(SpatialLayer):
    """Base: the mean of each window; padding "same" counts only what lies inside.

    (batch, *sizes, channels) → (batch, *new sizes, channels); channels_first: the channels come second
    """

    pool_size: Sizes
    strides: Sizes | None = None
    padding: str = "valid"
    data_format: str | None = None

    def setup(self) -> None:
        self.pool_size = sizes("pool_size", self.pool_size, self.rank)
        self.strides = sizes("strides", self.pool_size if self.strides is None else self.strides, self.rank)
        self.padding = one_of("padding", self.padding, ("valid", "same"))
        self.data_format = data_format_or_default(self.data_format)

    def check_inputs(self, inputs: object, *_: object) -> None:
        super().check_inputs(inputs)
        if not isinstance(inputs, Tensor) or self.padding == "same":
            return
        spatial = inputs.shape[2:] if self.data_format == "channels_first" else inputs.shape[1:-1]
        assert isinstance(self.pool_size, tuple)
        for size, window in zip(spatial, self.pool_size, strict=True):
            if isinstance(size, int) and size < window:
                raise ShapeError(
                    f"a window of {self.pool_size} does not fit into the input's {spatial}.",
                    cure="Use a smaller pool_size, padding='same', or fewer layers that shrink the image.",
                )

    def call(self, inputs: Tensor) -> Tensor:
        return ops.average_pool(inputs, self.pool_size, self.strides, self.padding, self.data_format)


class AveragePooling1D(AveragePooling):
    """The mean of each window of steps."""

    rank = 1


class AveragePooling2D(AveragePooling):
    """The mean of each window of rows and columns."""

    rank = 2


class AveragePooling3D(AveragePooling):
    """The mean of each window of depth, rows and columns."""

    rank = 3


@layer
class MaxPooling(AveragePooling):
    """Base: the largest of each window."""

    pool_size: Sizes = 2

    def call(self, inputs: Tensor) -> Tensor:
        return ops.max_pool(inputs, self.pool_size, self.strides, self.padding, self.data_format)


class MaxPooling1D(MaxPooling):
    """The largest of each window of steps."""

    rank = 1


class MaxPooling2D(MaxPooling):
    """The largest of each window of rows and columns."""

    rank = 2


class MaxPooling3D(MaxPooling):
    """The largest of each window of depth, rows and columns."""

    rank = 3


# ---- the whole image as one window


@layer
class GlobalPooling(SpatialLayer):
    """Base: one number for each channel.

    (batch, *sizes, channels) → (batch, channels), or with sizes of 1 where keepdims
    """

    data_format: str | None = None
    keepdims: bool = False
    reduce: ClassVar[Callable[..., Any]]

    def setup(self) -> None:
        self.data_format = data_format_or_default(self.data_format)

    @property
    def spatial_axes(self) -> tuple[int, ...]:
        first = 2 if self.data_format == "channels_first" else 1
        return tuple(range(first, first + self.rank))

    def call(self, inputs: Tensor) -> Tensor:
        pooled: Tensor = type(self).reduce(inputs, axis=self.spatial_axes, keepdims=self.keepdims)
        return pooled


class GlobalAveragePooling(GlobalPooling):
    """Base: the mean of each channel."""

    reduce = ops.mean


class GlobalAveragePooling1D(GlobalAveragePooling):
    """The mean over steps; of those where `mask` is true, if there is one."""

    rank = 1

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> None:  # a mask or None
        """None: the steps are gone."""

    def call(self, inputs: Tensor, mask: Tensor | None = None) -> Tensor:
        if mask is None:
            return super().call(inputs)
        steps = self.spatial_axes[0]
        weights = ops.expand_dims(ops.cast(mask, inputs.dtype), 2 if steps == 1 else 1)
        total = ops.sum(ops.multiply(inputs, weights), axis=steps, keepdims=self.keepdims)
        return ops.divide(total, ops.sum(weights, axis=steps, keepdims=self.keepdims))


class GlobalAveragePooling2D(GlobalAveragePooling):
    """The mean over rows and columns."""

    rank = 2


class GlobalAveragePooling3D(GlobalAveragePooling):
    """The mean over depth, rows and columns."""

    rank = 3


class GlobalMaxPooling(GlobalPooling):
    """Base: the largest of each channel."""

    reduce = ops.max


class GlobalMaxPooling1D(GlobalMaxPooling):
    """The largest over steps."""

    rank = 1


class GlobalMaxPooling2D(GlobalMaxPooling):
    """The largest over rows and columns."""

    rank = 2


class GlobalMaxPooling3D(GlobalMaxPooling):
    """The largest over depth, rows and columns."""

    rank = 3


# ---- windows chosen so that the output has a given size


@layer
class AdaptivePooling(SpatialLayer):
    """Base: as many windows, nearly equal, as the output has places."""

    output_size: Sizes
    data_format: str | None = None

    def setup(self) -> None:
        self.output_size = sizes("output_size", self.output_size, self.rank)
        self.data_format = data_format_or_default(self.data_format)


class AdaptiveAveragePooling(AdaptivePooling):
    """Base: the mean of each window."""

    def call(self, inputs: Tensor) -> Tensor:
        return ops.adaptive_average_pool(inputs, self.output_size, self.data_format)


class AdaptiveMaxPooling(AdaptivePooling):
    """Base: the largest of each window."""

    def call(self, inputs: Tensor) -> Tensor:
        return ops.adaptive_max_pool(inputs, self.output_size, self.data_format)


class AdaptiveAveragePooling1D(AdaptiveAveragePooling):
    """Means of `output_size` windows of steps."""

    rank = 1


class AdaptiveAveragePooling2D(AdaptiveAveragePooling):
    """Means of `output_size` windows of rows and columns."""

    rank = 2


class AdaptiveAveragePooling3D(AdaptiveAveragePooling):
    """Means of `output_size` windows of depth, rows and columns."""

    rank = 3


class AdaptiveMaxPooling1D(AdaptiveMaxPooling):
    """The largest of `output_size` windows of steps."""

    rank = 1


class AdaptiveMaxPooling2D(AdaptiveMaxPooling):
    """The largest of `output_size` windows of rows and columns."""

    rank = 2


class AdaptiveMaxPooling3D(AdaptiveMaxPooling):
    """The largest of `output_size` windows of depth, rows and columns."""

    rank = 3
