"""Bits of integers; of bools, truth."""

from __future__ import annotations

from irkit import operators as op
from irkit.errors import ArgumentError
from irkit.frontends.ops.arithmetic import floor_divide, multiply
from irkit.frontends.ops.operands import Operand, cast_to, is_float, numeric, promoted, same_as, tensor
from irkit.frontends.tensors.apply import apply_one
from irkit.frontends.tensors.tensor import Tensor, TensorLike
from irkit.ir import DType
from irkit.ir.types import UNSIGNED
from irkit.operators import Operator

__all__ = [
    "bitwise_and",
    "bitwise_invert",
    "bitwise_left_shift",
    "bitwise_not",
    "bitwise_or",
    "bitwise_right_shift",
    "bitwise_xor",
    "left_shift",
    "right_shift",
]


def bitwise_and(x: TensorLike, y: TensorLike) -> Tensor:
    """Bits that both have."""
    return _two(op.BitwiseAnd(), op.And(), x, y)


def bitwise_or(x: TensorLike, y: TensorLike) -> Tensor:
    """Bits that one of them has."""
    return _two(op.BitwiseOr(), op.Or(), x, y)


def bitwise_xor(x: TensorLike, y: TensorLike) -> Tensor:
    """Bits that exactly one of them has."""
    return _two(op.BitwiseXor(), op.Xor(), x, y)


def bitwise_invert(x: TensorLike) -> Tensor:
    """Bits that it lacks."""
    x = _not_float(tensor(x))
    return apply_one(op.Not() if x.type.dtype is DType.bool else op.BitwiseNot(), x)


bitwise_not = bitwise_invert


def bitwise_left_shift(x: TensorLike, y: TensorLike) -> Tensor:
    """x · 2ʸ; bits beyond the type are lost."""
    a, b = (_not_float(numeric(v)) for v in promoted(x, y))
    if a.type.dtype in UNSIGNED:
        return apply_one(op.BitShift(direction="LEFT"), a, b)
    wide = cast_to(_power_of_two(b), a.type.dtype)
    return multiply(a, wide)


def bitwise_right_shift(x: TensorLike, y: TensorLike) -> Tensor:
    """⌊x / 2ʸ⌋."""
    a, b = (_not_float(numeric(v)) for v in promoted(x, y))
    if a.type.dtype in UNSIGNED:
        return apply_one(op.BitShift(direction="RIGHT"), a, b)
    wide = floor_divide(cast_to(a, DType.int64), _power_of_two(b))
    return cast_to(wide, a.type.dtype)


left_shift, right_shift = bitwise_left_shift, bitwise_right_shift


def _power_of_two(exponent: Operand) -> Tensor:
    shift = apply_one(
        op.BitShift(direction="LEFT"), same_as(1, tensor(0, DType.uint64)), cast_to(exponent, DType.uint64)
    )
    return cast_to(shift, DType.int64)


def _two(bits: Operator, truth: Operator, x: TensorLike, y: TensorLike) -> Tensor:
    a, b = (_not_float(v) for v in promoted(x, y))
    return apply_one(truth if a.type.dtype is DType.bool else bits, a, b)


def _not_float(x: Operand) -> Operand:
    if is_float(x):
        raise ArgumentError(
            f"bits are those of integers or bools. Received: {x.type}.", cure="Convert it with ops.cast."
        )
    return x
