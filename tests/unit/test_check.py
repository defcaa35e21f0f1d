"""The checker: all mistakes of a model at once."""

from __future__ import annotations

import numpy as np
import pytest

from irkit import operators as o
from irkit.check import check, problems
from irkit.errors import GraphError, ShapeError
from irkit.ir import Assumption, Constraint, Graph, GraphModel, LayerNode, Signature, Weight, symbol, tensor
from irkit.ir.source import Source


def model() -> GraphModel:
    g = Graph()
    x = g.input("x", tensor("float32", [symbol("batch"), 3]))
    (h,) = g.add(o.Neg(), [x], layer="first", source=Source("model.py", 1))
    (y,) = g.add(o.Relu(), [h], layer="second", source=Source("model.py", 2))
    g.set_outputs([y])
    return GraphModel("model", g, LayerNode("model", "Model"), Signature(output_names=("y",)))


def test_a_sound_model_has_no_errors() -> None:
    report = check(model())
    assert report.ok
    assert str(report) == "no errors"
    report.raise_if_wrong()


def test_all_errors_are_reported_each_with_its_line() -> None:
    m = model()
    first, second = m.graph.nodes
    first.outputs[0].type = tensor("int32", [symbol("batch"), 3])  # Relu of it is int32 as well
    second.outputs[0].type = tensor("float32", [symbol("batch"), 4])
    m.signature.output_names = ("y", "z")
    m.signature.assumptions = (Assumption("x is positive", 3),)
    text = str(check(m))
    assert (
        "model.py:1  Neg in layer 'first': output 'neg' is int32[batch, 3]; it follows that it is float32"
        in text
    )
    assert "model.py:2  Relu in layer 'second': output 'relu' is float32[batch, 4]" in text
    assert "returns 1 values and names 2: y, z" in text
    assert "concerns input 3" in text
    assert text.endswith("4 errors, 0 warnings")
    with pytest.raises(GraphError, match="The model has 4 errors"):
        check(m).raise_if_wrong()


def test_a_single_error_is_raised_as_itself() -> None:
    m = model()
    list(m.graph.nodes)[1].outputs[0].type = tensor("float32", [7, 3, 1])
    with pytest.raises(ShapeError, match=r"is float32\[7, 3, 1\]"):
        check(m).raise_if_wrong()


def test_reading_before_defining_is_found() -> None:
    m = model()
    first, second = m.graph.nodes
    m.graph._nodes = {second: None, first: None}
    (error,) = problems(m.graph)
    assert "input 0 reads 'neg', which is not defined before it" in str(error)


def test_wrong_uses_are_found() -> None:
    m = model()
    m.graph.inputs[0].uses.clear()
    assert [e.problem for e in problems(m.graph)] == ["'x' is read 1 times, but lists 0 uses."]


def test_equal_names_are_found() -> None:
    m = model()
    m.graph.outputs[0].name = "x"
    assert "two values are called 'x'" in str(check(m))


def test_what_a_sub_graph_defines_is_not_seen_outside() -> None:
    g = Graph()
    c, x = g.input("c", tensor("bool", [])), g.input("x", tensor("float32", [1]))
    branches = [Graph("yes", g), Graph("no", g)]
    inner = []
    for branch in branches:
        branch.set_outputs(branch.add(o.Neg(), [x]))
        inner += branch.outputs
    (y,) = g.add(o.If(then_branch=branches[0], else_branch=branches[1]), [c])
    (z,) = g.add(o.Add(), [y, inner[0]])
    g.set_outputs([z])
    (error,) = problems(g)
    assert "reads 'neg', which is not defined before it" in str(error)


def test_contradicting_constraints_are_found() -> None:
    m = model()
    batch = symbol("batch")
    m.graph.constraints._all += [Constraint(batch, 3, "the first"), Constraint(batch, 4, "the second")]
    assert "batch == 4, demanded by the second: contradicts" in str(check(m))


def test_unread_inputs_and_weights_are_warnings() -> None:
    m = model()
    m.graph.input("mask", tensor("bool", [1]))
    m.graph.weight(Weight("w", tensor("float32", [1]), np.ones(1, np.float32)))
    report = check(m)
    assert report.ok
    assert "warning: input 'mask' is never read." in str(report)
    assert "warning: weight 'w' is never read." in str(report)


def test_a_layer_under_a_wrong_name_is_found() -> None:
    m = model()
    m.layers.children["a"] = LayerNode("b", "Dense")
    assert "holds a layer called 'b' under the name 'a'" in str(check(m))


def test_checking_takes_linear_time() -> None:
    import time

    def seconds(nodes: int) -> float:
        g = Graph()
        x = g.input("x", tensor("float32", [symbol("batch")]))
        for _ in range(nodes):
            (x,) = g.add(o.Neg(), [x])
        g.set_outputs([x])
        start = time.perf_counter()
        assert not problems(g)
        return time.perf_counter() - start

    seconds(100)
    assert seconds(16000) < 20 * max(seconds(2000), 0.01)
