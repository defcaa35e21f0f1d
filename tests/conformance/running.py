"""Running one operator, sub-graphs included, without any backend: the kernels speak for themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from irkit.ir import Graph, Value
from irkit.operators import Operator


def run(
    op: Operator, inputs: Sequence[Any], outer: Mapping[Value, Any], count: int | None = None
) -> list[Any]:
    """The outputs of `op`. outer: contents of the values that its sub-graphs may read."""
    extra: dict[str, Any] = {}
    if op.parameters.wants_execute:
        extra["execute"] = lambda graph, given: execute(graph, given, outer)
    if op.parameters.wants_count and count is not None:
        extra["count"] = count
    result = op.run(*inputs, **extra)
    return list(result) if isinstance(result, tuple) else [result]


def execute(graph: Graph, inputs: Sequence[Any], outer: Mapping[Value, Any]) -> list[Any]:
    """What `graph` returns for these inputs."""
    values = {**outer, **dict(zip(graph.inputs, inputs, strict=True))}
    values.update({v: w.data for w, v in graph.weights.items()})
    for node in graph.nodes:
        assert isinstance(node.op, Operator)
        given = [None if v is None else values[v] for v in node.inputs]
        results = run(node.op, given, values, len(node.outputs))
        values.update(zip(node.outputs, results, strict=False))
    return [values[v] for v in graph.outputs]
