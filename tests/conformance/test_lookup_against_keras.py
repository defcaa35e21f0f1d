"""Layers of words against Keras, which needs TensorFlow for them; at once, in numpy and in onnxruntime."""

from __future__ import annotations

import importlib.util
import itertools
import os
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import irkit
from irkit.errors import UnsupportedError

WORDS = np.array(["apple", "pear", "plum", "kiwi", "", "[UNK]"], object)
NUMBERS = np.array([3, 5, 9, 7, 0, -1, -4])
TEXTS = np.array(
    [
        "The cat, sat: on  the mat!",
        "A cat's dog",
        "ÄÖ äö Émile",
        "don't-stop me; now (please) [a] `x` {y} ~ | \\ / ^ _ = + * & % $ # @ < > \" ?",
        "tab\there\nnew",
    ],
    object,
)
SHAPES = ((3, 2), (3, 1), (4,), (2, 3, 2))
MODES = ("int", "multi_hot", "one_hot", "count", "tf_idf")


@pytest.fixture(scope="module")
def keras() -> Any:
    if importlib.util.find_spec("keras") is None or importlib.util.find_spec("tensorflow") is None:
        pytest.skip("Keras with TensorFlow is the oracle for words and is not installed")
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    return __import__("keras")


def string_lookups() -> Iterator[dict[str, Any]]:
    for mode, mask, size in itertools.product(MODES, (None, ""), (None, 8)):
        weights = {"idf_weights": [0.5, 0.6, 0.7]} if mode == "tf_idf" else {}
        made = {"output_mode": mode, "mask_token": mask, "max_tokens": size, "pad_to_max_tokens": bool(size)}
        yield {"vocabulary": ["apple", "pear", "plum"], **made, **weights}


def integer_lookups() -> Iterator[dict[str, Any]]:
    for mode, mask, unknown in itertools.product(MODES[:-1], (None, 0), (1, 2, 3)):
        yield {"vocabulary": [3, 5, 9], "output_mode": mode, "mask_token": mask, "num_oov_indices": unknown}


def drawn(pool: np.ndarray, shape: tuple[int, ...]) -> Any:
    return pool[np.random.default_rng(3).integers(0, len(pool), shape)]


def assert_same(theirs: Any, ours: Any, x: np.ndarray) -> None:
    expected = np.asarray(theirs(x.tolist()))
    if expected.dtype == object:
        expected = np.array([w.decode() for w in expected.flat], object).reshape(expected.shape)
    dtype = "string" if x.dtype == object else str(x.dtype)
    inputs = irkit.Input(batch_shape=(None, *x.shape[1:]), dtype=dtype)
    model = irkit.Model(inputs, ours(inputs))
    found = [ours(x), *(model.predict(x, backend=b, verbose=0) for b in ("interpreter", "onnxruntime"))]
    for result in found:
        got = np.asarray(result)
        assert (got.shape, got.dtype) == (expected.shape, expected.dtype)
        if expected.dtype.kind == "f":
            np.testing.assert_allclose(got, expected, rtol=1e-6)
        else:
            np.testing.assert_array_equal(got, expected)


@pytest.mark.parametrize("arguments", list(string_lookups()), ids=str)
def test_string_lookup_equals_keras(arguments: dict[str, Any], keras: Any) -> None:
    theirs, ours = keras.layers.StringLookup(**arguments), irkit.layers.StringLookup(**arguments)
    assert ours.get_vocabulary() == theirs.get_vocabulary()
    for shape in SHAPES:
        assert_same(theirs, ours, drawn(WORDS, shape))


@pytest.mark.parametrize("arguments", list(integer_lookups()), ids=str)
def test_integer_lookup_equals_keras(arguments: dict[str, Any], keras: Any) -> None:
    theirs, ours = keras.layers.IntegerLookup(**arguments), irkit.layers.IntegerLookup(**arguments)
    assert ours.get_vocabulary() == theirs.get_vocabulary()
    for shape in SHAPES:
        assert_same(theirs, ours, drawn(NUMBERS, shape))


@pytest.mark.parametrize("mask", [None, ""])
def test_indices_become_words_again(mask: str | None, keras: Any) -> None:
    arguments = {"vocabulary": ["apple", "pear"], "invert": True, "mask_token": mask}
    theirs, ours = keras.layers.StringLookup(**arguments), irkit.layers.StringLookup(**arguments)
    assert_same(theirs, ours, np.arange(-1, 6).reshape(1, 7))


@pytest.mark.parametrize("size", [None, 3, 4])
@pytest.mark.parametrize("mode", ["int", "tf_idf", "count"])
def test_a_vocabulary_is_learned_as_by_keras(mode: str, size: int | None, keras: Any) -> None:
    theirs, ours = (k.layers.StringLookup(output_mode=mode, max_tokens=size) for k in (keras, irkit))
    data = drawn(WORDS[:5], (6, 4))
    theirs.adapt(data.tolist())
    ours.adapt(data)
    assert ours.get_vocabulary() == theirs.get_vocabulary()
    assert_same(theirs, ours, drawn(WORDS, (5, 3)))


@pytest.mark.parametrize(
    ("mode", "length"), [("int", None), ("int", 3), ("int", 20), ("count", None), ("tf_idf", None)]
)
@pytest.mark.parametrize("split", ["whitespace", None])
@pytest.mark.parametrize("standard", ["lower_and_strip_punctuation", "lower", "strip_punctuation", None])
def test_texts_become_what_keras_makes_of_them(
    standard: str | None, split: str | None, mode: str, length: int | None, keras: Any
) -> None:
    arguments = {
        "standardize": standard,
        "split": split,
        "output_mode": mode,
        "output_sequence_length": length,
    }
    theirs, ours = keras.layers.TextVectorization(**arguments), irkit.layers.TextVectorization(**arguments)
    theirs.adapt(TEXTS.tolist())
    ours.adapt(TEXTS)
    assert ours.get_vocabulary() == theirs.get_vocabulary()
    assert_same(theirs, ours, TEXTS[:, None])


@pytest.mark.parametrize(
    ("layer", "arguments", "told"),
    [
        ("StringLookup", {"num_oov_indices": 2, "vocabulary": ["a"]}, "FarmHash"),
        ("StringLookup", {"num_oov_indices": 0, "vocabulary": ["a"]}, "unknown words"),
        ("StringLookup", {"salt": 1}, "SipHash"),
        ("IntegerLookup", {"sparse": True, "output_mode": "count"}, "sparse"),
        ("TextVectorization", {"split": "character"}, "characters"),
        ("TextVectorization", {"standardize": str.lower}, "functions"),
        ("TextVectorization", {"ngrams": 2}, "ngrams"),
        ("Hashing", {"num_bins": 3}, "FarmHash"),
        ("HashedCrossing", {"num_bins": 3}, "FarmHash"),
        ("JaxLayer", {}, "another library"),
    ],
)
def test_what_onnx_cannot_express_is_refused_with_the_reason(
    layer: str, arguments: dict[str, Any], told: str
) -> None:
    with pytest.raises(UnsupportedError, match=told):
        getattr(irkit.layers, layer)(**arguments)(np.array([["a"]], object))
