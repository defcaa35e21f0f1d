"""Texts to numbers: TextVectorization. Keras: https://keras.io/api/layers/preprocessing_layers/text/

ONNX has no operator that replaces by a pattern, so punctuation is removed by cutting texts at each of its characters
and putting the pieces together again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from irkit import operators as op
from irkit.errors import ArgumentError, ShapeError, UnsupportedError
from irkit.frontends import ops
from irkit.frontends.base.layer import Layer, layer
from irkit.frontends.layers.arguments import one_of, whole
from irkit.frontends.layers.lookup import StringLookup
from irkit.frontends.tensors.apply import apply, apply_one
from irkit.frontends.tensors.tensor import Tensor

__all__ = ["TextVectorization"]

PUNCTUATION = "!\"#$%&()*+,-./:;<=>?@[\\]^_`{|}~'"
_STANDARDS = ("lower_and_strip_punctuation", "lower", "strip_punctuation", None)


@layer
class TextVectorization(Layer):
    """Texts in one case without punctuation, cut into words, as indices of a vocabulary.

    string (batch) or (batch, 1) → int64 (batch, words), filled up with 0; or rows of numbers as output_mode says
    """

    max_tokens: int | None = None
    standardize: Any = "lower_and_strip_punctuation"
    split: Any = "whitespace"
    ngrams: int | Sequence[int] | None = None
    output_mode: str = "int"
    output_sequence_length: int | None = None
    pad_to_max_tokens: bool = False
    vocabulary: Any = None
    idf_weights: Any = None
    sparse: bool = False
    ragged: bool = False
    encoding: str = "utf-8"

    def setup(self) -> None:
        self._refuse()
        self.standardize = one_of("standardize", self.standardize, _STANDARDS)
        if self.output_sequence_length is not None:
            whole("output_sequence_length", self.output_sequence_length)
            if self.output_mode != "int":
                raise ArgumentError("output_sequence_length needs output_mode='int'.")
        self._lookup = StringLookup(
            max_tokens=self.max_tokens,
            mask_token="",
            vocabulary=self.vocabulary,
            idf_weights=self.idf_weights,
            output_mode=self.output_mode,
            pad_to_max_tokens=self.pad_to_max_tokens,
            sparse=self.sparse,
            name=f"{self.name}_lookup",
        )
        self.output_mode = self._lookup.output_mode

    def _refuse(self) -> None:
        """Raises UnsupportedError for what ONNX's operators on strings cannot express."""
        if callable(self.standardize) or callable(self.split):
            raise UnsupportedError(
                "standardize and split cannot be functions of yours: those of TensorFlow have no ONNX form.",
                cure="Write standardize='lower_and_strip_punctuation', split='whitespace', or do it before.",
            )
        if self.split == "character":
            raise UnsupportedError(
                "split='character' is not supported: ONNX has no operator that cuts texts into characters.",
                cure="Put spaces between the characters before, and write split='whitespace'.",
            )
        self.split = one_of("split", self.split, ("whitespace", None))
        if self.ngrams is not None:
            raise UnsupportedError("ngrams are not supported yet.", cure="Leave ngrams out.")
        if self.ragged:
            raise UnsupportedError("ragged=True is not supported: irkit has no ragged tensors.")

    # ---- the vocabulary

    def adapt(self, data: Any, batch_size: int | None = None, steps: int | None = None) -> None:
        """Learn the vocabulary from texts: an array or list of them, or batches."""
        if isinstance(data, list | tuple | np.ndarray | Tensor):
            batches = [np.asarray(data, object)]
        else:
            batches = [np.asarray(b, object) for i, b in enumerate(data) if steps is None or i < steps]
        self._lookup.adapt(np.asarray(self._words(ops.convert_to_tensor(b, dtype="string"))) for b in batches)

    def set_vocabulary(self, vocabulary: Any, idf_weights: Any = None) -> None:
        """Take these words, in order of their indices."""
        self._lookup.set_vocabulary(vocabulary, idf_weights)

    def get_vocabulary(self, include_special_tokens: bool = True) -> list[str]:
        """The words in order of their indices."""
        return self._lookup.get_vocabulary(include_special_tokens)

    def vocabulary_size(self) -> int:
        """How many indices there are, special ones included."""
        return self._lookup.vocabulary_size()

    # ---- calling

    def check_inputs(self, inputs: object) -> None:
        if isinstance(inputs, Tensor) and str(inputs.dtype) != "string":
            raise ShapeError(
                f"takes texts. Received: {inputs.type}.", cure='Write Input((1,), dtype="string").'
            )
        if isinstance(inputs, Tensor) and self.split and inputs.ndim > 1 and inputs.shape[-1] != 1:
            raise ShapeError(
                f"takes one text for each sample, (batch) or (batch, 1). Received: {inputs.type}.",
                cure="Join the texts of a sample, or write split=None.",
            )

    def call(self, inputs: Tensor) -> Tensor:
        found: Tensor = self._lookup(self._words(inputs))
        if self.output_sequence_length is None:
            return found
        wanted = self.output_sequence_length
        margins = [[0, 0]] * (found.ndim - 1)
        return ops.pad(found, [*margins, [0, wanted]])[..., :wanted]

    def _words(self, texts: Tensor) -> Tensor:
        """(batch) or (batch, 1) → (batch, words)"""
        standard = self.standardize or ""
        x = _lowered(texts) if "lower" in standard else texts
        x = without(x, PUNCTUATION) if "strip_punctuation" in standard else x
        if self.split is None:
            return x
        x = ops.squeeze(x, -1) if x.ndim > 1 else x
        x = without(x, "\t\n\v\f\r", " ")  # onnxruntime cuts at spaces only
        words: Tensor = apply(op.StringSplit(), x, count=2)[0]
        return words


def _lowered(texts: Tensor) -> Tensor:
    """Texts in lower case, of ASCII's letters only, as Keras has it. C's locale is there on every machine."""
    flat = ops.reshape(texts, (-1,))
    # of no text at all the operator makes one empty one
    low = apply_one(op.StringNormalizer(case_change_action="LOWER", locale="C"), flat)
    return ops.reshape(low[: ops.shape(flat)[0]], texts.shape)


def without(texts: Tensor, characters: str, instead: str = "") -> Tensor:
    """Texts with `instead` for each of the characters."""
    for character in characters:
        pieces, counts = apply(op.StringSplit(delimiter=character), texts, count=2)
        texts = _joined(pieces, counts, instead)
    return texts


def _joined(pieces: Tensor, counts: Tensor, between: str) -> Tensor:
    """Texts put together along the last axis, of which only the first `counts` are there: (…, n), (…) → (…)"""
    most: Any = ops.shape(pieces)[-1]

    def longer(i: Tensor, text: Tensor) -> Tensor:
        there = ops.logical_and(ops.greater(i, 0), ops.less(ops.cast(i, "int64"), counts))
        gap = ops.where(there, _text(between), _text(""))
        piece = ops.take(pieces, i, axis=-1)
        return apply_one(op.StringConcat(), apply_one(op.StringConcat(), text, gap), piece)

    empty = ops.broadcast_to(_text(""), ops.shape(pieces)[:-1])
    joined: Tensor = ops.fori_loop(0, most, longer, empty)
    return joined


def _text(value: str) -> Tensor:
    return ops.convert_to_tensor(value, dtype="string")
