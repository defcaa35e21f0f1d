"""Arithmetic, element by element. Arguments broadcast and are promoted to one type."""

from __future__ import annotations

from collections.abc import Callable

from irkit import operators as op
from irkit.errors import ArgumentError
from irkit.frontends.ops.operands import (
    Operand,
    cast_to,
    common,
    dtype_name,
    floating,
    is_float,
    kind,
    numeric,
    precise,
    promoted,
    result,
    same_as,
    tensor,
)
from irkit.frontends.tensors.apply import apply_one
from irkit.frontends.tensors.tensor import Tensor, TensorLike
from irkit.ir import DType
from irkit.ir.types import FLOATS, UNSIGNED
from irkit.operators import Operator

__all__ = [
    "abs",
    "absolute",
    "add",
    "clip",
    "divide",
    "divide_no_nan",
    "fabs",
    "floor_divide",
    "fmax",
    "fmin",
    "fmod",
    "heaviside",
    "hypot",
    "ldexp",
    "maximum",
    "minimum",
    "mod",
    "multiply",
    "negative",
    "power",
    "reciprocal",
    "sign",
    "square",
    "subtract",
    "true_divide",
]


def add(x1: TensorLike, x2: TensorLike) -> Tensor:
    """x1 + x2; of bools: or."""
    a, b = promoted(x1, x2)
    return apply_one(op.Or() if kind(a) is DType.bool else op.Add(), a, b)


def subtract(x1: TensorLike, x2: TensorLike) -> Tensor:
    """x1 − x2."""
    return apply_one(op.Sub(), *promoted(x1, x2))


def multiply(x1: TensorLike, x2: TensorLike) -> Tensor:
    """x1 · x2; of bools: and."""
    a, b = promoted(x1, x2)
    return apply_one(op.And() if kind(a) is DType.bool else op.Mul(), a, b)


def divide(x1: TensorLike, x2: TensorLike) -> Tensor:
    """x1 / x2, as floats."""
    return apply_one(op.Div(), *promoted(x1, x2, also=float))


true_divide = divide


def divide_no_nan(x1: TensorLike, x2: TensorLike) -> Tensor:
    """x1 / x2, and 0 where x2 is 0."""
    a, b = promoted(x1, x2, also=float)
    zero = same_as(0, b)
    return apply_one(op.Where(), apply_one(op.Equal(), b, zero), zero, apply_one(op.Div(), a, b))


def floor_divide(x1: TensorLike, x2: TensorLike) -> Tensor:
    """⌊x1 / x2⌋."""
    a, b = promoted(*map(_not_bool, (x1, x2)))
    if is_float(a):
        return apply_one(op.Floor(), apply_one(op.Div(), a, b))
    if kind(a) not in UNSIGNED:
        a = apply_one(
            op.Sub(), a, apply_one(op.Mod(), a, b)
        )  # so that Div, which truncates, has nothing to cut off
    return apply_one(op.Div(), a, b)


def mod(x1: TensorLike, x2: TensorLike) -> Tensor:
    """What remains of x1 / x2, with the sign of x2."""
    a, b = promoted(*map(_not_bool, (x1, x2)))
    if not is_float(a):
        return apply_one(op.Mod(), a, b)
    rest = apply_one(op.Mod(fmod=True), a, b)
    zero = same_as(0, a)
    other_sign = apply_one(
        op.Less(), apply_one(op.Mul(), apply_one(op.Sign(), rest), apply_one(op.Sign(), b)), zero
    )
    return apply_one(op.Where(), other_sign, apply_one(op.Add(), rest, b), rest)


def fmod(x1: TensorLike, x2: TensorLike) -> Tensor:
    """What remains of x1 / x2, with the sign of x1."""
    return apply_one(op.Mod(fmod=True), *promoted(*map(_not_bool, (x1, x2))))


def power(x1: TensorLike, x2: TensorLike) -> Tensor:
    """x1 raised to x2."""
    a, b = promoted(x1, x2)
    dtype = kind(a)
    if dtype in FLOATS or dtype in (DType.int32, DType.int64):
        return apply_one(op.Pow(), a, b)
    wide = DType.int64 if dtype.bits > 16 else DType.int32
    return cast_to(apply_one(op.Pow(), cast_to(a, wide), cast_to(b, wide)), dtype)


def negative(x: TensorLike) -> Tensor:
    """−x; unsigned integers wrap around."""
    x = tensor(x)
    return apply_one(op.Sub(), same_as(0, x), x) if kind(x) in UNSIGNED else apply_one(op.Neg(), x)


def absolute(x: TensorLike) -> Tensor:
    """|x|."""
    x = tensor(x)
    return result(x) if kind(x) in UNSIGNED or kind(x) is DType.bool else apply_one(op.Abs(), x)


abs = absolute


def fabs(x: TensorLike) -> Tensor:
    """|x|, as floats."""
    return apply_one(op.Abs(), floating(x))


def sign(x: TensorLike) -> Tensor:
    """−1, 0 or 1."""
    x = tensor(x)
    if kind(x) is DType.bool:
        return cast_to(apply_one(op.Sign(), numeric(x)), DType.int32)
    return apply_one(op.Sign(), x)


def square(x: TensorLike) -> Tensor:
    """x²."""
    x = numeric(x)
    return apply_one(op.Mul(), x, x)


def reciprocal(x: TensorLike) -> Tensor:
    """1 / x, as floats."""
    return apply_one(op.Reciprocal(), floating(x))


def maximum(x1: TensorLike, x2: TensorLike) -> Tensor:
    """The larger of two; NaN where one is NaN."""
    return _extreme(op.Max(), op.Or(), *promoted(x1, x2))


def minimum(x1: TensorLike, x2: TensorLike) -> Tensor:
    """The smaller of two; NaN where one is NaN."""
    return _extreme(op.Min(), op.And(), *promoted(x1, x2))


def fmax(x1: TensorLike, x2: TensorLike) -> Tensor:
    """The larger of two; of NaN and a number, the number."""
    return _ignoring_nan(maximum, *promoted(x1, x2))


def fmin(x1: TensorLike, x2: TensorLike) -> Tensor:
    """The smaller of two; of NaN and a number, the number."""
    return _ignoring_nan(minimum, *promoted(x1, x2))


def clip(x: TensorLike, x_min: TensorLike | None, x_max: TensorLike | None) -> Tensor:
    """x, but at least x_min and at most x_max; in the type of x."""
    x = numeric(x)
    bounds = [b for b in (x_min, x_max) if b is not None]
    dtype = common(x, *bounds)
    low, high = (None if b is None else tensor(b, dtype) for b in (x_min, x_max))
    wide = cast_to(x, dtype)
    if all(b is None or b.type.shape == () for b in (low, high)):
        return result(cast_to(apply_one(op.Clip(), wide, low, high), kind(x)))
    wide = wide if low is None else apply_one(op.Max(), wide, low)
    wide = wide if high is None else apply_one(op.Min(), wide, high)
    return result(cast_to(wide, kind(x)))


def heaviside(x1: TensorLike, x2: TensorLike) -> Tensor:
    """0 where x1 is negative, 1 where it is positive, x2 where it is 0; as floats."""
    a, b = precise(x1, x2)
    zero, one = same_as(0, a), same_as(1, a)
    step = apply_one(op.Where(), apply_one(op.Greater(), a, zero), one, zero)
    step = apply_one(op.Where(), apply_one(op.IsNaN(), a), a, step)
    return apply_one(op.Where(), apply_one(op.Equal(), a, zero), b, step)


def hypot(x1: TensorLike, x2: TensorLike) -> Tensor:
    """√(x1² + x2²), without overflow on the way."""
    a, b = (apply_one(op.Abs(), x) for x in precise(x1, x2))
    large, small = apply_one(op.Max(), a, b), apply_one(op.Min(), a, b)
    one = same_as(1, a)
    plain = apply_one(op.Or(), apply_one(op.Equal(), large, same_as(0, a)), apply_one(op.IsInf(), large))
    ratio = apply_one(op.Div(), small, apply_one(op.Where(), plain, one, large))
    root = apply_one(op.Sqrt(), apply_one(op.Add(), one, apply_one(op.Mul(), ratio, ratio)))
    return apply_one(op.Where(), plain, large, apply_one(op.Mul(), large, root))


def ldexp(x1: TensorLike, x2: TensorLike) -> Tensor:
    """x1 · 2^x2. x2: integers. Raises ArgumentError."""
    exponent = tensor(x2)
    if is_float(exponent):
        raise ArgumentError(f"x2 must be integers. Received: {exponent.type}.")
    a, b = promoted(x1, exponent, also=float)
    half = apply_one(
        op.Floor(), apply_one(op.Div(), b, same_as(2, b))
    )  # in two steps: 2^x2 alone may overflow
    rest = apply_one(op.Sub(), b, half)
    return multiply(
        multiply(a, apply_one(op.Pow(), same_as(2, a), half)), apply_one(op.Pow(), same_as(2, a), rest)
    )


def _not_bool(x: TensorLike) -> TensorLike:
    return numeric(x) if dtype_name(x) == "bool" else x


def _extreme(numbers: Operator, truths: Operator, a: Operand, b: Operand) -> Tensor:
    return apply_one(truths if kind(a) is DType.bool else numbers, a, b)


def _ignoring_nan(extreme: Callable[[TensorLike, TensorLike], Tensor], a: Operand, b: Operand) -> Tensor:
    if not is_float(a):
        return extreme(a, b)
    either = apply_one(op.Where(), apply_one(op.IsNaN(), a), b, a)
    return extreme(either, apply_one(op.Where(), apply_one(op.IsNaN(), b), either, b))
