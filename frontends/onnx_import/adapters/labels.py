"""The small operators of ai.onnx.ml that are gathers and comparisons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from irkit.errors import AttributeRangeError
from irkit.frontends.onnx_import.use import Use, adapter
from irkit.ir import Array, Value

ML = "ai.onnx.ml"
_DEFAULTS: dict[str, Any] = {"strings": "_Unused", "int64s": -1, "floats": -0.0}
_DTYPES: dict[str, Any] = {"strings": object, "int64s": np.int64, "floats": np.float32}


@adapter("ArrayFeatureExtractor", domain=ML)
def array_feature_extractor(use: Use) -> Sequence[Value]:
    """Chosen columns of the last axis; a vector counts as one row."""
    columns = use.add("Reshape", use.value(1), use.integers([-1]))
    chosen = use.add("Gather", use.value(0), columns, axis=-1)
    return [use.add("Reshape", chosen, use.integers([1, -1])) if use.rank(0) == 1 else chosen]


@adapter("Binarizer", domain=ML)
def binarizer(use: Use) -> Sequence[Value]:
    dtype = use.type(0).dtype
    limit = use.number(use.take("threshold", 0.0), dtype)
    return [use.add("Cast", use.add("Greater", use.value(0), limit), to=dtype)]


@adapter("LabelEncoder", domain=ML)
def label_encoder(use: Use) -> Sequence[Value]:
    """The value whose key equals the input, else the default."""
    keys, _ = _column(use, "keys")
    values, kind = _column(use, "values")
    if len(keys) != len(values):
        raise AttributeRangeError(f"LabelEncoder has {len(keys)} keys and {len(values)} values.")
    default = use.take("default_tensor")
    fallback = np.array(use.attributes.get(f"default_{kind[:-1]}", _DEFAULTS[kind]), _DTYPES[kind])
    default = fallback.astype(values.dtype) if default is None else default.reshape(())
    x = use.add("Unsqueeze", use.value(0), use.integers([-1]))
    hits = use.add("Cast", _equal(use, x, keys), to=6)
    place = use.add("ArgMax", hits, axis=-1, keepdims=0)
    some = use.add("Cast", use.add("ReduceMax", hits, use.integers([-1]), keepdims=0), to=9)
    return [use.add("Where", some, use.add("Gather", use.constant(values), place), use.constant(default))]


def _equal(use: Use, x: Value, keys: Array) -> Value:
    """NaN as a key means NaN."""
    same = use.add("Equal", x, use.constant(keys))
    if keys.dtype.kind != "f" or not np.isnan(keys).any():
        return same
    return use.add("Or", same, use.add("And", use.add("IsNaN", x), use.constant(np.isnan(keys))))


def _column(use: Use, name: str) -> tuple[Array, str]:
    """keys_strings, keys_int64s…: whichever is given, and which kind it is."""
    for kind, dtype in _DTYPES.items():
        if (given := use.take(f"{name}_{kind}")) is not None:
            return np.array(given, dtype), kind
    tensor = use.take(f"{name}_tensor")
    if tensor is None:
        raise AttributeRangeError(f"LabelEncoder needs its {name}.")
    kind = "strings" if tensor.dtype == object else "floats" if tensor.dtype.kind == "f" else "int64s"
    return tensor.reshape(-1), kind
