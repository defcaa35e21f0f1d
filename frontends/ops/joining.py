"""Tensors joined to one, and one cut into several."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from irkit import operators as op
from irkit.errors import ArgumentError, ShapeError
from irkit.frontends.ops.indexing import getitem
from irkit.frontends.ops.operands import (
    Operand,
    axis_of,
    int64s,
    promoted,
    rank_of,
    result,
    tensor,
    values_of,
)
from irkit.frontends.ops.shaping import expand_dims, ravel, squeeze
from irkit.frontends.ops.sizes import Known, SizeArgument, shape_tensor, sizes_of
from irkit.frontends.tensors.apply import apply, apply_one
from irkit.frontends.tensors.size import Size
from irkit.frontends.tensors.tensor import Tensor, TensorLike

__all__ = [
    "append",
    "array_split",
    "concatenate",
    "dsplit",
    "dstack",
    "hsplit",
    "hstack",
    "meshgrid",
    "pad",
    "split",
    "stack",
    "unstack",
    "vsplit",
    "vstack",
]


def concatenate(xs: Sequence[TensorLike], axis: int | None = 0) -> Tensor:
    """Joined along an axis; all other sizes agree. axis None: flattened first."""
    if not isinstance(xs, list | tuple) or not xs:
        raise ArgumentError(f"a list of tensors is needed. Received: {xs!r}.")
    tensors = promoted(*xs)
    if axis is None:
        tensors, axis = [ravel(x) for x in tensors], 0
    place = axis_of(tensors[0], axis)
    return apply_one(op.Concat(axis=place), *tensors) if len(tensors) > 1 else result(tensors[0])


def stack(x: Sequence[TensorLike], axis: int = 0) -> Tensor:
    """Joined along a new axis, which stands at `axis` in the result."""
    tensors = promoted(*x)
    place = axis_of(tensors[0], axis, extra=1)
    return concatenate([expand_dims(t, place) for t in tensors], place)


def append(x1: TensorLike, x2: TensorLike, axis: int | None = None) -> Tensor:
    """x1, then x2."""
    return concatenate([x1, x2], axis)


def hstack(xs: Sequence[TensorLike]) -> Tensor:
    """Side by side: along axis 1, vectors along their only one."""
    tensors = [_with_rank(tensor(x), 1) for x in xs]
    return concatenate(tensors, 0 if rank_of(tensors[0]) == 1 else 1)


def vstack(xs: Sequence[TensorLike]) -> Tensor:
    """One below the other: along axis 0, vectors as rows."""
    return concatenate([_with_rank(tensor(x), 2) for x in xs], 0)


def dstack(xs: Sequence[TensorLike]) -> Tensor:
    """One behind the other: along axis 2."""
    return concatenate([_with_rank(tensor(x), 3) for x in xs], 2)


def _with_rank(x: Operand, rank: int) -> Operand:
    """`x` with as many axes at least: as numpy's atleast_1d, atleast_2d, atleast_3d."""
    have = rank_of(x)
    if have >= rank:
        return x
    front = {(0, 1): [0], (0, 2): [0, 1], (1, 2): [0], (0, 3): [0, 1, 2], (1, 3): [0, 2], (2, 3): [2]}
    return expand_dims(x, front[have, rank])


# ---- cutting


def split(
    x: TensorLike, indices_or_sections: int | Sequence[int] | TensorLike, axis: int = 0
) -> list[Tensor]:
    """Into so many equal parts, or at these places along an axis."""
    x = tensor(x)
    axis = axis_of(x, axis)
    if isinstance(indices_or_sections, int):
        return _equal_parts(x, indices_or_sections, axis)
    places = _places(indices_or_sections)
    size = x.shape[axis]
    lengths = _lengths(places, size) if isinstance(size, int) else None
    if lengths is not None:
        return _of_sizes(x, lengths, axis)
    before: tuple[slice, ...] = (slice(None),) * axis
    return [getitem(x, (*before, slice(a, b))) for a, b in pairwise([None, *places, None])]


def _places(indices: object) -> list[int]:
    values = values_of(indices)
    if values is None:
        raise ArgumentError("places to split at must be known while the model is defined.")
    return [int(v) for v in values.reshape(-1)]


def _lengths(places: Sequence[int], size: int) -> list[int] | None:
    """The sizes of the parts between `places`, which follow Python's rules for slices; None when parts overlap."""
    bounds = [0, *(slice(p).indices(size)[1] for p in places), size]
    lengths = [b - a for a, b in pairwise(bounds)]
    return None if any(n < 0 for n in lengths) else lengths


def _of_sizes(x: Operand, sizes: Sequence[int | Size], axis: int) -> list[Tensor]:
    """Cut into parts of these sizes, which must add up to that of the axis: the runtime looks at open ones."""
    if len(sizes) == 1:
        return [result(x)]
    return list(apply(op.Split(axis=axis), x, shape_tensor(sizes), count=len(sizes)))


def _equal_parts(x: Operand, count: int, axis: int) -> list[Tensor]:
    size = x.shape[axis]
    if count < 1 or (isinstance(size, int) and size % count):
        raise ShapeError(
            f"axis {axis} of size {size} cannot be split into {count} equal parts.", facts=[str(x.type)]
        )
    return _of_sizes(x, [size // count] * count, axis)


def array_split(x: TensorLike, indices_or_sections: int | Sequence[int], axis: int = 0) -> list[Tensor]:
    """As `split`, into parts of which the first are longer by one where the size is not divisible."""
    x = tensor(x)
    axis = axis_of(x, axis)
    if not isinstance(indices_or_sections, int):
        return split(x, indices_or_sections, axis)
    size, count = x.shape[axis], indices_or_sections
    return _of_sizes(x, [(size + (count - 1 - i)) // count for i in range(count)], axis)


def hsplit(x: TensorLike, indices_or_sections: int | Sequence[int]) -> list[Tensor]:
    """Split along axis 1, a vector along its only one."""
    x = tensor(x)
    return split(x, indices_or_sections, 0 if rank_of(x) == 1 else 1)


def vsplit(x: TensorLike, indices_or_sections: int | Sequence[int]) -> list[Tensor]:
    """Split along axis 0."""
    return split(x, indices_or_sections, 0)


def dsplit(x: TensorLike, indices_or_sections: int | Sequence[int]) -> list[Tensor]:
    """Split along axis 2."""
    return split(x, indices_or_sections, 2)


def unstack(x: TensorLike, num: int | None = None, axis: int = 0) -> list[Tensor]:
    """The slices along an axis, without it. num: how many, where the size is not fixed."""
    x = tensor(x)
    axis = axis_of(x, axis)
    size = x.shape[axis]
    count = size if isinstance(size, int) else num
    if count is None:
        raise ArgumentError(
            f"axis {axis} has no fixed size: say with num how many slices there are.", facts=[str(x.type)]
        )
    return [squeeze(part, axis) for part in _equal_parts(x, count, axis)] if count else []


# ---- margins and grids

_MODES = ("constant", "reflect", "edge", "wrap")


def pad(
    x: TensorLike,
    pad_width: SizeArgument | Sequence[SizeArgument] | Sequence[Sequence[SizeArgument]],
    mode: str = "constant",
    constant_values: TensorLike | None = None,
) -> Tensor:
    """With margins. pad_width: (before, after) for each axis, or one pair or number for all.

    mode: "constant", "reflect", "symmetric", "edge" or "wrap".
    """
    x = tensor(x)
    pairs = _margins(pad_width, rank_of(x))
    if mode == "symmetric":
        return _symmetric(x, pairs)
    if mode not in _MODES:
        raise ArgumentError(f"mode must be constant, reflect, symmetric, edge or wrap. Received: {mode!r}.")
    if constant_values is not None and mode != "constant":
        raise ArgumentError(f"constant_values has no meaning in mode {mode!r}.")
    sizes = [a for a, _ in pairs] + [b for _, b in pairs]
    if all(isinstance(n, int) and n == 0 for n in sizes):
        return result(x)
    value = None if constant_values is None else tensor(constant_values, x.type.dtype)
    return apply_one(op.Pad(mode=mode), x, shape_tensor(sizes), value)


def _margins(pad_width: object, rank: int) -> list[list[Known]]:
    """(before, after) for each axis. Raises ArgumentError."""
    if isinstance(pad_width, list | tuple) and len(pad_width) == rank and all(_is_pair(p) for p in pad_width):
        return [sizes_of(p) for p in pad_width]
    try:
        found: list[list[Known]] = np.broadcast_to(np.asarray(pad_width), (rank, 2)).tolist()
    except ValueError:
        raise ArgumentError(
            f"pad_width must be one pair, or one for each of {rank} axes. Received: {pad_width!r}."
        ) from None
    return found


def _is_pair(x: object) -> bool:
    return isinstance(x, list | tuple) and len(x) == 2


def _symmetric(x: Operand, pairs: Sequence[Sequence[Known]]) -> Tensor:
    """Mirrored with the edge repeated: numpy's mode that ONNX lacks; by taking along each axis."""
    for axis, (before, after) in enumerate(pairs):
        size = x.shape[axis]
        if isinstance(before, int) and isinstance(after, int) and not before and not after:
            continue
        if not isinstance(size, int) or not isinstance(before, int) or not isinstance(after, int):
            raise ShapeError(
                f"axis {axis} has no fixed size and cannot be padded symmetrically.", facts=[str(x.type)]
            )
        places = np.pad(np.arange(size), (before, after), mode="symmetric")
        x = apply_one(op.Gather(axis=axis), x, int64s(places.tolist()))
    return result(x)


def meshgrid(*x: TensorLike, indexing: str = "xy") -> list[Tensor]:
    """For vectors of n₁, n₂, … numbers the coordinates of all their combinations, in tensors of n₁ × n₂ × …

    indexing: "xy" exchanges the first two axes, "ij" does not.
    """
    if indexing not in ("xy", "ij"):
        raise ArgumentError(f"indexing must be 'xy' or 'ij'. Received: {indexing!r}.")
    vectors = [ravel(v) for v in x]
    order = list(range(len(vectors)))
    if indexing == "xy" and len(vectors) > 1:
        order[:2] = [1, 0]
    sizes = (
        apply_one(op.Concat(axis=0), *(apply_one(op.Shape(), vectors[i]) for i in order)) if vectors else None
    )
    return [_along(v, order[i], len(vectors), sizes) for i, v in enumerate(vectors)]


def _along(vector: Tensor, axis: int, rank: int, sizes: Tensor | None) -> Tensor:
    column = apply_one(op.Reshape(), vector, int64s([-1 if i == axis else 1 for i in range(rank)]))
    return column if sizes is None else apply_one(op.Expand(), column, sizes)
