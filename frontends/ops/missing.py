"""Reductions that leave NaN out, and NaN replaced."""

from __future__ import annotations

import math

from irkit import operators as op
from irkit.frontends.ops.arithmetic import divide, square, subtract
from irkit.frontends.ops.functions import sqrt
from irkit.frontends.ops.operands import Operand, cast_to, floating, is_float, result, same_as, tensor
from irkit.frontends.ops.reduction import Axis, argmax, argmin, max, min, prod, sum
from irkit.frontends.ops.reduction import all as every
from irkit.frontends.ops.running import without_nan
from irkit.frontends.tensors.apply import apply_one
from irkit.frontends.tensors.dtypes import joined, limits
from irkit.frontends.tensors.tensor import Tensor, TensorLike

__all__ = [
    "nan_to_num",
    "nanargmax",
    "nanargmin",
    "nanmax",
    "nanmean",
    "nanmin",
    "nanprod",
    "nanstd",
    "nansum",
    "nanvar",
]


def nansum(x: TensorLike, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """`sum`, NaN counted as 0."""
    return sum(without_nan(tensor(x), 0), axis, keepdims)


def nanprod(x: TensorLike, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """`prod`, NaN counted as 1."""
    return prod(without_nan(tensor(x), 1), axis, keepdims)


def nanmax(x: TensorLike, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """`max` of what is not NaN; NaN where nothing is left."""
    x = tensor(x)
    return _or_nan(max(without_nan(x, -math.inf), axis, keepdims), x, axis, keepdims)


def nanmin(x: TensorLike, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """`min` of what is not NaN; NaN where nothing is left."""
    x = tensor(x)
    return _or_nan(min(without_nan(x, math.inf), axis, keepdims), x, axis, keepdims)


def _or_nan(found: Tensor, x: Operand, axis: Axis, keepdims: bool) -> Tensor:
    if not is_float(x):
        return found
    nothing = every(apply_one(op.IsNaN(), x), axis, keepdims)
    return apply_one(op.Where(), nothing, same_as(math.nan, found), found)


def nanargmax(x: TensorLike, axis: int | None = None, keepdims: bool = False) -> Tensor:
    """`argmax` of what is not NaN; −1 where nothing is left."""
    x = tensor(x)
    return _or_minus_one(argmax(without_nan(x, -math.inf), axis, keepdims), x, axis, keepdims)


def nanargmin(x: TensorLike, axis: int | None = None, keepdims: bool = False) -> Tensor:
    """`argmin` of what is not NaN; −1 where nothing is left."""
    x = tensor(x)
    return _or_minus_one(argmin(without_nan(x, math.inf), axis, keepdims), x, axis, keepdims)


def _or_minus_one(found: Tensor, x: Operand, axis: int | None, keepdims: bool) -> Tensor:
    if not is_float(x):
        return found
    nothing = every(apply_one(op.IsNaN(), x), axis, keepdims)
    return apply_one(op.Where(), nothing, same_as(-1, found), found)


def nanmean(x: TensorLike, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """`mean` of what is not NaN, as floats."""
    x = floating(x)
    return divide(nansum(x, axis, keepdims), _count(x, axis, keepdims))


def _count(x: Operand, axis: Axis, keepdims: bool) -> Tensor:
    """How many are not NaN."""
    there = apply_one(op.Not(), apply_one(op.IsNaN(), x))
    return cast_to(sum(there, axis, keepdims), x.type.dtype)


def nanvar(x: TensorLike, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """`var` of what is not NaN, as floats."""
    x = floating(x)
    wide = cast_to(x, joined((x.type.dtype.name, "float32")))
    away = subtract(wide, nanmean(wide, axis, keepdims=True))
    total = nansum(square(away), axis, keepdims)
    return cast_to(divide(total, _count(wide, axis, keepdims)), x.type.dtype)


def nanstd(x: TensorLike, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """√nanvar."""
    return sqrt(nanvar(x, axis, keepdims))


def nan_to_num(
    x: TensorLike, nan: TensorLike = 0.0, posinf: TensorLike | None = None, neginf: TensorLike | None = None
) -> Tensor:
    """Numbers in the place of NaN, ∞ and −∞; for infinities by default the largest and smallest of the type."""
    x = tensor(x)
    if not is_float(x):
        return result(x)
    least, greatest = limits(x.type.dtype)[:2]
    high = tensor(greatest if posinf is None else posinf, x.type.dtype)
    low = tensor(least if neginf is None else neginf, x.type.dtype)
    made = apply_one(op.Where(), apply_one(op.IsNaN(), x), tensor(nan, x.type.dtype), x)
    made = apply_one(op.Where(), apply_one(op.IsInf(detect_negative=False), made), high, made)
    return apply_one(op.Where(), apply_one(op.IsInf(detect_positive=False), made), low, made)
