"""Dense and its kin: layers that multiply by a kernel, and the plainest layers of all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from irkit.errors import ArgumentError, UnsupportedError
from irkit.frontends import ops
from irkit.frontends.base.layer import Layer, layer
from irkit.frontends.layers.arguments import (
    Named,
    Shape,
    activated,
    known_size,
    need_least_rank,
    need_size,
    whole,
)
from irkit.frontends.tensors.tensor import Tensor

__all__ = ["Activation", "ActivityRegularization", "Dense", "Identity", "Lambda", "Rescaling"]


def refuse_adapters(lora_rank: object, quantization_config: object) -> None:
    """Raises UnsupportedError where low-rank adapters or quantization are asked for."""
    if lora_rank is not None or quantization_config is not None:
        raise UnsupportedError(
            "lora_rank and quantization_config are not supported.",
            cure="Merge the adapters into the kernel first.",
        )


@layer
class Dense(Layer):
    """activation(x · kernel + bias)

    (…, features) → (…, units)

    Keras: https://keras.io/api/layers/core_layers/dense/
    """

    supports_masking = True

    units: int
    activation: Named = None
    use_bias: bool = True
    kernel_initializer: Named = "glorot_uniform"
    bias_initializer: Named = "zeros"
    kernel_regularizer: Named = None
    bias_regularizer: Named = None
    activity_regularizer: Named = None
    kernel_constraint: Named = None
    bias_constraint: Named = None
    lora_rank: int | None = None
    lora_alpha: float | None = None
    quantization_config: object = None
    _hidden = frozenset({"lora_rank", "lora_alpha"})

    def setup(self) -> None:
        self.units = whole("units", self.units)
        refuse_adapters(self.lora_rank, self.quantization_config)

    def build(self, input_shape: Shape) -> None:
        features = known_size(input_shape, -1, "features")
        self.kernel = self.add_weight(
            (features, self.units),
            self.kernel_initializer,
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
            name="kernel",
        )
        if self.use_bias:
            self.bias = self.add_weight(
                (self.units,),
                self.bias_initializer,
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
                name="bias",
            )

    def check_inputs(self, inputs: object) -> None:
        need_least_rank(inputs, 2, "batch, …, features")
        if self.built:
            need_size(
                inputs,
                -1,
                self.kernel.shape[0],
                "kernel expects {expected} features, the input has {size}.",
                f"Give it an input of {self.kernel.shape[0]} features, or change the kernel you loaded.",
            )

    def call(self, inputs: Tensor) -> Tensor:
        x = ops.matmul(inputs, self.kernel)
        return activated(self.activation, ops.add(x, self.bias) if self.use_bias else x)


@layer
class Activation(Layer):
    """activation(x). Keras: https://keras.io/api/layers/core_layers/activation_layer/"""

    supports_masking = True

    activation: Named

    def call(self, inputs: Tensor) -> Tensor:
        return activated(self.activation, inputs)


class Identity(Layer):
    """x itself. Keras: https://keras.io/api/layers/core_layers/identity/"""

    supports_masking = True

    def call(self, inputs: Tensor) -> Tensor:
        return inputs


@layer
class ActivityRegularization(Layer):
    """x itself; training adds l1·∑|x| + l2·∑x² to the loss."""

    supports_masking = True

    l1: float = 0.0
    l2: float = 0.0

    def call(self, inputs: Tensor) -> Tensor:
        return inputs


@layer
class Rescaling(Layer):
    """scale·x + offset. Keras: https://keras.io/api/layers/preprocessing_layers/image_preprocessing/rescaling/

    scale, offset: numbers, or one for each channel.
    """

    supports_masking = True

    scale: Any
    offset: Any = 0.0

    def call(self, inputs: Tensor) -> Tensor:
        x = ops.cast(inputs, self.dtype)
        return ops.add(ops.multiply(x, ops.cast(self.scale, self.dtype)), ops.cast(self.offset, self.dtype))


@layer
class Lambda(Layer):
    """function(x), composed of irkit.ops. What it does becomes part of the graph; its code is never saved."""

    supports_masking = True

    function: Callable[..., Any]
    output_shape: object = None
    mask: object = None
    arguments: Mapping[str, Any] | None = None

    def setup(self) -> None:
        if not callable(self.function):
            raise ArgumentError(f"function must be a function. Received: {self.function!r}.")
        self.arguments = dict(self.arguments or {})

    def call(self, inputs: Any) -> Any:  # the user's function decides
        return self.function(inputs, **(self.arguments or {}))
