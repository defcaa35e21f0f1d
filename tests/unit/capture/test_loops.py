"""while and for whose end the run decides: break, continue, else, return, counters, changing sizes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import irkit
from irkit import ops
from irkit.frontends.capture.report import Kind
from tests.unit.capture.agreement import OPEN, agrees, floats

ROWS = irkit.TensorSpec((None, 2), "float32")


def rows(count: int) -> np.ndarray:
    return np.arange(2 * count, dtype=np.float32).reshape(count, 2) - 3


CALLS = [(rows(n),) for n in (0, 1, 2, 5)]


@pytest.mark.parametrize("backend", ["interpreter", "onnxruntime"])
def test_a_counter_of_python_is_carried(backend: str) -> None:
    def f(x: Any) -> Any:
        n = 0
        while x.sum() > 1:
            x = x / 2
            n += 1
        return x, n

    agrees(f, [OPEN], (floats(1, 2),), (floats(100, 2),), (floats(-1),), backend=backend)


def test_rows_of_a_tensor_with_break_continue_and_else() -> None:
    def f(x: Any) -> Any:
        total, found = 0.0, -1
        for i, row in enumerate(x):
            if row[0] < -2:
                continue
            if row.sum() > 4:
                found = i
                break
            total = total + row.sum()
        else:
            found = 100
        return total + 0 * x.sum(), found

    agrees(f, [ROWS], *CALLS)


def test_a_return_inside_nested_loops() -> None:
    def f(x: Any) -> Any:
        for row in x:
            for i in range(2):
                if row[i] > 2:
                    return row[i] * 10, i
        return x.sum(), -1

    agrees(f, [ROWS], *CALLS)


@pytest.mark.parametrize("ends", [(0, 5), (2, 5), (5, 2), (-1, 1)], ids=lambda e: f"{e[0]} to {e[1]}")
@pytest.mark.parametrize("step", [1, 2, -1, -3])
def test_ranges_with_open_ends_are_those_of_python(ends: tuple[int, int], step: int) -> None:
    def f(a: Any, b: Any) -> Any:
        total, last = 0, -100
        for i in range(a, b, step):
            total = total * 3 + i
            last = i
        return total, last

    a, b = (np.array(e, np.int64) for e in ends)
    captured = irkit.capture(f, a, b)
    expected = f(int(a), int(b))
    assert captured.run((a, b), {}, "interpreter") == expected


def test_a_loop_over_an_open_size() -> None:
    def f(x: Any) -> Any:
        y = ops.zeros((2,))
        for i in range(x.shape[0]):
            y = y * 2 + x[i] * i
        return y

    agrees(f, [ROWS], *CALLS)


def test_a_size_that_changes_in_the_loop() -> None:
    def f(x: Any) -> Any:
        y = x
        while y.shape[0] < 7:
            y = ops.concatenate([y, x])
        return y

    agrees(f, [OPEN], (floats(1, 2),), (floats(*range(9)),), backend="onnxruntime")


def test_zip_and_reversed_go_through_tensors() -> None:
    def f(x: Any, y: Any) -> Any:
        total = ops.zeros((2,))
        for a, b in zip(x, reversed(y), strict=False):
            total = total * 2 + a * b
        return total

    other = irkit.TensorSpec(("m", 2), "float32")
    agrees(f, [ROWS, other], (rows(3), rows(3)), (rows(2), rows(4)), (rows(0), rows(1)))


def test_short_loops_over_fixed_rows_are_unrolled_and_reported() -> None:
    def f(x: Any) -> Any:
        out = []
        for row in x:
            out.append(row * 2)  # noqa: PERF401  # what is tested
        return ops.stack(out), len(out)

    captured = agrees(f, [rows(3)], (rows(3),))
    assert any("3 turns" in e.text for e in captured.report.of(Kind.UNROLLED))


def test_long_loops_over_fixed_rows_become_loops() -> None:
    def f(x: Any) -> Any:
        total = ops.zeros((2,))
        for row in x:
            total = total * 0.5 + row
        return total

    captured = agrees(f, [rows(200)], (rows(200),))
    assert len(captured.graph) < 20


def test_what_no_loop_can_carry_is_unrolled_where_the_count_is_fixed() -> None:
    def f(x: Any) -> Any:
        best = None
        for row in x:
            if best is None or row.sum() > best.sum():
                best = row
        return best

    agrees(f, [rows(40)], (rows(40),), (-rows(40),))


def test_a_while_begins_as_python_and_goes_on_as_a_loop() -> None:
    def f(x: Any) -> Any:
        n = 0
        while True:
            n += 1
            x = x * 2
            if x.sum() > 50:
                break
        return x, n

    agrees(f, [OPEN], (floats(1),), (floats(60),))


def test_values_set_before_a_break_are_kept() -> None:
    def f(x: Any) -> Any:
        for row in x:
            if row.sum() > 0:
                found = row
                break
        else:
            found = ops.zeros((2,))
        return found

    agrees(f, [ROWS], *CALLS)


def test_objects_of_the_program_are_carried() -> None:
    def f(x: Any) -> Any:
        state = {"h": ops.zeros((2,)), "n": 0}
        for row in x:
            state["h"] = state["h"] * 0.5 + row
            state["n"] += 1
        return state

    agrees(f, [ROWS], *CALLS)


def test_an_endless_loop_of_python_is_refused() -> None:
    def f(x: Any) -> Any:
        while True:
            x = x + 1

    with pytest.raises(irkit.CaptureError, match="ran 10000 times"):
        irkit.capture(f, floats(1))


def test_a_type_that_changes_in_a_loop_is_refused_where_it_is_read() -> None:
    def f(x: Any) -> Any:
        y = ops.cast(x[0], "int32")
        for row in x:
            y = y + row
        return y

    with pytest.raises(irkit.CaptureError, match=r"'y' changes its kind .*\n.*int32.*\n.*float32"):
        irkit.capture(f, ROWS)


def test_ints_that_leave_64_bits_end_the_run() -> None:
    def f(x: Any) -> Any:
        n, product = 0, 3
        while n < x[0]:
            product = product * product
            n += 1
        return product

    captured = irkit.capture(f, floats(1))
    assert captured(floats(5)) == 3**32
    with pytest.raises(irkit.AssertionFailed, match="64 bits"):
        captured(floats(6))


def test_lists_grow_in_loops_and_branches() -> None:
    def f(x: Any) -> Any:
        out, counts = [ops.zeros((2,))], []
        for i, row in enumerate(x):
            if row.sum() > 0:
                out.append(row + out[-1])
            counts.append(i)
        out.append(ops.ones((2,)))
        total = 0
        for count in counts:
            total = total * 2 + count
        return ops.stack(out, axis=1), ops.concatenate(out), len(out), out[1], total, len(counts) > 1

    agrees(f, [ROWS], *CALLS, backend="onnxruntime")


def test_lists_that_grow_are_refused_where_they_cannot_be_followed() -> None:
    def returned(x: Any) -> Any:
        return [row for row in x]  # noqa: C416  # what is tested

    def popped(x: Any) -> Any:
        out = []
        for row in x:
            out.append(row)  # noqa: PERF402  # what is tested
        return out.pop()

    def mixed(x: Any) -> Any:
        out = []
        for i, row in enumerate(x):
            out += [i, row]
        return len(out)

    for f in (returned, popped, mixed):
        with pytest.raises(irkit.CaptureError):
            irkit.capture(f, ROWS)


def test_an_empty_list_of_tensors_ends_the_run() -> None:
    def f(x: Any) -> Any:
        out = []
        for row in x:
            out.append(row)  # noqa: PERF402  # what is tested
        return ops.stack(out)

    captured = agrees(f, [ROWS], (rows(3),))
    with pytest.raises(irkit.AssertionFailed, match="it is empty"):
        captured(rows(0))


def test_another_name_of_a_list_sees_what_a_loop_appends() -> None:
    def f(x: Any) -> Any:
        out: list[Any] = []
        keep = out
        for row in x:
            out += [row]
        return len(keep)

    agrees(f, [ROWS], *CALLS)


@pytest.mark.parametrize("backend", ["interpreter", "onnxruntime"])
def test_a_check_before_a_loop_may_be_what_ends_it(backend: str) -> None:
    def f(x: Any, step: Any) -> Any:
        assert step > 0, "step"
        while x.sum() < 10:
            x = x + step
        return x

    captured = irkit.capture(f, OPEN, np.float32(1))
    with pytest.raises(irkit.AssertionFailed, match="step"):
        captured.run((floats(1), np.float32(0)), {}, backend)
