"""Checks of a captured program stay in its graph: when it is optimised, and when a model is cut out of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import irkit
from irkit import execution
from irkit.ir import GraphModel, LayerNode
from irkit.ir.extract import extract
from irkit.passes import optimize
from tests.unit.capture.agreement import OPEN, floats


def program(x: Any) -> Any:
    y = x * 2
    if x.sum() > 0:
        assert x.sum() < 10, "too much"
    return y + 1


def run(model: GraphModel, x: np.ndarray) -> np.ndarray:
    found: np.ndarray = execution.backend("interpreter").prepare(model).run([x])[0]
    return found


def test_a_model_cut_out_keeps_the_checks_of_its_inputs() -> None:
    graph = irkit.capture(program, OPEN).graph
    doubled = next(n.outputs[0] for n in graph.nodes if n.op.name == "Mul")
    cut, _ = extract(graph, graph.inputs, [doubled])
    model = GraphModel("cut", cut, LayerNode("cut", "Function"))
    np.testing.assert_array_equal(run(model, floats(1, 2)), [2, 4])
    with pytest.raises(irkit.AssertionFailed, match="too much"):
        run(model, floats(10, 2))


def test_passes_keep_the_checks() -> None:
    model = irkit.capture(program, OPEN).graph_model
    optimize(model.graph)
    np.testing.assert_array_equal(run(model, floats(1, 2)), [3, 5])
    with pytest.raises(irkit.AssertionFailed, match="too much"):
        run(model, floats(10, 2))
