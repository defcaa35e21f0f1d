"""The onnxruntime backend: errors with their place, asserts, guards, exotic types, sessions that are kept."""

from __future__ import annotations

import gc
import weakref

import ml_dtypes
import numpy as np
import pytest

from irkit import operators as o
from irkit.backends.interpreter import Interpreter
from irkit.backends.onnxruntime import OPTIMIZATIONS, OnnxRuntime
from irkit.errors import ArgumentError, AssertionFailed, ExecutionError, ShapeError, UnsupportedError
from irkit.ir import DType, Graph, GraphModel, LayerNode, Signature, Weight, symbol, tensor
from irkit.ir.source import Source

F32 = np.float32


def model_of(graph: Graph) -> GraphModel:
    names = tuple(f"y{i}" for i in range(len(graph.outputs)))
    return GraphModel("model", graph, LayerNode("model", "Model"), Signature(output_names=names))


def assertion(where: str = "main") -> GraphModel:
    """x, asserted to be fine: in the main graph, or in one branch of an If."""
    g = Graph()
    c, x = g.input("c", tensor("bool", [symbol("n")])), g.input("x", tensor("float32", [2]))
    home = g
    if where == "branch":
        home, other = Graph("then", g), Graph("else", g)
        other.set_outputs(other.add(o.Neg(), [x]))
    y = home.add(
        o.Assert(message="it's | not\t'fine'|9.9"), [c, x], layer="guard", source=Source("model.py", 5)
    )
    if where == "branch":
        home.set_outputs(y)
        (yes,) = g.add(o.Constant(value=np.array(True)))
        (flag,) = g.add(o.And(), [yes, g.input("flag", tensor("bool", []))])
        y = g.add(o.If(then_branch=home, else_branch=other), [flag])
    g.set_outputs(g.add(o.Abs(), [y[0]]))
    return model_of(g)


@pytest.mark.parametrize("optimization", OPTIMIZATIONS)
def test_a_failed_assertion_tells_the_users_text_layer_and_line(
    optimization: str, capfd: pytest.CaptureFixture[str]
) -> None:
    executable = OnnxRuntime().prepare(assertion(), optimization=optimization)
    assert executable.run([np.array([True] * 3), np.ones(2, F32)])[0].tolist() == [1, 1]
    assert executable.run([np.zeros(0, bool), np.ones(2, F32)])[0].tolist() == [1, 1]
    with pytest.raises(AssertionFailed) as caught:
        executable.run([np.array([True, False]), np.ones(2, F32)])
    assert str(caught.value) == "model.py:5  Assert in layer 'guard': it's | not\t'fine'|9.9"
    assert capfd.readouterr().err == ""


def test_an_assertion_in_a_branch_fails_only_when_the_branch_is_taken() -> None:
    executable = OnnxRuntime().prepare(assertion("branch"))
    bad = np.array([False])
    assert executable.run([bad, np.ones(2, F32), np.array(False)])[0].tolist() == [1, 1]
    with pytest.raises(AssertionFailed, match="it's"):
        executable.run([bad, np.ones(2, F32), np.array(True)])


def test_a_failing_node_is_told_with_layer_and_line() -> None:
    g = Graph()
    x, i = g.input("x", tensor("float32", [3])), g.input("i", tensor("int64", [1]))
    g.set_outputs(g.add(o.Gather(), [x, i], layer="pick", source=Source("model.py", 7)))
    with pytest.raises(
        ExecutionError, match=r"model\.py:7  Gather in layer 'pick': onnxruntime failed: indices"
    ):
        OnnxRuntime().prepare(model_of(g)).run([np.zeros(3, F32), np.array([5])])


def test_what_onnxruntime_cannot_do_is_said_before_the_run() -> None:
    g = Graph()
    x = g.input("x", tensor("uint16", [2]))
    g.set_outputs(g.add(o.Max(), [x, x], layer="most", source=Source("model.py", 2)))
    g.set_outputs(g.add(o.BitShift(direction="LEFT"), [x, *g.outputs], source=Source("model.py", 2)))
    with pytest.raises(UnsupportedError, match=r"model\.py:2 .*onnxruntime cannot run the model"):
        OnnxRuntime().prepare(model_of(g))


def test_inputs_are_checked_as_the_interpreter_does() -> None:
    g = Graph()
    g.set_outputs(g.add(o.Relu(), [g.input("x", tensor("float32", [symbol("batch"), 3]))]))
    with pytest.raises(ShapeError, match="axis 1 must be 3, not 4"):
        OnnxRuntime().prepare(model_of(g)).run([np.zeros((1, 4), F32)])


INTEGERS = ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]


@pytest.mark.parametrize("dtype", INTEGERS)
@pytest.mark.parametrize("op", [o.Div(), o.Mod(), o.Mod(fmod=True)], ids=["Div", "Mod", "fmod"])
def test_integer_division_survives_every_divisor(dtype: str, op: o.Operator) -> None:
    info = np.iinfo(dtype)
    numbers = sorted({info.min, info.min + 1, info.max, 0, 1, 2, 7, *([-1, -2, -7] if info.min < 0 else [])})
    a, b = (np.array(x, dtype) for x in zip(*[(x, y) for x in numbers for y in numbers], strict=True))
    g = Graph()
    n = symbol("n")
    g.set_outputs(g.add(op, [g.input("a", tensor(dtype, [n])), g.input("b", tensor(dtype, [n]))]))
    expected = []
    for x, y in zip(a.tolist(), b.tolist(), strict=True):  # Python's integers are the oracle
        quotient = 0 if y == 0 else abs(x) // abs(y) * (1 if (x < 0) == (y < 0) else -1)
        truncated, floored = (0, 0) if y == 0 else (x - quotient * y, x % y)
        expected.append(quotient if isinstance(op, o.Div) else truncated if op.fmod else floored)
    wrapped = np.array(expected, object) & ((1 << info.bits) - 1)
    for backend in (Interpreter(), OnnxRuntime()):
        (y,) = backend.prepare(model_of(g)).run([a, b])
        assert y.dtype == dtype
        assert (y.astype(object) & ((1 << info.bits) - 1)).tolist() == wrapped.tolist()


@pytest.mark.parametrize("dtype", ["bfloat16", "float8_e4m3fn", "float8_e5m2"])
def test_element_types_that_numpy_lacks_go_in_and_out(dtype: str) -> None:
    numpy_dtype = np.dtype(getattr(ml_dtypes, dtype))
    g = Graph()
    x = g.input("x", tensor(DType.of(numpy_dtype), [symbol("n")]))
    (wide,) = g.add(o.Cast(to=DType.float32), [x])
    (twice,) = g.add(o.Add(), [wide, wide])
    g.set_outputs(g.add(o.Cast(to=DType.of(numpy_dtype)), [twice]))
    (y,) = OnnxRuntime().prepare(model_of(g)).run([np.array([1, 2, 4], F32).astype(numpy_dtype)])
    assert y.dtype == numpy_dtype
    assert y.astype(F32).tolist() == [2, 4, 8]


@pytest.mark.parametrize("dtype", ["int4", "uint4", "bfloat16"])
def test_weights_of_small_types(dtype: str) -> None:
    g = Graph()
    data = np.arange(1000).reshape(8, 125) % 7
    w = Weight("w", tensor(dtype, [8, 125]), data.astype(DType[dtype].numpy))
    (wide,) = g.add(o.Cast(to=DType.float32), [g.weight(w)])
    g.set_outputs(g.add(o.Add(), [g.input("x", tensor("float32", [8, 125])), wide]))
    (y,) = OnnxRuntime().prepare(model_of(g)).run([np.zeros((8, 125), F32)])
    assert (y == data).all()


def weighted() -> tuple[GraphModel, Weight]:
    g = Graph()
    w = Weight("w", tensor("float32", [100]), np.ones(100, F32))
    g.set_outputs(g.add(o.Mul(), [g.input("x", tensor("float32", [100])), g.weight(w)]))
    return model_of(g), w


def test_a_session_is_kept_until_a_weight_is_set() -> None:
    model, w = weighted()
    first, second = OnnxRuntime().prepare(model, threads=1), OnnxRuntime().prepare(model, threads=1)
    assert first.session is second.session
    w.data = np.full(100, 2, F32)
    for executable in (first, second, OnnxRuntime().prepare(model, threads=1)):
        assert executable.run([np.ones(100, F32)])[0][0] == 2
    assert first.session is second.session


def test_setting_weights_of_another_model_keeps_the_session() -> None:
    model, _ = weighted()
    executable = OnnxRuntime().prepare(model)
    before = executable.session
    weighted()[1].data = np.zeros(100, F32)
    executable.run([np.ones(100, F32)])
    assert executable.session is before


def test_sessions_die_with_their_model() -> None:
    model, _ = weighted()
    session = weakref.ref(OnnxRuntime().prepare(model).session)
    del model
    gc.collect()
    assert session() is None


def test_large_weights_are_not_copied() -> None:
    size = 1 << 20
    g = Graph()
    w = Weight("w", tensor("float32", [size]), np.ones(size, F32))
    i = g.input("i", tensor("int64", [1]))
    g.set_outputs(g.add(o.Gather(), [g.weight(w), i]))  # an operator that packs nothing
    executable = OnnxRuntime().prepare(model_of(g))
    w.data[5] = 7  # written into, behind everybody's back
    assert executable.run([np.array([5])])[0].tolist() == [7]


def test_unknown_options_are_refused() -> None:
    model, _ = weighted()
    with pytest.raises(ArgumentError, match="no optimization 'most'"):
        OnnxRuntime().prepare(model, optimization="most")
    with pytest.raises(ArgumentError, match="no provider Abacus"):
        OnnxRuntime().prepare(model, providers=["Abacus"])


def test_scalars_come_out_as_arrays() -> None:
    g = Graph()
    g.set_outputs(g.add(o.ReduceSum(keepdims=False), [g.input("x", tensor("float32", [3]))]))
    (y,) = OnnxRuntime().prepare(model_of(g)).run([np.ones(3, F32)])
    assert isinstance(y, np.ndarray)
    assert y.shape == ()
