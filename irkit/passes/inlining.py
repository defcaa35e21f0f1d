"""Control flow that is known before: an If whose condition is known, a Loop of few turns.

If(True, then, else) = then          Loop(3, True, body) = body, body, body
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

import numpy as np

from irkit import operators as o
from irkit.ir import captured
from irkit.ir.extract import copy_nodes
from irkit.passes.rewriting import (
    add_beside,
    constant_beside,
    graph_of,
    integers,
    is_constant,
    known,
    replace,
)

if TYPE_CHECKING:
    from irkit.ir import Graph, Node, Value
    from irkit.passes.report import Report

MAX_TURNS = 16  # of a loop that is unrolled
MAX_NODES = 128  # that it may become


def inline_known(graph: Graph, report: Report) -> bool:
    """Put the nodes of known branches and short loops in the place of the If or Loop."""
    count = len(report.witnesses)
    for each in list(graph.all_graphs()):
        before = len(report.witnesses)
        for node in list(each.nodes):
            if node.graph is not each or node.op.domain:
                continue  # it went with the graph around it
            if isinstance(node.op, o.If):
                _choose(node, report)
            elif isinstance(node.op, o.Loop):
                _unroll(node, report)
        if len(report.witnesses) > before:
            each.sort()
    return len(report.witnesses) > count


def _inlined(node: Node, body: Graph, inputs: Sequence[Value]) -> list[Value]:
    """Copies of the nodes of `body`, beside `node`; what they return."""
    mapping = {v: v for v in captured(node)}
    mapping.update(zip(body.inputs, inputs, strict=True))
    copy_nodes(list(body.nodes), graph_of(node), mapping, {})
    return [mapping[v] for v in body.outputs]


def _own(node: Node, value: Value) -> Value:
    """`value` as one that the node's graph may return: through Identity, where it comes from outside."""
    graph = graph_of(node)
    if graph.parent is None or (value.producer is not None and value.producer.graph is graph):
        return value
    return add_beside(node, o.Identity(), value)[0]


def _choose(node: Node, report: Report) -> None:
    op, condition = cast("o.If", node.op), known(node.inputs[0])
    if condition is None or condition.size != 1:
        return
    body = op.then_branch if condition.reshape(-1)[0] else op.else_branch
    outputs = [_own(node, v) for v in _inlined(node, body, ())]
    replace(
        node, outputs, report, "inline_known", f"the condition is always {bool(condition.reshape(-1)[0])}"
    )


def _unroll(node: Node, report: Report) -> None:
    body = cast("o.Loop", node.op).body
    turns = _turns(node, body)
    if turns is None or turns > MAX_TURNS or turns * sum(1 for _ in body.walk()) > MAX_NODES:
        return
    carried = [v for v in node.inputs[2:] if v is not None]
    slices: list[list[Value]] = [[] for _ in node.outputs[len(carried) :]]
    if len(carried) < len(node.inputs) - 2 or (slices and not turns):
        return
    for turn in range(turns):
        given = [constant_beside(node, np.array(turn, np.int64)), constant_beside(node, np.array(True))]
        results = _inlined(node, body, [*given, *carried])[1:]
        carried = results[: len(carried)]
        for pieces, piece in zip(slices, results[len(carried) :], strict=True):
            pieces.append(piece)
    stacked = [_stacked(node, pieces) for pieces in slices]
    outputs = [_own(node, v) for v in carried] + stacked
    replace(node, outputs, report, "inline_known", f"always {turns} turns")


def _turns(node: Node, body: Graph) -> int | None:
    """How often a Loop turns, when that is certain."""
    limit = integers(node.inputs[0]) if node.inputs and node.inputs[0] is not None else None
    condition = node.inputs[1] if len(node.inputs) > 1 else None
    first = known(condition)
    if limit is None or (condition is not None and (first is None or not first.all())):
        return None
    result = body.outputs[0]
    while result.producer is not None and result.producer.op.name == "Identity" and result.producer.inputs[0]:
        result = result.producer.inputs[0]
    again = known(result) if is_constant(result.producer) else None
    goes_on = result is body.inputs[1] or (again is not None and bool(again.all()))
    return max(0, limit[0]) if goes_on else None


def _stacked(node: Node, pieces: Sequence[Value]) -> Value:
    axes = constant_beside(node, np.zeros(1, np.int64))
    return add_beside(node, o.Concat(axis=0), *[add_beside(node, o.Unsqueeze(), p, axes)[0] for p in pieces])[
        0
    ]
