"""Steps that the passes share: replacing a node, and questions about nodes and values."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np

from irkit import operators as o
from irkit.ir import TensorType

if TYPE_CHECKING:
    from collections.abc import Sequence

    from irkit.ir import Array, Graph, Node, Operation, Shape, Value
    from irkit.passes.report import Report

RANDOM = frozenset(
    {"Bernoulli", "Multinomial", "RandomNormal", "RandomNormalLike", "RandomUniform", "RandomUniformLike"}
)


def replace(node: Node, by: Sequence[Value | None], report: Report, rule: str, why: str) -> None:
    """Let `by` stand for the outputs of `node`, take it out, and remember why. None stands for what nobody reads."""
    graph = graph_of(node)
    report.note(rule, node, by, why)
    for old, new in zip(node.outputs, by, strict=True):
        if new is not None:
            graph.replace_uses(old, new)
    graph.remove(node)


def may_replace(node: Node, by: Sequence[Value]) -> bool:
    """Whether `by` may stand for the outputs of `node`: a sub-graph returns values of its own only."""
    graph = graph_of(node)
    if graph.parent is None:
        return True
    returned = set(graph.outputs)
    return not any(
        old in returned and (new.producer is None or new.producer.graph is not graph)
        for old, new in zip(node.outputs, by, strict=False)
    )


def add_beside(node: Node, op: Operation, *inputs: Value | None, count: int | None = 1) -> tuple[Value, ...]:
    """A new node in the name of `node`: same graph, layer and source line. The graph must be sorted
    afterwards."""
    return graph_of(node).add(op, inputs, count=count, layer=node.layer, source=node.source)


def constant_beside(node: Node, array: Array) -> Value:
    """A constant in the name of `node`."""
    return add_beside(node, o.Constant(value=array))[0]


def is_single(node: Node) -> bool:
    """Whether a node's only output has one reader, and is not returned."""
    if len(node.outputs) != 1:
        return False
    (output,) = node.outputs
    return len(output.uses) == 1 and output not in graph_of(node).outputs


def graph_of(node: Node) -> Graph:
    """The graph that holds `node`, which was not removed."""
    assert node.graph is not None
    return node.graph


def known(value: Value | None) -> Array | None:
    """What a value holds, where that are numbers (or strings of a constant), not symbols."""
    if value is None or value.known is None:
        return None
    if value.known.dtype == object and not is_constant(value.producer):
        return None
    return value.known


def is_constant(node: Node | None) -> bool:
    """Whether a node is a Constant."""
    return node is not None and isinstance(node.op, o.Constant)


def shape_of(value: Value) -> Shape | None:
    """The shape of a tensor, None where it is not known or the value is no tensor."""
    return value.type.shape if isinstance(value.type, TensorType) else None


def integers(value: Value | None) -> list[int] | None:
    """Known integers, as a list."""
    found = known(value)
    return None if found is None or found.dtype.kind not in "iu" else [int(i) for i in found.reshape(-1)]


def is_pure(node: Node) -> bool:
    """Whether a node does nothing but make its outputs, and always the same ones from the same inputs."""
    return not has_effect(node) and not is_random(node)


def has_effect(node: Node) -> bool:
    """Whether a run without the node could differ in more than the node's outputs: it may end the run."""
    return _is_assert(node) or any(_is_assert(n) for g in node.op.subgraphs for n in g.walk())


def is_random(node: Node) -> bool:
    """Whether two runs may give different results."""
    if node.op.name in RANDOM or (node.op.name == "Dropout" and not is_inference_dropout(node)):
        return True
    return any(is_random(n) for g in node.op.subgraphs for n in g.walk())


def is_inference_dropout(node: Node) -> bool:
    """Whether a Dropout hands its input on: it is told nothing, or that this is no training."""
    if len(node.inputs) < 3 or node.inputs[2] is None:
        return True
    training = known(node.inputs[2])
    return training is not None and not bool(training.any())


def _is_assert(node: Node) -> bool:
    return node.op.name == "Assert" and node.op.domain == "irkit"


def run(node: Node, inputs: Sequence[Array | None]) -> tuple[Array, ...] | None:
    """What the node's kernel makes of `inputs`; None when it fails, which then happens at run time again."""
    op = cast("o.Operator", node.op)
    extra = {"count": len(node.outputs)} if op.parameters.wants_count else {}
    try:
        with np.errstate(all="ignore"):
            result = op.run(*inputs, **extra)
    except Exception:  # noqa: BLE001  # a kernel may raise anything; the model is not run yet, so nobody is told
        return None
    return result[: len(node.outputs)] if isinstance(result, tuple) else (result,)
