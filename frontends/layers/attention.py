"""Attention: each query gathers the values whose keys resemble it. Vaswani et al. 2017

Keras: https://keras.io/api/layers/attention_layers/
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from string import ascii_lowercase
from typing import Any

from irkit.errors import ArgumentError, UnsupportedError
from irkit.frontends import ops
from irkit.frontends.base.layer import Layer, layer
from irkit.frontends.layers.activation import Softmax
from irkit.frontends.layers.arguments import Named, Shape, fraction, known_size, whole
from irkit.frontends.layers.einsum_dense import EinsumDense
from irkit.frontends.layers.masks import causal, combined
from irkit.frontends.layers.regularization import Dropout
from irkit.frontends.tensors.tensor import Tensor

__all__ = ["GroupQueryAttention", "GroupedQueryAttention", "MultiHeadAttention"]


class Heads(Layer):
    """Base: the arguments that the projections of multi-head layers have in common."""

    supports_masking = True

    use_bias: bool
    dropout: float
    sliding_window: int | None
    use_gate: bool
    seed: int | None
    kernel_initializer: Named
    bias_initializer: Named
    kernel_regularizer: Named
    bias_regularizer: Named
    kernel_constraint: Named
    bias_constraint: Named

    def setup(self) -> None:
        self.dropout = fraction("dropout", self.dropout)
        if self.use_gate or self.sliding_window is not None:
            raise UnsupportedError("use_gate and sliding_window are not supported.")

    def projection(
        self, name: str, equation: str, output_shape: Sequence[int | None], bias_axes: str
    ) -> EinsumDense:
        """A Dense over the axes that the equation names, with this layer's initializers."""
        return EinsumDense(
            equation,
            output_shape,
            bias_axes=bias_axes if self.use_bias else None,
            kernel_initializer=_again(self.kernel_initializer),
            bias_initializer=_again(self.bias_initializer),
            kernel_regularizer=self.kernel_regularizer,
            bias_regularizer=self.bias_regularizer,
            kernel_constraint=self.kernel_constraint,
            bias_constraint=self.bias_constraint,
            name=name,
            dtype=self.dtype,
        )


def _again(initializer: Any) -> Any:  # an initializer; a new one, so that kernels differ
    return initializer.clone() if hasattr(initializer, "clone") else initializer


@layer
class MultiHeadAttention(Heads):
    """Attention in `num_heads` projections at once, and a projection of the results.

    query (batch, …, d), value (batch, …, d′) → (batch, …, output_shape or d)

    attention_axes: axes over which is attended, by default all between the batch and the features.
    """

    num_heads: int
    key_dim: int
    value_dim: int | None = None
    dropout: float = 0.0
    use_bias: bool = True
    output_shape: int | Sequence[int] | None = None
    attention_axes: int | Sequence[int] | None = None
    sliding_window: int | None = None
    flash_attention: bool | None = None
    kernel_initializer: Named = "glorot_uniform"
    bias_initializer: Named = "zeros"
    kernel_regularizer: Named = None
    bias_regularizer: Named = None
    activity_regularizer: Named = None
    kernel_constraint: Named = None
    bias_constraint: Named = None
    use_gate: bool = False
    seed: int | None = None
    _hidden = frozenset({"flash_attention"})

    def setup(self) -> None:
        super().setup()
        self.num_heads, self.key_dim = whole("num_heads", self.num_heads), whole("key_dim", self.key_dim)
        self.value_dim = whole("value_dim", self.value_dim or self.key_dim)
        if isinstance(self.attention_axes, int):
            self.attention_axes = (self.attention_axes,)
        if isinstance(self.output_shape, int):
            self.output_shape = (self.output_shape,)

    def build(self, input_shape: Shape) -> None:
        rank = len(input_shape)
        self._axes = tuple(a % rank for a in self.attention_axes or range(1, rank - 1))  # type: ignore[union-attr]  # a tuple by now
        into, free = self._into_heads, [None] * (rank - 2)
        equation, bias = into(rank)
        assert self.value_dim is not None
        self._query = self.projection("query", equation, (*free, self.num_heads, self.key_dim), bias)
        self._key = self.projection("key", equation, (*free, self.num_heads, self.key_dim), bias)
        self._value = self.projection("value", equation, (*free, self.num_heads, self.value_dim), bias)
        self._softmax = Softmax(axis=tuple(range(-len(self._axes), 0)), dtype=self.dtype)
        self._dropout = Dropout(self.dropout, seed=self.seed, dtype=self.dtype)
        out = tuple(self.output_shape or (known_size(input_shape, -1, "features"),))  # type: ignore[arg-type]  # a tuple by now
        equation, bias = self._out_of_heads(rank, len(out))
        self._output = self.projection("attention_output", equation, (*free, *out), bias)

    @staticmethod
    def _into_heads(rank: int) -> tuple[str, str]:
        """Equation of a projection of features to (heads, size), as "abc,cde->abde"; letters of its bias."""
        front, features, heads = (
            ascii_lowercase[: rank - 1],
            ascii_lowercase[rank - 1],
            ascii_lowercase[rank : rank + 2],
        )
        return f"{front}{features},{features}{heads}->{front}{heads}", heads

    @staticmethod
    def _out_of_heads(rank: int, count: int) -> tuple[str, str]:
        """Equation of a projection of (heads, size) to `count` axes: "abcd,cde->abe"."""
        front, heads = ascii_lowercase[: rank - 1], ascii_lowercase[rank - 1 : rank + 1]
        out = ascii_lowercase[rank + 1 : rank + 1 + count]
        return f"{front}{heads},{heads}{out}->{front}{out}", out

    def _attention_equations(self, rank: int) -> tuple[str, str]:
        """Equations of scores (keys, queries → scores) and of results (scores, values → results)."""
        queries = ascii_lowercase[: rank + 1]
        attended = {a: ascii_lowercase[rank + 1 + i] for i, a in enumerate(self._axes)}
        keys = "".join(attended.get(a, letter) for a, letter in enumerate(queries))
        kept = "".join(letter for a, letter in enumerate(queries[:-1]) if a not in attended)
        scores = kept + "".join(queries[a] for a in self._axes) + "".join(attended.values())
        return f"{keys},{queries}->{scores}", f"{scores},{keys}->{queries}"

    def call(
        self,
        query: Tensor,
        value: Tensor,
        key: Tensor | None = None,
        query_mask: Tensor | None = None,
        value_mask: Tensor | None = None,
        key_mask: Tensor | None = None,
        attention_mask: Tensor | None = None,
        return_attention_scores: bool = False,
        training: bool | None = None,
        use_causal_mask: bool = False,
    ) -> Any:  # a tensor, or (tensor, scores)
        key = value if key is None else key
        mask = combined(
            query_mask,
            value_mask,
            key_mask,
            attention_mask,
            causal(query, value) if use_causal_mask else None,
        )
        is_plain = query.ndim == 3 and mask is None and not (training and self.dropout)
        if is_plain and not return_attention_scores:
            heads = self._query(query), self._key(key), self._value(value)
            return self._output(ops.dot_product_attention(*heads, scale=1 / math.sqrt(self.key_dim)))
        to_scores, to_results = self._attention_equations(query.ndim)
        q = ops.multiply(self._query(query), 1 / math.sqrt(self.key_dim))
        scores = ops.einsum(to_scores, self._key(key), q)
        weights = self._softmax(scores, mask=self._fitted(mask, scores))
        dropped = self._dropout(weights, training=bool(training))
        result = self._output(ops.einsum(to_results, dropped, self._value(value)))
        return (result, weights) if return_attention_scores else result

    def _fitted(self, mask: Tensor | None, scores: Tensor) -> Tensor | None:
        """A mask (batch, queries, keys) with axes for the heads."""
        if mask is None:
            return None
        for _ in range(scores.ndim - mask.ndim):
            mask = ops.expand_dims(mask, -2 * len(self._axes) - 1)
        return mask


@layer
class GroupedQueryAttention(Heads):
    """Attention in which groups of query heads share one head of keys and values. Ainslie et al. 2023

    query (batch, T, d), value (batch, S, d) → (batch, T, d)
    """

    head_dim: int
    num_query_heads: int
    num_key_value_heads: int
    dropout: float = 0.0
    use_bias: bool = True
    sliding_window: int | None = None
    flash_attention: bool | None = None
    kernel_initializer: Named = "glorot_uniform"
    bias_initializer: Named = "zeros"
    kernel_regularizer: Named = None
    bias_regularizer: Named = None
    activity_regularizer: Named = None
    kernel_constraint: Named = None
    bias_constraint: Named = None
    use_gate: bool = False
    seed: int | None = None
    _hidden = frozenset({"flash_attention"})

    def setup(self) -> None:
        super().setup()
        if self.num_query_heads % self.num_key_value_heads:
            raise ArgumentError(
                f"num_query_heads must be a multiple of num_key_value_heads. "
                f"Received: {self.num_query_heads} and {self.num_key_value_heads}."
            )

    def build(self, input_shape: Shape) -> None:
        features = known_size(input_shape, -1, "features")
        own, shared = (
            (None, self.num_query_heads, self.head_dim),
            (None, self.num_key_value_heads, self.head_dim),
        )
        self._query = self.projection("query", "bqm,muh->bquh", own, "uh")
        self._key = self.projection("key", "bkm,mvh->bkvh", shared, "vh")
        self._value = self.projection("value", "bkm,mvh->bkvh", shared, "vh")
        self._softmax = Softmax(axis=-1, dtype=self.dtype)
        self._dropout = Dropout(self.dropout, seed=self.seed, dtype=self.dtype)
        self._output = self.projection("attention_output", "bquh,uhm->bqm", (None, features), "m")

    def call(
        self,
        query: Tensor,
        value: Tensor,
        key: Tensor | None = None,
        query_mask: Tensor | None = None,
        value_mask: Tensor | None = None,
        key_mask: Tensor | None = None,
        attention_mask: Tensor | None = None,
        return_attention_scores: bool = False,
        training: bool | None = None,
        use_causal_mask: bool = False,
    ) -> Any:  # a tensor, or (tensor, scores)
        mask = combined(
            query_mask,
            value_mask,
            key_mask,
            attention_mask,
            causal(query, value) if use_causal_mask else None,
        )
        group = self.num_query_heads // self.num_key_value_heads
        keys = ops.repeat(self._key(value if key is None else key), group, axis=2)
        values = ops.repeat(self._value(value), group, axis=2)
        scores = ops.einsum("bquh,bkuh->buqk", self._query(query), keys)
        scores = ops.multiply(scores, 1 / math.sqrt(self.head_dim))
        weights = self._softmax(scores, mask=None if mask is None else ops.expand_dims(mask, 1))
        dropped = self._dropout(weights, training=bool(training))
        result = self._output(ops.einsum("buqk,bkuh->bquh", dropped, values))
        return (result, weights) if return_attention_scores else result


GroupQueryAttention = GroupedQueryAttention
