"""Masks: where a query may look, and a softmax that leaves the rest out."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

from irkit.frontends import ops
from irkit.frontends.tensors.tensor import Tensor


def combined(
    query_mask: Tensor | None,
    value_mask: Tensor | None,
    key_mask: Tensor | None,
    attention_mask: Tensor | None,
    causal_mask: Tensor | None,
) -> Tensor | None:
    """One mask (batch, queries, keys), true where a query may look; None where it may look everywhere."""
    parts = [
        None if query_mask is None else ops.expand_dims(ops.cast(query_mask, "bool"), -1),
        None if value_mask is None else ops.expand_dims(ops.cast(value_mask, "bool"), -2),
        None if key_mask is None else ops.expand_dims(ops.cast(key_mask, "bool"), -2),
        causal_mask,
        None if attention_mask is None else ops.cast(attention_mask, "bool"),
    ]
    given = [p for p in parts if p is not None]
    return reduce(ops.logical_and, given) if given else None


def causal(query: Tensor, value: Tensor) -> Tensor:
    """(1, queries, keys), true where the key is not after the query."""
    rows = ops.expand_dims(ops.arange(query.shape[1]), 1)
    columns = ops.expand_dims(ops.arange(value.shape[1]), 0)
    return ops.expand_dims(ops.greater_equal(rows, columns), 0)


# What masked places get before a softmax, so that they come out as 0.
_MASKED = {"float16": -3e4}


def softmax(scores: Tensor, mask: Tensor | None, axis: int | Sequence[int] = -1) -> Tensor:
    """eˣ / ∑eˣ along `axis` (or several), where `mask` is true; 0 elsewhere."""
    if mask is not None:
        masked = ops.subtract(1.0, ops.cast(mask, scores.dtype))
        scores = ops.add(scores, ops.multiply(masked, _MASKED.get(scores.dtype, -1e9)))
    if not isinstance(axis, int) and len(axis) > 1:
        return ops.exp(ops.subtract(scores, ops.logsumexp(scores, axis=tuple(axis), keepdims=True)))
    return ops.softmax(scores, axis=axis if isinstance(axis, int) else axis[0])
