"""Words and numbers to indices of a vocabulary, and back.

Keras: https://keras.io/api/layers/preprocessing_layers/categorical/
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from irkit.errors import ArgumentError, UnsupportedError
from irkit.frontends import ops
from irkit.frontends.backend_config import floatx
from irkit.frontends.base.layer import Layer, layer
from irkit.frontends.layers.arguments import one_of, whole
from irkit.frontends.layers.preprocessing import encoded
from irkit.frontends.layers.vocabulary import (
    Word,
    found_indices,
    inverse_document_frequency,
    learned,
    without_repeats,
)
from irkit.frontends.tensors.tensor import Tensor
from irkit.ir import Array

__all__ = ["IntegerLookup", "StringLookup"]

_MODES = ("int", "one_hot", "multi_hot", "count", "tf_idf")
_OLD_MODES = {"binary": "multi_hot", "tf-idf": "tf_idf"}


class Lookup(Layer):
    """Base. Indices: 0 for mask_token (where it is given and output_mode is "int"), then the unknown, then words.

    num_oov_indices: how many indices unknown words share. invert: from indices to words.
    output_mode: "int", or rows of zeros and ones ("one_hot", "multi_hot"), counts, or counts by weight ("tf_idf").
    """

    max_tokens: int | None
    num_oov_indices: int
    mask_token: Any
    oov_token: Any
    vocabulary: Any
    idf_weights: Any
    invert: bool
    output_mode: str
    pad_to_max_tokens: bool
    sparse: bool
    salt: Any

    word_dtype: ClassVar[str]

    def setup(self) -> None:
        self.output_mode = one_of("output_mode", _OLD_MODES.get(self.output_mode, self.output_mode), _MODES)
        self.num_oov_indices = whole("num_oov_indices", self.num_oov_indices, 0)
        self._check_arguments()
        self._words: list[Word] = []
        self._weights: Array | None = None
        if self.vocabulary is not None:
            self.set_vocabulary(self.vocabulary, self.idf_weights)

    def _check_arguments(self) -> None:
        if self.sparse:
            raise UnsupportedError("sparse=True is not supported: irkit has no sparse tensors.")
        if self.salt is not None:
            raise UnsupportedError(
                "salt asks for SipHash, which ONNX has no operator for.", cure="Leave it out."
            )
        if self.invert and self.output_mode != "int":
            raise ArgumentError("invert=True gives words, so output_mode must be 'int'.")
        if self.max_tokens is not None:
            whole("max_tokens", self.max_tokens, 2)
        if self.pad_to_max_tokens and self.max_tokens is None:
            raise ArgumentError("pad_to_max_tokens=True needs max_tokens.")

    # ---- the vocabulary

    @property
    def _special(self) -> list[Any]:
        """What stands before the words: the mask, and the unknown."""
        mask = [self.mask_token] if self.mask_token is not None and self.output_mode == "int" else []
        return [*mask, *[self.oov_token] * self.num_oov_indices]

    def set_vocabulary(
        self, vocabulary: Any, idf_weights: Any = None
    ) -> None:  # words, or a file with one a line
        """Take these words, with or without the special ones before them. idf_weights: for output_mode "tf_idf"."""
        words = _words_of(vocabulary)
        special = self._special
        given_special = words[: len(special)] == special
        self._set_words(without_repeats(words[len(special) :] if given_special else words))
        if (self.output_mode == "tf_idf") != (idf_weights is not None):
            raise ArgumentError("idf_weights are needed for output_mode 'tf_idf', and only there.")
        if idf_weights is not None:
            weights = np.asarray(idf_weights, np.float32)
            if weights.shape != (len(words),):
                raise ArgumentError(f"{len(words)} idf_weights are needed. Received: shape {weights.shape}.")
            self._set_weights(weights, 0 if given_special else len(special))

    def _set_words(self, words: list[Word]) -> None:
        if self.mask_token is not None and self.mask_token in words:
            raise ArgumentError(
                f"mask_token {self.mask_token!r} stands among the words.",
                cure=f"Leave it out, or begin with {self._special!r}.",
            )
        if self.max_tokens is not None and len(words) + len(self._special) > self.max_tokens:
            raise ArgumentError(
                f"the vocabulary has {len(words) + len(self._special)} entries, more than max_tokens "
                f"{self.max_tokens}."
            )
        self._words = words

    def _set_weights(self, weights: Array, missing: int) -> None:
        """`missing`: how many of the special ones have no weight; they get the mean."""
        front = np.full(missing, weights.mean(), np.float32)
        back = np.zeros(self._depth - missing - len(weights), np.float32)
        self._weights = np.concatenate([front, weights, back])

    def adapt(self, data: Any, steps: int | None = None) -> None:  # words, or batches of them
        """Learn the vocabulary: the commonest words of `data`. Each row is a document."""
        if self.vocabulary is not None:
            raise ArgumentError(f"{self.shown} was given a vocabulary, so there is nothing to adapt.")
        rows = [row for batch in _batches(data, steps) for row in self._documents(batch)]
        words, holding = learned(rows, (self.mask_token, self.oov_token))
        room = None if self.max_tokens is None else self.max_tokens - len(self._special)
        self._set_words(without_repeats(words[:room]))
        if self.output_mode == "tf_idf":
            weights = inverse_document_frequency(len(rows), holding[:room])
            self._set_weights(weights, len(self._special))

    def _documents(self, batch: Any) -> list[list[Word]]:  # an array of words
        array = np.asarray(batch, object if self.word_dtype == "string" else np.int64)
        rows = array.reshape(-1, 1) if array.ndim < 2 else array.reshape(array.shape[0], -1)
        return [[_plain(w) for w in row] for row in rows]

    def get_vocabulary(self, include_special_tokens: bool = True) -> list[Any]:
        """The words in order of their indices."""
        return [*(self._special if include_special_tokens else ()), *self._words]

    def vocabulary_size(self) -> int:
        """How many indices there are, special ones included."""
        return len(self._special) + len(self._words)

    @property
    def _depth(self) -> int:
        return self.max_tokens if self.pad_to_max_tokens and self.max_tokens else self.vocabulary_size()

    # ---- calling

    def call(self, inputs: Tensor) -> Tensor:
        if not self._words:
            raise ArgumentError(
                "has no vocabulary yet.", cure="Give vocabulary=[…], or call adapt(data) first."
            )
        if self.invert:
            return self._words_at(inputs)
        indices = self.indices(inputs)
        if self.output_mode == "int":
            return indices
        weighted = self.output_mode == "tf_idf"
        # what is masked has no index: one beyond the others, cut off again
        hot = encoded(indices, self._depth + 1, "count" if weighted else self.output_mode, "float32")[
            ..., :-1
        ]
        return ops.cast(hot, "int64") if self._weights is None else ops.multiply(hot, self._weights)

    def indices(self, words: Tensor) -> Tensor:
        """The index of each word: int64 of the same shape."""
        index: dict[Word, int] = {w: i + len(self._special) for i, w in enumerate(self._words)}
        if self.mask_token is not None:
            index[self.mask_token] = 0 if self.output_mode == "int" else self._depth
        x = words if self.word_dtype == "string" else ops.cast(words, "int64")
        found = found_indices(x, index)
        return ops.where(ops.equal(found, 0), self._unknown(x), ops.subtract(found, 1))

    def _unknown(self, x: Tensor) -> Any:  # a number, or a tensor of them
        """The index of words that are not in the vocabulary."""
        first = len(self._special) - self.num_oov_indices
        if self.num_oov_indices == 0:
            raise UnsupportedError(
                "num_oov_indices=0 asks for an error at unknown words, which a deployed model cannot raise.",
                cure="Leave num_oov_indices at 1.",
            )
        return first if self.num_oov_indices == 1 else self._spread(x, first)

    def _spread(self, x: Tensor, first: int) -> Tensor:
        raise UnsupportedError(
            "num_oov_indices > 1 spreads unknown words by FarmHash, which ONNX has no operator for.",
            cure="Leave num_oov_indices at 1.",
        )

    def _words_at(self, indices: Tensor) -> Tensor:
        """The words that have these indices; oov_token where there is none."""
        table = [*self.get_vocabulary(), self.oov_token]
        given = ops.cast(indices, "int64")
        outside = ops.logical_or(ops.less(given, 0), ops.greater_equal(given, len(table) - 1))
        place = ops.where(outside, len(table) - 1, given)
        return ops.take(ops.convert_to_tensor(table, dtype=self.word_dtype), place, axis=0)

    def compute_output_dtype(self) -> str:
        """Type of what comes out."""
        return self.word_dtype if self.invert else floatx() if self.output_mode == "tf_idf" else "int64"


def _words_of(vocabulary: Any) -> list[Word]:  # words, or a file with one a line
    if isinstance(vocabulary, str | Path):
        return list(Path(vocabulary).read_text(encoding="utf-8").splitlines())
    return [_plain(w) for w in np.asarray(vocabulary, object).ravel()]


def _plain(word: Any) -> Word:  # of numpy, or bytes
    if isinstance(word, bytes):
        return word.decode()
    return word if isinstance(word, str) else int(word)


def _batches(data: Any, steps: int | None) -> Iterable[Any]:  # arrays
    if isinstance(data, list | tuple | np.ndarray | Tensor) or hasattr(data, "__array__"):
        return [np.asarray(data)]
    return [batch for i, batch in enumerate(data) if steps is None or i < steps]


@layer
class StringLookup(Lookup):
    """Words to indices: string (…) → int64 (…), or rows of numbers as output_mode says."""

    max_tokens: int | None = None
    num_oov_indices: int = 1
    mask_token: str | None = None
    oov_token: str = "[UNK]"
    vocabulary: Sequence[str] | str | None = None
    idf_weights: Any = None
    invert: bool = False
    output_mode: str = "int"
    pad_to_max_tokens: bool = False
    sparse: bool = False
    encoding: str = "utf-8"
    salt: Any = None
    word_dtype = "string"


@layer
class IntegerLookup(Lookup):
    """Whole numbers to indices: int (…) → int64 (…), or rows of numbers as output_mode says."""

    max_tokens: int | None = None
    num_oov_indices: int = 1
    mask_token: int | None = None
    oov_token: int = -1
    vocabulary: Sequence[int] | None = None
    vocabulary_dtype: str = "int64"
    idf_weights: Any = None
    invert: bool = False
    output_mode: str = "int"
    sparse: bool = False
    pad_to_max_tokens: bool = False
    oov_method: str = "floormod"
    salt: Any = None
    word_dtype = "int64"

    def setup(self) -> None:
        self.oov_method = one_of("oov_method", self.oov_method, ("floormod", "farmhash"))
        super().setup()

    def _spread(self, x: Tensor, first: int) -> Tensor:
        """Unknown numbers share the indices by their remainders."""
        if self.oov_method == "farmhash":
            return super()._spread(x, first)
        return ops.add(ops.mod(x, self.num_oov_indices), first)
