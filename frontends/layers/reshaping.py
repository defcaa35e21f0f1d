"""Layers that move data without changing it. Keras: https://keras.io/api/layers/reshaping_layers/"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import ClassVar

from irkit import operators as op
from irkit.errors import ArgumentError, ShapeError
from irkit.frontends import ops
from irkit.frontends.backend_config import data_format_or_default
from irkit.frontends.base.layer import Layer, layer
from irkit.frontends.layers.arguments import Sizes, need_least_rank, need_rank, one_of, pairs, sizes, whole
from irkit.frontends.tensors.apply import apply_one
from irkit.frontends.tensors.size import Size
from irkit.frontends.tensors.tensor import Tensor

__all__ = [
    "Cropping1D",
    "Cropping2D",
    "Cropping3D",
    "Flatten",
    "Permute",
    "RepeatVector",
    "Reshape",
    "UpSampling1D",
    "UpSampling2D",
    "UpSampling3D",
    "ZeroPadding1D",
    "ZeroPadding2D",
    "ZeroPadding3D",
]

# Axes of images, without batch and channels, by rank.
SPATIAL = {1: "steps", 2: "rows, columns", 3: "depth, rows, columns"}


def image_axes(rank: int, data_format: str | None = "channels_last") -> str:
    """What the axes of an image are called: "batch, rows, columns, channels"."""
    first = data_format == "channels_first"
    return f"batch, channels, {SPATIAL[rank]}" if first else f"batch, {SPATIAL[rank]}, channels"


def with_spatial(values: Sequence[object], other: object, data_format: str | None) -> list[object]:
    """One entry for every axis of an image: `values` for the spatial ones, `other` for batch and channels."""
    return [other, other, *values] if data_format == "channels_first" else [other, *values, other]


@layer
class Flatten(Layer):
    """All axes but the batch made one.

    (batch, d₁, …, dₙ) → (batch, d₁·…·dₙ), in the order of channels_last
    """

    data_format: str | None = None

    def setup(self) -> None:
        self.data_format = data_format_or_default(self.data_format)

    def check_inputs(self, inputs: object) -> None:
        need_least_rank(inputs, 1, "batch, …")

    def call(self, inputs: Tensor) -> Tensor:
        if self.data_format == "channels_first" and inputs.ndim > 2:
            inputs = ops.transpose(inputs, (0, *range(2, inputs.ndim), 1))
        return apply_one(op.Flatten(axis=1), inputs)


@layer
class Reshape(Layer):
    """The same elements in another shape; the batch stays. One size may be −1: whatever is left.

    (batch, …) → (batch, *target_shape)
    """

    target_shape: Sequence[int]

    def setup(self) -> None:
        given: object = self.target_shape
        given = given if isinstance(given, list | tuple) else (given,)
        self.target_shape = tuple(-1 if d is None else whole("target_shape", d, -1) for d in given)
        if self.target_shape.count(-1) > 1:
            raise ArgumentError(f"only one size of target_shape may be -1. Received: {self.target_shape}.")

    def check_inputs(self, inputs: object) -> None:
        if isinstance(inputs, Tensor):
            self._sizes(inputs)

    def _sizes(self, inputs: Tensor) -> tuple[int, ...]:
        """target_shape, −1 replaced where all sizes of the input are known."""
        given = inputs.shape[1:]
        if any(isinstance(d, Size) for d in given):
            return tuple(self.target_shape)
        have, want = (
            math.prod(d for d in given if isinstance(d, int)),
            math.prod(d for d in self.target_shape if d >= 0),
        )
        if (have != want) if -1 not in self.target_shape else (want == 0 or have % want != 0):
            raise ShapeError(
                f"target_shape {self.target_shape} does not hold {have} elements, the size of one sample.",
                cure="The product of the sizes must stay the same; one of them may be -1.",
            )
        return tuple(have // want if d == -1 else d for d in self.target_shape)

    def call(self, inputs: Tensor) -> Tensor:
        target = self._sizes(inputs)
        return ops.reshape(inputs, (inputs.shape[0] if -1 in target or 0 in target else -1, *target))


@layer
class Permute(Layer):
    """Axes in another order; dims numbers them from 1, the batch stays first."""

    dims: Sequence[int]

    def setup(self) -> None:
        self.dims = tuple(self.dims)
        if sorted(self.dims) != list(range(1, len(self.dims) + 1)):
            raise ArgumentError(
                f"dims must hold each of 1 … {len(self.dims)} once, without the batch. Received: {self.dims}."
            )

    def check_inputs(self, inputs: object) -> None:
        need_rank(inputs, len(self.dims) + 1, f"batch and the {len(self.dims)} of dims")

    def call(self, inputs: Tensor) -> Tensor:
        return ops.transpose(inputs, (0, *self.dims))


@layer
class RepeatVector(Layer):
    """Each row n times.

    (batch, features) → (batch, n, features)
    """

    n: int

    def setup(self) -> None:
        self.n = whole("n", self.n)

    def check_inputs(self, inputs: object) -> None:
        need_rank(inputs, 2, "batch, features")

    def call(self, inputs: Tensor) -> Tensor:
        return ops.tile(ops.expand_dims(inputs, 1), (1, self.n, 1))


# ---- padding and cropping


@layer
class ZeroPadding(Layer):
    """Base: zeros around the spatial axes of an image."""

    padding: Sizes | Sequence[Sequence[int]] = 1
    data_format: str | None = None
    rank: ClassVar[int]

    def setup(self) -> None:
        self.padding = pairs("padding", self.padding, self.rank)
        self.data_format = data_format_or_default(self.data_format)

    def check_inputs(self, inputs: object) -> None:
        need_rank(inputs, self.rank + 2, image_axes(self.rank, self.data_format))

    def call(self, inputs: Tensor) -> Tensor:
        return ops.pad(inputs, with_spatial(self.padding, (0, 0), self.data_format))  # type: ignore[arg-type]  # pairs by now


class ZeroPadding1D(ZeroPadding):
    """Zeros before and after the steps."""

    rank = 1

    def setup(self) -> None:
        super().setup()
        self.padding = self.padding[0]  # type: ignore[index]  # Keras shows one pair

    def call(self, inputs: Tensor) -> Tensor:
        return ops.pad(inputs, with_spatial([self.padding], (0, 0), self.data_format))  # type: ignore[arg-type]  # a pair


class ZeroPadding2D(ZeroPadding):
    """Zeros around the rows and columns."""

    rank = 2


class ZeroPadding3D(ZeroPadding):
    """Zeros around depth, rows and columns."""

    rank = 3


def _cropped(inputs: Tensor, cropping: Sequence[Sequence[int]], data_format: str | None) -> Tensor:
    """`inputs` without the first and last entries of its spatial axes."""
    cuts = [slice(before, -after or None) for before, after in cropping]
    return inputs[tuple(with_spatial(cuts, slice(None), data_format))]


def _check_cropping(inputs: object, cropping: Sequence[Sequence[int]], data_format: str | None) -> None:
    need_rank(inputs, len(cropping) + 2, image_axes(len(cropping), data_format))
    if not isinstance(inputs, Tensor):
        return
    spatial = inputs.shape[2:] if data_format == "channels_first" else inputs.shape[1:-1]
    for size, (before, after) in zip(spatial, cropping, strict=True):
        if isinstance(size, int) and before + after >= size:
            raise ShapeError(
                f"cropping {before} and {after} leaves nothing of an axis of size {size}.", cure="Crop less."
            )


@layer
class Cropping1D(Layer):
    """Steps cut off at the beginning and the end."""

    cropping: Sizes = (1, 1)

    def setup(self) -> None:
        self.cropping = pairs("cropping", self.cropping, 1)[0]

    def check_inputs(self, inputs: object) -> None:
        _check_cropping(inputs, [self.cropping], "channels_last")  # type: ignore[list-item]  # a pair by now

    def call(self, inputs: Tensor) -> Tensor:
        return _cropped(inputs, [self.cropping], "channels_last")  # type: ignore[list-item]  # a pair by now


@layer
class Cropping2D(Layer):
    """Rows and columns cut off at the edges."""

    cropping: Sizes | Sequence[Sequence[int]] = ((0, 0), (0, 0))
    data_format: str | None = None
    rank: ClassVar[int] = 2

    def setup(self) -> None:
        self.cropping = pairs("cropping", self.cropping, self.rank)
        self.data_format = data_format_or_default(self.data_format)

    def check_inputs(self, inputs: object) -> None:
        _check_cropping(inputs, self.cropping, self.data_format)  # type: ignore[arg-type]  # pairs by now

    def call(self, inputs: Tensor) -> Tensor:
        return _cropped(inputs, self.cropping, self.data_format)  # type: ignore[arg-type]  # pairs by now


@layer
class Cropping3D(Cropping2D):
    """Depth, rows and columns cut off at the edges."""

    cropping: Sizes | Sequence[Sequence[int]] = ((1, 1), (1, 1), (1, 1))
    rank = 3


# ---- upsampling

_RESIZING = ("nearest", "bilinear", "bicubic", "lanczos3", "lanczos5")


def _repeated(x: Tensor, factors: Sequence[int]) -> Tensor:
    """Each entry repeated; one factor for every axis."""
    scales = ops.convert_to_tensor([float(f) for f in factors], dtype="float32")
    nearest = op.Resize(mode="nearest", coordinate_transformation_mode="asymmetric", nearest_mode="floor")
    return apply_one(nearest, x, None, scales)


@layer
class UpSampling1D(Layer):
    """Each step repeated `size` times."""

    size: int = 2

    def setup(self) -> None:
        self.size = whole("size", self.size)

    def check_inputs(self, inputs: object) -> None:
        need_rank(inputs, 3, "batch, steps, features")

    def call(self, inputs: Tensor) -> Tensor:
        return _repeated(inputs, (1, self.size, 1))


@layer
class UpSampling2D(Layer):
    """Rows and columns `size` times as many."""

    size: Sizes = (2, 2)
    data_format: str | None = None
    interpolation: str = "nearest"

    def setup(self) -> None:
        self.size = sizes("size", self.size, 2)
        self.data_format = data_format_or_default(self.data_format)
        self.interpolation = one_of("interpolation", self.interpolation, _RESIZING)

    def check_inputs(self, inputs: object) -> None:
        need_rank(inputs, 4, image_axes(2, self.data_format))

    def call(self, inputs: Tensor) -> Tensor:
        assert isinstance(self.size, tuple)
        if self.interpolation == "nearest":
            return _repeated(inputs, with_spatial(self.size, 1, self.data_format))  # type: ignore[arg-type]  # all ints
        rows = 2 if self.data_format == "channels_first" else 1
        target = [inputs.shape[rows + i] * self.size[i] for i in range(2)]
        resized: Tensor = ops.image.resize(
            inputs, target, interpolation=self.interpolation, data_format=self.data_format
        )
        return resized


@layer
class UpSampling3D(Layer):
    """Depth, rows and columns `size` times as many, by repetition."""

    size: Sizes = (2, 2, 2)
    data_format: str | None = None

    def setup(self) -> None:
        self.size = sizes("size", self.size, 3)
        self.data_format = data_format_or_default(self.data_format)

    def check_inputs(self, inputs: object) -> None:
        need_rank(inputs, 5, image_axes(3, self.data_format))

    def call(self, inputs: Tensor) -> Tensor:
        return _repeated(inputs, with_spatial(self.size, 1, self.data_format))  # type: ignore[arg-type]  # all ints
