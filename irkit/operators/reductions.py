"""Reductions of a tensor along axes: (…, n, …) → (…, 1, …), or without the axes that were reduced.

Without axes, all are reduced, or none with noop_with_empty_axes. Floats of 16 bits are summed in float32 and
rounded once; integers wrap around, and their means and roots are truncated.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from irkit.ir import Array, DType, Shape, TensorType, dims
from irkit.ir.types import FLOATS
from irkit.operators.base import Operator, operator
from irkit.operators.rules import axes_in, fresh, length_of, numbers_in, quiet, rounded, widened

__all__ = [
    "ReduceL1",
    "ReduceL2",
    "ReduceLogSum",
    "ReduceLogSumExp",
    "ReduceMax",
    "ReduceMean",
    "ReduceMin",
    "ReduceProd",
    "ReduceSum",
    "ReduceSumSquare",
]

Axes = tuple[int, ...]
_SUMMED = FLOATS | {DType.int32, DType.int64, DType.uint32, DType.uint64}
_COMPARED = _SUMMED | {DType.int8, DType.uint8, DType.bool}
_INDEX = frozenset({DType.int64})


def reduced_shape(shape: Shape, axes: Axes, keepdims: bool) -> Shape:
    """`shape` after a reduction along `axes`."""
    if keepdims:
        return tuple(1 if i in axes else size for i, size in enumerate(shape))
    return tuple(size for i, size in enumerate(shape) if i not in axes)


@dataclass(frozen=True)
class Reduction(Operator):
    """A tensor and, optionally, a vector of axes. A subclass says in `reduce` what becomes of elements."""

    dtypes = {"data": _SUMMED, "axes": _INDEX}
    keepdims: bool = True
    noop_with_empty_axes: bool = False

    def infer(
        self, data: TensorType, axes: TensorType | None = None, *, known: Sequence[Array | None] = ()
    ) -> TensorType:
        if data.shape is None:
            return data
        given = numbers_in(known[1]) if len(known) > 1 else None
        if axes is None or length_of(axes) == 0 or given is not None:
            return data.with_shape(
                reduced_shape(data.shape, self._axes(given or (), len(data.shape)), self.keepdims)
            )
        return data.with_shape(self._unknown_axes(data.shape, length_of(axes)))

    def _axes(self, given: Sequence[int], rank: int) -> Axes:
        if len(given) == 0:
            return () if self.noop_with_empty_axes else tuple(range(rank))
        return axes_in(given, rank)

    def _unknown_axes(self, shape: Shape, count: int | None) -> Shape | None:
        """All that is known of the result when the axes are not, or only how many there are."""
        if count == len(shape):
            return reduced_shape(shape, tuple(range(count)), self.keepdims)
        if self.keepdims:
            return tuple(1 if size == 1 else fresh("reduced") for size in shape)
        return None if count is None else tuple(fresh("kept") for _ in range(len(shape) - count))

    @quiet
    def run(self, data: Array, axes: Array | None = None) -> Array:
        which = self._axes(() if axes is None else axes.tolist(), data.ndim)
        return np.asarray(rounded(self.reduce(widened(data), which), data.dtype))

    def reduce(self, x: Array, axes: Axes) -> Array:
        raise NotImplementedError

    def sum(self, x: Array, axes: Axes) -> Array:
        """Σ x, in the type of x."""
        return np.asarray(np.sum(x, axis=axes, keepdims=self.keepdims, dtype=x.dtype))

    def max(self, x: Array, axes: Axes, *, keepdims: bool) -> Array:
        """max x, or the least there is of nothing."""
        return np.asarray(np.max(x, axis=axes, keepdims=keepdims, initial=_least(x.dtype)))


def _least(dtype: np.dtype[Any]) -> float:
    if dtype.kind in "iu":
        return int(np.iinfo(dtype).min)
    return False if dtype.kind == "b" else -math.inf


def _greatest(dtype: np.dtype[Any]) -> float:
    if dtype.kind in "iu":
        return int(np.iinfo(dtype).max)
    return True if dtype.kind == "b" else math.inf


def _real(x: Array) -> Array:
    """Integers as float64, on which roots and logarithms are taken."""
    return x if x.dtype.kind == "f" else x.astype(np.float64)


_largest_size = np.frompyfunc(dims.maximum, 2, 1)
_smallest_size = np.frompyfunc(dims.minimum, 2, 1)


def _extreme_size(extreme: np.ufunc, x: Array, axes: Axes, keepdims: bool) -> Array:
    """Reduction of symbolic sizes, one axis after the other."""
    for axis in sorted(axes, reverse=True):
        x = np.asarray(extreme.reduce(x, axis=axis, keepdims=keepdims))
    return x


@operator(since=13)
class ReduceSum(Reduction):
    """Σ x.  https://onnx.ai/onnx/operators/onnx__ReduceSum.html"""

    shape_arithmetic = True

    def reduce(self, x: Array, axes: Axes) -> Array:
        return self.sum(x, axes)


@operator(since=18)
class ReduceProd(Reduction):
    """∏ x.  https://onnx.ai/onnx/operators/onnx__ReduceProd.html"""

    shape_arithmetic = True

    def reduce(self, x: Array, axes: Axes) -> Array:
        return np.asarray(np.prod(x, axis=axes, keepdims=self.keepdims, dtype=x.dtype))


@operator(since=18)
class ReduceMean(Reduction):
    """Σ x / n.  https://onnx.ai/onnx/operators/onnx__ReduceMean.html"""

    def reduce(self, x: Array, axes: Axes) -> Array:
        total, count = self.sum(x, axes), math.prod(x.shape[a] for a in axes)
        if x.dtype.kind == "f":
            return np.asarray(total / x.dtype.type(count))
        return np.asarray((total - np.fmod(total, total.dtype.type(count))) // total.dtype.type(count))


@operator(since=20)
class ReduceMax(Reduction):
    """max x; of nothing, the least that the type has.  https://onnx.ai/onnx/operators/onnx__ReduceMax.html"""

    dtypes = {"data": _COMPARED, "axes": _INDEX}
    shape_arithmetic = True

    def reduce(self, x: Array, axes: Axes) -> Array:
        if x.dtype == object:
            return _extreme_size(_largest_size, x, axes, self.keepdims)
        return self.max(x, axes, keepdims=self.keepdims)


@operator(since=20)
class ReduceMin(Reduction):
    """min x; of nothing, the greatest that the type has.  https://onnx.ai/onnx/operators/onnx__ReduceMin.html"""

    dtypes = {"data": _COMPARED, "axes": _INDEX}
    shape_arithmetic = True

    def reduce(self, x: Array, axes: Axes) -> Array:
        if x.dtype == object:
            return _extreme_size(_smallest_size, x, axes, self.keepdims)
        return np.asarray(np.min(x, axis=axes, keepdims=self.keepdims, initial=_greatest(x.dtype)))


@operator(since=18)
class ReduceL1(Reduction):
    """Σ |x|.  https://onnx.ai/onnx/operators/onnx__ReduceL1.html"""

    def reduce(self, x: Array, axes: Axes) -> Array:
        return self.sum(np.abs(x), axes)


@operator(since=18)
class ReduceL2(Reduction):
    """√(Σ x²).  https://onnx.ai/onnx/operators/onnx__ReduceL2.html"""

    def reduce(self, x: Array, axes: Axes) -> Array:
        return np.sqrt(self.sum(np.square(_real(x)), axes))


@operator(since=18)
class ReduceSumSquare(Reduction):
    """Σ x².  https://onnx.ai/onnx/operators/onnx__ReduceSumSquare.html"""

    def reduce(self, x: Array, axes: Axes) -> Array:
        return self.sum(np.square(x), axes)


@operator(since=18)
class ReduceLogSum(Reduction):
    """log Σ x.  https://onnx.ai/onnx/operators/onnx__ReduceLogSum.html"""

    def reduce(self, x: Array, axes: Axes) -> Array:
        return np.log(self.sum(_real(x), axes))


@operator(since=18)
class ReduceLogSumExp(Reduction):
    """log Σ eˣ; the largest is taken out first.  https://onnx.ai/onnx/operators/onnx__ReduceLogSumExp.html"""

    def reduce(self, x: Array, axes: Axes) -> Array:
        x = _real(x)
        largest = self.max(x, axes, keepdims=True)
        largest = np.where(np.isfinite(largest), largest, 0).astype(x.dtype)
        logarithm = np.log(self.sum(np.exp(x - largest), axes))
        return logarithm + largest.reshape(logarithm.shape)
