"""Operation folding: elementwise nodes that follow upon each other run as one, in one array.

    d = b * a + 1  runs as  t = multiply(b, a); add(t, 1, t)

Large arrays go through the whole chain in blocks that stay in the cache, so that memory is read and written once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias, cast

import numpy as np

from irkit.backends.interpreter.views import FRESH
from irkit.backends.interpreter.writing import elementwise_writer, is_plain
from irkit.ir import TensorType
from irkit.passes.elementwise import ELEMENTWISE

if TYPE_CHECKING:
    from irkit.backends.interpreter.writing import Writer
    from irkit.ir import Array, Graph, Node, Value
    from irkit.operators import Operator

# (operands, what the chain has come to) → what it comes to next
_Part: TypeAlias = Callable[[Sequence[Any], Any], Any]

BLOCK = 1 << 15  # elements: some arrays of so many stay in the cache of a core
_LARGE = 1 << 17  # elements, from which on blocks pay


@dataclass(frozen=True, eq=False, slots=True)
class Chain:
    """Nodes of which each reads the one before. inputs: what they read from outside, in order. fresh: inputs that are
    read no later than when the first result is written, so that it may take their place."""

    nodes: tuple[Node, ...]
    inputs: tuple[Value, ...]
    fresh: tuple[Value, ...]

    @property
    def outputs(self) -> tuple[Value, ...]:
        return self.nodes[-1].outputs


def folded(graph: Graph, nodes: Sequence[Node]) -> list[Node | Chain]:
    """`nodes` with chains in the place of their last nodes."""
    returned = set(graph.outputs)
    chain_of: dict[Node, Chain] = {}
    taken: set[Node] = set()
    for node in nodes:
        found = [node] if node not in taken and _is_foldable(node) else []
        while found and (follower := _follower(found[-1], returned)) is not None and follower not in taken:
            found.append(follower)
        if len(found) > 1:
            taken.update(found)
            chain_of[found[-1]] = _chain(found)
    return [chain_of.get(node, node) for node in nodes if node not in taken or node in chain_of]


def _is_foldable(node: Node) -> bool:
    if node.op.domain or node.op.name not in ELEMENTWISE or not is_plain(node):
        return False
    return elementwise_writer(node) is not None or node.op.name in FRESH  # a view must not be written into


def _follower(node: Node, returned: set[Value]) -> Node | None:
    """The only reader of a node, when it is elementwise too, and its result as large."""
    (value,) = node.outputs
    readers = {user for user, _ in value.uses}
    if len(readers) != 1 or value in returned:
        return None
    (reader,) = readers
    fits = reader.graph is node.graph and _is_foldable(reader) and reader.outputs[0].type == value.type
    return reader if fits else None


def _chain(nodes: Sequence[Node]) -> Chain:
    made = {n.outputs[0] for n in nodes}
    inputs = dict.fromkeys(v for n in nodes for v in n.inputs if v is not None and v not in made)
    later = {v for n in nodes[1:] for v in n.inputs}
    fresh = [v for v in nodes[0].inputs if v is not None and v not in later]
    return Chain(tuple(nodes), tuple(inputs), tuple(fresh))


# ---- running


def chain_writer(chain: Chain) -> Writer:
    """(inputs…, out) → the result of the last node."""
    position = {value: i for i, value in enumerate(chain.inputs)}
    parts = [_part(n, before, position) for n, before in zip(chain.nodes[1:], chain.nodes, strict=False)]
    first = _first(chain.nodes[0], position)
    is_large = _size_question(chain)

    def run(*given: Any) -> Any:  # noqa: ANN401  # arrays
        xs, out = given[:-1], given[-1]
        return _in_blocks(first, parts, xs, out) if is_large(xs) else _through(first, parts, xs, out)

    return run


def _size_question(chain: Chain) -> Callable[[Sequence[Any]], bool]:
    """Whether blocks pay, asked as cheaply as can be: it is asked at every call."""
    type_ = cast("TensorType", chain.outputs[0].type)
    if isinstance(type_.size, int):
        known = type_.size >= _LARGE
        return lambda _: known
    alike = next((i for i, v in enumerate(chain.inputs) if v.type == type_), None)
    if alike is not None:
        return lambda xs: xs[alike].size >= _LARGE
    return lambda xs: max(x.size for x in xs) >= _LARGE


def _through(first: Writer, parts: Sequence[_Part], xs: Sequence[Any], out: Array | None) -> Array:
    result = first(xs, out)
    for part in parts:
        result = part(xs, result)
    if out is None or result is out:
        return cast("Array", result)
    out[...] = result
    return out


def _in_blocks(first: Writer, parts: Sequence[_Part], xs: Sequence[Array], out: Array | None) -> Array:
    """Along the first axis that is longer than 1."""
    shape = np.broadcast_shapes(*[x.shape for x in xs]) if out is None else out.shape
    axis = next(k for k, size in enumerate(shape) if size > 1)
    rows = max(1, BLOCK * shape[axis] // int(np.prod(shape)))
    result: Array = np.empty(shape, xs[0].dtype) if out is None else out
    cut = [_is_cut(x, axis - len(shape), shape[axis]) for x in xs]
    for start in range(0, shape[axis], rows):
        where = slice(start, start + rows)
        block = [
            x[(*[slice(None)] * (axis - len(shape) + x.ndim), where)] if is_cut else x
            for x, is_cut in zip(xs, cut, strict=True)
        ]
        _through(first, parts, block, result[(*[slice(None)] * axis, where)])
    return result


def _is_cut(x: Array, axis: int, size: int) -> bool:
    """Whether an operand is as long as the result along `axis`, counted from the end; else it is stretched."""
    return -axis <= x.ndim and x.shape[axis] == size


def _first(node: Node, position: dict[Value, int]) -> Writer:
    places = [position[v] if v is not None else None for v in node.inputs]
    writer = elementwise_writer(node)
    if writer is None:
        run = _runner(node)
        return lambda xs, _: run(*[None if p is None else xs[p] for p in places])
    if len(places) == 1:
        only = next(iter(position[v] for v in node.inputs if v is not None))
        return lambda xs, out: writer(xs[only], out)
    a, b = (position[v] for v in node.inputs if v is not None)
    return lambda xs, out: writer(xs[a], xs[b], out)


def _part(node: Node, before: Node, position: dict[Value, int]) -> _Part:
    """What a later node does to the array that the chain writes into."""
    value = before.outputs[0]
    places = [None if v is None or v is value else position[v] for v in node.inputs]
    running = [v is value for v in node.inputs]
    writer = elementwise_writer(node)
    if writer is None:
        run = _runner(node)
        return lambda xs, t: run(
            *[t if r else None if p is None else xs[p] for p, r in zip(places, running, strict=True)]
        )
    if len(places) == 1:
        return lambda _, t: writer(t, t)
    if all(running):
        return lambda _, t: writer(t, t, t)
    at = next(p for p in places if p is not None)
    if running[0]:
        return lambda xs, t: writer(t, xs[at], t)
    return lambda xs, t: writer(xs[at], t, t)


def _runner(node: Node) -> Callable[..., Any]:
    op = cast("Operator", node.op)
    return partial(op.run, count=1) if op.parameters.wants_count else op.run
