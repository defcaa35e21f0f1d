"""A vector added behind a convolution or a matrix product becomes its bias.

Conv(x, w) + reshape(b, (channels, 1, 1)) = Conv(x, w, b)        MatMul(x, w) + b = Gemm(x, w, b)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from irkit import operators as o
from irkit.ir.types import FLOATS, TensorType
from irkit.passes.affine import channels
from irkit.passes.rewriting import add_beside, constant_beside, graph_of, is_single, known, replace, shape_of

if TYPE_CHECKING:
    from irkit.ir import Graph, Node, Value
    from irkit.passes.report import Report

_RESHAPES = ("Reshape", "Unsqueeze")


def join_biases(graph: Graph, report: Report) -> bool:
    """Let Conv and Gemm do the additions behind them."""
    count = len(report.witnesses)
    for each in list(graph.all_graphs()):
        before = len(report.witnesses)
        for node in list(each.nodes):
            if node.op.name == "Add" and not node.op.domain:
                _join(node, report)
        if len(report.witnesses) > before:
            each.sort()
    return len(report.witnesses) > count


def _join(node: Node, report: Report) -> None:
    for position in (0, 1):
        product, added = node.inputs[position], node.inputs[1 - position]
        if product is None or added is None or product.type != node.outputs[0].type:
            continue
        maker = product.producer
        if maker is None or maker.graph is not node.graph or maker.op.domain or not is_single(maker):
            continue
        made = _convolution(node, maker, added) or _product(node, maker, added)
        if made is not None:
            replace(
                node,
                [made],
                report,
                "join_biases",
                f"{made.producer.op.name if made.producer else ''} can add it",
            )
            graph_of(maker).remove(maker)
            return


def _convolution(node: Node, maker: Node, added: Value) -> Value | None:
    if maker.op.name not in ("Conv", "ConvTranspose") or any(v is not None for v in maker.inputs[2:]):
        return None
    bias = _vector(node, added, shape_of(maker.outputs[0]) or ())
    return None if bias is None else add_beside(maker, maker.op, *maker.inputs[:2], bias)[0]


def _vector(node: Node, added: Value, shape: tuple[object, ...]) -> Value | None:
    """`added`, of shape (channels, 1, 1…), as a vector."""
    if len(shape) < 3 or not isinstance(shape[1], int):
        return None
    array = known(added)
    if array is not None:
        found = channels(array, cast("tuple[int, ...]", shape), 1)
        return None if found is None else constant_beside(node, found.astype(array.dtype))
    wanted = (shape[1], *[1] * (len(shape) - 2))
    maker = added.producer
    if shape_of(added) not in (wanted, (1, *wanted)) or maker is None or maker.op.name not in _RESHAPES:
        return None
    source = maker.inputs[0]
    return source if source is not None and shape_of(source) == (shape[1],) else None


def _product(node: Node, maker: Node, added: Value) -> Value | None:
    if maker.op.name != "MatMul" or any(len(shape_of(v) or ()) != 2 for v in maker.inputs if v is not None):
        return None
    type_, shape = maker.outputs[0].type, shape_of(added)
    if not isinstance(type_, TensorType) or type_.dtype not in FLOATS or shape is None or len(shape) > 2:
        return None
    return add_beside(maker, o.Gemm(), *maker.inputs, added)[0]
