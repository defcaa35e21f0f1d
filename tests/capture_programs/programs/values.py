"""Values that Python takes out of tensors: numbers, texts, numpy arrays, keys, identities."""

from __future__ import annotations

import numpy as np

from irkit import ops
from tests.capture_programs.program import Program, call, guarded, must, vector

SAME = [call(vector(1, 2)) for _ in range(3)]
SIGNS = [call(vector(1, 2)), call(vector(-1, -2)), call(vector(3, -1))]


@guarded("x.numpy()")
def numpy_of_tensor() -> Program:
    def f(x):
        return x + x.numpy().max()

    return Program(f, SIGNS)


@guarded("np.asarray(x)")
def asarray_of_tensor() -> Program:
    def f(x):
        return x * np.asarray(x).sum()

    return Program(f, SIGNS)


@guarded("numpy's functions on tensors")
def numpy_functions() -> Program:
    def f(x):
        return np.maximum(x, 0) + np.exp(x)

    return Program(f, SIGNS)


@guarded("numpy's functions without a protocol on tensors")
def other_numpy_functions() -> Program:
    def f(x):
        return np.where(x > 0, x, -x) + np.concatenate([x, x])[:2]

    return Program(f, SIGNS)


@guarded("float(t) outside control flow")
def float_of_tensor() -> Program:
    def f(x):
        return x * float(x.sum())

    return Program(f, SIGNS)


@guarded("int(t)")
def int_of_tensor() -> Program:
    def f(x):
        return ops.ones((int(abs(x[0])),)) + x.sum()

    return Program(f, SIGNS)


@guarded("t.item() and t.tolist()")
def item_and_list() -> Program:
    def f(x):
        return x + x.sum().item() + len([v for v in x.numpy().tolist() if v > 0])

    return Program(f, SIGNS)


@guarded("a tensor formatted into a text")
def tensor_in_text() -> Program:
    def f(x):
        return x * len(f"{x[0]}")

    return Program(f, [call(vector(1, 2)), call(vector(12345, -2))])


@guarded("a tensor as a key")
def tensor_as_key() -> Program:
    def f(x, i):
        table = {0: 10.0, 1: 20.0}
        return x * table[int(i)]

    return Program(f, [call(vector(1), np.int64(i)) for i in (0, 1)])


@guarded("a tensor looked for in a list")
def tensor_in_list() -> Program:
    def f(x):
        return x * 2 if x[0] in [1.0, 3.0] else x

    return Program(f, SIGNS)


@guarded("a list indexed by a tensor")
def list_indexed_by_tensor() -> Program:
    def f(x, i):
        return [x, x * 2, x * 3][i]

    return Program(f, [call(vector(1), np.array(i)) for i in (0, 2, -1)])


@guarded("id and hash")
def identity_of_tensor() -> Program:
    def f(x):
        return x * (id(x) % 1000003)

    return Program(f, SAME, varies=True)


@must("isinstance, type and `is None` of tensors")
def types_of_tensors() -> Program:
    def f(x, y=None):
        if isinstance(x, int) or x is None:
            return x
        return x + (0 if y is None else y)

    return Program(f, SIGNS)


@guarded("type(x) of a tensor in the result")
def name_of_type() -> Program:
    def f(x):
        return x * len(type(x).__name__)

    return Program(f, SIGNS)


@guarded("locals() and eval")
def evaluated() -> Program:
    def f(x):
        scale = 3
        return x * eval("scale + 1") + locals()["scale"]

    return Program(f, SIGNS)
