"""Algebra that changes no bit: x²  as x·x, −(−x), a slice of everything, parts joined again as they were."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias, cast

import numpy as np

from irkit import operators as o
from irkit.ir import DType, TensorType
from irkit.ir.types import FLOATS, INTEGERS, UNSIGNED
from irkit.passes.rewriting import (
    add_beside,
    constant_beside,
    integers,
    known,
    may_replace,
    replace,
    shape_of,
)

if TYPE_CHECKING:
    from irkit.ir import Graph, Node, Value
    from irkit.passes.report import Report

Rule: TypeAlias = Callable[["Node"], "Value | None"]


def simplify(graph: Graph, report: Report) -> bool:
    """Replace nodes by fewer or cheaper ones that give the same bits."""
    count = len(report.witnesses)
    for each in list(graph.all_graphs()):
        before = len(report.witnesses)
        for node in list(each.nodes):
            rules = RULES.get(node.op.name, ()) if node.op.domain == "" and len(node.outputs) == 1 else ()
            for why, rule in rules:
                found = rule(node)
                if found is not None and may_replace(node, [found]):
                    replace(node, [found], report, "simplify", why)
                    break
        if len(report.witnesses) > before:
            each.sort()
    return len(report.witnesses) > count


def _inner(node: Node, *names: str) -> Node | None:
    """The node that makes the first input, when it is one of these."""
    inner = node.inputs[0].producer if node.inputs and node.inputs[0] is not None else None
    return inner if inner is not None and not inner.op.domain and inner.op.name in names else None


def _twice(node: Node) -> Value | None:
    inner = _inner(node, node.op.name)
    return None if inner is None else inner.inputs[0]


def _again(*names: str) -> Rule:
    """f(g(x)) = g(x)"""

    def rule(node: Node) -> Value | None:
        inner = _inner(node, *names)
        return None if inner is None else inner.outputs[0]

    return rule


def _abs_of_neg(node: Node) -> Value | None:
    inner = _inner(node, "Neg")
    return None if inner is None else add_beside(node, node.op, inner.inputs[0])[0]


# Every number of the first type is one of the second.
_WIDENING: Mapping[DType, frozenset[DType]] = {
    DType.float16: frozenset({DType.float32, DType.float64}),
    DType.bfloat16: frozenset({DType.float32, DType.float64}),
    DType.float32: frozenset({DType.float64}),
    DType.bool: INTEGERS | FLOATS,
    DType.uint8: frozenset(
        {DType.uint16, DType.int16, DType.int32, DType.int64, DType.float32, DType.float64}
    ),
    DType.int8: frozenset({DType.int16, DType.int32, DType.int64, DType.float32, DType.float64}),
    DType.int16: frozenset({DType.int32, DType.int64, DType.float32, DType.float64}),
    DType.int32: frozenset({DType.int64, DType.float64}),
}


def _cast_of_cast(node: Node) -> Value | None:
    inner = _inner(node, "Cast")
    source = inner.inputs[0] if inner is not None else None
    if inner is None or source is None or not isinstance(source.type, TensorType):
        return None
    between, to = cast("Any", inner.op).to, cast("Any", node.op).to
    if between not in _WIDENING.get(source.type.dtype, ()) or _wraps(source.type.dtype, to):
        return None
    return add_beside(node, node.op, source)[0]


def _wraps(source: DType, to: DType) -> bool:
    """Whether a direct cast could differ from one on the way over a wider type: signed to unsigned, float to int."""
    same = {source, to} <= FLOATS or (source in INTEGERS and to in FLOATS) or source is DType.bool
    return not same and not (
        source in INTEGERS and to in INTEGERS and (to not in UNSIGNED or source in UNSIGNED)
    )


def _power(node: Node) -> Value | None:
    x, exponent = node.inputs[0], known(node.inputs[1])
    if (
        x is None
        or exponent is None
        or exponent.size != 1
        or x.type != node.outputs[0].type
        or not _is_float(x)
    ):
        return None
    if exponent.reshape(-1)[0] == 1:
        return x
    return add_beside(node, o.Mul(), x, x)[0] if exponent.reshape(-1)[0] == 2 else None


def _division(node: Node) -> Value | None:
    """By a power of two, whose reciprocal is exact."""
    x, divisor = node.inputs[0], known(node.inputs[1])
    if x is None or divisor is None or not _is_float(x) or divisor.dtype not in (np.float32, np.float64):
        return None
    mantissa, exponent = np.frexp(divisor)
    if divisor.size == 0 or (np.abs(mantissa) != 0.5).any() or (np.abs(exponent) > 100).any():
        return None
    return add_beside(node, o.Mul(), x, constant_beside(node, np.asarray(1 / divisor, divisor.dtype)))[0]


def _is_float(value: Value) -> bool:
    return isinstance(value.type, TensorType) and value.type.dtype in (DType.float32, DType.float64)


def _where(node: Node) -> Value | None:
    condition = known(node.inputs[0])
    a, b = node.inputs[1:3]
    chosen = a if a is b or (condition is not None and condition.all()) else None
    chosen = b if chosen is None and condition is not None and not condition.any() else chosen
    return chosen if chosen is not None and chosen.type == node.outputs[0].type else None


def _logic(neutral: bool) -> Rule:
    """x and True, x or False."""

    def rule(node: Node) -> Value | None:
        for position in (0, 1):
            other, array = node.inputs[1 - position], known(node.inputs[position])
            same = other is not None and other.type == node.outputs[0].type
            if same and array is not None and (array == neutral).all():
                return other
        return None

    return rule


def _sum_of_two(node: Node) -> Value | None:
    return add_beside(node, o.Add(), *node.inputs)[0] if len(node.inputs) == 2 else None


def _whole_slice(node: Node) -> Value | None:
    x = node.inputs[0]
    steps = integers(node.inputs[4]) if len(node.inputs) > 4 and node.inputs[4] is not None else [1]
    if x is None or steps is None or any(step != 1 for step in steps) or shape_of(x) is None:
        return None
    return x if x.type == node.outputs[0].type else None


def _flat_concat(node: Node) -> Value | None:
    """Of concatenations along the same axis."""
    op, inputs = cast("o.Concat", node.op), list[Any]()
    rank = len(shape_of(node.outputs[0]) or ())
    for value in node.inputs:
        inner = value.producer if value is not None else None
        joins = (
            inner is not None and isinstance(inner.op, o.Concat) and len(value.uses) == 1 if value else False
        )
        if joins and inner is not None and rank and cast("o.Concat", inner.op).axis % rank == op.axis % rank:
            inputs += inner.inputs
        else:
            inputs.append(value)
    return add_beside(node, op, *inputs)[0] if len(inputs) > len(node.inputs) else None


def _rejoined(node: Node) -> Value | None:
    """All parts of a Split, joined along the same axis."""
    split = _inner(node, "Split")
    if split is None or tuple(node.inputs) != split.outputs or split.inputs[0] is None:
        return None
    rank = len(shape_of(node.outputs[0]) or ())
    axes = {cast("Any", n.op).axis % rank for n in (node, split)} if rank else {0, 1}
    return split.inputs[0] if len(axes) == 1 and split.inputs[0].type == node.outputs[0].type else None


RULES: Mapping[str, Sequence[tuple[str, Rule]]] = {
    "Neg": [("−(−x) = x", _twice)],
    "Not": [("not not x = x", _twice)],
    "Abs": [
        ("|−x| = |x|", _abs_of_neg),
        ("|x| is not negative", _again("Abs", "Exp", "Sigmoid")),
    ],
    "Relu": [("it is not negative", _again("Relu", "Abs", "Exp", "Sigmoid", "Softmax"))],
    "Floor": [("it is whole", _again("Floor", "Ceil", "Round"))],
    "Ceil": [("it is whole", _again("Floor", "Ceil", "Round"))],
    "Round": [("it is whole", _again("Floor", "Ceil", "Round"))],
    "Sign": [("the sign of a sign", _again("Sign"))],
    "Cast": [("the first cast loses nothing", _cast_of_cast)],
    "Pow": [("x² = x·x", _power)],
    "Div": [("the reciprocal of a power of two is exact", _division)],
    "Where": [("the choice is known", _where)],
    "And": [("and True", _logic(True))],
    "Or": [("or False", _logic(False))],
    "Sum": [("the sum of two", _sum_of_two)],
    "Slice": [("a slice of everything", _whole_slice)],
    "Concat": [("the parts of one Split", _rejoined), ("concatenations in a concatenation", _flat_concat)],
}
