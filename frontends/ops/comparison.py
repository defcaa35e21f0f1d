"""Comparing, and computing with truth. Arguments broadcast and are promoted; the result is bool."""

from __future__ import annotations

from typing import overload

from irkit import operators as op
from irkit.frontends.ops.arithmetic import absolute, add, multiply, subtract
from irkit.frontends.ops.operands import (
    Operand,
    boolean,
    cast_to,
    is_float,
    kind,
    numeric,
    promoted,
    rank_of,
    result,
    same_as,
    tensor,
)
from irkit.frontends.ops.reduction import all as every
from irkit.frontends.ops.reduction import any as some
from irkit.frontends.tensors.apply import apply_one
from irkit.frontends.tensors.tensor import Tensor, TensorLike
from irkit.ir import DType
from irkit.operators import Operator

__all__ = [
    "allclose",
    "equal",
    "greater",
    "greater_equal",
    "isclose",
    "isfinite",
    "isin",
    "isinf",
    "isnan",
    "isneginf",
    "isposinf",
    "isreal",
    "less",
    "less_equal",
    "logical_and",
    "logical_not",
    "logical_or",
    "logical_xor",
    "nonzero",
    "not_equal",
    "signbit",
    "where",
]


def equal(x1: TensorLike, x2: TensorLike) -> Tensor:
    """x1 == x2."""
    return apply_one(op.Equal(), *promoted(x1, x2))


def not_equal(x1: TensorLike, x2: TensorLike) -> Tensor:
    """x1 != x2."""
    return apply_one(op.Not(), equal(x1, x2))


def less(x1: TensorLike, x2: TensorLike) -> Tensor:
    """x1 < x2."""
    return _ordered(op.Less(), x1, x2)


def less_equal(x1: TensorLike, x2: TensorLike) -> Tensor:
    """x1 ≤ x2."""
    return _ordered(op.LessOrEqual(), x1, x2)


def greater(x1: TensorLike, x2: TensorLike) -> Tensor:
    """x1 > x2."""
    return _ordered(op.Greater(), x1, x2)


def greater_equal(x1: TensorLike, x2: TensorLike) -> Tensor:
    """x1 ≥ x2."""
    return _ordered(op.GreaterOrEqual(), x1, x2)


def _ordered(comparison: Operator, x1: TensorLike, x2: TensorLike) -> Tensor:
    return apply_one(comparison, *map(numeric, promoted(x1, x2)))


def logical_and(x1: TensorLike, x2: TensorLike) -> Tensor:
    """Whether both are true."""
    return apply_one(op.And(), boolean(x1), boolean(x2))


def logical_or(x1: TensorLike, x2: TensorLike) -> Tensor:
    """Whether one is true."""
    return apply_one(op.Or(), boolean(x1), boolean(x2))


def logical_xor(x1: TensorLike, x2: TensorLike) -> Tensor:
    """Whether exactly one is true."""
    return apply_one(op.Xor(), boolean(x1), boolean(x2))


def logical_not(x: TensorLike) -> Tensor:
    """Whether it is false."""
    return apply_one(op.Not(), boolean(x))


@overload
def where(condition: TensorLike) -> tuple[Tensor, ...]: ...
@overload
def where(condition: TensorLike, x1: TensorLike, x2: TensorLike) -> Tensor: ...
def where(
    condition: TensorLike, x1: TensorLike | None = None, x2: TensorLike | None = None
) -> Tensor | tuple[Tensor, ...]:
    """x1 where the condition is true, x2 elsewhere. Without x1 and x2: the indices of what is true, as `nonzero`."""
    if x1 is None or x2 is None:
        return nonzero(condition)
    chosen, (a, b) = boolean(condition), promoted(x1, x2)
    if kind(a) is not DType.bool:
        return apply_one(op.Where(), chosen, a, b)
    # onnxruntime has no Where of bools
    return apply_one(
        op.Or(), apply_one(op.And(), chosen, a), apply_one(op.And(), apply_one(op.Not(), chosen), b)
    )


def nonzero(x: TensorLike) -> tuple[Tensor, ...]:
    """Where it is not zero: for each axis a vector of int32, the indices along it."""
    x = tensor(x)
    places = cast_to(apply_one(op.NonZero(), x), DType.int32)
    return tuple(apply_one(op.Gather(), places, tensor(i, DType.int64)) for i in range(rank_of(x)))


# ---- kinds of numbers


def isnan(x: TensorLike) -> Tensor:
    """Whether it is no number."""
    return _predicate(op.IsNaN(), tensor(x))


def isinf(x: TensorLike) -> Tensor:
    """Whether it is ∞ or −∞."""
    return _predicate(op.IsInf(), tensor(x))


def isposinf(x: TensorLike) -> Tensor:
    """Whether it is ∞."""
    return _predicate(op.IsInf(detect_negative=False), tensor(x))


def isneginf(x: TensorLike) -> Tensor:
    """Whether it is −∞."""
    return _predicate(op.IsInf(detect_positive=False), tensor(x))


def isfinite(x: TensorLike) -> Tensor:
    """Whether it is a number and not infinite."""
    x = tensor(x)
    if not is_float(x):
        return apply_one(op.Not(), _never(x))
    return apply_one(op.Not(), apply_one(op.Or(), apply_one(op.IsNaN(), x), apply_one(op.IsInf(), x)))


def isreal(x: TensorLike) -> Tensor:
    """Whether it has no imaginary part."""
    return apply_one(op.Not(), _never(tensor(x)))


def signbit(x: TensorLike) -> Tensor:
    """Whether the sign is minus, also of −0."""
    x = numeric(x)
    below = apply_one(op.Less(), x, same_as(0, x))
    if not is_float(x):
        return below
    zero = apply_one(op.Equal(), x, same_as(0, x))
    negative_zero = apply_one(op.IsInf(detect_positive=False), apply_one(op.Reciprocal(), x))
    return apply_one(op.Or(), below, apply_one(op.And(), zero, negative_zero))


def _predicate(operator: Operator, x: Operand) -> Tensor:
    return apply_one(operator, x) if is_float(x) else _never(x)


def _never(x: Operand) -> Tensor:
    """False, in the shape of `x`."""
    truth = cast_to(x, DType.bool)
    return apply_one(op.And(), truth, tensor(False))


# ---- nearly equal, contained


def isclose(
    x1: TensorLike, x2: TensorLike, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False
) -> Tensor:
    """Whether |x1 − x2| ≤ atol + rtol·|x2|."""
    a, b = promoted(x1, x2, also=float)
    near = less_equal(absolute(subtract(a, b)), add(multiply(absolute(b), rtol), atol))
    both = logical_and(isfinite(a), isfinite(b))
    close = logical_or(logical_and(near, both), equal(a, b))
    return logical_or(close, logical_and(isnan(a), isnan(b))) if equal_nan else close


def allclose(
    x1: TensorLike, x2: TensorLike, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False
) -> Tensor:
    """Whether all elements are close, as `isclose` says."""
    return every(isclose(x1, x2, rtol, atol, equal_nan))


def isin(x1: TensorLike, x2: TensorLike, assume_unique: bool = False, invert: bool = False) -> Tensor:
    """Whether each element of x1 is one of x2's."""
    a, b = promoted(x1, x2)
    column = apply_one(op.Unsqueeze(), a, tensor([-1], DType.int64))
    row = apply_one(op.Reshape(), b, tensor([-1], DType.int64))
    found = some(equal(column, row), axis=-1)
    return apply_one(op.Not(), found) if invert else result(found)
