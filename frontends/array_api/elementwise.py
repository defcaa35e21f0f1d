"""Functions of each element: Keras's, under the standard's names."""

from __future__ import annotations

from irkit.frontends import ops
from irkit.frontends.ops import (
    abs,
    add,
    bitwise_and,
    bitwise_left_shift,
    bitwise_or,
    bitwise_right_shift,
    bitwise_xor,
    ceil,
    cos,
    cosh,
    divide,
    equal,
    exp,
    expm1,
    floor,
    floor_divide,
    greater,
    greater_equal,
    hypot,
    imag,
    isfinite,
    isinf,
    isnan,
    less,
    less_equal,
    log,
    log1p,
    log2,
    log10,
    logaddexp,
    logical_and,
    logical_not,
    logical_or,
    logical_xor,
    maximum,
    minimum,
    multiply,
    negative,
    nextafter,
    not_equal,
    real,
    reciprocal,
    round,
    sign,
    signbit,
    sin,
    sinh,
    sqrt,
    square,
    subtract,
    tan,
    tanh,
    trunc,
    where,
)
from irkit.frontends.ops import arccos as acos
from irkit.frontends.ops import arccosh as acosh
from irkit.frontends.ops import arcsin as asin
from irkit.frontends.ops import arcsinh as asinh
from irkit.frontends.ops import arctan as atan
from irkit.frontends.ops import arctan2 as atan2
from irkit.frontends.ops import arctanh as atanh
from irkit.frontends.ops import bitwise_not as bitwise_invert
from irkit.frontends.ops import conjugate as conj
from irkit.frontends.ops import copy as positive
from irkit.frontends.ops import mod as remainder
from irkit.frontends.ops import power as pow
from irkit.frontends.tensors.tensor import Tensor, TensorLike

__all__ = [
    "abs",
    "acos",
    "acosh",
    "add",
    "asin",
    "asinh",
    "atan",
    "atan2",
    "atanh",
    "bitwise_and",
    "bitwise_invert",
    "bitwise_left_shift",
    "bitwise_or",
    "bitwise_right_shift",
    "bitwise_xor",
    "ceil",
    "clip",
    "conj",
    "copysign",
    "cos",
    "cosh",
    "divide",
    "equal",
    "exp",
    "expm1",
    "floor",
    "floor_divide",
    "greater",
    "greater_equal",
    "hypot",
    "imag",
    "isfinite",
    "isinf",
    "isnan",
    "less",
    "less_equal",
    "log",
    "log1p",
    "log2",
    "log10",
    "logaddexp",
    "logical_and",
    "logical_not",
    "logical_or",
    "logical_xor",
    "maximum",
    "minimum",
    "multiply",
    "negative",
    "nextafter",
    "not_equal",
    "positive",
    "pow",
    "real",
    "reciprocal",
    "remainder",
    "round",
    "sign",
    "signbit",
    "sin",
    "sinh",
    "sqrt",
    "square",
    "subtract",
    "tan",
    "tanh",
    "trunc",
    "where",
]


def clip(x: Tensor, /, min: TensorLike | None = None, max: TensorLike | None = None) -> Tensor:
    """x, but at least `min` and at most `max`."""
    return ops.clip(x, min, max)


def copysign(x1: TensorLike, x2: TensorLike, /) -> Tensor:
    """|x1| with the sign of x2, also of a zero."""
    size = ops.abs(x1)
    return ops.where(ops.signbit(x2), -size, size)
