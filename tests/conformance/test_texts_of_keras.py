"""What Keras writes, irkit reads: texts of models, and the settings of losses, metrics and optimizers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.conformance.keras_layers import keras

import irkit  # isort: skip  # after Keras was found

pytestmark = pytest.mark.filterwarnings("ignore")  # Keras's own


def test_a_text_of_keras_becomes_a_model_that_computes_the_same() -> None:
    x = keras.Input((4,))
    y = keras.layers.Dense(3)(x)
    z = keras.ops.relu(keras.layers.Add()([y, y * 2 + 1])[:, :2])
    theirs = keras.Model({"a": x}, [keras.ops.sum(z, axis=1, keepdims=True), y])
    ours = irkit.models.model_from_json(theirs.to_json())
    ours.set_weights(theirs.get_weights())
    data = {"a": np.random.default_rng(0).random((3, 4), "float32")}
    for a, b in zip(ours.predict(data, verbose=0), theirs.predict(data, verbose=0), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5)


@pytest.mark.slow  # Keras builds each
@pytest.mark.keras(every=4)
@pytest.mark.parametrize("name", ["MobileNetV3Small", "EfficientNetB0", "NASNetMobile", "ResNet50"])
def test_a_text_of_keras_applications_has_its_layers_and_weights(name: str) -> None:
    with keras.StatelessScope(initialize_variables=False):
        theirs = getattr(keras.applications, name)(weights=None)
    ours = irkit.models.model_from_json(theirs.to_json())
    assert [x.name for x in ours.layers] == [x.name for x in theirs.layers]
    assert [tuple(w.shape) for w in ours.weights] == [tuple(w.shape) for w in theirs.weights]


@pytest.mark.parametrize("module", ["losses", "metrics", "optimizers"])
def test_settings_have_the_arguments_and_defaults_of_keras(module: str) -> None:
    ours, theirs = getattr(irkit, module), getattr(keras, module)
    compared = 0
    for name in dir(theirs):
        if name.startswith("_") or name in ("legacy", "MultiOptimizer", "OptimizerMap"):
            continue
        assert hasattr(ours, name), name
        expected = made_with_defaults(theirs, name)
        if expected is None:
            continue
        compared += 1
        irkit.backend.clear_session()
        config = getattr(ours, name)().get_config()
        for key, value in expected.items():
            assert same(config[key], value), (name, key, config[key], value)
    assert compared >= 12


def made_with_defaults(module: Any, name: str) -> Any:
    """Keras's configuration of that class, None where it needs arguments or is a function."""
    if not name[0].isupper() or name == "Muon":  # Muon writes [] for None
        return None
    keras.backend.clear_session()
    try:
        return getattr(module, name)().get_config()
    except TypeError:
        return None


def same(a: Any, b: Any) -> bool:
    if isinstance(b, float):  # Keras keeps learning rates in float32
        return abs(a - b) <= 1e-6 * abs(b)
    return list(a) == list(b) if isinstance(b, list | tuple) else a == b
