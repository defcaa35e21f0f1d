"""Steps that many shape rules share."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from irkit.errors import AttributeRangeError, ShapeError
from irkit.ir import Array, Dim, DType, Expression, Shape, TensorType, broadcast, dims, unify
from irkit.ir.constraints import fresh as fresh
from irkit.ir.types import ANY, SMALL_FLOATS


def same_dtype(*types: TensorType | None) -> DType:
    """The element type that all the given types share. Raises ShapeError."""
    dtypes = [t.dtype for t in types if t is not None]
    if dtypes.count(dtypes[0]) != len(dtypes):
        found = ", ".join(map(str, dtypes))
        raise ShapeError(
            f"all inputs must have the same dtype; found {found}.", cure="Convert one of them with cast."
        )
    return dtypes[0]


def broadcast_shapes(*shapes: Shape | None) -> Shape | None:
    """The shape that all of them broadcast to (numpy's rule: aligned at the right, 1 stretches). Raises ShapeError."""
    result: Shape | None = shapes[0] if shapes else ()
    for shape in shapes[1:]:
        if result is None or shape is None:
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
        raise ShapeError(
            f"shapes {show(a)} and {show(b)} do not broadcast.",
            facts=error.facts,
            cure="Counted from the last axis, sizes must be equal, or one of them 1; use reshape or expand_dims.",
        ) from None


def show(shape: Sequence[Dim] | None) -> str:
    """A shape as text: "(batch, 3)"."""
    return "(…)" if shape is None else f"({', '.join(map(str, shape))}{',' if len(shape) == 1 else ''})"


def axis_in(axis: int, rank: int, name: str = "axis") -> int:
    """`axis` counted from the front. Raises AttributeRangeError unless -rank <= axis < rank."""
    if not -rank <= axis < rank:
        raise AttributeRangeError(
            f"{name} {axis} lies outside a tensor of rank {rank}.",
            cure=f"Give one from {-rank} to {rank - 1}.",
        )
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


# Decorates kernels in which NaN, infinities and wrapping integers are legal: numpy is not to warn of them.
quiet = np.errstate(all="ignore")


def stretched(shape: Shape | None, onto: Shape, name: str) -> Shape:
    """`onto`, to which the input `name` of this shape broadcasts in one direction. Raises ShapeError."""
    if shape is None:
        return onto
    fits = len(shape) <= len(onto) and all(
        d == 1 or not isinstance(d, int) or not isinstance(n, int) or d == n
        for d, n in zip(reversed(shape), reversed(onto), strict=False)
    )
    if not fits:
        raise ShapeError(f"{name} of shape {show(shape)} does not broadcast to {show(onto)}.")
    return onto


def check_one(**types: TensorType | None) -> None:
    """Raises ShapeError unless each tensor can hold one number, as () or, as many exporters write it, (1,)."""
    for name, type_ in types.items():
        shape = () if type_ is None else type_.shape
        if shape and (len(shape) > 1 or dims.equal(shape[0], 1) is False):
            raise ShapeError(f"{name} must be one number, not {type_}.", cure="Remove its axes with squeeze.")


# What operators that only move elements accepted before ONNX had 4- and 8-bit floats.
MOVABLE = ANY - SMALL_FLOATS - {DType.int4, DType.uint4}


def sizes_in(contents: Array | None) -> tuple[Dim, ...] | None:
    """The elements of a known tensor of sizes, as ints and symbolic sizes."""
    return (
        None if contents is None else tuple(d if isinstance(d, Expression) else int(d) for d in contents.flat)
    )


def numbers_in(contents: Array | None) -> tuple[int, ...] | None:
    """The elements of a known tensor of integers; None when they, or some of them, are not known as numbers."""
    found = sizes_in(contents)
    return None if found is None or not all(isinstance(d, int) for d in found) else found  # type: ignore[return-value]  # ints


def contents_of(sizes: Sequence[Dim]) -> Array:
    """Sizes as the known contents of a tensor: of int64 when all are numbers, else of objects."""
    if all(isinstance(d, int) for d in sizes):
        return np.array(sizes, np.int64)
    result = np.empty(len(sizes), object)
    result[:] = sizes
    return result


def fresh_shape(stem: str, rank: int) -> Shape:
    """A shape of which only the rank is known."""
    return tuple(fresh(stem) for _ in range(rank))


def length_of(vector: TensorType | None) -> int | None:
    """How many elements a tensor has, when that is known as a number."""
    size = None if vector is None else vector.size
    return size if isinstance(size, int) else None


def check_vector(name: str, type_: TensorType | None, size: Dim, what: str = "channels") -> None:
    """Raises ShapeError unless the input `name` is absent or a vector with an entry for each of `size` things."""
    if type_ is None or type_.shape is None:
        return
    if len(type_.shape) != 1:
        raise ShapeError(f"{name} must be a vector; its shape is {show(type_.shape)}.")
    try:
        unify(type_.shape[0], size)
    except ShapeError:
        raise ShapeError(f"{name} has {type_.shape[0]} entries for {size} {what}.") from None


def zero_of(like: Array) -> Array:
    """What stands where nothing was, as an element of `like`: () holding 0, False or the empty string."""
    is_text = like.dtype == object and like.size > 0 and isinstance(like.flat[0], str)
    return np.array("", object) if is_text else np.zeros((), like.dtype)
