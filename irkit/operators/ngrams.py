"""Counting known n-grams in sequences of words or numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from irkit.errors import AttributeRangeError, ShapeError
from irkit.ir import Array, DType, TensorType
from irkit.operators.attributes import attribute
from irkit.operators.base import Operator, operator

__all__ = ["TfIdfVectorizer"]

Gram = tuple[int | str, ...]


@operator(since=9)
class TfIdfVectorizer(Operator):
    """How often each n-gram of a pool occurs, or weights of those that occur: (n) → (m), or (b, n) → (b, m).

    The elements of an n-gram may stand up to max_skip_count others apart, all at the same distance.

    mode: "TF" counts; "IDF" the weight of what occurs at all; "TFIDF" their product with counts.
    pool_int64s or pool_strings: first all 1-grams, then all 2-grams…
    ngram_counts[i]: where in the pool those of i + 1 elements begin.
    ngram_indexes: each n-gram's place in the result. weights: one for each n-gram; None for 1.
    https://onnx.ai/onnx/operators/onnx__TfIdfVectorizer.html
    """

    dtypes = {"x": frozenset({DType.int32, DType.int64, DType.string})}
    max_gram_length: int = attribute(at_least=1)
    max_skip_count: int = attribute(at_least=0)
    min_gram_length: int = attribute(at_least=1)
    mode: str = attribute(one_of=("TF", "IDF", "TFIDF"))
    ngram_counts: tuple[int, ...] = attribute(at_least=0)
    ngram_indexes: tuple[int, ...] = attribute(at_least=0)
    pool_int64s: tuple[int, ...] | None = None
    pool_strings: tuple[str, ...] | None = None
    weights: tuple[float, ...] | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if (self.pool_int64s is None) == (self.pool_strings is None):
            raise AttributeRangeError("TfIdfVectorizer takes either pool_int64s or pool_strings.")
        if self.min_gram_length > self.max_gram_length or self.max_gram_length > len(self.ngram_counts):
            raise AttributeRangeError(
                f"n-grams of {self.min_gram_length} to {self.max_gram_length} elements need ngram_counts "
                f"for each length; there are {len(self.ngram_counts)}."
            )
        count = sum(1 for _ in self._pool())
        for name, values in (("ngram_indexes", self.ngram_indexes), ("weights", self.weights)):
            if values is not None and len(values) != count:
                raise AttributeRangeError(f"{name} has {len(values)} entries for {count} n-grams.")

    def _pool(self) -> Iterator[Gram]:
        """The n-grams of the pool, shortest first."""
        pool: Gram = self.pool_strings if self.pool_int64s is None else self.pool_int64s  # type: ignore[assignment]  # one is given
        ends = (*self.ngram_counts[1:], len(pool))
        for length, (begin, end) in enumerate(zip(self.ngram_counts, ends, strict=True), 1):
            if not begin <= end <= len(pool) or (end - begin) % length:
                raise AttributeRangeError(
                    f"ngram_counts {self.ngram_counts} do not cut the pool into n-grams."
                )
            for i in range(begin, end, length):
                yield pool[i : i + length]

    def infer(self, x: TensorType) -> TensorType:
        if (x.dtype is DType.string) != (self.pool_int64s is None):
            raise ShapeError(
                f"the pool holds {'strings' if self.pool_int64s is None else 'numbers'}, x is {x}."
            )
        if x.rank not in (None, 1, 2):
            raise ShapeError(f"TfIdfVectorizer takes (n) or (batch, n), not {x}.")
        width = max(self.ngram_indexes, default=-1) + 1
        return TensorType(DType.float32, None if x.shape is None else (*x.shape[:-1], width))

    @cached_property
    def _trie(self) -> Trie:
        return Trie.of(list(self._pool()))

    def run(self, x: Array) -> Array:
        counts = self._trie.counts(np.atleast_2d(x), self.min_gram_length, self.max_skip_count)
        if self.mode == "IDF":
            counts = np.minimum(counts, 1)
        if self.mode != "TF" and self.weights is not None:
            counts = counts * np.array(self.weights, np.float32)
        result = np.zeros((counts.shape[0], max(self.ngram_indexes, default=-1) + 1), np.float32)
        np.add.at(result.T, np.array(self.ngram_indexes, np.int64), counts.T)
        return result.reshape(*x.shape[:-1], result.shape[1])


@dataclass(frozen=True)
class Trie:
    """N-grams as paths from state 0.

    words: sorted; a word's number is its place. keys: (state, word's number) as one number, sorted; targets:
    the state behind each. gram: for each state, the n-gram that ends there, or -1; the last entry is that of
    state -1, which is nowhere. depth: length of the longest n-gram. size: how many there are.
    """

    words: Array
    keys: Array
    targets: Array
    gram: Array
    depth: int
    size: int

    @classmethod
    def of(cls, grams: Sequence[Gram]) -> Trie:
        words = sorted({word for gram in grams for word in gram})
        number = {word: i for i, word in enumerate(words)}
        paths: dict[int, int] = {}
        ends: dict[int, int] = {}
        for i, gram in enumerate(grams):
            state = 0
            for word in gram:
                state = paths.setdefault(state * len(words) + number[word], len(paths) + 1)
            ends[state] = i
        keys = np.array(sorted(paths), np.int64)
        targets = np.array([paths[k] for k in keys.tolist()], np.int64)
        gram_of = np.array([*(ends.get(state, -1) for state in range(len(paths) + 1)), -1], np.int64)
        dtype = object if words and isinstance(words[0], str) else np.int64
        return cls(
            np.array(words, dtype), keys, targets, gram_of, max(map(len, grams), default=0), len(grams)
        )

    def counts(self, rows: Array, shortest: int, skips: int) -> Array:
        """(batch, n) → (batch, n-grams): how often each occurs, at every distance."""
        numbers = _places(self.words, rows)
        result = np.zeros((len(rows), self.size), np.float32)
        for step in range(1, min(skips + 1, max(rows.shape[1], 1)) + 1):
            for length, states in enumerate(self._walk(numbers, step), 1):
                if length >= shortest and (length > 1 or step == 1):
                    row, column = np.nonzero(self.gram[states] >= 0)
                    np.add.at(result, (row, self.gram[states[row, column]]), 1)
        return result

    def _walk(self, numbers: Array, step: int) -> Iterator[Array]:
        """States after 1, 2, … words that stand `step` apart, from every place; -1 is nowhere."""
        states = np.zeros_like(numbers)
        for offset in range(0, min(self.depth * step, numbers.shape[1]), step):
            states, here = states[:, : numbers.shape[1] - offset], numbers[:, offset:]
            known = (states >= 0) & (here >= 0)
            place = _places(self.keys, np.where(known, states * len(self.words) + here, -1))
            states = np.where(place >= 0, np.append(self.targets, -1)[place], -1)
            yield states


def _places(table: Array, wanted: Array) -> Array:
    """Where each element stands in a sorted table; -1 where it does not."""
    if not table.size:
        return np.full(wanted.shape, -1)
    place = np.minimum(np.searchsorted(table, wanted), table.size - 1)
    return np.where(table[place] == wanted, place, -1)
