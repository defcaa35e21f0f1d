"""Functions called by the captured one: recursion, closures, methods, comprehensions, and functions without source."""

from __future__ import annotations

import functools

from irkit import ops
from tests.capture_programs.program import Program, call, guarded, matrix, must, scalar, spec, vector

SIGNS = [call(vector(1, 2)), call(vector(-1, -2)), call(vector(3, -1))]


def absolute(x):
    """A helper with its own early return."""
    if x.sum() < 0:
        return -x
    return x


@must("a helper function with branches")
def helper_function() -> Program:
    def f(x):
        return absolute(x) + absolute(x - 2)

    return Program(f, SIGNS, numpy=True)


@must("recursion on a static value")
def static_recursion() -> Program:
    def power(x, n):
        if n == 0:
            return x * 0 + 1
        half = power(x, n // 2)
        return half * half * (x if n % 2 else 1)

    def f(x):
        return power(x, 9) + power(x, 2)

    return Program(f, SIGNS, numpy=True)


@must("recursion over a tree of tuples")
def tree_recursion() -> Program:
    tree = ((0, 1), (2, (3, 0)))

    def value(node, x):
        if isinstance(node, int):
            return x[node]
        left, right = (value(child, x) for child in node)
        if left > right:
            return left - right
        return left * 2 + right

    def f(x):
        return value(tree, x)

    calls = [call(vector(1, 2, 3, 4)), call(vector(4, 3, 2, 1)), call(vector(-1, 5, 0, 2))]
    return Program(f, calls, numpy=True)


@guarded("recursion that a tensor's value ends")
def value_dependent_recursion() -> Program:
    def f(n):
        if n <= 1:
            return n
        return f(n - 1) + f(n - 2)

    return Program(f, [call(scalar(n, "int64")) for n in (5, 1, 8)])


@must("closures")
def closures() -> Program:
    def scaled(factor):
        def inner(x):
            return x * factor if x.sum() > 0 else x

        return inner

    def f(x):
        twice, thrice = scaled(2), scaled(x[0])
        return twice(thrice(x))

    return Program(f, SIGNS, numpy=True)


@must("a closure that changes its function's variable")
def nonlocal_inside() -> Program:
    def f(x):
        count = 0

        def step(y):
            nonlocal count
            count += 1
            return y * 2 if y[0] > 0 else y - count

        x = step(step(x))
        return x, count

    return Program(f, SIGNS, numpy=True)


@must("lambdas")
def lambdas() -> Program:
    pick = lambda x, y: x if x.sum() > y.sum() else y

    def f(x):
        shift = lambda t, by=1: t + by
        return pick(shift(x), shift(-x, by=2))

    return Program(f, SIGNS, numpy=True)


@must("two lambdas on one line")
def lambdas_sharing_a_line() -> Program:
    up, down = (lambda x: x + 1 if x[0] > 0 else x), (lambda x: x - 1 if x[0] > 0 else x * 5)

    def f(x):
        return up(x), down(x)

    return Program(f, SIGNS, numpy=True)


@must("arguments by name, defaults, * and **")
def all_kinds_of_arguments() -> Program:
    def g(x, /, y=2.0, *rest, scale=1, **named):
        if x.sum() > 0:
            return x * y + len(rest) + sum(rest) * scale
        return x - named["shift"]

    def f(x):
        return g(x, shift=3), g(x, 4, x[0], x[1], scale=2, shift=x[0])

    return Program(f, SIGNS, numpy=True)


@must("functools.partial")
def partial_function() -> Program:
    def g(scale, x, shift):
        return x * scale if x.sum() > 0 else x + shift

    def f(x):
        return functools.partial(g, 3, shift=1)(x)

    return Program(f, SIGNS, numpy=True)


@must("methods, properties and inheritance")
def methods() -> Program:
    class Base:
        factor = 2

        def __init__(self):
            self.shift = 3

        @property
        def bias(self):
            return self.shift + 1

        def step(self, x):
            return x * self.factor if x.sum() > 0 else self.other(x)

        @staticmethod
        def other(x):
            return -x if x[0] < x[1] else x

    class Derived(Base):
        factor = 5

        def step(self, x):
            y = super().step(x)
            return y + self.bias

        def __call__(self, x):
            while x.sum() < 10:
                x = self.step(x)
            return x

    calls = [call(vector(1, 2)), call(vector(5, 6)), call(vector(-1, 3))]
    return Program(Derived(), calls, numpy=True)


@must("decorated functions")
def decorated() -> Program:
    def doubled(g):
        @functools.wraps(g)
        def wrapper(*args):
            y = g(*args)
            return y * 2 if y.sum() > 0 else y

        return wrapper

    @doubled
    def h(x):
        return x + 1 if x[0] > 0 else x - 1

    def f(x):
        return h(x)

    return Program(f, SIGNS, numpy=True)


@must("list comprehension over rows of static length")
def list_comprehension() -> Program:
    def f(x):
        parts = [row * 2 if row.sum() > 3 else row for row in x]
        return parts[0] + parts[-1], parts

    return Program(f, [call(matrix((1, 2), (3, 4))), call(matrix((9, 9), (0, 0)))], numpy=True)


@must("comprehensions with zip, enumerate, conditions and nesting")
def comprehensions() -> Program:
    def f(x, y):
        pairs = {i: a + b for i, (a, b) in enumerate(zip(x, y))}
        evens = [pairs[i] for i in pairs if i % 2 == 0]
        products = [[a * b for b in y] for a in x]
        return sum(evens), sum(sum(p) for p in products)

    calls = [call(vector(1, 2, 3), vector(4, 5, 6)), call(vector(0, 1, 0), vector(-1, 1, 2))]
    return Program(f, calls, numpy=True)


@guarded("a comprehension whose condition is a tensor")
def comprehension_filtered_by_tensor() -> Program:
    def f(x):
        return sum([v for v in x if v > 1], start=x[0] * 0)

    return Program(f, [call(vector(1, 2, 3)), call(vector(0, 1, 5)), call(vector(0, 0, 0))])


@must("functions passed as arguments")
def function_as_argument() -> Program:
    def f(x):
        def applied(g, y, times):
            for _ in range(times):
                y = g(y)
            return y

        return applied(absolute, x, 2) + applied(lambda v: v * 2 if v[0] > 1 else v, x, 3)

    return Program(f, SIGNS, numpy=True)


@must("a loop in a helper that a loop calls")
def loops_in_helpers() -> Program:
    def digits(n):
        count = 0
        while n > 0:
            n = n // 10
            count += 1
        return count

    def f(numbers):
        total = 0
        for n in numbers:
            total = total + digits(n)
        return total

    calls = [call(vector(5, 123, 0, dtype="int64")), call(vector(99999, dtype="int64"))]
    return Program(f, calls, (spec(None, dtype="int64"),))


@must("ops of irkit taken as values")
def ops_as_values() -> Program:
    def f(x):
        for act in (ops.relu, ops.tanh, ops.negative):
            x = act(x)
            if x.sum() > 1:
                x = x + 1
        return x

    return Program(f, SIGNS)
