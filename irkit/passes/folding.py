"""Constant folding: nodes whose inputs are known run now, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from irkit import operators as o
from irkit.ir import TensorType
from irkit.passes.rewriting import constant_beside, is_constant, is_pure, known, replace, run

if TYPE_CHECKING:
    from collections.abc import Sequence

    from irkit.ir import Array, Graph, Node
    from irkit.passes.report import Report

BUDGET = 1 << 20  # bytes that one node may turn into, unless its inputs have as many


def fold_constants(graph: Graph, report: Report, *, budget: int = BUDGET) -> bool:
    """Replace what is known by Constants. Weights are not known: they can be set. budget: bytes for one node."""
    count = len(report.witnesses)
    for each in list(graph.all_graphs()):
        before = len(report.witnesses)
        for node in list(each.nodes):
            _fold(node, report, budget)
        if len(report.witnesses) > before:
            each.sort()
    return len(report.witnesses) > count


def _fold(node: Node, report: Report, budget: int) -> None:
    if is_constant(node) or node.op.subgraphs or not is_pure(node):
        return
    found = _contents(node, budget)
    if found is None:
        return
    constants = [constant_beside(node, array) for array in found]
    replace(node, constants, report, "fold_constants", f"{node.op.name} of what is known")


def _contents(node: Node, budget: int) -> list[Array] | None:
    """The outputs of `node`, when they are known or can be computed now within the budget."""
    from_shapes = [known(v) for v in node.outputs]
    if all(k is not None for k in from_shapes):
        return [k for k in from_shapes if k is not None]
    inputs = [known(v) for v in node.inputs]
    if not inputs or any(x is None for x, v in zip(inputs, node.inputs, strict=True) if v is not None):
        return None
    given = sum(x.nbytes for x in inputs if x is not None)
    if _stated_bytes(node) > max(budget, given):
        return None
    results = _filled(node, inputs) or run(node, inputs)
    if results is None or not all(isinstance(x, np.ndarray) for x in results):
        return None
    return list(results) if sum(x.nbytes for x in results) <= max(budget, given) else None


def _filled(node: Node, inputs: Sequence[Array | None]) -> tuple[Array, ...] | None:
    """One number seen many times: what ConstantOfShape gives needs no memory before it is written down."""
    if not isinstance(node.op, o.ConstantOfShape) or inputs[0] is None:
        return None
    number = np.zeros(1, np.float32) if node.op.value is None else node.op.value
    return (np.broadcast_to(number.reshape(()), tuple(int(n) for n in inputs[0])),)


def _stated_bytes(node: Node) -> int:
    """A lower bound of what the outputs take, from their types."""
    total = 0
    for value in node.outputs:
        size = value.type.size if isinstance(value.type, TensorType) else None
        total += size if isinstance(size, int) else 0
    return total
