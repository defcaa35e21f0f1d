"""The interpreter: inputs that are refused, sub-graphs, errors with their place, the referee, cost of a
call."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from irkit import operators as o
from irkit.backends.interpreter import Interpreter
from irkit.errors import AssertionFailed, IrkitError, ShapeError
from irkit.ir import DType, Graph, GraphModel, LayerNode, Signature, Weight, symbol, tensor
from irkit.ir.source import Source

F32 = np.float32


def model_of(graph: Graph) -> GraphModel:
    names = tuple(f"y{i}" for i in range(len(graph.outputs)))
    return GraphModel("model", graph, LayerNode("model", "Model"), Signature(output_names=names))


def run(graph: Graph, *inputs: object, **options: bool) -> list[object]:
    return Interpreter().prepare(model_of(graph), **options).run(inputs)


def test_wrong_size_names_input_expected_and_found() -> None:
    g = Graph()
    g.set_outputs(g.add(o.Relu(), [g.input("image", tensor("float32", [symbol("batch"), 784]))]))
    with pytest.raises(
        ShapeError, match=r"input 'image' must be float32\[batch, 784\]; found float32\[2, 5\]"
    ):
        run(g, np.zeros((2, 5), F32))


def test_wrong_dtype_says_how_to_convert() -> None:
    g = Graph()
    g.set_outputs(g.add(o.Relu(), [g.input("x", tensor("float32", [3]))]))
    with pytest.raises(ShapeError, match=r"x\.astype\('float32'\)"):
        run(g, np.zeros(3))


def test_one_symbol_is_one_size_in_all_inputs() -> None:
    g = Graph()
    n = symbol("n")
    a, b = g.input("a", tensor("float32", [n])), g.input("b", tensor("float32", [2 * n]))
    g.set_outputs([*g.add(o.Relu(), [a]), *g.add(o.Relu(), [b])])
    assert [x.shape for x in run(g, np.zeros(2, F32), np.zeros(4, F32))] == [(2,), (4,)]
    with pytest.raises(ShapeError, match=r"axis 0 must be 2\*n = 4 \(n = 2\), not 5"):
        run(g, np.zeros(2, F32), np.zeros(5, F32))


def test_broken_constraint_names_its_origin() -> None:
    g = Graph()
    a, b = (g.input(x, tensor("float32", [symbol(f"n_{x}")])) for x in "ab")
    g.set_outputs(g.add(o.Add(), [a, b], layer="add", source=Source("model.py", 12)))
    with pytest.raises(ShapeError) as caught:
        run(g, np.zeros(2, F32), np.zeros(3, F32))
    assert "n_a = 2" in str(caught.value)
    assert "Add in layer 'add' (model.py:12)" in str(caught.value)


def test_numbers_and_lists_are_taken_as_the_type_of_the_input() -> None:
    g = Graph()
    g.set_outputs(g.add(o.Relu(), [g.input("x", tensor("float32", [2]))]))
    (y,) = run(g, [-1, 2.5])
    assert y.dtype == F32
    assert y.tolist() == [0, 2.5]


def test_big_endian_arrays_are_taken() -> None:
    g = Graph()
    g.set_outputs(g.add(o.Relu(), [g.input("x", tensor("float32", [2]))]))
    assert run(g, np.array([-1, 2], ">f4"))[0].tolist() == [0, 2]


def test_failing_kernel_is_told_with_operator_layer_and_line() -> None:
    g = Graph()
    x, i = g.input("x", tensor("float32", [3])), g.input("i", tensor("int64", [1]))
    g.set_outputs(g.add(o.Gather(), [x, i], layer="pick", source=Source("model.py", 7)))
    with pytest.raises(IrkitError, match=r"model\.py:7  Gather in layer 'pick': .*5 is out of bounds"):
        run(g, np.zeros(3, F32), np.array([5]))


def test_assertion_passes_through_with_its_place() -> None:
    g = Graph()
    c, x = g.input("c", tensor("bool", [2])), g.input("x", tensor("float32", [3]))
    g.set_outputs(g.add(o.Assert(message="x must be fine"), [c, x], source=Source("model.py", 3)))
    assert run(g, np.array([True, True]), np.ones(3, F32))[0].tolist() == [1, 1, 1]
    with pytest.raises(AssertionFailed, match=r"model\.py:3 .*x must be fine"):
        run(g, np.array([True, False]), np.ones(3, F32))


def test_assertion_in_a_branch_that_is_not_taken_does_not_fail() -> None:
    g = Graph()
    c, x = g.input("c", tensor("bool", [])), g.input("x", tensor("float32", [2]))
    no = Graph("no", g)
    (false,) = no.add(o.Constant(value=np.array(False)))
    no.set_outputs(no.add(o.Assert(message="wrong way"), [false, x]))
    yes = Graph("yes", g)
    yes.set_outputs(yes.add(o.Neg(), [x]))
    g.set_outputs(g.add(o.If(then_branch=yes, else_branch=no), [c]))
    assert run(g, np.array(True), np.ones(2, F32))[0].tolist() == [-1, -1]
    with pytest.raises(AssertionFailed, match="wrong way"):
        run(g, np.array(False), np.ones(2, F32))


def loop_model() -> Graph:
    """x + 1·step + … turn by turn, `turns` times; the body reads `step` from around it."""
    g = Graph()
    turns, x = g.input("turns", tensor("int64", [])), g.input("x", tensor("float32", [2]))
    (step,) = g.add(o.Mul(), [x, x])
    body = Graph("body", g)
    _, go_on = body.input("turn", tensor("int64", [])), body.input("go_on", tensor("bool", []))
    carried = body.input("carried", tensor("float32", [2]))
    (again,) = body.add(o.Identity(), [go_on])
    (total,) = body.add(o.Add(), [carried, step])
    (seen,) = body.add(o.Neg(), [total])
    body.set_outputs([again, total, seen])
    g.set_outputs(g.add(o.Loop(body=body), [turns, None, x]))
    return g


def test_loops_carry_values_and_read_from_around_them() -> None:
    last, seen = run(loop_model(), np.array(3), np.array([1, 2], F32))
    assert last.tolist() == [4, 14]
    assert seen.tolist() == [[-2, -6], [-3, -10], [-4, -14]]


def test_calls_in_many_threads_do_not_disturb_each_other() -> None:
    executable = Interpreter().prepare(model_of(loop_model()))
    wrong: list[object] = []

    def work(number: int) -> None:
        for _ in range(50):
            last, _ = executable.run([np.array(number), np.array([1, 2], F32)])
            if last.tolist() != [1 + number, 2 + 4 * number]:
                wrong.append(last)

    threads = [threading.Thread(target=work, args=(i,)) for i in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert not wrong


def test_results_do_not_share_memory_with_inputs_weights_or_each_other() -> None:
    g = Graph()
    x = g.input("x", tensor("float32", [2]))
    w = Weight("w", tensor("float32", [2]), np.ones(2, F32))
    (same,) = g.add(o.Identity(), [x])
    (view,) = g.add(o.Reshape(), [g.weight(w), *g.add(o.Constant(value=np.array([2, 1])))])
    g.set_outputs([same, view, same])
    given = np.zeros(2, F32)
    for result in run(g, given):
        result += 5
    assert given.tolist() == [0, 0]
    assert w.data.tolist() == [1, 1]


def test_new_weights_are_used_without_preparing_again() -> None:
    g = Graph()
    w = Weight("w", tensor("float32", [2]), np.ones(2, F32))
    g.set_outputs(g.add(o.Mul(), [g.input("x", tensor("float32", [2])), g.weight(w)]))
    executable = Interpreter().prepare(model_of(g))
    assert executable.run([np.ones(2, F32)])[0].tolist() == [1, 1]
    w.data = np.full(2, 3, F32)
    assert executable.run([np.ones(2, F32)])[0].tolist() == [3, 3]


def test_the_referee_computes_everything_in_float64() -> None:
    g = Graph()
    x = g.input("x", tensor("float32", [1]))
    (half,) = g.add(o.Cast(to=DType.float16), [x])
    (back,) = g.add(o.Cast(to=DType.float32), [half])
    (third,) = g.add(o.Constant(value=np.array([3], F32)))
    g.set_outputs(g.add(o.Div(), [back, third]))
    (y,) = run(g, np.array([1], F32), float64=True)
    assert y.dtype == np.float64
    assert y[0] == 1 / 3
    assert run(g, np.array([0.1]), float64=True)[0][0] == 0.1 / 3


def test_division_by_zero_warns_nobody(recwarn: pytest.WarningsRecorder) -> None:
    g = Graph()
    x = g.input("x", tensor("float32", [2]))
    g.set_outputs(g.add(o.Div(), [x, x]))
    assert np.isnan(run(g, np.zeros(2, F32))[0]).all()
    assert len(recwarn) == 0
