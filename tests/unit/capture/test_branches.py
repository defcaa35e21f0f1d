"""if, elif, else, ?:, and, or, not on tensors: the graph does what Python does."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import irkit
from irkit import ops
from tests.unit.capture.agreement import OPEN, agrees, floats

X = (floats(1, 2, 3),), (floats(-1, -2, -3),), (floats(0, 0, 0),)


def test_a_branch_sets_several_variables() -> None:
    def f(x: Any) -> Any:
        scale, name = 1.0, "none"
        if x.sum() > 0:
            y, scale = x + 1, 2.0
        elif x.sum() < 0:
            y = x - 1
        else:
            y = ops.zeros_like(x)
        return y, scale, name

    agrees(f, [OPEN], *X)


def test_an_early_return_skips_the_rest() -> None:
    def f(x: Any) -> Any:
        if x.sum() > 5:
            return x + 1, 1
        if x.sum() < -5:
            return x + 2, 2
        y = x * 3
        return y, 3

    agrees(f, [OPEN], *X)


def test_many_early_returns_do_not_nest_deeper_than_graphs_may(tmp_path: Path) -> None:
    lines = [f"    if s == {n}:\n        return s * {n + 1}" for n in range(40)]
    file = tmp_path / "forty.py"
    file.write_text("\n".join(["def f(x):", "    s = x.sum()", *lines, "    return s"]))
    f = runpy.run_path(str(file))["f"]
    agrees(f, [OPEN], *((floats(n),) for n in (0, 3, 21, 39, 40)))


def test_a_variable_that_is_set_on_one_side_only_is_checked_when_it_is_read() -> None:
    def f(x: Any) -> Any:
        if x.sum() > 0:
            y = x * 2
        return y

    captured = agrees(f, [OPEN], (floats(1, 2),))
    with pytest.raises(UnboundLocalError):
        f(irkit.tensor(floats(-1)))
    with pytest.raises(irkit.AssertionFailed, match="'y'"):
        captured(floats(-1))


def test_numbers_of_python_stay_numbers_of_python() -> None:
    def f(x: Any) -> Any:
        n = 3 if x.sum() > 0 else 5
        half = ops.cast(x, "float16")
        return n, n / 2, n // 2, n % 2, n > 4, half * n, half * (n / 3)

    agrees(f, [OPEN], *X)


@pytest.mark.parametrize("backend", ["interpreter", "onnxruntime"])
def test_and_or_not_give_what_python_gives(backend: str) -> None:
    def f(x: Any, y: Any) -> Any:
        a = x.sum() > 0 and y.sum() > 0
        b = x.sum() > 0 or y.sum() > 0
        return a, b, not a, (not b) and True, x.sum() and y.sum(), x.sum() or y.sum()

    calls = [(floats(p), floats(q)) for p in (-1, 0, 1) for q in (-2, 0, 2)]
    agrees(f, [OPEN, irkit.TensorSpec(("n",), "float32")], *calls, backend=backend)


def test_the_second_operand_of_and_runs_only_when_the_first_holds() -> None:
    def f(x: Any, i: Any) -> Any:
        return x[0] + 1 if i < x.shape[0] and x[i] > 0 else x[0]

    calls = [(floats(1, -1, 1), np.array(i)) for i in (0, 1, 2, 3, 100)]
    agrees(f, [OPEN, np.array(0)], *calls)


def test_chained_comparisons_compute_the_middle_once() -> None:
    def f(x: Any) -> Any:
        seen = []

        def middle() -> Any:
            seen.append(1)
            return x.sum()

        inside = 0 < middle() < 10
        return inside, len(seen)

    agrees(f, [OPEN], (floats(1),), (floats(11),), (floats(-1),))


def test_structures_are_merged_part_by_part() -> None:
    def f(x: Any) -> Any:
        state = {"a": x, "b": (1, [x + 1])}
        if x.sum() > 0:
            state["a"] = x * 2
            state["b"] = (2, [x + 3])
        return state

    agrees(f, [OPEN], *X)


def test_an_object_of_the_program_may_be_changed_in_a_branch() -> None:
    class Box:
        def __init__(self, value: Any) -> None:
            self.value = value

    def f(x: Any) -> Any:
        box = Box(x)
        if x.sum() > 0:
            box.value = box.value * 2
        return box.value

    agrees(f, [OPEN], *X)


def test_a_variable_of_a_function_around_may_be_set_in_a_branch() -> None:
    def f(x: Any) -> Any:
        total = x.sum()

        def add(y: Any) -> None:
            nonlocal total
            total = total + y

        if x.sum() > 0:
            add(10)
        add(1)
        return total

    agrees(f, [OPEN], *X)


def test_types_that_differ_by_branch_are_refused_with_both() -> None:
    def f(x: Any) -> Any:
        y = ops.cast(x, "int32") if x.sum() > 0 else x
        return y * 2

    with pytest.raises(irkit.CaptureError) as error:
        irkit.capture(f, OPEN)
    assert "float32" in str(error.value)
    assert "int32" in str(error.value)
    assert "test_branches.py:" in str(error.value)


def test_what_is_not_read_may_differ_by_branch() -> None:
    def f(x: Any) -> Any:
        if x.sum() > 0:
            kind, y = "positive", x
        else:
            kind, y = None, -x
        del kind
        return y

    agrees(f, [OPEN], *X)


def test_branches_on_open_sizes_are_decided_by_the_run() -> None:
    def f(x: Any) -> Any:
        if x.shape[0] > 2:
            return x[:2].sum(), x.shape[0] * 2
        return x.sum(), 0

    agrees(f, [OPEN], (floats(1),), (floats(1, 2),), (floats(1, 2, 3),), (floats(),))


def test_sizes_need_only_be_equal_in_the_branch_that_needs_it() -> None:
    def f(x: Any, y: Any) -> Any:
        if x.shape[0] == y.shape[0]:
            return (x * y).sum()
        return x.sum() + y.sum()

    specs = [irkit.TensorSpec(("a",), "float32"), irkit.TensorSpec(("b",), "float32")]
    agrees(f, specs, (floats(1, 2), floats(3, 4)), (floats(1, 2), floats(5)), (floats(), floats()))


def test_results_of_a_branch_may_have_other_sizes() -> None:
    def f(x: Any) -> Any:
        y = x[1:] if x.sum() > 0 else ops.concatenate([x, x])
        return y, y.shape[0]

    agrees(f, [OPEN], *X, backend="onnxruntime")


def test_an_error_of_python_in_a_branch_is_met_only_by_who_takes_it() -> None:
    def f(x: Any) -> Any:
        if x.sum() > 100:
            return x * (1 // 0)
        return x

    captured = agrees(f, [OPEN], (floats(1),))
    with pytest.raises(irkit.AssertionFailed, match="ZeroDivisionError") as error:
        captured(floats(101))
    assert f"test_branches.py:{f.__code__.co_firstlineno + 2}" in str(error.value)


def test_containers_that_the_run_chooses_cannot_be_changed_nor_told_apart() -> None:
    def changed(x: Any) -> Any:
        a, b = [x], [x]
        if x.sum() > 0:
            b = a
        b[0] = x * 3
        return a[0]

    def told_apart(x: Any) -> Any:
        a, b = [x], [x]
        c = a if x.sum() > 0 else b
        return x * 2 if c is a else x * 3

    for f in (changed, told_apart):
        with pytest.raises(irkit.CaptureError, match="only the run knows"):
            irkit.capture(f, OPEN)


def test_an_index_that_only_one_branch_reads_is_met_only_there() -> None:
    def f(x: Any) -> Any:
        return x[7] if x.sum() > 100 else x[0]

    captured = agrees(f, [floats(1, 2)], (floats(1, 2),))
    with pytest.raises(irkit.AssertionFailed, match="index 7 lies outside"):
        captured(floats(100, 2))
