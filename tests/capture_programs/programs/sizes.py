"""Open sizes: arithmetic with them, branches on them, and results whose sizes depend on values."""

from __future__ import annotations

from irkit import ops
from tests.capture_programs.program import Program, call, guarded, matrix, must, scalar, spec, vector

LENGTHS = [call(vector(1, 2, 3)), call(vector(-4)), call(vector(0, 5, 0, 7, 2, 1))]
OPEN = (spec(None),)


@must("arithmetic with sizes")
def arithmetic_with_sizes() -> Program:
    def f(x):
        n = x.shape[0]
        return x.sum() / n, ops.reshape(ops.concatenate([x, x]), (2, n)) * (n + 1), x[: n // 2]

    return Program(f, LENGTHS, OPEN)


@must("a branch on a size")
def branch_on_size() -> Program:
    def f(x):
        if x.shape[0] > 2:
            return x[:2].sum()
        return x.sum() * 100

    return Program(f, LENGTHS, OPEN, numpy=True)


@must("a branch on two sizes")
def branch_on_two_sizes() -> Program:
    def f(x, y):
        if x.shape[0] == y.shape[0]:
            return (x * y).sum()
        if x.shape[0] % 2 == 0 or y.shape[0] == 1:
            return x.sum() * y.sum()
        return x.sum() - y.sum()

    pairs = [((1, 2), (3, 4)), ((1, 2), (3, 4, 5)), ((1, 2, 3), (9, 8)), ((1, 2, 3), (7,))]
    return Program(f, [call(vector(*a), vector(*b)) for a, b in pairs], (spec("a"), spec("b")))


@must("len of an open size")
def length() -> Program:
    def f(x):
        return x * len(x) + (1 if len(x) > 3 else 2)

    return Program(f, LENGTHS, OPEN, numpy=True)


@must("boolean mask")
def boolean_mask() -> Program:
    def f(x):
        y = x[x > 0]
        return y * 2, y.shape[0]

    return Program(f, LENGTHS, OPEN, numpy=True)


@must("nonzero")
def nonzero() -> Program:
    def f(x):
        (places,) = ops.nonzero(x)
        return places, x[places]

    return Program(f, LENGTHS, OPEN)


@must("a size that depends on values decides")
def branch_on_computed_size() -> Program:
    def f(x):
        positive = x[x > 0]
        if positive.shape[0] == 0:
            return x.sum()
        return positive.sum() / positive.shape[0]

    return Program(f, LENGTHS, OPEN, numpy=True)


@must("slices with tensors as bounds")
def slices_by_tensors() -> Program:
    def f(x, i):
        return x[i:], x[:i], x[i : i + 2].sum(), x[-1]

    calls = [call(vector(1, 2, 3, 4), scalar(i, "int64")) for i in (1, 0, 4, -2)]
    return Program(f, calls, numpy=True)


@must("computed indices")
def computed_indices() -> Program:
    def f(x):
        i = x.sum(axis=1).argmax()
        return x[i], x[:, x[0].argmax()], x[i, 0]

    calls = [call(matrix((1, 2), (3, 4))), call(matrix((9, 2), (1, 0), (0, 1)))]
    return Program(f, calls, (spec(None, 2),), numpy=True)


@must("loops and branches together over an open size")
def loop_over_positions() -> Program:
    def f(x):
        best, where = x[0], 0
        for i in range(1, x.shape[0]):
            if x[i] > best:
                best, where = x[i], i
        return best, where

    return Program(f, LENGTHS, OPEN, numpy=True)


@must("tensors made from sizes")
def tensors_from_sizes() -> Program:
    def f(x):
        n = x.shape[0]
        return ops.zeros((n, 2)) + ops.reshape(x, (n, 1)), ops.arange(n), ops.ones((n,)) * n

    return Program(f, LENGTHS, OPEN)


@must("a size as a result")
def size_as_result() -> Program:
    def f(x):
        return x.shape[0], x.shape[0] * 2 + 1, x.shape

    return Program(f, LENGTHS, OPEN, numpy=True)


@must("steps, None, Ellipsis and negative indices")
def indexing() -> Program:
    def f(x):
        return x[::2], x[::-1], x[None], x[..., -1], x[-1:], x[1:-1]

    return Program(f, LENGTHS, OPEN, numpy=True)


@must("a size that is fixed by the example is guarded")
def fixed_size() -> Program:
    def f(x):
        return x * x.shape[0] if x.shape[0] == 2 else x - 1

    calls = [call(vector(1, 2)), call(vector(3, 4)), call(vector(1, 2, 3), fits=False)]
    return Program(f, calls, numpy=True)


@must("a rank that is fixed by the example is guarded")
def fixed_rank() -> Program:
    def f(x):
        return x.sum() if x.ndim == 2 else x * 3

    calls = [call(matrix((1, 2))), call(vector(1, 2), fits=False), call(scalar(4), fits=False)]
    return Program(f, calls, numpy=True)


@guarded("one, and therefore broadcast, or many")
def broadcasting_by_size() -> Program:
    def f(x, y):
        return x + y

    calls = [
        call(vector(1, 2), vector(3, 4)),
        call(vector(1), vector(3, 4)),
        call(vector(1, 2, 3), vector(5)),
    ]
    return Program(f, calls, (spec("a"), spec("b")), numpy=True)


@guarded("unique values")
def unique_values() -> Program:
    def f(x):
        seen = ops.unique(x)
        return seen * 2

    return Program(f, LENGTHS, OPEN)


@guarded("a size in a text")
def size_in_text() -> Program:
    def f(x):
        sizes = {"3": 10, "1": 20}
        return x + sizes.get(f"{x.shape[0]}", 0)

    return Program(f, LENGTHS, OPEN)


@guarded("a size as a key and a size in a set")
def size_as_key() -> Program:
    def f(x):
        table = {3: 10, 1: 20}
        return x + table.get(x.shape[0], 0) + (1 if x.shape[0] in (6, 7) else 2)

    return Program(f, LENGTHS, OPEN)


@guarded("a static loop over an open size")
def list_over_open_size() -> Program:
    def f(x):
        return sum([v * i for i, v in enumerate(x)])

    return Program(f, LENGTHS, OPEN)


@guarded("int() and range arithmetic on a size")
def size_as_int() -> Program:
    def f(x):
        n = int(x.shape[0])
        return x * n, max(n, 2), min(4, n)

    return Program(f, LENGTHS, OPEN)


@guarded("numbers given to range by a tensor's item()")
def item_of_a_tensor() -> Program:
    def f(x, n):
        for _ in range(n.item()):
            x = x * 2
        return x

    return Program(f, [call(vector(1, 2), scalar(n, "int64")) for n in (2, 0, 3)])
