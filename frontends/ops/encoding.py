"""Classes as vectors, and what losses make of them."""

from __future__ import annotations

from irkit import operators as op
from irkit.errors import ShapeError, UnsupportedError
from irkit.frontends.backend_config import epsilon
from irkit.frontends.ops.activation import log_sigmoid, log_softmax
from irkit.frontends.ops.arithmetic import add, clip, divide, multiply, negative, subtract
from irkit.frontends.ops.comparison import equal, logical_and
from irkit.frontends.ops.functions import log, log10
from irkit.frontends.ops.operands import (
    Operand,
    axis_of,
    boolean,
    cast_to,
    floating,
    is_float,
    promoted,
    rank_of,
    tensor,
)
from irkit.frontends.ops.reduction import any as some
from irkit.frontends.ops.reduction import max as largest
from irkit.frontends.ops.reduction import mean, sum
from irkit.frontends.ops.shaping import expand_dims, squeeze
from irkit.frontends.tensors.apply import apply_one
from irkit.frontends.tensors.dtypes import DTypeLike, dtype_of
from irkit.frontends.tensors.tensor import Tensor, TensorLike
from irkit.ir import DType

__all__ = [
    "binary_crossentropy",
    "categorical_crossentropy",
    "in_top_k",
    "multi_hot",
    "one_hot",
    "psnr",
    "sparse_categorical_crossentropy",
]


def one_hot(
    x: TensorLike, num_classes: int, axis: int = -1, dtype: DTypeLike | None = None, sparse: bool = False
) -> Tensor:
    """A new axis of num_classes, with 1 at the class and 0 elsewhere; all 0 for a class that does not exist."""
    _dense(sparse)
    x = tensor(x)
    place = axis_of(x, axis, extra=1)
    classes = expand_dims(cast_to(x, DType.int64), place)
    shape = [num_classes if i == place else 1 for i in range(rank_of(x) + 1)]
    every = apply_one(op.Reshape(), _counting(num_classes), tensor(shape, DType.int64))
    return cast_to(equal(classes, every), dtype_of(dtype))


def _counting(n: int) -> Operand:
    return tensor(list(range(n)), DType.int64)


def multi_hot(
    inputs: TensorLike,
    num_classes: int | None = None,
    axis: int = -1,
    dtype: DTypeLike | None = None,
    sparse: bool = False,
    **kwargs: object,
) -> Tensor:
    """For each row one vector, with 1 at every class in it."""
    _dense(sparse)
    wanted = num_classes if num_classes is not None else kwargs.get("num_tokens")
    if not isinstance(wanted, int):
        raise ShapeError("multi_hot needs num_classes.")
    x = tensor(inputs)
    rows = one_hot(x, wanted, axis=axis, dtype=dtype)
    return largest(rows, axis=1 if rank_of(x) > 1 else 0)


def _dense(sparse: bool) -> None:
    if sparse:
        raise UnsupportedError("sparse tensors are not supported.", cure="Leave out sparse=True.")


# ---- losses


def categorical_crossentropy(
    target: TensorLike, output: TensorLike, from_logits: bool = False, axis: int = -1
) -> Tensor:
    """−∑ target · ln(output) along an axis."""
    y = floating(output)
    logs = log_softmax(y, axis) if from_logits else log(_clipped(_shares(y, axis)))
    return negative(sum(multiply(target, logs), axis))


def sparse_categorical_crossentropy(
    target: TensorLike, output: TensorLike, from_logits: bool = False, axis: int = -1
) -> Tensor:
    """−ln(output) of the class that target names."""
    y, classes = floating(output), tensor(target)
    if rank_of(classes) == rank_of(y) and classes.shape[-1] == 1:
        classes = squeeze(classes, -1)
    logs = log_softmax(y, axis) if from_logits else log(_clipped(_shares(y, axis)))
    count = y.shape[axis_of(y, axis)]
    if not isinstance(count, int):
        raise ShapeError("the number of classes must be fixed.", facts=[str(y.type)])
    return negative(sum(multiply(one_hot(classes, count, axis=axis, dtype=y.type.dtype), logs), axis))


def _shares(x: Operand, axis: int) -> Tensor:
    return divide(x, sum(x, axis, keepdims=True))


def _clipped(x: TensorLike) -> Tensor:
    return clip(x, epsilon(), 1 - epsilon())


def binary_crossentropy(target: TensorLike, output: TensorLike, from_logits: bool = False) -> Tensor:
    """−target·ln(output) − (1 − target)·ln(1 − output)."""
    y, t = floating(output), cast_to(tensor(target), floating(output).type.dtype)
    if from_logits:
        logs, others = log_sigmoid(y), log_sigmoid(negative(y))
    else:
        y = _clipped(y)
        logs, others = log(y), log(subtract(1.0, y))
    return negative(add(multiply(t, logs), multiply(subtract(1.0, t), others)))


def psnr(x1: TensorLike, x2: TensorLike, max_val: float) -> Tensor:
    """The ratio of signal to noise in decibels: 20·log₁₀(max_val) − 10·log₁₀(mean((x1 − x2)²))."""
    a, b = promoted(x1, x2, also=float)
    difference = subtract(a, b)
    error = mean(multiply(difference, difference))
    return subtract(multiply(log10(tensor(max_val, error.type.dtype)), 20.0), multiply(log10(error), 10.0))


def in_top_k(targets: TensorLike, predictions: TensorLike, k: int) -> Tensor:
    """Whether the target's prediction is among the k largest of its row; ties count as among them."""
    scores = tensor(predictions)
    count = scores.shape[-1]
    if not isinstance(count, int):
        raise ShapeError("the number of classes must be fixed.", facts=[str(scores.type)])
    chosen = one_hot(targets, count, dtype="bool")
    mine = sum(apply_one(op.Where(), chosen, scores, tensor(0, scores.type.dtype)), -1, keepdims=True)
    larger = apply_one(op.Greater(), scores, mine)
    enough = apply_one(op.Less(), sum(larger, -1), tensor(k, DType.int32))
    finite = (
        apply_one(op.Not(), apply_one(op.IsNaN(), squeeze(mine, -1))) if is_float(mine) else boolean(True)
    )
    return logical_and(logical_and(enough, finite), some(chosen, -1))
