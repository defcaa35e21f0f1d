"""The layer tree of an imported model: from the layer paths of its nodes, what each layer owns, reads and gives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from irkit.ir import Call, Graph, LayerNode, Value, Weight
from irkit.ir.graph import Node


def layer_tree(graph: Graph, name: str, classes: Mapping[str, str]) -> LayerNode:
    """The tree. classes: path → class name, for the layers of single nodes; scopes around them are called Module."""
    tops = _top_level(graph)
    flow = _Flow()
    for value in _values(graph):
        if value.known is None:
            _follow(value, graph, tops, flow)
    root = LayerNode(name, "Model")
    owners = _owners(graph, tops)
    kept = {*flow.reads, *flow.gives, *owners.values()}
    for path in dict.fromkeys(node.layer for node in graph.nodes):
        if path in kept:
            _make(root, path, classes, flow)  # the others compute sizes
    _give_weights(root, owners)
    return root


class _Flow:
    """For each layer path, the values that it reads from outside and those that it gives to the outside."""

    def __init__(self) -> None:
        self.reads: dict[str, dict[Value, None]] = {}
        self.gives: dict[str, dict[Value, None]] = {}


def _top_level(graph: Graph) -> dict[Node, Node]:
    """Each node inside a branch or loop, and the node of the main graph around it."""
    found: dict[Node, Node] = {}
    for node in graph.nodes:
        for inner in node.op.subgraphs:
            found.update(dict.fromkeys(inner.walk(), node))
    return found


def _values(graph: Graph) -> Iterator[Value]:
    yield from graph.inputs
    for node in graph.nodes:
        yield from node.outputs


def _follow(value: Value, graph: Graph, tops: Mapping[Node, Node], flow: _Flow) -> None:
    """Say to every layer whose border the value crosses that it does."""
    start = value.producer.layer if value.producer is not None else ""
    ends = [tops.get(node, node).layer for node, _ in value.uses]
    if value in graph.outputs or not ends:
        ends.append("")
    for end in dict.fromkeys(ends):
        if end == start:
            continue
        for path in _prefixes_beyond(start, end):
            flow.gives.setdefault(path, {})[value] = None
        for path in _prefixes_beyond(end, start):
            flow.reads.setdefault(path, {})[value] = None


def _prefixes_beyond(path: str, other: str) -> Iterator[str]:
    """The layers around `path`, itself included, that are not around `other`."""
    at, around = 0, f"{other}/"
    while path and at != -1:
        at = path.find("/", at + 1)
        prefix = path if at == -1 else path[:at]
        if not around.startswith(f"{prefix}/"):
            yield prefix


def _make(root: LayerNode, path: str, classes: Mapping[str, str], flow: _Flow) -> None:
    """The layer at `path` and those around it, as far as they are not there yet."""
    layer, at = root, ""
    for name in path.split("/") if path else ():
        at = f"{at}/{name}".lstrip("/")
        child = layer.children.get(name)
        if child is None:
            call = Call(tuple(flow.reads.get(at, ())), tuple(flow.gives.get(at, ())))
            child = layer.children[name] = LayerNode(name, classes.get(at, "Module"), calls=[call])
        layer = child


def _owners(graph: Graph, tops: Mapping[Node, Node]) -> dict[Weight, str]:
    """Each weight belongs to the layer that reads it first."""
    readers = {w: next(iter(v.uses), (None, 0))[0] for w, v in graph.weights.items()}
    return {w: "" if node is None else tops.get(node, node).layer for w, node in readers.items()}


def _give_weights(root: LayerNode, owners: Mapping[Weight, str]) -> None:
    for weight, path in owners.items():
        (root.find(path) or root).weights.append(weight)
