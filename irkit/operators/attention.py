"""Attention, on tensors (batch, heads, sequence, size) or (batch, sequence, heads · size)."""

from __future__ import annotations

import math

import numpy as np

from irkit.errors import AttributeRangeError, ShapeError
from irkit.ir import Array, Dim, DType, Shape, TensorType, unify
from irkit.ir.dims import floordiv, mod
from irkit.ir.types import FLOATS, NUMERIC
from irkit.operators.attributes import attribute
from irkit.operators.base import Operator, operator
from irkit.operators.rules import rounded, same_dtype, show, stretched, widened

__all__ = ["Attention", "RotaryEmbedding"]

MAX_HEADS = 65_536  # onnxruntime keeps them in 32 bits, cuts off the others, and divides by what is left


def in_heads(shape: Shape, heads: int | None, name: str) -> Shape:
    """(batch, sequence, heads · size) as (batch, heads, sequence, size); four axes stay as they are."""
    if len(shape) == 4:
        return shape
    if len(shape) != 3:
        raise ShapeError(f"{name} must have 3 or 4 axes; its shape is {show(shape)}.")
    if heads is None:
        raise AttributeRangeError(f"{name} has 3 axes, so the number of its heads must be given.")
    rest = mod(shape[2], heads)
    if isinstance(rest, int) and rest:
        raise ShapeError(f"the last size of {name}, {shape[2]}, does not divide into {heads} heads.")
    unify(rest, 0)
    return (shape[0], heads, shape[1], floordiv(shape[2], heads))


def split_heads(x: Array, heads: int | None) -> Array:
    """(batch, sequence, heads · size) → (batch, heads, sequence, size), a view; four axes stay."""
    if x.ndim == 4:
        return x
    assert heads is not None
    return x.reshape(*x.shape[:2], heads, x.shape[2] // heads).transpose(0, 2, 1, 3)


@operator(since=23)
class Attention(Operator):
    """softmax(scale · Q·Kᵀ + mask) · V for each head.  https://onnx.ai/onnx/operators/onnx__Attention.html

    Q (batch, heads, queries, size), K (batch, kv_heads, keys, size), V (batch, kv_heads, keys, v_size),
    a mask that broadcasts to (batch, heads, queries, past + keys), past keys and values (batch, kv_heads, …)
    → Y (batch, heads, queries, v_size), keys and values with the past ones, and the scores; floats. With Q, K
    and V as (batch, sequence, heads · size), Y is so, too. A query that may look at no key gives 0.
    """

    is_causal: bool = False
    kv_num_heads: int | None = attribute(None, at_least=1, at_most=MAX_HEADS)
    q_num_heads: int | None = attribute(None, at_least=1, at_most=MAX_HEADS)
    qk_matmul_output_mode: int = attribute(0, one_of=(0, 1, 2, 3))
    scale: float | None = None
    softcap: float = attribute(0.0, at_least=0)
    softmax_precision: DType | None = attribute(None, one_of=tuple(sorted(FLOATS)))

    dtypes = dict.fromkeys(("Q", "K", "V", "past_key", "past_value"), FLOATS) | {
        "attn_mask": NUMERIC | {DType.bool}
    }
    default_outputs = 1

    def infer(
        self,
        Q: TensorType,
        K: TensorType,
        V: TensorType,
        attn_mask: TensorType | None = None,
        past_key: TensorType | None = None,
        past_value: TensorType | None = None,
    ) -> tuple[TensorType, TensorType, TensorType, TensorType]:
        dtype, v_dtype = same_dtype(Q, K, past_key), same_dtype(V, past_value)
        if (past_key is None) != (past_value is None):
            raise ShapeError("past_key and past_value must be given together.")
        if Q.shape is None or K.shape is None or V.shape is None:
            unknown = TensorType(dtype, None)
            return unknown, unknown, TensorType(v_dtype, None), unknown
        q, k, v = self._heads(Q.shape, K.shape, V.shape)
        past = _past(past_key, k, "past_key"), _past(past_value, v, "past_value")
        keys, values = k[2] + past[0], v[2] + past[1]
        scores = (q[0], q[1], q[2], unify(keys, values))
        stretched(attn_mask.shape if attn_mask is not None else None, scores, "attn_mask")
        y = (q[0], q[2], q[1] * v[3]) if len(Q.shape) == 3 else (q[0], q[1], q[2], v[3])
        return (
            TensorType(dtype, y),
            TensorType(dtype, (k[0], k[1], keys, k[3])),
            TensorType(v_dtype, (v[0], v[1], values, v[3])),
            TensorType(dtype, scores),
        )

    def _heads(self, Q: Shape, K: Shape, V: Shape) -> tuple[Shape, Shape, Shape]:
        if not len(Q) == len(K) == len(V):
            raise ShapeError(f"Q, K and V must have the same rank; found {show(Q)}, {show(K)} and {show(V)}.")
        q = in_heads(Q, self.q_num_heads, "Q")
        k, v = in_heads(K, self.kv_num_heads, "K"), in_heads(V, self.kv_num_heads, "V")
        equal: list[tuple[Dim, Dim, str]] = [(q[0], k[0], "batches"), (k[0], v[0], "batches")]
        equal += [(k[1], v[1], "heads of K and V"), (k[2], v[2], "lengths of K and V")]
        for a, b, what in (*equal, (q[3], k[3], "head sizes of Q and K")):
            try:
                unify(a, b)
            except ShapeError:
                raise ShapeError(f"the {what} must be equal; found {a} and {b}.") from None
        rest = mod(q[1], k[1]) if k[1] != 0 else 0
        if isinstance(rest, int) and rest:
            raise ShapeError(f"the {q[1]} heads of Q do not divide into groups for the {k[1]} heads of K.")
        return q, k, v

    def run(
        self,
        Q: Array,
        K: Array,
        V: Array,
        attn_mask: Array | None = None,
        past_key: Array | None = None,
        past_value: Array | None = None,
        *,
        count: int = 4,
    ) -> tuple[Array, ...]:
        q, k, v = (
            split_heads(*p) for p in ((Q, self.q_num_heads), (K, self.kv_num_heads), (V, self.kv_num_heads))
        )
        k = k if past_key is None else np.concatenate([past_key, k], axis=2)
        v = v if past_value is None else np.concatenate([past_value, v], axis=2)
        past = 0 if past_key is None else past_key.shape[2]
        weights, shown = self._attended(widened(q), widened(k), attn_mask, past, wanted=count > 3)
        y = _grouped(weights, widened(v)).reshape(*q.shape[:3], v.shape[3])
        if Q.ndim == 3:
            y = y.transpose(0, 2, 1, 3).reshape(*Q.shape[:2], -1)
        outputs = rounded(y, Q.dtype), np.ascontiguousarray(k), np.ascontiguousarray(v)
        return (*outputs, rounded(shown, Q.dtype)) if shown is not None else outputs

    def _attended(
        self, q: Array, k: Array, mask: Array | None, past: int, *, wanted: bool
    ) -> tuple[Array, Array | None]:
        """The weights of the keys, (batch, heads, queries, keys), and what qk_matmul_output_mode asks for."""
        scale = 1 / math.sqrt(q.shape[3]) if self.scale is None else self.scale
        stages = [_grouped(q * q.dtype.type(scale), k.swapaxes(2, 3)).reshape(*q.shape[:3], k.shape[2])]
        stages.append(np.tanh(stages[-1] / self.softcap) * self.softcap if self.softcap else stages[-1])
        stages.append(_masked(stages[-1], mask, past if self.is_causal else None))
        stages.append(self._softmax(stages[-1]))
        return stages[-1], stages[self.qk_matmul_output_mode] if wanted else None

    def _softmax(self, scores: Array) -> Array:
        """Softmax over the last axis, in softmax_precision where that is wider; rows of −∞ give 0."""
        wide = scores.astype(np.float64) if self.softmax_precision is DType.float64 else scores
        top = wide.max(axis=-1, keepdims=True, initial=-np.inf)
        powers = np.exp(wide - np.where(np.isneginf(top), 0, top))
        total = powers.sum(axis=-1, keepdims=True)
        np.divide(powers, total, out=powers, where=total != 0)
        return np.asarray(powers, scores.dtype)


def _past(type_: TensorType | None, now: Shape, name: str) -> Dim:
    """How many keys came before. Raises ShapeError."""
    if type_ is None:
        return 0
    if type_.shape is None:
        raise ShapeError(f"the shape of {name} must be known.")
    try:
        unified = [unify(a, b) for i, (a, b) in enumerate(zip(type_.shape, now, strict=True)) if i != 2]
        assert len(unified) == 3
    except ValueError:  # other sizes, or another number of them
        wanted = (*now[:2], "past", now[3])
        raise ShapeError(
            f"{name} of shape {show(type_.shape)} must be ({', '.join(map(str, wanted))})."
        ) from None
    return type_.shape[2]


def _grouped(a: Array, b: Array) -> Array:
    """Matrix products in which each head of `b` serves a group of heads of `a`: (batch, groups, heads, …)."""
    groups = b.shape[1]
    batched: Array = np.matmul(a.reshape(a.shape[0], groups, -1, *a.shape[2:]), b[:, :, None])
    return batched


def _masked(scores: Array, mask: Array | None, past: int | None) -> Array:
    """Scores plus the mask (False is −∞), and −∞ where a query would see later keys than its own."""
    if mask is not None and mask.dtype == bool:
        scores = np.where(mask, scores, -np.inf).astype(scores.dtype, copy=False)
    elif mask is not None:
        scores = scores + widened(mask).astype(scores.dtype)
    if past is not None:
        seen = np.tri(scores.shape[2], scores.shape[3], past, dtype=bool)
        scores = np.where(seen, scores, -np.inf).astype(scores.dtype, copy=False)
    return scores


@operator(since=23)
class RotaryEmbedding(Operator):
    """Turns pairs of features by angles that grow with the position.

    (batch, heads, sequence, size) or (batch, sequence, heads · size); cosines and sines
    (positions, size/2) with position_ids (batch, sequence), or (batch, sequence, size/2) → like the first;
    float32, float16, bfloat16
    https://onnx.ai/onnx/operators/onnx__RotaryEmbedding.html
    """

    interleaved: bool = False
    num_heads: int | None = attribute(None, at_least=0, at_most=MAX_HEADS)  # 0: absent, as exporters write
    rotary_embedding_dim: int = attribute(0, at_least=0)

    dtypes = dict.fromkeys(("X", "cos_cache", "sin_cache"), FLOATS - {DType.float64}) | {
        "position_ids": frozenset({DType.int64})
    }

    def infer(
        self,
        X: TensorType,
        cos_cache: TensorType,
        sin_cache: TensorType,
        position_ids: TensorType | None = None,
    ) -> TensorType:
        same_dtype(X, cos_cache, sin_cache)
        if X.shape is None:
            return X
        x = in_heads(X.shape, self.num_heads or None, "X")
        turned = self.rotary_embedding_dim or x[3]
        if isinstance(turned, int) and (turned % 2 or (isinstance(x[3], int) and turned > x[3])):
            raise ShapeError(f"{turned} of {x[3]} features cannot be turned in pairs.")
        lead = () if position_ids is not None else (x[0], x[2])
        for name, type_ in (("cos_cache", cos_cache), ("sin_cache", sin_cache)):
            _check_cache(
                name, type_.shape, (*lead, floordiv(turned, 2)), by_position=position_ids is not None
            )
        return X

    def run(self, X: Array, cos_cache: Array, sin_cache: Array, position_ids: Array | None = None) -> Array:
        x = split_heads(widened(X), self.num_heads)
        cos, sin = widened(cos_cache), widened(sin_cache)
        if position_ids is not None:
            cos, sin = cos[position_ids], sin[position_ids]
        cos, sin = cos[:, None], sin[:, None]  # one for all heads
        turned = self.rotary_embedding_dim or x.shape[3]
        half = turned // 2
        first, second = (
            (slice(0, turned, 2), slice(1, turned, 2))
            if self.interleaved
            else (slice(half), slice(half, turned))
        )
        y = x.copy()
        y[..., first] = cos * x[..., first] - sin * x[..., second]
        y[..., second] = sin * x[..., first] + cos * x[..., second]
        return rounded(y.transpose(0, 2, 1, 3).reshape(X.shape) if X.ndim == 3 else y, X.dtype)


def _check_cache(name: str, shape: Shape | None, wanted: Shape, *, by_position: bool) -> None:
    if shape is None:
        return
    found = shape[1:] if by_position else shape
    try:
        for a, b in zip(found, wanted, strict=True):
            unify(a, b)
    except ValueError:  # other sizes, or another number of them
        text = f"(positions, {wanted[0]})" if by_position else show(wanted)
        raise ShapeError(f"{name} of shape {show(shape)} must be {text}.") from None
