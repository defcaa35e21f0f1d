"""Nodes that nobody reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from irkit.passes.rewriting import has_effect

if TYPE_CHECKING:
    from irkit.ir import Graph
    from irkit.passes.report import Report


def dead_code(graph: Graph, report: Report) -> bool:
    """Remove nodes whose outputs are neither read nor returned, unless they may end the run (Assert)."""
    count = len(report.witnesses)
    for each in reversed(list(graph.all_graphs())):
        returned = set(each.outputs)
        for node in reversed(list(each.nodes)):
            if any(v.uses or v in returned for v in node.outputs) or has_effect(node):
                continue
            report.note("dead_code", node, (), "nothing reads it")
            each.remove(node)
    return len(report.witnesses) > count
