"""Branches and loops: the same in Python, in a graph, and when a model is called again."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import irkit
from irkit import execution, ops
from irkit.errors import CaptureError, ShapeError
from irkit.frontends.models.functional import Functional
from irkit.frontends.tensors.input import Input

ROWS = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], "float32")


def runs(model: Functional, *values: np.ndarray) -> list[list[np.ndarray]]:
    """What the model gives eagerly, in the interpreter, in onnxruntime, and inside another model."""
    eager = model(list(values))
    found = [[np.asarray(t) for t in (eager if isinstance(eager, list) else [eager])]]
    again = [Input(batch_shape=(None, *v.shape[1:]), dtype=str(v.dtype)) for v in values]
    outputs = model(again)
    outer = Functional(again, outputs if isinstance(outputs, list) else [outputs])
    for graph_model in (model.graph_model, outer.graph_model):
        backends = map(execution.backend, ("interpreter", "onnxruntime"))
        found += [backend.prepare(graph_model).run(list(values)) for backend in backends]
    return found


@pytest.mark.parametrize("sign", [1, -1])
def test_a_branch_is_chosen_when_the_model_runs(sign: int) -> None:
    x = Input((2,))
    y = ops.cond(ops.sum(x) > 0, lambda: x * 2.0, lambda: x - 1.0)
    expected = ROWS * 2 if sign > 0 else -ROWS - 1
    for found in runs(Functional([x], [y]), sign * ROWS):
        np.testing.assert_array_equal(found[0], expected)


def test_switch_takes_the_nearest_branch() -> None:
    i = Input(batch_shape=(None,), dtype="int32")
    y = ops.switch(i[0], [lambda: i * 0, lambda: i * 10, lambda: i * 100])
    for index, factor in ((-3, 0), (0, 0), (1, 10), (2, 100), (9, 100)):
        for found in runs(Functional([i], [y]), np.array([index], "int32")):
            assert found[0][0] == index * factor


def test_a_loop_with_a_condition() -> None:
    x = Input((2,))
    turns, y = ops.while_loop(lambda n, v: ops.max(v) < 100, lambda n, v: (n + 1, v * 2), (0, x))
    for found in runs(Functional([x], [turns, y]), ROWS):
        assert found[0] == 5
        np.testing.assert_array_equal(found[1], ROWS * 32)


def test_a_loop_may_grow_a_tensor() -> None:
    x = Input((2,))
    y = ops.while_loop(
        lambda t: ops.cast(ops.shape(t)[0], "int32") < 10, lambda t: ops.concatenate([t, t]), x
    )
    for found in runs(Functional([x], [y]), ROWS):
        np.testing.assert_array_equal(found[0], np.tile(ROWS, (4, 1)))


@pytest.mark.parametrize("reverse", [False, True])
def test_scan_hands_on_and_collects(reverse: bool) -> None:
    x = Input((2,))
    last, all_of_them = ops.scan(lambda c, row: (c + row, c * row), ops.ones((2,)), x, reverse=reverse)
    rows, carry, collected = ROWS[::-1] if reverse else ROWS, np.ones(2, "float32"), []
    for row in rows:
        collected.append(carry * row)
        carry = carry + row
    expected = np.stack(collected[::-1] if reverse else collected)
    for found in runs(Functional([x], [last, all_of_them]), ROWS):
        np.testing.assert_array_equal(found[0], carry)
        np.testing.assert_array_equal(found[1], expected)


def test_loops_nest() -> None:
    x = Input((2,))

    def inner(row: Any) -> Any:
        return ops.fori_loop(0, ops.cast(row[0], "int32"), lambda i, v: v + row, ops.zeros((2,)))

    for found in runs(Functional([x], [ops.map(inner, x)]), ROWS):
        np.testing.assert_array_equal(found[0], ROWS * ROWS[:, :1])


def test_associative_scan_equals_running_sums() -> None:
    np.testing.assert_array_equal(ops.associative_scan(ops.add, np.arange(7)), np.cumsum(np.arange(7)))
    found = ops.associative_scan(ops.add, np.arange(7), reverse=True)
    np.testing.assert_array_equal(found, np.cumsum(np.arange(7)[::-1])[::-1])


def test_a_tensor_cannot_leak_out_of_a_branch() -> None:
    x, leaked = Input((2,)), []

    def branch() -> Any:
        leaked.append(x * 3.0)
        return leaked[0] + 1.0

    ops.cond(ops.sum(x) > 0, branch, lambda: x)
    with pytest.raises(CaptureError, match="used outside of it"):
        leaked[0] + 1.0


def test_branches_must_return_the_same_structure() -> None:
    x = Input((2,))
    with pytest.raises(ShapeError, match="different structures"):
        ops.cond(ops.sum(x) > 0, lambda: (x, x), lambda: x)


def test_a_loop_may_read_symbolic_tensors_in_its_turns_only() -> None:
    x = irkit.Input((2,), batch_size=3)
    model = irkit.Model(x, ops.map(lambda row: row * row, x))
    array = np.arange(6, dtype=np.float32).reshape(3, 2)
    np.testing.assert_array_equal(model.predict(array), array**2)

    def running(x: irkit.KerasTensor) -> tuple[irkit.KerasTensor, irkit.KerasTensor]:
        return ops.scan(lambda total, row: (total + 1.0, row * total), np.float32(1), x)

    total, rows = irkit.capture(running, array)(array)
    assert float(total) == 4
    np.testing.assert_array_equal(rows, array * [[1], [2], [3]])
