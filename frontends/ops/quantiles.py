"""Medians, quantiles and percentiles."""

from __future__ import annotations

import math
from collections.abc import Sequence

from irkit import operators as op
from irkit.errors import ArgumentError
from irkit.frontends.ops.arithmetic import add, divide, multiply, subtract
from irkit.frontends.ops.comparison import where
from irkit.frontends.ops.gathering import take_along_axis
from irkit.frontends.ops.operands import Operand, axes_of, cast_to, floating, rank_of, same_as, tensor
from irkit.frontends.ops.reduction import Axis, sum
from irkit.frontends.ops.reduction import any as some
from irkit.frontends.ops.shaping import expand_dims, moveaxis, permuted, reshape, squeeze
from irkit.frontends.ops.sorting import ordered
from irkit.frontends.tensors.apply import apply_one
from irkit.frontends.tensors.dtypes import joined
from irkit.frontends.tensors.tensor import Tensor, TensorLike
from irkit.ir import DType

__all__ = ["median", "nanmedian", "nanpercentile", "nanquantile", "percentile", "quantile"]

METHODS = ("linear", "lower", "higher", "midpoint", "nearest")


def quantile(
    x: TensorLike, q: TensorLike, axis: Axis = None, method: str = "linear", keepdims: bool = False
) -> Tensor:
    """The number below which the share q of all lies, along axes. q: from 0 to 1; several give a new first axis.

    method: between two numbers "linear", "lower", "higher", "midpoint" or "nearest".
    """
    return _quantile(x, q, axis, method, keepdims, ignore_nan=False)


def nanquantile(
    x: TensorLike, q: TensorLike, axis: Axis = None, method: str = "linear", keepdims: bool = False
) -> Tensor:
    """`quantile` of what is not NaN."""
    return _quantile(x, q, axis, method, keepdims, ignore_nan=True)


def percentile(
    x: TensorLike, q: TensorLike, axis: Axis = None, method: str = "linear", keepdims: bool = False
) -> Tensor:
    """`quantile`, with q from 0 to 100."""
    return quantile(x, divide(floating(q), 100.0), axis, method, keepdims)


def nanpercentile(
    x: TensorLike, q: TensorLike, axis: Axis = None, method: str = "linear", keepdims: bool = False
) -> Tensor:
    """`percentile` of what is not NaN."""
    return nanquantile(x, divide(floating(q), 100.0), axis, method, keepdims)


def median(x: TensorLike, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The middle one, or the mean of the two in the middle."""
    return quantile(x, 0.5, axis, "midpoint", keepdims)


def nanmedian(x: TensorLike, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """`median` of what is not NaN."""
    return nanquantile(x, 0.5, axis, "midpoint", keepdims)


def _quantile(
    x: TensorLike, q: TensorLike, axis: Axis, method: str, keepdims: bool, *, ignore_nan: bool
) -> Tensor:
    if method not in METHODS:
        raise ArgumentError(f"method must be one of {METHODS}. Received: {method!r}.")
    values = tensor(x)
    values = cast_to(values, joined((values.type.dtype.name, "float")))
    axes = axes_of(values, axis)
    share = tensor(q, DType.float64 if values.type.dtype is DType.float64 else DType.float32)
    rows = _rows(values, axes)
    made = _at_shares(rows, share, method, ignore_nan)  # (shares, …rows)
    if keepdims:
        made = expand_dims(made, [a + 1 for a in sorted(axes)])
    return made if rank_of(share) else squeeze(made, 0)


def _rows(x: Operand, axes: Sequence[int]) -> Tensor:
    """The axes joined to one, which stands last."""
    kept = [a for a in range(rank_of(x)) if a not in axes]
    moved = permuted(x, [*kept, *axes])
    return reshape(moved, [*(x.shape[a] for a in kept), -1])


def _at_shares(rows: Tensor, share: Operand, method: str, ignore_nan: bool) -> Tensor:
    nan = apply_one(op.IsNaN(), rows)
    values, _ = ordered(apply_one(op.Where(), nan, same_as(math.inf, rows), rows), rank_of(rows) - 1)
    there = cast_to(apply_one(op.Not(), nan), share.type.dtype)
    count = sum(there, -1, keepdims=True)  # (…rows, 1)
    flat = reshape(share, (-1,))
    position = multiply(subtract(count, 1.0), flat)  # (…rows, shares)
    position = apply_one(op.Max(), position, same_as(0, position))
    low, high, part = _between(position, method)
    first, second = (take_along_axis(values, cast_to(p, DType.int64), -1) for p in (low, high))
    part = cast_to(part, rows.type.dtype)
    step = where(apply_one(op.Equal(), first, second), 0.0, multiply(subtract(second, first), part))
    found = add(first, step)
    bad = apply_one(op.Equal(), count, same_as(0, count)) if ignore_nan else some(nan, -1, keepdims=True)
    return moveaxis(apply_one(op.Where(), bad, same_as(math.nan, found), found), -1, 0)


def _between(position: Tensor, method: str) -> tuple[Tensor, Tensor, Tensor]:
    """The places below and above, and the share of the second."""
    low, high = apply_one(op.Floor(), position), apply_one(op.Ceil(), position)
    if method == "nearest":
        low = high = apply_one(op.Round(), position)
    if method == "lower":
        high = low
    if method == "higher":
        low = high
    part = subtract(position, low)
    return low, high, add(multiply(part, 0), 0.5) if method == "midpoint" else part
