"""Reshapes that undo each other around operators that do not mind, and reshapes to sizes that need not be computed.

Reshape(Relu(Reshape(x))) = Relu(x), where the shape comes out as it was
Reshape(x, [Shape(x)[0], 784]) = Reshape(x, [0, 784])
"""

from __future__ import annotations

import dataclasses
import math
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from irkit import operators as o
from irkit.passes.elementwise import UNARY
from irkit.passes.rewriting import (
    add_beside,
    constant_beside,
    integers,
    is_constant,
    is_single,
    may_replace,
    replace,
    shape_of,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from irkit.ir import Array, Graph, Node, Shape, Value
    from irkit.passes.report import Report

RESHAPES = frozenset({"Reshape", "Flatten", "Squeeze", "Unsqueeze"})
_LONGEST = 16  # operators between two reshapes


def cancel_reshapes(graph: Graph, report: Report) -> bool:
    """Drop pairs of reshapes, and write the sizes of a Reshape as constants where only one is open."""
    count = len(report.witnesses)
    for each in list(graph.all_graphs()):
        before = len(report.witnesses)
        for node in list(each.nodes):
            if node.graph is not None and node.op.name in RESHAPES and not node.op.domain:
                _cancel(node, report)
            if node.graph is not None and isinstance(node.op, o.Reshape):
                _state_sizes(node, report)
        if len(report.witnesses) > before:
            each.sort()
    return len(report.witnesses) > count


# ---- pairs


def _cancel(node: Node, report: Report) -> None:
    chain = _chain(node)
    if chain is None:
        return
    first, between = chain
    source = cast("Value", first.inputs[0])
    if source.type != node.outputs[0].type or shape_of(source) is None:
        return
    ops = [_as_before(n, shape_of(source)) for n in between]
    if any(op is None for op in ops):
        return
    value = source
    for inner, op in zip(reversed(between), reversed(ops), strict=True):
        (value,) = add_beside(inner, cast("o.Operator", op), value, *inner.inputs[1:])
    if may_replace(node, [value]):
        replace(node, [value], report, "cancel_reshapes", f"{node.op.name} undoes an earlier {first.op.name}")


def _chain(node: Node) -> tuple[Node, list[Node]] | None:
    """The reshape before `node`, and the operators between, last first."""
    between: list[Node] = []
    value = node.inputs[0]
    while value is not None and value.producer is not None and len(between) < _LONGEST:
        inner = value.producer
        if inner.graph is not node.graph or inner.op.domain:
            return None
        if inner.op.name in RESHAPES:
            return inner, between
        if not is_single(inner) or (
            inner.op.name not in UNARY and inner.op.name not in ("Softmax", "LogSoftmax")
        ):
            return None
        between.append(inner)
        value = inner.inputs[0]
    return None


def _as_before(node: Node, shape: Shape | None) -> o.Operator | None:
    """The operator of `node` on a tensor of `shape`, with as many elements as its input has now."""
    op = cast("Any", node.op)
    if node.op.name in UNARY:
        return op  # type: ignore[no-any-return]  # an Operator
    now = shape_of(node.outputs[0])
    if now is None or shape is None:
        return None
    wanted = _around(now, op.axis % len(now))
    axis = next((k for k in range(len(shape)) if wanted is not None and _around(shape, k) == wanted), None)
    return None if axis is None else dataclasses.replace(op, axis=axis)


def _around(shape: Shape, axis: int) -> tuple[int, int, int] | None:
    """How many elements stand before, along and behind an axis."""
    if not all(isinstance(size, int) for size in shape):
        return None
    sizes = cast("tuple[int, ...]", shape)
    return math.prod(sizes[:axis]), sizes[axis], math.prod(sizes[axis + 1 :])


# ---- sizes


def _state_sizes(node: Node, report: Report) -> None:
    """Where the wanted sizes are computed, and all but one are numbers or those of the input: a constant."""
    wanted = node.inputs[1]
    if wanted is None or is_constant(wanted.producer) or wanted.known is None or integers(wanted) is not None:
        return
    sizes = _stated(wanted.known, shape_of(cast("Value", node.inputs[0])))
    if sizes is not None:
        made = add_beside(node, o.Reshape(), node.inputs[0], constant_beside(node, np.array(sizes, np.int64)))
        replace(node, made, report, "cancel_reshapes", "its sizes are known but for one")


def _stated(wanted: Array, shape: Shape | None) -> Sequence[int] | None:
    """0 for a size that the input has at the same place, else -1 for the open one. Not both: where the first is 0
    at run time, the other could not be told."""
    sizes: list[int] = []
    for k, size in enumerate(wanted.reshape(-1)):
        if not isinstance(size, int | np.integer):
            copied = shape is not None and k < len(shape) and shape[k] == size
            sizes.append(0 if copied else -1)
        elif size > 0:
            sizes.append(int(size))
        else:
            return None
    return sizes if sizes.count(-1) <= (0 not in sizes) else None
