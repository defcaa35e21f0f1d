"""From a model to its deployed form: copy the graph, optimise the copy, replace what ONNX lacks, number
everything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from irkit.backends.lowering.emit import emit
from irkit.backends.lowering.outputs import separate_outputs
from irkit.backends.lowering.rules import apply_rules
from irkit.ir.extract import copied
from irkit.passes import optimize

if TYPE_CHECKING:
    from irkit.backends.lowering.lowered import Lowered
    from irkit.ir import GraphModel


def lower(model: GraphModel, *, level: int = 2) -> Lowered:
    """The deployed form of `model`, which stays as it is. level: of the passes, as in irkit.passes.optimize.

    Raises UnsupportedError for what no runtime could execute, LimitError for what is larger than a file may
    hold.
    """
    graph, _ = copied(model.graph)
    report = optimize(graph, level)
    apply_rules(graph)
    separate_outputs(graph)
    return emit(model, graph, report)
