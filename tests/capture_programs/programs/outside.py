"""What Python reads from outside and what changes there between calls: watched or refused, never baked unseen."""

from __future__ import annotations

import os
import sys
from types import SimpleNamespace

import numpy as np

from tests.capture_programs.program import Program, changing, guarded, vector

FACTOR = 2.0
TABLE = {"scale": 2.0, "parts": [1.0, 2.0]}
MASK = np.array([1.0, 2.0], "float32")


def twice(x):
    """Replaced by another function in between."""
    return x * 2


TWICE = twice


def _set(name, value):
    return lambda: setattr(sys.modules[__name__], name, value)


@guarded("a global number")
def global_number() -> Program:
    def f(x):
        return x * FACTOR

    def change():
        _set("FACTOR", FACTOR + 1)()

    return Program(f, changing(change, _set("FACTOR", 2.0)), reads=("FACTOR",))


@guarded("a global number that decides")
def global_flag() -> Program:
    def f(x):
        if FACTOR > 2:
            return x - 1
        return x + 1

    calls = changing(_set("FACTOR", 5.0), _set("FACTOR", 2.0))
    return Program(f, calls, reads=("FACTOR",))


@guarded("a global dictionary and the list in it")
def global_dictionary() -> Program:
    def f(x):
        return x * TABLE["scale"] + sum(TABLE["parts"])

    def reset():
        TABLE["parts"][:] = [1.0, 2.0]

    return Program(f, changing(lambda: TABLE["parts"].append(5.0), reset), reads=("TABLE",))


@guarded("a global numpy array, written into")
def global_array() -> Program:
    def f(x):
        return x * MASK

    def write(number):
        MASK[0] = number

    return Program(f, changing(lambda: write(MASK[0] + 1), lambda: write(1)), reads=("MASK",))


@guarded("a global function, replaced")
def global_function() -> Program:
    def f(x):
        return twice(x)

    calls = changing(_set("twice", lambda x: x * 3), _set("twice", TWICE))
    return Program(f, calls, reads=("twice",))


@guarded("a closure's number")
def closure_number() -> Program:
    n = 2

    def f(x):
        return x * n if n > 2 else x + n

    def change():
        nonlocal n
        n += 1

    return Program(f, changing(change), reads=("n",))


@guarded("a closure's list")
def closure_list() -> Program:
    parts = [1.0, 2.0]

    def f(x):
        for p in parts:
            x = x + p
        return x

    return Program(f, changing(lambda: parts.append(3.0)), reads=("parts",))


@guarded("a default argument that is changed")
def mutable_default() -> Program:
    def f(x, parts=[1.0]):  # noqa: B006
        return x + len(parts)

    return Program(f, changing(lambda: f.__defaults__[0].append(2.0)), reads=("parts",))


@guarded("a module's attribute")
def module_attribute() -> Program:
    module = sys.modules[__name__]

    def f(x):
        return x * module.FACTOR

    calls = changing(lambda: _set("FACTOR", FACTOR + 1)(), _set("FACTOR", 2.0))
    return Program(f, calls, reads=("FACTOR",))


@guarded("globals() and vars()")
def by_globals() -> Program:
    def f(x):
        return x * globals()["FACTOR"]

    calls = changing(lambda: _set("FACTOR", FACTOR + 1)(), _set("FACTOR", 2.0))
    return Program(f, calls, reads=("FACTOR",))


@guarded("os.environ")
def environment() -> Program:
    def f(x):
        return x * len(os.environ.get("IRKIT_TRIAL", ""))

    def change():
        os.environ["IRKIT_TRIAL"] = os.environ.get("IRKIT_TRIAL", "") + "x"

    calls = changing(change, lambda: os.environ.pop("IRKIT_TRIAL", None))
    return Program(f, calls, reads=("IRKIT_TRIAL",))


@guarded("os.getenv")
def environment_by_function() -> Program:
    def f(x):
        return x * len(os.getenv("IRKIT_TRIAL", ""))

    def change():
        os.environ["IRKIT_TRIAL"] = os.environ.get("IRKIT_TRIAL", "") + "x"

    calls = changing(change, lambda: os.environ.pop("IRKIT_TRIAL", None))
    return Program(f, calls, reads=("IRKIT_TRIAL",))


@guarded("an array's element read by Python")
def element_of_an_array() -> Program:
    numbers = np.array([2.0, 3.0])

    def f(x):
        return x + float(numbers[0]) if numbers.sum() > 4 else x

    def change():
        numbers[0] += 1

    return Program(f, changing(change), reads=("numbers",))


@guarded("the length of an outside list")
def length_of_a_list() -> Program:
    items = [1, 2]

    def f(x):
        return x * len(items) if items else x

    return Program(f, changing(items.clear), reads=("items",))


@guarded("membership in an outside set")
def membership() -> Program:
    names = {"a"}

    def f(x):
        return x * 2 if "b" in names else x

    return Program(f, changing(lambda: names.add("b")), reads=("names",))


@guarded("a helper's own global")
def global_of_a_helper() -> Program:
    def helper(x):
        return scaled(x)

    def scaled(x):
        return x * FACTOR

    def f(x):
        return helper(x)

    calls = changing(lambda: _set("FACTOR", FACTOR + 1)(), _set("FACTOR", 2.0))
    return Program(f, calls, reads=("FACTOR",))


@guarded("an eager tensor from outside")
def outside_tensor() -> Program:
    holder = SimpleNamespace(bias=vector(1, 2))

    def f(x):
        return x + holder.bias

    def change():
        holder.bias = holder.bias + 1

    return Program(f, changing(change), reads=("bias",))
