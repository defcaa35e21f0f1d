"""Small helpers for data, which numpy does: classes as rows, sequences of one length. Keras: keras.utils"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from irkit.errors import ArgumentError
from irkit.frontends.backend_config import data_format_or_default
from irkit.ir import Array


def to_categorical(x: Any, num_classes: int | None = None) -> Array:  # whole numbers
    """Whole numbers as rows of zeros with a one: (…) → (…, num_classes); a last axis of 1 is left out."""
    given = np.asarray(x, np.int64)
    if given.ndim > 1 and given.shape[-1] == 1:
        given = given[..., 0]
    count = num_classes or int(given.max(initial=-1)) + 1
    if given.size and not 0 <= given.min() <= given.max() < count:
        raise ArgumentError(
            f"classes must be from 0 to {count - 1}. Received: {given.min()} to {given.max()}."
        )
    return np.eye(count)[given]


def normalize(x: Any, axis: int = -1, order: int = 2) -> Array:
    """`x` divided by its norm along `axis`; zeros stay zeros."""
    given = np.asarray(x)
    norm = np.atleast_1d(np.linalg.norm(given, order, axis))
    norm[norm == 0] = 1
    found: Array = given / np.expand_dims(norm, axis)
    return found


def pad_sequences(
    sequences: Sequence[Sequence[Any]],
    maxlen: int | None = None,
    dtype: str = "int32",
    padding: str = "pre",
    truncating: str = "pre",
    value: Any = 0.0,
) -> Array:
    """Sequences of one length: cut, or filled up with `value`, at the front ("pre") or the back ("post")."""
    for name, where in (("padding", padding), ("truncating", truncating)):
        if where not in ("pre", "post"):
            raise ArgumentError(f"{name} must be 'pre' or 'post'. Received: {where!r}.")
    length = max(map(len, sequences), default=0) if maxlen is None else maxlen
    rest = next((np.shape(s)[1:] for s in sequences if len(s)), ())
    table = np.full((len(sequences), length, *rest), value, dtype)
    for row, sequence in zip(table, sequences, strict=True):
        kept = np.asarray(
            sequence[max(len(sequence) - length, 0) :] if truncating == "pre" else sequence[:length]
        )
        if len(kept):
            row[slice(length - len(kept), None) if padding == "pre" else slice(len(kept))] = kept
    return table


def img_to_array(img: Any, data_format: str | None = None, dtype: str | None = None) -> Array:
    """A picture of PIL's, or an array, as floats with three axes."""
    array = np.asarray(img, dtype or "float32")
    array = array[..., None] if array.ndim == 2 else array
    if array.ndim != 3:
        raise ArgumentError(f"a picture has 2 or 3 axes. Received: {array.ndim}.")
    return array.transpose(2, 0, 1) if data_format_or_default(data_format) == "channels_first" else array
