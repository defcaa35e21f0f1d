"""In which order to run nodes so that little lives at the same time."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from irkit.ir import captured

if TYPE_CHECKING:
    from irkit.ir import Graph, Node, Value


def reordered(graph: Graph, nodes: Sequence[Node], bytes_of: Callable[[Value], int]) -> list[Node]:
    """`nodes` in another order that respects who reads whom: always the one next that frees most, or takes least.

    Greedy, so it may be worse than the order given; who asks compares. Nodes with an effect (Assert), and those with
    sub-graphs, which may hold one, keep their order.
    """
    return _Scheduler(graph, nodes, bytes_of).run()


class _Scheduler:
    def __init__(self, graph: Graph, nodes: Sequence[Node], bytes_of: Callable[[Value], int]) -> None:
        self.nodes, self.bytes_of = nodes, bytes_of
        self.number = {node: i for i, node in enumerate(nodes)}
        self.reads = [self._reads(node) for node in nodes]
        self.readers: dict[Value, list[int]] = {}
        for i, values in enumerate(self.reads):
            for value in values:
                self.readers.setdefault(value, []).append(i)
        self.returned = set(graph.outputs)
        self.waiting = [sum(1 for v in values if v.producer in self.number) for values in self.reads]
        self.next_effect = self._chain_effects()
        self.left = {value: len(readers) for value, readers in self.readers.items()}
        self.done = [False] * len(nodes)
        self.ready: list[tuple[int, int]] = []

    def _reads(self, node: Node) -> list[Value]:
        return list(dict.fromkeys(v for v in (*node.inputs, *captured(node)) if v is not None))

    def _chain_effects(self) -> dict[int, int]:
        ordered = [i for i, n in enumerate(self.nodes) if n.op.subgraphs or n.op.domain]
        for i in ordered[1:]:
            self.waiting[i] += 1
        return dict(pairwise(ordered))

    def run(self) -> list[Node]:
        for i, count in enumerate(self.waiting):
            if not count:
                self._offer(i)
        order: list[Node] = []
        while self.ready:
            cost, i = heapq.heappop(self.ready)
            if self.done[i] or cost != self._cost(i):
                continue  # an offer that a cheaper one has replaced
            self.done[i] = True
            order.append(self.nodes[i])
            self._finish(i)
        return order

    def _offer(self, i: int) -> None:
        heapq.heappush(self.ready, (self._cost(i), i))

    def _cost(self, i: int) -> int:
        """Bytes that live afterwards, more than before."""
        made = sum(self.bytes_of(v) for v in self.nodes[i].outputs if v in self.left or v in self.returned)
        freed = sum(self.bytes_of(v) for v in self.reads[i] if self.left[v] == 1 and v not in self.returned)
        return made - freed

    def _finish(self, i: int) -> None:
        if i in self.next_effect:
            self._release(self.next_effect[i])
        for value in self.nodes[i].outputs:
            for reader in self.readers.get(value, ()):
                self._release(reader)
        for value in self.reads[i]:
            self.left[value] -= 1
            if self.left[value] == 1:  # its last reader now frees it
                for reader in self.readers[value]:
                    if not self.done[reader] and not self.waiting[reader]:
                        self._offer(reader)

    def _release(self, i: int) -> None:
        self.waiting[i] -= 1
        if not self.waiting[i]:
            self._offer(i)
