"""Execution order: ONNX demands that nodes are sorted; files that are not are sorted, and cycles are told."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING

from irkit.errors import GraphError

if TYPE_CHECKING:
    import onnx


def ordered(nodes: Sequence[onnx.NodeProto]) -> list[onnx.NodeProto]:
    """The nodes, each behind those whose outputs it reads. Raises GraphError on a cycle, naming a node of it."""
    maker: dict[str, int] = {}
    for i, node in enumerate(nodes):
        maker.update((name, i) for name in node.output if name)
    needs = [{maker[name] for name in reads(node) if name in maker} for node in nodes]
    if all(max(needed, default=-1) < i for i, needed in enumerate(needs)):
        return list(nodes)
    return [nodes[i] for i in _sorted(nodes, needs)]


def _sorted(nodes: Sequence[onnx.NodeProto], needs: Sequence[set[int]]) -> list[int]:
    readers: list[list[int]] = [[] for _ in nodes]
    for i, needed in enumerate(needs):
        for n in needed:
            readers[n].append(i)
    open_count = [len(needed) for needed in needs]
    ready = deque(i for i, count in enumerate(open_count) if count == 0)
    result: list[int] = []
    while ready:
        i = ready.popleft()
        result.append(i)
        for reader in readers[i]:
            open_count[reader] -= 1
            if open_count[reader] == 0:
                ready.append(reader)
    if len(result) < len(nodes):
        raise _cycle(nodes, needs, set(range(len(nodes))) - set(result))
    return result


def _cycle(nodes: Sequence[onnx.NodeProto], needs: Sequence[set[int]], stuck: set[int]) -> GraphError:
    """Follow what each stuck node waits for until one comes again: that one is on a cycle."""
    at, seen = min(stuck), set[int]()
    while at not in seen:
        seen.add(at)
        at = min(needs[at] & stuck)
    node = nodes[at]
    return GraphError(
        f"node '{node.name or (node.output[0] if node.output else '?')}' ({node.op_type}) depends on its own result."
    )


def reads(node: onnx.NodeProto) -> set[str]:
    """Every name that a node may read, also from inside its graphs."""
    found, pending = set(node.input), [a.g for a in node.attribute if a.HasField("g")]
    while pending:
        graph = pending.pop()
        made = {name for n in graph.node for name in n.output} | {i.name for i in graph.input}
        for inner in graph.node:
            found.update(name for name in inner.input if name not in made)
            pending += [a.g for a in inner.attribute if a.HasField("g")]
        found.update(o.name for o in graph.output if o.name not in made)
    return found
