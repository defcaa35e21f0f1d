"""Ints and slices of an index, as few Slice operators as possible.

ONNX's Slice is numpy's but in one point: going backwards, a start that lies before the first element means the first
element, where numpy finds nothing. So a start that may lie there is counted from the front, and what comes after it is
cut off first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np

from irkit import operators as op
from irkit.errors import ArgumentError
from irkit.frontends.ops.operands import Operand, int64s, tensor
from irkit.frontends.ops.sizes import SizeArgument, shape_tensor
from irkit.frontends.tensors.apply import apply_one
from irkit.frontends.tensors.size import Size
from irkit.frontends.tensors.tensor import Tensor
from irkit.ir import Dim, DType, dims

# One part of an index, after reading: an array of places is a tensor.
Part: TypeAlias = int | slice | Size | Operand | None

LIMITS = np.iinfo(np.int64)


@dataclass
class _Cuts:
    """Arguments of Slice, collected."""

    starts: list[SizeArgument] = field(default_factory=list)
    ends: list[SizeArgument] = field(default_factory=list)
    axes: list[int] = field(default_factory=list)
    steps: list[int] = field(default_factory=list)

    def add(self, axis: int, start: SizeArgument, end: SizeArgument, step: int = 1) -> None:
        self.starts.append(start)
        self.ends.append(end)
        self.axes.append(axis)
        self.steps.append(step)

    def done(self, x: Operand) -> Operand:
        """The Slice."""
        if not self.axes:
            return x
        steps = None if all(s == 1 for s in self.steps) else int64s(self.steps)
        bounds = shape_tensor(self.starts), shape_tensor(self.ends)
        return apply_one(op.Slice(), x, *bounds, int64s(self.axes), steps)


def sliced(x: Operand, parts: Sequence[Part]) -> Operand:
    """All slices and ints among `parts`, one for each axis; ints leave an axis of size 1."""
    first, cuts = _Cuts(), _Cuts()
    for axis, part in enumerate(parts):
        if isinstance(part, int):
            check_inside(x, axis, part)
            cuts.add(axis, part, part + 1 if part != -1 else LIMITS.max)
        elif isinstance(part, slice):
            _add_slice(x, first, cuts, axis, part)
    return cuts.done(first.done(x))


def _add_slice(x: Operand, first: _Cuts, cuts: _Cuts, axis: int, part: slice) -> None:
    step = 1 if part.step is None else int(part.step)
    if step == 0:
        raise ArgumentError("a slice cannot step by 0.")
    if step > 0:
        if part.start is not None or part.stop is not None or step != 1:
            end = LIMITS.max if part.stop is None else part.stop
            cuts.add(axis, 0 if part.start is None else part.start, end, step)
    elif part.start is None or _is_natural(part.start):
        start = -1 if part.start is None else part.start
        cuts.add(axis, start, LIMITS.min if part.stop is None else part.stop, step)
    else:
        _add_backward(x, first, cuts, axis, part.start, part.stop, step)


def _is_natural(place: object) -> bool:
    """Whether it is known that `place` counts from the front."""
    if isinstance(place, Size):
        return dims.at_least(place.expression, 0) is True
    return isinstance(place, int) and place >= 0


def _add_backward(
    x: Operand,
    first: _Cuts,
    cuts: _Cuts,
    axis: int,
    start: SizeArgument,
    stop: SizeArgument | None,
    step: int,
) -> None:
    """From a start that may count from the end, or lie before the first element."""
    size = _size(x, axis)
    if isinstance(size, int) and isinstance(start, int):
        place = int(start) + size
        cuts.add(axis, max(place, 0), LIMITS.max if place < 0 else LIMITS.min if stop is None else stop, step)
        return
    one = tensor(1, DType.int64)
    after = apply_one(op.Add(), _from_the_front(x, axis, start), one)
    first.add(axis, 0, apply_one(op.Max(), after, tensor(0, DType.int64)))
    if stop is None or _is_natural(stop):
        cuts.add(axis, -1, LIMITS.min if stop is None else stop, step)
        return
    end = _from_the_front(x, axis, stop)  # not from the end, which moves with the first cut
    before = apply_one(op.Less(), end, tensor(0, DType.int64))
    cuts.add(axis, -1, apply_one(op.Where(), before, tensor(LIMITS.min, DType.int64), end), step)


def _size(x: Operand, axis: int) -> Dim | None:
    return x.type.shape[axis] if x.type.shape is not None else None


def _from_the_front(x: Operand, axis: int, place: SizeArgument) -> Tensor:
    """`place`, which may count from the end; still negative when it lies before the first element."""
    scalar = tensor([], DType.int64)
    at = apply_one(op.Reshape(), shape_tensor([place]), scalar)
    size = apply_one(op.Reshape(), apply_one(op.Shape(start=axis, end=axis + 1), x), scalar)
    counted = apply_one(op.Add(), at, size)
    return apply_one(op.Where(), apply_one(op.Less(), at, tensor(0, DType.int64)), counted, at)


def check_inside(x: Operand, axis: int, index: int) -> None:
    """Raises ArgumentError for an index of an axis whose size is known."""
    size = _size(x, axis)
    if isinstance(size, int) and not -size <= index < size:
        raise ArgumentError(
            f"index {index} lies outside axis {axis} of size {size}.",
            facts=[str(x.type)],
            cure=f"Give one from {-size} to {size - 1}." if size else "It has no elements.",
        )
