"""Arguments of layers: their types, and checks that several families share (ArgumentError, ShapeError)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np

from irkit.errors import ArgumentError, ShapeError
from irkit.frontends.tensors.tensor import Tensor

# What users give for an activation, initializer, regularizer, constraint: a name, a configuration, an object.
Named: TypeAlias = str | Mapping[str, Any] | Callable[..., Any] | None
# A size for every axis, or one for all of them.
Sizes: TypeAlias = int | Sequence[int]
# A layer's build gets None for a size that is not fixed.
Shape: TypeAlias = tuple[int | None, ...]


def whole(name: str, value: object, least: int = 1) -> int:
    """`value`, which must be a whole number ≥ least."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
        raise ArgumentError(
            f"{name} must be a whole number ≥ {least}. Received: {value!r}.", cure=_whole_cure(value, least)
        )
    return int(value)


def _whole_cure(value: object, least: int) -> str:
    if isinstance(value, float) and value == int(value) >= least:
        return f"Write {int(value)}, or divide by // where you divided by /."
    if isinstance(value, str) and value.isdecimal():
        return f"Write {value} without quotes."
    return f"Give an int, {least} or more."


def sizes(name: str, value: object, rank: int, least: int = 1) -> tuple[int, ...]:
    """`value` as one whole number for each of `rank` axes."""
    if isinstance(value, int | np.integer) and not isinstance(value, bool):
        value = (value,) * rank
    if not isinstance(value, list | tuple) or len(value) != rank:
        raise ArgumentError(
            f"{name} must be a whole number, or {rank} of them. Received: {value!r}.",
            cure=f"Give one number for all {rank} axes, or one for each.",
        )
    return tuple(whole(name, v, least) for v in value)


def pairs(name: str, value: object, rank: int) -> tuple[tuple[int, int], ...]:
    """`value` as (before, after) for each of `rank` axes: from one number, or a number or pair for each."""
    if isinstance(value, int | np.integer) and not isinstance(value, bool):
        value = ((value, value),) * rank
    if rank == 1 and isinstance(value, list | tuple) and len(value) == 2:
        value = (value,)
    if not isinstance(value, list | tuple) or len(value) != rank:
        raise ArgumentError(
            f"{name} must be a whole number, or {rank} of them or of pairs. Received: {value!r}.",
            cure="Give one number for all sides, one for each axis, or (before, after) for each axis.",
        )
    return tuple(sizes(name, v, 2, least=0) for v in value)  # type: ignore[misc]  # two of them each


def one_of(name: str, value: object, options: Collection[object]) -> Any:  # one of the options
    """`value`, in lower case, which must be one of `options`."""
    found = value.lower() if isinstance(value, str) else value
    if found not in options:
        shown = ", ".join(repr(o) for o in options)
        raise ArgumentError(f"unknown {name} {value!r}, expected one of {shown}.", cure="Write one of these.")
    return found


def fraction(name: str, value: object) -> float:
    """`value`, which must be a number from 0 to 1."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise ArgumentError(
            f"{name} must be a number from 0 to 1. Received: {value!r}.", cure="Write 0.5 for 50 percent."
        )
    return value


def axis_in(name: str, axis: int, rank: int) -> int:
    """`axis` counted from the front. Raises ShapeError where a tensor of this rank has no such axis."""
    if not -rank <= axis < rank:
        raise ShapeError(
            f"{name} is {axis}, the input has {rank} axes.", cure=f"Give an axis from {-rank} to {rank - 1}."
        )
    return axis % rank


def need_rank(x: object, rank: int, axes: str) -> None:
    """Raises ShapeError unless `x` has `rank` axes. axes: what they are, e.g. "batch, steps, features"."""
    if isinstance(x, Tensor) and x.ndim != rank:
        raise ShapeError(
            f"expects an input with {rank} axes ({axes}), the input has {x.ndim}.", cure=_rank_cure(x, rank)
        )


def need_least_rank(x: object, rank: int, axes: str) -> None:
    """Raises ShapeError unless `x` has at least `rank` axes."""
    if isinstance(x, Tensor) and x.ndim < rank:
        raise ShapeError(
            f"expects an input with at least {rank} axes ({axes}), the input has {x.ndim}.",
            cure=_rank_cure(x, rank),
        )


def _rank_cure(x: Tensor, rank: int) -> str:
    if x.ndim == rank - 1:
        return (
            "Is the batch axis missing? Add it, e.g. x[None], or an axis of one channel, e.g. x[..., None]."
        )
    return "Put a Reshape before it." if x.ndim < rank else "Put a Flatten or Reshape before it."


def need_size(x: object, axis: int, expected: int, what: str, cure: str) -> None:
    """Raises ShapeError when axis `axis` of `x` has another size. what: of the problem's sentence."""
    size = x.shape[axis] if isinstance(x, Tensor) else expected
    if isinstance(size, int) and size != expected:
        raise ShapeError(f"{what.format(expected=expected, size=size)}", cure=cure)


def known_size(shape: Sequence[int | None], axis: int, what: str) -> int:
    """Size of an axis, which a weight needs. what: its name, e.g. "features"."""
    size = shape[axis]
    if size is None:
        raise ShapeError(
            f"needs to know the number of {what}, axis {axis} of the input; its size is not fixed.",
            cure="Give that axis a number in Input.",
        )
    return size


def activated(activation: Named, x: Tensor) -> Tensor:
    """activation(x), once the layer's fields have been resolved."""
    assert callable(activation)
    result: Tensor = activation(x)
    return result
