"""The same numbers in another shape or order: reshape, transpose, squeeze, flip, roll, broadcast, repeat."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from irkit import operators as op
from irkit.errors import ArgumentError, ShapeError
from irkit.frontends.ops.operands import (
    Operand,
    axes_of,
    axis_of,
    cast_to,
    int64s,
    rank_of,
    result,
    tensor,
    values_of,
)
from irkit.frontends.ops.sizes import (
    Known,
    ShapeArgument,
    dims_of,
    shape_tensor,
    size_tensor,
    sizes_of,
    static,
)
from irkit.frontends.tensors.apply import apply_one
from irkit.frontends.tensors.size import Size
from irkit.frontends.tensors.tensor import Tensor, TensorLike
from irkit.ir import Dim, DType, dims

__all__ = [
    "broadcast_to",
    "copy",
    "expand_dims",
    "flip",
    "fliplr",
    "flipud",
    "moveaxis",
    "ravel",
    "repeat",
    "reshape",
    "roll",
    "rot90",
    "squeeze",
    "swapaxes",
    "tile",
    "transpose",
]


def reshape(x: TensorLike, newshape: ShapeArgument) -> Tensor:
    """The same elements in another shape; one size may be −1, which is what the others leave."""
    x = tensor(x)
    sizes = sizes_of(newshape)
    if sum(isinstance(d, int) and d == -1 for d in sizes) > 1:
        raise ShapeError(f"only one size may be -1. Received: {tuple(map(str, sizes))}.")
    return apply_one(op.Reshape(), x, _target(x, sizes))


def _target(x: Operand, sizes: Sequence[Known]) -> Tensor:
    """The vector that Reshape wants. Symbolic sizes become 0, "as before", and −1, "the rest", where that is certain;
    so the graph need not compute them."""
    wanted = dims_of(sizes)
    if static(sizes) and 0 not in sizes:
        return int64s(sizes)
    if wanted is not None and x.type.shape is not None and 0 not in wanted and 0 not in x.type.shape:
        short = _shortened(x.type.shape, wanted)
        if short is not None:
            return int64s(short)
    return shape_tensor(sizes)


def _shortened(have: Sequence[Dim], wanted: Sequence[Dim]) -> list[int] | None:
    """`wanted` with 0 for symbolic sizes that stay where they are, and −1 for one more when the rest determines it."""
    short: list[int | None] = [
        d if isinstance(d, int) else 0 if i < len(have) and d == have[i] else None
        for i, d in enumerate(wanted)
    ]
    if short.count(None) > 1 or (
        None in short and (-1 in short or dims.product(wanted) != dims.product(have))
    ):
        return None
    return [-1 if d is None else d for d in short]


def reshape_method(x: TensorLike, *newshape: Any) -> Tensor:  # sizes, or one shape
    """x.reshape(2, 3) or x.reshape((2, 3))."""
    return reshape(x, newshape[0] if len(newshape) == 1 else newshape)


def ravel(x: TensorLike) -> Tensor:
    """All elements in one row."""
    return apply_one(op.Reshape(), tensor(x), int64s([-1]))


def copy(x: TensorLike) -> Tensor:
    """The same values."""
    return apply_one(op.Identity(), tensor(x))


def squeeze(x: TensorLike, axis: int | Sequence[int] | None = None) -> Tensor:
    """Without axes of size 1: those given, or all that are known to be."""
    x = tensor(x)
    axes = _ones(x) if axis is None else axes_of(x, axis)
    for a in axes:
        size = x.shape[a]
        if isinstance(size, int) and size != 1:
            raise ShapeError(f"axis {a} has size {size}, not 1, and cannot be squeezed.", facts=[str(x.type)])
    return apply_one(op.Squeeze(), x, int64s(axes)) if axes else result(x)


def _ones(x: Operand) -> tuple[int, ...]:
    if not x.type.is_static:
        raise ArgumentError(
            "squeeze must be told the axis: a size that is not fixed may be 1 or not.",
            facts=[str(x.type)],
            cure="Write squeeze(x, axis=…).",
        )
    return tuple(i for i, d in enumerate(x.type.shape or ()) if isinstance(d, int) and d == 1)


def expand_dims(x: TensorLike, axis: int | Sequence[int]) -> Tensor:
    """With new axes of size 1, which stand at `axis` in the result."""
    x = tensor(x)
    axes: Sequence[int] = [axis] if isinstance(axis, int) else axis
    places = [axis_of(x, a, extra=len(axes)) for a in axes]
    return apply_one(op.Unsqueeze(), x, int64s(places))


def transpose(x: TensorLike, axes: Sequence[int] | None = None) -> Tensor:
    """Axes in another order; reversed when none is given."""
    x = tensor(x)
    order = tuple(reversed(range(rank_of(x)))) if axes is None else axes_of(x, tuple(axes))
    if len(order) != rank_of(x):
        raise ArgumentError(
            f"axes must name all {rank_of(x)} axes. Received: {tuple(axes or ())}.", facts=[str(x.type)]
        )
    return permuted(x, order)


def permuted(x: Operand, order: Sequence[int]) -> Tensor:
    """Axes in the order given; the tensor itself where nothing moves."""
    return result(x) if list(order) == sorted(order) else apply_one(op.Transpose(perm=tuple(order)), x)


def transpose_method(x: TensorLike, *axes: Any) -> Tensor:  # axes, or one sequence of them
    """x.transpose(1, 0), x.transpose((1, 0)) or x.transpose()."""
    if not axes or axes == (None,):
        return transpose(x)
    return transpose(x, axes[0] if isinstance(axes[0], list | tuple) else axes)


def swapaxes(x: TensorLike, axis1: int, axis2: int) -> Tensor:
    """Two axes exchanged."""
    x = tensor(x)
    order = list(range(rank_of(x)))
    a, b = axis_of(x, axis1, name="axis1"), axis_of(x, axis2, name="axis2")
    order[a], order[b] = order[b], order[a]
    return permuted(x, order)


def moveaxis(x: TensorLike, source: int | Sequence[int], destination: int | Sequence[int]) -> Tensor:
    """Axes `source` moved to `destination`; the others keep their order."""
    x = tensor(x)
    here, there = axes_of(x, source), axes_of(x, destination)
    if len(here) != len(there):
        raise ArgumentError(f"source {source} and destination {destination} must name as many axes.")
    order = [a for a in range(rank_of(x)) if a not in here]
    for to, a in sorted(zip(there, here, strict=True)):
        order.insert(to, a)
    return permuted(x, order)


def flip(x: TensorLike, axis: int | Sequence[int] | None = None) -> Tensor:
    """Backwards along axes; along all by default."""
    x = tensor(x)
    axes = axes_of(x, axis)
    if not axes:
        return result(x)
    n = len(axes)
    last = np.iinfo(np.int64)
    return apply_one(op.Slice(), x, int64s([-1] * n), int64s([last.min] * n), int64s(axes), int64s([-1] * n))


def fliplr(x: TensorLike) -> Tensor:
    """Backwards along axis 1."""
    return flip(x, 1)


def flipud(x: TensorLike) -> Tensor:
    """Backwards along axis 0."""
    return flip(x, 0)


def rot90(array: TensorLike, k: int = 1, axes: tuple[int, int] = (0, 1)) -> Tensor:
    """Turned by 90° k times, from the first axis towards the second."""
    x = tensor(array)
    a, b = axes_of(x, tuple(axes))
    k %= 4
    if k == 0:
        return result(x)
    if k == 2:
        return flip(x, (a, b))
    return swapaxes(flip(x, b), a, b) if k == 1 else flip(swapaxes(x, a, b), b)


def roll(x: TensorLike, shift: int | Sequence[int], axis: int | Sequence[int] | None = None) -> Tensor:
    """Moved along axes; what leaves at the end comes in at the start. Without an axis: as one row."""
    x = tensor(x)
    if axis is None:
        return apply_one(op.Reshape(), _rolled(ravel(x), 0, int(shift)), apply_one(op.Shape(), x))  # type: ignore[arg-type]  # one shift
    axes = axis if isinstance(axis, list | tuple) else (axis,)
    shifts = shift if isinstance(shift, list | tuple) else (shift,) * len(axes)
    for a, s in zip(axes, shifts, strict=True):
        x = _rolled(x, axis_of(x, a), int(s))
    return result(x)


def _rolled(x: Operand, axis: int, shift: int) -> Tensor:
    size = x.shape[axis]
    if isinstance(size, int):
        shift = shift % size if size else 0
    if shift == 0:
        return result(x)
    cut = size_tensor(size - shift)
    cut = apply_one(op.Mod(), cut, size_tensor(size)) if isinstance(size, Size) else cut
    cut = apply_one(op.Reshape(), cut, int64s([1]))
    head = apply_one(op.Slice(), x, int64s([0]), cut, int64s([axis]))
    tail = apply_one(op.Slice(), x, cut, int64s([np.iinfo(np.int64).max]), int64s([axis]))
    joined = apply_one(op.Concat(axis=axis), tail, head)
    return joined if isinstance(size, int) else apply_one(op.Reshape(), joined, apply_one(op.Shape(), x))


def broadcast_to(x: TensorLike, shape: ShapeArgument) -> Tensor:
    """Stretched to `shape`: axes of size 1 repeat, new ones come in front."""
    return apply_one(op.Expand(), tensor(x), shape_tensor(shape))


def tile(x: TensorLike, repeats: ShapeArgument) -> Tensor:
    """Many copies beside each other: so many along each axis, the last ones first."""
    x = tensor(x)
    counts = sizes_of(repeats)
    counts = [1] * (rank_of(x) - len(counts)) + counts
    if len(counts) > rank_of(x):
        x = expand_dims(x, list(range(len(counts) - rank_of(x))))
    return apply_one(op.Tile(), x, shape_tensor(counts)) if counts else result(x)


def repeat(x: TensorLike, repeats: TensorLike, axis: int | None = None) -> Tensor:
    """Each element so many times in a row, along `axis` or of the flattened tensor.

    repeats: one number, or one for each element of the axis.
    """
    x = tensor(x)
    if axis is None:
        x, axis = ravel(x), 0
    axis = axis_of(x, axis)
    counts = values_of(repeats)
    if counts is not None and counts.size == 1:
        return _repeated(x, int(counts.reshape(-1)[0]), axis)
    if counts is not None:
        indices: Operand = int64s(np.repeat(np.arange(len(counts)), counts).tolist())
    else:
        indices = _spread(cast_to(tensor(repeats), DType.int64))
    return apply_one(op.Gather(axis=axis), x, indices)


def _repeated(x: Operand, count: int, axis: int) -> Tensor:
    """Each element of an axis `count` times: a new axis after it, stretched, and joined to it."""
    if count == 1:
        return result(x)
    rank = rank_of(x)
    apart = expand_dims(x, axis + 1)
    copies = apply_one(op.Tile(), apart, int64s([count if i == axis + 1 else 1 for i in range(rank + 1)]))
    sizes = [d * count if i == axis else d for i, d in enumerate(x.shape)]
    return reshape(copies, sizes)


def _spread(counts: Operand) -> Tensor:
    """[2, 0, 1] → [0, 0, 2]: for each place in the result, how many running totals lie at or below it."""
    ends = apply_one(op.CumSum(), counts, tensor(0, DType.int64))
    total = apply_one(op.ReduceSum(keepdims=False), counts)
    places = apply_one(op.Range(), tensor(0, DType.int64), total, tensor(1, DType.int64))
    passed = apply_one(op.GreaterOrEqual(), expand_dims(places, 1), expand_dims(ends, 0))
    return apply_one(op.ReduceSum(keepdims=False), cast_to(passed, DType.int64), int64s([1]))
