"""Formulas written out are recognised, and only they."""

from __future__ import annotations

import math

import numpy as np
import pytest

from irkit import operators as o
from irkit.backends.interpreter import Interpreter
from irkit.ir import Graph, GraphModel, LayerNode, Operation, Signature, Value, symbol, tensor
from irkit.ir.extract import copied
from irkit.passes import optimize

F32 = np.float32


class Making:
    """Writes formulas."""

    def __init__(self) -> None:
        self.graph = Graph()
        self.x = self.graph.input("x", tensor("float32", [symbol("batch"), 5, 8]))

    def __call__(self, op: Operation, *inputs: Value | float) -> Value:
        values = [self.number(v) if isinstance(v, int | float) else v for v in inputs]
        return self.graph.add(op, values, count=1)[0]

    def number(self, content: object, dtype: type = F32) -> Value:
        return self.graph.add(o.Constant(value=np.array(content, dtype)))[0]

    def ends(self, y: Value, level: int = 3) -> tuple[list[str], list[np.ndarray]]:
        """Names of the operators that are left, and the results before and after."""
        self.graph.set_outputs([y])
        after, _ = copied(self.graph)
        optimize(after, level, verify=True)
        x = 3 * np.random.default_rng(0).standard_normal((2, 5, 8)).astype(F32)
        results = []
        for graph in (self.graph, after):
            model = GraphModel("m", graph, LayerNode("m", "M"), Signature(output_names=("y",)))
            results += Interpreter().prepare(model).run([x])
        return [n.op.name for n in after.nodes if n.op.name != "Constant"], results


def assert_recognised(m: Making, y: Value, name: str) -> None:
    names, (before, after) = m.ends(y)
    assert names == [name]
    np.testing.assert_allclose(after, before, rtol=1e-5, atol=2e-6)


def one_plus_erf(m: Making, divided: bool) -> Value:
    scaled = m(o.Div(), m.x, math.sqrt(2)) if divided else m(o.Mul(), m.x, math.sqrt(0.5))
    return m(o.Add(), m(o.Erf(), scaled), 1.0)


@pytest.mark.parametrize("divided", [True, False])
@pytest.mark.parametrize("order", ["half·x first", "half last", "half in the middle"])
def test_gelu_is_recognised_in_every_order(order: str, divided: bool) -> None:
    m = Making()
    a = one_plus_erf(m, divided)
    if order == "half·x first":
        y = m(o.Mul(), m(o.Mul(), 0.5, m.x), a)
    elif order == "half last":
        y = m(o.Mul(), m(o.Mul(), m.x, a), 0.5)
    else:
        y = m(o.Mul(), m.x, m(o.Mul(), a, 0.5))
    assert_recognised(m, y, "Gelu")


@pytest.mark.parametrize("power", [True, False])
def test_gelu_by_tanh_is_recognised(power: bool) -> None:
    m = Making()
    cube = m(o.Pow(), m.x, 3.0) if power else m(o.Mul(), m(o.Mul(), m.x, m.x), m.x)
    inside = m(o.Mul(), m(o.Add(), m.x, m(o.Mul(), cube, 0.044715)), math.sqrt(2 / math.pi))
    y = m(o.Mul(), m(o.Mul(), m.x, 0.5), m(o.Add(), m(o.Tanh(), inside), 1.0))
    assert_recognised(m, y, "Gelu")


@pytest.mark.parametrize("factor", [0.4, 0.5001])
def test_another_factor_is_no_gelu(factor: float) -> None:
    m = Making()
    names, (before, after) = m.ends(m(o.Mul(), m(o.Mul(), m.x, one_plus_erf(m, True)), factor))
    assert "Erf" in names
    np.testing.assert_allclose(after, before, rtol=1e-5)


def test_a_gelu_whose_parts_are_read_stays() -> None:
    m = Making()
    a = one_plus_erf(m, True)
    y = m(o.Add(), m(o.Mul(), m(o.Mul(), m.x, a), 0.5), a)
    assert "Erf" in m.ends(y)[0]


def normalised(m: Making, *, axis: int = -1, power: bool = False) -> Value:
    axes = m.number([axis], np.int64)
    centred = m(o.Sub(), m.x, m(o.ReduceMean(), m.x, axes))
    square = m(o.Pow(), centred, 2.0) if power else m(o.Mul(), centred, centred)
    deviation = m(o.Sqrt(), m(o.Add(), m(o.ReduceMean(), square, axes), 1e-3))
    return m(o.Div(), centred, deviation)


@pytest.mark.parametrize("power", [True, False])
@pytest.mark.parametrize("vectors", [0, 1, 2])
def test_layer_normalisation_is_recognised(vectors: int, power: bool) -> None:
    m = Making()
    y = normalised(m, power=power)
    if vectors:
        y = m(o.Mul(), y, m.number(np.linspace(0.5, 2, 8)))
    if vectors > 1:
        y = m(o.Add(), m.number(np.linspace(-1, 1, 8)), y)
    assert_recognised(m, y, "LayerNormalization")


def test_normalisation_along_another_axis_stays() -> None:
    m = Making()
    assert "Sqrt" in m.ends(normalised(m, axis=1))[0]


def test_formulas_stay_at_level_2() -> None:
    m = Making()
    assert "Sqrt" in m.ends(normalised(m), level=2)[0]
