"""Attention without projections, by products (Luong) or sums (Bahdanau) of queries and keys.

Keras: https://keras.io/api/layers/attention_layers/
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from irkit.errors import ArgumentError, UnsupportedError
from irkit.frontends import ops
from irkit.frontends.base.layer import Layer, layer
from irkit.frontends.layers.arguments import fraction, known_size, one_of
from irkit.frontends.layers.masks import causal, softmax
from irkit.frontends.tensors.tensor import Tensor

__all__ = ["AdditiveAttention", "Attention"]


class Scored(Layer):
    """Base: softmax(scores)·value, for inputs [query, value] or [query, value, key]."""

    dropout: float
    use_scale: bool
    seed: int | None

    def setup(self) -> None:
        self.dropout = fraction("dropout", self.dropout)

    def check_inputs(self, inputs: object, *_: object) -> None:
        if not isinstance(inputs, list | tuple) or len(inputs) not in (2, 3):
            raise ArgumentError("takes a list [query, value] or [query, value, key].")

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:  # masks or None
        """That of the queries."""
        return previous_mask[0] if previous_mask else None

    def scores(self, query: Tensor, key: Tensor) -> Tensor:
        """How much each query resembles each key: (batch, queries, keys)."""
        raise NotImplementedError

    def call(
        self,
        inputs: Sequence[Tensor],
        mask: Sequence[Tensor | None] | None = None,
        training: bool = False,
        return_attention_scores: bool = False,
        use_causal_mask: bool = False,
    ) -> Any:  # a tensor, or (tensor, weights)
        if training and self.dropout:
            raise UnsupportedError("dropout inside attention is not supported with training=True.")
        query, value = inputs[0], inputs[1]
        scores = self.scores(query, inputs[2] if len(inputs) > 2 else value)
        query_mask, value_mask = (*(mask or ()), None, None)[:2]
        seen = None if value_mask is None else ops.expand_dims(ops.cast(value_mask, "bool"), -2)
        if use_causal_mask:
            before = causal(query, value)
            seen = before if seen is None else ops.logical_and(seen, before)
        weights = softmax(scores, seen)
        result = ops.matmul(weights, value)
        if query_mask is not None:
            result = ops.multiply(result, ops.expand_dims(ops.cast(query_mask, result.dtype), -1))
        return (result, weights) if return_attention_scores else result


@layer
class Attention(Scored):
    """scores: query · keyᵀ, or ∑ tanh(query + key) by score_mode "concat"; use_scale: times a weight."""

    use_scale: bool = False
    score_mode: str = "dot"
    dropout: float = 0.0
    seed: int | None = None

    def setup(self) -> None:
        super().setup()
        self.score_mode = one_of("score_mode", self.score_mode, ("dot", "concat"))

    def build(self, input_shape: Any) -> None:  # a list of shapes
        self.scale = self.add_weight((), "ones", name="scale") if self.use_scale else None
        concat = self.score_mode == "concat"
        self.concat_score_weight = self.add_weight((), "ones", name="concat_score_weight") if concat else None

    def scores(self, query: Tensor, key: Tensor) -> Tensor:
        if self.concat_score_weight is None:
            scores = ops.matmul(query, ops.swapaxes(key, -2, -1))
            return scores if self.scale is None else ops.multiply(scores, self.scale)
        both = ops.add(ops.expand_dims(query, -2), ops.expand_dims(key, -3))
        both = both if self.scale is None else ops.multiply(both, self.scale)
        return ops.multiply(self.concat_score_weight, ops.sum(ops.tanh(both), axis=-1))


@layer
class AdditiveAttention(Scored):
    """scores: ∑ scale·tanh(query + key), with a learned scale for each feature where use_scale."""

    use_scale: bool = True
    dropout: float = 0.0
    seed: int | None = None

    def build(self, input_shape: Any) -> None:  # a list of shapes
        features = known_size(input_shape[0], -1, "features")
        self.scale = self.add_weight((features,), "glorot_uniform", name="scale") if self.use_scale else None

    def scores(self, query: Tensor, key: Tensor) -> Tensor:
        both = ops.tanh(ops.add(ops.expand_dims(query, -2), ops.expand_dims(key, -3)))
        return ops.sum(both if self.scale is None else ops.multiply(self.scale, both), axis=-1)
