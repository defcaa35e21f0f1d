"""Attention of opsets 24 and 25 (caches of given lengths, windows), and FlexAttention: with what Attention 23 has."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from irkit.errors import GraphError
from irkit.frontends.onnx_import.use import Use, adapter
from irkit.ir import DType, Value, as_tensor

_NARROW = frozenset({DType.float16, DType.bfloat16})


@adapter("Attention")
def attention(use: Use) -> Sequence[Value]:
    lengths, causal = use.optional(6), use.attributes.get("is_causal", 0)
    left, right = use.take("left_window_size", -1), use.take("right_window_size", -1)
    use.inputs = use.inputs[:6]
    if lengths is None and left < 0 and right < 0:
        return use.same()
    is_flat = use.rank(0) == 3
    if is_flat:
        _in_heads(use)
    offset, keys = _offset(use, lengths), _key_count(use)
    allowed = _allowed(use, offset, keys, (left, 0 if causal else right))
    if lengths is not None:
        inside = use.add("Less", _indices(use, keys), use.add("Unsqueeze", lengths, use.integers([1, 2, 3])))
        allowed = inside if allowed is None else use.add("And", allowed, inside)
    assert allowed is not None
    use.drop("is_causal")
    mask = _mask(use, allowed, keys)
    use.place(3, mask)
    made = list(use.same())
    made[0] = _without_empty_rows(use, made[0], mask)
    if is_flat:
        swapped = use.add("Transpose", made[0], perm=(0, 2, 1, 3))
        made[0] = use.add("Reshape", swapped, use.integers([0, 0, -1]))
    return made


def _in_heads(use: Use) -> None:
    """(batch, sequence, heads · size) → (batch, heads, sequence, size)"""
    heads = [use.take("q_num_heads"), use.take("kv_num_heads")]
    for i, number in ((0, heads[0]), (1, heads[1]), (2, heads[1])):
        if number is None:
            raise GraphError("Attention on tensors of 3 axes needs q_num_heads and kv_num_heads.")
        split = use.add("Reshape", use.value(i), use.integers([0, 0, number, -1]))
        use.place(i, use.add("Transpose", split, perm=(0, 2, 1, 3)))


def _size(use: Use, value: Value, axis: int) -> Value:
    return use.add("Shape", value, start=axis, end=axis + 1)


def _key_count(use: Use) -> Value:
    """(1): past keys and new ones."""
    keys, past = _size(use, use.value(1), 2), use.optional(4)
    return keys if past is None else use.add("Add", keys, _size(use, past, 2))


def _offset(use: Use, lengths: Value | None) -> Value:
    """How many keys came before the first query: (batch, 1, 1, 1) or (1)."""
    past = use.optional(4)
    if lengths is not None:
        before = use.add("Sub", lengths, _size(use, use.value(0), 2))
        return use.add("Unsqueeze", before, use.integers([1, 2, 3]))
    return use.integers([0]) if past is None else _size(use, past, 2)


def _indices(use: Use, count: Value) -> Value:
    zero, one = use.number(0, DType.int64), use.number(1, DType.int64)
    return use.add("Range", zero, use.add("Squeeze", count), one)


def _allowed(use: Use, offset: Value, keys: Value, window: tuple[int, int]) -> Value | None:
    """Which key each query may look at, by its distance: (…, queries, keys) of bool."""
    column = use.add("Unsqueeze", _indices(use, _size(use, use.value(0), 2)), use.integers([1]))
    ahead = use.add("Sub", _indices(use, keys), use.add("Add", column, offset))
    found: Value | None = None
    for bound, comparison in ((-window[0], "GreaterOrEqual"), (window[1], "LessOrEqual")):
        if (comparison == "GreaterOrEqual" and window[0] >= 0) or (
            comparison == "LessOrEqual" and window[1] >= 0
        ):
            each = use.add(comparison, ahead, use.number(bound, DType.int64))
            found = each if found is None else use.add("And", found, each)
    return found


def _mask(use: Use, allowed: Value, keys: Value) -> Value:
    """The node's own mask where allowed, −∞ elsewhere, for all keys."""
    dtype, given = use.type(0).dtype, use.optional(3)
    least = use.number(-math.inf, dtype)
    if given is None:
        return use.add("Where", allowed, use.number(0.0, dtype), least)
    if as_tensor(given.type).dtype is DType.bool:
        given = use.add("Where", given, use.number(0.0, dtype), least)
    return use.add("Where", allowed, _padded(use, given, keys, least), least)


def _padded(use: Use, mask: Value, keys: Value, fill: Value) -> Value:
    """A mask for fewer keys forbids the others."""
    type_ = as_tensor(mask.type)
    known = keys.known
    if type_.shape and known is not None and known.dtype != object and type_.shape[-1] == int(known[0]):
        return mask
    missing = use.add("Sub", keys, use.add("Shape", mask, start=-1))
    return use.add(
        "Pad", mask, use.add("Concat", use.integers([0]), missing, axis=0), fill, use.integers([-1])
    )


def _without_empty_rows(use: Use, y: Value, mask: Value) -> Value:
    """A query that may look at no key gives 0."""
    best = use.add("ReduceMax", mask, use.integers([-1]), keepdims=1)
    some = use.add("Greater", best, use.number(-math.inf, use.type(0).dtype))
    return use.add("Where", some, y, use.number(0.0, use.type(0).dtype))


@adapter("FlexAttention", domain="ai.onnx.preview")
def flex_attention(use: Use) -> Sequence[Value]:
    """Scores and probabilities pass through graphs that the node brings along."""
    given = use.type(0).dtype
    precision = DType(use.take("softmax_precision", 0) or (DType.float32 if given in _NARROW else given))
    size = (use.type(0).shape or (None,) * 4)[3]
    scale = use.take("scale") or (1 / math.sqrt(size) if isinstance(size, int) and size else None)
    if scale is None:
        raise use.unsupported("needs a scale where the size of heads is not known.")
    root = use.number(float(np.sqrt(np.float32(scale))), given)
    k, v = (_for_each_head(use, use.value(i)) for i in (1, 2))
    transposed = use.add("Transpose", use.add("Mul", k, root), perm=(0, 1, 3, 2))
    scores = use.add("MatMul", use.add("Mul", use.value(0), root), transposed)
    scores = _modified(use, "score_mod", use.add("Cast", scores, to=precision))
    weights = _modified(use, "prob_mod", use.add("Softmax", scores))
    result = use.add("MatMul", weights, use.add("Cast", v, to=precision))
    return [use.add("Cast", result, to=use.type(2).dtype)]


def _modified(use: Use, name: str, x: Value) -> Value:
    graph = use.take(name)
    return x if graph is None else use.inline(graph, [x])[0]


def _for_each_head(use: Use, x: Value) -> Value:
    """Keys or values, repeated for the query heads that share them."""
    heads, own = (t.shape[1] if t.shape else None for t in (use.type(0), as_tensor(x.type)))
    if heads == own:
        return x
    batch, groups, length, size = (use.add("Shape", x, start=i, end=i + 1) for i in range(4))
    wanted = _size(use, use.value(0), 1)
    times = use.add("Div", wanted, groups)
    spread = use.add("Concat", batch, groups, times, length, size, axis=0)
    repeated = use.add("Expand", use.add("Unsqueeze", x, use.integers([2])), spread)
    return use.add("Reshape", repeated, use.add("Concat", batch, wanted, length, size, axis=0))
