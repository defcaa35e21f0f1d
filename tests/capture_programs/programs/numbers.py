"""Numbers of Python that depend on tensors or open sizes: whole division, powers, precision, errors, introspection."""

from __future__ import annotations

import math

import numpy as np

import irkit
from irkit import ops
from tests.capture_programs.program import Program, call, guarded, must, scalar, spec, vector

COUNTS = [call(vector(1, 2), scalar(n, "int64")) for n in (3, 0, 1, 7)]
LENGTHS = [call(vector(1, 2, 3)), call(vector(-4)), call(vector(0, 5, 0, 7, 2, 1))]
OPEN = (spec(None),)


@must("whole division and remainders of counters, as in Python")
def division_of_counters() -> Program:
    def f(x, n):
        k = 0
        for _ in range(n):
            k -= 3
        return k // 2, k % 5, k // -4, k % -4, x * (k // 2), k / 4, -k, abs(k), k * k

    return Program(f, COUNTS)


@guarded("powers of counters")
def powers_of_counters() -> Program:
    def f(x, n):
        k = 2
        for _ in range(n):
            k -= 1
        return x * 2**k

    return Program(f, COUNTS)


@guarded("bits of counters")
def bits_of_counters() -> Program:
    def f(x, n):
        k = 1
        for _ in range(n):
            k = (k << 1) ^ 5
        return x + k, k & 6, k | 8, k >> 1, ~k

    return Program(f, COUNTS)


@guarded("round, int, min, max and divmod of counters")
def functions_of_counters() -> Program:
    def f(x, n):
        k = 1
        for _ in range(n):
            k += 2
        a, b = divmod(k, 4)
        return x + round(k / 4), int(k / 3), min(k, 3), max(k, 4, 2), a, b, float(k)

    return Program(f, COUNTS)


@must("Python's floats keep their precision in loops")
def precision_of_floats() -> Program:
    def f(x, n):
        p = 0.0
        for _ in range(n):
            p += 0.1
        return x + 1 if p == 0.7999999999999999 else x - 1, p < 0.8, x * p

    return Program(f, [call(vector(1, 2), scalar(n, "int64")) for n in (8, 3, 0)])


@guarded("division of Python numbers by a zero")
def python_division_by_zero() -> Program:
    def f(x, n):
        k = 0
        for _ in range(n):
            k += 1
        return x * (6 // k), x + 1 / k

    return Program(f, COUNTS)


@guarded("remainder of Python numbers by a zero")
def python_remainder_by_zero() -> Program:
    def f(x, n):
        k = 0
        for _ in range(n):
            k += 1
        return x + 7 % k

    return Program(f, COUNTS)


@guarded("an error in a branch that is not taken")
def error_in_a_branch() -> Program:
    def f(x):
        y = x
        if x.sum() > 100:
            y = x * (1 // 0)
        return y

    return Program(f, [call(vector(1, 2)), call(vector(-1, 5))])


@guarded("an index beyond the end in a branch that is not taken")
def index_error_in_a_branch() -> Program:
    def f(x):
        if x.sum() > 100:
            return x[7]
        return x[0]

    return Program(f, [call(vector(1, 2)), call(vector(-1, 5))])


@guarded("a counter as an index beyond the end")
def counter_as_index() -> Program:
    def f(x, n):
        i = 0
        for _ in range(n):
            i += 1
        return x[i]

    return Program(f, COUNTS)


@guarded("a size divides, and may be zero")
def division_by_size() -> Program:
    def f(x, y):
        return 7 // y.shape[0] + x.sum(), 1 / y.shape[0], 9 % y.shape[0]

    calls = [call(vector(1), vector(*[1] * n)) for n in (2, 3, 0)]
    return Program(f, calls, (spec(None), spec(None)))


@guarded("isinstance of a size")
def isinstance_of_a_size() -> Program:
    def f(x):
        return x * 2 if isinstance(x.shape[0], int) else x * 3

    return Program(f, LENGTHS, OPEN)


@guarded("isinstance of a counter")
def isinstance_of_a_counter() -> Program:
    def f(x, n):
        k = 0
        for _ in range(n):
            k += 1
        return x * 2 if isinstance(k, int) and type(k) is int else x * 3

    return Program(f, COUNTS)


@guarded("is None, or, not of a size")
def truth_of_a_size() -> Program:
    def f(x):
        n = x.shape[0] or 5
        return x.sum() * n + (1 if not x.shape[0] else 2) + (0 if x.shape[0] is None else 3)

    return Program(f, [*LENGTHS, call(vector())], OPEN)


@guarded("shapes compared as tuples")
def shapes_compared() -> Program:
    def f(x, y):
        if x.shape == y.shape:
            return x.sum() * y.sum()
        return x.sum() - y.sum()

    pairs = [((1, 2), (3, 4)), ((1, 2), (3, 4, 5)), ((1,), (7,))]
    return Program(f, [call(vector(*a), vector(*b)) for a, b in pairs], (spec("a"), spec("b")))


@guarded("math's functions of sizes")
def math_of_sizes() -> Program:
    def f(x):
        n = x.shape[0]
        return x / math.sqrt(n), math.prod(x.shape), n**0.5, math.ceil(n / 2), x * math.log(n)

    return Program(f, LENGTHS, OPEN)


@guarded("numpy's functions of sizes")
def numpy_of_sizes() -> Program:
    def f(x):
        n = x.shape[0]
        return x * np.sqrt(n).astype("float32"), x + np.float32(n)

    return Program(f, LENGTHS, OPEN)


@guarded("range objects of open length")
def range_objects() -> Program:
    def f(x, n):
        r = range(n)
        return x * len(r) + sum(r) + (1 if 2 in r else 0)

    return Program(f, COUNTS)


@guarded("a list made of an open range")
def list_of_an_open_range() -> Program:
    def f(x, n):
        numbers = list(range(n))
        return x * len(numbers)

    return Program(f, COUNTS)


@guarded("isinstance of a tensor against symbolic tensors")
def isinstance_of_symbolic() -> Program:
    def f(x):
        return x * 2 if isinstance(x, irkit.KerasTensor) else x * 3

    return Program(f, [call(vector(1, 2)), call(vector(3, 4))])


@guarded("the class of a tensor")
def class_of_a_tensor() -> Program:
    eager = type(ops.convert_to_tensor(1.0))

    def f(x):
        return x * 2 if type(x) is eager or x.__class__ is eager else x * 3

    return Program(f, [call(vector(1, 2)), call(vector(3, 4))])


@guarded("hasattr and getattr of a tensor")
def attributes_of_a_tensor() -> Program:
    def f(x):
        y = x * 2 if hasattr(x, "array") else x * 3
        return y + 1 if getattr(x, "value", None) is None else y - 1

    return Program(f, [call(vector(1, 2)), call(vector(3, 4))])


@guarded("the values of a Variable taken out")
def values_of_a_variable() -> Program:
    scale = irkit.Variable(vector(2, 3), trainable=False)

    def f(x):
        return x * scale.numpy() + np.asarray(scale).sum()

    def change():
        scale.assign(scale + 1)

    calls = [call(vector(1, 2)), call(vector(1, 2), before=change, changed=True)]
    return Program(f, calls, reads=("scale", "variable"))


@guarded("float of a Variable decides")
def variable_decides_in_python() -> Program:
    scale = irkit.Variable(np.float32(2), trainable=False)

    def f(x):
        return x * 2 if float(scale) > 2 else x * 3

    def change():
        scale.assign(scale + 1)

    calls = [call(vector(1, 2)), call(vector(1, 2), before=change, changed=True)]
    return Program(f, calls, reads=("scale", "variable"))


@guarded("the truth of a Variable")
def truth_of_a_variable() -> Program:
    flag = irkit.Variable(np.float32(0), trainable=False)

    def f(x):
        return x * 2 if flag else x * 3

    def change():
        flag.assign(flag + 1)

    calls = [call(vector(1, 2)), call(vector(1, 2), before=change, changed=True)]
    return Program(f, calls, reads=("flag", "variable"))


@guarded("a Variable that decides as a tensor")
def variable_decides() -> Program:
    scale = irkit.Variable(np.float32(2), trainable=False)

    def f(x):
        if scale > 2:
            return x * 7
        return x * scale

    def change():
        scale.assign(scale + 1)

    calls = [call(vector(1, 2)), call(vector(1, 2), before=change, changed=True)]
    return Program(f, calls, reads=("scale", "variable"))


@guarded("weights of a layer taken out")
def weights_taken_out() -> Program:
    layer = irkit.layers.Dense(1, kernel_initializer="ones")
    layer(np.zeros((1, 2), "float32"))

    def f(x):
        return x * layer.get_weights()[0].sum() + layer.kernel.numpy().max()

    def change():
        layer.set_weights([w + 1 for w in layer.get_weights()])

    calls = [call(vector(1, 2)), call(vector(1, 2), before=change, changed=True)]
    return Program(f, calls, reads=(layer.name, "kernel"))


@must("twenty cases")
def twenty_cases() -> Program:  # noqa: C901
    def f(n):  # noqa: C901
        if n == 0:
            return n + 100
        if n == 1:
            return n + 90
        if n == 2:
            return n * 3
        if n == 3:
            return n - 1
        if n == 4:
            return n * n
        if n == 5:
            return n - 7
        if n == 6:
            return n + 60
        if n == 7:
            return n * 7
        if n == 8:
            return n - 8
        if n == 9:
            return n + 9
        if n == 10:
            return n * 10
        if n == 11:
            return n - 11
        if n == 12:
            return n + 12
        if n == 13:
            return n * 13
        if n == 14:
            return n - 14
        if n == 15:
            return n + 15
        if n == 16:
            return n * 16
        if n == 17:
            return n - 17
        if n == 18:
            return n + 18
        return n * 19

    return Program(f, [call(scalar(n, "int64")) for n in (0, 7, 17, 18, 40)], numpy=True)


@guarded("a message made from tensors")
def message_of_tensors() -> Program:
    def f(x):
        assert x.sum() > 0, f"bad sum {x.sum()}"
        return x

    return Program(f, [call(vector(1, 2)), call(vector(-1, -2))])


@guarded("an exception of one's own, with a tensor")
def own_exception() -> Program:
    class Negative(Exception):
        pass

    def f(x):
        if x.sum() < 0:
            raise Negative(x) from None
        return x

    return Program(f, [call(vector(1, 2)), call(vector(-1, -2))])
