"""Outside objects: attributes, properties, methods and operators of the user's own classes."""

from __future__ import annotations

from types import SimpleNamespace

from tests.capture_programs.program import Program, changing, guarded


@guarded("an attribute of an outside object")
def attribute() -> Program:
    config = SimpleNamespace(inner=SimpleNamespace(scale=2.0))

    def f(x):
        return x * config.inner.scale

    def change():
        config.inner = SimpleNamespace(scale=config.inner.scale + 1)

    return Program(f, changing(change), reads=("scale",))


@guarded("an attribute of self")
def attribute_of_self() -> Program:
    class Scaled:
        def __init__(self):
            self.scale = 2.0

        def __call__(self, x):
            return x * self.scale

    scaled = Scaled()
    return Program(scaled, changing(lambda: setattr(scaled, "scale", scaled.scale + 1)), reads=("scale",))


@guarded("an attribute read by getattr")
def attribute_by_getattr() -> Program:
    config = SimpleNamespace(scale=2.0)

    def f(x):
        return x * getattr(config, "scale") * (2 if hasattr(config, "extra") else 1)  # noqa: B009

    return Program(f, changing(lambda: setattr(config, "extra", 1)), reads=("extra",))


@guarded("a class attribute behind an instance")
def class_attribute() -> Program:
    class Config:
        scale = 2.0

    config = Config()

    def f(x):
        return x * config.scale

    return Program(f, changing(lambda: setattr(Config, "scale", Config.scale + 1)), reads=("scale",))


@guarded("a property that reads a hidden number")
def property_of_hidden_number() -> Program:
    class Config:
        hidden = [2.0]

        @property
        def scale(self):
            return self.hidden[0]

    config = Config()

    def f(x):
        return x * config.scale

    def change():
        config.hidden[0] += 1

    return Program(f, changing(change), reads=("hidden",))


@guarded("__getattr__ that computes")
def computed_attribute() -> Program:
    numbers = {"scale": 2.0}

    class Config:
        def __getattr__(self, name):
            return numbers[name]

    config = Config()

    def f(x):
        return x * config.scale

    return Program(f, changing(lambda: numbers.update(scale=numbers["scale"] + 1)), reads=("numbers",))


@guarded("__getitem__ of one's own class")
def own_getitem() -> Program:
    numbers = [2.0]

    class Config:
        def __getitem__(self, name):
            return numbers[0]

    config = Config()

    def f(x):
        return x * config["scale"]

    return Program(f, changing(lambda: numbers.__setitem__(0, numbers[0] + 1)), reads=("numbers",))


@guarded("iterating over one's own class")
def own_iterator() -> Program:
    numbers = [2.0]

    class Config:
        def __iter__(self):
            return iter(numbers)

    config = Config()

    def f(x):
        for n in config:
            x = x + n
        return x

    return Program(f, changing(lambda: numbers.append(7.0)), reads=("numbers",))


@guarded("a number with operators of its own")
def own_operator() -> Program:
    numbers = [2.0]

    class Number:
        def __rmul__(self, x):
            return x * numbers[0]

        def __bool__(self):
            return numbers[0] > 2

    number = Number()

    def f(x):
        return x * number if number else x + number.__rmul__(x)

    return Program(f, changing(lambda: numbers.__setitem__(0, 5.0)), reads=("numbers",))


@guarded("the attribute of a nested object in a list")
def object_in_a_list() -> Program:
    items = [SimpleNamespace(scale=2.0)]

    def f(x):
        for item in items:
            x = x * item.scale
        return x

    def change():
        items[0].scale += 1

    return Program(f, changing(change), reads=("scale",))


@guarded("an outside object compared by `is`")
def identity() -> Program:
    holder = SimpleNamespace(mask=None)

    def f(x):
        return x if holder.mask is None else x * 0

    return Program(f, changing(lambda: setattr(holder, "mask", 1)), reads=("mask",))


@guarded("a method replaced on the class")
def method_replaced() -> Program:
    class Step:
        def run(self, x):
            return x * 2

    step = Step()

    def f(x):
        return step.run(x)

    return Program(f, changing(lambda: setattr(Step, "run", lambda self, x: x * 3)), reads=("run",))


@guarded("an attribute of a function")
def function_attribute() -> Program:
    def f(x):
        return x * f.scale

    f.scale = 2.0
    return Program(f, changing(lambda: setattr(f, "scale", f.scale + 1)), reads=("scale",))


@guarded("f-strings and str() of what is outside")
def text_of_outside() -> Program:
    holder = SimpleNamespace(n=1)

    def f(x):
        return x * len(f"{holder.n:b}") + len(str(holder.n))

    def change():
        holder.n *= 8

    return Program(f, changing(change), reads=("n",))
