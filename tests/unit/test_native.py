"""The C++ runtime from Python: the same results as onnxruntime's, to the bit; the same errors."""

from __future__ import annotations

from ctypes.util import find_library

import numpy as np
import pytest

from irkit import operators as o
from irkit.backends.native import Native
from irkit.backends.native_abi import LIBRARY, Library, _found
from irkit.backends.onnxruntime import OnnxRuntime
from irkit.errors import (
    ArgumentError,
    AssertionFailed,
    ExecutionError,
    ShapeError,
    UnknownNameError,
    UnsupportedError,
)
from irkit.ir import (
    DType,
    Graph,
    GraphModel,
    LayerNode,
    OptionalType,
    SequenceType,
    Signature,
    Weight,
    symbol,
    tensor,
)
from irkit.ir.source import Source

F32 = np.float32


def _is_built() -> bool:
    try:
        _found()
    except UnsupportedError:
        return False
    return True


needs_library = pytest.mark.skipif(not _is_built(), reason="scripts/build_runtime.sh has not run")


def model_of(graph: Graph) -> GraphModel:
    names = tuple(f"y{i}" for i in range(len(graph.outputs)))
    return GraphModel("model", graph, LayerNode("model", "Model"), Signature(output_names=names))


def small() -> tuple[GraphModel, Weight]:
    g = Graph()
    rng = np.random.default_rng(0)
    w = Weight("w", tensor("float32", [40, 30]), rng.standard_normal((40, 30), F32))
    (h,) = g.add(o.MatMul(), [g.input("x", tensor("float32", [symbol("batch"), 40])), g.weight(w)])
    g.set_outputs([*g.add(o.Tanh(), [h]), *g.add(o.Shape(), [h])])
    return model_of(g), w


@needs_library
def test_results_are_those_of_onnxruntime_to_the_bit() -> None:
    model, _ = small()
    ours, theirs = (b.prepare(model, threads=1) for b in (Native(), OnnxRuntime()))
    for batch in (1, 7, 64, 0):
        x = np.random.default_rng(batch).standard_normal((batch, 40), F32)
        for a, b in zip(ours.run([x]), theirs.run([x]), strict=True):
            assert a.dtype == b.dtype
            np.testing.assert_array_equal(a, b)


@needs_library
def test_new_weights_are_used() -> None:
    model, w = small()
    executable = Native().prepare(model)
    w.data = np.zeros((40, 30), F32)
    assert not executable.run([np.ones((1, 40), F32)])[0].any()


@needs_library
@pytest.mark.parametrize("dtype", ["bfloat16", "float16", "int4", "bool", "string"])
def test_every_kind_of_element_goes_in_and_out(dtype: str) -> None:
    g = Graph()
    x = g.input("x", tensor(dtype, [symbol("n"), 3]))
    # onnxruntime 1.31 has no Identity of 4-bit integers
    (y,) = g.add(o.Cast(to=DType.float32) if dtype == "int4" else o.Identity(), [x])
    g.set_outputs(g.add(o.Cast(to=DType.int4), [y]) if dtype == "int4" else [y])
    texts = np.array([["a", "ü", ""], ["b", "", "c"]], object)
    array = texts if dtype == "string" else (np.arange(6).reshape(2, 3) % 2).astype(DType[dtype].numpy)
    (result,) = Native().prepare(model_of(g)).run([array])
    assert result.dtype == array.dtype
    assert result.tolist() == array.tolist()


@needs_library
def test_errors_are_those_of_python_with_layer_and_line() -> None:
    g = Graph()
    c, x, i = (
        g.input("c", tensor("bool", [])),
        g.input("x", tensor("float32", [3])),
        g.input("i", tensor("int64", [1])),
    )
    (y,) = g.add(o.Assert(message="must hold"), [c, x], layer="guard", source=Source("model.py", 5))
    g.set_outputs(g.add(o.Gather(), [y, i], layer="pick", source=Source("model.py", 7)))
    executable = Native().prepare(model_of(g))
    yes, index = np.array(True), np.array([1])
    assert executable.run([yes, np.arange(3, dtype=F32), index])[0].tolist() == [1]
    with pytest.raises(AssertionFailed, match=r"model\.py:5 .*guard.*must hold"):
        executable.run([np.array(False), np.ones(3, F32), index])
    with pytest.raises(ExecutionError, match=r"model\.py:7 .*pick.*onnxruntime failed"):
        executable.run([yes, np.ones(3, F32), np.array([9])])
    with pytest.raises(ShapeError, match="input 'x'"):
        executable.run([yes, np.ones(4, F32), index])


@needs_library
@pytest.mark.parametrize("dtype", ["float32", "float16", "string", "bool"])
def test_sequences_go_in_and_out_empty_ones_too(dtype: str) -> None:
    g = Graph()
    xs, x = g.input("xs", SequenceType(tensor(dtype, None))), g.input("x", tensor(dtype, [symbol("n")]))
    (ys,) = g.add(o.SequenceInsert(), [xs, x])
    g.set_outputs([ys, *g.add(o.SequenceLength(), [ys])])
    executable = Native().prepare(model_of(g))
    texts = [np.array(t, object) for t in (["a", "ü"], [["", "b", "c"]], [])]
    arrays = texts if dtype == "string" else [(t == "a").astype(DType[dtype].numpy) for t in texts]
    for count in (0, 1, 2):
        found, length = executable.run([arrays[:count], arrays[-1]])
        assert int(length) == len(found) == count + 1
        for a, b in zip(found, [*arrays[:count], arrays[-1]], strict=True):
            assert (a.dtype, a.shape, a.tolist()) == (b.dtype, b.shape, b.tolist())


@needs_library
def test_a_tensor_of_a_sequence_is_measured_by_the_inputs_symbols() -> None:
    g = Graph()
    n = symbol("n")
    xs, x = g.input("xs", SequenceType(tensor("float32", [n, 2]))), g.input("x", tensor("float32", [n]))
    g.set_outputs(g.add(o.SequenceLength(), [xs]) + g.add(o.Identity(), [x]))
    executable = Native().prepare(model_of(g))
    assert executable.run([[np.ones((3, 2), F32)] * 2, np.ones(3, F32)])[0] == 2
    with pytest.raises(ShapeError, match=r"'xs'\[1\].* axis 0 must be 3 \(n\), found 4"):
        executable.run([[np.ones((3, 2), F32), np.ones((4, 2), F32)], np.ones(3, F32)])


@needs_library
def test_an_optional_may_hold_nothing() -> None:
    g = Graph()
    g.set_outputs(g.add(o.Identity(), [g.input("x", OptionalType(tensor("float32", None)))]))
    executable = Native().prepare(model_of(g))
    np.testing.assert_array_equal(executable.run([np.ones(2, F32)])[0], [1, 1])
    assert executable.run([None]) == [None]


def counter() -> GraphModel:
    """y = x + total, total += x."""
    g = Graph()
    x, total = g.input("x", tensor("float32", [2])), g.input("total", tensor("float32", [2]))
    (after,) = g.add(o.Add(), [x, total])
    g.set_outputs([*g.add(o.Identity(), [after]), after])
    weight = Weight("total", tensor("float32", [2]), np.array([10, 20], F32))
    layers = LayerNode("model", "Model", weights=[weight])
    return GraphModel("model", g, layers, Signature(output_names=("y",)), states=(weight,))


@needs_library
def test_states_are_kept_set_and_reset() -> None:
    executable = Native().prepare(counter())
    assert list(executable.states) == ["total"]
    one = np.ones(2, F32)
    np.testing.assert_array_equal(executable.run([one])[0], [11, 21])
    np.testing.assert_array_equal(executable.run([one])[0], [12, 22])
    np.testing.assert_array_equal(executable.states["total"], [12, 22])
    executable.states["total"] = np.array([0, 1], F32)
    np.testing.assert_array_equal(executable.run([one])[0], [1, 2])
    executable.states.reset()
    np.testing.assert_array_equal(executable.states["total"], [10, 20])
    with pytest.raises(ShapeError, match="expected float32"):
        executable.states["total"] = np.zeros(3, F32)
    with pytest.raises(UnknownNameError, match="no state called 'sum'"):
        executable.states["sum"]


@needs_library
def test_states_outlive_a_change_of_weights() -> None:
    executable = Native().prepare(counter())
    executable.run([np.ones(2, F32)])
    small()[1].data = np.zeros((40, 30), F32)  # any weight: sessions are made anew
    np.testing.assert_array_equal(executable.run([np.ones(2, F32)])[0], [12, 22])


@needs_library
def test_a_call_that_takes_too_long_ends() -> None:
    body = Graph()
    body.input("trip", tensor("int64", []))
    body.input("go", tensor("bool", []))
    matrix = body.input("m", tensor("float32", [64, 64]))
    (go,) = body.add(o.Identity(), [body.inputs[1]])
    body.set_outputs([go, *body.add(o.MatMul(), [matrix, matrix])])
    g = Graph()
    trips, x = g.input("trips", tensor("int64", [])), g.input("x", tensor("float32", [64, 64]))
    g.set_outputs(g.add(o.Loop(body=body), [trips, None, x]))
    executable = Native().prepare(model_of(g), timeout=0.2, threads=1)
    x = np.eye(64, dtype=F32)
    np.testing.assert_array_equal(executable.run([np.array(3), x])[0], x)
    with pytest.raises(ExecutionError, match="the time given for the call was over"):
        executable.run([np.array(2**62), x])
    with pytest.raises(ArgumentError, match="timeout of -1"):
        Native().prepare(model_of(g), timeout=-1)


@needs_library
def test_a_profile_names_layers_and_lines() -> None:
    g = Graph()
    x = g.input("x", tensor("float32", [1000]))
    g.set_outputs(g.add(o.Tanh(), [x], layer="block/dense", source=Source("model.py", 12)))
    executable = Native().prepare(model_of(g), profile=True)
    for _ in range(3):
        executable.run([np.ones(1000, F32)])
    times = executable.end_profile()
    assert [(t.op, t.layer, t.source, t.calls) for t in times] == [("Tanh", "block/dense", "model.py:12", 3)]
    with pytest.raises(ArgumentError, match="measures no profile"):
        executable.end_profile()


def test_a_missing_library_tells_how_to_build_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(LIBRARY, "/nowhere/libirkit.so")
    with pytest.raises(UnsupportedError, match=r"scripts/build_runtime\.sh"):
        _found()


def test_a_library_that_is_too_old_tells_so(monkeypatch: pytest.MonkeyPatch) -> None:
    other = find_library("c")  # a library without our functions
    monkeypatch.setattr("irkit.backends.native_abi._found", lambda: other)
    with pytest.raises(UnsupportedError, match=r"older than this irkit: it has no irkit_model_open"):
        Library()


def test_unknown_options_are_refused() -> None:
    with pytest.raises(ArgumentError, match="no optimization 'most'"):
        Native().prepare(small()[0], optimization="most")
