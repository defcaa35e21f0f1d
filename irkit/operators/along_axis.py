"""Operators that walk along one axis of a tensor: where its extremes stand, and running sums."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from irkit.errors import ShapeError
from irkit.ir import Array, DType, TensorType
from irkit.ir.types import FLOATS, NUMERIC
from irkit.operators.base import Operator, operator
from irkit.operators.reductions import reduced_shape
from irkit.operators.rules import axis_in, check_one, rounded, widened

__all__ = ["ArgMax", "ArgMin", "CumSum"]


@dataclass(frozen=True)
class ArgExtreme(Operator):
    """Index of the first (or last) extreme along `axis`: (…, n, …) → int64 (…, 1, …), or without the axis."""

    dtypes = {"data": NUMERIC}
    axis: int = 0
    keepdims: bool = True
    select_last_index: bool = False

    def infer(self, data: TensorType) -> TensorType:
        if data.shape is None:
            return data.with_dtype(DType.int64)
        axis = axis_in(self.axis, len(data.shape))
        if data.shape[axis] == 0:
            raise ShapeError(f"axis {self.axis} of {data} is empty and has no extreme.")
        return TensorType(DType.int64, reduced_shape(data.shape, (axis,), self.keepdims))

    def run(self, data: Array) -> Array:
        wide = widened(data)
        if not self.select_last_index:
            return np.asarray(self.position(wide), np.int64)
        return np.asarray(data.shape[self.axis] - 1 - self.position(np.flip(wide, self.axis)), np.int64)

    def position(self, x: Array) -> Array:
        raise NotImplementedError


@operator(since=13)
class ArgMax(ArgExtreme):
    """Where the largest stands.  https://onnx.ai/onnx/operators/onnx__ArgMax.html"""

    def position(self, x: Array) -> Array:
        return np.asarray(np.argmax(x, axis=self.axis, keepdims=self.keepdims))


@operator(since=13)
class ArgMin(ArgExtreme):
    """Where the smallest stands.  https://onnx.ai/onnx/operators/onnx__ArgMin.html"""

    def position(self, x: Array) -> Array:
        return np.asarray(np.argmin(x, axis=self.axis, keepdims=self.keepdims))


@operator(since=14)
class CumSum(Operator):
    """Running sums along an axis: yᵢ = x₀ + … + xᵢ.  (…, n, …), () → (…, n, …)

    exclusive: leave out xᵢ itself. reverse: start at the end.  https://onnx.ai/onnx/operators/onnx__CumSum.html
    """

    dtypes = {
        "x": FLOATS | {DType.int32, DType.int64, DType.uint32, DType.uint64},
        "axis": frozenset({DType.int32, DType.int64}),
    }
    exclusive: bool = False
    reverse: bool = False

    def infer(self, x: TensorType, axis: TensorType) -> TensorType:
        check_one(axis=axis)
        return x

    def run(self, x: Array, axis: Array) -> Array:
        along = np.moveaxis(widened(x), axis_in(int(axis.reshape(())), x.ndim), 0)
        along = along[::-1] if self.reverse else along
        sums = np.cumsum(along, axis=0, dtype=along.dtype)
        if self.exclusive:
            sums = np.concatenate([np.zeros_like(sums[:1]), sums[:-1]])
        sums = sums[::-1] if self.reverse else sums
        return np.ascontiguousarray(rounded(np.moveaxis(sums, 0, int(axis.reshape(()))), x.dtype))
