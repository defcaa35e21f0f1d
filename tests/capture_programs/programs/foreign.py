"""Code that is hard to rewrite or cannot be: builtins, generators, no source, exceptions that are caught."""

from __future__ import annotations

import functools
import math
import operator

from tests.capture_programs.program import Program, call, guarded, vector

SIGNS = [call(vector(1, 2)), call(vector(-1, -2)), call(vector(3, -1))]


@guarded("any and all over tensors")
def any_and_all() -> Program:
    def f(x):
        if any(v > 2 for v in x) and not all(v > 0 for v in x):
            return x + 1
        return x - 1

    return Program(f, [call(vector(*v)) for v in ((1, 2, 3), (0, 3, 1), (0, 0, 0))])


@guarded("builtins min, max, abs, sum, round, pow of tensors")
def builtins_on_tensors() -> Program:
    def f(x):
        return max(x[0], x[1]), min(x), abs(x), sum(x), pow(x, 2)

    return Program(f, SIGNS)


@guarded("sorted by a tensor's values")
def sorted_by_value() -> Program:
    def f(x):
        first, *_, last = sorted(x)
        return first * 10 + last

    return Program(f, [call(vector(1, 2, 3)), call(vector(7, 1, 2))])


@guarded("map and filter")
def map_and_filter() -> Program:
    def f(x):
        doubled = list(map(lambda v: v * 2, x))
        large = list(filter(lambda v: v > 3, doubled))
        return sum(large, start=doubled[0])

    return Program(f, [call(vector(1, 2, 3)), call(vector(0, 0, 1))])


@guarded("functools.reduce")
def reduced() -> Program:
    def f(x):
        return functools.reduce(lambda a, b: a * 2 if a > b else a + b, list(x))

    return Program(f, [call(vector(1, 2, 3)), call(vector(3, 1, 9))])


@guarded("a generator")
def generator() -> Program:
    def parts(x):
        for i in range(3):
            if x[i] > 1:
                yield x[i] * 10
            else:
                yield x[i]

    def f(x):
        total = x[0] * 0
        for p in parts(x):
            total = total + p
        return total

    return Program(f, [call(vector(1, 2, 3)), call(vector(0, 0, 1))])


@guarded("a function made by exec")
def made_by_exec() -> Program:
    space: dict = {}
    exec("def f(x):\n    return x + 1 if x.sum() > 0 else x - 1", space)
    return Program(space["f"], SIGNS)


@guarded("a function made by exec without control flow")
def straight_line_by_exec() -> Program:
    space: dict = {}
    exec("def f(x):\n    return x * 2 + x.sum()", space)
    return Program(space["f"], SIGNS)


@guarded("functions of C on tensors")
def c_functions() -> Program:
    def f(x):
        return x + math.sqrt(x[0])

    return Program(f, [call(vector(4, 2)), call(vector(9, 1))])


@guarded("operator's functions")
def operator_functions() -> Program:
    def f(x):
        return operator.add(x, operator.mul(x, 2)), operator.itemgetter(1)(x)

    return Program(f, SIGNS)


@guarded("a comparison by operator.lt as a condition")
def operator_condition() -> Program:
    def f(x):
        return x + 1 if operator.gt(x.sum(), 0) else x - 1

    return Program(f, SIGNS)


@guarded("bool() as a condition")
def bool_call() -> Program:
    def f(x):
        if bool(x.sum() > 0):
            return x + 1
        return x - 1

    return Program(f, SIGNS)


@guarded("a context manager around a branch")
def context_manager() -> Program:
    class Doubling:
        def __enter__(self):
            return 2

        def __exit__(self, *_):
            return False

    def f(x):
        with Doubling() as factor:
            if x.sum() > 0:
                return x * factor
        return x

    return Program(f, SIGNS)


@guarded("try, except around a tensor branch")
def try_around_branch() -> Program:
    def f(x):
        try:
            if x.sum() < 0:
                raise ValueError("negative")
            y = x + 1
        except ValueError:
            y = x - 1
        return y

    return Program(f, SIGNS)


@guarded("except Exception around the truth of a tensor")
def swallowed_error() -> Program:
    def f(x):
        try:
            positive = float(x.sum()) > 0
        except Exception:  # noqa: BLE001
            positive = True
        return x + 1 if positive else x - 1

    return Program(f, SIGNS)


@guarded("a bare except and finally")
def swallowed_by_bare_except() -> Program:
    def f(x):
        try:
            n = int(x[0])
        except:  # noqa: E722
            n = 5
        finally:
            x = x * 2
        return x + n

    return Program(f, SIGNS)
