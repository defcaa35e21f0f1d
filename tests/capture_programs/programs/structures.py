"""Arguments and results in structures, static values among them, and the guards on both."""

from __future__ import annotations

import dataclasses
from collections import namedtuple
from typing import Any

from irkit import ops
from tests.capture_programs.program import Program, call, guarded, must, scalar, spec, vector

Point = namedtuple("Point", "x y")


@dataclasses.dataclass
class Pair:
    """A dataclass of tensors and a flag."""

    a: Any
    b: Any
    doubled: bool = False


SIGNS = [call(vector(1, 2)), call(vector(-1, -2)), call(vector(3, -1))]


@must("dictionaries, lists and tuples in and out")
def nested_structures() -> Program:
    def f(batch):
        x, (y, z) = batch["x"], batch["rest"]
        if x.sum() > 0:
            y, z = z, y
        return {"out": [x + y, (z,)], "a": x}

    def batch(sign):
        return {"rest": [vector(3, 4), vector(5, 6)], "x": vector(sign, 1)}

    return Program(f, [call(batch(2)), call(batch(-2))], numpy=True)


@guarded("a dictionary in another order")
def order_of_a_dictionary() -> Program:
    def f(d):
        return d["a"] - d["b"] * 2

    calls = [call({"a": vector(1), "b": vector(2)}), call({"b": vector(2), "a": vector(1)})]
    return Program(f, calls, numpy=True)


@must("namedtuples")
def named_tuples() -> Program:
    def f(p):
        if p.x > p.y:
            return Point(p.y, p.x)
        return p._replace(y=p.y + 1)

    return Program(f, [call(Point(scalar(a), scalar(b))) for a, b in ((1, 2), (4, 3))], numpy=True)


@must("dataclasses")
def dataclasses_in_and_out() -> Program:
    def f(p):
        if p.a > 0:
            return Pair(p.a + 1, p.b)
        return Pair(p.b, p.a * 2, p.doubled)

    return Program(f, [call(Pair(scalar(v), scalar(3))) for v in (1, -2)], numpy=True)


@must("an argument that may be None")
def optional_argument() -> Program:
    def f(x, mask=None):
        if mask is None:
            return x
        return x * mask if mask.sum() > 1 else -x

    calls = [call(vector(1, 2)), call(vector(3, 4)), call(vector(1, 2), vector(0, 3), fits=False)]
    return Program(f, calls, numpy=True)


@must("arguments by name and by position")
def arguments_by_name() -> Program:
    def f(a, b, *, c):
        return a - b * c

    calls = [
        call(vector(1), vector(2), c=vector(3)),
        call(b=vector(2), c=vector(3), a=vector(1)),
        call(vector(1), c=vector(4), b=vector(5)),
    ]
    return Program(f, calls, (spec(1), spec(1)), options={"c": spec(1)}, numpy=True)


@must("a static number decides")
def static_number() -> Program:
    def f(x, n):
        for _ in range(n):
            x = x * 2
        return x

    calls = [call(vector(1), 3), call(vector(5), 3), call(vector(1), 4, fits=False)]
    return Program(f, calls, numpy=True)


@must("a static float and a flag")
def static_float_and_flag() -> Program:
    def f(x, rate=0.5, training=False):
        return x * rate if training else x

    calls = [
        call(vector(8), training=True),
        call(vector(4), training=True),
        call(vector(8), training=False, fits=False),
        call(vector(8), rate=0.25, training=True, fits=False),
    ]
    return Program(f, calls, numpy=True)


@must("a text decides")
def static_text() -> Program:
    def f(x, mode):
        return {"relu": ops.relu, "neg": ops.negative}[mode](x)

    calls = [call(vector(1, -1), "relu"), call(vector(-1, 1), "relu"), call(vector(1, -1), "neg", fits=False)]
    return Program(f, calls)


@must("dtypes are guarded")
def dtype_guard() -> Program:
    def f(x):
        return x / 2 if x.dtype == "float32" else x * 2

    calls = [
        call(vector(3, 5)),
        call(vector(3, 5, dtype="int32"), fits=False),
        call(vector(3, 5, dtype="float64"), fits=False),
        call(vector(1, 0, dtype="bool"), fits=False),
    ]
    return Program(f, calls)


@must("structures are guarded")
def structure_guard() -> Program:
    def f(xs):
        total = xs[0]
        for x in xs[1:]:
            total = total * 2 + x
        return total

    calls = [
        call([vector(1), vector(2)]),
        call([vector(5), vector(6)]),
        call([vector(1), vector(2), vector(3)], fits=False),
        call((vector(1), vector(2)), fits=False),
    ]
    return Program(f, calls, numpy=True)


@must("a dictionary's keys are guarded")
def keys_guard() -> Program:
    def f(d):
        return sum(d[k] for k in sorted(d)) * len(d)

    calls = [
        call({"a": vector(1), "b": vector(2)}),
        call({"a": vector(1), "c": vector(2)}, fits=False),
        call({"a": vector(1)}, fits=False),
    ]
    return Program(f, calls)


@must("an input handed back, twice, and a constant")
def inputs_as_outputs() -> Program:
    def f(x):
        y = x * 2
        return x, y, y, ops.ones((2,)), 7, "text", None

    return Program(f, SIGNS)


@must("an input that no result depends on")
def unused_input() -> Program:
    def f(x, unused, y=None):
        return x + 1

    calls = [call(vector(1), vector(2)), call(vector(3), vector(4))]
    return Program(f, calls, numpy=True)


@must("scalars and empty tensors")
def scalars_and_empty_tensors() -> Program:
    def f(x, s):
        if x.shape[0] == 0:
            return s * 2, x
        return s + x.sum(), x * s

    calls = [call(vector(1, 2), scalar(3)), call(vector(), scalar(4)), call(vector(-1), scalar(0))]
    return Program(f, calls, (spec(None), spec()), numpy=True)


@must("unpacking")
def unpacking() -> Program:
    def f(x):
        a, b, *rest = x
        (first, second), third = (a, b), rest[0]
        if a > b:
            first, *others = second, first, third
            return first, others
        return third, [first, second]

    return Program(f, [call(vector(1, 2, 3)), call(vector(5, 4, 3))], numpy=True)


@must("lists and dictionaries made inside may be changed")
def changing_own_containers() -> Program:
    def f(x):
        made, table = [], {}
        for i in range(3):
            made.append(x * i)
            table[f"k{i}"] = x + i
        made[0] = made[0] - 1
        made.insert(0, x)
        table.update(last=made.pop())
        made.extend([x, x])
        del table["k0"]
        return made, table

    return Program(f, SIGNS, numpy=True)


@must("containers changed in branches")
def changing_containers_in_branches() -> Program:
    def f(x):
        state = {"h": x}
        parts = [x, x]
        if x.sum() > 0:
            state["h"] = x * 2
            parts[1] = x + 1
        return state, parts

    return Program(f, SIGNS, numpy=True)


@guarded("a list that grows in one branch")
def list_grows_in_a_branch() -> Program:
    def f(x):
        parts = [x]
        if x.sum() > 0:
            parts.append(x * 2)
        return ops.concatenate(parts)

    return Program(f, SIGNS)


@must("objects made inside may be changed")
def changing_own_objects() -> Program:
    class State:
        def __init__(self, h):
            self.h, self.turns = h, 0

        def step(self, x):
            self.h = self.h * 0.5 + x
            self.turns += 1

    def f(x):
        state = State(x * 0)
        for _ in range(3):
            state.step(x)
        if state.h.sum() > 1:
            state.h = state.h - 1
        return state.h, state.turns

    return Program(f, SIGNS, numpy=True)


@guarded("a container changed through another name")
def container_alias() -> Program:
    def f(x):
        a = [x, x]
        b = a
        if x.sum() > 0:
            b[0] = x * 2
        return a[0] + b[1]

    return Program(f, SIGNS)


@guarded("an argument's list changed by the function")
def argument_changed() -> Program:
    def f(xs):
        xs[0] = xs[0] + 1
        return xs[0] * xs[1]

    lists = [[vector(1), vector(2)], [vector(3), vector(4)]]
    return Program(f, [call(x) for x in lists])


@guarded("in-place addition leaves other names alone")
def in_place_addition() -> Program:
    def f(x):
        y = x
        y += 1
        y *= 2
        return x, y

    return Program(f, SIGNS)


@guarded("in-place writes into tensors")
def writes_into_a_tensor() -> Program:
    def f(x):
        y = x
        y[0] = 5
        return x + y

    return Program(f, SIGNS)
