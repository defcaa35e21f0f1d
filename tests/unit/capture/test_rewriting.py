"""Rewritten functions: the same Python, at the same lines, with the same closures, defaults and names."""

from __future__ import annotations

import traceback
from types import FunctionType
from typing import Any

import pytest

import irkit
from irkit import ops
from irkit.frontends.capture.hooks import Hooks
from irkit.frontends.capture.rewriting.definitions import NoSource, tree_of
from irkit.frontends.capture.rewriting.functions import rewritten
from irkit.frontends.capture.runtime import Session, capturing
from irkit.frontends.tensors.definition import Definition
from tests.unit.capture.agreement import OPEN, agrees, floats


def run(f: Any, *args: Any, **kwargs: Any) -> Any:
    """What the rewritten `f` returns on plain values."""
    with capturing(Session(Definition())):
        return rewritten(f, Hooks)(*args, **kwargs)


def counting(n: int) -> Any:
    """A program of all jumps, on plain values."""
    seen: list[Any] = []
    for i in range(n):
        if i == 1:
            continue
        for j in range(5):
            if j == i:
                break
            if i * j == 6:
                return seen, "returned"
            seen.append((i, j))
        else:
            seen.append("else")
        k = 0
        while k < 3:
            k += 1
            if k == 2:
                seen.append(k)
                continue
            if k == 3 and i == 2:
                break
        else:
            seen.append(f"{k=}")
    return seen


@pytest.mark.parametrize("n", range(6))
def test_jumps_on_plain_values_do_what_python_does(n: int) -> None:
    assert run(counting, n) == counting(n)


def everything(a: Any, /, b: Any = 2, *rest: Any, c: Any = 3, **more: Any) -> Any:
    """Parameters and expressions of every kind."""
    d = {"x": a, **more}
    d["y"], (e, *f) = b, [c, *rest]
    d["x"] += 1
    del d["x"]
    g = [i * j for i in range(3) if i for j in rest]
    h = (lambda q, r=a: q + r)(1)
    if (w := a + 1) > 1 and not (a is None or b == 0):
        g.append(w)
    try:
        g[100]
    except IndexError as error:
        d["error"] = type(error).__name__
    finally:
        d["finally"] = 1 < a < 3 <= 3
    return d, e, f, g, h, sum(x for x in g), f"{a!r:>3}{b}", a if b else c, {1, a}, a == 1 != b


def test_expressions_and_parameters_of_every_kind() -> None:
    for args, kwargs in (((1,), {}), ((1, 2, 3, 4), {"c": 5, "z": 6}), ((0, 0), {"c": 1})):
        assert run(everything, *args, **kwargs) == everything(*args, **kwargs)


def test_generators_keep_their_yields() -> None:
    def pairs(n: int) -> Any:
        for i in range(n):
            if i % 2:
                continue
            yield i, (yield from [i])

    def all_pairs() -> list[Any]:
        return list(pairs(5))

    assert run(all_pairs) == all_pairs()


def test_closures_are_the_same_cells() -> None:
    value = 1

    def read() -> int:
        return value

    assert run(read) == 1
    value = 2
    assert run(read) == 2


def test_methods_keep_super_and_private_names() -> None:
    class Base:
        def call(self, x: Any) -> Any:
            return x + 1

    class Child(Base):
        def __init__(self) -> None:
            self.__factor = 3

        def call(self, x: Any) -> Any:
            if x.sum() > 0:
                x = super().call(x) * self.__factor
            return x

    agrees(Child().call, [OPEN], (floats(1, 2),), (floats(-1, -2),))


def test_errors_of_the_program_have_the_lines_of_the_program() -> None:
    def f(x: Any) -> Any:
        if x.sum() > 0:
            y = x + 1
            return y.no_such_thing
        return x

    with pytest.raises(AttributeError) as error:
        irkit.capture(f, OPEN)
    lines = [e.line for e in traceback.extract_tb(error.tb) if e.filename == __file__]
    assert lines[-1] == "return y.no_such_thing"


def test_nodes_name_the_lines_of_the_program() -> None:
    def f(x: Any) -> Any:
        if x.sum() > 0:
            x = ops.exp(x)
        return x

    captured = irkit.capture(f, OPEN)
    first = f.__code__.co_firstlineno
    found = {n.op.name: n.source.line - first for n in captured.graph.walk()}
    assert found["ReduceSum"] == 1
    assert found["If"] == 1
    assert found["Exp"] == 2


def test_lambdas_on_one_line_are_told_apart() -> None:
    two = (lambda x: x + 1 if x.sum() > 0 else x, lambda x: x * 2 if x.sum() > 0 else -x)
    for f in two:
        agrees(f, [OPEN], (floats(3),), (floats(-3),))


def test_a_function_whose_file_has_changed_has_no_source() -> None:
    def f(x: Any) -> Any:
        return x + 1

    other = f.__code__.replace(co_consts=(None, 2), co_names=("sum",))
    with pytest.raises(NoSource, match="changed"):
        tree_of(FunctionType(other, globals()))


def test_decorated_functions_are_rewritten_inside_and_out() -> None:
    def doubled(inner: Any) -> Any:
        def wrapper(x: Any) -> Any:
            y = inner(x)
            return y * 2 if y.sum() > 2 else y

        return wrapper

    @doubled
    def f(x: Any) -> Any:
        return x + 1 if x.sum() > 0 else x

    agrees(f, [OPEN], (floats(0.5),), (floats(3),), (floats(-1),))


def test_classes_defined_inside_are_refused() -> None:
    def f(x: Any) -> Any:
        class Inner:
            pass

        return x, Inner

    with pytest.raises(irkit.CaptureError, match="the class Inner is defined inside"):
        irkit.capture(f, OPEN)


def test_recursion_ends_by_values_of_python() -> None:
    def power(x: Any, n: int) -> Any:
        return x if n == 0 else power(x * 2, n - 1)

    agrees(lambda x: power(x, 5), [OPEN], (floats(1, 2),))

    def by_value(x: Any) -> Any:
        return x if x.sum() > 100 else by_value(x * 2)

    with pytest.raises(irkit.CaptureError, match="recursion must end by values of Python"):
        irkit.capture(by_value, OPEN)
