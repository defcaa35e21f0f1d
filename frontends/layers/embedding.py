"""Embedding: rows of a table, chosen by whole numbers; Masking. Both say which steps are padding.

Keras: https://keras.io/api/layers/core_layers/embedding/
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from irkit.errors import ArgumentError
from irkit.frontends import ops
from irkit.frontends.base.layer import Layer, layer
from irkit.frontends.layers.arguments import Named, Shape, need_size, whole
from irkit.frontends.layers.core import refuse_adapters
from irkit.frontends.tensors.tensor import Tensor
from irkit.ir import Array

__all__ = ["Embedding", "Masking", "ReversibleEmbedding"]


@layer
class Table(Layer):
    """Base: the fields and the weight of Embedding."""

    input_dim: int
    output_dim: int
    embeddings_initializer: Named = "uniform"
    embeddings_regularizer: Named = None
    embeddings_constraint: Named = None
    mask_zero: bool = False
    lora_rank: int | None = None
    lora_alpha: float | None = None
    quantization_config: object = None
    activity_regularizer: Named = None
    _hidden = frozenset({"lora_rank", "lora_alpha"})

    def setup(self) -> None:
        self.input_dim, self.output_dim = (
            whole("input_dim", self.input_dim),
            whole("output_dim", self.output_dim),
        )
        refuse_adapters(self.lora_rank, self.quantization_config)

    def build(self, input_shape: Shape) -> None:
        self.embeddings = self.add_weight(
            (self.input_dim, self.output_dim),
            self.embeddings_initializer,
            regularizer=self.embeddings_regularizer,
            constraint=self.embeddings_constraint,
            name="embeddings",
        )


class Embedding(Table):
    """Each whole number n becomes row n of `embeddings`.

    (…) → (…, output_dim); numbers below input_dim

    weights: the table, in a list, where it is known already. mask_zero: 0 marks padding.
    """

    def __init__(self, *args: Any, weights: Sequence[Array] | None = None, **kwargs: Any) -> None:  # Table's
        super().__init__(*args, **kwargs)
        if weights is not None:
            self.build(())
            self.built = True
            self.set_weights(weights)

    def get_config(self) -> dict[str, Any]:
        """The arguments, without the table."""
        config = super().get_config()
        config.pop("weights", None)
        return config

    def check_inputs(self, inputs: object) -> None:
        if isinstance(inputs, Tensor) and inputs.dtype in ("string", "bool", "complex64", "complex128"):
            raise ArgumentError(f"takes whole numbers, the input is {inputs.dtype}.")

    def call(self, inputs: Tensor) -> Tensor:
        if inputs.dtype not in ("int32", "int64"):
            inputs = ops.cast(inputs, "int32")
        return ops.take(self.embeddings, inputs, axis=0)

    def compute_mask(self, inputs: Tensor, previous_mask: Any = None) -> Tensor | None:  # a mask or None
        """Where the numbers are not 0, if 0 marks padding."""
        return ops.not_equal(inputs, 0) if self.mask_zero else None


@layer
class ReversibleEmbedding(Embedding):
    """An embedding that also goes back: with reverse=True, the scores of all rows for each vector.

    (…) → (…, output_dim); reverse: (…, output_dim) → (…, input_dim)

    tie_weights: go back by the same table; else by a weight of its own. logit_soft_cap: c·tanh(scores/c).
    """

    input_dim: int
    output_dim: int
    tie_weights: bool = True
    embeddings_initializer: Named = "uniform"
    embeddings_regularizer: Named = None
    embeddings_constraint: Named = None
    mask_zero: bool = False
    reverse_dtype: str | None = None
    logit_soft_cap: float | None = None

    def build(self, input_shape: Shape) -> None:
        super().build(input_shape)
        if not self.tie_weights:
            self.reverse_embeddings = self.add_weight(
                (self.output_dim, self.input_dim), self.embeddings_initializer, name="reverse_embeddings"
            )

    def check_inputs(self, inputs: object) -> None:
        """Whether the input suits the direction is seen in call."""

    def call(self, inputs: Tensor, reverse: bool = False) -> Tensor:
        if not reverse:
            return super().call(inputs)
        need_size(inputs, -1, self.output_dim, "table holds vectors of {expected}, the input has {size}.", "")
        table = ops.transpose(self.embeddings) if self.tie_weights else self.reverse_embeddings
        if self.reverse_dtype is not None:
            inputs, table = ops.cast(inputs, self.reverse_dtype), ops.cast(table, self.reverse_dtype)
        scores = ops.matmul(inputs, table)
        cap = self.logit_soft_cap
        return scores if cap is None else ops.multiply(ops.tanh(ops.divide(scores, cap)), cap)


@layer
class Masking(Layer):
    """Steps whose features all equal mask_value become zeros, and are left out by later layers.

    (batch, steps, features) → the same
    """

    mask_value: float = 0.0

    def compute_mask(self, inputs: Tensor, previous_mask: Any = None) -> Tensor:  # a mask or None
        """Where any feature differs from mask_value."""
        return ops.any(ops.not_equal(inputs, self.mask_value), axis=-1)

    def call(self, inputs: Tensor) -> Tensor:
        seen = ops.any(ops.not_equal(inputs, self.mask_value), axis=-1, keepdims=True)
        return ops.multiply(inputs, ops.cast(seen, inputs.dtype))
