"""From a complete definition to a GraphModel: outputs, states, what is needed of the graph, and the layer tree."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np

from irkit.frontends.base.layer import Layer
from irkit.frontends.tensors.apply import symbolic_value
from irkit.frontends.tensors.definition import Definition, Record, Scope, scope
from irkit.frontends.tensors.state import become_states
from irkit.frontends.tensors.tensor import EagerTensor, SymbolicTensor
from irkit.frontends.tensors.variable import Variable
from irkit.ir import Call, Graph, GraphModel, LayerNode, Signature, Value
from irkit.ir.graph import ends_run


def completed(
    definition: Definition, root: LayerNode, leaves: Sequence[tuple[str, Any]], signature: Signature
) -> GraphModel:
    """The model of a definition that returns `leaves`, each a path and a tensor. root: without children yet."""
    definition = definition.find()
    outputs = [_output_value(leaf, definition) for _, leaf in leaves]
    states, after = become_states(definition)
    definition.graph.set_outputs([*outputs, *after])
    _prune(definition.graph)
    _add_layers(root, definition.records, set(_living(definition.graph)))
    made = GraphModel(root.name, definition.graph, root, states=states)
    for weight, path in made.weight_paths().items():
        if weight in definition.graph.weights:
            definition.graph.rename(definition.graph.weights[weight], path)
    names = _output_names([p for p, _ in leaves], outputs, definition.records)
    made.signature = dataclasses.replace(signature, output_names=tuple(names))
    return made


def is_leaf(x: object) -> bool:
    """Whether `x` may come out of a graph."""
    return isinstance(x, SymbolicTensor | EagerTensor | Variable | np.ndarray | np.generic)


def _output_value(leaf: Any, definition: Definition) -> Value:  # one of _is_leaf's kinds
    with scope(Scope(capturing=definition)):
        value = symbolic_value(leaf, definition)
    assert value is not None
    return value


def _prune(graph: Graph) -> None:
    """Take out what no output depends on, and what does not check anything."""
    outputs = set(graph.outputs)
    for node in reversed(list(graph.nodes)):
        if not any(v.uses or v in outputs for v in node.outputs) and not ends_run(node):
            graph.remove(node)
    for weight, value in list(graph.weights.items()):
        if not value.uses and value not in outputs:
            graph.drop_weight(weight)


def _living(graph: Graph) -> list[Value]:
    inside = [v for n in graph.walk() for v in n.outputs]
    sub_inputs = [v for n in graph.walk() for g in n.op.subgraphs for v in g.inputs]
    return [*graph.inputs, *graph.weights.values(), *inside, *sub_inputs]


def layer_tree(model: Layer, records: Sequence[Record], living: set[Value]) -> LayerNode:
    """The tree of all recorded layers under `model`; calls that no output depends on are left out."""
    root = node_of(model, model.name)
    _add_layers(root, records, living)
    return root


def _add_layers(root: LayerNode, records: Sequence[Record], living: set[Value]) -> None:
    for record in sorted(records, key=lambda r: len(r.path)):
        if record.path and all(v in living for v in record.outputs):
            _place(root, record)
    _order_children(root, records)


def node_of(layer: Layer, name: str) -> LayerNode:
    """A layer's node in a tree, without children yet."""
    own = [v.weight for v in layer.own_variables()]
    return LayerNode(name, layer.class_name, layer.config_json(), weights=own, trainable=layer.trainable)


def _place(root: LayerNode, record: Record) -> None:
    parent = root.find("/".join(record.path[:-1]))
    if parent is None:
        return  # the layer around it did not contribute to an output
    name = record.path[-1]
    child = parent.children.get(name)
    if child is None:
        child = parent.children[name] = node_of(record.layer, name)
    child.calls.append(Call(record.inputs, record.outputs, record.source))


def _order_children(root: LayerNode, records: Sequence[Record]) -> None:
    """Children in order of their first call; records of inner calls end before those of the layers around them."""
    first: dict[str, int] = {}
    for i, record in enumerate(records):
        first.setdefault("/".join(record.path), i)
    for path, node in [("", root), *root.walk()]:
        prefix = f"{path}/" if path else ""
        node.children = dict(sorted(node.children.items(), key=lambda item: first.get(prefix + item[0], 0)))


def _output_names(paths: Sequence[str], outputs: Sequence[Value], records: Sequence[Record]) -> list[str]:
    """A dict's keys, or the name of the outermost layer that made the output, as in Keras; each once."""
    maker = {v: r.path[-1] for r in sorted(records, key=lambda r: -len(r.path)) for v in r.outputs}
    names: list[str] = []
    for path, value in zip(paths, outputs, strict=True):
        key = path[2:-2] if path.startswith("['") and path.endswith("']") else ""
        base = name = key or maker.get(value) or "output"
        count = 0
        while name in names:
            count += 1
            name = f"{base}_{count}"
        names.append(name)
    return names
