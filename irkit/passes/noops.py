"""Nodes that hand on what they were given: Identity, Dropout outside of training, a Cast to the same type…"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeAlias, cast

import numpy as np

from irkit import operators as o
from irkit.passes.rewriting import (
    add_beside,
    graph_of,
    integers,
    is_inference_dropout,
    known,
    may_replace,
    replace,
    shape_of,
)

if TYPE_CHECKING:
    from irkit.ir import Graph, Node, Value
    from irkit.passes.report import Report

Rule: TypeAlias = Callable[["Node"], "Value | None"]


def remove_noops(graph: Graph, report: Report) -> bool:
    """Replace nodes by what they hand on."""
    count = len(report.witnesses)
    for each in list(graph.all_graphs()):
        before = len(report.witnesses)
        for node in list(each.nodes):
            rule = RULES.get(node.op.name) if node.op.domain == "" else None
            found = rule(node) if rule and node.outputs else None
            if found is not None and may_replace(node, [found]):
                by = [found, *[None] * (len(node.outputs) - 1)]
                replace(node, by, report, "remove_noops", f"{node.op.name} hands on its input")
        if len(report.witnesses) > before:
            each.sort()
    return len(report.witnesses) > count


def _same_type(node: Node) -> Value | None:
    """Operators that keep elements and their order: with the type unchanged they change nothing."""
    x = node.inputs[0]
    if x is None or x.type != node.outputs[0].type or getattr(x.type, "shape", ()) is None:
        return None
    return x


def _identity(node: Node) -> Value | None:
    return node.inputs[0]


def _dropout(node: Node) -> Value | None:
    mask_is_read = any(v.uses or v in graph_of(node).outputs for v in node.outputs[1:])
    return node.inputs[0] if not mask_is_read and is_inference_dropout(node) else None


def _transpose(node: Node) -> Value | None:
    perm = cast("o.Transpose", node.op).perm
    return node.inputs[0] if perm is not None and perm == tuple(range(len(perm))) else None


def _single(node: Node) -> Value | None:
    return node.inputs[0] if len(node.inputs) == 1 else None


def _pad(node: Node) -> Value | None:
    pads = integers(node.inputs[1])
    return node.inputs[0] if pads is not None and not any(pads) else None


def _reshape(node: Node) -> Value | None:
    """A Reshape that changes nothing, or that follows upon another one or upon moved ones, which then does
    not matter."""
    unchanged = _same_type(node)
    if unchanged is not None:
        return unchanged
    x, sizes = node.inputs[0], integers(node.inputs[1])
    if x is None or sizes is None or (0 in sizes and not cast("o.Reshape", node.op).allowzero):
        return None
    before = x
    while (
        before.producer is not None
        and _keeps_order(before.producer)
        and before.producer.inputs[0] is not None
    ):
        before = before.producer.inputs[0]
    if before is x:
        return None
    return add_beside(node, node.op, before, node.inputs[1])[0]


def _keeps_order(node: Node) -> bool:
    """Whether the elements of a node's output stand in memory as those of its input."""
    if node.op.name in ("Reshape", "Flatten", "Squeeze", "Unsqueeze"):
        return True
    return node.op.name == "Transpose" and moves_only_ones(node)


def moves_only_ones(node: Node) -> bool:
    """Whether a Transpose changes the places of sizes of 1 only."""
    shape = shape_of(node.inputs[0]) if node.inputs[0] is not None else None
    perm = cast("o.Transpose", node.op).perm
    if shape is None or perm is None:
        return False
    moved = [axis for axis in perm if shape[axis] != 1]
    return moved == sorted(moved)


def _neutral(number: int, positions: tuple[int, ...]) -> Rule:
    """x·1, 1·x, x/1, x − 0: where the neutral element does not change type or shape."""

    def rule(node: Node) -> Value | None:
        for i in positions:
            array, other = known(node.inputs[i]), node.inputs[1 - i]
            if array is None or other is None or array.size != 1 or array.dtype == object:
                continue
            if shape_of(other) is not None and other.type == node.outputs[0].type and np.all(array == number):
                return other
        return None

    return rule


RULES: Mapping[str, Rule] = {
    "Identity": _identity,
    "Dropout": _dropout,
    "Transpose": _transpose,
    "Pad": _pad,
    "Reshape": _reshape,
    **dict.fromkeys(("Cast", "CastLike", "Expand", "Flatten", "Squeeze", "Tile", "Unsqueeze"), _same_type),
    **dict.fromkeys(("Concat", "Max", "Mean", "Min", "Sum"), _single),
    "Div": _neutral(1, (1,)),
    "Mul": _neutral(1, (0, 1)),
    "Sub": _neutral(0, (1,)),
}
