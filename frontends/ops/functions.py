"""Functions of one number, element by element: exponentials, logarithms, roots, trigonometry, rounding."""

from __future__ import annotations

import math

from irkit import operators as op
from irkit.frontends.ops.arithmetic import add, divide, multiply, subtract
from irkit.frontends.ops.operands import (
    Operand,
    cast_to,
    floating,
    is_float,
    kind,
    precise,
    promoted,
    result,
    same_as,
    tensor,
)
from irkit.frontends.tensors.apply import apply_one
from irkit.frontends.tensors.tensor import Tensor, TensorLike

__all__ = [
    "arccos",
    "arccosh",
    "arcsin",
    "arcsinh",
    "arctan",
    "arctan2",
    "arctanh",
    "cbrt",
    "ceil",
    "cos",
    "cosh",
    "deg2rad",
    "exp",
    "exp2",
    "expm1",
    "floor",
    "log",
    "log10",
    "log1p",
    "log2",
    "logaddexp",
    "logaddexp2",
    "rad2deg",
    "round",
    "rsqrt",
    "sin",
    "sinh",
    "sqrt",
    "tan",
    "tanh",
    "trunc",
]

# ---- exponentials and logarithms


def exp(x: TensorLike) -> Tensor:
    """eˣ."""
    return apply_one(op.Exp(), floating(x))


def exp2(x: TensorLike) -> Tensor:
    """2ˣ."""
    x = floating(x)
    return apply_one(op.Pow(), same_as(2, x), x)


def expm1(x: TensorLike) -> Tensor:
    """eˣ − 1, exact also near 0: tanh(x/2)·(eˣ + 1)."""
    x = floating(x)
    half = apply_one(op.Mul(), x, same_as(0.5, x))
    return multiply(apply_one(op.Tanh(), half), add(apply_one(op.Exp(), x), 1))


def log(x: TensorLike) -> Tensor:
    """Natural logarithm."""
    return apply_one(op.Log(), floating(x))


def log1p(x: TensorLike) -> Tensor:
    """ln(1 + x), exact also near 0, where it is 2·artanh(x / (2 + x))."""
    x = floating(x)
    small = apply_one(op.Less(), apply_one(op.Abs(), x), same_as(0.5, x))
    near = multiply(apply_one(op.Atanh(), divide(x, add(x, 2))), 2)
    return apply_one(op.Where(), small, near, apply_one(op.Log(), add(x, 1)))


def log2(x: TensorLike) -> Tensor:
    """Logarithm to base 2."""
    return multiply(log(x), 1 / math.log(2))


def log10(x: TensorLike) -> Tensor:
    """Logarithm to base 10."""
    return multiply(log(x), 1 / math.log(10))


def logaddexp(x1: TensorLike, x2: TensorLike) -> Tensor:
    """ln(eˣ¹ + eˣ²), without overflow."""
    a, b = promoted(x1, x2, also=float)
    difference = subtract(a, b)
    distance = apply_one(op.Abs(), difference)
    equal = apply_one(op.Equal(), a, b)  # also of two infinities, whose difference is NaN
    distance = apply_one(op.Where(), equal, same_as(0, a), distance)
    return add(apply_one(op.Max(), a, b), log1p(apply_one(op.Exp(), apply_one(op.Neg(), distance))))


def logaddexp2(x1: TensorLike, x2: TensorLike) -> Tensor:
    """log₂(2ˣ¹ + 2ˣ²), without overflow."""
    a, b = promoted(x1, x2, also=float)
    return multiply(logaddexp(multiply(a, math.log(2)), multiply(b, math.log(2))), 1 / math.log(2))


# ---- roots


def sqrt(x: TensorLike) -> Tensor:
    """Square root."""
    return apply_one(op.Sqrt(), floating(x))


def rsqrt(x: TensorLike) -> Tensor:
    """1 / √x."""
    return apply_one(op.Reciprocal(), sqrt(x))


def cbrt(x: TensorLike) -> Tensor:
    """Cube root, also of negative numbers."""
    (x,) = precise(x)
    return multiply(apply_one(op.Sign(), x), apply_one(op.Pow(), apply_one(op.Abs(), x), same_as(1 / 3, x)))


# ---- trigonometry


def sin(x: TensorLike) -> Tensor:
    """Sine of radians."""
    return apply_one(op.Sin(), floating(x))


def cos(x: TensorLike) -> Tensor:
    """Cosine of radians."""
    return apply_one(op.Cos(), floating(x))


def tan(x: TensorLike) -> Tensor:
    """Tangent of radians."""
    return apply_one(op.Tan(), floating(x))


def arcsin(x: TensorLike) -> Tensor:
    """The angle whose sine is x."""
    return apply_one(op.Asin(), floating(x))


def arccos(x: TensorLike) -> Tensor:
    """The angle whose cosine is x."""
    return apply_one(op.Acos(), floating(x))


def arctan(x: TensorLike) -> Tensor:
    """The angle whose tangent is x."""
    return apply_one(op.Atan(), floating(x))


def arctan2(x1: TensorLike, x2: TensorLike) -> Tensor:
    """The angle of the point (x2, x1), from −π to π; zeros and infinities as in C."""
    y, x = promoted(x1, x2, also=float)
    zero, one = same_as(0, x), same_as(1, x)
    both = apply_one(op.And(), apply_one(op.IsInf(), y), apply_one(op.IsInf(), x))
    y, x = (apply_one(op.Where(), both, apply_one(op.Sign(), v), v) for v in (y, x))  # ∞/∞ is a diagonal
    origin = apply_one(op.And(), apply_one(op.Equal(), y, zero), apply_one(op.Equal(), x, zero))
    angle = apply_one(op.Atan(), divide(y, apply_one(op.Where(), origin, one, x)))
    half_turn = apply_one(op.Where(), _is_negative(y), same_as(-math.pi, x), same_as(math.pi, x))
    left = _is_negative(x)
    at_origin = apply_one(op.Where(), left, half_turn, y)
    turned = apply_one(op.Where(), left, add(angle, half_turn), angle)
    return apply_one(op.Where(), origin, at_origin, turned)


def _is_negative(x: Operand) -> Tensor:
    """The sign bit: of −0, too."""
    zero = same_as(0, x)
    below = apply_one(op.Less(), apply_one(op.Reciprocal(), x), zero)  # 1/−0 is −∞
    infinite = apply_one(op.IsInf(detect_positive=False), x)
    return apply_one(op.Or(), below, infinite)


def sinh(x: TensorLike) -> Tensor:
    """Hyperbolic sine."""
    return apply_one(op.Sinh(), floating(x))


def cosh(x: TensorLike) -> Tensor:
    """Hyperbolic cosine."""
    return apply_one(op.Cosh(), floating(x))


def tanh(x: TensorLike) -> Tensor:
    """Hyperbolic tangent."""
    return apply_one(op.Tanh(), floating(x))


def arcsinh(x: TensorLike) -> Tensor:
    """The number whose hyperbolic sine is x."""
    return apply_one(op.Asinh(), floating(x))


def arccosh(x: TensorLike) -> Tensor:
    """The number whose hyperbolic cosine is x."""
    return apply_one(op.Acosh(), floating(x))


def arctanh(x: TensorLike) -> Tensor:
    """The number whose hyperbolic tangent is x."""
    return apply_one(op.Atanh(), floating(x))


def deg2rad(x: TensorLike) -> Tensor:
    """Degrees as radians."""
    return multiply(precise(x)[0], math.pi / 180)


def rad2deg(x: TensorLike) -> Tensor:
    """Radians as degrees."""
    return multiply(precise(x)[0], 180 / math.pi)


# ---- rounding


def ceil(x: TensorLike) -> Tensor:
    """The next integer above, as a float."""
    return apply_one(op.Ceil(), floating(x))


def floor(x: TensorLike) -> Tensor:
    """The next integer below, as a float."""
    return apply_one(op.Floor(), floating(x))


def trunc(x: TensorLike) -> Tensor:
    """Without its fraction."""
    x = tensor(x)
    if not is_float(x):
        return result(x)
    down = apply_one(op.Floor(), apply_one(op.Abs(), x))
    return multiply(apply_one(op.Sign(), x), down)


def round(x: TensorLike, decimals: int = 0) -> Tensor:
    """To the nearest number of so many decimals; halves to even. Integers stay, unless decimals is negative."""
    x = tensor(x)
    if decimals == 0 or (not is_float(x) and decimals > 0):
        return apply_one(op.Round(), x) if is_float(x) else result(x)
    scaled = apply_one(op.Round(), multiply(floating(x), 10.0**decimals))
    return result(cast_to(divide(scaled, 10.0**decimals), kind(x)))
