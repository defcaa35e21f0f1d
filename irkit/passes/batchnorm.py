"""BatchNormalization behind a convolution becomes part of its constants."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np

from irkit.passes.rewriting import add_beside, constant_beside, graph_of, known, replace

if TYPE_CHECKING:
    from irkit import operators as o
    from irkit.ir import Array, Graph, Node
    from irkit.passes.report import Report


def fold_batchnorm(graph: Graph, report: Report) -> bool:
    """BN(Conv(x, w, b)) → Conv(x, w·s, (b − mean)·s + bias) with s = scale/√(var + ε), where all of these
    are constants.

    It rounds differently, and it needs constants (weights can be set), so it is not done by default.
    """
    count = len(report.witnesses)
    for each in list(graph.all_graphs()):
        before = len(report.witnesses)
        for node in list(each.nodes):
            if node.op.name == "BatchNormalization" and len(node.outputs) == 1:
                _fold(node, report)
        if len(report.witnesses) > before:
            each.sort()
    return len(report.witnesses) > count


def _fold(node: Node, report: Report) -> None:
    convolution = node.inputs[0].producer if node.inputs[0] is not None else None
    parameters = [known(v) for v in node.inputs[1:]]
    op = cast("o.BatchNormalization", node.op)
    if convolution is None or op.training_mode or not _is_foldable(convolution, node):
        return
    arrays = [known(v) for v in convolution.inputs[1:]]
    if any(a is None for a in (*parameters, *arrays)):
        return
    scale, bias, mean, variance = cast("list[Array]", parameters)
    kernel = cast("Array", arrays[0])
    factor = scale.astype(np.float64) / np.sqrt(variance.astype(np.float64) + op.epsilon)
    shift = (0.0 if len(arrays) < 2 else cast("Array", arrays[1])) - mean.astype(np.float64)
    folded = kernel * factor.reshape(-1, *[1] * (kernel.ndim - 1))
    w = constant_beside(node, folded.astype(kernel.dtype))
    b = constant_beside(node, (shift * factor + bias).astype(kernel.dtype))
    made = add_beside(node, convolution.op, convolution.inputs[0], w, b)
    replace(
        node, made, report, "fold_batchnorm", "scale and shift of each channel are part of kernel and bias"
    )


def _is_foldable(convolution: Node, reader: Node) -> bool:
    if convolution.op.name != "Conv" or convolution.graph is not reader.graph:
        return False
    (output,) = convolution.outputs
    return len(output.uses) == 1 and output not in graph_of(convolution).outputs
