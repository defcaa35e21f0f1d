"""Speculation: what never changed is assumed and checked; a wrong assumption costs time, never a result."""

from __future__ import annotations

import numpy as np
import pytest

import irkit
from irkit import ops
from irkit.frontends.capture.speculation import MAX_RELAXATIONS, PROFILED_CALLS
from irkit.frontends.tensors.tensor import EagerTensor


def f32(*values):
    return np.array(values, np.float32)


def same(a, b):
    np.testing.assert_allclose(np.asarray(a), np.asarray(b), rtol=1e-6)


def branching(x):
    if ops.sum(x) > 0:
        return x * 2
    return x - 1


def halving(x):
    turns = 0
    while ops.max(x) > 1:
        x = x / 2
        turns = turns + 1
    return x + turns


def choosing(x):
    return [x + 1, x * 10, x - 5][int(x[0])]


def operators(function):
    (graph,) = function.graphs
    return {n.op.name for n in graph.model.graph.walk()}


def test_the_first_calls_run_eagerly_then_one_branch_is_assumed():
    f = irkit.function(branching, speculate=True)
    for i in range(PROFILED_CALLS + 3):
        same(f(f32(1, i)), branching(EagerTensor(f32(1, i))))
    stats = f.stats()
    assert (stats.eager_calls, stats.graph_calls, stats.captures) == (PROFILED_CALLS, 3, 1)
    assert "If" not in operators(f) and "Assert" in operators(f)
    assert "assumed to be True" in str(f.graphs[0].captured.report)


def test_a_branch_that_changes_is_found_out_and_not_assumed_again():
    f = irkit.function(branching, speculate=True)
    for sign in (1, 1, 1, 1, -1, -1, 1, -1, 1):
        same(f(f32(sign, sign)), branching(EagerTensor(f32(sign, sign))))
    stats = f.stats()
    assert stats.failed_assumptions == 1 and stats.captures == 2
    assert "If" in operators(f) and "Assert" not in operators(f)
    assert stats.eager_calls == PROFILED_CALLS + 1


def test_a_loop_of_a_steady_length_is_unrolled():
    f = irkit.function(halving, speculate=True)
    for x in (f32(7, 1), f32(6, 2), f32(5, 3), f32(8, 1), f32(100, 1), f32(6, 2), f32(0, 0), f32(7, 7)):
        same(f(x), halving(EagerTensor(x)))
    first = irkit.function(halving, speculate=True)
    for _ in range(PROFILED_CALLS + 1):
        first(f32(7, 1))
    assert "Loop" not in operators(first)
    assert "Loop" in operators(f) and f.stats().failed_assumptions >= 1


def test_what_capture_refuses_may_become_a_graph_by_an_assumed_value():
    plain, f = irkit.function(choosing), irkit.function(choosing, speculate=True)
    for first in (1, 1, 1, 1, 1, 0, 2, 1):
        x = f32(first, 3)
        expected = choosing(EagerTensor(x))
        same(plain(x), expected)
        same(f(x), expected)
    assert plain.stats().graph_calls == 0
    assert f.stats().graph_calls >= 2 and f.stats().failed_assumptions == 1


def test_a_failed_assumption_commits_nothing_twice():
    count = irkit.Variable(np.zeros((), np.float32))

    def counting(x):
        count.assign(count + 1)
        if ops.sum(x) > 0:
            return x + count
        return x - count

    f = irkit.function(counting, speculate=True)
    for i, sign in enumerate((1, 1, 1, 1, 1, -1, 1, -1, -1), 1):
        same(f(f32(sign)), [sign + i if sign > 0 else sign - i])
        assert count.numpy() == i


def test_assumptions_come_to_an_end():
    def unsteady(x):
        for i in range(8):
            if x[i] > 0:
                x = x + 1
            if x[i] > 5:
                x = x - 2
        return x

    f = irkit.function(unsteady, speculate=True)
    rng = np.random.default_rng(0)
    for i in range(30):
        x = rng.normal(size=8).astype(np.float32) * (1 if i < 4 else 5)
        same(f(x), unsteady(EagerTensor(x)))
    stats = f.stats()
    assert stats.failed_assumptions <= MAX_RELAXATIONS + 1
    assert stats.graph_calls > 0


def test_exceptions_of_a_speculating_function_are_its_own():
    def checked(x):
        if ops.sum(x) < 0:
            raise ValueError("negative")
        return x

    f = irkit.function(checked, speculate=True)
    for _ in range(PROFILED_CALLS + 2):
        same(f(f32(1)), [1])
    with pytest.raises(ValueError, match="negative"):
        f(f32(-1))
    same(f(f32(1)), [1])


def test_a_model_can_speculate():
    class Net(irkit.Model):
        def __init__(self):
            super().__init__()
            self.d = irkit.layers.Dense(2)

        def call(self, x):
            y = self.d(x)
            return y * 2 if ops.sum(x) > 0 else y

    net = Net()
    counts = net.hybridize(speculate=True)
    for sign in (1, 1, 1, 1, -1, 1, -1):
        x = np.full((1, 3), sign, np.float32)
        same(net(x), net._eagerly(x))
    assert counts.stats().graph_calls >= 3 and counts.stats().failed_assumptions == 1
