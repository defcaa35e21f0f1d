"""Attention: each query a mean of values, weighted by how well their keys fit."""

from __future__ import annotations

import math

import numpy as np

from irkit import operators as op
from irkit.errors import ShapeError, UnsupportedError
from irkit.frontends.ops.activation import softmax
from irkit.frontends.ops.arithmetic import add, multiply
from irkit.frontends.ops.comparison import less_equal, logical_and
from irkit.frontends.ops.creation import arange
from irkit.frontends.ops.functions import tanh
from irkit.frontends.ops.operands import Operand, boolean, cast_to, promoted, rank_of, same_as, tensor
from irkit.frontends.ops.shaping import expand_dims, permuted
from irkit.frontends.tensors.apply import apply_one
from irkit.frontends.tensors.tensor import Tensor, TensorLike
from irkit.ir import DType

__all__ = ["dot_product_attention"]


def dot_product_attention(
    query: TensorLike,
    key: TensorLike,
    value: TensorLike,
    bias: TensorLike | None = None,
    mask: TensorLike | None = None,
    scale: float | None = None,
    is_causal: bool = False,
    flash_attention: bool | None = None,
    attn_logits_soft_cap: float | None = None,
) -> Tensor:
    """softmax(q·kᵀ·scale + bias)·v for each head: (n, t, h, d), (n, s, h, d), (n, s, h, e) → (n, t, h, e)

    mask: true where a key may be seen, broadcast to (n, h, t, s). scale: 1/√d by default. is_causal: keys
    after the query are not seen.
    """
    if flash_attention:
        raise UnsupportedError(
            "flash_attention is the runtime's choice, not the model's.", cure="Leave it out."
        )
    q, k, v = promoted(query, key, value, also=float)
    if any(rank_of(t) != 4 for t in (q, k, v)):
        raise ShapeError("query, key and value must have rank 4.", facts=[str(t.type) for t in (q, k, v)])
    size = q.shape[-1]
    factor = scale if scale is not None else 1 / math.sqrt(int(size))
    if mask is None and bias is None and q.type.dtype is DType.float32 and _has_heads(q, k, v):
        return _by_operator(q, k, v, factor, is_causal, attn_logits_soft_cap or 0.0)
    logits = apply_one(op.MatMul(), permuted(q, (0, 2, 1, 3)), permuted(k, (0, 2, 3, 1)))
    logits = multiply(cast_to(logits, DType.float32) if logits.type.dtype.bits < 32 else logits, factor)
    logits = logits if bias is None else add(logits, cast_to(tensor(bias), logits.type.dtype))
    if attn_logits_soft_cap is not None:
        logits = multiply(tanh(multiply(logits, 1 / attn_logits_soft_cap)), attn_logits_soft_cap)
    shares = softmax(_masked(logits, mask, is_causal))
    mixed = apply_one(op.MatMul(), cast_to(shares, v.type.dtype), permuted(v, (0, 2, 1, 3)))
    return permuted(mixed, (0, 2, 1, 3))


def _has_heads(*tensors: Operand) -> bool:
    """Whether heads and their sizes are known."""
    return all(isinstance(size, int) and size for t in tensors for size in t.shape[2:])


def _by_operator(
    q: Operand, k: Operand, v: Operand, scale: float, is_causal: bool, soft_cap: float
) -> Tensor:
    """ONNX's operator, for which runtimes have one kernel. With a mask it is not used: where a query sees no key,
    Keras has the mean of all values, ONNX leaves it open."""
    heads = int(q.shape[2])
    joined = [_joined(t) for t in (q, k, v)]
    attend = op.Attention(
        is_causal=is_causal, q_num_heads=heads, kv_num_heads=heads, scale=scale, softcap=soft_cap
    )
    mixed = apply_one(attend, *joined)
    return apply_one(op.Reshape(), mixed, tensor([0, 0, heads, int(v.shape[3])], DType.int64))


def _joined(x: Operand) -> Tensor:
    """(n, t, h, d) → (n, t, h·d)"""
    return apply_one(op.Reshape(), x, tensor([0, 0, int(x.shape[2]) * int(x.shape[3])], DType.int64))


def _masked(logits: Tensor, mask: TensorLike | None, is_causal: bool) -> Tensor:
    """Very small where a key must not be seen; not −∞, so that a query that sees none gets the mean."""
    seen: Operand | None = None if mask is None else boolean(mask)
    if is_causal:
        queries, keys = arange(logits.shape[-2]), arange(logits.shape[-1])
        before = less_equal(expand_dims(keys, 0), expand_dims(queries, 1))
        seen = before if seen is None else logical_and(seen, before)
    if seen is None:
        return logits
    hidden = same_as(float(np.finfo(np.float32).max) * -0.7, logits)
    return apply_one(op.Where(), seen, logits, hidden)
