"""Every output of a graph must be what a node of that same graph puts out, each once: else an Identity goes
between."""

from __future__ import annotations

from typing import TYPE_CHECKING

from irkit import operators
from irkit.ir.source import UNKNOWN

if TYPE_CHECKING:
    from irkit.ir import Graph, Value


def separate_outputs(graph: Graph) -> None:
    """Insert Identity where an output is an input, a weight, a constant, a value from around, or there
    twice."""
    for each in list(graph.all_graphs()):
        taken: set[Value] = set()
        outputs = []
        for value in each.outputs:
            node = value.producer
            if node is None or node.graph is not each or is_constant(node) or value in taken:
                (value,) = each.add(operators.Identity(), [value], source=node.source if node else UNKNOWN)
            taken.add(value)
            outputs.append(value)
        each.set_outputs(outputs)


def is_constant(node: object) -> bool:
    """Whether a node becomes an initializer."""
    return isinstance(getattr(node, "op", None), operators.Constant)
