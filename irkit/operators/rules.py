"""Steps that many shape rules share."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from irkit.errors import AttributeRangeError, ShapeError
from irkit.ir import Array, Dim, DType, Shape, TensorType, broadcast
from irkit.ir.constraints import fresh as fresh


def same_dtype(*types: TensorType | None) -> DType:
    """The element type that all the given types share. Raises ShapeError."""
    dtypes = [t.dtype for t in types if t is not None]
    if any(d is not dtypes[0] for d in dtypes):
        found = ", ".join(map(str, dtypes))
        raise ShapeError(f"all inputs must have the same dtype; found {found}.", cure="Convert one of them with cast.")
    return dtypes[0]


def broadcast_shapes(*shapes: Shape | None) -> Shape | None:
    """The shape that all of them broadcast to (numpy's rule: aligned at the right, 1 stretches). Raises ShapeError."""
    result: Shape = ()
    for shape in shapes:
        if shape is None:
            return None
        result = _broadcast_two(result, shape)
    return result


def _broadcast_two(a: Shape, b: Shape) -> Shape:
    if a == b:
        return a
    longer, shorter = (a, b) if len(a) >= len(b) else (b, a)
    lead = len(longer) - len(shorter)
    try:
        return (*longer[:lead], *(broadcast(x, y) for x, y in zip(longer[lead:], shorter, strict=True)))
    except ShapeError as error:
        raise ShapeError(f"shapes {show(a)} and {show(b)} do not broadcast.", facts=error.facts) from None


def show(shape: Sequence[Dim] | None) -> str:
    """A shape as text: "(batch, 3)"."""
    return "(…)" if shape is None else f"({', '.join(map(str, shape))}{',' if len(shape) == 1 else ''})"


def axis_in(axis: int, rank: int, name: str = "axis") -> int:
    """`axis` counted from the front. Raises AttributeRangeError unless -rank <= axis < rank."""
    if not -rank <= axis < rank:
        raise AttributeRangeError(f"{name} {axis} lies outside a tensor of rank {rank}.")
    return axis % rank


def axes_in(axes: Sequence[int], rank: int) -> tuple[int, ...]:
    """Axes counted from the front, each at most once. Raises AttributeRangeError."""
    found = tuple(axis_in(int(a), rank) for a in axes)
    if len(set(found)) != len(found):
        raise AttributeRangeError(f"axes {tuple(axes)} name an axis twice.")
    return found


def widened(x: Array) -> Array:
    """Floats of 16 bits and fewer as float32, in which kernels compute before they round once; others unchanged."""
    return x.astype(np.float32) if x.dtype.itemsize < 4 and x.dtype.kind in "fV" else x


def rounded(x: Array, dtype: np.dtype[np.generic]) -> Array:
    """The end of what `widened` began: `x` as `dtype`, where overflow to infinity is legal."""
    if x.dtype == dtype:
        return x
    with np.errstate(over="ignore", invalid="ignore"):
        return x.astype(dtype)
