"""Formulas that have an operator of their own: GELU and layer normalisation, written out by exporters.

    0.5·x·(1 + erf(x/√2)) = Gelu(x)
    (x − mean)/√(variance + ε)·γ + β = LayerNormalization(x, γ, β)

The operators round differently than their formulas.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from irkit import operators as o
from irkit.ir.types import FLOATS, TensorType
from irkit.passes.rewriting import (
    add_beside,
    constant_beside,
    integers,
    is_single,
    known,
    may_replace,
    replace,
    shape_of,
)

if TYPE_CHECKING:
    from irkit.ir import Graph, Node, Value
    from irkit.passes.report import Report

_CLOSE = 1e-5  # relative difference of a constant that somebody rounded


def recognise(graph: Graph, report: Report) -> bool:
    """Put one operator in the place of a known formula."""
    count = len(report.witnesses)
    for each in list(graph.all_graphs()):
        before = len(report.witnesses)
        for node in list(each.nodes):
            if node.graph is None or node.op.domain:
                continue
            if node.op.name in ("Erf", "Tanh"):
                _gelu(node, report)
            elif node.op.name == "Div":
                _layer_normalisation(node, report)
        if len(report.witnesses) > before:
            each.sort()
    return len(report.witnesses) > count


def _is(value: Value | None, number: float) -> bool:
    """Whether `value` is this constant, or rounded to it."""
    array = known(value)
    return (
        array is not None
        and array.size == 1
        and math.isclose(float(array.reshape(-1)[0]), number, rel_tol=_CLOSE)
    )


def _made_by(value: Value | None, name: str) -> Node | None:
    node = value.producer if value is not None else None
    return node if node is not None and node.op.name == name and not node.op.domain else None


def _other(node: Node, number: float) -> Value | None:
    """The operand of a commutative node whose other one is `number`."""
    a, b = node.inputs
    return a if _is(b, number) else b if _is(a, number) else None


def _only_reader(value: Value, name: str) -> Node | None:
    node = value.producer
    if node is None or not is_single(node):
        return None
    reader = next(iter(value.uses))[0]
    same = reader.op.name == name and not reader.op.domain and reader.graph is node.graph
    return reader if same else None


# ---- GELU


def _gelu(node: Node, report: Report) -> None:
    x = _inside_erf(node) if node.op.name == "Erf" else _inside_tanh(node)
    one_more = _only_reader(node.outputs[0], "Add")
    if x is None or one_more is None or _other(one_more, 1.0) is not node.outputs[0]:
        return
    last = _product_with(one_more.outputs[0], x)
    if last is None or last.outputs[0].type != x.type or not _is_float(x):
        return
    op = o.Gelu(approximate="none" if node.op.name == "Erf" else "tanh")
    made = add_beside(last, op, x)
    if may_replace(last, made):
        replace(last, made, report, "recognise", "it is the formula of Gelu")


def _inside_erf(node: Node) -> Value | None:
    """x of erf(x/√2)."""
    scaled = _made_by(node.inputs[0], "Mul")
    if scaled is not None:
        return _other(scaled, math.sqrt(0.5))
    divided = _made_by(node.inputs[0], "Div")
    return divided.inputs[0] if divided is not None and _is(divided.inputs[1], math.sqrt(2)) else None


def _inside_tanh(node: Node) -> Value | None:
    """x of tanh(√(2/π)·(x + 0.044715·x³))."""
    scaled = _made_by(node.inputs[0], "Mul")
    total = _made_by(_other(scaled, math.sqrt(2 / math.pi)), "Add") if scaled is not None else None
    if total is None:
        return None
    for x, cubic in (total.inputs, total.inputs[::-1]):
        product = _made_by(cubic, "Mul")
        if product is not None and _is_cube(_other(product, 0.044715), x):
            return x
    return None


def _is_cube(value: Value | None, x: Value | None) -> bool:
    power = _made_by(value, "Pow")
    if power is not None:
        return power.inputs[0] is x and _is(power.inputs[1], 3)
    product = _made_by(value, "Mul")
    squares = [_made_by(v, "Mul") for v in product.inputs] if product is not None else []
    square = next((s for s in squares if s is not None and set(s.inputs) == {x}), None)
    return product is not None and square is not None and x in product.inputs


def _product_with(value: Value, x: Value) -> Node | None:
    """The node that ends the product of `value`, x and 0.5, in whatever order."""
    missing = {"x", "half"}
    while missing:
        node = _only_reader(value, "Mul")
        if node is None:
            return None
        other = next((v for v in node.inputs if v is not value), None)
        inner = _made_by(other, "Mul")
        if "half" in missing and _is(other, 0.5):
            missing.remove("half")
        elif "x" in missing and other is x:
            missing.remove("x")
        elif len(missing) == 2 and inner is not None and _other(inner, 0.5) is x:
            missing.clear()
        else:
            return None
        value = node.outputs[0]
    return value.producer


def _is_float(value: Value) -> bool:
    return isinstance(value.type, TensorType) and value.type.dtype in FLOATS


# ---- layer normalisation


def _layer_normalisation(node: Node, report: Report) -> None:
    found = _normalised(node)
    if found is None:
        return
    x, epsilon = found
    size = (shape_of(x) or (None,))[-1]
    if not isinstance(size, int) or not _is_float(x):
        return
    last, gamma = _with_vector(node, "Mul", size)
    last, beta = _with_vector(last, "Add", size)
    dtype = cast("TensorType", x.type).dtype.numpy
    gamma = gamma or constant_beside(node, np.ones(size, dtype))
    inputs = [x, gamma, *([beta] if beta is not None else [])]
    made = add_beside(last, o.LayerNormalization(axis=-1, epsilon=epsilon), *inputs)
    if made[0].type == last.outputs[0].type and may_replace(last, made):
        replace(last, made, report, "recognise", "it is the formula of LayerNormalization")


def _normalised(node: Node) -> tuple[Value, float] | None:
    """x and ε of (x − mean(x))/√(mean((x − mean(x))²) + ε)."""
    centred, root = node.inputs[0], _made_by(node.inputs[1], "Sqrt")
    total = _made_by(root.inputs[0], "Add") if root is not None else None
    difference = _made_by(centred, "Sub")
    if total is None or difference is None:
        return None
    for variance, epsilon in (total.inputs, total.inputs[::-1]):
        number, mean = known(epsilon), _mean_of(variance)
        if number is None or number.size != 1 or mean is None or not _is_square(mean, centred):
            continue
        x = difference.inputs[0]
        return (
            (x, float(number.reshape(-1)[0]))
            if x is not None and _mean_of(difference.inputs[1]) is x
            else None
        )
    return None


def _mean_of(value: Value | None) -> Value | None:
    """What a mean along the last axis, which is kept, is of."""
    node = _made_by(value, "ReduceMean")
    source = node.inputs[0] if node is not None else None
    if node is None or source is None or not cast("Any", node.op).keepdims or len(node.inputs) < 2:
        return None
    rank = len(shape_of(source) or ())
    return source if integers(node.inputs[1]) in ([-1], [rank - 1]) and rank else None


def _is_square(value: Value, of: Value | None) -> bool:
    product = _made_by(value, "Mul")
    if product is not None:
        return set(product.inputs) == {of}
    power = _made_by(value, "Pow")
    return power is not None and power.inputs[0] is of and _is(power.inputs[1], 2)


def _with_vector(node: Node, name: str, size: int) -> tuple[Node, Value | None]:
    """The node behind, when it combines with a vector of the last axis, and that vector; else `node` itself."""
    value = node.outputs[0]
    reader = _only_reader(value, name)
    other = next((v for v in reader.inputs if v is not value), None) if reader is not None else None
    if (
        reader is None
        or other is None
        or shape_of(other) != (size,)
        or getattr(other.type, "dtype", 0) != getattr(value.type, "dtype", 1)
    ):
        return node, None
    return reader, other
