"""Common subexpressions: of equal nodes with equal inputs one is enough."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, cast

import numpy as np

from irkit.passes.rewriting import is_pure, may_replace, replace

if TYPE_CHECKING:
    from irkit.ir import Graph, Node
    from irkit.operators import Operator
    from irkit.passes.report import Report


def share_common(graph: Graph, report: Report) -> bool:
    """Let one node stand for all that compute the same in the same graph."""
    count = len(report.witnesses)
    for each in list(graph.all_graphs()):
        first: dict[Hashable, Node] = {}
        for node in list(each.nodes):
            if node.op.subgraphs or not node.outputs or not is_pure(node):
                continue
            twin = first.setdefault(_key(node, report), node)
            if twin is not node and may_replace(node, twin.outputs):
                replace(node, twin.outputs, report, "share_common", f"equals an earlier {node.op.name}")
    return len(report.witnesses) > count


def _key(node: Node, report: Report) -> Hashable:
    op = cast("Operator", node.op)
    attributes = tuple((name, _hashable(value, report)) for name, value in sorted(op.attributes().items()))
    return op.domain, op.name, attributes, node.inputs, len(node.outputs)


def _hashable(value: object, report: Report) -> Hashable:
    if isinstance(value, float):
        return repr(value)  # since -0.0 is not 0.0
    if isinstance(value, np.ndarray):
        return report.contents.key(value)
    assert isinstance(value, Hashable)
    return type(value), value
