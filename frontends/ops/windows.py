"""Windows of signals: n numbers that rise from the edges to the middle."""

from __future__ import annotations

import math

from irkit import operators as op
from irkit.frontends.ops.arithmetic import absolute, add, divide, maximum, multiply, square, subtract
from irkit.frontends.ops.creation import arange
from irkit.frontends.ops.functions import cos, sqrt
from irkit.frontends.ops.operands import cast_to, same_as, tensor
from irkit.frontends.ops.special import i0
from irkit.frontends.tensors.apply import apply_one
from irkit.frontends.tensors.dtypes import dtype_of
from irkit.frontends.tensors.tensor import Tensor, TensorLike

__all__ = ["bartlett", "blackman", "hamming", "hanning", "kaiser"]


def _places(x: TensorLike) -> tuple[Tensor, Tensor]:
    """From 0 to 1 in n steps, and whether there is but one."""
    count = tensor(x)
    whole = cast_to(count, dtype_of(None))
    steps = maximum(subtract(whole, 1), 1)
    return divide(arange(count, dtype=dtype_of(None)), steps), apply_one(op.Less(), whole, same_as(2, whole))


def _one_if(alone: Tensor, values: Tensor) -> Tensor:
    return apply_one(op.Where(), alone, same_as(1, values), values)


def _cosines(x: TensorLike, *weights: float) -> Tensor:
    """w₀ + w₁·cos(2πt) + w₂·cos(4πt) …"""
    t, alone = _places(x)
    total = multiply(t, 0.0)
    for k, w in enumerate(weights):
        total = add(total, multiply(cos(multiply(t, 2 * math.pi * k)), w))
    return _one_if(alone, total)


def hanning(x: TensorLike) -> Tensor:
    """½ − ½·cos(2πt)."""
    return _cosines(x, 0.5, -0.5)


def hamming(x: TensorLike) -> Tensor:
    """0.54 − 0.46·cos(2πt)."""
    return _cosines(x, 0.54, -0.46)


def blackman(x: TensorLike) -> Tensor:
    """0.42 − ½·cos(2πt) + 0.08·cos(4πt)."""
    return _cosines(x, 0.42, -0.5, 0.08)


def bartlett(x: TensorLike) -> Tensor:
    """A triangle: 1 − |2t − 1|."""
    t, alone = _places(x)
    return _one_if(alone, subtract(1.0, absolute(subtract(multiply(t, 2.0), 1.0))))


def kaiser(x: TensorLike, beta: float) -> Tensor:
    """I₀(β·√(1 − (2t − 1)²)) / I₀(β)."""
    t, alone = _places(x)
    height = sqrt(maximum(subtract(1.0, square(subtract(multiply(t, 2.0), 1.0))), 0.0))
    return _one_if(alone, divide(i0(multiply(height, beta)), i0(tensor(beta, t.type.dtype))))
