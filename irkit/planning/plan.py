"""Planning a graph's memory: sizes, order, who shares with whom, and offsets; and the report of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from irkit.errors import ArgumentError
from irkit.ir import TensorType, dims
from irkit.planning.aliasing import Places, Sharing, last_uses, share
from irkit.planning.offsets import Interval, lower_bound, place
from irkit.planning.schedule import reordered

if TYPE_CHECKING:
    from irkit.ir import Graph, GraphModel, Node, Value

NOTHING = Sharing()
_SHOWN = 10  # buffers in the text of a plan


@dataclass(frozen=True, slots=True)
class MemoryPlan:
    """nodes: in the order to run them. offsets: where each value begins, in a block of `bytes` bytes. arrays: the
    pieces of memory, several values in each. naive: the bytes if every value had memory of its own. bound: the least
    that any placement needs, with this order and this sharing. unplanned: values whose size is not known before.
    Constants, weights, and inputs that the caller keeps, are not counted. sizes: what symbols were taken to be."""

    nodes: tuple[Node, ...]
    offsets: Mapping[Value, int]
    arrays: tuple[tuple[Value, Interval], ...]
    bytes: int
    naive: int
    bound: int
    unplanned: tuple[Value, ...]
    sizes: Mapping[str, int]

    def __str__(self) -> str:
        taken = f" with {', '.join(f'{n} = {s}' for n, s in self.sizes.items())}" if self.sizes else ""
        arrays = f"{self.bytes:,} bytes in {len(self.arrays)} arrays for {len(self.offsets)} values{taken}"
        lines = [f"{arrays}; {self.naive:,} without a plan, {self.bound:,} at least."]
        if self.unplanned:
            lines.append(f"{len(self.unplanned)} more values have sizes that only running tells.")
        lines += ["", f"{'offset':>14} {'bytes':>14}  {'steps':>11}  first value"]
        for value, each in sorted(self.arrays, key=lambda a: -a[1].size)[:_SHOWN]:
            steps = f"{each.first}…{each.last}"
            lines.append(f"{each.offset:>14,} {each.size:>14,}  {steps:>11}  {value!r}")
        return "\n".join(lines)


def plan_memory(
    model: GraphModel,
    sizes: Mapping[str, int] | None = None,
    *,
    in_place: bool = True,
    aliasing: bool = True,
    reorder: bool = True,
    donated: Collection[str] = (),
) -> MemoryPlan:
    """The plan of a model's memory.

    sizes: what symbolic sizes are; 1 for those not given. in_place: results may take the place of operands. aliasing:
    Reshape, Split and Concat need not copy. reorder: nodes may run in another order. donated: names of inputs that may
    be overwritten. Raises ArgumentError for names that the model has not.
    """
    symbols = dict.fromkeys(s for v in model.graph.inputs for s in _symbols(v))
    for name in sizes or ():
        if name not in symbols:
            known = ", ".join(symbols) or "none"
            raise ArgumentError(f"The model has no symbolic size called {name!r}.", cure=f"It has {known}.")
    values = {v.name: v for v in model.graph.inputs}
    for name in donated:
        if name not in values:
            raise ArgumentError(
                f"The model has no input called {name!r}.", cure=f"It has {', '.join(values)}."
            )
    taken = {name: (sizes or {}).get(name, 1) for name in symbols}
    how = Sharing(views=aliasing, in_place=in_place, parts=aliasing)
    return plan_graph(model.graph, taken, how, reorder=reorder, donated=[values[n] for n in donated])


def plan_graph(
    graph: Graph,
    sizes: Mapping[str, int],
    how: Sharing,
    *,
    reorder: bool = True,
    donated: Collection[Value] = (),
) -> MemoryPlan:
    """The best of the plans with this order and another, with parts in their wholes and without."""
    planner = _Planner(graph, sizes, donated)
    ways = [how] if not how.parts else [how, Sharing(how.views, how.in_place, parts=False)]
    given = planner.nodes
    orders = [given, reordered(graph, given, planner.bytes_of)] if reorder else [given]
    candidates = [planner.buffers(order, way) for order in orders for way in ways]
    candidates.sort(key=lambda c: lower_bound(c.intervals.values()))
    best: MemoryPlan | None = None
    for each in candidates:
        if best is None or lower_bound(each.intervals.values()) < best.bytes:
            plan = planner.placed(each)
            best = plan if best is None or plan.bytes < best.bytes else best
    assert best is not None
    return best


@dataclass(frozen=True, slots=True)
class _Buffers:
    """An order with the memory that it needs, not placed yet."""

    nodes: Sequence[Node]
    places: Places
    intervals: Mapping[Value, Interval]


class _Planner:
    def __init__(self, graph: Graph, sizes: Mapping[str, int], donated: Collection[Value]) -> None:
        self.graph, self.sizes, self.donated = graph, sizes, donated
        self.nodes = [n for n in graph.nodes if any(v.known is None for v in n.outputs) or not n.outputs]
        made = [
            v for n in self.nodes for v in n.outputs if v.uses or v in set(graph.outputs) or v is n.outputs[0]
        ]
        self.stated = {v: _bytes(v, sizes) for v in (*donated, *made)}
        self.size = {v: size for v, size in self.stated.items() if size is not None}

    def bytes_of(self, value: Value) -> int:
        return self.size.get(value, 0)

    def buffers(self, nodes: Sequence[Node], how: Sharing) -> _Buffers:
        last = last_uses(nodes, self.graph.outputs)
        places = Places(last, self.bytes_of)
        share(nodes, self.size.__contains__, places, how, frozenset())
        intervals: dict[Value, Interval] = {}
        born = [(-1, v) for v in self.donated] + [(i, v) for i, n in enumerate(nodes) for v in n.outputs]
        for step, value in born:
            if value not in self.size:
                continue
            root, _ = places.of(value)
            if root not in intervals:
                intervals[root] = Interval(self.bytes_of(root), step, max(step, last.get(root, step)))
        return _Buffers(nodes, places, intervals)

    def placed(self, buffers: _Buffers) -> MemoryPlan:
        total = place(list(buffers.intervals.values()))
        offsets: dict[Value, int] = {}
        for value in self.size:
            root, shift = buffers.places.of(value)
            offsets[value] = buffers.intervals[root].offset + shift
        return MemoryPlan(
            nodes=tuple(buffers.nodes),
            offsets=offsets,
            arrays=tuple(buffers.intervals.items()),
            bytes=total,
            naive=sum(self.size.values()),
            bound=lower_bound(buffers.intervals.values()),
            unplanned=tuple(v for v, size in self.stated.items() if size is None),
            sizes=self.sizes,
        )


def _symbols(value: Value) -> list[str]:
    shape = value.type.shape if isinstance(value.type, TensorType) else None
    return [name for size in shape or () for name in dims.symbols(size)]


def _bytes(value: Value, sizes: Mapping[str, int]) -> int | None:
    """How many bytes a tensor takes; None where that is not known before."""
    type_ = value.type
    count = type_.size if isinstance(type_, TensorType) else None
    number = None if count is None else dims.substitute(count, dict(sizes))
    if not isinstance(number, int) or not isinstance(type_, TensorType) or not type_.dtype.bits:
        return None
    return number * type_.dtype.numpy.itemsize
