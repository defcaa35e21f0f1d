"""Symbols by name: expressions that become graphs when they are fed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import irkit
from irkit import layers, ops

RNG = np.random.default_rng(0)
X, Y = RNG.standard_normal((3, 4)), RNG.standard_normal((4,))


def symbols(*names: str) -> list[object]:
    return [irkit.Variable(name) for name in names]


@pytest.mark.parametrize("backend", ["interpreter", "onnxruntime"])
def test_expressions_are_numpys(backend: str) -> None:
    a, b = symbols("a", "b")
    expressions = {
        "sum": ((a + b * 2 - 1).sum(axis=0), (X + Y * 2 - 1).sum(0)),
        "reflected": (2 - a / (1 + abs(b)), 2 - X / (1 + abs(Y))),
        "product": (a @ b, X @ Y),
        "array on the left": (Y * a, Y * X),
        "index": (a[1:, ::-1] + 0 * b, X[1:, ::-1] + 0 * Y),
        "method": (a.reshape(4, 3).transpose() * b.mean(), X.reshape(4, 3).T * Y.mean()),
        "function": (a.apply(ops.maximum, b), np.maximum(X, Y)),
    }
    f = irkit.compile({name: e for name, (e, _) in expressions.items()}, backend=backend)
    assert sorted(f.arguments) == ["a", "b"]
    found = f(a=X, b=Y)
    for name, (_, wanted) in expressions.items():
        np.testing.assert_allclose(found[name], wanted, rtol=1e-6, err_msg=name)
        assert found[name].dtype == np.float64


def test_one_result_needs_only_its_own_symbols() -> None:
    a, b, c = symbols("a", "b", "c")
    left, right = a * b, c + 1
    f = irkit.compile([left, right])
    np.testing.assert_array_equal(f.run(right, {c: X}), X + 1)
    np.testing.assert_allclose(f.run({"l": left}, {"a": X, "b": Y, "c": X})["l"], X * Y)
    assert [n.op.name for n in irkit.compile(left).trace(a=X, b=Y).graph.nodes] == ["Mul"]


def test_an_expression_of_many_thousand_steps_needs_no_recursion() -> None:
    (a,) = symbols("a")
    y = a
    for _ in range(3000):
        y = y + 1
    assert irkit.compile(y)(a=np.zeros(1)).tolist() == [3000]


def test_a_layer_on_a_symbol_shares_its_weights_with_the_eager_layer(tmp_path: Path) -> None:
    dense = layers.Dense(2, name="dense")
    x = X.astype(np.float32)
    eager = np.asarray(dense(x))
    (a,) = symbols("a")
    f = irkit.compile(dense(a) + 1)
    np.testing.assert_allclose(f(a=x), eager + 1, rtol=1e-6)
    dense.set_weights([2 * w for w in dense.get_weights()])
    np.testing.assert_allclose(f(a=x), 2 * eager + 1, rtol=1e-6)
    f.save(tmp_path / "a.irk", a=irkit.TensorSpec((None, 4), "float32"))
    loaded = irkit.load(tmp_path / "a.irk")
    np.testing.assert_allclose(loaded.predict(x), 2 * eager + 1, rtol=1e-6)
    assert [w.path for w in loaded.graph_model.weights] == ["dense/kernel", "dense/bias"]


def line_of(text: str) -> int:
    """Where this file says that."""
    lines = Path(__file__).read_text().splitlines()
    return next(i for i, line in enumerate(lines, 1) if line.strip().startswith(text))


def test_mistakes_name_the_symbol_and_the_line() -> None:
    a = irkit.Variable("a", shape=(None, 4), dtype="float32")
    b = irkit.Variable("b")
    wrong = a @ b
    f = irkit.compile(wrong)
    with pytest.raises(
        irkit.ArgumentError, match=r"the symbol 'b' is not fed(?s:.)*made at test_symbols.py:\d+"
    ):
        f(a=X)
    with pytest.raises(irkit.ArgumentError, match=r"no symbol called 'z'(?s:.)*There are a, b"):
        f(a=X, b=Y, z=1)
    with pytest.raises(
        irkit.ShapeError, match=r"'a' was declared as float32\[None, 4\] and is fed float64\[3, 4\]"
    ):
        f(a=X, b=Y)
    with pytest.raises(irkit.ShapeError) as caught:
        f(a=X.astype(np.float32), b=np.ones(3, np.float32))
    place = f"test_symbols.py:{line_of('wrong = a @ b')}  MatMul"
    assert str(caught.value).startswith(place)
    assert "a: float32[3, 4]\n  b: float32[3]" in str(caught.value)
    with pytest.raises(irkit.CaptureError, match="truth of the symbol 'less'"):
        bool(b < 1)
    other = irkit.Variable("a") * a
    with pytest.raises(irkit.ArgumentError, match="two symbols are called 'a'"):
        irkit.compile(other)(a=X)


def test_a_name_of_an_initializer_with_a_shape_is_a_variable() -> None:
    assert isinstance(irkit.Variable("zeros", shape=(2,)), irkit.Variable)
    assert not isinstance(irkit.Variable("zeros"), irkit.Variable)
