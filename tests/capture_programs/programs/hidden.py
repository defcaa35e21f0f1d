"""Hidden inputs: randomness, clocks, files, iterators and caches."""

from __future__ import annotations

import datetime
import functools
import itertools
import random
import tempfile
import time
import uuid
from pathlib import Path

import numpy as np

from tests.capture_programs.program import Program, call, guarded, vector

SAME = [call(vector(1, 2)) for _ in range(3)]


@guarded("an iterator from outside")
def outside_iterator() -> Program:
    numbers = itertools.count(1)

    def f(x):
        return x * next(numbers)

    return Program(f, SAME)


@guarded("a generator from outside")
def outside_generator() -> Program:
    numbers = (n for n in range(1, 1000))

    def f(x):
        for n in numbers:
            return x * n
        return x

    return Program(f, SAME)


@guarded("random.random")
def python_random() -> Program:
    def f(x):
        return x * random.random()

    return Program(f, SAME, varies=True)


@guarded("random.Random of one's own")
def own_random() -> Program:
    source = random.Random(1)

    def f(x):
        return x * source.uniform(1, 2)

    return Program(f, SAME)


@guarded("numpy.random, old and new")
def numpy_random() -> Program:
    def f(x):
        return x * np.random.rand(2).astype("float32")  # noqa: NPY002

    return Program(f, SAME, varies=True)


@guarded("a numpy generator from outside")
def numpy_generator() -> Program:
    source = np.random.default_rng(0)

    def f(x):
        return x + source.standard_normal(2).astype("float32")

    return Program(f, SAME)


@guarded("a numpy generator made inside, without a seed")
def numpy_generator_inside() -> Program:
    def f(x):
        return x + np.random.default_rng().standard_normal(2).astype("float32")

    return Program(f, SAME, varies=True)


@guarded("random.shuffle of a list made inside")
def shuffled() -> Program:
    def f(x):
        order = list(range(1000))
        random.shuffle(order)
        return x * order[0]

    return Program(f, SAME, varies=True)


@guarded("time")
def clock() -> Program:
    def f(x):
        return x[0] * 0 + time.perf_counter_ns() % 1000003

    return Program(f, SAME, varies=True)


@guarded("datetime.now")
def date() -> Program:
    def f(x):
        return x * 0 + datetime.datetime.now().microsecond

    return Program(f, SAME, varies=True)


@guarded("uuid")
def unique_name() -> Program:
    def f(x):
        return x * 0 + uuid.uuid4().int % 1000003

    return Program(f, SAME, varies=True)


@guarded("a file that is read")
def file_read() -> Program:
    path = Path(tempfile.mkdtemp()) / "number"
    path.write_text("2")

    def f(x):
        with open(path) as file:
            return x * float(file.read())

    calls = [SAME[0], call(vector(1, 2), before=lambda: path.write_text("3"), changed=True)]
    return Program(f, calls, reads=("path",))


@guarded("a file read through pathlib")
def file_read_by_path() -> Program:
    path = Path(tempfile.mkdtemp()) / "number"
    path.write_text("2")

    def f(x):
        return x * float(path.read_text())

    calls = [SAME[0], call(vector(1, 2), before=lambda: path.write_text("3"), changed=True)]
    return Program(f, calls, reads=("number",))


@guarded("functools.lru_cache around randomness")
def cached_helper() -> Program:
    state = [1]

    @functools.lru_cache
    def scale():
        return state[0]

    def f(x):
        return x * scale()

    def change():
        state[0] += 1
        scale.cache_clear()

    return Program(f, [SAME[0], call(vector(1, 2), before=change, changed=True)], reads=("state", "scale"))
