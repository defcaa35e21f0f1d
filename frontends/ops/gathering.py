"""Elements taken from places, and put into places."""

from __future__ import annotations

import numpy as np

from irkit import operators as op
from irkit.errors import ArgumentError, ShapeError
from irkit.frontends.ops.creation import arange, zeros
from irkit.frontends.ops.operands import Operand, axis_of, cast_to, int64s, rank_of, result, tensor
from irkit.frontends.ops.shaping import expand_dims, ravel
from irkit.frontends.ops.sizes import ShapeArgument, shape_tensor, sizes_of
from irkit.frontends.tensors.apply import apply_one
from irkit.frontends.tensors.tensor import Tensor, TensorLike
from irkit.ir import DType

__all__ = ["scatter", "scatter_update", "slice", "slice_update", "take", "take_along_axis"]


def take(x: TensorLike, indices: TensorLike, axis: int | None = None) -> Tensor:
    """The slices of `x` at `indices` along an axis; of the flattened tensor without one."""
    x = tensor(x)
    if axis is None:
        x, axis = ravel(x), 0
    return apply_one(op.Gather(axis=axis_of(x, axis)), x, _places(indices))


def take_along_axis(x: TensorLike, indices: TensorLike, axis: int | None = None) -> Tensor:
    """Along an axis, for each place its own element. indices: of the rank of `x`; other axes broadcast."""
    x, places = tensor(x), _places(indices)
    if axis is None:
        x, places, axis = ravel(x), ravel(places), 0
    axis = axis_of(x, axis)
    x, places = _alike_elsewhere(x, places, axis)
    return apply_one(op.GatherElements(axis=axis), x, places)


def _alike_elsewhere(x: Operand, places: Operand, axis: int) -> tuple[Operand, Operand]:
    """Both stretched so that they agree in every axis but one."""
    if rank_of(x) != rank_of(places):
        raise ShapeError(
            f"indices must have the rank of x, {rank_of(x)}.", facts=[str(x.type), str(places.type)]
        )
    for a in range(rank_of(x)):
        have, want = x.shape[a], places.shape[a]
        if a == axis or (isinstance(have, int) and isinstance(want, int) and have == want):
            continue
        if isinstance(have, int) and have == 1:
            x = apply_one(op.Expand(), x, shape_tensor([want if i == a else 1 for i in range(rank_of(x))]))
        elif isinstance(want, int) and want == 1:
            places = apply_one(
                op.Expand(), places, shape_tensor([have if i == a else 1 for i in range(rank_of(x))])
            )
    return x, places


def _places(indices: TensorLike) -> Operand:
    """Indices as ONNX takes them."""
    x = tensor(indices)
    return x if x.type.dtype in (DType.int32, DType.int64) else cast_to(x, DType.int64)


def slice(inputs: TensorLike, start_indices: ShapeArgument, shape: ShapeArgument) -> Tensor:  # Keras's name
    """The block of a given shape that begins at `start_indices`; a size of −1 reaches to the end."""
    x = tensor(inputs)
    sizes = sizes_of(shape)
    starts = shape_tensor(start_indices)
    ends = apply_one(op.Add(), starts, shape_tensor(sizes))
    if any(isinstance(d, int) and d == -1 for d in sizes):
        to_end = [isinstance(d, int) and d == -1 for d in sizes]
        ends = apply_one(op.Where(), tensor(to_end), int64s([np.iinfo(np.int64).max] * len(sizes)), ends)
    return apply_one(op.Slice(), x, starts, ends, int64s(range(len(sizes))))


def slice_update(inputs: TensorLike, start_indices: ShapeArgument, updates: TensorLike) -> Tensor:
    """`inputs`, with the block that begins at `start_indices` replaced by `updates`."""
    x = tensor(inputs)
    new = tensor(updates, x.type.dtype)
    if rank_of(x) == 0:
        return result(new)
    starts = shape_tensor(start_indices)
    ranges = []
    for axis, size in enumerate(new.shape):
        start = apply_one(op.Gather(), starts, tensor(axis, DType.int64))
        place = apply_one(op.Add(), arange(size, dtype=DType.int64), start)
        ranges.append(
            apply_one(op.Reshape(), place, int64s([-1 if i == axis else 1 for i in range(rank_of(x))]))
        )
    sizes = apply_one(op.Shape(), new)
    columns = [expand_dims(apply_one(op.Expand(), r, sizes), -1) for r in ranges]
    return apply_one(op.ScatterND(), x, apply_one(op.Concat(axis=-1), *columns), new)


def scatter(indices: TensorLike, values: TensorLike, shape: ShapeArgument) -> Tensor:
    """Zeros, to which `values` are added at `indices` (…, rank of the first axes)."""
    new = tensor(values)
    start = zeros(shape, new.type.dtype)
    return apply_one(op.ScatterND(reduction="add"), start, cast_to(tensor(indices), DType.int64), new)


_REDUCTIONS = {None: "none", "add": "add", "max": "max", "min": "min", "mul": "mul"}


def scatter_update(
    inputs: TensorLike, indices: TensorLike, updates: TensorLike, reduction: str | None = None
) -> Tensor:
    """`inputs`, with the elements at `indices` replaced by `updates`, or combined with them.

    reduction: None, "add", "max", "min" or "mul". indices: (n, rank).
    """
    if reduction not in _REDUCTIONS:
        raise ArgumentError(f"reduction must be None, 'add', 'max', 'min' or 'mul'. Received: {reduction!r}.")
    x = tensor(inputs)
    places = cast_to(tensor(indices), DType.int64)
    return apply_one(op.ScatterND(reduction=_REDUCTIONS[reduction]), x, places, tensor(updates, x.type.dtype))
