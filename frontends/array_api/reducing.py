"""Functions along axes: sums and their kin, products of matrices, searching and sorting."""

from __future__ import annotations

import math

from irkit.frontends import ops
from irkit.frontends.ops import all, any, argmax, argmin, count_nonzero, matmul, nonzero, tensordot
from irkit.frontends.ops import max as max
from irkit.frontends.ops import min as min
from irkit.frontends.tensors.tensor import Tensor, TensorLike

__all__ = [
    "all",
    "any",
    "argmax",
    "argmin",
    "argsort",
    "count_nonzero",
    "cumulative_prod",
    "cumulative_sum",
    "diff",
    "matmul",
    "max",
    "mean",
    "min",
    "nonzero",
    "prod",
    "searchsorted",
    "sort",
    "std",
    "sum",
    "tensordot",
    "var",
    "vecdot",
]
Axis = int | tuple[int, ...] | None


def sum(x: Tensor, /, *, axis: Axis = None, dtype: str | None = None, keepdims: bool = False) -> Tensor:
    """∑x."""
    return ops.sum(x if dtype is None else ops.cast(x, dtype), axis, keepdims)


def prod(x: Tensor, /, *, axis: Axis = None, dtype: str | None = None, keepdims: bool = False) -> Tensor:
    """∏x."""
    return ops.prod(x, axis, keepdims, dtype)


def mean(x: Tensor, /, *, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """∑x / n."""
    return ops.mean(x, axis, keepdims)


def var(x: Tensor, /, *, axis: Axis = None, correction: float = 0.0, keepdims: bool = False) -> Tensor:
    """∑(x − mean)² / (n − correction)."""
    found = ops.var(x, axis, keepdims)
    if not correction:
        return found
    axes = range(x.ndim) if axis is None else (axis,) if isinstance(axis, int) else axis
    count = math.prod(int(x.shape[a]) for a in axes)
    return ops.multiply(found, count / (count - correction))


def std(x: Tensor, /, *, axis: Axis = None, correction: float = 0.0, keepdims: bool = False) -> Tensor:
    """The root of the variance."""
    return ops.sqrt(var(x, axis=axis, correction=correction, keepdims=keepdims))


def _with_initial(found: Tensor, axis: int, first: float) -> Tensor:
    shape = [1 if a == axis % found.ndim else n for a, n in enumerate(found.shape)]
    return ops.concatenate([ops.full(shape, first, found.dtype), found], axis)


def _widened(x: Tensor, dtype: str | None) -> Tensor:
    """Small integers become int32 or uint32, as in sums."""
    return ops.cast(x, dtype if dtype is not None else ops.sum(x).dtype)


def cumulative_sum(
    x: Tensor, /, *, axis: int | None = None, dtype: str | None = None, include_initial: bool = False
) -> Tensor:
    """Sums of the elements so far."""
    along = 0 if axis is None else axis
    found = ops.cumsum(_widened(x, dtype), along)
    return _with_initial(found, along, 0) if include_initial else found


def cumulative_prod(
    x: Tensor, /, *, axis: int | None = None, dtype: str | None = None, include_initial: bool = False
) -> Tensor:
    """Products of the elements so far."""
    along = 0 if axis is None else axis
    found = ops.cumprod(_widened(x, dtype), along)
    return _with_initial(found, along, 1) if include_initial else found


def diff(
    x: Tensor, /, *, axis: int = -1, n: int = 1, prepend: Tensor | None = None, append: Tensor | None = None
) -> Tensor:
    """Differences of neighbours, n times."""
    parts = [p for p in (prepend, x, append) if p is not None]
    return ops.diff(ops.concatenate(parts, axis) if len(parts) > 1 else x, n, axis)


def vecdot(x1: Tensor, x2: Tensor, /, *, axis: int = -1) -> Tensor:
    """∑ x1·x2 along an axis."""
    return ops.sum(ops.multiply(x1, x2), axis)


def searchsorted(
    x1: Tensor, x2: TensorLike, /, *, side: str = "left", sorter: Tensor | None = None
) -> Tensor:
    """Where x2 would stand in x1."""
    return ops.searchsorted(x1 if sorter is None else ops.take(x1, sorter), x2, side)


def sort(x: Tensor, /, *, axis: int = -1, descending: bool = False, stable: bool = True) -> Tensor:
    """In order."""
    found = ops.sort(x, axis)
    return ops.flip(found, axis) if descending else found


def argsort(x: Tensor, /, *, axis: int = -1, descending: bool = False, stable: bool = True) -> Tensor:
    """The places of the elements in order; equal ones keep theirs."""
    if not descending:
        return ops.argsort(x, axis)
    last = int(x.shape[axis]) - 1  # of what is turned round, the last of equal ones is the first
    return ops.flip(last - ops.argsort(ops.flip(x, axis), axis), axis)
