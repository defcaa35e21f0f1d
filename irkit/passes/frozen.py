"""A whole model, optimised: with its layer tree, and with weights that the passes may compute with.

From level 3 on the numbers in the weights are the truth: what is made of them (a kernel with its BatchNormalization's
scale in it, a transposed kernel) takes their place, in the layer that reads it.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from irkit import operators as o
from irkit.ir import Call, LayerNode, Weight, type_of
from irkit.ir.extract import copied
from irkit.ir.types import FLOATS
from irkit.passes.folding import BUDGET
from irkit.passes.optimize import optimize

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from irkit.ir import Graph, GraphModel, Node, Value
    from irkit.passes.report import Report

COMBINING = 3  # the level from which on weights are constants
METADATA = "optimized"  # under this key the file says what was done
_NAMES = {0: "input", 1: "kernel", 2: "bias"}  # of a folded weight, by the position at which it is read


def optimized(
    model: GraphModel, level: int = 2, *, budget: int = BUDGET, verify: bool = False
) -> tuple[GraphModel, Report]:
    """A copy of `model` with fewer nodes, and the report of what was done. See irkit.passes.optimize."""
    graph, mapping = copied(model.graph)
    stated = {id(n.op.value) for n in graph.walk() if isinstance(n.op, o.Constant)}
    if level >= COMBINING:
        _freeze(graph)
    report = optimize(graph, level, budget=budget, verify=verify)
    before = set(graph.weights)
    made = _thaw(graph, stated) if level >= COMBINING else {}
    gone = before - set(graph.weights)
    tree = _tree(model.layers, {old: report.final(new) for old, new in mapping.items()}, gone, made)
    metadata = {**model.metadata, **({METADATA: _told(level, report, gone)} if level else {})}
    return dataclasses.replace(model, graph=graph, layers=tree, metadata=metadata), report


def _freeze(graph: Graph) -> None:
    for weight, value in graph.weights.items():
        value.known = weight.data


def _thaw(graph: Graph, stated: set[int]) -> dict[str, list[Weight]]:
    """Forget weights that nothing reads, and make weights of what was computed from them: layer path → weights."""
    for weight, value in list(graph.weights.items()):
        value.known = None
        if not value.uses and value not in graph.outputs:
            graph.drop_weight(weight)
    made: dict[str, list[Weight]] = {}
    for node in list(graph.walk()):
        if isinstance(node.op, o.Constant) and node.graph is not None and _is_weight(node, stated):
            weight = _as_weight(node)
            made.setdefault(node.layer, []).append(weight)
    return made


def _is_weight(node: Node, stated: set[int]) -> bool:
    value = node.outputs[0]
    array = value.known
    if array is None or id(node.op.value) in stated:  # type: ignore[attr-defined]  # a Constant
        return False
    return (
        array.size > 1 and type_of(array).dtype in FLOATS and bool(value.uses) and value not in _outputs(node)
    )


def _outputs(node: Node) -> Sequence[Value]:
    return node.graph.outputs if node.graph is not None else ()


def _as_weight(node: Node) -> Weight:
    """A weight in the place of a Constant, named after what reads it."""
    graph, value = node.graph, node.outputs[0]
    assert graph is not None
    assert value.known is not None
    position = next(iter(value.uses))[1]
    name = _NAMES.get(position, f"input_{position}")
    weight = Weight(f"{node.layer}/{name}".lstrip("/"), type_of(value.known), value.known)
    graph.replace_uses(value, graph.root.weight(weight))
    graph.remove(node)
    return weight


def _tree(
    layer: LayerNode, now: Mapping[Value, Value], gone: set[Weight], made: Mapping[str, list[Weight]]
) -> LayerNode:
    """The same layers, with the weights and values that there are now. Its depth is bounded."""
    root = _layer(layer, "", now, gone, made)
    copies = {"": root}
    for path, node in layer.walk():
        parent = copies[path.rpartition("/")[0]]
        copies[path] = parent.children[node.name] = _layer(node, path, now, gone, made)
    root.weights += [w for path, weights in made.items() if path not in copies for w in weights]
    return root


def _layer(
    layer: LayerNode,
    path: str,
    now: Mapping[Value, Value],
    gone: set[Weight],
    made: Mapping[str, list[Weight]],
) -> LayerNode:
    calls = [
        Call(tuple(now.get(v, v) for v in c.inputs), tuple(now.get(v, v) for v in c.outputs), c.source)
        for c in layer.calls
    ]
    weights = [w for w in layer.weights if w not in gone] + made.get(path, [])
    return dataclasses.replace(layer, children={}, weights=weights, calls=calls)


def _told(level: int, report: Report, gone: set[Weight]) -> str:
    folded = ", ".join(sorted(w.path for w in gone))
    return f"level {level}: {report}" + (f"; weights that became part of others: {folded}" if folded else "")
