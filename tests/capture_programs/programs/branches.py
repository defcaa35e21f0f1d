"""Branches on tensor values: what is assigned in them, what they return, how their conditions are written."""

from __future__ import annotations

from irkit import ops
from tests.capture_programs.program import Program, call, guarded, must, scalar, spec, vector

SIGNS = [call(vector(1, 2)), call(vector(-1, -2)), call(vector(1, -1))]


@must("if with else, one variable")
def if_else_one_variable() -> Program:
    def f(x):
        if x.sum() > 0:
            y = x * 2
        else:
            y = x - 1
        return y

    return Program(f, SIGNS, numpy=True)


@must("if, elif, else")
def if_elif_else() -> Program:
    def f(x):
        if x.sum() > 2:
            y = x * 2
        elif x.sum() > 0:
            y = x + 10
        elif x.sum() == 0:
            y = x * 0 + 7
        else:
            y = -x
        return y

    return Program(f, [*SIGNS, call(vector(0.5, 0.25))], numpy=True)


@must("if that assigns several variables with defaults")
def several_variables_with_defaults() -> Program:
    def f(x):
        scale, shift, sign = 1.0, 0.0, 1
        if x[0] > 0:
            scale = 2.0
            if x[1] > 0:
                shift, sign = x[1] * 3, -1
        return x * scale + shift, sign * x

    return Program(f, SIGNS, numpy=True)


@must("if without else")
def if_without_else() -> Program:
    def f(x):
        y = x
        if x.max() > 1:
            y = y / x.max()
        y += 1
        return y

    return Program(f, [*SIGNS, call(vector(0, 4))], numpy=True)


@must("early return")
def early_return() -> Program:
    def f(x):
        if x.sum() > 0:
            return x * 2
        return x - 1

    return Program(f, SIGNS, numpy=True)


@must("early returns from nested branches")
def early_returns_nested() -> Program:
    def f(x):
        if x[0] > 0:
            if x[1] > 0:
                return x + 1
            y = x * 3
        else:
            y = x * 5
            if x[1] < -1:
                return y - 1
        z = y + x
        if z.sum() > 100:
            return z / 100
        return z

    calls = [call(vector(*p)) for p in ((1, 2), (1, -2), (-1, -2), (-1, 0), (300, -1))]
    return Program(f, calls, numpy=True)


@must("conditional expression")
def conditional_expression() -> Program:
    def f(x):
        return (x * 2 if x.sum() > 0 else x - 1) + (1 if x[0] > x[1] else 2)

    return Program(f, SIGNS, numpy=True)


@must("and, or, not")
def and_or_not() -> Program:
    def f(x):
        if (x[0] > 0 and x[1] > 0) or not (x[0] > -1):
            return x + 1
        return x * 10

    return Program(f, [*SIGNS, call(vector(-1, 1)), call(vector(0, 5))], numpy=True)


@must("the values of and, or")
def values_of_and_or() -> Program:
    def f(a, b):
        return (a and b) + 1, (a or b) + 1, not a

    pairs = [(0, 5), (3, 5), (3, 0), (0, 0)]
    return Program(f, [call(scalar(a), scalar(b)) for a, b in pairs], numpy=True)


@must("a condition that guards the next one")
def short_circuit() -> Program:
    def f(x, i):
        if i < x.shape[0] and x[i] > 0:
            return x[i] * 2
        return x.sum() * 0 - 1

    return Program(f, [call(vector(1, -2), scalar(i, "int64")) for i in (0, 1, 2, 5)], numpy=True)


@must("chained comparison, its middle evaluated once")
def chained_comparison() -> Program:
    def f(x, y):
        def middle():
            return x.sum() * 2

        if 0 < middle() < y:
            return x + 1
        if y <= middle() <= y + 1 <= 10:
            return x + 2
        return x

    numbers = [(1, 5), (1, 1), (-1, 1), (2, 4), (6, 11)]
    return Program(f, [call(vector(a, 0), scalar(b)) for a, b in numbers], numpy=True)


@must("assignment expression in a condition")
def walrus_in_condition() -> Program:
    def f(x):
        if (total := x.sum()) > 0:
            return x / total
        return x - total

    return Program(f, SIGNS, numpy=True)


@must("Python numbers that differ between branches")
def numbers_differ_between_branches() -> Program:
    def f(x):
        if x.sum() > 0:
            n, m, flag = 3, 0.5, True
        else:
            n, m, flag = 2, -1.5, False
        y = x * n + m
        if flag:
            y = y + 100
        return y

    return Program(f, SIGNS, numpy=True)


@must("truth of a number tensor")
def truth_of_a_number() -> Program:
    def f(x):
        n = x.sum()
        if n:
            x = x / n
        if not n:
            x = x - 1
        return x

    return Program(f, SIGNS, numpy=True)


@must("structures of one form made in both branches")
def structures_in_branches() -> Program:
    def f(x):
        if x.sum() > 0:
            state = {"h": x + 1, "pair": (x * 2, [x])}
        else:
            state = {"h": x - 1, "pair": (x * 3, [-x])}
        return state["h"] + state["pair"][1][0], state

    return Program(f, SIGNS, numpy=True)


@must("results of different sizes")
def branches_of_different_sizes() -> Program:
    def f(x):
        if x.sum() > 0:
            return x[:2]
        return ops.concatenate([x, x])

    return Program(f, [call(vector(1, 2, 3)), call(vector(-1, -2, -3))])


@must("a Python value decides beside a tensor")
def python_and_tensor_conditions() -> Program:
    def f(x, mode="double"):
        if mode == "double" and x.sum() > 0:
            return x * 2
        if mode != "double" or x.sum() > -5:
            return x - 1
        return x

    calls = [
        *SIGNS,
        call(vector(-5, -6)),
        call(vector(1, 2), mode="other", fits=False),
    ]
    return Program(f, calls, numpy=True)


@must("both branches read what is outside and inside")
def branch_reads_from_around() -> Program:
    def f(x, y):
        a = x + y
        b = a * 2
        if a.sum() > b.sum():
            a, b = b, a
            if b.max() > 3:
                b = b + x
        return a - b

    pairs = [((1, 2), (3, 4)), ((-1, -2), (-3, -4)), ((-5, -6), (20, -80))]
    return Program(f, [call(vector(*a), vector(*b)) for a, b in pairs], numpy=True)


@must("boolean tensors as flags")
def boolean_flags() -> Program:
    def f(x, flag):
        found = False
        if flag:
            found = x.sum() > 0
        if found:
            x = x + 1
        return x, found

    flags = [(1, True), (1, False), (-1, True)]
    return Program(f, [call(vector(a, 1), scalar(b, "bool")) for a, b in flags], numpy=True)


@guarded("a variable that only one branch defines")
def variable_of_one_branch() -> Program:
    def f(x):
        if x.sum() > 0:
            y = x * 2
        return y

    return Program(f, SIGNS)


@must("a variable of one branch, read only where it is defined")
def variable_of_one_branch_unread() -> Program:
    def f(x):
        if x.sum() > 0:
            y = x * 2
            x = y + 1
        return x

    return Program(f, SIGNS, numpy=True)


@guarded("branches that return different structures")
def branches_of_different_structures() -> Program:
    def f(x):
        if x.sum() > 0:
            return x, x + 1
        return None

    return Program(f, SIGNS)


@guarded("branches whose results differ in dtype")
def branches_of_different_dtypes() -> Program:
    def f(x):
        if x.sum() > 0:
            return ops.cast(x, "int32")
        return x

    return Program(f, SIGNS)


@guarded("a Python number in one branch, a tensor in the other")
def number_or_tensor() -> Program:
    def f(x):
        n = 0
        if x.sum() > 0:
            n = x.max()
        return x + n, n

    return Program(f, SIGNS)


@guarded("match on a tensor")
def match_on_tensor() -> Program:
    def f(x):
        match x.sum():
            case 3:
                return x * 2
            case _:
                return x

    return Program(f, SIGNS)


@guarded("an integer or a float by branch")
def integer_or_float() -> Program:
    def f(i, x):
        n = 2
        if x.sum() > 0:
            n = 0.5
        return i * n

    return Program(f, [call(vector(3, 4, dtype="int32"), vector(s)) for s in (-1, 1)])


@guarded("texts chosen by a tensor")
def text_by_branch() -> Program:
    def f(x):
        mode = "up" if x.sum() > 0 else "down"
        return x + 1 if mode == "up" else x - 1

    return Program(f, SIGNS)


@guarded("functions chosen by a tensor")
def function_by_branch() -> Program:
    def f(x):
        act = ops.relu if x.sum() > 0 else ops.tanh
        return act(x)

    return Program(f, SIGNS)


@guarded("sizes that a branch demands bind only that branch")
def branch_with_its_own_demand() -> Program:
    def f(x, y):
        if x.sum() > 0:
            return (x + y).sum()
        return x.sum() - y.sum()

    calls = [
        call(vector(1, 2), vector(3, 4)),
        call(vector(-1, -2), vector(3, 4, 5)),
        call(vector(-1), vector(3, 4, 5)),
    ]
    return Program(f, calls, examples=(spec("a"), spec("b")))
