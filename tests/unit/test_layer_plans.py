"""Eager calls that repeat run from a plan: same bits, same errors, and the user's own code is never skipped."""

from __future__ import annotations

import copy

import numpy as np
import pytest

import irkit
from irkit import ops
from irkit.frontends.base import layer_plans
from irkit.layers import LSTM, Activation, Dense, Dropout, Embedding, Input, Lambda

CALLS = layer_plans.REPEATS + 4
X = np.random.default_rng(0).standard_normal((3, 8)).astype(np.float32)


def network() -> irkit.Sequential:
    return irkit.Sequential([Input((8,)), Dense(5, activation="relu"), Dropout(0.5), Dense(2)])


def plans(layer: irkit.Layer) -> int:
    """How many kinds of calls are planned just now."""
    found = vars(layer).get("_plans")
    return len(found.ready) if found is not None and found.changes == layer_plans.LAYERS.count else 0


def by_hand(model: irkit.Sequential, x: np.ndarray) -> np.ndarray:
    w1, b1, w2, b2 = model.get_weights()
    return np.maximum(x @ w1 + b1, 0) @ w2 + b2


def test_repeated_calls_are_planned_and_give_the_same_bits() -> None:
    model = network()
    results = [np.asarray(model(X)) for _ in range(CALLS)]
    assert plans(model) == 1
    assert len({r.tobytes() for r in results}) == 1
    np.testing.assert_allclose(results[0], by_hand(model, X), rtol=1e-6)


def test_a_plan_sees_new_weights_and_other_shapes() -> None:
    model = network()
    for _ in range(CALLS):
        model(X)
    model.set_weights([2 * w for w in model.get_weights()])
    np.testing.assert_allclose(model(X), by_hand(model, X), rtol=1e-6)
    np.testing.assert_allclose(model(X[:1]), by_hand(model, X[:1]), rtol=1e-6)


def test_a_changed_attribute_is_seen_at_once() -> None:
    layer = Dense(4, activation="relu")
    for _ in range(CALLS):
        layer(X)
    assert plans(layer) == 1
    layer.activation = ops.negative
    kernel, bias = layer.get_weights()
    np.testing.assert_allclose(layer(X), -(X @ kernel + bias), rtol=1e-5)


@pytest.mark.parametrize(
    "make",
    [
        lambda seen: Lambda(lambda x: seen.append(1) or x + 1),
        lambda seen: Activation(lambda x: seen.append(1) or x),
        lambda seen: Dense(2, activation=lambda x: seen.append(1) or x),
        lambda seen: irkit.Sequential([Dense(2), Lambda(lambda x: seen.append(1) or x)]),
    ],
)
def test_functions_of_the_user_are_called_each_time(make: object) -> None:
    seen: list[int] = []
    layer = make(seen)
    layer(X)
    before = len(seen)
    for _ in range(CALLS):
        layer(X)
    assert len(seen) == before + CALLS


def test_a_users_layer_is_called_each_time_and_the_layers_in_it_are_planned() -> None:
    class Twice(irkit.Layer):
        def __init__(self) -> None:
            super().__init__()
            self.dense = Dense(8)
            self.calls: list[int] = []

        def call(self, x: irkit.KerasTensor) -> object:
            self.calls.append(1)
            return self.dense(self.dense(x))

    layer = Twice()
    for _ in range(CALLS):
        layer(X)
    assert len(layer.calls) == CALLS
    assert plans(layer) == 0
    assert plans(layer.dense) == 1


def test_a_planned_layer_can_be_copied() -> None:
    layer = Dense(2)
    for _ in range(CALLS):
        wanted = np.asarray(layer(X))
    twin = copy.deepcopy(layer)
    twin.set_weights([2 * w for w in twin.get_weights()])
    np.testing.assert_allclose(twin(X), 2 * wanted, rtol=1e-6)
    np.testing.assert_array_equal(layer(X), wanted)


def test_training_and_masks_are_not_planned() -> None:
    dropout = Dropout(0.5, seed=0)
    assert len({np.asarray(dropout(X, training=True)).tobytes() for _ in range(CALLS)}) > 1
    embedding = Embedding(5, 3, mask_zero=True)
    for _ in range(CALLS):
        embedded = embedding(np.array([[1, 0]]))
        np.testing.assert_array_equal(embedded._keras_mask, [[True, False]])
    lstm = LSTM(2)
    masked = [np.asarray(lstm(embedded)) for _ in range(CALLS)]
    np.testing.assert_array_equal(masked[0], masked[-1])


def test_a_planned_layer_tells_mistakes_with_the_line_of_the_call() -> None:
    model = irkit.Sequential([Embedding(5, 3)])
    for _ in range(CALLS):
        model(np.array([[1, 2]]))
    assert plans(model) == 1
    with pytest.raises(irkit.IrkitError, match=r"test_layer_plans\.py"):
        model(np.array([[1, 9]]))
