"""x[…] as in numpy: ints, slices, None, Ellipsis, boolean and integer arrays, tensors."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from irkit import operators as op
from irkit.errors import ArgumentError
from irkit.frontends.ops.operands import Operand, cast_to, int64s, rank_of, result, tensor
from irkit.frontends.ops.shaping import expand_dims, permuted, squeeze
from irkit.frontends.ops.sizes import shape_tensor
from irkit.frontends.ops.slices import Part, sliced
from irkit.frontends.tensors.apply import apply_one
from irkit.frontends.tensors.size import OpenNumber, Size
from irkit.frontends.tensors.tensor import EagerTensor, Tensor, TensorLike
from irkit.frontends.tensors.variable import Variable
from irkit.ir import DType

__all__ = ["get_item", "getitem"]


def getitem(x: TensorLike, key: object) -> Tensor:
    """x[key], by numpy's rules. Raises ArgumentError for an index that does not fit."""
    x = tensor(x)
    parts = _read(key, rank_of(x))
    arrays = [p for p in parts if isinstance(p, Tensor | Variable)]
    if not any(_is_array(p) for p in arrays):
        return _basic(x, parts)
    return _advanced(x, parts)


get_item = getitem


def _is_array(part: Part) -> bool:
    return isinstance(part, Tensor | Variable) and part.type.rank != 0


# ---- reading


def _read(key: object, rank: int) -> list[Part]:
    """The parts of an index, with Ellipsis spelled out, so that there is one for every axis."""
    listed = list(key) if isinstance(key, tuple) else [key]
    parts: list[Part] = []
    for i, one in enumerate(listed):
        if one is Ellipsis:
            after = sum(_axes_taken(p) for p in listed[i + 1 :])
            parts += [slice(None)] * (rank - after - sum(map(_axes_taken, parts)))
        else:
            parts += _part(one)
    taken = sum(map(_axes_taken, parts))
    if taken > rank or listed.count(Ellipsis) > 1 if not _has_arrays(listed) else taken > rank:
        raise ArgumentError(
            f"the index has {taken} parts for a tensor of rank {rank}.", cure=f"Give at most {rank}."
        )
    return parts + [slice(None)] * (rank - taken)


def _has_arrays(listed: Sequence[object]) -> bool:
    return any(hasattr(p, "shape") for p in listed)


def _part(one: object) -> list[Part]:
    if isinstance(one, slice):
        return [slice(*map(_bound, (one.start, one.stop, one.step)))]
    if one is None or isinstance(one, Size):
        return [one]
    if isinstance(one, bool | np.bool_):
        raise ArgumentError(
            "a tensor cannot be indexed by a Python bool.", cure="Use where, or a boolean tensor."
        )
    if isinstance(one, int | np.integer):
        return [int(one)]
    one = one.tensor if isinstance(one, OpenNumber) else one
    array = tensor(one)  # type: ignore[arg-type]  # refuses what is no tensor
    if array.type.dtype is DType.bool:
        return list(_where_true(array))
    if isinstance(array, EagerTensor) and array.array.ndim == 0:
        return [int(array)]
    return [cast_to(array, DType.int64)]


def _bound(place: object) -> object:
    """A bound of a slice; a number where it is known now."""
    return int(place) if isinstance(place, EagerTensor | np.integer) else place


def _where_true(mask: Operand) -> list[Operand]:
    places = apply_one(op.NonZero(), mask)
    return [apply_one(op.Gather(), places, tensor(i, DType.int64)) for i in range(rank_of(mask))]


def _axes_taken(part: object) -> int:
    if part is None or part is Ellipsis:
        return 0
    is_mask = getattr(part, "dtype", None) in ("bool", np.bool_)
    return len(part.shape) if is_mask else 1  # type: ignore[attr-defined]  # a mask has a shape


# ---- ints, slices and new axes


def _basic(x: Operand, parts: Sequence[Part]) -> Tensor:
    axes = [p for p in parts if p is not None]
    x = sliced(x, axes)
    gone = []
    for axis, part in enumerate(axes):
        if isinstance(part, int):
            gone.append(axis)
    for axis in reversed(range(len(axes))):
        part = axes[axis]
        if not isinstance(part, int | slice):
            place = shape_tensor([part]) if isinstance(part, Size) else part
            x = apply_one(op.Gather(axis=axis), x, squeeze(place) if isinstance(part, Size) else place)
            gone = [a - (a > axis) for a in gone]
    x = apply_one(op.Squeeze(), x, int64s(gone)) if gone else result(x)
    new = [i for i, p in enumerate(_kept(parts)) if p is None]
    return expand_dims(x, new) if new else x


def _kept(parts: Sequence[Part]) -> list[Part]:
    """The parts that are axes of the result."""
    return [p for p in parts if p is None or isinstance(p, slice)]


# ---- arrays of places


def _advanced(x: Operand, parts: Sequence[Part]) -> Tensor:
    """Arrays of places, at one axis or several; ints count as arrays then, as in numpy."""
    axes = [p for p in parts if p is not None]
    slices = [p if isinstance(p, slice) else slice(None) for p in axes]
    x = sliced(x, slices)
    places = {a: _as_places(p) for a, p in enumerate(axes) if not isinstance(p, slice)}
    if len(places) == 1:
        ((axis, indices),) = places.items()
        taken, width = apply_one(op.Gather(axis=axis), x, indices), rank_of(indices)
        return _with_new_axes(taken, parts, axis, width)
    chosen, width = _gathered(x, places)
    first = min(places) if _adjacent(parts) else 0
    order = [*range(width, width + first), *range(width), *range(width + first, rank_of(chosen))]
    return _with_new_axes(permuted(chosen, order), parts, first, width)


def _as_places(part: Part) -> Operand:
    if isinstance(part, Size):
        return squeeze(shape_tensor([part]))
    assert part is not None
    assert not isinstance(part, slice)
    return tensor(part, DType.int64)


def _gathered(x: Operand, places: dict[int, Operand]) -> tuple[Tensor, int]:
    """The elements at all combinations of `places`: (…places, …other axes); and how many axes the places have."""
    front = list(places)
    rest = [a for a in range(rank_of(x)) if a not in places]
    x = permuted(x, front + rest)
    total: Operand = next(iter(places.values()))
    for p in list(places.values())[1:]:
        total = apply_one(
            op.Add(), total, apply_one(op.Mul(), p, int64s([0]) if rank_of(p) else tensor(0, DType.int64))
        )
    shape = apply_one(op.Shape(), total)
    columns = [
        apply_one(op.Unsqueeze(), apply_one(op.Expand(), p, shape), int64s([-1])) for p in places.values()
    ]
    indices = apply_one(op.Concat(axis=-1), *columns)
    return apply_one(op.GatherND(), x, indices), rank_of(total)


def _adjacent(parts: Sequence[Part]) -> bool:
    """Whether no slice or new axis stands between two arrays."""
    positions = [i for i, p in enumerate(parts) if p is not None and not isinstance(p, slice)]
    return positions == list(range(positions[0], positions[-1] + 1))


def _with_new_axes(x: Tensor, parts: Sequence[Part], first: int, width: int) -> Tensor:
    """None in the index. first: where the `width` axes of the arrays stand among the others."""
    if None not in parts:
        return x
    adjacent = _adjacent(parts)
    result_parts: list[Part] = [] if adjacent else [slice(None)] * width
    seen = not adjacent
    for p in parts:
        if p is None or isinstance(p, slice):
            result_parts.append(p)
        elif not seen:
            result_parts += [slice(None)] * width
            seen = True
    return expand_dims(x, [i for i, p in enumerate(result_parts) if p is None])
