"""Activations as layers. Keras: https://keras.io/api/layers/activation_layers/"""

from __future__ import annotations

from collections.abc import Sequence

from irkit.errors import ArgumentError
from irkit.frontends import activations, ops
from irkit.frontends.base.layer import Layer, layer
from irkit.frontends.layers.arguments import Named, Shape, axis_in, known_size
from irkit.frontends.layers.masks import softmax
from irkit.frontends.tensors.tensor import Tensor

__all__ = ["ELU", "LeakyReLU", "PReLU", "ReLU", "Softmax"]


@layer
class ReLU(Layer):
    """x where x ≥ threshold, else negative_slope·(x − threshold); at most max_value."""

    supports_masking = True

    max_value: float | None = None
    negative_slope: float = 0.0
    threshold: float = 0.0

    def setup(self) -> None:
        for name in ("max_value", "negative_slope", "threshold"):
            value = getattr(self, name)
            if value is not None and value < 0:
                raise ArgumentError(f"{name} must not be negative. Received: {value!r}.")
        self.negative_slope, self.threshold = self.negative_slope or 0.0, self.threshold or 0.0

    def call(self, inputs: Tensor) -> Tensor:
        return activations.relu(
            inputs, negative_slope=self.negative_slope, max_value=self.max_value, threshold=self.threshold
        )


@layer
class LeakyReLU(Layer):
    """x where x ≥ 0, else negative_slope·x"""

    supports_masking = True

    negative_slope: float = 0.3

    def setup(self) -> None:
        if not self.negative_slope >= 0:
            raise ArgumentError(f"negative_slope must be a number ≥ 0. Received: {self.negative_slope!r}.")

    def call(self, inputs: Tensor) -> Tensor:
        return activations.leaky_relu(inputs, negative_slope=self.negative_slope)


@layer
class ELU(Layer):
    """x where x > 0, else alpha·(eˣ − 1)"""

    supports_masking = True

    alpha: float = 1.0

    def call(self, inputs: Tensor) -> Tensor:
        return activations.elu(inputs, alpha=self.alpha)


@layer
class PReLU(Layer):
    """x where x ≥ 0, else alpha·x, with a learned alpha for each place; shared along `shared_axes`."""

    supports_masking = True

    alpha_initializer: Named = "zeros"
    alpha_regularizer: Named = None
    alpha_constraint: Named = None
    shared_axes: int | Sequence[int] | None = None

    def setup(self) -> None:
        if isinstance(self.shared_axes, int):
            self.shared_axes = [self.shared_axes]
        elif self.shared_axes is not None:
            self.shared_axes = list(self.shared_axes)

    def build(self, input_shape: Shape) -> None:
        shared = [axis_in("shared_axes", a, len(input_shape)) for a in self.shared_axes or ()]  # type: ignore[union-attr]  # a list by now
        shape = [
            1 if a in shared else known_size(input_shape, a, "places") for a in range(1, len(input_shape))
        ]
        self.alpha = self.add_weight(
            shape,
            self.alpha_initializer,
            regularizer=self.alpha_regularizer,
            constraint=self.alpha_constraint,
            name="alpha",
        )

    def call(self, inputs: Tensor) -> Tensor:
        return ops.subtract(ops.relu(inputs), ops.multiply(self.alpha, ops.relu(ops.negative(inputs))))


@layer
class Softmax(Layer):
    """eˣ / ∑eˣ along `axis` (or several). Places where `mask` is false get nothing."""

    supports_masking = True

    axis: int | Sequence[int] = -1

    def call(self, inputs: Tensor, mask: Tensor | None = None) -> Tensor:
        return softmax(inputs, mask, self.axis)
