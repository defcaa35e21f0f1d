"""Things made inside that change under tensor conditions: every kind of container, iterators, arrays, objects."""

from __future__ import annotations

import collections
import contextlib

import numpy as np

from irkit import ops
from tests.capture_programs.program import Program, call, guarded, matrix, must, scalar, spec, vector

SIGNS = [call(vector(1, 2)), call(vector(-1, -2)), call(vector(3, -1))]
ROWS = [call(matrix((1, 2), (3, 4), (5, 6))), call(matrix((-1, 2), (3, 1))), call(matrix((0.5, -4)))]
OPEN_ROWS = (spec(None, 2),)


@guarded("an iterator advanced in one branch")
def iterator_advanced_in_a_branch() -> Program:
    def f(x):
        numbers = iter([1.0, 20.0, 300.0])
        if x.sum() > 0:
            x = x + next(numbers)
        return x + next(numbers)

    return Program(f, SIGNS)


@guarded("an iterator advanced in a loop")
def iterator_advanced_in_a_loop() -> Program:
    def f(x):
        numbers = iter(range(100))
        total = 0.0
        for row in x:
            total = total + row.sum() * next(numbers)
        return total

    return Program(f, ROWS, OPEN_ROWS)


@guarded("a numpy array made inside, written in a branch")
def array_written_in_a_branch() -> Program:
    def f(x):
        weights = np.zeros(2, "float32")
        if x.sum() > 0:
            weights[0] = 1
        return x * weights

    return Program(f, SIGNS)


@guarded("a numpy array made inside, changed in a loop")
def array_changed_in_a_loop() -> Program:
    def f(x):
        weights = np.zeros(2, "float32")
        for _ in x:
            weights += 1
        return x.sum() * weights

    return Program(f, ROWS, OPEN_ROWS)


@guarded("a set that grows in a branch")
def set_grows_in_a_branch() -> Program:
    def f(x):
        seen = {"a"}
        if x.sum() > 0:
            seen.add("b")
        return x * len(seen)

    return Program(f, SIGNS)


@guarded("a dictionary whose keys change in a branch")
def keys_change_in_a_branch() -> Program:
    def f(x):
        table = {"a": 1.0, "b": 2.0}
        if x.sum() > 0:
            del table["b"]
        else:
            table["c"] = 3.0
        return x * sum(table.values())

    return Program(f, SIGNS)


@guarded("a list sorted, reversed or cleared in a branch")
def list_reordered_in_a_branch() -> Program:
    def f(x):
        numbers = [3.0, 1.0, 2.0]
        if x[0] > 0:
            numbers.sort()
        if x[1] > 0:
            numbers.reverse()
        return x * numbers[0]

    return Program(f, SIGNS)


@guarded("a deque, filled in a loop")
def deque_in_a_loop() -> Program:
    def f(x):
        last = collections.deque(maxlen=2)
        for row in x:
            last.append(row.sum())
        return sum(last)

    return Program(f, ROWS, OPEN_ROWS)


@guarded("a Counter in a branch")
def counter_in_a_branch() -> Program:
    def f(x):
        counts = collections.Counter()
        if x.sum() > 0:
            counts["positive"] += 1
        return x + counts["positive"]

    return Program(f, SIGNS)


@guarded("vars() and object.__setattr__ in a branch")
def attributes_by_the_back_door() -> Program:
    class State:
        def __init__(self):
            self.n = 1

    def f(x):
        state = State()
        if x[0] > 0:
            vars(state)["n"] = 5
        if x[1] > 0:
            object.__setattr__(state, "n", state.n + 2)
        return x * state.n

    return Program(f, SIGNS)


@must("elements and attributes changed in place in loops")
def elements_changed_in_loops() -> Program:
    class State:
        def __init__(self, h):
            self.h = h

    def f(x):
        state, parts, table = State(x[0] * 0), [x[0], x[0]], {"n": 0}
        for row in x:
            state.h += row
            parts[1] *= 2
            table["n"] += 1
            parts[0], parts[1] = parts[1], parts[0]
        return state.h, parts, table["n"]

    return Program(f, ROWS, OPEN_ROWS)


@must("a list inside a tuple, changed in a branch of a helper")
def nested_list_changed_by_a_helper() -> Program:
    def change(pair, x):
        if x.sum() > 0:
            pair[0][0] = x * 2

    def f(x):
        pair = ([x, x], 1)
        change(pair, x)
        return pair[0][0] + pair[0][1]

    return Program(f, SIGNS)


@guarded("a list changed through an alias in a loop")
def alias_in_a_loop() -> Program:
    def f(x):
        a = [x[0], x[0]]
        b = [a, a]
        for row in x:
            b[0][1] = b[1][1] + row
        return a[1]

    return Program(f, ROWS, OPEN_ROWS)


@guarded("containers that share a list in one branch only")
def sharing_in_a_branch() -> Program:
    def f(x):
        a, b = [x], [x]
        if x.sum() > 0:
            b = a
        b[0] = x * 3
        return a[0]

    return Program(f, SIGNS)


@guarded("is, between tensors that a branch chose")
def identity_after_a_branch() -> Program:
    def f(x):
        y = x
        if x.sum() > 0:
            y = x + 0
        return x * 2 if y is x else x * 3

    return Program(f, SIGNS)


@guarded("is, between lists that a branch chose")
def identity_of_lists() -> Program:
    def f(x):
        a, b = [x], [x]
        c = a
        if x.sum() > 0:
            c = b
        return x * 2 if c is a else x * 3

    return Program(f, SIGNS)


@guarded("contextlib.suppress around a raise")
def suppressed_raise() -> Program:
    def f(x):
        y = x
        with contextlib.suppress(ValueError):
            if x.sum() < 0:
                raise ValueError("negative")
            y = x + 1
        return y

    return Program(f, SIGNS)


@guarded("return in finally")
def return_in_finally() -> Program:
    def f(x):
        try:
            if x.sum() > 0:
                return x + 1
        finally:
            x = x * 2
        return x

    return Program(f, SIGNS)


@guarded("deleted names")
def deleted_names() -> Program:
    def f(x):
        y = x * 2
        if x.sum() > 0:
            del y
            y = x + 5
        return y

    return Program(f, SIGNS)


@guarded("a name deleted in one branch")
def name_deleted_in_a_branch() -> Program:
    def f(x):
        y = x * 2
        if x.sum() > 0:
            del y
        return y

    return Program(f, SIGNS)


@must("what and, or and ?: do only on the way")
def effects_of_short_circuits() -> Program:
    def f(x):
        calls = [0]

        def positive(t):
            calls[0] += 1
            return t > 0

        a = positive(x[0]) and positive(x[1])
        b = positive(x[0]) or positive(x[1])
        c = 0 < x[0] < (2 if positive(x[1]) else 5)
        return calls[0] + x, a, b, c

    return Program(f, [*SIGNS, call(vector(-1, 1))])


@must("closures made in a loop see the last value")
def late_binding() -> Program:
    def f(x):
        steps = [lambda y: y * n for n in (2, 3)] + [  # noqa: B023  # it is what is tried
            lambda y, n=n: y * n for n in (5, 7)
        ]
        n = 100
        for step in steps:
            if x.sum() < 1000:
                x = step(x)
        return x + n

    return Program(f, SIGNS, numpy=True)


@must("a loop over a tensor that the loop rebinds")
def loop_rebinds_what_it_walks() -> Program:
    def f(x, n):
        total = x[0] * 0
        for row in x:
            x = x * 2
            total = total + row
        for i in range(n):
            n = n + 5
            total = total + i
        return total, x, n

    return Program(
        f, [call(c.args[0], scalar(3, "int64")) for c in ROWS], (spec(None, 2), spec(dtype="int64"))
    )


@must("loops that may have no turn at all")
def loops_without_turns() -> Program:
    def f(x):
        total, count, last = ops.zeros((2,)), 0, -1
        for i, row in enumerate(x):
            total, count, last = total + row, count + 1, i
        while count > 5:
            count -= 1
        return total, count, last

    return Program(f, [call(np.zeros((0, 2), "float32")), *ROWS], OPEN_ROWS)


@guarded("a tuple that grows in a loop")
def tuple_grows() -> Program:
    def f(x):
        made = ()
        for row in x:
            made = (*made, row)
        return sum(made)

    return Program(f, ROWS, OPEN_ROWS)


@guarded("an element chosen by a loop's counter")
def element_by_counter() -> Program:
    def f(x):
        parts, total = [x[0], x[0] * 10], x[0] * 0
        for i, row in enumerate(x):
            total = total + parts[i % 2] * row
            parts[i % 2] = row
        return total

    return Program(f, ROWS, OPEN_ROWS)
