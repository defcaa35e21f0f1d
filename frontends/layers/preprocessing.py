"""Layers that prepare data, as part of the model. Keras: https://keras.io/api/layers/preprocessing_layers/"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from irkit.errors import ArgumentError, ShapeError, UnsupportedError
from irkit.frontends import ops
from irkit.frontends.backend_config import data_format_or_default, epsilon
from irkit.frontends.base.layer import Layer, layer
from irkit.frontends.layers.arguments import Shape, axis_in, known_size, one_of, whole
from irkit.frontends.tensors.tensor import Tensor
from irkit.frontends.tensors.variable import Variable

__all__ = ["CategoryEncoding", "CenterCrop", "Discretization", "Normalization", "Resizing"]


@layer
class Normalization(Layer):
    """(x − mean)/√variance, for each place of `axis` (or several, or none). invert: the way back.

    mean, variance: given, or learned from data by `adapt`.
    """

    axis: int | Sequence[int] | None = -1
    mean: Any = None
    variance: Any = None
    invert: bool = False
    supports_masking = True

    def setup(self) -> None:
        axes = self.axis
        self.axis = () if axes is None else (axes,) if isinstance(axes, int) else tuple(axes)
        if (self.mean is None) != (self.variance is None):
            raise ArgumentError("give both mean and variance, or neither.")
        self._adapted: list[Variable] = []

    def _axes(self, rank: int) -> list[int]:
        assert isinstance(self.axis, tuple)
        return sorted(axis_in("axis", a, rank) for a in self.axis)

    def build(self, input_shape: Shape) -> None:
        if self.mean is not None:
            return
        shape = [known_size(input_shape, a, "places") for a in self._axes(len(input_shape))]
        self._adapted = [
            self.add_weight(shape, "zeros", trainable=False, name="mean"),
            self.add_weight(shape, "ones", trainable=False, name="variance"),
            self.add_weight((), "zeros", "int32", trainable=False, name="count"),
        ]

    def adapt(self, data: Any) -> None:  # an array, or what converts to one
        """Learn mean and variance from `data`."""
        x = np.asarray(data, np.float64)
        if not self.built:
            self.build((None, *x.shape[1:]))
            self.built = True
        if not self._adapted:
            raise ArgumentError(f"{self.shown} was given mean and variance, so there is nothing to adapt.")
        others = tuple(a for a in range(x.ndim) if a not in self._axes(x.ndim))
        mean, variance, _ = self._adapted  # Keras leaves its count at 0
        mean.assign(x.mean(others))
        variance.assign(x.var(others))

    def call(self, inputs: Tensor) -> Tensor:
        x = ops.cast(inputs, self.dtype)
        mean, variance = (self._placed(v, x) for v in self._adapted[:2] or (self.mean, self.variance))
        deviation = ops.maximum(ops.sqrt(variance), epsilon())
        if self.invert:
            return ops.add(mean, ops.multiply(x, deviation))
        return ops.divide(ops.subtract(x, mean), deviation)

    def _placed(self, value: Any, x: Tensor) -> Tensor:  # a number, an array or a variable
        """`value` with a size of 1 for the axes that it does not have."""
        given: Tensor = ops.convert_to_tensor(value, dtype=self.dtype)
        axes = self._axes(x.ndim)
        if given.ndim == 0 or axes == list(range(x.ndim - len(axes), x.ndim)):
            return given
        return ops.reshape(given, [x.shape[a] if a in axes else 1 for a in range(x.ndim)])


class ImageLayer(Layer):
    """Base: what layers of images have in common."""

    height: int
    width: int
    data_format: str | None

    def setup(self) -> None:
        self.height, self.width = whole("height", self.height), whole("width", self.width)
        self.data_format = data_format_or_default(self.data_format)

    def check_inputs(self, inputs: object, *_: object) -> None:
        if isinstance(inputs, Tensor) and inputs.ndim not in (3, 4):
            raise ShapeError(f"expects an image or a batch of images, the input has {inputs.ndim} axes.")

    def _rows_axis(self, x: Tensor) -> int:
        return x.ndim - 2 if self.data_format == "channels_first" else x.ndim - 3


@layer
class Resizing(ImageLayer):
    """Images of another size. crop_to_aspect_ratio, pad_to_aspect_ratio: keep proportions by cutting or by margins."""

    height: int
    width: int
    interpolation: str = "bilinear"
    crop_to_aspect_ratio: bool = False
    pad_to_aspect_ratio: bool = False
    fill_mode: str = "constant"
    fill_value: float = 0.0
    antialias: bool = False
    data_format: str | None = None

    def call(self, inputs: Tensor, training: bool = True) -> Tensor:
        resized: Tensor = ops.image.resize(
            inputs,
            (self.height, self.width),
            interpolation=self.interpolation,
            antialias=self.antialias,
            crop_to_aspect_ratio=self.crop_to_aspect_ratio,
            pad_to_aspect_ratio=self.pad_to_aspect_ratio,
            fill_mode=self.fill_mode,
            fill_value=self.fill_value,
            data_format=self.data_format,
        )
        return resized


@layer
class CenterCrop(ImageLayer):
    """The middle of images; smaller ones are enlarged first."""

    height: int
    width: int
    data_format: str | None = None

    def call(self, inputs: Tensor, training: bool = True) -> Tensor:
        x = ops.cast(inputs, self.dtype)
        axis = self._rows_axis(x)
        rows, columns = x.shape[axis], x.shape[axis + 1]
        if not isinstance(rows, int) or not isinstance(columns, int):
            raise ShapeError(
                "needs to know how large the images are.", cure="Give Input their height and width."
            )
        if rows < self.height or columns < self.width:
            size = (self.height, self.width)
            enlarged: Tensor = ops.image.resize(
                x, size, crop_to_aspect_ratio=True, data_format=self.data_format
            )
            return enlarged
        top, left = (rows - self.height) // 2, (columns - self.width) // 2
        cut = [slice(None)] * x.ndim
        cut[axis : axis + 2] = [slice(top, top + self.height), slice(left, left + self.width)]
        return x[tuple(cut)]


_MODES = ("int", "one_hot", "multi_hot", "count")


def encoded(x: Tensor, count: int, mode: str, dtype: str, weights: Tensor | None = None) -> Tensor:
    """Whole numbers below `count` as rows of zeros and ones, or of how often each occurs.

    one_hot: (…, n) → (…, n, count), n of 1 left out; multi_hot and count: (batch, n, …) → (batch, …, count)
    """
    if x.ndim and isinstance(x.shape[-1], int) and x.shape[-1] == 1 and (mode == "one_hot" or x.ndim > 1):
        x = ops.squeeze(x, -1)
        hot = ops.one_hot(x, count, dtype=dtype)
        return hot if weights is None else ops.multiply(hot, weights)
    hot, places = ops.one_hot(x, count, dtype=dtype), 1 if x.ndim > 1 else 0
    if mode == "one_hot":
        return hot
    if mode == "multi_hot":
        return ops.minimum(ops.sum(hot, axis=places), 1)  # of no words at all: zeros
    weighted = hot if weights is None else ops.multiply(hot, ops.expand_dims(weights, -1))
    return ops.sum(weighted, axis=places)


@layer
class CategoryEncoding(Layer):
    """Whole numbers below num_tokens as rows of zeros and ones ("multi_hot", "one_hot"), or of counts ("count")."""

    num_tokens: int | None = None
    output_mode: str = "multi_hot"
    sparse: bool = False
    _hidden = frozenset({"sparse"})

    def setup(self) -> None:
        self.num_tokens = whole("num_tokens", self.num_tokens)
        self.output_mode = one_of("output_mode", self.output_mode, _MODES[1:])
        if self.sparse:
            raise UnsupportedError("sparse=True is not supported: irkit has no sparse tensors.")

    def call(self, inputs: Tensor, count_weights: Tensor | None = None) -> Tensor:
        if count_weights is not None and self.output_mode != "count":
            raise ArgumentError(f"count_weights need output_mode='count'. Received: {self.output_mode!r}.")
        assert self.num_tokens is not None
        x = ops.cast(inputs, "int32")
        return encoded(x, self.num_tokens, self.output_mode, self.dtype, count_weights)


@layer
class Discretization(Layer):
    """The number of the bin that each value falls into; the first bin lies below bin_boundaries[0]."""

    bin_boundaries: Sequence[float] | None = None
    num_bins: int | None = None
    epsilon: float = 0.01
    output_mode: str = "int"
    sparse: bool = False

    def setup(self) -> None:
        self.output_mode = one_of("output_mode", self.output_mode, _MODES)
        if self.sparse:
            raise UnsupportedError("sparse=True is not supported: irkit has no sparse tensors.")
        if self.bin_boundaries is None:
            raise UnsupportedError("bins cannot be learned yet.", cure="Give bin_boundaries.")

    def call(self, inputs: Tensor) -> Tensor:
        assert self.bin_boundaries is not None
        edges = sorted(float(b) for b in self.bin_boundaries)
        bins = ops.searchsorted(ops.convert_to_tensor(edges, dtype=inputs.dtype), inputs, side="right")
        if self.output_mode == "int":
            return bins
        return encoded(bins, len(self.bin_boundaries) + 1, self.output_mode, self.dtype)
