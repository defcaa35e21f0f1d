"""Normalization: mean 0 and variance 1, over the batch or within a sample.

Keras: https://keras.io/api/layers/normalization_layers/
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from irkit.errors import ShapeError, UnsupportedError
from irkit.frontends import ops
from irkit.frontends.base.layer import Layer, layer
from irkit.frontends.layers.arguments import Named, Shape, axis_in, known_size, need_size, whole
from irkit.frontends.tensors.tensor import Tensor
from irkit.frontends.tensors.variable import Variable

__all__ = [
    "BatchNormalization",
    "GroupNormalization",
    "LayerNormalization",
    "RMSNormalization",
    "SpectralNormalization",
    "UnitNormalization",
]


class Affine(Layer):
    """Base: makes gamma (the factor) and beta (the offset) where `scale` and `center` ask for them."""

    center: bool
    scale: bool
    beta_initializer: Named
    gamma_initializer: Named
    beta_regularizer: Named
    gamma_regularizer: Named
    beta_constraint: Named
    gamma_constraint: Named
    gamma: Variable | None
    beta: Variable | None

    def add_affine(self, shape: Sequence[int]) -> None:
        """Weights gamma and beta of this shape."""
        self.gamma = self.beta = None
        if self.scale:
            self.gamma = self.add_weight(
                shape,
                self.gamma_initializer,
                regularizer=self.gamma_regularizer,
                constraint=self.gamma_constraint,
                name="gamma",
            )
        if self.center:
            self.beta = self.add_weight(
                shape,
                self.beta_initializer,
                regularizer=self.beta_regularizer,
                constraint=self.beta_constraint,
                name="beta",
            )


@layer
class BatchNormalization(Affine):
    """gamma·(x − mean)/√(variance + epsilon) + beta, for each place of `axis`.

    At inference mean and variance are weights, the moving statistics. In training they are the batch's, which
    moves the statistics: moving ← momentum·moving + (1 − momentum)·batch.
    """

    supports_masking = True

    axis: int = -1
    momentum: float = 0.99
    epsilon: float = 1e-3
    center: bool = True
    scale: bool = True
    beta_initializer: Named = "zeros"
    gamma_initializer: Named = "ones"
    moving_mean_initializer: Named = "zeros"
    moving_variance_initializer: Named = "ones"
    beta_regularizer: Named = None
    gamma_regularizer: Named = None
    beta_constraint: Named = None
    gamma_constraint: Named = None
    renorm: bool = False
    renorm_clipping: object = None
    renorm_momentum: float = 0.99
    synchronized: bool = False

    def setup(self) -> None:
        self.axis = whole("axis", self.axis, -16)
        if self.renorm:
            raise UnsupportedError("renorm=True is not supported.", cure="Train with renorm=False.")

    def build(self, input_shape: Shape) -> None:
        size = known_size(input_shape, axis_in("axis", self.axis, len(input_shape)), "channels")
        self.add_affine((size,))
        self.moving_mean = self.add_weight(
            (size,), self.moving_mean_initializer, trainable=False, name="moving_mean"
        )
        self.moving_variance = self.add_weight(
            (size,), self.moving_variance_initializer, trainable=False, name="moving_variance"
        )

    def check_inputs(self, inputs: object) -> None:
        if isinstance(inputs, Tensor):
            axis_in("axis", self.axis, inputs.ndim)
        if self.built:
            need_size(
                inputs,
                self.axis,
                self.moving_mean.shape[0],
                "weights are for {expected} channels, the input has {size}.",
                "Give it an input with as many channels, or set axis to where they are.",
            )

    def call(self, inputs: Tensor, training: bool | None = None, mask: Tensor | None = None) -> Tensor:
        mean: Any = self.moving_mean
        variance: Any = self.moving_variance
        if training and self.trainable:
            mean, variance = self._batch_statistics(inputs, mask)
        return ops.batch_normalization(
            inputs, mean, variance, axis=self.axis, offset=self.beta, scale=self.gamma, epsilon=self.epsilon
        )

    def _batch_statistics(self, inputs: Tensor, mask: Tensor | None) -> tuple[Tensor, Tensor]:
        if mask is not None:
            raise UnsupportedError(
                "training=True with a mask is not supported: the statistics would have to leave out padding.",
                cure="Leave out training=True where the model is defined.",
            )
        others = tuple(a for a in range(inputs.ndim) if a != self.axis % inputs.ndim)
        mean, variance = ops.mean(inputs, axis=others), ops.var(inputs, axis=others)
        for moving, batch in ((self.moving_mean, mean), (self.moving_variance, variance)):
            moving.assign(moving * self.momentum + batch * (1 - self.momentum))
        return mean, variance


@layer
class LayerNormalization(Affine):
    """gamma·(x − mean)/√(variance + epsilon) + beta, with mean and variance of each sample along `axis`."""

    supports_masking = True

    axis: int | Sequence[int] = -1
    epsilon: float = 1e-3
    center: bool = True
    scale: bool = True
    beta_initializer: Named = "zeros"
    gamma_initializer: Named = "ones"
    beta_regularizer: Named = None
    gamma_regularizer: Named = None
    beta_constraint: Named = None
    gamma_constraint: Named = None
    rms_scaling: bool = False

    def setup(self) -> None:
        self.axis = self.axis if isinstance(self.axis, int) else list(self.axis)

    def _axes(self, rank: int) -> list[int]:
        axes = [self.axis] if isinstance(self.axis, int) else self.axis
        return sorted(axis_in("axis", a, rank) for a in axes)

    def build(self, input_shape: Shape) -> None:
        axes = self._axes(len(input_shape))
        shape = tuple(known_size(input_shape, a, "features") for a in axes)
        self.gamma = self.beta = None
        if self.rms_scaling:
            self.scale, self.center = True, False
        self.add_affine(shape)

    def check_inputs(self, inputs: object) -> None:
        weight = (self.gamma if self.gamma is not None else self.beta) if self.built else None
        if weight is None or not isinstance(inputs, Tensor):
            return
        for axis, size in zip(self._axes(inputs.ndim), weight.shape, strict=True):
            need_size(inputs, axis, size, "weights are for {expected} features, the input has {size}.", "")

    def call(self, inputs: Tensor) -> Tensor:
        if self.rms_scaling:
            return self._rms(inputs)
        return ops.layer_normalization(inputs, self.gamma, self.beta, axis=self.axis, epsilon=self.epsilon)

    def _rms(self, inputs: Tensor) -> Tensor:
        assert self.gamma is not None
        axes = self._axes(inputs.ndim)
        deviation = ops.rsqrt(ops.add(ops.var(inputs, axis=tuple(axes), keepdims=True), self.epsilon))
        shape = [d if a in axes else 1 for a, d in enumerate(inputs.shape)]
        return ops.multiply(ops.multiply(inputs, deviation), ops.reshape(self.gamma, shape))


@layer
class RMSNormalization(Layer):
    """scale·x/√(mean(x²) + epsilon), with the mean of each sample along `axis`."""

    axis: int | Sequence[int] = -1
    epsilon: float = 1e-6

    def build(self, input_shape: Shape) -> None:
        axes = [self.axis] if isinstance(self.axis, int) else list(self.axis)
        shape = [known_size(input_shape, axis_in("axis", a, len(input_shape)), "features") for a in axes]
        self.scale = self.add_weight(shape, "ones", name="scale")

    def call(self, inputs: Tensor) -> Tensor:
        return ops.rms_normalization(inputs, self.scale, axis=self.axis, epsilon=self.epsilon)


@layer
class UnitNormalization(Layer):
    """x / √∑x², so that each sample has norm 1 along `axis`."""

    supports_masking = True

    axis: int | Sequence[int] = -1

    def setup(self) -> None:
        self.axis = self.axis if isinstance(self.axis, int) else list(self.axis)

    def call(self, inputs: Tensor) -> Tensor:
        return ops.normalize(inputs, axis=self.axis, order=2, epsilon=1e-12)


@layer
class GroupNormalization(Affine):
    """gamma·(x − mean)/√(variance + epsilon) + beta, with mean and variance of groups of a sample's channels.

    groups: −1 makes each channel a group.
    """

    supports_masking = True

    groups: int = 32
    axis: int = -1
    epsilon: float = 1e-3
    center: bool = True
    scale: bool = True
    beta_initializer: Named = "zeros"
    gamma_initializer: Named = "ones"
    beta_regularizer: Named = None
    gamma_regularizer: Named = None
    beta_constraint: Named = None
    gamma_constraint: Named = None

    def build(self, input_shape: Shape) -> None:
        channels = known_size(input_shape, axis_in("axis", self.axis, len(input_shape)), "channels")
        if self.groups == -1:
            self.groups = channels
        if channels % self.groups:
            raise ShapeError(
                f"the input has {channels} channels, which {self.groups} groups cannot share.",
                cure=f"Set groups to a divisor of {channels}.",
            )
        self.add_affine((channels,))

    def call(self, inputs: Tensor) -> Tensor:
        axis = self.axis % inputs.ndim
        rank = inputs.ndim
        front = [0, axis, *(a for a in range(1, rank) if a != axis)]  # channels second
        x = ops.transpose(inputs, front)
        shape = x.shape
        # each group a row: its mean and variance are those of the last axis
        rows = ops.reshape(x, (shape[0], self.groups, -1))
        mean = ops.mean(rows, axis=-1, keepdims=True)
        centered = ops.subtract(rows, mean)
        variance = ops.mean(ops.square(centered), axis=-1, keepdims=True)
        rows = ops.multiply(centered, ops.rsqrt(ops.add(variance, self.epsilon)))
        x = ops.transpose(ops.reshape(rows, shape), [front.index(a) for a in range(rank)])
        return self._affine(x, axis)

    def _affine(self, x: Tensor, axis: int) -> Tensor:
        shape = (-1, *(1,) * (x.ndim - 1 - axis))
        if self.gamma is not None:
            x = ops.multiply(x, ops.reshape(self.gamma, shape))
        return x if self.beta is None else ops.add(x, ops.reshape(self.beta, shape))


@layer
class SpectralNormalization(Layer):
    """A layer whose kernel training divides by its largest singular value, estimated by power iterations.

    At inference the kernel is the wrapped layer's own, as training left it.
    """

    layer: Layer
    power_iterations: int = 1

    def setup(self) -> None:
        self.power_iterations = whole("power_iterations", self.power_iterations)

    def build(self, input_shape: Shape) -> None:
        if not self.layer.built:
            self.layer.build(input_shape)
            self.layer.built = True
        kernel = getattr(self.layer, "kernel", getattr(self.layer, "embeddings", None))
        if not isinstance(kernel, Variable):
            raise UnsupportedError(f"{self.layer.shown} has neither a kernel nor embeddings to normalize.")
        self.vector_u = self.add_weight(
            (1, kernel.shape[-1]), "truncated_normal", trainable=False, name="vector_u"
        )

    def call(self, inputs: Tensor, training: bool = False) -> Any:  # what the wrapped layer gives
        if training:
            raise UnsupportedError("training=True changes the kernel, which is not supported yet.")
        return self.layer(inputs)
