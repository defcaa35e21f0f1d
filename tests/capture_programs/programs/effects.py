"""Effects and hidden inputs: writes to what is outside, randomness, clocks, files, and values taken out of tensors."""

from __future__ import annotations

import numpy as np

from tests.capture_programs.program import Program, call, guarded, must, vector

SAME = [call(vector(1, 2)) for _ in range(3)]
SIGNS = [call(vector(1, 2)), call(vector(-1, -2)), call(vector(3, -1))]
COUNT = 0


@guarded("self.n += 1")
def counter_of_self() -> Program:
    class Counting:
        n = 0

        def __call__(self, x):
            self.n += 1
            return x * self.n

    counting = Counting()
    return Program(counting, SAME, outside=lambda: counting.n)


@guarded("an effect that no result shows")
def unseen_effect() -> Program:
    class Counting:
        n = 0

        def __call__(self, x):
            self.n += 1
            return x

    counting = Counting()
    return Program(counting, SAME, outside=lambda: counting.n)


@guarded("append to an outside list")
def append_outside() -> Program:
    log = []

    def f(x):
        log.append(1)
        return x * len(log)

    return Program(f, SAME, outside=lambda: list(log))


@guarded("append through a bound method from outside")
def append_by_bound_method() -> Program:
    log = []
    note = log.append

    def f(x):
        note(3)
        return x

    return Program(f, SAME, outside=lambda: list(log))


@guarded("writes into an outside dictionary")
def dictionary_outside() -> Program:
    cache = {}

    def f(x):
        cache["n"] = cache.get("n", 0) + 1
        return x + cache["n"]

    return Program(f, SAME, outside=lambda: dict(cache))


@guarded("an outside dictionary by setdefault and update")
def dictionary_by_methods() -> Program:
    cache = {}

    def f(x):
        cache.setdefault("a", 1)
        cache.update(b=len(cache))
        return x

    return Program(f, SAME, outside=lambda: dict(cache))


@guarded("a global written")
def global_written() -> Program:
    def f(x):
        global COUNT
        COUNT += 1
        return x

    def reset():
        global COUNT
        COUNT = 0

    return Program(f, [call(vector(1), before=reset), *SAME], outside=lambda: COUNT)


@guarded("an outer variable written by nonlocal")
def nonlocal_written() -> Program:
    n = 0

    def f(x):
        nonlocal n
        n += 1
        return x * n

    return Program(f, SAME, outside=lambda: n)


@guarded("setattr on an outside object")
def setattr_outside() -> Program:
    class Holder:
        n = 0

    def f(x):
        setattr(Holder, "n", Holder.n + 1)  # noqa: B010
        return x

    return Program(f, SAME, outside=lambda: Holder.n)


@guarded("a tensor stored outside under a condition")
def tensor_stored() -> Program:
    store = {}

    def f(x):
        if x.sum() > 0:
            store["last"] = x.sum()
        return x

    return Program(f, SIGNS, outside=lambda: {k: float(v) for k, v in store.items()})


@guarded("writes into an outside numpy array")
def array_written() -> Program:
    numbers = np.zeros(2, "float32")

    def f(x):
        numbers[0] += 1
        return x

    return Program(f, SAME, outside=numbers.tolist)


@guarded("writes through an alias of an outside array")
def alias_written() -> Program:
    numbers = np.zeros(2, "float32")

    def f(x):
        view = numbers[:1]
        view += 1
        return x

    return Program(f, SAME, outside=numbers.tolist)


@guarded("numpy writes with out=")
def written_by_out() -> Program:
    numbers = np.zeros(2, "float32")

    def f(x):
        np.add(numbers, 1, out=numbers)
        return x

    return Program(f, SAME, outside=numbers.tolist)


@must("numpy arrays made inside may be written")
def own_array_written() -> Program:
    def f(x):
        weights = np.arange(2, dtype="float32")
        weights[0] = 5
        return x * weights

    return Program(f, SIGNS)


@must("printing")
def printing() -> Program:
    def f(x):
        print("hello", x.shape)
        if x.sum() > 0:
            print("positive")
            x = x * 2
        return x

    return Program(f, SIGNS)
