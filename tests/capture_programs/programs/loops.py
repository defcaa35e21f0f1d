"""Loops whose number of turns depends on tensors or open sizes, and what they carry."""

from __future__ import annotations

from tests.capture_programs.program import Program, call, guarded, matrix, must, scalar, spec, vector

COUNTS = [call(vector(1, 2), scalar(n, "int64")) for n in (3, 0, 1, 7)]
ROWS = [
    call(matrix((1, 2), (3, 4), (5, 6))),
    call(matrix((-1, 2), (3, 1))),
    call(matrix((0.5, -4))),
]
OPEN_ROWS = (spec(None, 2),)


@must("while on a tensor")
def while_on_tensor() -> Program:
    def f(x):
        while x.sum() < 100:
            x = x * 2
        return x

    return Program(f, [call(vector(1, 2)), call(vector(60, 60)), call(vector(0.5, 0))], numpy=True)


@must("while that carries several variables")
def while_with_several_variables() -> Program:
    def f(n):
        a, b, turns = 0, 1, 0
        while n > 0:
            a, b = b, a + b
            n = n - 1
            turns += 1
        return a, b, turns

    return Program(f, [call(scalar(n, "int32")) for n in (5, 0, 20)])


@must("for over a tensor's rows")
def for_rows() -> Program:
    def f(x):
        total = x[0] * 0
        for row in x:
            total = total * 2 + row
        return total

    return Program(f, ROWS, OPEN_ROWS, numpy=True)


@must("for over the rows of a tensor of fixed size")
def for_rows_of_fixed_size() -> Program:
    def f(x):
        best = x[0]
        for row in x:
            if row.sum() > best.sum():
                best = row
        return best

    calls = [call(matrix((1, 2), (9, 4), (5, 6))), call(matrix((1, 2), (3, 4), (5, 6)))]
    return Program(f, calls, numpy=True)


@must("for over range(tensor)")
def for_range_tensor() -> Program:
    def f(x, n):
        for i in range(n):
            x = x + i
        return x

    return Program(f, COUNTS)


@must("for over range(start, stop) of tensors, with steps")
def for_range_of_three() -> Program:
    def f(a, b):
        total = 0
        for i in range(a, b):
            total = total * 10 + i
        for i in range(b, a - 1, -2):
            total = total + i
        for i in range(a, b, 3):
            total = total * 2 - i
        return total

    pairs = [(0, 5), (5, 0), (1, 8), (3, 3), (-2, 4)]
    return Program(f, [call(*[scalar(n, "int64") for n in p]) for p in pairs])


@guarded("for over a range whose step is a tensor")
def for_range_with_open_step() -> Program:
    def f(a, b, c):
        total = 0
        for i in range(a, b, c):
            total = total * 10 + i
        return total

    triples = [(0, 5, 1), (5, 0, -2), (1, 8, 3), (3, 3, 1), (2, -1, 1)]
    return Program(f, [call(*[scalar(n, "int64") for n in t]) for t in triples])


@must("for over range(size)")
def for_range_size() -> Program:
    def f(x):
        total = x[0] * 0
        for i in range(x.shape[0]):
            total = total + x[i] * i
        return total

    return Program(f, ROWS, OPEN_ROWS, numpy=True)


@must("break")
def loop_with_break() -> Program:
    def f(x):
        total = x[0] * 0
        for row in x:
            if row.sum() < 0:
                break
            total = total + row
        return total

    calls = [*ROWS, call(matrix((1, 1), (-5, 1), (7, 7)))]
    return Program(f, calls, OPEN_ROWS, numpy=True)


@must("continue")
def loop_with_continue() -> Program:
    def f(x, n):
        count = 0
        for i in range(n):
            if i % 3 == 1:
                continue
            x = x + i
            count += 1
        return x, count

    return Program(f, COUNTS)


@must("while True with break and continue")
def while_true() -> Program:
    def f(n):
        steps = 0
        while True:
            if n == 1:
                break
            steps += 1
            if n % 2 == 0:
                n = n // 2
                continue
            n = 3 * n + 1
        return steps

    return Program(f, [call(scalar(n, "int64")) for n in (6, 1, 27)])


@must("nested loops with breaks in both")
def nested_loops() -> Program:
    def f(x, limit):
        total = 0.0
        for row in x:
            for value in row:
                if value > limit:
                    break
                total = total + value
            if total > 10:
                break
        return total

    calls = [call(matrix((1, 2), (3, 4), (5, 6)), scalar(limit)) for limit in (9, 3, 0, 5)]
    return Program(f, [*calls, call(matrix((20, 1)), scalar(99))], (spec(None, None), spec()), numpy=True)


@must("return from inside a loop")
def return_from_loop() -> Program:
    def f(x):
        i = 0
        for row in x:
            if row[0] > row[1]:
                return row * 10, i
            i += 1
        return x[0], -1

    calls = [call(matrix((1, 2), (5, 4), (9, 8))), call(matrix((1, 2), (3, 4))), call(matrix((2, 1)))]
    return Program(f, calls, OPEN_ROWS, numpy=True)


@must("while with else")
def while_else() -> Program:
    def f(x, n):
        while n > 0:
            if x.sum() > 50:
                break
            x, n = x * 2, n - 1
        else:
            x = -x
        return x

    return Program(f, [*COUNTS, call(vector(30, 30), scalar(4, "int64"))], numpy=True)


@must("for with else")
def for_else() -> Program:
    def f(x):
        for row in x:
            if row.sum() < 0:
                found = 1
                break
        else:
            found = 0
        return found + x.sum()

    return Program(f, [*ROWS, call(matrix((1, 1), (-5, 1)))], OPEN_ROWS, numpy=True)


@must("enumerate over rows")
def enumerate_rows() -> Program:
    def f(x):
        total = x[0] * 0
        for i, row in enumerate(x):
            total = total + row * i
        for i, row in enumerate(x, 5):
            total = total + row / i
        return total

    return Program(f, ROWS, OPEN_ROWS, numpy=True)


@must("zip of two tensors' rows")
def zip_rows() -> Program:
    def f(x, y):
        total = 0.0
        for a, b in zip(x, y):
            total = total + (a * b).sum()
        return total

    calls = [call(*c.args, *c.args) for c in ROWS] + [call(matrix((1, 2), (3, 4)), matrix((5, 6)))]
    return Program(f, calls, (spec("n", 2), spec("m", 2)), numpy=True)


@must("reversed rows")
def reversed_rows() -> Program:
    def f(x):
        total = x[0] * 0
        for row in reversed(x):
            total = total * 2 + row
        return total

    return Program(f, ROWS, OPEN_ROWS, numpy=True)


@must("a static loop unrolls, and a tensor ends it")
def unrolled_with_break() -> Program:
    def f(x):
        for factor in [1.5, 2.0, 3.0, 5.0]:
            x = x * factor
            if x.sum() > 20:
                break
        return x

    return Program(f, [call(vector(1, 2)), call(vector(10, 20)), call(vector(-1, -1))], numpy=True)


@must("an if inside a loop inside an if")
def if_in_loop_in_if() -> Program:
    def f(x, n):
        if n > 1:
            for i in range(n):
                if i % 2 == 0:
                    x = x + 1
                else:
                    x = x * 2
        else:
            x = -x
        return x

    return Program(f, COUNTS)
