"""Activation functions, element by element or along an axis; of floats (integers become floatx)."""

from __future__ import annotations

from collections.abc import Sequence

from irkit import operators as op
from irkit.errors import ShapeError
from irkit.frontends.ops.arithmetic import add, clip, divide, maximum, minimum, multiply, square, subtract
from irkit.frontends.ops.functions import expm1
from irkit.frontends.ops.functions import sqrt as root
from irkit.frontends.ops.joining import split
from irkit.frontends.ops.operands import Operand, axis_of, cast_to, floating, kind, rank_of, same_as, tensor
from irkit.frontends.ops.reduction import max as largest
from irkit.frontends.ops.reduction import sum as total
from irkit.frontends.ops.sizes import size_tensor
from irkit.frontends.tensors.apply import apply, apply_one
from irkit.frontends.tensors.tensor import Tensor, TensorLike
from irkit.ir import DType
from irkit.ir.types import SIGNED

__all__ = [
    "celu",
    "elu",
    "gelu",
    "glu",
    "hard_shrink",
    "hard_sigmoid",
    "hard_silu",
    "hard_swish",
    "hard_tanh",
    "leaky_relu",
    "log_sigmoid",
    "log_softmax",
    "relu",
    "relu6",
    "selu",
    "sigmoid",
    "silu",
    "soft_shrink",
    "softmax",
    "softplus",
    "softsign",
    "sparse_plus",
    "sparse_sigmoid",
    "sparsemax",
    "squareplus",
    "swish",
    "tanh_shrink",
    "threshold",
]


def relu(x: TensorLike) -> Tensor:
    """max(x, 0)."""
    x = tensor(x)
    return apply_one(op.Relu(), x if kind(x) in SIGNED else floating(x))


def relu6(x: TensorLike) -> Tensor:
    """min(max(x, 0), 6)."""
    return clip(x, 0, 6)


def sigmoid(x: TensorLike) -> Tensor:
    """1 / (1 + e⁻ˣ)."""
    return apply_one(op.Sigmoid(), floating(x))


def log_sigmoid(x: TensorLike) -> Tensor:
    """ln sigmoid(x)."""
    return apply_one(op.Neg(), apply_one(op.Softplus(), apply_one(op.Neg(), floating(x))))


def sparse_sigmoid(x: TensorLike) -> Tensor:
    """(x + 1)/2 between −1 and 1, 0 below, 1 above."""
    return clip(multiply(add(floating(x), 1), 0.5), 0, 1)


def hard_sigmoid(x: TensorLike) -> Tensor:
    """x/6 + 1/2, held between 0 and 1."""
    return apply_one(op.HardSigmoid(alpha=1 / 6, beta=0.5), floating(x))


def silu(x: TensorLike) -> Tensor:
    """x · sigmoid(x)."""
    x = floating(x)
    return multiply(x, apply_one(op.Sigmoid(), x))


swish = silu


def mish(x: TensorLike) -> Tensor:
    """x · tanh(ln(1 + eˣ)).  https://arxiv.org/abs/1908.08681"""
    return apply_one(op.Mish(), floating(x))


def hard_silu(x: TensorLike) -> Tensor:
    """x · hard_sigmoid(x)."""
    return apply_one(op.HardSwish(), floating(x))


hard_swish = hard_silu


def hard_tanh(x: TensorLike) -> Tensor:
    """x, held between −1 and 1."""
    return clip(x, -1, 1)


def softplus(x: TensorLike) -> Tensor:
    """ln(1 + eˣ)."""
    return apply_one(op.Softplus(), floating(x))


def softsign(x: TensorLike) -> Tensor:
    """x / (1 + |x|)."""
    return apply_one(op.Softsign(), floating(x))


def squareplus(x: TensorLike, b: float = 4) -> Tensor:
    """(x + √(x² + b)) / 2."""
    x = floating(x)
    return multiply(add(x, root(add(square(x), b))), 0.5)


def sparse_plus(x: TensorLike) -> Tensor:
    """(x + 1)²/4 between −1 and 1, 0 below, x above."""
    x = floating(x)
    curve = multiply(square(maximum(add(x, 1), 0)), 0.25)
    return apply_one(op.Where(), apply_one(op.Less(), x, same_as(1, x)), curve, x)


def leaky_relu(x: TensorLike, negative_slope: float = 0.2) -> Tensor:
    """x where it is positive, negative_slope · x elsewhere."""
    return apply_one(op.LeakyRelu(alpha=negative_slope), floating(x))


def elu(x: TensorLike, alpha: float = 1.0) -> Tensor:
    """x where it is positive, α·(eˣ − 1) elsewhere."""
    return apply_one(op.Elu(alpha=alpha), floating(x))


def selu(x: TensorLike) -> Tensor:
    """elu with constants that keep mean and variance of activations."""
    return apply_one(op.Selu(), floating(x))


def celu(x: TensorLike, alpha: float = 1.0) -> Tensor:
    """max(x, 0) + min(0, α·(e^{x/α} − 1))."""
    x = floating(x)
    if kind(x) is DType.float32:
        return apply_one(op.Celu(alpha=alpha), x)
    return add(maximum(x, 0), multiply(expm1(divide(minimum(x, 0), alpha)), alpha))


def gelu(x: TensorLike, approximate: bool = True) -> Tensor:
    """x · Φ(x), with the normal distribution Φ, or its approximation by tanh."""
    return apply_one(op.Gelu(approximate="tanh" if approximate else "none"), floating(x))


def glu(x: TensorLike, axis: int = -1) -> Tensor:
    """a · sigmoid(b) of the halves a and b along an axis. Raises ShapeError for an odd size."""
    x = floating(x)
    size = x.shape[axis_of(x, axis)]
    if isinstance(size, int) and size % 2:
        raise ShapeError(f"axis {axis} of size {size} has no halves.", facts=[str(x.type)])
    a, b = split(x, 2, axis)
    return multiply(a, apply_one(op.Sigmoid(), b))


def tanh_shrink(x: TensorLike) -> Tensor:
    """x − tanh(x)."""
    x = floating(x)
    return subtract(x, apply_one(op.Tanh(), x))


def soft_shrink(x: TensorLike, threshold: float = 0.5) -> Tensor:
    """Nearer to 0 by threshold; 0 within it."""
    return apply_one(op.Shrink(lambd=threshold, bias=threshold), floating(x))


def hard_shrink(x: TensorLike, threshold: float = 0.5) -> Tensor:
    """x; 0 within threshold of 0."""
    return apply_one(op.Shrink(lambd=threshold, bias=0.0), floating(x))


def threshold(x: TensorLike, threshold: float, default_value: float) -> Tensor:
    """x where it exceeds threshold, default_value elsewhere."""
    x = tensor(x)
    above = apply_one(op.Greater(), x, same_as(threshold, x))
    return apply_one(op.Where(), above, x, same_as(default_value, x))


# ---- along an axis


def softmax(x: TensorLike, axis: int | Sequence[int] = -1) -> Tensor:
    """eˣ / ∑eˣ along an axis, or several together."""
    x = floating(x)
    if isinstance(axis, int):
        return apply_one(op.Softmax(axis=axis_of(x, axis)), x) if rank_of(x) else divide(x, x)
    powers = apply_one(op.Exp(), subtract(x, largest(x, axis, keepdims=True)))
    return divide(powers, total(powers, axis, keepdims=True))


def log_softmax(x: TensorLike, axis: int | Sequence[int] = -1) -> Tensor:
    """ln softmax(x)."""
    x = floating(x)
    if isinstance(axis, int):
        return apply_one(op.LogSoftmax(axis=axis_of(x, axis)), x) if rank_of(x) else subtract(x, x)
    away = subtract(x, largest(x, axis, keepdims=True))
    return subtract(away, apply_one(op.Log(), total(apply_one(op.Exp(), away), axis, keepdims=True)))


def sparsemax(x: TensorLike, axis: int = -1) -> Tensor:
    """max(x − τ, 0), where many numbers become 0.  https://arxiv.org/abs/1602.02068

    τ is Keras's, which adds up the running sums of all kept numbers and takes not only the last, as the paper does; so
    results need not sum to 1.
    """
    x = floating(x)
    axis = axis_of(x, axis)
    ordered, sums, ranks = _descending(x, axis)
    inside = apply_one(op.Greater(), add(multiply(ranks, ordered), 1), sums)
    kept = cast_to(inside, kind(x))
    count = total(kept, axis, keepdims=True)
    edge = divide(subtract(total(multiply(kept, sums), axis, keepdims=True), 1), count)
    return maximum(subtract(x, edge), 0)


def _descending(x: Operand, axis: int) -> tuple[Tensor, Tensor, Tensor]:
    """The numbers along an axis sorted, their running sums, and 1, 2, 3…"""
    size = apply_one(op.Reshape(), size_tensor(x.shape[axis]), tensor([1], DType.int64))
    ordered, _ = apply(op.TopK(axis=axis), x, size)  # onnxruntime wants both outputs
    sums = apply_one(op.CumSum(), ordered, tensor(axis, DType.int64))
    ones = apply_one(op.Expand(), same_as(1, x), apply_one(op.Shape(), x))
    return ordered, sums, apply_one(op.CumSum(), ones, tensor(axis, DType.int64))
