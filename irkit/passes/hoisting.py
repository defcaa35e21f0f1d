"""What is the same in every turn of a loop is computed once, before it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from irkit.ir.types import FLOATS, TensorType
from irkit.passes.elementwise import ELEMENTWISE
from irkit.passes.rewriting import graph_of

if TYPE_CHECKING:
    from irkit.ir import Graph, Node
    from irkit.passes.report import Report

# Operators that cannot fail once their types fit: they may also run where the loop would not turn at all.
_SAFE = ELEMENTWISE | {"Constant", "MatMul", "Gemm", "Softmax", "Transpose", "Unsqueeze"}
_INTEGER_TRAPS = frozenset({"Div", "Mod", "Pow", "BitShift"})


def hoist_invariants(graph: Graph, report: Report) -> bool:
    """Move nodes of loop bodies that read nothing of the turn before the loop; inner loops first, so that what is
    invariant in several moves all the way out in a few rounds."""
    count = len(report.witnesses)
    loops = [n for n in graph.walk() if n.op.name in ("Loop", "Scan") and not n.op.domain]
    for loop in reversed(loops):
        before = len(report.witnesses)
        for body in loop.op.subgraphs:
            for node in list(body.nodes):
                _hoist(node, body, loop, report)
        if len(report.witnesses) > before:
            graph_of(loop).sort()
    return len(report.witnesses) > count


def _hoist(node: Node, body: Graph, loop: Node, report: Report) -> None:
    if not _is_safe(node) or any(v in body.outputs for v in node.outputs):
        return
    inside = set(body.inputs)
    if any(v is not None and (v in inside or _is_made_in(v.producer, body)) for v in node.inputs):
        return
    outer = graph_of(loop)
    made = outer.add(node.op, node.inputs, count=len(node.outputs), layer=node.layer, source=node.source)
    report.note("hoist_invariants", node, made, f"it is the same in every turn of {loop.op.name}")
    for old, new in zip(node.outputs, made, strict=True):
        body.replace_uses(old, new)
    body.remove(node)


def _is_made_in(producer: Node | None, body: Graph) -> bool:
    return producer is not None and producer.graph is body


def _is_safe(node: Node) -> bool:
    if node.op.domain or node.op.name not in _SAFE or node.op.name == "Dropout":
        return False
    types = [v.type for v in node.outputs]
    if not all(isinstance(t, TensorType) and t.is_static for t in types):
        return False  # an open size may hide a mismatch that only the turn would tell
    floats = all(isinstance(t, TensorType) and t.dtype in FLOATS for t in types)
    return floats or node.op.name not in _INTEGER_TRAPS
