"""Initializers: their distributions against the formulae, and the same values for the same seed."""

from __future__ import annotations

import math

import numpy as np
import pytest

import irkit
from irkit import initializers
from irkit.errors import ArgumentError

SHAPE = (3, 5, 64, 96)  # a convolution's kernel
FAN_IN, FAN_OUT = 3 * 5 * 64, 3 * 5 * 96
# variance by the papers' formulae, and the largest |value| that the distribution allows
EXPECTED = {
    "glorot_uniform": (2 / (FAN_IN + FAN_OUT), math.sqrt(6 / (FAN_IN + FAN_OUT))),
    "glorot_normal": (2 / (FAN_IN + FAN_OUT), None),
    "he_uniform": (2 / FAN_IN, math.sqrt(6 / FAN_IN)),
    "he_normal": (2 / FAN_IN, None),
    "lecun_uniform": (1 / FAN_IN, math.sqrt(3 / FAN_IN)),
    "lecun_normal": (1 / FAN_IN, None),
    "random_normal": (0.05**2, None),
    "random_uniform": (0.1**2 / 12, 0.05),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_variance_and_range_are_those_of_the_formula(name: str) -> None:
    variance, limit = EXPECTED[name]
    values = initializers.get(name)(SHAPE).astype("float64")
    count = values.size
    # five standard errors: a correct one fails once in two million runs
    assert abs(values.mean()) < 5 * math.sqrt(variance / count)
    assert abs(values.var() / variance - 1) < 5 * math.sqrt(2 / count)
    if limit is not None:
        assert 0.999 * limit < np.abs(values).max() <= limit * (1 + 1e-6)


def test_truncated_normal_stops_at_two_standard_deviations() -> None:
    values = initializers.TruncatedNormal(1.0, 0.5)((400, 500)).astype("float64")
    assert np.abs(values - 1).max() <= 1.0
    # the variance of a standard normal variable within ±2, by numerical integration
    x = np.linspace(-2, 2, 200_001)
    density = np.exp(-(x**2) / 2)
    assert abs(values.var() / (0.25 * np.sum(x**2 * density) / np.sum(density)) - 1) < 0.02


@pytest.mark.parametrize("shape", [(5, 8), (8, 5), (2, 3, 4), (6, 6)])
def test_orthogonal_has_orthonormal_rows_or_columns(shape: tuple[int, ...]) -> None:
    matrix = initializers.Orthogonal(2.0)(shape).reshape(-1, shape[-1])
    few = matrix if matrix.shape[0] <= matrix.shape[1] else matrix.T
    np.testing.assert_allclose(few @ few.T, 4 * np.eye(len(few)), atol=1e-5)


def test_constant_values() -> None:
    assert (initializers.Ones()((2, 3)) == 1).all()
    assert (initializers.Zeros()((2, 3), dtype="int32") == 0).all()
    assert initializers.Constant([1.0, 2.0])((3, 2)).tolist() == [[1.0, 2.0]] * 3
    assert initializers.Identity(3.0)((2, 2)).tolist() == [[3.0, 0.0], [0.0, 3.0]]


def test_an_initializer_gives_the_same_values_each_time() -> None:
    drawn = initializers.GlorotUniform()
    assert (drawn((4, 5)) == drawn((4, 5))).all()
    assert (drawn((4, 5)) != initializers.GlorotUniform()((4, 5))).any()


def test_a_seed_generator_gives_new_values_each_time() -> None:
    drawn = initializers.RandomNormal(seed=irkit.random.SeedGenerator(3))
    again = initializers.RandomNormal(seed=irkit.random.SeedGenerator(3))
    first, second = drawn((4,)), drawn((4,))
    assert (first != second).any()
    assert (first == again((4,))).all()


def test_after_set_random_seed_weights_do_not_depend_on_when_they_are_drawn() -> None:
    def layer_weights(first: int) -> list[np.ndarray]:
        irkit.utils.set_random_seed(12)
        two = [irkit.layers.Dense(3), irkit.layers.Dense(3)]
        for layer in two:
            layer.build((None, 4))
        two[first].get_weights()  # drawn before the other
        return [layer.get_weights()[0] for layer in two]

    for a, b in zip(layer_weights(0), layer_weights(1), strict=True):
        assert (a == b).all()


@pytest.mark.parametrize(
    "name", ["glorot_uniform", "GlorotUniform", "he_normal", "zeros", "Orthogonal", "uniform"]
)
def test_a_configuration_makes_the_same_initializer(name: str) -> None:
    given = initializers.get(name)
    again = initializers.deserialize(initializers.serialize(given))
    assert type(again) is type(given)
    assert again.get_config() == given.get_config()


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(ArgumentError, match="Did you mean 'glorot_uniform'"):
        initializers.get("glorot_unifrom")
