"""Masks travel through models as in Keras: same models, same weights, inputs with padding."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.conformance.keras_layers import keras

import irkit  # isort: skip  # after Keras was found

# Keras warns of its own use of numpy
pytestmark = pytest.mark.filterwarnings(
    "ignore::DeprecationWarning", "ignore::RuntimeWarning", "ignore::UserWarning"
)

WORDS = np.array([[1, 2, 0, 4, 0], [3, 0, 0, 0, 0], [1, 2, 3, 4, 1], [0, 0, 2, 1, 3]], "int32")


def embedded(library: Any) -> tuple[Any, Any]:
    words = library.Input((5,), dtype="int32")
    return words, library.layers.Embedding(6, 4, mask_zero=True)(words)


MODELS: dict[str, Callable[[Any, Any], Any]] = {
    **{
        f"{cls}({seq}, {back})": lambda lib, x, cls=cls, seq=seq, back=back: getattr(lib.layers, cls)(
            3, return_sequences=seq, go_backwards=back
        )(x)
        for cls in ("SimpleRNN", "GRU", "LSTM")
        for seq in (False, True)
        for back in (False, True)
    },
    "two": lambda lib, x: lib.layers.LSTM(2)(lib.layers.LSTM(3, return_sequences=True)(x)),
    "through": lambda lib, x: lib.layers.GRU(2)(
        lib.layers.Dropout(0.5)(lib.layers.Dense(3, activation="relu")(x))
    ),
    "states": lambda lib, x: lib.layers.LSTM(3, return_sequences=True, return_state=True)(x),
    "both ways": lambda lib, x: lib.layers.Bidirectional(lib.layers.LSTM(3))(x),
    "both ways, steps": lambda lib, x: lib.layers.Bidirectional(lib.layers.GRU(3, return_sequences=True))(x),
    "cell": lambda lib, x: lib.layers.RNN(lib.layers.LSTMCell(3), return_sequences=True)(x),
    "mean": lambda lib, x: lib.layers.GlobalAveragePooling1D()(x),
    "joined": lambda lib, x: lib.layers.LSTM(2)(lib.layers.Concatenate()([x, lib.layers.Dense(2)(x)])),
    "joined in time": lambda lib, x: lib.layers.LSTM(2)(lib.layers.Concatenate(axis=1)([x, x])),
    "added": lambda lib, x: lib.layers.LSTM(2)(lib.layers.Add()([x, lib.layers.Dense(4)(x)])),
    "attention": lambda lib, x: lib.layers.Attention()([x, x]),
    "heads": lambda lib, x: lib.layers.MultiHeadAttention(2, 3)(x, x),
    "masking": lambda lib, x: lib.layers.LSTM(2)(lib.layers.Masking(0.0)(lib.layers.ReLU(threshold=0.5)(x))),
}


@pytest.mark.parametrize("name", MODELS)
def test_masked_models_equal_keras(name: str) -> None:
    models = []
    for library in (keras, irkit):
        words, x = embedded(library)
        models.append(library.Model(words, MODELS[name](library, x)))
    theirs, ours = models
    rng = np.random.default_rng(5)
    weights = [rng.standard_normal(w.shape).astype("float32") * 0.5 for w in theirs.weights]
    theirs.set_weights(weights)
    ours.set_weights(weights)
    expected = keras.tree.flatten(theirs(WORDS))
    found = [
        ours(WORDS),
        *(ours.predict(WORDS, verbose=0, backend=b) for b in ("interpreter", "onnxruntime")),
    ]
    for answer in found:
        for a, r in zip(answer if isinstance(answer, list) else [answer], expected, strict=True):
            np.testing.assert_allclose(np.asarray(a), np.asarray(r), atol=1e-5)
