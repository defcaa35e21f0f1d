"""Looking into a graph while it runs, and errors of nodes told with the user's line in every runtime."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

import irkit
from irkit import layers, ops

X = np.array([[1, -2, 3], [-4, 5, -6]], np.float32)
HERE = Path(__file__).name


class Net(irkit.Model):
    """Calls one layer in every turn of a loop, another one once."""

    def __init__(self, **options: object) -> None:
        super().__init__(**options)
        self.again = layers.Dense(3, name="again", kernel_initializer="ones")
        self.last = layers.Dense(2, name="last", kernel_initializer="ones")

    def call(self, x):
        x = ops.leaky_relu(x, 0.5)
        turns = 0
        while turns < 3 and x.sum() < 1000:
            x = self.again(x)
            turns += 1
        return self.last(x)


def line_of(text: str) -> int:
    """The line of this file that holds `text`."""
    lines = Path(__file__).read_text().splitlines()
    return next(n for n, line in enumerate(lines, 1) if text in line and "line_of" not in line)


def test_a_graph_that_does_as_eager_shows_no_difference() -> None:
    comparison = Net().debug(X)
    assert comparison.first is None
    assert comparison.compared >= 10
    assert "are those of eager" in str(comparison)


def test_the_first_node_that_differs_is_named_with_its_line() -> None:
    model = Net()
    model.trace(X)
    node = next(n for n in model.trace(X).graph.walk() if n.op.name == "LeakyRelu")
    node.op = dataclasses.replace(node.op, alpha=0.25)
    first = model.debug(X).first
    assert first is not None and first.node is node
    text = str(first)
    assert f"{HERE}:{line_of('x = ops.leaky_relu(x, 0.5)')}  LeakyRelu" in text
    assert "furthest apart: 1.5 at [1, 2]" in text


def test_a_difference_inside_a_loop_is_the_first_turn_that_differs() -> None:
    def f(x):
        while x.sum() < 10:
            x = ops.leaky_relu(x, 0.5) + 1  # the first turn
        return x

    captured = irkit.capture(f, X)
    (node,) = [n for n in captured.graph.walk() if n.op.name == "LeakyRelu"]
    node.op = dataclasses.replace(node.op, alpha=0.25)
    first = captured.debug(X).first
    assert first is not None
    np.testing.assert_array_equal(first.expected, np.where(X > 0, X, X * 0.5))
    np.testing.assert_array_equal(first.found, np.where(X > 0, X, X * 0.25))
    assert f"{HERE}:{line_of('# the first turn')}" in str(first)


def test_captured_functions_are_compared_and_their_variables_left_alone() -> None:
    total = irkit.Variable(np.zeros(3, np.float32), trainable=False)

    def f(x):
        for row in x:
            if row.sum() > 0:
                total.assign(total + row)
        return total * 2

    captured = irkit.capture(f, X)
    comparison = captured.debug(X)
    assert comparison.first is None and comparison.compared >= 3
    np.testing.assert_array_equal(total.numpy(), np.zeros(3))


def test_intermediate_results_have_the_names_of_layers() -> None:
    model = Net()
    h = np.where(X > 0, X, X * 0.5)
    turns = []
    for _ in range(3):  # kernels of ones: every unit is the sum
        h = np.repeat(h.sum(axis=1, keepdims=True), 3, axis=1)
        turns.append(h)
    found = model.intermediate(X, "again")
    assert len(found) == len(turns)
    np.testing.assert_allclose(found, turns)
    np.testing.assert_allclose(model.intermediate(X, "last"), h.sum(axis=1, keepdims=True).repeat(2, axis=1))


def test_intermediate_results_of_a_saved_model(tmp_path: Path) -> None:
    model = Net()
    expected = model.intermediate(X, "again")
    model.save(tmp_path / "net.irk", samples=X)
    np.testing.assert_allclose(irkit.load(tmp_path / "net.irk").intermediate(X, "again"), expected)


def test_a_layer_that_is_not_there_is_told_with_those_that_are() -> None:
    with pytest.raises(irkit.ArgumentError, match="It has again, last"):
        Net().intermediate(X, "nothing")


@pytest.mark.parametrize("backend", ["interpreter", "onnxruntime", "native"])
def test_errors_of_nodes_name_the_line_and_the_layer(backend: str, request: pytest.FixtureRequest) -> None:
    if backend == "native":
        request.getfixturevalue("runtime")
    table = layers.Embedding(4, 2, name="table")
    table(np.array([0]))

    def f(i):
        x = ops.cast(i, "int64")
        return table(x) + 1  # the layer is called here

    captured = irkit.capture(f, np.array([1], np.int32))
    assert captured.run([np.array([3], np.int32)], {}, backend).shape == (1, 2)
    with pytest.raises(irkit.IrkitError) as raised:
        captured.run([np.array([9], np.int32)], {}, backend)
    text = str(raised.value)
    assert f"{HERE}:{line_of('# the layer is called here')}" in text
    assert "table" in text


@pytest.mark.parametrize("backend", ["interpreter", "onnxruntime", "native"])
def test_failed_checks_name_the_line_and_what_was_written(
    backend: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if backend == "native":
        request.getfixturevalue("runtime")

    def f(x):
        for row in x:
            assert row.sum() > 0, "rows must be positive"
        return x

    irkit.capture(f, X).save(tmp_path / "checked.irk")
    loaded = irkit.load(tmp_path / "checked.irk", backend=backend)
    np.testing.assert_array_equal(loaded(abs(X)), abs(X))
    with pytest.raises(irkit.AssertionFailed, match="rows must be positive") as raised:
        loaded(X)
    assert f"{HERE}:{line_of('assert row.sum() > 0')}" in str(raised.value)
