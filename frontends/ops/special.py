"""Special functions of one number: erf and its kin, the Bessel function I₀, sinc."""

from __future__ import annotations

import math

from irkit import operators as op
from irkit.frontends.ops.arithmetic import add, divide, multiply, subtract
from irkit.frontends.ops.operands import Operand, floating, precise, same_as
from irkit.frontends.tensors.apply import apply_one
from irkit.frontends.tensors.tensor import Tensor, TensorLike

__all__ = ["erf", "erfc", "erfinv", "i0", "sinc"]


def sinc(x: TensorLike) -> Tensor:
    """sin(πx) / πx, and 1 at 0."""
    x = floating(x)
    zero = apply_one(op.Equal(), x, same_as(0, x))
    angle = multiply(apply_one(op.Where(), zero, same_as(1, x), x), math.pi)
    return apply_one(op.Where(), zero, same_as(1, x), divide(apply_one(op.Sin(), angle), angle))


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
