"""Divisors of integers, and indices as numbers."""

from __future__ import annotations

from collections.abc import Sequence

from irkit import operators as op
from irkit.errors import ArgumentError
from irkit.frontends.ops.arithmetic import absolute, floor_divide, mod, multiply
from irkit.frontends.ops.comparison import not_equal
from irkit.frontends.ops.control import while_loop
from irkit.frontends.ops.operands import Operand, is_float, numeric, promoted, same_as, tensor
from irkit.frontends.ops.reduction import any as some
from irkit.frontends.tensors.apply import apply_one
from irkit.frontends.tensors.tensor import Tensor, TensorLike

__all__ = ["gcd", "lcm", "unravel_index"]


def gcd(x1: TensorLike, x2: TensorLike) -> Tensor:
    """The greatest common divisor, by Euclid."""
    a, b = _integers(x1, x2)
    total = apply_one(op.Add(), a, b)
    a, b = (apply_one(op.Expand(), absolute(v), apply_one(op.Shape(), total)) for v in (a, b))

    def turn(a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
        left = not_equal(b, same_as(0, b))
        divisor = apply_one(op.Where(), left, b, same_as(1, b))
        rest = apply_one(op.Where(), left, mod(a, divisor), same_as(0, b))
        return apply_one(op.Where(), left, b, a), rest

    found: Tensor = while_loop(lambda _, b: some(b), turn, (a, b))[0]
    return found


def lcm(x1: TensorLike, x2: TensorLike) -> Tensor:
    """The least common multiple."""
    a, b = _integers(x1, x2)
    divisor = gcd(a, b)
    whole = apply_one(op.Div(), a, apply_one(op.Max(), divisor, same_as(1, divisor)))
    return absolute(multiply(whole, b))


def _integers(x1: TensorLike, x2: TensorLike) -> list[Operand]:
    found = [numeric(x) for x in promoted(x1, x2)]
    if is_float(found[0]):
        raise ArgumentError(f"divisors are those of integers. Received: {found[0].type}, {found[1].type}.")
    return found


def unravel_index(indices: TensorLike, shape: Sequence[int]) -> tuple[Tensor, ...]:
    """For places in a flattened tensor of that shape, the index along each axis."""
    rest: Operand = tensor(indices)
    found: list[Tensor] = []
    for size in reversed(list(shape)):
        found.append(mod(rest, tensor(size, rest.type.dtype)))
        rest = floor_divide(rest, tensor(size, rest.type.dtype))
    return tuple(reversed(found))
