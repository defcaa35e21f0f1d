"""The largest elements, and the different ones."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from irkit.errors import ExecutionError, ShapeError
from irkit.ir import Array, DType, TensorType, dims
from irkit.ir.types import NUMERIC
from irkit.operators.base import Operator, operator
from irkit.operators.indexing import BEFORE_BFLOAT, INT64
from irkit.operators.rules import axis_in, fresh, sizes_in

__all__ = ["TopK", "Unique"]


@operator(since=11)
class TopK(Operator):
    """The K largest (or smallest) elements along an axis, in order, and where they are; ties: the first.
    https://onnx.ai/onnx/operators/onnx__TopK.html

    (…, n, …) and `K` (1,) int64 → (…, K, …), (…, K, …) int64
    """

    axis: int = -1
    largest: bool = True
    sorted: bool = True
    dtypes = {"X": NUMERIC - {DType.bfloat16}, "K": INT64}

    def infer(
        self, X: TensorType, K: TensorType, *, known: Sequence[Array | None] = (None, None)
    ) -> tuple[TensorType, TensorType]:
        if X.shape is None:
            return X, X.with_dtype(DType.int64)
        axis, sizes = axis_in(self.axis, len(X.shape)), sizes_in(known[1])
        count = fresh("top") if sizes is None else sizes[0]
        if sizes is not None and (
            dims.at_least(X.shape[axis], count) is False or dims.at_least(count, 0) is False
        ):
            raise ShapeError(f"TopK cannot take {count} of {X.shape[axis]} elements.")
        values = X.with_shape([*X.shape[:axis], count, *X.shape[axis + 1 :]])
        return values, values.with_dtype(DType.int64)

    def run(self, X: Array, K: Array) -> tuple[Array, Array]:
        count, axis = int(K.reshape(-1)[0]), axis_in(self.axis, X.ndim)
        if not 0 <= count <= X.shape[axis]:
            raise ExecutionError(f"TopK cannot take {count} of {X.shape[axis]} elements.")
        order = _descending(X, axis) if self.largest else np.argsort(X, axis, kind="stable")
        first = np.take(order, np.arange(count), axis)
        return np.take_along_axis(X, first, axis), first.astype(np.int64)


def _descending(x: Array, axis: int) -> Array:
    """Places of the elements from the largest down; equal ones keep their order. Negating would overflow."""
    backwards: Array = np.argsort(np.flip(x, axis), axis, kind="stable")
    last: int = x.shape[axis] - 1
    order: Array = last - np.flip(backwards, axis)
    return order


@operator(since=11)
class Unique(Operator):
    """The different elements, or slices along an axis; sorted, or in the order in which they first appear.
    https://onnx.ai/onnx/operators/onnx__Unique.html

    (…, n, …) → (…, m, …), places of first appearance (m,), for each of the input its place in the result
    (n,), how often each appears (m,); the last three int64. Without an axis the input is taken as flat.
    """

    axis: int | None = None
    sorted: bool = True
    default_outputs = 1
    dtypes = {"X": BEFORE_BFLOAT}

    def infer(self, X: TensorType) -> tuple[TensorType, TensorType, TensorType, TensorType]:
        shape = X.shape
        if self.axis is None or shape is None:
            before, size, after = [], X.size if self.axis is None else None, []
        else:
            axis = axis_in(self.axis, len(shape))
            before, size, after = [*shape[:axis]], shape[axis], [*shape[axis + 1 :]]
        count = size if size in (0, 1) else fresh("unique")
        numbers = TensorType(DType.int64, (count,))
        return (
            X.with_shape(None if self.axis is not None and shape is None else [*before, count, *after]),
            numbers,
            numbers.with_shape([fresh("size") if size is None else size]),
            numbers,
        )

    def run(self, X: Array) -> tuple[Array, ...]:
        x, axis = (X.reshape(-1), 0) if self.axis is None else (X, axis_in(self.axis, X.ndim))
        order = x
        if x.dtype == object:  # numpy does not compare slices of text, but of their ranks
            order = np.unique(x, return_inverse=True)[1].reshape(x.shape)
        _, first, inverse, counts = np.unique(
            order, return_index=True, return_inverse=True, return_counts=True, axis=axis
        )
        inverse = inverse.reshape(-1)
        if not self.sorted:
            by_place = np.argsort(first, kind="stable")
            first, counts, inverse = first[by_place], counts[by_place], np.argsort(by_place)[inverse]
        return (np.take(x, first, axis), *(n.astype(np.int64) for n in (first, inverse, counts)))
