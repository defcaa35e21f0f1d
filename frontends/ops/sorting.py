"""Order: sort, top_k, unique, searching in sorted sequences, counting."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from irkit import operators as op
from irkit.errors import ArgumentError, ShapeError, UnsupportedError
from irkit.frontends.ops.arithmetic import add, maximum, multiply, subtract
from irkit.frontends.ops.comparison import greater, greater_equal, less, less_equal, logical_and, where
from irkit.frontends.ops.creation import arange, linspace
from irkit.frontends.ops.indexing import getitem
from irkit.frontends.ops.joining import concatenate, pad
from irkit.frontends.ops.operands import (
    Operand,
    axis_of,
    cast_to,
    floating,
    is_float,
    promoted,
    rank_of,
    result,
    tensor,
)
from irkit.frontends.ops.reduction import max as largest
from irkit.frontends.ops.reduction import min as smallest
from irkit.frontends.ops.reduction import sum
from irkit.frontends.ops.shaping import expand_dims, ravel
from irkit.frontends.ops.sizes import shape_tensor
from irkit.frontends.tensors.apply import apply, apply_one
from irkit.frontends.tensors.dtypes import joined
from irkit.frontends.tensors.tensor import Tensor, TensorLike
from irkit.ir import DType

__all__ = [
    "argpartition",
    "argsort",
    "bincount",
    "digitize",
    "histogram",
    "searchsorted",
    "sort",
    "top_k",
    "unique",
]

_SORTED_AS = dict.fromkeys((DType.bool, DType.int8, DType.int16, DType.uint8, DType.uint16), DType.int32)
_SORTED_AS |= {DType.uint32: DType.int64, DType.bfloat16: DType.float32}


def ordered(x: Operand, axis: int, *, descending: bool = False) -> tuple[Tensor, Tensor]:
    """All along an axis, sorted, and where each stood before, int64. Equal ones keep their order."""
    wide = cast_to(x, _SORTED_AS.get(x.type.dtype, x.type.dtype))
    count = shape_tensor([wide.shape[axis]])
    values, places = apply(op.TopK(axis=axis, largest=descending), wide, count)
    return cast_to(values, x.type.dtype), places


def _flat_or(x: Operand, axis: int | None) -> tuple[Operand, int]:
    if axis is None or rank_of(x) == 0:
        return ravel(x), 0
    return x, axis_of(x, axis)


def sort(x: TensorLike, axis: int | None = -1) -> Tensor:
    """From small to large along an axis; of the flattened tensor where it is None."""
    return ordered(*_flat_or(tensor(x), axis))[0]


def argsort(x: TensorLike, axis: int | None = -1) -> Tensor:
    """The places of the elements in order, as int32."""
    return cast_to(ordered(*_flat_or(tensor(x), axis))[1], DType.int32)


def argpartition(x: TensorLike, kth: int, axis: int | None = -1) -> Tensor:
    """Places such that the element number kth stands where it would if sorted, smaller ones before it."""
    return argsort(x, axis)


def top_k(x: TensorLike, k: int, sorted: bool = True) -> tuple[Tensor, Tensor]:
    """The k largest along the last axis, and their places as int32."""
    x = tensor(x)
    wide = cast_to(x, _SORTED_AS.get(x.type.dtype, x.type.dtype))
    values, places = apply(op.TopK(axis=-1, sorted=sorted), wide, shape_tensor([k]))
    return cast_to(values, x.type.dtype), cast_to(places, DType.int32)


def unique(
    x: TensorLike,
    sorted: bool = True,
    return_index: bool = False,
    return_inverse: bool = False,
    return_counts: bool = False,
    axis: int | None = None,
    size: int | None = None,
    fill_value: TensorLike | None = None,
) -> Tensor | tuple[Tensor, ...]:
    """The different elements, or slices along an axis; and, as int32, where each is first, where each went, how many.

    size: cut to so many, or filled up with fill_value (0).
    """
    x = tensor(x)
    place = None if axis is None else axis_of(x, axis)
    values, first, inverse, counts = apply(op.Unique(axis=place, sorted=sorted), x, count=4)
    if size is not None:
        values = _of_size(values, size, place or 0, 0 if fill_value is None else fill_value)
        first, counts = _of_size(first, size, 0, 1), _of_size(counts, size, 0, 0)
    if place is None:
        inverse = apply_one(op.Reshape(), inverse, apply_one(op.Shape(), x))
    wanted = [(return_index, first), (return_inverse, inverse), (return_counts, counts)]
    more = [cast_to(t, DType.int32) for asked, t in wanted if asked]
    return (values, *more) if more else result(values)


def _of_size(x: Tensor, size: int, axis: int, fill_value: TensorLike) -> Tensor:
    """Cut, or filled up behind, so that an axis has a fixed size."""
    head = getitem(x, (*[slice(None)] * axis, slice(0, 1)))
    filling = apply_one(op.Expand(), tensor(fill_value, x.type.dtype), apply_one(op.Shape(), head))
    sizes = [size if i == axis else d for i, d in enumerate(x.shape)]
    more = apply_one(op.Expand(), filling, shape_tensor(sizes))
    joined_up = concatenate([x, more], axis)
    return getitem(joined_up, (*[slice(None)] * axis, slice(0, size)))


# ---- among sorted numbers


def searchsorted(sorted_sequence: TensorLike, values: TensorLike, side: str = "left") -> Tensor:
    """Where each value would have to be put in, before equal ones or ("right") behind them; as int32."""
    edges, x = promoted(sorted_sequence, values)
    if rank_of(edges) != 1:
        raise ShapeError(
            f"sorted_sequence must be a vector, not {edges.type}.", cure="Use vectorized_map for more."
        )
    if side not in ("left", "right"):
        raise ArgumentError(f"side must be 'left' or 'right'. Received: {side!r}.")
    compare = less if side == "left" else less_equal
    return sum(compare(edges, expand_dims(x, -1)), -1)


def digitize(x: TensorLike, bins: TensorLike) -> Tensor:
    """The number of the bin that each falls into: how many edges lie at or below it; as int32. Edges may also fall."""
    edges, values = promoted(bins, x)
    column = expand_dims(values, -1)
    rising = greater_equal(getitem(edges, -1), getitem(edges, 0))
    counted = where(rising, less_equal(edges, column), greater(edges, column))
    return sum(counted, -1)


def bincount(
    x: TensorLike, weights: TensorLike | None = None, minlength: int = 0, sparse: bool = False
) -> Tensor:
    """How often 0, 1, 2… occur in a vector, or in each row; or the sum of their weights."""
    if sparse:
        raise UnsupportedError("sparse tensors are not supported.", cure="Leave out sparse=True.")
    x = tensor(x)
    length = apply_one(op.Add(), cast_to(largest(x), DType.int64), tensor(1, DType.int64))
    classes = arange(maximum(length, tensor(minlength, DType.int64)), dtype=DType.int64)
    hits = apply_one(op.Equal(), cast_to(expand_dims(x, -1), DType.int64), classes)
    if weights is None:
        return sum(hits, -2)
    w = tensor(weights)
    w = cast_to(w, joined((x.type.dtype.name, w.type.dtype.name)))
    return sum(multiply(cast_to(hits, w.type.dtype), expand_dims(w, -1)), -2)


def histogram(
    x: TensorLike, bins: int | TensorLike = 10, range: Sequence[float] | None = None
) -> tuple[Tensor, Tensor]:
    """How many elements fall into each bin, and the edges of the bins: evenly spaced when bins is a number."""
    values = ravel(floating(x))
    edges = _edges(values, bins, range)
    column = expand_dims(values, 1)
    low, high = getitem(edges, slice(None, -1)), getitem(edges, slice(1, None))
    inside = logical_and(greater_equal(column, low), less(column, high))
    counts = sum(inside, 0)
    last = sum(apply_one(op.Equal(), values, getitem(edges, -1)))  # the last bin holds its upper edge, too
    count = counts.shape[0]
    assert isinstance(count, int)
    counts = apply_one(op.Add(), counts, pad(expand_dims(last, 0), [[count - 1, 0]]))
    return cast_to(counts, edges.type.dtype), edges


def _edges(values: Tensor, bins: int | TensorLike, range: Sequence[float] | None) -> Tensor:
    if not isinstance(bins, int | np.integer):
        given = tensor(bins)
        return result(given if is_float(given) else cast_to(given, values.type.dtype))
    low, high = smallest(values), largest(values)
    if range is not None:
        low, high = (result(tensor(v, values.type.dtype)) for v in range)
    half = where(apply_one(op.Equal(), low, high), 0.5, 0.0)  # all the same: a bin on both sides
    return cast_to(linspace(subtract(low, half), add(high, half), int(bins) + 1), values.type.dtype)
