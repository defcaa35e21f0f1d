"""A Pad before a convolution or a pooling becomes a part of it.

Where a MaxPool sees nothing but zeros, their sign is not promised.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, cast

from irkit import operators as o
from irkit.passes.rewriting import add_beside, integers, is_single, known, replace, shape_of

if TYPE_CHECKING:
    from irkit.ir import Graph, Node, Value
    from irkit.passes.report import Report

_NOT_NEGATIVE = frozenset(
    {"Abs", "Exp", "Relu", "Sigmoid", "Softmax", "Sqrt"}
)  # what their results never are


def join_pads(graph: Graph, report: Report) -> bool:
    """Let Conv, MaxPool and AveragePool pad with zeros themselves."""
    count = len(report.witnesses)
    for each in list(graph.all_graphs()):
        before = len(report.witnesses)
        for node in list(each.nodes):
            if node.op.name in ("Conv", "MaxPool", "AveragePool") and not node.op.domain:
                _join(node, report)
        if len(report.witnesses) > before:
            each.sort()
    return len(report.witnesses) > count


def _join(node: Node, report: Report) -> None:
    found = _padding(node)
    op = cast("Any", node.op)
    if found is None or op.auto_pad != "NOTSET":
        return
    padding, perm = found
    pads = _spatial_zeros(padding, perm)
    if pads is None or not _allows(node, padding, pads):
        return
    own = op.pads or (0,) * len(pads)
    changed: dict[str, object] = {"pads": tuple(a + b for a, b in zip(own, pads, strict=True))}
    if node.op.name == "AveragePool":
        changed["count_include_pad"] = True
    new = dataclasses.replace(op, **changed)
    source = (
        padding.inputs[0] if perm is None else add_beside(node, o.Transpose(perm=perm), padding.inputs[0])[0]
    )
    made = add_beside(node, new, source, *node.inputs[1:], count=len(node.outputs))
    replace(node, made, report, "join_pads", f"{node.op.name} pads with zeros itself")


def _padding(node: Node) -> tuple[Node, tuple[int, ...] | None] | None:
    """The Pad before `node`, and how its output is transposed on the way."""
    maker = node.inputs[0].producer if node.inputs[0] is not None else None
    perm = None
    if (
        maker is not None
        and isinstance(maker.op, o.Transpose)
        and maker.op.perm is not None
        and is_single(maker)
    ):
        perm = maker.op.perm
        maker = maker.inputs[0].producer if maker.inputs[0] is not None else None
    if maker is None or maker.op.name != "Pad" or maker.op.domain or maker.graph is not node.graph:
        return None
    return maker, perm


def _spatial_zeros(padding: Node, perm: tuple[int, ...] | None) -> list[int] | None:
    """How many zeros a Pad puts before and behind each spatial axis; None when it does something else."""
    op = cast("Any", padding.op)
    pads, value = integers(padding.inputs[1]), padding.inputs[2] if len(padding.inputs) > 2 else None
    axes = padding.inputs[3] if len(padding.inputs) > 3 else None
    if op.mode != "constant" or pads is None or axes is not None or any(p < 0 for p in pads):
        return None
    number = known(value)
    if value is not None and (number is None or number.any()):
        return None
    rank = len(pads) // 2
    if perm is not None:
        pads = [pads[k] for k in perm] + [pads[rank + k] for k in perm]
    if rank < 3 or any(pads[i] or pads[rank + i] for i in (0, 1)):
        return None
    return pads[2:rank] + pads[rank + 2 :]


def _allows(node: Node, padding: Node, pads: list[int]) -> bool:
    """Poolings leave their own padding out: that is the same where every window meets an element, and where zeros do
    not win (MaxPool) or are counted (AveragePool)."""
    op = cast("Any", node.op)
    if node.op.name == "Conv":
        return True
    if op.ceil_mode or op.dilations not in (None, (1,) * (len(pads) // 2)) or len(node.outputs) > 1:
        return False
    if any(p >= size for p, size in zip(pads, op.kernel_shape * 2, strict=True)):
        return False
    if node.op.name == "AveragePool":
        return bool(op.count_include_pad) or not any(op.pads or ())
    return not any(op.pads or ()) and _is_not_negative(padding.inputs[0])


def _is_not_negative(value: Value | None) -> bool:
    node = value.producer if value is not None else None
    return (
        node is not None
        and not node.op.domain
        and node.op.name in _NOT_NEGATIVE
        and shape_of(node.outputs[0]) is not None
    )
