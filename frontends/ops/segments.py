"""Rows reduced in groups: segment_sum and its kin."""

from __future__ import annotations

import math

from irkit import operators as op
from irkit.frontends.ops.comparison import greater_equal, less, logical_and
from irkit.frontends.ops.creation import full
from irkit.frontends.ops.indexing import getitem
from irkit.frontends.ops.operands import Operand, cast_to, is_float, tensor
from irkit.frontends.ops.reduction import max as largest
from irkit.frontends.ops.shaping import expand_dims
from irkit.frontends.tensors.apply import apply_one
from irkit.frontends.tensors.dtypes import limits
from irkit.frontends.tensors.tensor import Tensor, TensorLike
from irkit.ir import DType

__all__ = ["segment_max", "segment_min", "segment_prod", "segment_sum"]


def segment_sum(
    data: TensorLike, segment_ids: TensorLike, num_segments: int | None = None, sorted: bool = False
) -> Tensor:
    """The sum of the rows of each segment; rows of segments that do not exist are left out."""
    x = tensor(data)
    return _reduced(x, segment_ids, num_segments, "add", 0)


def segment_prod(
    data: TensorLike, segment_ids: TensorLike, num_segments: int | None = None, sorted: bool = False
) -> Tensor:
    """The product of the rows of each segment; 1 where there is none."""
    x = tensor(data)
    return _reduced(x, segment_ids, num_segments, "mul", 1)


def segment_max(
    data: TensorLike, segment_ids: TensorLike, num_segments: int | None = None, sorted: bool = False
) -> Tensor:
    """The largest of the rows of each segment; −∞, or the least integer, where there is none."""
    x = tensor(data)
    return _reduced(
        x, segment_ids, num_segments, "max", -math.inf if is_float(x) else limits(x.type.dtype).min
    )


def segment_min(
    data: TensorLike, segment_ids: TensorLike, num_segments: int | None = None, sorted: bool = False
) -> Tensor:
    """The smallest of the rows of each segment; ∞, or the greatest integer, where there is none."""
    x = tensor(data)
    return _reduced(
        x, segment_ids, num_segments, "min", math.inf if is_float(x) else limits(x.type.dtype).max
    )


def _reduced(x: Operand, segment_ids: TensorLike, count: int | None, how: str, start: float) -> Tensor:
    """Rows scattered into one row for each segment, and one more for those that belong to none."""
    ids = cast_to(tensor(segment_ids), DType.int64)
    number = (
        tensor(count, DType.int64)
        if count is not None
        else apply_one(op.Add(), largest(ids), tensor(1, DType.int64))
    )
    exists = logical_and(greater_equal(ids, 0), less(ids, number))
    places = apply_one(op.Where(), exists, ids, number)
    rows: object = count + 1 if count is not None else apply_one(op.Add(), number, tensor(1, DType.int64))
    empty = full([rows, *x.shape[1:]], tensor(start, x.type.dtype), x.type.dtype)  # type: ignore[list-item]  # a size
    made = apply_one(op.ScatterND(reduction=how), empty, expand_dims(places, -1), x)
    return getitem(made, slice(0, -1))
