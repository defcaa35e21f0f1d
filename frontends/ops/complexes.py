"""Complex numbers: ONNX has no arithmetic for them, so only what real numbers allow is here. Transforms of signals
(`fft` and its kin) take and give pairs of real and imaginary parts instead."""

from __future__ import annotations

import math
from typing import NoReturn

from irkit import operators as op
from irkit.errors import UnsupportedError
from irkit.frontends.ops.creation import zeros_like
from irkit.frontends.ops.operands import Operand, floating, result, same_as, tensor
from irkit.frontends.tensors.apply import apply_one
from irkit.frontends.tensors.tensor import Tensor, TensorLike
from irkit.ir.types import COMPLEX

__all__ = [
    "angle",
    "conj",
    "conjugate",
    "imag",
    "nextafter",
    "polar",
    "real",
    "view_as_complex",
    "view_as_real",
]


def _refuse(function: str) -> NoReturn:
    raise UnsupportedError(
        f"{function} needs complex numbers, for which ONNX has no arithmetic.",
        cure="Keep real and imaginary parts in two tensors, as irkit.ops.fft does.",
    )


def _real(x: TensorLike, function: str) -> Operand:
    x = tensor(x)
    return _refuse(function) if x.type.dtype in COMPLEX else x


def real(x: TensorLike) -> Tensor:
    """The real part of real numbers: x."""
    return result(_real(x, "real"))


def imag(x: TensorLike) -> Tensor:
    """The imaginary part of real numbers: zeros."""
    return zeros_like(_real(x, "imag"))


def conjugate(x: TensorLike) -> Tensor:
    """The conjugate of real numbers: x."""
    return result(_real(x, "conjugate"))


conj = conjugate


def angle(x: TensorLike) -> Tensor:
    """The angle of real numbers: π where negative, else 0."""
    x = floating(_real(x, "angle"))
    turned = apply_one(op.Where(), apply_one(op.Less(), x, same_as(0, x)), same_as(math.pi, x), same_as(0, x))
    return apply_one(op.Where(), apply_one(op.IsNaN(), x), x, turned)


def polar(abs_: TensorLike, angle: TensorLike) -> Tensor:
    """Not available. Raises UnsupportedError."""
    _refuse("polar")


def view_as_complex(x: TensorLike) -> Tensor:
    """Not available. Raises UnsupportedError."""
    _refuse("view_as_complex")


def view_as_real(x: TensorLike) -> Tensor:
    """Not available. Raises UnsupportedError."""
    _refuse("view_as_real")


def nextafter(x1: TensorLike, x2: TensorLike) -> Tensor:
    """Not available. Raises UnsupportedError."""
    raise UnsupportedError("nextafter needs the bits of floats, which opset 23 has no operator for.")
