"""Models after Keras's public examples: each is built by irkit, and where Keras is there it computes the same."""

from __future__ import annotations

import importlib.util
import os
from typing import Any

import numpy as np
import pytest

import irkit
from examples.keras_models import FAMILIES, MODELS

pytestmark = pytest.mark.filterwarnings("ignore")  # Keras's own
SHAPES = {k: v for f in FAMILIES for k, v in f.SHAPES.items()}
WHOLE = {name for f in FAMILIES for name in getattr(f, "WHOLE", ())}


def built(library: Any, name: str) -> Any:
    library.backend.clear_session()
    return MODELS[name](library)


def data_for(model: Any, name: str, batch: int = 2) -> Any:
    """Arrays for the model's inputs, in their order; for a subclassed model, what SHAPES says."""
    rng = np.random.default_rng(9)
    if name in WHOLE:
        return rng.integers(0, 9, (batch, *SHAPES[name][0])).astype("int32")
    shapes = SHAPES.get(name) or [tuple(t.shape)[1:] for t in model.inputs]
    arrays = [
        rng.random((batch, *shape), "float32")
        if "float" in str(t.dtype)
        else rng.integers(0, 4, (batch, *shape))
        for shape, t in zip(shapes, model.inputs, strict=True)
    ]
    arrays = [a.astype(str(t.dtype)) for a, t in zip(arrays, model.inputs, strict=True)]
    if isinstance(getattr(model, "input", None), dict):
        return dict(zip(model.input, arrays, strict=True))
    return arrays[0] if len(arrays) == 1 else arrays


def leaves(result: Any) -> list[np.ndarray]:
    if isinstance(result, dict):
        return [a for k in sorted(result) for a in leaves(result[k])]
    return (
        [a for r in result for a in leaves(r)] if isinstance(result, list | tuple) else [np.asarray(result)]
    )


def assert_close(found: Any, expected: list[np.ndarray], who: str) -> None:
    for a, b in zip(leaves(found), expected, strict=True):
        assert a.shape == b.shape
        assert np.abs(a - b).max() <= 1e-5 * max(1.0, float(np.abs(b).max())), who


@pytest.mark.parametrize("name", MODELS)
def test_model_is_defined_and_backends_agree(name: str) -> None:
    model = built(irkit, name)
    x = data_for(model, name)
    expected = leaves(model.predict(x, verbose=0, backend="interpreter"))
    assert_close(model.predict(x, verbose=0), expected, "onnxruntime")
    assert all(np.isfinite(a).all() for a in expected)


@pytest.mark.slow  # Keras builds each
@pytest.mark.keras(every=15)
@pytest.mark.parametrize("name", MODELS)
def test_model_computes_what_keras_computes(name: str) -> None:
    os.environ.setdefault("KERAS_BACKEND", "jax")
    if (
        importlib.util.find_spec("keras") is None
        or importlib.util.find_spec(os.environ["KERAS_BACKEND"]) is None
    ):
        pytest.skip("Keras is the oracle and is not installed")
    keras = importlib.import_module("keras")
    theirs, ours = built(keras, name), built(irkit, name)
    x = data_for(theirs, name)
    theirs(x, training=False)  # subclassed models are built by this
    if not ours.built:
        ours(x)
    shapes = [tuple(w.shape) for w in theirs.weights]
    assert [tuple(w.shape) for w in ours.weights] == shapes
    assert ours.count_params() == theirs.count_params()
    rng = np.random.default_rng(4)
    weights = [np.abs(rng.standard_normal(s)).astype("float32") * 0.3 + 0.05 for s in shapes]
    theirs.set_weights(weights)
    ours.set_weights(weights)
    expected = leaves(theirs(x, training=False))
    assert_close(ours(x, training=False), expected, "eager")
    assert_close(ours.predict(x, verbose=0), expected, "onnxruntime")
