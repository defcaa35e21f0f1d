"""Reading elements at given places: Gather and its kin, and choosing by condition."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np

from irkit.errors import AttributeRangeError, ExecutionError, ShapeError
from irkit.ir import Array, Dim, DType, TensorType, unify
from irkit.ir.types import NUMERIC
from irkit.operators.attributes import attribute
from irkit.operators.base import Operator, operator
from irkit.operators.rules import MOVABLE, axis_in, fresh, fresh_shape, show, sizes_in, zero_of

__all__ = [
    "Compress",
    "Gather",
    "GatherElements",
    "GatherND",
    "NonZero",
    "OneHot",
    "ReverseSequence",
    "Trilu",
]

INT64 = frozenset({DType.int64})
INDICES = frozenset({DType.int32, DType.int64})
BEFORE_BFLOAT = MOVABLE - {DType.bfloat16}
Known: TypeAlias = Sequence[Array | None]


@operator(since=13)
class Gather(Operator):
    """Slices along one axis, at the places that `indices` names.  https://onnx.ai/onnx/operators/onnx__Gather.html

    (a…, n, b…) and `indices` (i…) → (a…, i…, b…). Negative indices count from the end.
    """

    axis: int = 0
    dtypes = {"data": MOVABLE, "indices": INDICES}
    shape_arithmetic = True

    def infer(self, data: TensorType, indices: TensorType) -> TensorType:
        if data.shape is None or indices.shape is None:
            return data.with_shape(None)
        axis = axis_in(self.axis, len(data.shape))
        return data.with_shape([*data.shape[:axis], *indices.shape, *data.shape[axis + 1 :]])

    def run(self, data: Array, indices: Array) -> Array:
        try:
            return np.asarray(np.take(data, indices, self.axis))
        except IndexError as error:
            raise out_of_range(error) from None


def out_of_range(error: IndexError) -> ExecutionError:
    """An index that names no element."""
    return ExecutionError(f"an index lies outside the tensor: {error}.")


@operator(since=13)
class GatherElements(Operator):
    """One element for each index: result[i][j] = data[indices[i][j]][j] for axis 0.
    https://onnx.ai/onnx/operators/onnx__GatherElements.html

    (n₀, …, n_r) and `indices` (m₀, …, m_r) → (m₀, …, m_r)
    """

    axis: int = 0
    dtypes = {"data": MOVABLE, "indices": INDICES}

    def infer(self, data: TensorType, indices: TensorType) -> TensorType:
        check_same_rank(data, indices, self.axis)
        return data.with_shape(
            fresh_shape("gathered", data.rank) if indices.shape is None and data.rank else indices.shape
        )

    def run(self, data: Array, indices: Array) -> Array:
        try:
            return data[along(indices, axis_in(self.axis, data.ndim), data.shape)]
        except IndexError as error:
            raise out_of_range(error) from None


def check_same_rank(data: TensorType, indices: TensorType, axis: int) -> None:
    """Raises ShapeError for different ranks of data and indices, AttributeRangeError for a wrong axis."""
    rank = data.rank if data.rank is not None else indices.rank
    if rank is None:
        return
    if indices.rank not in (None, rank):
        raise ShapeError(
            f"data {show(data.shape)} and indices {show(indices.shape)} must have the same rank."
        )
    axis_in(axis, rank)


def along(indices: Array, axis: int, shape: Sequence[int]) -> tuple[Array, ...]:
    """The places data[…, indices, …] of each index, whose other coordinates are its own."""
    places = list(np.ogrid[tuple(slice(n) for n in indices.shape)])
    places[axis] = indices
    return tuple(places)


@operator(since=13)
class GatherND(Operator):
    """Slices at places that the last axis of `indices` names, after `batch_dims` shared axes.
    https://onnx.ai/onnx/operators/onnx__GatherND.html

    (b…, n₁, …, n_k, c…) and `indices` (b…, i…, k) int64 → (b…, i…, c…)
    """

    batch_dims: int = attribute(0, at_least=0)
    dtypes = {"data": MOVABLE, "indices": INT64}

    def infer(self, data: TensorType, indices: TensorType) -> TensorType:
        b = self.batch_dims
        for t in (data, indices):
            if t.shape is not None and len(t.shape) <= b:
                raise AttributeRangeError(f"batch_dims {b} must be less than the rank of {show(t.shape)}.")
        if data.shape is None or indices.shape is None or not isinstance(width := indices.shape[-1], int):
            return data.with_shape(None)
        if not 1 <= width <= len(data.shape) - b:
            raise ShapeError(f"indices of {width} axes do not fit {show(data.shape)} after {b} batch axes.")
        batch = [unify(x, y) for x, y in zip(data.shape[:b], indices.shape[:b], strict=True)]
        return data.with_shape([*batch, *indices.shape[b:-1], *data.shape[b + width :]])

    def run(self, data: Array, indices: Array) -> Array:
        try:
            return np.asarray(data[tuple_places(indices, self.batch_dims)])
        except IndexError as error:
            raise out_of_range(error) from None


def tuple_places(indices: Array, batch_dims: int = 0) -> tuple[Array, ...]:
    """One array for each axis that the last axis of `indices` indexes, after the batch axes."""
    batch = np.ogrid[tuple(slice(n) for n in indices.shape[:batch_dims])] if batch_dims else []
    lead = [b.reshape(b.shape + (1,) * (indices.ndim - 1 - batch_dims)) for b in batch]
    return (*lead, *np.moveaxis(indices, -1, 0))


@operator(since=13)
class NonZero(Operator):
    """Where elements are not zero, in row-major order.  https://onnx.ai/onnx/operators/onnx__NonZero.html

    (n₁, …, n_r) → (r, how many) int64
    """

    dtypes = {"X": MOVABLE}

    def infer(self, X: TensorType, *, known: Known = (None,)) -> TensorType:
        contents = known[0]
        plain = contents is not None and contents.dtype != object
        count = int(np.count_nonzero(contents)) if plain else fresh("nonzero")  # type: ignore[arg-type]  # plain
        rank = fresh("rank") if X.shape is None else len(X.shape)
        return TensorType(DType.int64, (rank, count))

    def run(self, X: Array) -> Array:
        flat = X.reshape(-1)
        found = np.flatnonzero(flat != "" if flat.dtype == object else flat)
        if not X.ndim:
            return np.zeros((0, found.size), np.int64)
        return np.stack(np.unravel_index(found, X.shape)).astype(np.int64)


@operator(since=11)
class Compress(Operator):
    """Slices along an axis for which the condition holds; without an axis, elements of the flat tensor.
    https://onnx.ai/onnx/operators/onnx__Compress.html

    (…, n, …) and `condition` (k,) bool, k ≤ n → (…, how many, …), or (how many,)
    """

    axis: int | None = None
    dtypes = {"input": BEFORE_BFLOAT, "condition": frozenset({DType.bool})}

    def infer(self, input: TensorType, condition: TensorType, *, known: Known = (None, None)) -> TensorType:
        count: Dim = fresh("compressed") if known[1] is None else int(np.count_nonzero(known[1]))
        if self.axis is None:
            return input.with_shape([count])
        if input.shape is None:
            return input
        axis = axis_in(self.axis, len(input.shape))
        return input.with_shape([*input.shape[:axis], count, *input.shape[axis + 1 :]])

    def run(self, input: Array, condition: Array) -> Array:
        return np.compress(condition, input, self.axis)


@operator(since=11)
class OneHot(Operator):
    """values[1] at each index and values[0] elsewhere, along a new axis.  https://onnx.ai/onnx/operators/onnx__OneHot.html

    `indices` (a…, b…), `depth` () or (1,), `values` (2,) → (a…, depth, b…). Negative indices count from
    the end; an index outside −depth … depth − 1 is on nowhere.
    """

    axis: int = -1
    dtypes = {
        "indices": NUMERIC - {DType.bfloat16},
        "depth": NUMERIC - {DType.bfloat16},
        "values": BEFORE_BFLOAT,
    }

    def infer(
        self, indices: TensorType, depth: TensorType, values: TensorType, *, known: Known = (None,) * 3
    ) -> TensorType:
        sizes = sizes_in(known[1])
        size = fresh("depth") if sizes is None else sizes[0]
        if indices.shape is None:
            return values.with_shape(None)
        axis = axis_in(self.axis, len(indices.shape) + 1)
        return values.with_shape([*indices.shape[:axis], size, *indices.shape[axis:]])

    def run(self, indices: Array, depth: Array, values: Array) -> Array:
        size = int(depth.reshape(-1)[0])
        axis = axis_in(self.axis, indices.ndim + 1)
        wanted = indices.astype(np.int64)  # of floats too
        wanted = np.expand_dims(np.where(wanted < 0, wanted + size, wanted), axis)
        places = np.arange(size).reshape([size if i == axis else 1 for i in range(indices.ndim + 1)])
        return np.where(places == wanted, values[1:], values[:1])


@operator(since=14)
class Trilu(Operator):
    """The upper or lower triangle of each matrix, the rest 0; `k` moves the diagonal.
    https://onnx.ai/onnx/operators/onnx__Trilu.html

    (…, n, m) and `k` () int64 → (…, n, m)
    """

    upper: bool = True
    dtypes = {"input": MOVABLE, "k": INT64}

    def infer(self, input: TensorType, k: TensorType | None = None) -> TensorType:
        if input.shape is not None and len(input.shape) < 2:
            raise ShapeError(f"Trilu needs matrices; {show(input.shape)} has rank {len(input.shape)}.")
        return input

    def run(self, input: Array, k: Array | None = None) -> Array:
        shift = 0 if k is None else int(k.reshape(-1)[0])
        rows, columns = np.ogrid[: input.shape[-2], : input.shape[-1]]
        kept = columns - rows >= shift if self.upper else columns - rows <= shift
        return np.where(kept, input, zero_of(input))


@operator(since=10)
class ReverseSequence(Operator):
    """The first `sequence_lens[b]` steps of each sequence in a batch, backwards; the others stay.
    https://onnx.ai/onnx/operators/onnx__ReverseSequence.html

    (time, batch, …) and `sequence_lens` (batch,) int64 → (time, batch, …), or with the two axes exchanged
    """

    batch_axis: int = attribute(1, at_least=0, at_most=1)
    time_axis: int = attribute(0, at_least=0, at_most=1)
    dtypes = {"input": BEFORE_BFLOAT, "sequence_lens": INT64}

    def infer(self, input: TensorType, sequence_lens: TensorType) -> TensorType:
        if self.batch_axis == self.time_axis:
            raise AttributeRangeError("batch_axis and time_axis of ReverseSequence must differ.")
        if input.shape is None:
            return input
        if len(input.shape) < 2:
            raise ShapeError(f"ReverseSequence needs axes for time and batch; {show(input.shape)} is given.")
        if sequence_lens.shape is not None and len(sequence_lens.shape) == 1:
            unify(input.shape[self.batch_axis], sequence_lens.shape[0])
        return input

    def run(self, input: Array, sequence_lens: Array) -> Array:
        steps, lengths = np.arange(input.shape[self.time_axis]), sequence_lens
        if np.any((lengths < 0) | (lengths > len(steps))):
            raise ExecutionError(f"sequence_lens must lie between 0 and {len(steps)}; found {lengths}.")
        if self.time_axis == 0:
            order = np.where(steps[:, None] < lengths, lengths - 1 - steps[:, None], steps[:, None])
            return input[order, np.arange(len(lengths))[None, :]]
        order = np.where(steps < lengths[:, None], lengths[:, None] - 1 - steps, steps)
        return input[np.arange(len(lengths))[:, None], order]
