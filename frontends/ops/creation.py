"""Tensors from nothing: zeros, ones, ranges, diagonals, windows. Sizes may be symbolic."""

from __future__ import annotations

import math
from typing import Literal, overload

import numpy as np

from irkit import operators as op
from irkit.frontends.ops.arithmetic import add, divide, multiply, power, subtract
from irkit.frontends.ops.functions import exp, log
from irkit.frontends.ops.operands import (
    Operand,
    cast_to,
    common,
    promoted,
    result,
    tensor,
)
from irkit.frontends.ops.shaping import expand_dims, moveaxis
from irkit.frontends.ops.sizes import ShapeArgument, SizeArgument, shape_tensor, sizes_of, static
from irkit.frontends.tensors.apply import apply_one
from irkit.frontends.tensors.dtypes import DTypeLike, dtype_of
from irkit.frontends.tensors.tensor import EagerTensor, Tensor, TensorLike
from irkit.ir import DType

__all__ = [
    "arange",
    "array",
    "empty",
    "empty_like",
    "eye",
    "full",
    "full_like",
    "geomspace",
    "identity",
    "linspace",
    "logspace",
    "ones",
    "ones_like",
    "tri",
    "zeros",
    "zeros_like",
]


def array(x: TensorLike, dtype: DTypeLike | None = None) -> Tensor:
    """`x` as a tensor, of type `dtype` where it is given."""
    return result(tensor(x, None if dtype is None else dtype_of(dtype)))


def full(shape: ShapeArgument, fill_value: TensorLike, dtype: DTypeLike | None = None) -> Tensor:
    """A tensor of one value, which is broadcast to `shape`; floatx by default."""
    value = tensor(fill_value, dtype_of(dtype))
    if isinstance(value, EagerTensor) and static(sizes := sizes_of(shape)):
        return EagerTensor(np.broadcast_to(value.array, tuple(sizes)).copy())
    return apply_one(op.Expand(), value, shape_tensor(shape))


def zeros(shape: ShapeArgument, dtype: DTypeLike | None = None) -> Tensor:
    """A tensor of zeros, of floatx by default."""
    return full(shape, 0, dtype)


def ones(shape: ShapeArgument, dtype: DTypeLike | None = None) -> Tensor:
    """A tensor of ones, of floatx by default."""
    return full(shape, 1, dtype)


empty = zeros


def full_like(x: TensorLike, fill_value: TensorLike, dtype: DTypeLike | None = None) -> Tensor:
    """A tensor of one value, in the shape of `x`, and its type by default."""
    x = tensor(x)
    value = tensor(fill_value, x.type.dtype if dtype is None else dtype_of(dtype))
    return full(x.shape, value, value.type.dtype)


def zeros_like(x: TensorLike, dtype: DTypeLike | None = None) -> Tensor:
    """Zeros in the shape of `x`, and its type by default."""
    return full_like(x, 0, dtype)


def ones_like(x: TensorLike, dtype: DTypeLike | None = None) -> Tensor:
    """Ones in the shape of `x`, and its type by default."""
    return full_like(x, 1, dtype)


empty_like = zeros_like


def arange(
    start: TensorLike | SizeArgument,
    stop: TensorLike | SizeArgument | None = None,
    step: TensorLike | SizeArgument | None = None,
    dtype: DTypeLike | None = None,
) -> Tensor:
    """start, start + step, … before stop; from 0 when only one number is given."""
    given = [v for v in (start, stop, step) if v is not None]
    wanted = common(*given) if dtype is None else dtype_of(dtype)
    if stop is None:
        start, stop = 0, start
    computed = (
        wanted
        if wanted in _RANGES
        else DType.int64
        if wanted.bits == 64
        else DType.float32
        if "float" in wanted.name
        else DType.int32
    )
    bounds = [tensor(v, computed) for v in (start, stop, 1 if step is None else step)]
    return cast_to(apply_one(op.Range(), *bounds), wanted)


_RANGES = frozenset({DType.float32, DType.float64, DType.int16, DType.int32, DType.int64})


@overload
def linspace(
    start: TensorLike,
    stop: TensorLike,
    num: int = 50,
    endpoint: bool = True,
    retstep: Literal[False] = False,
    dtype: DTypeLike | None = None,
    axis: int = 0,
) -> Tensor: ...
@overload
def linspace(
    start: TensorLike,
    stop: TensorLike,
    num: int,
    endpoint: bool,
    retstep: Literal[True],
    dtype: DTypeLike | None = None,
    axis: int = 0,
) -> tuple[Tensor, Tensor]: ...
def linspace(
    start: TensorLike,
    stop: TensorLike,
    num: int = 50,
    endpoint: bool = True,
    retstep: bool = False,
    dtype: DTypeLike | None = None,
    axis: int = 0,
) -> Tensor | tuple[Tensor, Tensor]:
    """`num` numbers at equal distances from start to stop. retstep: also return the distance."""
    wanted = common(start, stop, also=float) if dtype is None else dtype_of(dtype)
    a, b = promoted(start, stop, also=float)
    parts = num - 1 if endpoint else num
    step = divide(subtract(b, a), parts) if parts > 0 else multiply(subtract(b, a), math.nan)
    line = _line(a, b, step, num, endpoint and num > 1)
    line = cast_to(_floored(line, wanted), wanted)
    line = line if axis == 0 else moveaxis(line, 0, axis)
    return (line, step) if retstep else line


def _line(a: Operand, b: Operand, step: Tensor, num: int, ends: bool) -> Tensor:
    """a + i·step, along a new first axis; the last one is exactly `b`."""
    rank = max(a.ndim, b.ndim)
    counts = tensor(np.arange(num).reshape(-1, *[1] * rank), a.type.dtype)
    if num < 2:
        return add(multiply(counts, 0), a)
    line = add(multiply(counts, step), a)
    return (
        apply_one(op.Where(), tensor(np.arange(num).reshape(-1, *[1] * rank) == num - 1), b, line)
        if ends
        else line
    )


def _floored(x: Tensor, wanted: DType) -> Tensor:
    return apply_one(op.Floor(), x) if wanted.name.startswith(("int", "uint")) else x


def logspace(
    start: TensorLike,
    stop: TensorLike,
    num: int = 50,
    endpoint: bool = True,
    base: float = 10,
    dtype: DTypeLike | None = None,
    axis: int = 0,
) -> Tensor:
    """base raised to `num` numbers at equal distances from start to stop."""
    exponents = linspace(start, stop, num, endpoint, axis=axis)
    wanted = exponents.type.dtype if dtype is None else dtype_of(dtype)
    return cast_to(power(float(base), exponents), wanted)


def geomspace(
    start: TensorLike,
    stop: TensorLike,
    num: int = 50,
    endpoint: bool = True,
    dtype: DTypeLike | None = None,
    axis: int = 0,
) -> Tensor:
    """`num` numbers from start to stop, each the same multiple of the one before; of one sign."""
    a, b = promoted(start, stop, also=float)
    ratio = log(divide(b, a))
    line = linspace(multiply(ratio, 0.0), ratio, num, endpoint, axis=axis)
    first = a if a.ndim == 0 else expand_dims(a, axis)
    made = multiply(exp(line), first)
    return made if dtype is None else cast_to(made, dtype_of(dtype))


def eye(N: int, M: int | None = None, k: int = 0, dtype: DTypeLike | None = None) -> Tensor:
    """Ones on a diagonal, zeros elsewhere: N × M. k: how far above the main diagonal."""
    return _by_place(N, N if M is None else M, dtype, op.Equal(), k)


def identity(n: int, dtype: DTypeLike | None = None) -> Tensor:
    """Ones on the main diagonal of n × n."""
    return eye(n, dtype=dtype)


def tri(N: int, M: int | None = None, k: int = 0, dtype: DTypeLike | None = None) -> Tensor:
    """Ones on and below a diagonal, zeros above it."""
    return _by_place(N, N if M is None else M, dtype, op.LessOrEqual(), k)


def _by_place(
    rows: SizeArgument, columns: SizeArgument, dtype: DTypeLike | None, rule: op.Operator, k: int
) -> Tensor:
    """Where column − k stands in this relation to the row."""
    row = expand_dims(arange(rows, dtype=DType.int64), 1)
    column = expand_dims(subtract(arange(columns, dtype=DType.int64), k), 0)
    return cast_to(apply_one(rule, column, row), dtype_of(dtype))
