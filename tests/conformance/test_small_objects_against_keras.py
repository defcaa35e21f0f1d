"""Initializers without chance, regularizers and constraints give Keras's numbers; all have Keras's configurations."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.conformance.keras_layers import keras

import irkit  # isort: skip  # after Keras was found

# Keras warns of its own use of numpy
pytestmark = pytest.mark.filterwarnings(
    "ignore::DeprecationWarning", "ignore::RuntimeWarning", "ignore::UserWarning"
)

INITIALIZERS = sorted(n for n in dir(keras.initializers) if n[0].isupper() and n != "Initializer")
MATRIX = np.random.default_rng(2).standard_normal((4, 5)).astype("float32")
REGULARIZERS: list[tuple[str, dict[str, Any]]] = [
    ("L1", {}),
    ("L2", {"l2": 0.3}),
    ("L1L2", {"l1": 0.1, "l2": 0.2}),
    ("OrthogonalRegularizer", {"mode": "rows"}),
    ("OrthogonalRegularizer", {"factor": 0.5}),
]
CONSTRAINTS: list[tuple[str, dict[str, Any]]] = [
    ("MaxNorm", {"max_value": 1.5}),
    ("MaxNorm", {"max_value": 1.5, "axis": [0, 1]}),
    ("NonNeg", {}),
    ("UnitNorm", {"axis": 1}),
    ("MinMaxNorm", {"min_value": 1.0, "max_value": 2.0, "rate": 0.5}),
]


@pytest.mark.parametrize("name", INITIALIZERS)
def test_initializers_have_kerass_configuration(name: str) -> None:
    theirs = getattr(keras.initializers, name)().get_config()
    ours = getattr(irkit.initializers, name)().get_config()
    assert {k: v for k, v in ours.items() if (name, k) not in LEFT_OUT} == theirs


# Keras 3.15 forgets the gain of Identity in its configuration
LEFT_OUT = {("Identity", "gain"), ("IdentityInitializer", "gain")}


@pytest.mark.parametrize("side", ["real", "imag"])
@pytest.mark.parametrize("scaling", ["density", "spectrum", None])
@pytest.mark.parametrize("periodic", [False, True])
def test_stft_kernels_are_kerass(side: str, scaling: str | None, periodic: bool) -> None:
    arguments = {"side": side, "window": "hann", "scaling": scaling, "periodic": periodic}
    expected = np.asarray(keras.initializers.STFT(**arguments)((16, 1, 9)))
    np.testing.assert_allclose(irkit.initializers.STFT(**arguments)((16, 1, 9)), expected, atol=1e-5)


@pytest.mark.parametrize(
    "axes", [(None, None), ((0,), (1, 2)), ((0, 1), (2,)), ((1,), (2,)), ((-1,), (0,)), ((2,), None)]
)
@pytest.mark.parametrize("mode", ["fan_in", "fan_out", "fan_avg"])
def test_fans_are_kerass(axes: tuple[Any, Any], mode: str) -> None:
    arguments = {"mode": mode, "distribution": "uniform", "input_axes": axes[0], "output_axes": axes[1]}
    limits = [
        np.abs(np.asarray(library.initializers.VarianceScaling(seed=1, **arguments)((20, 30, 40)))).max()
        for library in (keras, irkit)
    ]
    assert limits[0] == pytest.approx(limits[1], rel=1e-3)


@pytest.mark.parametrize(("name", "arguments"), REGULARIZERS)
def test_regularizers_are_kerass(name: str, arguments: dict[str, Any]) -> None:
    theirs, ours = (
        getattr(keras.regularizers, name)(**arguments),
        getattr(irkit.regularizers, name)(**arguments),
    )
    np.testing.assert_allclose(np.asarray(ours(MATRIX)), np.asarray(theirs(MATRIX)), rtol=1e-5)
    assert ours.get_config().keys() == theirs.get_config().keys()


@pytest.mark.parametrize(("name", "arguments"), CONSTRAINTS)
def test_constraints_are_kerass(name: str, arguments: dict[str, Any]) -> None:
    theirs, ours = (
        getattr(keras.constraints, name)(**arguments),
        getattr(irkit.constraints, name)(**arguments),
    )
    np.testing.assert_allclose(np.asarray(ours(MATRIX)), np.asarray(theirs(MATRIX)), rtol=1e-5)
    assert ours.get_config() == theirs.get_config()


def test_columns_of_a_matrix_are_rows_of_its_transpose() -> None:
    # Keras's own "columns" fails on numpy arrays
    by_columns = irkit.regularizers.OrthogonalRegularizer(mode="columns")(MATRIX)
    assert float(by_columns) == pytest.approx(float(irkit.regularizers.OrthogonalRegularizer()(MATRIX.T)))


@pytest.mark.parametrize("axis", [-1, 1, None, (1, 2)])
@pytest.mark.parametrize("invert", [False, True])
def test_normalization_learns_what_keras_learns(axis: Any, invert: bool) -> None:
    x = np.random.default_rng(3).standard_normal((7, 3, 4)).astype("float32") * 3 + 5
    outputs = []
    for library in (keras, irkit):
        layer = library.layers.Normalization(axis=axis, invert=invert)
        layer.adapt(x)
        outputs.append([np.asarray(layer(x)), *layer.get_weights()])
    for theirs, ours in zip(*outputs, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-5)
