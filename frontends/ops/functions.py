"""Functions of one number, element by element: exponentials, logarithms, roots, trigonometry, rounding."""

from __future__ import annotations

import math

from irkit import operators as op
from irkit.frontends.apply import apply_one
from irkit.frontends.ops.arithmetic import add, divide, multiply, subtract
from irkit.frontends.ops.operands import (
    Operand,
    cast_to,
    floating,
    is_float,
    precise,
    promoted,
    result,
    same_as,
    tensor,
)
from irkit.frontends.tensor import Tensor, TensorLike

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
    "erf",
    "erfc",
    "erfinv",
    "exp",
    "exp2",
    "expm1",
    "floor",
    "i0",
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
    "sinc",
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


def sinc(x: TensorLike) -> Tensor:
    """sin(πx) / πx, and 1 at 0."""
    x = floating(x)
    zero = apply_one(op.Equal(), x, same_as(0, x))
    angle = multiply(apply_one(op.Where(), zero, same_as(1, x), x), math.pi)
    return apply_one(op.Where(), zero, same_as(1, x), divide(apply_one(op.Sin(), angle), angle))


# ---- special functions


def erf(x: TensorLike) -> Tensor:
    """The error function, 2/√π ∫₀ˣ exp(−t²) dt."""
    return apply_one(op.Erf(), floating(x))


def erfc(x: TensorLike) -> Tensor:
    """1 − erf(x)."""
    return subtract(1.0, erf(x))


# M. Giles, "Approximating the erfinv function" (2010), single precision, highest power first.
_ERFINV_CENTRAL = (
    2.81022636e-08,
    3.43273939e-07,
    -3.5233877e-06,
    -4.39150654e-06,
    0.00021858087,
    -0.00125372503,
    -0.00417768164,
    0.246640727,
    1.50140941,
)
_ERFINV_TAIL = (
    -0.000200214257,
    0.000100950558,
    0.00134934322,
    -0.00367342844,
    0.00573950773,
    -0.0076224613,
    0.00943887047,
    1.00167406,
    2.83297682,
)


def erfinv(x: TensorLike) -> Tensor:
    """The number whose error function is x."""
    x = floating(x)
    w = apply_one(op.Neg(), apply_one(op.Log(), multiply(subtract(1.0, x), add(x, 1.0))))
    central = _polynomial(subtract(w, 2.5), _ERFINV_CENTRAL)
    tail = _polynomial(subtract(apply_one(op.Sqrt(), w), 3.0), _ERFINV_TAIL)
    factor = apply_one(op.Where(), apply_one(op.Less(), w, same_as(5, x)), central, tail)
    first = multiply(factor, x)
    edge = apply_one(op.IsInf(), w)  # x is 1 or −1
    return apply_one(op.Where(), edge, divide(x, 0.0), _newton(first, x))


def _newton(y: Tensor, x: Operand) -> Tensor:
    """One step towards erf(y) = x; the error of the approximation is squared."""
    slope = multiply(apply_one(op.Exp(), apply_one(op.Neg(), multiply(y, y))), 2 / math.sqrt(math.pi))
    step = divide(subtract(erf(y), x), slope)
    finite = apply_one(op.Less(), apply_one(op.Abs(), step), same_as(1, x))
    return subtract(y, apply_one(op.Where(), finite, step, same_as(0, x)))


# Abramowitz and Stegun 9.8.1 and 9.8.2, lowest power first.
_I0_CENTRAL = (1.0, 3.5156229, 3.0899424, 1.2067492, 0.2659732, 0.0360768, 0.0045813)
_I0_TAIL = (
    0.39894228,
    0.01328592,
    0.00225319,
    -0.00157565,
    0.00916281,
    -0.02057706,
    0.02635537,
    -0.01647633,
    0.00392377,
)


def i0(x: TensorLike) -> Tensor:
    """The modified Bessel function of order 0, to 2e-7 of its value."""
    x = apply_one(op.Abs(), *precise(x))
    t = divide(x, 3.75)
    central = _polynomial(multiply(t, t), _I0_CENTRAL[::-1])
    bound = apply_one(op.Max(), x, same_as(3.75, x))
    tail = _polynomial(divide(3.75, bound), _I0_TAIL[::-1])
    grown = divide(multiply(tail, apply_one(op.Exp(), bound)), apply_one(op.Sqrt(), bound))
    return apply_one(op.Where(), apply_one(op.Less(), x, same_as(3.75, x)), central, grown)


def _polynomial(x: Tensor, coefficients: tuple[float, ...]) -> Tensor:
    """By Horner's rule; the highest power first."""
    total = add(multiply(x, coefficients[0]), coefficients[1])
    for c in coefficients[2:]:
        total = add(multiply(total, x), c)
    return total


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
    return result(cast_to(divide(scaled, 10.0**decimals), x.type.dtype))
