"""The policy for calls of what cannot be rewritten: pure ones run, the others are refused with a cure."""

from __future__ import annotations

import bisect
import collections
import copy
import datetime as dt
import functools
import heapq
import itertools
import math
import operator
import os
import random
import threading
import time
import uuid

import numpy as np
import pytest

import irkit
from irkit.errors import CaptureError
from irkit.frontends.capture import foreign
from irkit.frontends.capture.guards import Guards
from irkit.frontends.capture.runtime import Session
from irkit.frontends.tensors.definition import Definition, Scope, scope
from irkit.frontends.tensors.tensor import EagerTensor, SymbolicTensor
from irkit.ir import DType, TensorType


class Direct(Session):
    """A session without a rewriter: the user's functions run as they are, and are listed."""

    def __init__(self):
        super().__init__(Definition())
        self.ran = []

    def call(self, function, args, kwargs):
        if type(function).__name__ == "function":
            self.ran.append(function.__name__)
            return function(*args, **kwargs)
        return foreign.call(self, function, args, kwargs)


@pytest.fixture
def session():
    return Direct()


def x_of(session, shape=(), dtype=DType.float32):
    return SymbolicTensor(session.definition.graph.input("x", TensorType(dtype, shape)), session.definition)


PURE = {
    "len": (len, ([1, 2],), 2),
    "range": (range, (3,), range(3)),
    "sorted": (sorted, ([2, 1],), [1, 2]),
    "str.upper": ("a".upper, (), "A"),
    "str.join, unbound": (str.join, (",", ["a", "b"]), "a,b"),
    "dict.get": ({"a": 1}.get, ("a",), 1),
    "math": (math.sqrt, (4.0,), 2.0),
    "operator": (operator.add, (1, 2), 3),
    "itemgetter": (operator.itemgetter(1), ([5, 6],), 6),
    "numpy": (np.prod, ([2, 3],), 6),
    "a ufunc": (np.add, (1, 2), 3),
    "a numpy type": (np.float32, (2,), np.float32(2)),
    "deepcopy": (copy.deepcopy, ([[1]],), [[1]]),
    "a constructor": (dict, ([("a", 1)],), {"a": 1}),
    "Counter": (collections.Counter, ("aab",), {"a": 2, "b": 1}),
    "timedelta": (dt.timedelta, (1,), dt.timedelta(1)),
    "bisect": (bisect.bisect, ([1, 2, 3], 2), 2),
    "max of numbers": (max, (1, 2), 2),
    "min with default": (functools.partial(min, default=5), ([],), 5),
    "isinstance": (isinstance, (1, int), True),
    "hasattr": (hasattr, ("a", "upper"), True),
    "getattr with default": (getattr, ("a", "nothing", 7), 7),
}


@pytest.mark.parametrize("case", PURE.values(), ids=list(PURE))
def test_a_pure_function_runs(session, case):
    function, args, expected = case
    assert foreign.call(session, function, args, {}) == expected
    assert session.refusal is None


REFUSED = {
    "random": (random.random, (), "input"),
    "a Random": (random.Random(0).random, (), "input"),
    "shuffle": (random.shuffle, ([1, 2],), "input"),
    "numpy.random": (np.random.rand, (2,), "input"),
    "numpy.random.seed": (np.random.seed, (2,), "input"),
    "default_rng": (np.random.default_rng, (0,), "input"),
    "a Generator": (np.random.default_rng(0).normal, (), "input"),
    "time": (time.time, (), "input"),
    "perf_counter": (time.perf_counter, (), "input"),
    "sleep": (time.sleep, (0,), "input"),
    "now": (dt.datetime.now, (), "input"),
    "today": (dt.date.today, (), "input"),
    "getenv": (os.getenv, ("HOME",), "input"),
    "environ.get": (os.environ.get, ("HOME",), "input"),
    "getpid": (os.getpid, (), "input"),
    "uuid4": (uuid.uuid4, (), "input"),
    "open": (open, (os.devnull,), "input"),
    "input": (input, (), "input"),
    "id": (id, (1,), "name"),
    "hash": (hash, ("a",), "name"),
    "eval": (eval, ("1",), "function"),
    "globals": (globals, (), "input"),
    "a lock": (threading.Lock, (), "outside"),
    "np.load": (np.load, ("x.npy",), "input"),
    "a layer": (irkit.layers.Dense, (2,), "__init__"),
    "a variable": (irkit.Variable, (np.zeros(2),), "__init__"),
    "predict": (irkit.Sequential([irkit.layers.ReLU()]).predict, (np.zeros((1, 2)),), "outside"),
    "the seed of all": (irkit.utils.set_random_seed, (1,), "outside"),
}


@pytest.mark.parametrize("case", REFUSED.values(), ids=list(REFUSED))
def test_what_is_not_the_same_in_every_run_is_refused_with_line_and_cure(session, case):
    function, args, cure = case
    with pytest.raises(CaptureError, match=rf"(?s)test_foreign\.py:\d+ .*{cure}"):
        foreign.call(session, function, args, {})
    assert session.refusal is not None, "catching the error does not help"


CHANGES = {
    "append": lambda xs: (xs.append, (1,)),
    "list.append": lambda xs: (list.append, (xs, 1)),
    "sort": lambda xs: (xs.sort, ()),
    "setitem": lambda xs: (operator.setitem, (xs, 0, 1)),
    "iadd": lambda xs: (operator.iadd, (xs, [1])),
    "insort": lambda xs: (bisect.insort, (xs, 1)),
    "heappush": lambda xs: (heapq.heappush, (xs, 1)),
    "__setitem__": lambda xs: (xs.__setitem__, (0, 1)),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=list(CHANGES))
def test_a_method_that_changes_a_list_may_change_what_the_program_made_only(session, change):
    mine = [3, 4]
    function, args = change(mine)
    foreign.call(session, function, args, {})
    assert mine != [3, 4] or change is CHANGES["sort"]
    outside = [3, 4]
    session.watch.global_read({"outside": outside}, "outside", outside)
    function, args = change(outside)
    with pytest.raises(CaptureError, match=r"list 'outside'.*exists outside"):
        foreign.call(session, function, args, {})
    assert outside == [3, 4]


def test_numpy_may_write_into_arrays_that_the_program_made_only(session):
    outside, mine = np.zeros(3), np.zeros(3)
    session.watch.global_read({"a": outside}, "a", outside)
    foreign.call(session, np.add, (mine, 1), {"out": mine})
    assert mine.tolist() == [1, 1, 1]
    for function, args, kwargs in [
        (np.add, (mine, 1), {"out": outside}),
        (np.copyto, (outside, mine), {}),
        (outside.fill, (1,), {}),
        (np.add.at, (outside, [0], 1), {}),
        (foreign.call(session, np.asarray, (outside,), {}).sort, (), {}),
        (foreign.call(session, np.asarray, (EagerTensor(outside),), {}).fill, (2,), {}),
    ]:
        with pytest.raises(CaptureError, match="exists outside"):
            foreign.call(session, function, args, kwargs)
    assert outside.tolist() == [0, 0, 0]


def test_users_functions_handed_to_builtins_run_in_the_session(session):
    def double(x):
        return 2 * x

    def plus(a, b):
        return a + b

    assert list(foreign.call(session, map, (double, [1, 2]), {})) == [2, 4]
    assert foreign.call(session, sorted, ([1, 2],), {"key": lambda x: -x}) == [2, 1]
    assert foreign.call(session, functools.reduce, (plus, [1, 2, 3]), {}) == 6
    assert list(foreign.call(session, itertools.accumulate, ([1, 2], plus), {})) == [1, 3]
    assert foreign.call(session, max, ([1, -2],), {"key": lambda x: -x}) == -2
    assert foreign.call(session, functools.partial(double, x=4), (), {}) == 8
    assert foreign.call(session, functools.lru_cache(double), (5,), {}) == 10
    assert {"double", "plus", "<lambda>"} <= set(session.ran)


def test_users_functions_handed_to_irkit_run_in_the_session(session):
    def double(x):
        return 2 * x

    x = x_of(session)
    with scope(Scope(capturing=session.definition)):
        foreign.call(session, irkit.ops.cond, (x > 0, lambda: double(x), lambda: x), {})
    assert session.ran


def test_a_method_that_a_builtin_calls_behind_our_back_is_refused(session):
    class Card:
        def __lt__(self, other):
            return True

    with pytest.raises(CaptureError, match=r"sorted calls .*Card\.__lt__"):
        foreign.call(session, sorted, ([Card(), Card()],), {})


@pytest.mark.parametrize("function", [str, repr, format])
def test_text_made_of_a_tensor_is_refused(session, function):
    with pytest.raises(CaptureError, match="becomes text"):
        foreign.call(session, function, (x_of(session),), {})


def test_text_is_not_formatted_with_a_tensor(session):
    x = x_of(session)
    for function, args in [("{}".format, (x,)), (str.format, ("{}", x))]:
        with pytest.raises(CaptureError, match="becomes text"):
            foreign.call(session, function, args, {})


def test_what_getters_of_operator_read_is_watched(session):
    class Thing:
        pass

    thing = Thing()
    thing.inner = Thing()
    thing.inner.n = 2
    session.watch.global_read({"thing": thing}, "thing", thing)
    assert foreign.call(session, operator.attrgetter("inner.n"), (thing,), {}) == 2
    assert foreign.call(session, operator.attrgetter("inner", "inner.n"), (thing,), {}) == (thing.inner, 2)
    assert foreign.call(session, operator.itemgetter(0, 1), ([5, 6],), {}) == (5, 6)
    assert foreign.call(session, operator.methodcaller("get", "a", 1), ({},), {}) == 1
    assert foreign.call(session, operator.methodcaller("split", sep=","), ("a,b",), {}) == ["a", "b"]
    guard = Guards(session.watch.reads.values())
    assert guard.hold()
    thing.inner.n = 3
    assert not guard.hold()


def test_a_defaultdict_from_outside_may_not_grow(session):
    outside = collections.defaultdict(list, a=[1])
    session.watch.global_read({"d": outside}, "d", outside)
    assert session.watch.item(outside, "a") == [1]
    with pytest.raises(CaptureError, match="exists outside"):
        session.watch.item(outside, "b")
    assert "b" not in outside


def test_a_weight_is_not_taken_out_of_the_graph(session):
    weight = irkit.layers.Dense(2)
    weight.build((None, 3))
    for function, args in [
        (np.asarray, (weight.kernel,)),
        (weight.kernel.numpy, ()),
        (np.sum, (weight.kernel,)),
    ]:
        with pytest.raises(CaptureError, match="kernel"):
            foreign.call(session, function, args, {})


def test_an_iterator_from_outside_is_not_used_up(session):
    rows = iter([1, 2, 3])
    session.watch.global_read({"rows": rows}, "rows", rows)
    for function in (next, list, sum):
        with pytest.raises(CaptureError, match="outside"):
            foreign.call(session, function, (rows,), {})
    assert next(rows) == 1
    mine = foreign.call(session, iter, ([1, 2],), {})
    assert foreign.call(session, next, (mine,), {}) == 1


def test_print_runs_once_and_is_reported(session, capsys):
    foreign.call(session, print, ("hello",), {})
    assert capsys.readouterr().out == "hello\n"
    assert "test_foreign.py" in str(session.report) and "printed" in str(session.report)


def test_an_unknown_c_function_is_refused_by_its_name(session):
    import select

    with pytest.raises(CaptureError, match=r"select\.select is called, which has no Python source"):
        foreign.call(session, select.select, ([], [], [], 0), {})
