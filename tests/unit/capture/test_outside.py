"""The watch: what is read outside becomes a fact, what is written outside is refused."""

from __future__ import annotations

import dataclasses
import enum
import types

import numpy as np
import pytest

import irkit
from irkit.errors import AssumptionError, CaptureError
from irkit.frontends.capture.fingerprints import fingerprint, shown
from irkit.frontends.capture.guards import Guards
from irkit.frontends.capture.runtime import Session
from irkit.frontends.tensors.definition import Definition
from irkit.frontends.tensors.tensor import EagerTensor, SymbolicTensor
from irkit.ir import DType, TensorType


@dataclasses.dataclass
class Config:
    n: int = 3
    sizes: list[int] = dataclasses.field(default_factory=lambda: [1, 2])


class Color(enum.Enum):
    RED = 1
    BLUE = 2


@pytest.fixture
def session() -> Session:
    return Session(Definition())


def guards(session: Session) -> Guards:
    return Guards(session.watch.reads.values(), session.watch.layers)


CHANGES = {
    "a number": (3, 4),
    "a number's type": (1, True),
    "the sign of zero": (0.0, -0.0),
    "an int that becomes a float": (1, 1.0),
    "a text": ("relu", "tanh"),
    "None": (None, 0),
    "a tuple": ((1, 2), (1, 3)),
    "a tuple that becomes a list": ((1, 2), [1, 2]),
    "an enum": (Color.RED, Color.BLUE),
    "an array": (np.array([1.0, 2.0]), np.array([1.0, 3.0])),
    "an array's dtype": (np.array([1, 2], np.int32), np.array([1, 2], np.int64)),
    "an array's shape": (np.zeros((2, 3)), np.zeros((3, 2))),
    "a tensor": (EagerTensor(np.array([1.0])), EagerTensor(np.array([2.0]))),
    "a nested dict": ({"a": [1, {"b": 2}]}, {"a": [1, {"b": 3}]}),
    "an order of keys": ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
    "a function": (len, max),
    "a slice": (slice(1, 2), slice(1, 3)),
    "a numpy scalar": (np.float32(1), np.float64(1)),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=list(CHANGES))
def test_another_value_of_a_global_breaks_the_guard_and_the_old_one_mends_it(session, change):
    namespace = {"N": change[0]}
    assert session.watch.global_read(namespace, "N", change[0]) is change[0]
    guard = guards(session)
    assert guard.hold()
    namespace["N"] = change[1]
    assert not guard.hold()
    namespace["N"] = change[0]
    assert guard.hold()


EQUAL = {
    "numbers": (1000, int("1000")),
    "texts": ("ab", "".join(["a", "b"])),
    "lists": ([1, 2], [1, 2]),
    "arrays": (np.arange(3), np.arange(3)),
    "not a number": (float("nan"), float("nan")),
    "bound methods": ([].append, None),
}


@pytest.mark.parametrize("values", list(EQUAL.values())[:-1], ids=list(EQUAL)[:-1])
def test_an_equal_value_in_another_object_keeps_the_guard(session, values):
    namespace = {"N": values[0]}
    session.watch.global_read(namespace, "N", values[0])
    guard = guards(session)
    namespace["N"] = values[1]
    assert guard.hold()
    assert guard.hold(), "also when it is looked at again"


def test_a_global_deleted_or_a_builtin_hidden_breaks_the_guard(session):
    namespace = {"N": 1}
    session.watch.global_read(namespace, "N", 1)
    session.watch.global_read(namespace, "len", len)
    guard = guards(session)
    assert guard.hold()
    namespace["len"] = lambda x: 0
    assert not guard.hold()
    del namespace["len"]
    assert guard.hold()
    del namespace["N"]
    assert not guard.hold()


@pytest.mark.parametrize(
    "change",
    [
        lambda c: c["cfg"].append(3),
        lambda c: c["cfg"].__setitem__(0, 9),
        lambda c: c["deep"]["a"].add(2),
        lambda c: c["array"].__setitem__(0, 5.0),
        lambda c: c["pair"][0].clear(),
    ],
)
def test_contents_changed_in_place_break_the_guard(session, change):
    namespace = {"cfg": [1, 2], "deep": {"a": {1}}, "array": np.zeros(2), "pair": ([1], 2)}
    for name, value in namespace.items():
        session.watch.global_read(namespace, name, value)
    guard = guards(session)
    assert guard.hold()
    change(namespace)
    assert not guard.hold()


def test_a_closure_variable_is_watched_through_its_cell(session):
    n = 1

    def f():
        return n

    (cell,) = f.__closure__
    session.watch.free_read(cell, "n", 1)
    guard = guards(session)
    assert guard.hold()
    n = 2
    assert not guard.hold()


def test_attributes_of_objects_classes_and_modules_are_watched(session):
    class Base:
        scale = 2

        def method(self):
            return 1

    class Thing(Base):
        def __init__(self):
            self.bias = 1

    thing, module = Thing(), types.ModuleType("users_module")
    module.N = 5
    read = session.watch.attribute
    assert (read(thing, "bias"), read(thing, "scale"), read(Base, "scale"), read(module, "N")) == (1, 2, 2, 5)
    assert read(thing, "method")() == 1
    changes = [
        lambda: setattr(thing, "bias", 2),
        lambda: setattr(Base, "scale", 3),
        lambda: setattr(module, "N", 6),
        lambda: setattr(Base, "method", lambda self: 2),
    ]
    for change in changes:
        guard = Guards(session.watch.reads.values())
        if change is changes[0]:
            assert guard.hold()
        change()
        assert not guard.hold()


def test_an_attribute_of_the_object_that_hides_its_class_breaks_the_guard(session):
    class Thing:
        scale = 2

    thing = Thing()
    session.watch.attribute(thing, "scale")
    guard = guards(session)
    assert guard.hold()
    thing.scale = 2
    assert not guard.hold()


def test_a_property_runs_in_the_session_and_what_it_reads_is_watched(session):
    class Thing:
        def __init__(self):
            self.n = 1

        @property
        def twice(self):
            return 2 * self.n

        def __getattr__(self, name):
            return name.upper()

    called = []
    session.call = lambda f, args, kwargs: called.append(f.__name__) or f(*args, **kwargs)
    thing = Thing()
    assert session.watch.attribute(thing, "twice") == 2
    assert session.watch.attribute(thing, "other") == "OTHER"
    assert called == ["twice", "__getattr__"]


def test_what_layers_of_irkit_compute_with_is_watched(session):
    drop = irkit.layers.LeakyReLU(negative_slope=0.1)
    session.watch.layer(irkit.Sequential([drop]))
    guard = guards(session)
    assert guard.hold()
    irkit.layers.Dense(2).units = 3  # of another layer
    assert guard.hold()
    drop.negative_slope = 0.5
    assert not guard.hold()
    assert "negative_slope" in guard.broken()[0]


WRITES = {
    "a list": lambda s, o: s.watch.about_to_change(o["list"]),
    "a list in a dict": lambda s, o: s.watch.about_to_change(o["dict"]["inner"]),
    "an object": lambda s, o: s.watch.about_to_change(o["object"]),
    "an array through its alias": lambda s, o: s.watch.about_to_change(o["array"][1:][::2]),
    "a global": lambda s, o: s.watch.global_write(o, "list"),
}


@pytest.mark.parametrize("write", WRITES.values(), ids=list(WRITES))
def test_a_write_outside_is_refused_with_the_line_and_irkit_variable_as_cure(session, write):
    outside = {"list": [], "dict": {"inner": []}, "object": Config(), "array": np.zeros(4)}
    for name, value in outside.items():
        session.watch.global_read(outside, name, value)
    with pytest.raises(CaptureError, match=r"(?s)test_outside\.py:\d+.*irkit\.Variable"):
        write(session, outside)
    assert session.refusal is not None


def test_what_the_program_made_it_may_change(session):
    mine, thing = [1, 2], Config()
    session.watch.made(thing)
    for x in (mine, thing, np.zeros(2), {}):
        session.watch.about_to_change(x)
    assert session.refusal is None


def test_a_tensor_of_another_capture_is_refused(session):
    other = Definition()
    x = SymbolicTensor(other.graph.input("x", TensorType(DType.float32, (2,))), other)
    with pytest.raises(CaptureError, match=r"kept holds a tensor of another capture"):
        session.watch.global_read({"kept": x}, "kept", x)


def test_what_was_baked_is_reported_with_its_line(session):
    session.watch.global_read({"RATE": 0.25}, "RATE", 0.25)
    session.watch.global_read({"np": np}, "np", np)
    cfg = Config()
    session.watch.global_read({"cfg": cfg}, "cfg", cfg)
    session.watch.attribute(cfg, "n")
    text = str(session.report)
    assert "global RATE = 0.25" in text and "attribute cfg.n = 3" in text
    assert "test_outside.py:" in text and "numpy" not in text


@pytest.mark.parametrize(
    "value",
    [1, -0.0, "a", None, (1,), (1, 2), [1, [2.5]], {"a": 1, "b": [True]}, set(), {3}, b"x", slice(1, 2)],
)
def test_plain_values_are_shown_as_python_writes_them(value):
    assert shown(value) == repr(value)


def test_long_values_are_shown_in_few_words_without_addresses():
    for value in (
        list(range(1000)),
        np.zeros((50, 50)),
        Config(),
        object(),
        "x" * 1000,
        {"a": object()},
        len,
    ):
        assert len(shown(value)) < 90 and "0x" not in shown(value)


def test_a_broken_guard_names_the_line_and_both_values(session):
    namespace = {"RATE": 0.25}
    session.watch.global_read(namespace, "RATE", 0.25)
    guard = guards(session)
    guard.demand()
    namespace["RATE"] = 0.5
    with pytest.raises(AssumptionError, match=r"(?s)test_outside\.py:\d+ .*RATE.*was 0\.25, now it is 0\.5"):
        guard.demand()


def test_what_is_too_large_to_be_watched_is_refused(session):
    with pytest.raises(CaptureError, match="too large"):
        session.watch.global_read({"xs": list(range(200_000))}, "xs", list(range(200_000)))
    loop: list[object] = []
    loop.append(loop)
    with pytest.raises(CaptureError, match="too large"):
        fingerprint(loop)


def test_what_layers_remember_while_they_work_breaks_no_guard():
    model = irkit.Sequential([irkit.layers.Conv2D(2, 3), irkit.layers.Flatten(), irkit.layers.Dense(2)])
    x = np.ones((1, 5, 5, 1), np.float32)
    captured = irkit.capture(model, x)
    model(x)
    model.predict(x, verbose=0)
    model.hybridize()
    model(x)
    model.compile(optimizer="sgd", loss="mse")
    np.testing.assert_allclose(captured(x), model(x), rtol=1e-5)
