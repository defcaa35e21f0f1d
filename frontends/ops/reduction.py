"""Many numbers made one, along axes: sum, mean, max… None stands for all axes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from irkit import operators as op
from irkit.frontends.ops.arithmetic import divide, maximum, minimum, multiply, square, subtract
from irkit.frontends.ops.operands import (
    Operand,
    axes_of,
    axis_of,
    boolean,
    cast_to,
    floating,
    int64s,
    kind,
    rank_of,
    result,
    tensor,
)
from irkit.frontends.tensors.apply import apply_one
from irkit.frontends.tensors.dtypes import DTypeLike, dtype_of, joined
from irkit.frontends.tensors.tensor import Tensor, TensorLike
from irkit.ir import DType
from irkit.ir.types import FLOATS
from irkit.operators import Operator

__all__ = [
    "all",
    "amax",
    "amin",
    "any",
    "argmax",
    "argmin",
    "average",
    "count_nonzero",
    "logsumexp",
    "max",
    "mean",
    "min",
    "prod",
    "ptp",
    "std",
    "sum",
    "var",
]

Axis: TypeAlias = int | Sequence[int] | None

# Small integers are added up in larger ones.
_ADDED_AS = {
    DType.bool: DType.int32,
    DType.int8: DType.int32,
    DType.int16: DType.int32,
    DType.uint8: DType.uint32,
    DType.uint16: DType.uint32,
}
# Those for which ONNX defines sums and products.
_REDUCIBLE = FLOATS | {DType.int32, DType.int64, DType.uint64}


def reduced(operator: Operator, x: Operand, axis: Axis) -> Tensor:
    """`operator`, one of ONNX's reductions, along `axis`."""
    if axis is None:
        return apply_one(operator, x)
    axes = axes_of(x, axis)
    return apply_one(operator, x, int64s(axes)) if axes else result(x)


def sum(x: TensorLike, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """∑x. Bools and small integers give int32 or uint32."""
    x = tensor(x)
    wanted = _ADDED_AS.get(kind(x), kind(x))
    return cast_to(reduced(op.ReduceSum(keepdims=keepdims), _summable(x, wanted), axis), wanted)


def _summable(x: Operand, wanted: DType) -> Operand:
    """`x` in a type that runtimes add up and multiply, from which `wanted` is a part: int64 wraps as uint32 does."""
    return cast_to(
        x, DType.int64 if wanted is DType.uint32 else wanted if wanted in _REDUCIBLE else DType.int32
    )


def prod(x: TensorLike, axis: Axis = None, keepdims: bool = False, dtype: DTypeLike | None = None) -> Tensor:
    """∏x. Bools and small integers give int32 or uint32, unless dtype says otherwise."""
    x = tensor(x)
    wanted = _ADDED_AS.get(kind(x), kind(x)) if dtype is None else dtype_of(dtype)
    return cast_to(reduced(op.ReduceProd(keepdims=keepdims), _summable(x, wanted), axis), wanted)


def mean(x: TensorLike, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """∑x / n, as floats."""
    return reduced(op.ReduceMean(keepdims=keepdims), floating(x), axis)


def max(
    x: TensorLike, axis: Axis = None, keepdims: bool = False, initial: TensorLike | None = None
) -> Tensor:
    """The largest; initial: at least this, also of nothing."""
    found = _extreme(op.ReduceMax(keepdims=keepdims), tensor(x), axis)
    return found if initial is None else maximum(found, tensor(initial, kind(found)))


def min(
    x: TensorLike, axis: Axis = None, keepdims: bool = False, initial: TensorLike | None = None
) -> Tensor:
    """The smallest; initial: at most this, also of nothing."""
    found = _extreme(op.ReduceMin(keepdims=keepdims), tensor(x), axis)
    return found if initial is None else minimum(found, tensor(initial, kind(found)))


def _extreme(operator: Operator, x: Operand, axis: Axis) -> Tensor:
    narrow = {DType.int16: DType.int32, DType.uint16: DType.uint32}.get(kind(x))  # ONNX lacks these two
    return (
        reduced(operator, x, axis)
        if narrow is None
        else cast_to(reduced(operator, cast_to(x, narrow), axis), kind(x))
    )


amax, amin = max, min


def ptp(x: TensorLike, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The largest minus the smallest."""
    return subtract(max(x, axis, keepdims), min(x, axis, keepdims))


def all(x: TensorLike, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """Whether all are true (not zero)."""
    return _extreme(op.ReduceMin(keepdims=keepdims), boolean(x), axis)


def any(x: TensorLike, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """Whether one is true (not zero)."""
    return _extreme(op.ReduceMax(keepdims=keepdims), boolean(x), axis)


def count_nonzero(x: TensorLike, axis: Axis = None) -> Tensor:
    """How many are not zero, as int32."""
    return sum(boolean(x), axis)


def argmax(x: TensorLike, axis: int | None = None, keepdims: bool = False) -> Tensor:
    """The index of the first of the largest, as int32; with axis None of the flattened tensor."""
    return _index(op.ArgMax, tensor(x), axis, keepdims)


def argmin(x: TensorLike, axis: int | None = None, keepdims: bool = False) -> Tensor:
    """The index of the first of the smallest, as int32; with axis None of the flattened tensor."""
    return _index(op.ArgMin, tensor(x), axis, keepdims)


def _index(operator: type[Operator], x: Operand, axis: int | None, keepdims: bool) -> Tensor:
    if kind(x) is DType.bool:
        x = cast_to(x, DType.uint8)
    rank = rank_of(x)
    if axis is None or rank == 0:
        x = apply_one(op.Reshape(), x, int64s([-1]))
    place = 0 if axis is None or rank == 0 else axis_of(x, axis)
    flat = axis is None or rank == 0
    found = apply_one(operator(axis=place, keepdims=keepdims and not flat), x)  # type: ignore[call-arg]  # ArgMax or ArgMin
    if flat and keepdims:
        found = apply_one(op.Reshape(), found, int64s([1] * rank))
    return cast_to(found, DType.int32)


def var(x: TensorLike, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """The mean of (x − mean)², as floats, computed in float32 at least."""
    x = tensor(x)
    dtype = joined((kind(x).name, "float"))
    wide = cast_to(x, joined((kind(x).name, "float32")))
    away = subtract(wide, mean(wide, axis, keepdims=True))
    return cast_to(mean(square(away), axis, keepdims), dtype)


def std(x: TensorLike, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """√var."""
    return apply_one(op.Sqrt(), var(floating(x), axis, keepdims))


def average(x: TensorLike, axis: Axis = None, weights: TensorLike | None = None) -> Tensor:
    """∑w·x / ∑w, as floats. weights: of the shape of x, or a vector along `axis`."""
    x = floating(x)
    if weights is None:
        return mean(x, axis)
    w = tensor(weights)
    dtype = joined((kind(x).name, kind(w).name, "float"))
    x, w = cast_to(x, dtype), cast_to(w, dtype)
    if rank_of(w) == 1 and rank_of(x) > 1 and isinstance(axis, int):
        shape = [1] * rank_of(x)
        shape[axis_of(x, axis)] = -1
        w = apply_one(op.Reshape(), w, int64s(shape))
    total = sum(apply_one(op.Expand(), w, apply_one(op.Shape(), x)), axis)
    return divide(sum(multiply(x, w), axis), total)


def logsumexp(x: TensorLike, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """ln ∑eˣ, without overflow."""
    return reduced(op.ReduceLogSumExp(keepdims=keepdims), floating(x), axis)
