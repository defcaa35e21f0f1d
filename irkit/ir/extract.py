"""Cutting a model out of a graph: the nodes between given inputs and outputs, copied into a graph of their own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from irkit.errors import GraphError
from irkit.ir.graph import Graph, Node, Operation, Value, captured, ends_run
from irkit.ir.weights import Weight


def extract(
    graph: Graph, inputs: Sequence[Value], outputs: Sequence[Value], names: Sequence[str] = ()
) -> tuple[Graph, dict[Value, Value]]:
    """A new graph that computes `outputs` from `inputs` (any values of `graph`, also inner ones), and the map from
    old values to new. names: of the inputs, by default their own.

    Raises GraphError when an output depends on an input of `graph` that is not among `inputs`.
    """
    needed = _needed(inputs, outputs) | _checks(graph, inputs)
    new = Graph(graph.name)
    new.constraints.exact_broadcast = graph.constraints.exact_broadcast
    mapping: dict[Value, Value] = {}
    for i, value in enumerate(inputs):
        mapping[value] = new.input(names[i] if names else value.name, value.type)
    weight_of = {v: w for w, v in graph.weights.items()}
    copy_nodes([n for n in graph.nodes if n in needed], new, mapping, weight_of)
    new.set_outputs([mapped(v, new, mapping, weight_of) for v in outputs])
    return new, mapping


def copied(graph: Graph) -> tuple[Graph, dict[Value, Value]]:
    """All of `graph`, an outermost one, in a new graph under the same names, and the map from old values to new."""
    new = Graph(graph.name)
    new.constraints.exact_broadcast = graph.constraints.exact_broadcast
    mapping = {v: new.input(v.name, v.type) for v in graph.inputs}
    mapping.update({v: new.weight(w) for w, v in graph.weights.items()})
    copy_nodes(list(graph.nodes), new, mapping, {}, keep_names=True)
    new.set_outputs([mapping[v] for v in graph.outputs])
    return new, mapping


def copy_nodes(
    nodes: Iterable[Node],
    new: Graph,
    mapping: dict[Value, Value],
    weight_of: Mapping[Value, Weight],
    prefix: str = "",
    *,
    keep_names: bool = False,
) -> None:
    """Append copies of `nodes`, which stand in execution order, to `new`; extends `mapping`. prefix: put before the
    paths of their layers. keep_names: of values (those inside sub-graphs get new ones)."""
    for node in nodes:
        inputs = [None if v is None else mapped(v, new, mapping, weight_of) for v in node.inputs]
        for value in captured(node):
            mapped(value, new, mapping, weight_of)
        op = _copied_op(node.op, new, mapping, weight_of)
        layer = f"{prefix}/{node.layer}".strip("/") if prefix else node.layer
        names = [v.name for v in node.outputs] if keep_names else ()
        made = new.add(op, inputs, count=len(node.outputs), names=names, layer=layer, source=node.source)
        mapping.update(zip(node.outputs, made, strict=True))


def mapped(value: Value, new: Graph, mapping: dict[Value, Value], weight_of: Mapping[Value, Weight]) -> Value:
    """What stands for `value` in the new graph."""
    found = mapping.get(value)
    if found is None:
        weight = weight_of.get(value)
        if weight is None:
            raise GraphError(
                f"The outputs depend on '{value.name}' ({value.type}), which is not among the inputs.",
                cure="Add it to the model's inputs, or cut the model elsewhere.",
            )
        found = mapping[value] = new.weight(weight)
    return found


def _copied_op(
    op: Operation, new: Graph, mapping: dict[Value, Value], weight_of: Mapping[Value, Weight]
) -> Operation:
    if not op.subgraphs:
        return op
    copies = []
    for inner in op.subgraphs:  # depth is bounded by MAX_DEPTH
        copy = Graph(inner.name, parent=new)
        for value in inner.inputs:
            mapping[value] = copy.input(copy.free_name(value.name), value.type)
        copy_nodes(list(inner.nodes), copy, mapping, weight_of)
        copy.set_outputs([mapping[v] for v in inner.outputs])
        copies.append(copy)
    return op.with_subgraphs(copies)


def _checks(graph: Graph, inputs: Sequence[Value]) -> set[Node]:
    """The checks that depend on nothing but `inputs`, and what they need: whoever cuts a model keeps them."""
    missing, found = set(graph.inputs) - set(inputs), set[Node]()
    for node in graph.nodes:
        if ends_run(node):
            with_it = _needed(inputs, node.outputs)
            reads = {v for n in with_it for v in (*n.inputs, *captured(n))}
            if not reads & missing:
                found |= with_it
    return found


def _needed(inputs: Sequence[Value], outputs: Sequence[Value]) -> set[Node]:
    """Nodes on the way back from outputs to inputs. Iterative: real graphs are thousands of nodes deep."""
    given, needed, seen = set(inputs), set[Node](), set[Value]()
    pending = list(outputs)
    while pending:
        value = pending.pop()
        if value in given or value in seen:
            continue
        seen.add(value)
        node = value.producer
        if node is not None and node not in needed:
            needed.add(node)
            pending.extend(v for v in (*node.inputs, *captured(node)) if v is not None)
    return needed
