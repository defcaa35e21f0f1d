"""Keras's own models on irkit: each is what Keras builds, and with the same weights computes the same."""

from __future__ import annotations

import os
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

os.environ.setdefault("KERAS_BACKEND", "jax")
keras = pytest.importorskip("keras", reason="its models are what is built, and it is the oracle")
pytest.importorskip(keras.config.backend(), reason="Keras computes with it")

import irkit  # noqa: E402  # after Keras was found
from irkit.errors import UnsupportedError  # noqa: E402
from tests.conformance.keras_applications import constructors, facts  # noqa: E402

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore"),  # Keras's own, e.g. about sizes without pretrained weights
    pytest.mark.filterwarnings("default::pytest.PytestWarning"),  # ours, to be seen
]

# The smallest member of each family, at the smallest size where every layer still has something to see.
FAMILIES: dict[str, dict[str, Any]] = {
    "MobileNet": {"input_shape": (64, 64, 3), "alpha": 0.25},
    "ConvNeXtTiny": {"input_shape": (32, 32, 3)},
    "DenseNet121": {"input_shape": (32, 32, 3)},
    "EfficientNetB0": {"input_shape": (64, 64, 3)},
    "EfficientNetV2B0": {"input_shape": (64, 64, 3)},
    "InceptionResNetV2": {"input_shape": (75, 75, 3)},
    "InceptionV3": {"input_shape": (75, 75, 3)},
    "MobileNetV2": {"input_shape": (64, 64, 3), "alpha": 0.35},
    "MobileNetV3Small": {"input_shape": (64, 64, 3)},
    "MobileNetV3Large": {},
    "NASNetMobile": {"input_shape": (64, 64, 3)},
    "ResNet50": {"input_shape": (32, 32, 3)},
    "ResNet50V2": {"input_shape": (32, 32, 3)},
    "VGG16": {"input_shape": (32, 32, 3)},
    "Xception": {"input_shape": (71, 71, 3)},
}


def both(name: str, **arguments: Any) -> tuple[Any, irkit.Model]:
    """Keras's model and irkit's, their automatic names counted from the start."""
    keras.backend.clear_session()
    irkit.backend.clear_session()
    theirs = getattr(keras.applications, name)(weights=None, **arguments)
    return theirs, constructors()[name](weights=None, **arguments)


def test_all_forty_constructors_are_found() -> None:
    assert len(constructors()) == 40


@pytest.mark.keras(every=20)
@pytest.mark.parametrize("name", constructors())
def test_model_has_the_layers_weights_and_shapes_of_keras(name: str) -> None:
    with keras.StatelessScope(initialize_variables=False):  # a gigabyte of weights need not be drawn
        theirs, ours = both(name)
        assert ours.name == theirs.name
        assert ours.count_params() == theirs.count_params()
        assert (ours.input_shape, ours.output_shape) == (theirs.input_shape, theirs.output_shape)
        for mine, expected in zip(facts(ours), facts(theirs), strict=True):
            assert mine == expected


@pytest.mark.keras(every=15)
@pytest.mark.parametrize("name", FAMILIES)
def test_model_computes_what_keras_computes(name: str, tmp_path: Path) -> None:
    theirs, ours = both(name, classifier_activation=None, **FAMILIES[name])
    rng = np.random.default_rng(5)
    for layer in theirs.layers:
        layer.set_weights([_unlike_its_start(rng, w) for w in layer.weights])
        ours.get_layer(layer.name).set_weights(layer.get_weights())
    size = FAMILIES[name].get("input_shape", (96, 96, 3))
    x = rng.uniform(0, 255, (3, *size)).astype("float32")
    ours.save(tmp_path / "model.irk")
    backends = ("interpreter", "onnxruntime", *(["native"] if _native_is_there() else []))
    models = {"built": ours, "loaded": irkit.load(tmp_path / "model.irk")}
    for batch in (x[:1], x):
        expected = np.asarray(theirs(batch, training=False))
        assert np.isfinite(expected).all() and np.ptp(expected) > 0
        for who, model in models.items():
            for backend in backends:
                _assert_same(_computed(model, batch, backend), expected, f"{who}, {backend}")


def _unlike_its_start(rng: np.random.Generator, weight: Any) -> np.ndarray:
    """Values that tell a weight from its neighbours: the ones and zeros of a start would hide an exchange."""
    value = np.asarray(weight)
    if value.dtype.kind != "f":
        return value
    if value.ndim > 1:  # a kernel: as drawn
        return value
    spread = rng.uniform(0.8, 1.25, value.shape)
    offset = rng.normal(0, 0.05, value.shape)
    around_one = "gamma" in weight.name or "variance" in weight.name
    return (value * spread if around_one else value + offset).astype(value.dtype)


def _native_is_there() -> bool:
    """Whether the C++ runtime is built; a warning in the summary says that it is not, and was not compared."""
    tiny = irkit.Sequential([irkit.Input((2,)), irkit.layers.Identity()])
    try:
        tiny.predict(np.zeros((1, 2), "float32"), verbose=0, backend="native")
    except UnsupportedError as error:
        warnings.warn(pytest.PytestWarning(f"the C++ runtime is NOT compared: {error.problem}"), stacklevel=2)
        return False
    return True


def _computed(model: irkit.Model, x: np.ndarray, backend: str) -> np.ndarray:
    return np.asarray(model.predict(x, verbose=0, backend=backend))


def _assert_same(got: np.ndarray, expected: np.ndarray, who: str) -> None:
    """|a − r| ≤ 1e-4·max|r|, and the same classes (DESIGN §12)."""
    worst = float(np.abs(got - expected).max() / np.abs(expected).max())
    assert worst <= 1e-4, f"{who}: {worst:.1e} of the greatest output"
    assert (got.argmax(-1) == expected.argmax(-1)).all(), who
