"""Pooling: the largest or the mean of each window of a grid."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from irkit import operators as op
from irkit.errors import ShapeError
from irkit.frontends.ops.joining import stack
from irkit.frontends.ops.layout import PerAxis, Window, channels_last, grid_rank, per_axis, to_first, to_last
from irkit.frontends.ops.operands import Operand, floating, int64s, tensor
from irkit.frontends.ops.reduction import max as largest
from irkit.frontends.ops.reduction import mean
from irkit.frontends.tensors.apply import apply_one
from irkit.frontends.tensors.tensor import Tensor, TensorLike

__all__ = ["adaptive_average_pool", "adaptive_max_pool", "average_pool", "max_pool"]


def max_pool(
    inputs: TensorLike,
    pool_size: PerAxis,
    strides: PerAxis | None = None,
    padding: str = "valid",
    data_format: str | None = None,
) -> Tensor:
    """The largest of each window.  (n, …, c) → (n, …, c). strides: pool_size by default. padding: "valid" or "same"."""
    x, last, window = _prepared(inputs, pool_size, strides, data_format)
    auto_pad, pads = window.padding(padding, (x.type.shape or ())[2:])
    operator = op.MaxPool(auto_pad=auto_pad, kernel_shape=window.size, pads=pads, strides=window.strides)
    return to_last(apply_one(operator, x), last)


def average_pool(
    inputs: TensorLike,
    pool_size: PerAxis,
    strides: PerAxis | None = None,
    padding: str = "valid",
    data_format: str | None = None,
) -> Tensor:
    """The mean of each window, padding not counted.  (n, …, c) → (n, …, c). strides: pool_size by default."""
    x, last, window = _prepared(inputs, pool_size, strides, data_format)
    auto_pad, pads = window.padding(padding, (x.type.shape or ())[2:])
    operator = op.AveragePool(auto_pad=auto_pad, kernel_shape=window.size, pads=pads, strides=window.strides)
    return to_last(apply_one(operator, x), last)


def _prepared(
    inputs: TensorLike, pool_size: PerAxis, strides: PerAxis | None, data_format: str | None
) -> tuple[Operand, bool, Window]:
    x = floating(inputs)
    last, rank = channels_last(data_format), grid_rank(x)
    size = per_axis(pool_size, rank, "pool_size")
    steps = size if strides is None else per_axis(strides, rank, "strides")
    return to_first(x, last), last, Window(size, steps, (1,) * rank)


def adaptive_average_pool(inputs: TensorLike, output_size: PerAxis, data_format: str | None = None) -> Tensor:
    """The grid cut into output_size parts, as equal as can be (they may overlap by one); the mean of each."""
    return _adaptive(inputs, output_size, data_format, mean)


def adaptive_max_pool(inputs: TensorLike, output_size: PerAxis, data_format: str | None = None) -> Tensor:
    """The grid cut into output_size parts, as equal as can be (they may overlap by one); the largest of each."""
    return _adaptive(inputs, output_size, data_format, largest)


def _adaptive(
    inputs: TensorLike, output_size: PerAxis, data_format: str | None, reduce: Callable[..., Tensor]
) -> Tensor:
    x = floating(inputs)
    last, rank = channels_last(data_format), grid_rank(x)
    for i, count in enumerate(per_axis(output_size, rank, "output_size")):
        x = _parts(x, i + (1 if last else 2), count, reduce)
    return x if isinstance(x, Tensor) else apply_one(op.Identity(), x)


def _parts(x: Operand, axis: int, count: int, reduce: Callable[..., Tensor]) -> Tensor:
    """Part i is from ⌊i·n/count⌋ to ⌈(i + 1)·n/count⌉: the slices there, gathered where parts are alike."""
    size = x.shape[axis]
    if count == 1:
        return reduce(x, axis, keepdims=True)
    if not isinstance(size, int):
        raise ShapeError(
            f"axis {axis} has no fixed size and cannot be cut into {count} parts.", facts=[str(x.type)]
        )
    starts = [i * size // count for i in range(count)]
    ends = [-(-(i + 1) * size // count) for i in range(count)]
    if len({b - a for a, b in zip(starts, ends, strict=True)}) == 1:
        places = np.add.outer(starts, np.arange(ends[0]))
        return reduce(apply_one(op.Gather(axis=axis), x, tensor(places)), axis + 1)
    parts = [
        apply_one(op.Slice(), x, int64s([a]), int64s([b]), int64s([axis]))
        for a, b in zip(starts, ends, strict=True)
    ]
    return stack([reduce(p, axis) for p in parts], axis)
