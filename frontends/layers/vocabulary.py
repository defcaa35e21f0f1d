"""A vocabulary: which word or number has which index, learned from data or given.

In a graph, words are found by TfIdfVectorizer, ONNX's operator with a hash table: it counts known words and so tells
each word's place. Two of them give the two digits of the index in base √n, so that a word costs 2√n numbers, not n.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from irkit import operators as op
from irkit.errors import ArgumentError
from irkit.frontends import ops
from irkit.frontends.tensors.apply import apply_one
from irkit.frontends.tensors.tensor import Tensor
from irkit.ir import Array

Word = str | int


def learned(documents: Iterable[Sequence[Word]], without: Sequence[object]) -> tuple[list[Word], Array]:
    """Words by how often they occur, and in how many documents; of equals the last in order first, as Keras has it."""
    total: Counter[Word] = Counter()
    seen_in: Counter[Word] = Counter()
    for document in documents:
        total.update(document)
        seen_in.update(set(document))
    words = sorted((w for w in total if w not in without), key=lambda w: (total[w], _key(w)), reverse=True)
    return words, np.array([seen_in[w] for w in words], np.float64)


def _key(word: Word) -> Any:  # what Keras sorts by: bytes, or the number
    return word.encode() if isinstance(word, str) else word


def inverse_document_frequency(documents: int, holding: Array) -> Array:
    """log(1 + documents/(1 + those that hold a word)), as Keras has it."""
    weights: Array = np.log(1 + documents / (1 + holding)).astype(np.float32)
    return weights


def without_repeats(words: Sequence[Word]) -> list[Word]:
    """`words` as a list. Raises ArgumentError when there are none, or one stands there twice."""
    if len(words) == 0:
        raise ArgumentError(
            "a vocabulary must have words.", cure="Give a list of words, or call adapt(data)."
        )
    repeated = [w for w, n in Counter(words).items() if n > 1]
    if repeated:
        raise ArgumentError(
            f"the vocabulary has words twice: {', '.join(map(repr, repeated[:5]))}.",
            cure="Write vocabulary=sorted(set(words)).",
        )
    return list(words)


def found_indices(x: Tensor, index: Mapping[Word, int]) -> Tensor:
    """For each word of `x` its index + 1, or 0 where it is unknown: string or int (…) → int64 (…)"""
    base = math.isqrt(max(index.values(), default=0) + 1) + 1
    words, places = list(index), [i + 1 for i in index.values()]
    # the operator takes no empty input, so there is always one word that nobody asked for
    flat = ops.reshape(x, (-1,))
    extra = ops.convert_to_tensor([_other(words)], dtype=str(x.dtype))
    column = ops.expand_dims(apply_one(op.Concat(axis=0), flat, extra), -1)
    high = _digit(column, words, [p // base for p in places])
    low = _digit(column, words, [p % base for p in places])
    found = ops.add(ops.multiply(high, base), low)[:-1]
    return ops.reshape(found, x.shape)


def _other(words: Sequence[Word]) -> Word:
    return "" if not words or isinstance(words[0], str) else 0


def _digit(column: Tensor, words: Sequence[Word], digits: Sequence[int]) -> Tensor:
    """For each word its digit, 0 where it is unknown: (n, 1) → int64 (n)"""
    strings = isinstance(words[0], str)
    counts = apply_one(
        op.TfIdfVectorizer(
            max_gram_length=1,
            min_gram_length=1,
            max_skip_count=0,
            mode="TF",
            ngram_counts=(0,),
            ngram_indexes=tuple(digits),
            pool_strings=tuple(str(w) for w in words) if strings else None,
            pool_int64s=None if strings else tuple(int(w) for w in words),
        ),
        column,
    )
    return apply_one(op.ArgMax(axis=1, keepdims=False), counts)
