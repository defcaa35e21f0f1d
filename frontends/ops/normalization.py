"""Normalisations, moments, norms of vectors."""

from __future__ import annotations

import math
from collections.abc import Sequence

from irkit import operators as op
from irkit.errors import ArgumentError
from irkit.frontends.backend_config import epsilon as default_epsilon
from irkit.frontends.ops.arithmetic import absolute, add, divide, maximum, multiply, power, square, subtract
from irkit.frontends.ops.creation import ones_like, zeros_like
from irkit.frontends.ops.functions import rsqrt
from irkit.frontends.ops.operands import Operand, axes_of, cast_to, floating, int64s, rank_of, same_as, tensor
from irkit.frontends.ops.reduction import max as largest
from irkit.frontends.ops.reduction import mean, sum
from irkit.frontends.ops.shaping import moveaxis
from irkit.frontends.tensors.apply import apply_one
from irkit.frontends.tensors.tensor import Tensor, TensorLike
from irkit.ir import DType

__all__ = ["batch_normalization", "layer_normalization", "moments", "normalize", "rms_normalization"]


def batch_normalization(
    x: TensorLike,
    mean: TensorLike,
    variance: TensorLike,
    axis: int | Sequence[int],
    offset: TensorLike | None = None,
    scale: TensorLike | None = None,
    epsilon: float = 1e-3,
) -> Tensor:
    """scale·(x − mean)/√(variance + ε) + offset, with vectors along `axis`."""
    x = floating(x)
    centre, spread = tensor(mean, x.type.dtype), tensor(variance, x.type.dtype)
    factor = ones_like(centre) if scale is None else tensor(scale, x.type.dtype)
    shift = zeros_like(centre) if offset is None else tensor(offset, x.type.dtype)
    vectors = (factor, shift, centre, spread)
    if isinstance(axis, int) and rank_of(x) > 1 and all(rank_of(v) == 1 for v in vectors):
        first = moveaxis(x, axis, 1)  # where a convolution before it has its channels: the transposes cancel
        return moveaxis(apply_one(op.BatchNormalization(epsilon=epsilon), first, *vectors), 1, axis)
    axes = axes_of(x, axis)
    factor, shift, centre, spread = (_beside(v, x, axes) for v in vectors)
    return add(multiply(subtract(x, centre), multiply(factor, rsqrt(add(spread, epsilon)))), shift)


def _beside(vector: TensorLike, x: Operand, axes: Sequence[int]) -> Operand:
    """A tensor along `axes`, shaped so that it broadcasts against `x`."""
    v = tensor(vector, x.type.dtype)
    if rank_of(v) == rank_of(x) or list(axes) == list(range(rank_of(x) - len(axes), rank_of(x))):
        return v
    sizes = iter(v.shape)
    return apply_one(op.Reshape(), v, _sizes([next(sizes) if i in axes else 1 for i in range(rank_of(x))]))


def _sizes(sizes: Sequence[object]) -> Tensor:
    return int64s([d if isinstance(d, int) else -1 for d in sizes])


def layer_normalization(
    x: TensorLike,
    gamma: TensorLike | None = None,
    beta: TensorLike | None = None,
    axis: int | Sequence[int] = -1,
    epsilon: float | None = None,
    **kwargs: object,
) -> Tensor:
    """gamma·(x − mean)/√(var + ε) + beta, with mean and variance along `axis`; computed in float32 at least."""
    if kwargs.pop("rms_scaling", False):
        return _rms(floating(x), gamma, axes_of(floating(x), axis), _epsilon(epsilon))
    x = floating(x)
    axes = axes_of(x, axis)
    first, rank = min(axes), rank_of(x)
    if sorted(axes) == list(range(first, rank)):
        weights = _ones_like_axes(x, first) if gamma is None else tensor(gamma, x.type.dtype)
        offset = None if beta is None else tensor(beta, x.type.dtype)
        operator = op.LayerNormalization(axis=first, epsilon=_epsilon(epsilon))
        return apply_one(operator, x, weights, offset)
    wide = _wide(x)
    centre = mean(wide, axes, keepdims=True)
    away = subtract(wide, centre)
    y = multiply(away, rsqrt(add(mean(square(away), axes, keepdims=True), _epsilon(epsilon))))
    y = y if gamma is None else multiply(y, _beside(gamma, y, axes))
    y = y if beta is None else add(y, _beside(beta, y, axes))
    return cast_to(y, x.type.dtype)


def _epsilon(epsilon: float | None) -> float:
    return default_epsilon() if epsilon is None else epsilon


def _wide(x: Operand) -> Operand:
    return cast_to(x, DType.float32) if x.type.dtype.bits < 32 else x


def _ones_like_axes(x: Operand, first: int) -> Tensor:
    """Weights of 1 for the axes that are normalised."""
    return apply_one(op.Expand(), same_as(1, x), apply_one(op.Shape(start=first), x))


def rms_normalization(
    x: TensorLike,
    scale: TensorLike | None = None,
    axis: int | Sequence[int] = -1,
    epsilon: float | None = None,
) -> Tensor:
    """scale · x / √(mean(x²) + ε), the mean along `axis`; computed in float32 at least."""
    x = floating(x)
    return _rms(x, scale, axes_of(x, axis), _epsilon(epsilon))


def _rms(x: Operand, scale: TensorLike | None, axes: Sequence[int], epsilon: float) -> Tensor:
    first = min(axes)
    if sorted(axes) == list(range(first, rank_of(x))):
        weights = _ones_like_axes(x, first) if scale is None else tensor(scale, x.type.dtype)
        return apply_one(op.RMSNormalization(axis=first, epsilon=epsilon), x, weights)
    wide = _wide(x)
    y = multiply(wide, rsqrt(add(mean(square(wide), axes, keepdims=True), epsilon)))
    y = y if scale is None else multiply(y, _beside(scale, y, axes))
    return cast_to(y, x.type.dtype)


def moments(
    x: TensorLike, axes: int | Sequence[int], keepdims: bool = False, synchronized: bool = False
) -> tuple[Tensor, Tensor]:
    """Mean and variance along axes; computed in float32 at least."""
    x = floating(x)
    wide = _wide(x)
    centre = mean(wide, axes, keepdims=True)
    spread = mean(square(subtract(wide, centre)), axes, keepdims)
    middle = centre if keepdims else apply_one(op.Squeeze(), centre, int64s(axes_of(x, axes)))
    return cast_to(middle, x.type.dtype), cast_to(spread, x.type.dtype)


def normalize(
    x: TensorLike, axis: int | Sequence[int] | None = -1, order: float = 2, epsilon: float | None = None
) -> Tensor:
    """x / max(‖x‖, ε): vectors along `axis` of length 1, in the norm of that order."""
    x = floating(x)
    axes = axes_of(x, axis)
    least = _epsilon(epsilon)
    if order == 2:
        square_sum = sum(square(x), axes, keepdims=True)
        return multiply(x, rsqrt(maximum(square_sum, least**2)))
    return divide(x, maximum(_norm(x, axes, order), least))


def _norm(x: Operand, axes: Sequence[int], order: float) -> Tensor:
    size = absolute(x)
    if order == 1:
        return sum(size, axes, keepdims=True)
    if order == math.inf:
        return largest(size, axes, keepdims=True)
    if not isinstance(order, int) or order < 1:
        raise ArgumentError(f"order must be a positive int or infinity. Received: {order!r}.")
    return power(sum(power(size, float(order)), axes, keepdims=True), 1 / order)
