"""What loops carry from turn to turn: counters, structures, lists, and things that grow."""

from __future__ import annotations

from irkit import ops
from tests.capture_programs.program import Program, call, guarded, matrix, must, scalar, spec, vector

COUNTS = [call(vector(1, 2), scalar(n, "int64")) for n in (3, 0, 1, 7)]
ROWS = [
    call(matrix((1, 2), (3, 4), (5, 6))),
    call(matrix((-1, 2), (3, 1))),
    call(matrix((0.5, -4))),
]
OPEN_ROWS = (spec(None, 2),)


@must("a Python zero that becomes a float sum")
def zero_becomes_float() -> Program:
    def f(x):
        total = 0
        for row in x:
            total = total + row.sum()
        return total

    return Program(f, ROWS, OPEN_ROWS, numpy=True)


@must("a Python counter in a while loop")
def python_counter() -> Program:
    def f(x):
        i, scale = 0, 1.0
        while x.sum() > 1:
            i += 1
            scale = scale * 0.5
            x = x * scale
        return x, i, scale

    return Program(f, [call(vector(8, 8)), call(vector(0, 0)), call(vector(500, 1))])


@must("a counter that outgrows 32 bits")
def large_counter() -> Program:
    def f(n):
        k = 1
        for _ in range(n):
            k = k * 10
        return k

    return Program(f, [call(scalar(n, "int64")) for n in (3, 0, 12)])


@guarded("a counter that outgrows 64 bits")
def unbounded_counter() -> Program:
    def f(n):
        k = 1
        for _ in range(n):
            k = k * 10
        return k % 7

    return Program(f, [call(scalar(n, "int64")) for n in (3, 25)])


@must("Newton's method up to a tolerance")
def newton() -> Program:
    def f(a):
        x = a
        while abs(x * x - a) > 1e-4 * a:
            x = (x + a / x) / 2
        return x

    return Program(f, [call(scalar(v)) for v in (2, 9, 1000)], numpy=True)


@must("a dictionary and a tuple carried through a loop")
def structures_carried() -> Program:
    def f(x, n):
        state = {"h": x, "moments": (x * 0, x * 0)}
        for i in range(n):
            first, second = state["moments"]
            state = {"h": state["h"] * 0.5 + i, "moments": (first + state["h"], second + state["h"] ** 2)}
        return state

    return Program(f, COUNTS)


@must("loop variables after the loop")
def variables_after_the_loop() -> Program:
    def f(x):
        i, row = -1, x[0]
        for i, row in enumerate(x):
            if row[0] > 2:
                break
        return row, i

    return Program(f, ROWS, OPEN_ROWS, numpy=True)


@guarded("loop variables after a loop of no turns")
def unbound_after_the_loop() -> Program:
    def f(x, n):
        for i in range(n):
            y = x + i
        return y

    return Program(f, COUNTS)


@guarded("a list built in a loop")
def list_built_in_loop() -> Program:
    def f(x, n):
        made = []
        for i in range(n):
            made.append(x * i)
        return ops.stack(made)

    return Program(f, [call(vector(1, 2), scalar(n, "int64")) for n in (3, 1, 5)])


@guarded("a list built under a condition in a loop")
def list_built_conditionally() -> Program:
    def f(x):
        kept = []
        for row in x:
            if row.sum() > 3:
                kept.append(row)
        return ops.stack(kept)

    return Program(f, ROWS[:1] + [call(matrix((9, 2), (1, 1)))], OPEN_ROWS)


@guarded("a tensor that grows in a loop")
def tensor_grows() -> Program:
    def f(x, n):
        made = x
        for i in range(n):
            made = ops.concatenate([made, x + i])
        return made

    return Program(f, COUNTS)


@guarded("a rank that grows in a loop")
def rank_grows() -> Program:
    def f(x, n):
        for _ in range(n):
            x = x[None]
        return x.sum()

    return Program(f, COUNTS)


@guarded("a dtype that changes in a loop")
def dtype_changes() -> Program:
    def f(i, n):
        for _ in range(n):
            i = i / 2
        return i

    return Program(f, [call(scalar(6, "int32"), scalar(n, "int64")) for n in (2, 0, 1)])


@must("bisection with floats and integers")
def bisection() -> Program:
    def f(target):
        low, high, turns = target * 0, target * 0 + 10, 0
        while high - low > 0.01:
            middle = (low + high) / 2
            if middle**3 < target:
                low = middle
            else:
                high = middle
            turns += 1
        return low, turns

    return Program(f, [call(scalar(v)) for v in (27, 2, 900)], numpy=True)
