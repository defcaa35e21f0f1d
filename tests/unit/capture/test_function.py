"""@irkit.function and hybridize: graphs when they serve, eager runs otherwise, never another result."""

from __future__ import annotations

import copy
import dataclasses
import gc
import logging
import random
import weakref
from typing import NamedTuple

import numpy as np
import pytest

import irkit
from irkit import ops
from irkit.frontends.capture.function import MAX_GRAPHS, function
from irkit.frontends.tensors.tensor import EagerTensor

SCALE = 2.0
TABLE = {"add": [1.0, 2.0]}


def f32(*values):
    return np.array(values, np.float32)


def same(a, b):
    np.testing.assert_allclose(np.asarray(a), np.asarray(b), rtol=1e-6)


def test_the_first_call_captures_and_later_ones_use_the_graph():
    calls = []

    @function
    def double(x):
        calls.append  # noqa: B018  # reading is allowed
        return x * 2

    for _ in range(3):
        result = double(f32(1, 2))
        assert isinstance(result, EagerTensor)
        same(result, [2, 4])
    stats = double.stats()
    assert (stats.captures, stats.graph_calls, stats.eager_calls) == (1, 3, 0)


def test_a_branch_on_values_takes_both_ways_in_one_graph():
    @function
    def flip(x):
        if ops.sum(x) > 0:
            y = x + 1
        else:
            y = x - 1
        return y

    same(flip(f32(1, 2)), [2, 3])
    same(flip(f32(-1, -2)), [-2, -3])
    assert flip.stats().captures == 1


def test_plain_values_structure_and_dtype_each_have_a_graph():
    @function
    def f(x, n=1, flag=False):
        if isinstance(x, dict):
            x = x["a"]
        return x * n if not flag else x - n

    same(f(f32(3)), [3])
    same(f(f32(3), 2), [6])
    same(f(f32(3), n=2), [6])
    same(f(f32(3), 2, True), [1])
    same(f({"a": f32(3)}, 2), [6])
    assert f(np.array([3]), 2).dtype == "int64"
    assert f(f32(3), 2.5).numpy() == 7.5
    assert f(f32(3), 1).dtype == "float32"
    assert f.stats().eager_calls == 0


def test_one_is_not_true_and_zero_has_a_sign():
    @function
    def f(x, n):
        return x / n if n is not True else x

    assert np.isposinf(np.asarray(f(f32(1), 0.0)))
    assert np.isneginf(np.asarray(f(f32(1), -0.0)))
    same(f(f32(4), 1), [4])
    same(f(f32(4), True), [4])


def test_the_second_size_opens_the_axis():
    @function
    def f(x, y):
        return x @ y

    for rows in (2, 3, 5, 7):
        same(f(np.ones((rows, 4), np.float32), np.ones((4, 2), np.float32)), np.full((rows, 2), 4.0))
    stats = f.stats()
    assert (stats.captures, stats.relaxations) == (2, 1)


def test_sizes_that_changed_together_and_later_do_not_still_give_eagers_result():
    @function
    def f(x, y):
        return x + y

    for a, b in [(2, 2), (3, 3), (1, 4), (4, 1), (5, 5)]:
        x, y = np.arange(a, dtype=np.float32), np.arange(b, dtype=np.float32)
        same(f(x, y), x + y)


def test_a_global_a_closure_and_an_attribute_that_change_are_seen(monkeypatch):
    here = {"bias": 1.0}
    shift = 10.0

    class Thing:
        factor = 3.0

    thing = Thing()

    @function
    def f(x):
        return x * SCALE * thing.factor + here["bias"] + shift + TABLE["add"][1]

    same(f(f32(1)), [6 + 1 + 10 + 2])
    monkeypatch.setitem(globals(), "SCALE", 3.0)
    same(f(f32(1)), [9 + 1 + 10 + 2])
    here["bias"] = 2.0
    same(f(f32(1)), [9 + 2 + 10 + 2])
    shift = 20.0
    same(f(f32(1)), [9 + 2 + 20 + 2])
    thing.factor = 4.0
    same(f(f32(1)), [12 + 2 + 20 + 2])
    Thing.factor = 5.0
    same(f(f32(1)), [12 + 2 + 20 + 2])
    del thing.factor
    same(f(f32(1)), [15 + 2 + 20 + 2])
    TABLE["add"][1] = 5.0
    same(f(f32(1)), [15 + 2 + 20 + 5])
    TABLE["add"][1] = 2.0
    assert f.stats().eager_calls == 0


def test_facts_that_change_to_and_fro_are_captured_once_each():
    flag = [True]

    @function
    def f(x):
        return x + 1 if flag[0] else x - 1

    for i in range(10):
        flag[0] = i % 2 == 0
        same(f(f32(1)), [2] if flag[0] else [0])
    assert f.stats().captures == 2


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (lambda x, s: s.append(1) or x, "list 'state'"),
        (lambda x, s: x * random.random(), "random"),
        (lambda x, s: x * np.asarray(x).sum(), "numpy"),
    ],
    ids=["a write", "a random number", "a round trip through numpy"],
)
def test_what_capture_refuses_runs_eagerly_with_one_line_of_log(body, reason, caplog):
    state: list[int] = []
    expected: list[int] = []

    @function
    def f(x):
        return body(x, state)

    with caplog.at_level(logging.WARNING, "irkit"):
        for _ in range(3):
            random.seed(0)
            result = f(f32(1, 2))
            random.seed(0)
            same(result, np.asarray(body(EagerTensor(f32(1, 2)), expected)))
    assert state == expected
    assert f.stats().eager_calls == 3 and f.stats().graph_calls == 0
    (line,) = caplog.messages
    assert "\n" not in line and "test_function.py" in line and reason in line


def test_an_exception_of_the_program_is_the_programs_own():
    @function
    def f(x):
        if ops.sum(x) < 0:
            raise ValueError("negative")
        return x

    same(f(f32(1)), [1])
    with pytest.raises(ValueError, match=r"^negative$"):
        f(f32(-1))

    @function
    def broken(x):
        return x + undefined_name  # noqa: F821

    with pytest.raises(NameError):
        broken(f32(1))


def numbered(x):
    numbered.calls = getattr(numbered, "calls", 0) + 1
    return x * numbered.calls


def test_a_function_that_counts_its_calls_on_itself_runs_eagerly():
    f = function(numbered)
    for i in (1, 2, 3):
        same(f(f32(1)), [i])
    assert f.stats().graph_calls == 0
    assert "numbered" in f.stats().refused[0] and "irkit.Variable" in f.stats().refused[0]


class Pair(NamedTuple):
    a: object
    b: object


@dataclasses.dataclass
class Box:
    value: object
    label: str = "x"


def test_results_have_eagers_structure():
    @function
    def f(x):
        return {"p": Pair(x, [x + 1, None]), "b": Box(x * 2, "y"), "n": 3, "t": ("s", 1.5)}

    for _ in range(2):
        made = f(f32(1))
        assert type(made["p"]) is Pair and isinstance(made["p"].b, list) and made["p"].b[1] is None
        assert type(made["b"]) is Box and made["b"].label == "y"
        assert made["n"] == 3 and type(made["n"]) is int and made["t"] == ("s", 1.5)
        same(made["b"].value, [2])


def test_structures_go_in(monkeypatch):
    @function
    def f(pair, box, listed):
        return pair.a + pair.b[0] + box.value * len(listed) + sum(listed)

    for _ in range(2):
        same(f(Pair(f32(1), (f32(2),)), Box(f32(3)), [f32(4), f32(5)]), [1 + 2 + 6 + 9])
    same(f(Pair(f32(1), (f32(2),)), Box(f32(3)), [f32(4)]), [1 + 2 + 3 + 4])
    assert f.stats().eager_calls == 0 and f.stats().captures == 2


class Counter:
    def __init__(self, step):
        self.step = step

    @function
    def add(self, x):
        return x + self.step


def test_a_method_has_graphs_for_each_object_which_go_with_it():
    a, b = Counter(1.0), Counter(2.0)
    same(a.add(f32(1)), [2])
    same(b.add(f32(1)), [3])
    a.step = 5.0
    same(a.add(f32(1)), [6])
    again = copy.deepcopy(a)
    again.step = 7.0
    same(again.add(f32(1)), [8])
    same(a.add(f32(1)), [6])
    gone = weakref.ref(b)
    del b
    gc.collect()
    assert gone() is None


def test_a_function_inside_a_function_is_part_of_its_graph():
    @function
    def inner(x):
        return x * SCALE

    @function
    def outer(x):
        return inner(x) + 1

    same(outer(f32(1)), [3])
    assert inner.stats().graph_calls == 0 and outer.stats().graph_calls == 1


def test_many_signatures_end_in_eager_runs_not_in_endless_captures():
    @function
    def f(x, i):
        return x + i

    for i in range(MAX_GRAPHS + 5):
        same(f(f32(1), i), [1 + i])
    stats = f.stats()
    assert stats.captures == MAX_GRAPHS and stats.eager_calls == 5


def test_a_fact_that_changes_in_every_call_ends_in_eager_runs():
    n = [0]

    @function
    def f(x):
        return x + n[0]

    for i in range(40):
        n[0] = i
        same(f(f32(1)), [1 + i])
    assert f.stats().captures < 40 and f.stats().eager_calls > 0


# ---- models


class Net(irkit.Model):
    def __init__(self):
        super().__init__()
        self.first = irkit.layers.Dense(4, activation="relu")
        self.second = irkit.layers.Dense(2)
        self.scale = 1.0

    def call(self, x, training=False):
        y = self.first(x)
        if ops.mean(y) > 0.5:
            y = y * 2
        return self.second(y) * self.scale


@pytest.fixture
def net():
    model = Net()
    model(np.zeros((1, 3), np.float32))
    return model


def test_a_hybridized_model_equals_its_eager_self_also_after_changes(net):
    x = np.random.default_rng(0).normal(size=(5, 3)).astype(np.float32)
    function = net.hybridize()

    def compare():
        np.testing.assert_allclose(net(x), net._eagerly(x), rtol=1e-5, atol=1e-6)

    compare()
    net.set_weights([w + 1 for w in net.get_weights()])
    compare()
    net.first.kernel.assign(np.zeros((3, 4)))
    compare()
    net.scale = 3.0
    compare()
    net.first.activation = irkit.activations.tanh
    compare()
    net.second = irkit.layers.Dense(6)
    compare()
    net(x[:2])
    net(x[:3])
    assert function.stats().eager_calls == 0 and function.stats().graph_calls == 8
    assert net.hybridize(active=False) is None
    before = function.stats().graph_calls
    net(x)
    assert function.stats().graph_calls == before


def test_a_hybridized_model_can_still_be_shown_saved_and_used_in_another(tmp_path):
    net = irkit.Sequential([irkit.layers.Dense(2)])
    net.hybridize()
    x = np.ones((2, 3), np.float32)
    same(net.predict(x), net(x))
    net.save(tmp_path / "net.irk")
    same(irkit.load(tmp_path / "net.irk").predict(x), net(x))
    net.summary(print_fn=lambda text: None)
    symbol = irkit.Input((3,))
    same(irkit.Model(symbol, net(symbol)).predict(x), net(x))


def test_dropout_in_training_runs_eagerly():
    model = irkit.Sequential([irkit.layers.Dropout(0.5, seed=1)])
    counts = model.hybridize()
    x = np.ones((4, 100), np.float32)
    first, second = np.asarray(model(x, training=True)), np.asarray(model(x, training=True))
    assert (first != second).any()
    same(model(x), x)
    assert counts.stats().eager_calls == 2 and counts.stats().graph_calls == 1


# ---- objects of the user's own classes

K = 3.0


class Value:
    def __init__(self, v):
        self.v = v

    def __add__(self, other):
        return Value(self.v + other.v * K)

    def __bool__(self):
        return self.v > K

    def __eq__(self, other):
        return self.v == K

    __hash__ = object.__hash__

    def __contains__(self, other):
        return other == K

    def __getitem__(self, index):
        return K * index

    def __iter__(self):
        return iter([K, K + 1])

    def __len__(self):
        return int(K)

    def __call__(self, x):
        return x * K

    def __enter__(self):
        return K

    def __exit__(self, *error):
        return False


A, B = Value(1.0), Value(2.0)


def entered(x):
    with A as k:
        return x * k


def gone_through(x):
    for k in A:
        x = x * k
    return x


@pytest.mark.parametrize(
    "python",
    [
        lambda x: x * (A + B).v,
        lambda x: (Value(x) + Value(x)).v,
        lambda x: x * 2 if A else x,
        lambda x: x * 2 if A == B else x,
        lambda x: x * 2 if 3.0 in A else x,
        lambda x: x * A[2],
        lambda x: x * len(A),
        lambda x: 1 + A(x),
        lambda x: x * sum(A),
        lambda x: x * sum(k for k in A),
        entered,
        gone_through,
    ],
    ids=["+", "+ inside", "truth", "==", "in", "[]", "len", "()", "sum", "generator", "with", "for"],
)
def test_what_methods_of_the_users_own_objects_read_is_watched(python, monkeypatch):
    f = function(python)
    for k in (3.0, 1.0, 0.5):
        monkeypatch.setitem(globals(), "K", k)
        same(f(f32(1)), python(EagerTensor(f32(1))))


def test_predict_and_save_follow_what_changes_outside(tmp_path):
    net = Net()
    x = np.random.default_rng(1).normal(size=(3, 3)).astype(np.float32)
    net(x)
    for scale in (1.0, 3.0, -2.0):
        net.scale = scale
        expected = np.asarray(net(x))
        np.testing.assert_allclose(net.predict(x, verbose=0), expected, rtol=1e-5, atol=1e-6)
        net.scale = scale * 2
        net.save(tmp_path / "net.irk")
        saved = irkit.load(tmp_path / "net.irk").predict(x, verbose=0)
        np.testing.assert_allclose(saved, expected * 2, rtol=1e-5, atol=1e-6)
    first = net.graph_model
    net.predict(x, verbose=0)
    assert net.graph_model is first, "nothing changed, so nothing is made anew"
