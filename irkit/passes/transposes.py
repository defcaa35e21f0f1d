"""Transposes move towards the outputs until they meet their inverse, or somebody who needs them.

A channels_last layer is Transpose → Conv → Transpose. Between two such layers stand activations, additions,
paddings: when a transpose has passed through them, it cancels with the next layer's first.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias, cast

import numpy as np

from irkit import operators as o
from irkit.passes.axis_rules import AXIS_RULES
from irkit.passes.elementwise import ELEMENTWISE
from irkit.passes.rewriting import add_beside, constant_beside, graph_of, known, replace, shape_of

if TYPE_CHECKING:
    from irkit.ir import Graph, Node, Shape, Value
    from irkit.passes.report import Report

Perm: TypeAlias = tuple[int, ...]

RULE = "sink_transposes"
_LOOKED_AT = 16  # readers of a value among which an inverse transpose is looked for


def sink_transposes(graph: Graph, report: Report) -> bool:
    """Move each Transpose past the nodes that do not mind, and let neighbours cancel."""
    count = len(report.witnesses)
    for each in list(graph.all_graphs()):
        before = len(report.witnesses)
        pending = list(each.nodes)[::-1]
        while pending:
            _visit(pending.pop(), report)
        if len(report.witnesses) > before:
            each.sort()
    return len(report.witnesses) > count


def _visit(node: Node, report: Report) -> None:
    if node.op.domain or node.graph is None:
        return
    if isinstance(node.op, o.Transpose):
        _compose(node, report)
    elif node.op.name in ELEMENTWISE or node.op.name in AXIS_RULES:
        perm = _common_perm(node)
        if perm is not None:
            _sink(node, perm, report)


def perm_of(value: Value | None) -> Perm | None:
    """How the Transpose that makes `value` permutes; None when it comes from elsewhere."""
    node = value.producer if value is not None else None
    if node is None or not isinstance(node.op, o.Transpose):
        return None
    if node.op.perm is not None:
        return node.op.perm
    shape = shape_of(node.outputs[0])
    return None if shape is None else tuple(range(len(shape)))[::-1]


def inverse(perm: Perm) -> Perm:
    """The permutation that undoes `perm`."""
    return tuple(int(i) for i in np.argsort(perm))


def _compose(node: Node, report: Report) -> None:
    """Transpose of a Transpose is one, or none."""
    outer, inner = perm_of(node.outputs[0]), perm_of(node.inputs[0])
    if outer is None or inner is None:
        return
    source = _untransposed(node.inputs[0])
    both = tuple(inner[i] for i in outer)
    if both == tuple(range(len(both))):
        if not _would_leave(node, source):
            replace(node, [source], report, RULE, f"{inner} and {outer} cancel")
        return
    replace(node, add_beside(node, o.Transpose(perm=both), source), report, RULE, f"{inner}, then {outer}")


def _would_leave(node: Node, source: Value) -> bool:
    """Whether a sub-graph would then return a value from around it."""
    graph = graph_of(node)
    foreign = source.producer is None or source.producer.graph is not graph
    return graph.parent is not None and foreign and node.outputs[0] in graph.outputs


def _untransposed(value: Value | None) -> Value:
    assert value is not None
    assert value.producer is not None
    source = value.producer.inputs[0]
    assert source is not None
    return source


# ---- sinking


def _common_perm(node: Node) -> Perm | None:
    """The permutation of the inputs, when those that are transposed agree, and nobody else insists on
    them."""
    perms = {p for v in node.inputs if (p := perm_of(v)) is not None}
    if len(perms) != 1 or (len(node.outputs) != 1 and node.op.name != "Split"):
        return None
    (perm,) = perms
    moved = [v for v in node.inputs if perm_of(v) is not None]
    return perm if all(_all_willing(v) for v in moved if v is not None) else None


def _all_willing(value: Value) -> bool:
    """Whether every reader could take the value untransposed: else the Transpose would stay, and another one
    come."""
    node = value.producer
    assert node is not None
    if value in graph_of(node).outputs:
        return False
    return all(
        user.graph is node.graph
        and not user.op.domain
        and (user.op.name in ELEMENTWISE or user.op.name in AXIS_RULES or isinstance(user.op, o.Transpose))
        for user, _ in value.uses
    )


def _sink(node: Node, perm: Perm, report: Report) -> None:
    rule = AXIS_RULES.get(node.op.name)
    if rule is not None:
        if not all(perm_of(v) is not None for v in rule.tensors(node)):
            return
        sources = [_untransposed(v) for v in rule.tensors(node)]
        made = rule.rewrite(node, sources, perm)
    else:
        made = _elementwise(node, perm)
    if made is not None:
        values, after = made
        results = [
            v if after == tuple(range(len(after))) else add_beside(node, o.Transpose(perm=after), v)[0]
            for v in values
        ]
        replace(node, results, report, RULE, f"{node.op.name} does not mind {perm}")


def _elementwise(node: Node, perm: Perm) -> tuple[Sequence[Value], Perm] | None:
    shape = shape_of(node.outputs[0])
    if shape is None or len(shape) != len(perm):
        return None
    if not all(v is None or perm_of(v) is not None or _can_follow(v, shape, perm) for v in node.inputs):
        return None
    inputs = [None if v is None else _followed(node, v, perm) for v in node.inputs]
    return add_beside(node, node.op, *inputs), perm


def _followed(node: Node, value: Value, perm: Perm) -> Value:
    if perm_of(value) is not None:
        return _untransposed(value)
    return _existing_inverse(value, perm) or _permuted(node, value, perm)


def _existing_inverse(value: Value, perm: Perm) -> Value | None:
    """`value` as it would be before the transpose, when somebody has already made that."""
    wanted = inverse(perm)
    for i, (user, _) in enumerate(value.uses):
        if i >= _LOOKED_AT:
            break
        if isinstance(user.op, o.Transpose) and perm_of(user.outputs[0]) == wanted:
            return user.outputs[0]
    return None


def _can_follow(value: Value, shape: Shape, perm: Perm) -> bool:
    """Whether an input that is not transposed may be permuted instead: constants and what is stretched are
    small."""
    own = shape_of(value)
    if own is None or len(own) > len(shape):
        return False
    if known(value) is not None or _existing_inverse(value, perm) is not None or len(own) < len(shape):
        return True
    return any(size == 1 and full != 1 for size, full in zip(own, shape, strict=True)) or set(own) == {1}


def _permuted(node: Node, value: Value, perm: Perm) -> Value:
    """A small input, aligned to the rank of the others and permuted the other way."""
    own = cast("Shape", shape_of(value))
    back, missing = inverse(perm), len(perm) - len(own)
    full = (1,) * missing + own
    if all(size == 1 for size in own) and (missing or perm_of(value) is None):
        return value
    content = known(value)
    if content is not None:
        return constant_beside(
            node, np.ascontiguousarray(content.reshape(cast("tuple[int, ...]", full)).transpose(back))
        )
    permuted = [full[i] for i in back]
    order = [i for i in back if full[i] != 1]
    if order == sorted(order) and all(isinstance(size, int) for size in full):
        sizes = constant_beside(node, np.array(_stripped(permuted), np.int64))
        return add_beside(node, o.Reshape(), value, sizes)[0]
    if missing:
        axes = constant_beside(node, np.arange(missing, dtype=np.int64))
        (value,) = add_beside(node, o.Unsqueeze(), value, axes)
    return add_beside(node, o.Transpose(perm=back), value)[0]


def _stripped(sizes: Sequence[object]) -> list[object]:
    """Without ones in front, which broadcasting adds again."""
    first = next((i for i, size in enumerate(sizes) if size != 1), len(sizes))
    return list(sizes[first:])
