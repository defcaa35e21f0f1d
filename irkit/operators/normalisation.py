"""Normalisations: subtract a mean, divide by a deviation. They differ in what they average over."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from irkit.errors import ShapeError
from irkit.ir import Array, DType, Shape, TensorType, unify
from irkit.ir.dims import mod
from irkit.ir.types import FLOATS
from irkit.operators.attributes import attribute
from irkit.operators.base import Operator, operator
from irkit.operators.rules import (
    axes_in,
    axis_in,
    check_vector,
    rounded,
    same_dtype,
    show,
    stretched,
    widened,
)
from irkit.operators.windows import along

__all__ = [
    "BatchNormalization",
    "GroupNormalization",
    "InstanceNormalization",
    "LRN",
    "LayerNormalization",
    "LpNormalization",
    "MeanVarianceNormalization",
    "RMSNormalization",
]


def standardised(x: Array, axes: tuple[int, ...], epsilon: float) -> tuple[Array, Array, Array]:
    """(x − mean) / √(variance + ε) over `axes`, the mean, and 1 / √(variance + ε)."""
    mean = x.mean(axis=axes, keepdims=True)
    centred = x - mean
    inverse = 1 / np.sqrt(np.square(centred).mean(axis=axes, keepdims=True) + epsilon)
    centred *= inverse
    return centred, mean, inverse


def by_channel(v: Array, rank: int) -> Array:
    """A vector with an entry for each channel, shaped to broadcast against (batch, channels, sizes…)."""
    return widened(v).reshape(-1, *(1,) * max(0, rank - 2))


@operator(since=15)
class BatchNormalization(Operator):
    """(X − mean) / √(variance + ε) · scale + B, with one number of each for a channel.

    (batch, channels, sizes…), 4 × (channels) → the same; floats. In training_mode, mean and variance are
    those of X, and the running ones, mixed with `momentum`, are two more outputs.
    https://onnx.ai/onnx/operators/onnx__BatchNormalization.html
    """

    epsilon: float = attribute(1e-5, at_least=0)
    momentum: float = 0.9
    training_mode: bool = False

    dtypes = dict.fromkeys(("X", "scale", "B", "input_mean", "input_var"), FLOATS)
    default_outputs = 1

    def infer(
        self, X: TensorType, scale: TensorType, B: TensorType, input_mean: TensorType, input_var: TensorType
    ) -> tuple[TensorType] | tuple[TensorType, TensorType, TensorType]:
        same_dtype(scale, B)
        same_dtype(input_mean, input_var)
        if X.shape is not None:
            if not X.shape:
                raise ShapeError("X must have a batch axis; it is a scalar.")
            channels = X.shape[1] if len(X.shape) > 1 else 1
            vectors = {"scale": scale, "B": B, "input_mean": input_mean, "input_var": input_var}
            for name, type_ in vectors.items():
                check_vector(name, type_, channels)
        return (X, input_mean, input_var) if self.training_mode else (X,)

    def run(
        self, X: Array, scale: Array, B: Array, input_mean: Array, input_var: Array
    ) -> Array | tuple[Array, Array, Array]:
        if not self.training_mode:
            return self._normalised(X, scale, B, widened(input_mean), widened(input_var))
        x = widened(X)
        axes = (0, *range(2, x.ndim))
        mean, var = x.mean(axis=axes), x.var(axis=axes)
        y = self._normalised(X, scale, B, mean, var)
        return y, self._running(input_mean, mean), self._running(input_var, var)

    def _normalised(self, X: Array, scale: Array, B: Array, mean: Array, var: Array) -> Array:
        factor = widened(scale) / np.sqrt(var + self.epsilon)
        y = widened(X) - by_channel(mean, X.ndim)
        y *= by_channel(factor, X.ndim)
        y += by_channel(B, X.ndim)
        return rounded(y, X.dtype)

    def _running(self, before: Array, now: Array) -> Array:
        mixed = widened(before) * self.momentum + now.reshape(before.shape) * (1 - self.momentum)
        return rounded(mixed, before.dtype)


@operator(since=22)
class InstanceNormalization(Operator):
    """(x − mean) / √(variance + ε) · scale + B, over the spatial axes of each channel of each example.

    (batch, channels, sizes…), (channels), (channels) → the same; floats
    https://onnx.ai/onnx/operators/onnx__InstanceNormalization.html
    """

    epsilon: float = attribute(1e-5, at_least=0)

    dtypes = {"input": FLOATS, "scale": FLOATS, "B": FLOATS}

    def infer(self, input: TensorType, scale: TensorType, B: TensorType) -> TensorType:
        same_dtype(input, scale, B)
        _check_channels(input.shape, {"scale": scale, "B": B})
        return input

    def run(self, input: Array, scale: Array, B: Array) -> Array:
        y, _, _ = standardised(widened(input), tuple(range(2, input.ndim)), self.epsilon)
        return rounded(y * by_channel(scale, y.ndim) + by_channel(B, y.ndim), input.dtype)


def _check_channels(x: Shape | None, vectors: dict[str, TensorType]) -> None:
    if x is None:
        return
    if len(x) < 2:
        raise ShapeError(f"the input must be (batch, channels, sizes…); its shape is {show(x)}.")
    for name, type_ in vectors.items():
        check_vector(name, type_, x[1])


@dataclass(frozen=True)
class FromAxis(Operator):
    """Normalisation over the axes from `axis` on; the scale broadcasts to the input."""

    axis: int = -1
    epsilon: float = attribute(1e-5, at_least=0)

    def axes(self, rank: int) -> tuple[int, ...]:
        """The axes that are averaged over."""
        return tuple(range(axis_in(self.axis, rank), rank))


@operator(since=17)
class LayerNormalization(FromAxis):
    """(X − mean) / √(variance + ε) · Scale + B, over the axes from `axis` on.

    (…, sizes…), two that broadcast to it → (…, sizes…), and in stash_type mean and 1/√(variance + ε):
    (…, 1…); floats
    https://onnx.ai/onnx/operators/onnx__LayerNormalization.html
    """

    stash_type: DType = attribute(DType.float32, one_of=(DType.float32, DType.bfloat16))

    dtypes = {"X": FLOATS, "Scale": FLOATS, "B": FLOATS}
    default_outputs = 1

    def infer(
        self, X: TensorType, Scale: TensorType, B: TensorType | None = None
    ) -> tuple[TensorType, TensorType, TensorType]:
        same_dtype(X, Scale, B)
        statistics: Shape | None = None
        if X.shape is not None:
            axes = self.axes(len(X.shape))
            stretched(Scale.shape, X.shape, "Scale")
            stretched(B.shape if B is not None else None, X.shape, "B")
            statistics = (*X.shape[: axes[0]], *(1,) * len(axes))
        stash = TensorType(self.stash_type, statistics)
        return X, stash, stash

    def run(self, X: Array, Scale: Array, B: Array | None = None) -> tuple[Array, Array, Array]:
        y, mean, inverse = standardised(widened(X), self.axes(X.ndim), self.epsilon)
        y *= widened(Scale)
        if B is not None:
            y += widened(B)
        stash = self.stash_type.numpy
        return rounded(y, X.dtype), rounded(mean, stash), rounded(inverse, stash)


@operator(since=23)
class RMSNormalization(FromAxis):
    """X / √(mean of X² + ε) · scale, over the axes from `axis` on.

    (…, sizes…), one that broadcasts to it → (…, sizes…) in the scale's dtype; floats
    https://onnx.ai/onnx/operators/onnx__RMSNormalization.html
    """

    stash_type: DType = attribute(DType.float32, one_of=tuple(sorted(FLOATS)))

    dtypes = {"X": FLOATS, "scale": FLOATS}

    def infer(self, X: TensorType, scale: TensorType) -> TensorType:
        if X.shape is not None:
            self.axes(len(X.shape))
            stretched(scale.shape, X.shape, "scale")
        return X.with_dtype(scale.dtype)

    def run(self, X: Array, scale: Array) -> Array:
        x = widened(X)
        square = np.square(x).mean(axis=self.axes(x.ndim), keepdims=True)
        return rounded(x / np.sqrt(square + self.epsilon) * widened(scale), scale.dtype)


@operator(since=21)
class GroupNormalization(Operator):
    """(X − mean) / √(variance + ε) · scale + bias, over groups of channels of each example.

    (batch, channels, sizes…), (channels), (channels) → the same; floats
    https://onnx.ai/onnx/operators/onnx__GroupNormalization.html
    """

    num_groups: int = attribute(at_least=1)
    epsilon: float = attribute(1e-5, at_least=0)
    stash_type: DType = attribute(DType.float32, one_of=tuple(sorted(FLOATS)))

    dtypes = {"X": FLOATS, "scale": FLOATS, "bias": FLOATS}

    def infer(self, X: TensorType, scale: TensorType, bias: TensorType) -> TensorType:
        same_dtype(X, scale, bias)
        _check_channels(X.shape, {"scale": scale, "bias": bias})
        if X.shape is not None:
            rest = mod(X.shape[1], self.num_groups)
            if isinstance(rest, int) and rest:
                raise ShapeError(f"{X.shape[1]} channels do not divide into {self.num_groups} groups.")
            unify(rest, 0)
        return X

    def run(self, X: Array, scale: Array, bias: Array) -> Array:
        grouped = widened(X).reshape(X.shape[0], self.num_groups, -1)
        y = standardised(grouped, (2,), self.epsilon)[0].reshape(X.shape)
        return rounded(y * by_channel(scale, y.ndim) + by_channel(bias, y.ndim), X.dtype)


@operator(since=22)
class LpNormalization(Operator):
    """x divided by the p-norm along one axis; zeros stay zeros.

    (…) → (…); floats  https://onnx.ai/onnx/operators/onnx__LpNormalization.html
    """

    axis: int = -1
    p: int = attribute(2, one_of=(1, 2))

    dtypes = {"input": FLOATS}

    def infer(self, input: TensorType) -> TensorType:
        if input.shape is not None:
            axis_in(self.axis, len(input.shape))
        return input

    def run(self, input: Array) -> Array:
        x = widened(input)
        norm = np.linalg.norm(x, self.p, axis=self.axis, keepdims=True)
        return rounded(np.divide(x, norm, out=np.zeros_like(x), where=norm != 0), input.dtype)


@operator(since=13)
class MeanVarianceNormalization(Operator):
    """(X − mean) / (√variance + 1e-9) over `axes`.

    (…) → (…); floats  https://onnx.ai/onnx/operators/onnx__MeanVarianceNormalization.html
    """

    axes: tuple[int, ...] = (0, 2, 3)

    dtypes = {"X": FLOATS}

    def infer(self, X: TensorType) -> TensorType:
        if X.shape is not None:
            axes_in(self.axes, len(X.shape))
        return X

    def run(self, X: Array) -> Array:
        x, axes = widened(X), axes_in(self.axes, X.ndim)
        deviation = x.std(axis=axes, keepdims=True)
        return rounded((x - x.mean(axis=axes, keepdims=True)) / (deviation + x.dtype.type(1e-9)), X.dtype)


@operator(since=13)
class LRN(Operator):
    """Local response normalisation: X / (bias + alpha/size · ∑ X²)^beta, over `size` channels around each.

    (batch, channels, sizes…) → the same; floats  https://onnx.ai/onnx/operators/onnx__LRN.html
    """

    size: int = attribute(at_least=1)
    alpha: float = 1e-4
    beta: float = 0.75
    bias: float = 1.0

    dtypes = {"X": FLOATS}

    def infer(self, X: TensorType) -> TensorType:
        _check_channels(X.shape, {})
        return X

    def run(self, X: Array) -> Array:
        x = widened(X)
        channels, before = x.shape[1], (self.size - 1) // 2
        squares = np.zeros((x.shape[0], channels + self.size - 1, *x.shape[2:]), x.dtype)
        squares[along(1, slice(before, before + channels))] = np.square(x)
        total = np.zeros_like(x)
        for tap in range(self.size):
            total += squares[along(1, slice(tap, tap + channels))]
        return rounded(x / (self.bias + self.alpha / self.size * total) ** self.beta, X.dtype)
