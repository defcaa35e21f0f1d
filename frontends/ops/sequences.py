"""Functions applied along an axis: scan, map, vectorized_map, associative_scan."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from irkit import operators as op
from irkit.errors import ArgumentError, ShapeError, UnsupportedError
from irkit.frontends.ops.control import is_symbolic, looped
from irkit.frontends.ops.joining import concatenate, stack
from irkit.frontends.ops.operands import Operand, axis_of, int64s, rank_of, tensor
from irkit.frontends.ops.shaping import broadcast_to, flip, reshape
from irkit.frontends.ops.sizes import size_tensor
from irkit.frontends.ops.trees import Tree, leaves_of, mapped, rebuilt
from irkit.frontends.tensors.apply import apply_one
from irkit.frontends.tensors.tensor import Tensor, TensorLike
from irkit.ir import DType

__all__ = ["associative_scan", "custom_gradient", "jvp", "map", "scan", "vectorize", "vectorized_map"]


def scan(
    f: Callable[[Tree, Tree], tuple[Tree, Tree]],
    init: Tree,
    xs: Tree = None,
    length: int | None = None,
    reverse: bool = False,
    unroll: int | bool = 1,
) -> tuple[Tree, Tree]:
    """carry, y = f(carry, x) for the slices x along the first axis of `xs`: the last carry, and all y stacked."""
    if not callable(f):
        raise ArgumentError(f"f must be a function. Received: {f!r}.")
    slices = mapped(tensor, xs)
    leaves = leaves_of(slices)
    if not leaves and length is None:
        raise ArgumentError("scan needs xs, or length.")
    start = mapped(tensor, init)
    count = length if length is not None else leaves[0].shape[0]
    if any(is_symbolic(x) for x in (*leaves, *leaves_of(start))) or not isinstance(count, int):
        return _scan_in_graph(f, start, slices, size_tensor(count), reverse)
    return _scan_now(f, start, slices, count, reverse)


def _scan_now(f: Callable[..., Any], carry: Tree, xs: Tree, count: int, reverse: bool) -> tuple[Tree, Tree]:
    ys = []
    for i in reversed(range(count)) if reverse else range(count):
        carry, y = f(carry, mapped(_at(tensor(i, DType.int64)), xs))
        ys.append(y)
    ys = ys[::-1] if reverse else ys
    if not ys:
        raise ShapeError("scan over nothing: what f would return is not known.")
    columns = zip(*(leaves_of(y) for y in ys), strict=True)
    return carry, rebuilt(ys[0], [stack(list(column)) for column in columns])


def _scan_in_graph(
    f: Callable[..., Any], start: Tree, xs: Tree, turns: Tensor, reverse: bool
) -> tuple[Tree, Tree]:
    last = apply_one(op.Sub(), turns, tensor(1, DType.int64))

    def turn(number: Tensor, carry: Tree) -> tuple[None, Tree, Tree]:
        i = apply_one(op.Sub(), last, number) if reverse else number
        new, y = f(carry, mapped(_at(i), xs))
        return None, new, y

    carry, ys = looped(turn, start, turns, read=leaves_of(xs))
    return carry, mapped(lambda y: flip(y, 0), ys) if reverse else ys


def _at(i: Operand) -> Callable[[Operand], Tensor]:
    """What takes the slice number i."""
    return lambda x: apply_one(op.Gather(), x, i)


def map(f: Callable[[Tree], Tree], xs: Tree) -> Tree:
    """f of each slice along the first axis, stacked."""
    return scan(lambda _, x: (None, f(x)), None, xs)[1]


def vectorized_map(function: Callable[[Tree], Tree], elements: Tree) -> Tree:
    """The function of each slice along the first axis, stacked. Slices do not know of each other."""
    return map(function, elements)


def associative_scan(
    f: Callable[[Tree, Tree], Tree], elems: Tree, reverse: bool = False, axis: int = 0
) -> Tree:
    """Running results of an associative f along an axis, in ⌈log₂ n⌉ steps: x₀, f(x₀, x₁), f(f(x₀, x₁), x₂)…

    Raises UnsupportedError where the size of the axis is not fixed.
    """
    leaves = [tensor(x) for x in leaves_of(elems)]
    place = axis_of(leaves[0], axis)
    sizes = {x.shape[place] for x in leaves}
    size = leaves[0].shape[place]
    if not isinstance(size, int):
        raise UnsupportedError(f"associative_scan needs a fixed size of axis {axis}.", cure="Use scan.")
    if len(sizes) != 1:
        raise ShapeError(
            f"all elements must have the same size along axis {axis}; found {sorted(map(str, sizes))}."
        )
    current: list[Any] = [flip(x, place) for x in leaves] if reverse else list(leaves)
    step = 1
    while step < size:
        earlier = rebuilt(elems, [_part(x, 0, size - step, place) for x in current])
        later = rebuilt(elems, [_part(x, step, size, place) for x in current])
        combined = leaves_of(f(earlier, later))
        current = [
            concatenate([_part(x, 0, step, place), c], place) for x, c in zip(current, combined, strict=True)
        ]
        step *= 2
    return rebuilt(elems, [flip(x, place) for x in current] if reverse else current)


def _part(x: Operand, start: int, end: int, axis: int) -> Tensor:
    return apply_one(op.Slice(), x, int64s([start]), int64s([end]), int64s([axis]))


# ---- numpy's vectorize


def vectorize(
    pyfunc: Callable[..., Tree], *, excluded: Sequence[int] | None = None, signature: str | None = None
) -> Callable[..., Tree]:
    """A function that applies `pyfunc` to all elements of broadcast arguments.

    signature: "(n),(n)->()", when it takes vectors or matrices instead of numbers. excluded: positions of arguments
    that are handed on as they are.
    """
    left_out = set(excluded or ())
    cores = _core_ranks(signature) if signature else None

    def vectorized(*args: TensorLike) -> Tree:
        places = [i for i in range(len(args)) if i not in left_out]
        tensors = [tensor(args[i]) for i in places]
        ranks = cores or [0] * len(tensors)
        if len(ranks) != len(tensors):
            raise ArgumentError(
                f"the signature {signature!r} has {len(ranks)} arguments, not {len(tensors)}."
            )
        leading = _broadcast_sizes(
            [list(x.shape)[: rank_of(x) - r] for x, r in zip(tensors, ranks, strict=True)]
        )
        rows = [_rows(x, r, leading) for x, r in zip(tensors, ranks, strict=True)]

        def one(slices: list[Tensor]) -> Tree:
            given = dict(zip(places, slices, strict=True))
            return pyfunc(*(given.get(i, a) for i, a in enumerate(args)))

        made = map(one, rows)
        return mapped(lambda y: reshape(y, [*leading, *list(y.shape)[1:]]), made)

    return vectorized


def _core_ranks(signature: str) -> list[int]:
    arguments = re.findall(r"\(([^)]*)\)", signature.partition("->")[0])
    return [len([d for d in a.split(",") if d.strip()]) for a in arguments]


def _broadcast_sizes(shapes: Sequence[Sequence[Any]]) -> list[Any]:
    rank = max((len(s) for s in shapes), default=0)
    padded = [[1] * (rank - len(s)) + list(s) for s in shapes]
    return [
        next((d for d in column if not (isinstance(d, int) and d == 1)), 1)
        for column in zip(*padded, strict=True)
    ]


def _rows(x: Operand, core: int, leading: Sequence[Any]) -> Tensor:
    """All elements (vectors, matrices) of `x` in one row, as often as broadcasting repeats them."""
    inner = list(x.shape)[rank_of(x) - core :]
    return reshape(broadcast_to(x, [*leading, *inner]), [-1, *inner])


# ---- derivatives


def custom_gradient(f: Callable[..., tuple[Tree, Any]]) -> Callable[..., Tree]:
    """A function that returns the first of the two things that f returns; its gradient function is not used."""

    def without_gradient(*args: Any, **kwargs: Any) -> Tree:  # as f
        return f(*args, **kwargs)[0]

    return without_gradient


def jvp(fun: Callable[..., Tree], primals: Tree, tangents: Tree, has_aux: bool = False) -> Tree:
    """Not available. Raises UnsupportedError."""
    raise UnsupportedError("derivatives in forward mode are not available: irkit's operators have none.")
