"""Scales and shifts behind a convolution, a matrix product or a BatchNormalization go into its constants.

    Conv(x, w, b)·s + t = Conv(x, w·s, b·s + t)

It rounds differently, and it needs constants (weights can be set), so it is not done by default.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias, cast

import numpy as np

from irkit.passes.affine import Affine, affine_of, channels, parameters
from irkit.passes.rewriting import (
    add_beside,
    constant_beside,
    graph_of,
    is_single,
    known,
    may_replace,
    replace,
    shape_of,
)

if TYPE_CHECKING:
    from irkit import operators as o
    from irkit.ir import Array, Graph, Node, Value
    from irkit.passes.report import Report

# (absorber, scale, shift) → operator and inputs of the node that does both; None where that cannot be.
Absorbed: TypeAlias = "tuple[o.Operator, Sequence[Value | Array | None]] | None"
Rule: TypeAlias = Callable[["Node", "Affine"], Absorbed]


def absorb_affine(graph: Graph, report: Report) -> bool:
    """Fold BatchNormalization, and Mul, Add, Sub, Div by constants of channels, into what stands before them."""
    count = len(report.witnesses)
    for each in list(graph.all_graphs()):
        before = len(report.witnesses)
        for node in list(each.nodes):
            _absorb(node, report)
        if len(report.witnesses) > before:
            each.sort()
    return len(report.witnesses) > count


def _absorb(node: Node, report: Report) -> None:
    for axis in (1, -1):
        shape = shape_of(node.outputs[0]) if len(node.outputs) == 1 else None
        affine = None if not shape or len(shape) < 2 else affine_of(node, axis % len(shape))
        absorber = affine.source.producer if affine is not None else None
        if affine is not None and affine.changes_nothing and may_replace(node, [affine.source]):
            replace(node, [affine.source], report, "absorb_affine", "times 1 plus 0")
            return
        if affine is None or absorber is None or absorber.graph is not node.graph:
            continue
        rule = RULES.get((absorber.op.name, axis)) if not absorber.op.domain else None
        made = rule(absorber, affine) if rule is not None and is_single(absorber) else None
        if made is not None:
            _put(node, absorber, made, report)
            return


def _put(
    node: Node, absorber: Node, made: tuple[o.Operator, Sequence[Value | Array | None]], report: Report
) -> None:
    op, parts = made
    dtype = cast("Any", absorber.outputs[0].type).dtype.numpy
    inputs = [constant_beside(absorber, p.astype(dtype)) if isinstance(p, np.ndarray) else p for p in parts]
    why = f"scale and shift of each channel are part of {absorber.op.name}'s constants"
    result = add_beside(absorber, op, *inputs)
    replace(node, result, report, "absorb_affine", why)
    report.replaced[absorber.outputs[0]] = result[0]
    graph_of(absorber).remove(absorber)


def _convolution(node: Node, affine: Affine) -> Absorbed:
    w, b = _kernel_and_bias(node)
    if w is None or b is None:
        return None
    factor = affine.scale.reshape(-1, *[1] * (w.ndim - 1))
    return _op(node), [node.inputs[0], w * factor, b * affine.scale + affine.shift]


def _transposed_convolution(node: Node, affine: Affine) -> Absorbed:
    """Weights are (in, out / group, kernel…); the groups' outputs follow upon each other."""
    w, b = _kernel_and_bias(node)
    group = cast("Any", node.op).group
    if w is None or b is None:
        return None
    factor = affine.scale.reshape(group, 1, w.shape[1], *[1] * (w.ndim - 2))
    scaled = (w.reshape(group, -1, *w.shape[1:]) * factor).reshape(w.shape)
    return _op(node), [node.inputs[0], scaled, b * affine.scale + affine.shift]


def _kernel_and_bias(node: Node) -> tuple[Array | None, Array | None]:
    bias = node.inputs[2] if len(node.inputs) > 2 else None
    return known(node.inputs[1]), np.zeros(1) if bias is None else known(bias)


def _gemm(node: Node, affine: Affine) -> Absorbed:
    w, op = known(node.inputs[1]), cast("o.Gemm", node.op)
    added = node.inputs[2] if len(node.inputs) > 2 else None
    c = np.zeros(1) if added is None else known(added)
    if w is None or c is None:
        return None
    b = channels(np.asarray(c), shape_of(node.outputs[0]), 1)
    if b is None:
        return None
    scaled = w * (affine.scale[:, None] if op.transB else affine.scale)
    return dataclasses.replace(op, beta=1.0), [
        node.inputs[0],
        scaled,
        op.beta * b * affine.scale + affine.shift,
    ]


def _product(node: Node, affine: Affine) -> Absorbed:
    """A matrix product has no place for a shift."""
    w = known(node.inputs[1])
    if w is None or w.ndim < 2 or affine.shift.any():
        return None
    return _op(node), [node.inputs[0], w * affine.scale]


def _batchnorm(node: Node, affine: Affine) -> Absorbed:
    """Scale and shift alone, with mean 0 and variance 1."""
    found = parameters(node)
    if found is None:
        return None
    op = cast("o.BatchNormalization", node.op)
    scale, shift = found
    zero, one = np.zeros_like(scale), np.ones_like(scale)
    new = [scale * affine.scale, shift * affine.scale + affine.shift, zero, one]
    return dataclasses.replace(op, epsilon=0.0), [node.inputs[0], *new]


def _op(node: Node) -> o.Operator:
    return cast("o.Operator", node.op)


# By operator, and by the axis along which its output has channels.
RULES: Mapping[tuple[str, int], Rule] = {
    ("Conv", 1): _convolution,
    ("ConvTranspose", 1): _transposed_convolution,
    ("BatchNormalization", 1): _batchnorm,
    ("Gemm", -1): _gemm,
    ("MatMul", -1): _product,
}
