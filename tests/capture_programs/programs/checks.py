"""assert and raise on tensor values: kept as checks at run time, everywhere."""

from __future__ import annotations

from irkit import ops
from tests.capture_programs.program import Program, call, guarded, matrix, must, scalar, spec, vector

SIGNS = [call(vector(1, 2)), call(vector(-1, -2)), call(vector(3, -1))]


@must("assert")
def assertion() -> Program:
    def f(x):
        assert x.sum() > 0, "the sum must be positive"
        return x * 2

    return Program(f, SIGNS)


@must("assert without a message, of a flag")
def assertion_of_flag() -> Program:
    def f(x, ok):
        assert ok
        return x

    return Program(f, [call(vector(1), scalar(v, "bool")) for v in (True, False)])


@must("raise under a tensor condition")
def conditional_raise() -> Program:
    def f(x):
        if x[0] < 0:
            raise ValueError("the first must not be negative")
        return ops.sqrt(x)

    return Program(f, [call(vector(4, 9)), call(vector(-1, 4))])


@must("raise in one of several branches")
def raise_in_else() -> Program:
    def f(x):
        if x[0] > 0:
            y = x + 1
        elif x[0] == 0:
            y = x
        else:
            raise ValueError(f"negative: {'x'}")
        return y

    return Program(f, [call(vector(v, 1)) for v in (4, 0, -1)])


@must("assert inside a branch")
def assertion_in_branch() -> Program:
    def f(x):
        if x[0] > 0:
            assert x[1] > 0, "both must be positive"
            x = x * 2
        return x

    return Program(f, [call(vector(*v)) for v in ((1, 2), (-1, -2), (1, -2), (-1, 2))])


@must("assert inside a loop")
def assertion_in_loop() -> Program:
    def f(x):
        total = 0.0
        for row in x:
            assert (row >= 0).all(), "rows must not be negative"
            total = total + row.sum()
        return total

    calls = [call(matrix((1, 2), (3, 4))), call(matrix((1, 2), (3, -4))), call(matrix((-1, 2)))]
    return Program(f, calls, (spec(None, 2),))


@must("assert in a helper, after an early return")
def assertion_after_return() -> Program:
    def checked(x):
        if x.sum() == 0:
            return x
        assert x.sum() > 0, "no debts"
        return x / x.sum()

    def f(x):
        return checked(x)

    return Program(f, [call(vector(*v)) for v in ((1, 3), (0, 0), (-1, 0))])


@must("a check of something that no result depends on")
def check_beside_the_result() -> Program:
    def f(x, y):
        if (y < 0).any():
            raise RuntimeError("y is negative")
        return x

    return Program(f, [call(vector(1), vector(v)) for v in (1, -1)])


@must("raise ends a loop")
def raise_in_loop() -> Program:
    def f(n):
        turns = 0
        while n != 1:
            if turns > 5:
                raise RuntimeError("too many turns")
            n = n // 2
            turns += 1
        return turns

    return Program(f, [call(scalar(n, "int64")) for n in (8, 1, 0)])


@must("raise in every turn of loops that may not run")
def raise_in_every_turn() -> Program:
    def f(x, n):
        for i in range(1, n):
            raise ValueError("no turn is allowed")
        while x.sum() > 100:
            raise RuntimeError("too large")
        return x + n

    numbers = [(1, 1), (1, 2), (200, 0), (5, -3)]
    return Program(f, [call(vector(x), scalar(n, "int64")) for x, n in numbers])


@must("assert on open sizes")
def assertion_on_sizes() -> Program:
    def f(x, y):
        assert x.shape[0] == y.shape[0] + 1, "x is one longer"
        return x[1:] * y

    calls = [
        call(vector(1, 2, 3), vector(4, 5)),
        call(vector(1, 2), vector(4, 5)),
        call(vector(1, 2), vector(3)),
    ]
    return Program(f, calls, (spec("a"), spec("b")))


@must("assert on a Python value")
def assertion_on_python_value() -> Program:
    def f(x):
        assert x.ndim == 1, "a vector"
        assert len(x) == 2
        return x + 1

    return Program(f, SIGNS)


@guarded("an index that is out of range for some values")
def index_out_of_range() -> Program:
    def f(x, i):
        return x[i] * 2

    return Program(f, [call(vector(1, 2, 3), scalar(i, "int64")) for i in (0, -1, 2, 3, -4)])


@guarded("integer division by a zero")
def division_by_zero() -> Program:
    def f(a, b):
        return a // b, a % b

    return Program(f, [call(scalar(7, "int32"), scalar(b, "int32")) for b in (2, -2, 0)])


@guarded("an exception caught by its own function")
def raised_and_caught() -> Program:
    def f(x):
        try:
            assert x.sum() > 0
        except AssertionError:
            return -x
        return x

    return Program(f, SIGNS)
