"""irkit.capture from outside: arguments by name, structures, files, checks, refusals."""

from __future__ import annotations

import dataclasses
from collections import namedtuple
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import irkit
from irkit import ops
from irkit.frontends.capture.captured import Captured
from tests.unit.capture.agreement import OPEN, agrees, equal, floats

Point = namedtuple("Point", "x y")


@dataclasses.dataclass
class Pair:
    first: Any
    second: Any


def program(p: Any, parts: Any, scale: float = 2.0, *, flag: bool = True, name: str | None = None) -> Any:
    """Takes and gives structures of every kind."""
    total = p.x * scale if flag else p.y
    if total.sum() > 0:
        total = total + parts["b"][0]
    return {
        "total": total,
        "point": Point(p.y, 1),
        "pair": Pair(parts["b"][1], None),
        "name": name,
        "n": p.x.shape[0],
    }


def arguments(n: int) -> tuple[Any, ...]:
    x = np.arange(n, dtype=np.float32)
    return Point(x, -x), {"b": [np.float32(3), np.array([1, 2])]}


def specs() -> tuple[Any, ...]:
    size = irkit.TensorSpec(("n",), "float32")
    return Point(size, size), {"b": [np.float32(0), np.array([0, 0])]}


@pytest.fixture(params=["captured", "interpreter", "onnxruntime"])
def subject(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[..., Any]:
    """The program as a graph: in Python, and from a file."""
    captured: Callable[..., Any] = irkit.capture(program, *specs(), name="a")
    if request.param == "captured":
        return captured
    assert isinstance(captured, Captured)
    captured.save(tmp_path / "program.irk")
    return irkit.load(tmp_path / "program.irk", backend=request.param)


def test_structures_go_in_and_come_out() -> None:
    captured = irkit.capture(program, *specs(), name="a")
    for n in (0, 1, 4):
        expected = program(*[_tensors(a) for a in arguments(n)], name="a")
        equal(captured(*arguments(n), name="a"), expected)


def _tensors(x: Any) -> Any:
    from irkit.frontends.capture.arguments import as_tensor, mapped

    return mapped(as_tensor, x)


def test_arguments_may_be_given_by_position_by_name_and_left_out(subject: Callable[..., Any]) -> None:
    p, parts = arguments(3)
    for result in (
        subject(p, parts, name="a"),
        subject(p, parts=parts, name="a", flag=True),
        subject(name="a", parts=parts, p=p, scale=2.0),
        subject(p, parts, 2.0, name="a"),
    ):
        np.testing.assert_array_equal(np.asarray(result["total"]), p.x * 2 + 3)
        assert (result["name"], result["n"], result["point"].y) == ("a", 3, 1)
        assert list(result) == ["total", "point", "pair", "name", "n"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda p, parts: ((p, parts), {"name": "b"}), "name being 'a'; it is 'b'"),
        (lambda p, parts: ((p, parts), {}), "name is missing|name being 'a'"),
        (lambda p, parts: ((p, parts, 3.0), {"name": "a"}), "scale being 2.0; it is 3.0"),
        (lambda p, parts: ((p, parts, 2), {"name": "a"}), "scale being 2.0; it is 2"),
        (lambda p, parts: ((p, {"c": parts["b"]}), {"name": "a"}), "keys b"),
        (lambda p, parts: ((p, {"b": tuple(parts["b"])}), {"name": "a"}), "a list of 2"),
        (lambda p, parts: ((p, {"b": parts["b"][:1]}), {"name": "a"}), "a list of 2"),
        (lambda p, parts: ((p, {"b": [3.0, parts["b"][1]]}), {"name": "a"}), "a tensor"),
        (lambda p, parts: ((Point(p.x.astype(float), p.y), parts), {"name": "a"}), "float32; it is float64"),
    ],
)  # fmt: skip
def test_what_differs_from_the_capture_is_named(
    subject: Callable[..., Any], change: Any, message: str
) -> None:
    args, kwargs = change(*arguments(3))
    with pytest.raises(irkit.AssumptionError, match=message):
        subject(*args, **kwargs)


def test_sizes_that_differ_from_the_capture_are_named(subject: Callable[..., Any]) -> None:
    p, parts = arguments(3)
    with pytest.raises(irkit.ShapeError, match="n = 3"):
        subject(Point(p.x, p.y[:2]), parts, name="a")
    with pytest.raises(irkit.ShapeError, match="axis 0 must be 2"):
        subject(p, {"b": [parts["b"][0], np.array([1])]}, name="a")


@pytest.mark.parametrize("backend", ["interpreter", "onnxruntime"])
def test_asserts_and_raises_are_checks_of_the_graph(backend: str) -> None:
    def f(x: Any, limit: Any) -> Any:
        assert x.sum() < 100, "too much"
        for row in x:
            if row > limit:
                raise ValueError(f"row above {3} is wrong")
        return x * 2

    captured = irkit.capture(f, OPEN, np.float32(0))
    line = f.__code__.co_firstlineno
    np.testing.assert_array_equal(captured.run((floats(1, 2), np.float32(5)), {}, backend).numpy(), [2, 4])
    with pytest.raises(irkit.AssertionFailed, match="too much") as error:
        captured.run((floats(99, 2), np.float32(500)), {}, backend)
    assert f"test_capturing.py:{line + 1}" in str(error.value)
    with pytest.raises(irkit.AssertionFailed, match="ValueError: row above 3 is wrong") as error:
        captured.run((floats(1, 7), np.float32(5)), {}, backend)
    assert f"test_capturing.py:{line + 4}" in str(error.value)


def test_a_side_that_raises_leaves_the_other_as_it_is() -> None:
    def f(x: Any) -> Any:
        if x.sum() > 0:
            y = x
        else:
            raise ValueError("not positive")
        return y, "text"

    captured = agrees(f, [OPEN], (floats(1),))
    assert not any(n.op.name == "If" for n in captured.graph.nodes)
    with pytest.raises(irkit.AssertionFailed, match="not positive"):
        captured(floats(-1))


def test_a_swallowed_refusal_is_still_a_refusal() -> None:
    def f(x: Any) -> Any:
        try:
            n = len(x.numpy())
        except BaseException:  # noqa: BLE001  # what is tested
            n = 5
        return x + n

    with pytest.raises(irkit.CaptureError, match="is not known while the model is defined"):
        irkit.capture(f, OPEN)


def test_conditions_on_tensors_inside_of_try_are_refused() -> None:
    def f(x: Any) -> Any:
        try:
            if x.sum() > 0:
                raise KeyError("a")
        except KeyError:
            x = x * 2
        return x

    with pytest.raises(irkit.CaptureError, match="stands in a try statement"):
        irkit.capture(f, OPEN)


def test_the_text_of_a_tensor_is_refused_as_a_result() -> None:
    def f(x: Any) -> Any:
        return x, f"{x.sum()}"

    with pytest.raises(irkit.CaptureError, match="text of a tensor"):
        irkit.capture(f, OPEN)


@pytest.mark.parametrize("value", [2.7, -2.7, 0.0])
def test_numbers_taken_from_tensors_stay_open(value: float) -> None:
    def f(x: Any) -> Any:
        n = int(x[0])
        return n, float(x[0]) / 2, bool(x[0]), n // 2, n % 2, max(n, 1), abs(n), x[0].item() + 1

    agrees(f, [OPEN], (floats(value),))


def test_sizes_that_depend_on_data() -> None:
    def f(x: Any, i: Any) -> Any:
        chosen = x[x > 1]
        if chosen.shape[0] == 0:
            return x[i:], 0
        return chosen[: int(i)], chosen.shape[0]

    calls = [
        (floats(*values), np.array(i)) for values in ((0, 1), (2, 0, 3), (5, 6, 7, 8)) for i in (0, 1, 2)
    ]
    agrees(f, [OPEN, np.array(0)], *calls, backend="onnxruntime")


def test_a_model_counts_its_weights_once_and_runs_its_loops_everywhere(tmp_path: Path) -> None:
    class Net(irkit.Model):
        def __init__(self) -> None:
            super().__init__(name="net")
            self.inner = irkit.layers.Dense(2, name="inner")

        def call(self, x: Any) -> Any:
            n = 0
            while ops.sum(ops.abs(x)) > 1 and n < 5:
                x = self.inner(x) * 0.25
                n += 1
            return x if n > 2 else self.inner(x)

    net = Net()
    x = np.random.default_rng(3).normal(size=(4, 2)).astype(np.float32) * 10
    expected = net(x).numpy()
    captured = irkit.capture(net, irkit.TensorSpec((None, 2), "float32"))
    np.testing.assert_allclose(captured(x).numpy(), expected, rtol=1e-5)
    np.testing.assert_allclose(net.predict(x), expected, rtol=1e-5)
    net.save(tmp_path / "net.irk")
    loaded = irkit.load(tmp_path / "net.irk")
    np.testing.assert_allclose(loaded.predict(x), expected, rtol=1e-5)
    assert len(loaded.weights) == len(net.weights) == 2
    assert [layer.name for layer in loaded.layers] == ["inner"]


def test_layers_made_inside_are_refused() -> None:
    def f(x: Any) -> Any:
        return irkit.layers.Dense(2)(x)

    with pytest.raises(irkit.CaptureError, match="made inside"):
        irkit.capture(f, irkit.TensorSpec((None, 2), "float32"))


def test_the_line_of_a_refusal_is_that_of_the_program() -> None:
    def f(x: Any) -> Any:
        y = x * 2
        return np.asarray(y)

    with pytest.raises(irkit.CaptureError, match=f"test_capturing.py:{f.__code__.co_firstlineno + 2}"):
        irkit.capture(f, OPEN)
