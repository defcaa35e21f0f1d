"""Activations by name, and the ones whose arguments differ from irkit.ops'."""

from __future__ import annotations

import numpy as np
import pytest

from irkit import activations
from irkit.errors import ArgumentError

X = np.array([-3.0, -1.0, -0.5, 0.0, 0.5, 2.0, 7.0], "float32")


def test_a_name_a_function_and_none_are_understood() -> None:
    assert activations.get("relu") is activations.relu
    assert activations.get(None) is activations.linear
    assert activations.get(np.tanh) is np.tanh
    assert activations.get("swish") is activations.silu


def test_a_misspelt_name_is_answered_with_similar_ones() -> None:
    with pytest.raises(ArgumentError, match="Did you mean 'sigmoid'"):
        activations.get("sigmod")


@pytest.mark.parametrize("name", sorted(set(activations.__all__) - {"get", "serialize", "deserialize"}))
def test_every_activation_survives_its_own_name(name: str) -> None:
    found = activations.get(name)
    assert activations.deserialize(activations.serialize(found)) is found
    assert activations.get({"class_name": "function", "config": name}) is found


def test_there_are_as_many_as_keras_has() -> None:
    assert (
        len({activations.get(n) for n in set(activations.__all__) - {"get", "serialize", "deserialize"}})
        == 30
    )


@pytest.mark.parametrize("slope", [0.0, 0.1])
@pytest.mark.parametrize("most", [None, 6.0, 1.0])
@pytest.mark.parametrize("threshold", [0.0, 0.75])
def test_relu_with_its_three_numbers(slope: float, most: float | None, threshold: float) -> None:
    above = X if most is None else np.minimum(X, most)
    expected = np.where(threshold < X, above, slope * (X - threshold))
    np.testing.assert_allclose(activations.relu(X, slope, most, threshold), expected, rtol=1e-6, atol=1e-7)


def test_gelu_is_exact_by_default() -> None:
    from math import erf, sqrt

    expected = [v * 0.5 * (1 + erf(v / sqrt(2))) for v in X.tolist()]
    np.testing.assert_allclose(activations.gelu(X), expected, rtol=1e-5, atol=1e-6)
