"""Along an axis, one after the other: running sums and products, differences, areas."""

from __future__ import annotations

from irkit import operators as op
from irkit.errors import ArgumentError
from irkit.frontends.ops.arithmetic import add, multiply, subtract
from irkit.frontends.ops.comparison import not_equal
from irkit.frontends.ops.indexing import getitem
from irkit.frontends.ops.operands import Operand, axis_of, cast_to, is_float, rank_of, result, same_as, tensor
from irkit.frontends.ops.reduction import sum
from irkit.frontends.ops.sequences import associative_scan, scan
from irkit.frontends.ops.shaping import moveaxis, ravel, reshape
from irkit.frontends.tensors.apply import apply_one
from irkit.frontends.tensors.dtypes import DTypeLike, dtype_of, joined
from irkit.frontends.tensors.tensor import Tensor, TensorLike
from irkit.ir import DType
from irkit.ir.types import FLOATS

__all__ = ["cumprod", "cumsum", "diff", "nancumprod", "nancumsum", "trapezoid"]

_SUMMABLE = FLOATS | {DType.int32, DType.int64, DType.uint32, DType.uint64}


def _prepared(x: TensorLike, axis: int | None, dtype: DTypeLike | None) -> tuple[Operand, int, DType]:
    """The numbers, the axis, and the type of the result."""
    x = tensor(x)
    wanted = x.type.dtype if dtype is None else dtype_of(dtype)
    wanted = DType.int32 if wanted is DType.bool else wanted
    x = cast_to(x, wanted)
    return (ravel(x), 0, wanted) if axis is None or rank_of(x) == 0 else (x, axis_of(x, axis), wanted)


def cumsum(x: TensorLike, axis: int | None = None, dtype: DTypeLike | None = None) -> Tensor:
    """x₀, x₀ + x₁, … along an axis, or of the flattened tensor."""
    x, axis, wanted = _prepared(x, axis, dtype)
    wide = cast_to(x, wanted if wanted in _SUMMABLE else DType.int32)
    return cast_to(apply_one(op.CumSum(), wide, tensor(axis, DType.int64)), wanted)


def cumprod(x: TensorLike, axis: int | None = None, dtype: DTypeLike | None = None) -> Tensor:
    """x₀, x₀·x₁, … along an axis, or of the flattened tensor."""
    x, axis, wanted = _prepared(x, axis, dtype)
    if isinstance(x.shape[axis], int):
        made: Tensor = associative_scan(multiply, result(x), axis=axis)
        return made
    rows = moveaxis(x, axis, 0)
    one = multiply(getitem(rows, 0), 0)

    def turn(product: Tensor, row: Tensor) -> tuple[Tensor, Tensor]:
        new = multiply(product, row)
        return new, new

    return cast_to(moveaxis(scan(turn, add(one, 1), rows)[1], 0, axis), wanted)


def nancumsum(x: TensorLike, axis: int | None = None, dtype: DTypeLike | None = None) -> Tensor:
    """`cumsum`, NaN counted as 0."""
    return cumsum(without_nan(tensor(x), 0), axis, dtype)


def nancumprod(x: TensorLike, axis: int | None = None, dtype: DTypeLike | None = None) -> Tensor:
    """`cumprod`, NaN counted as 1."""
    return cumprod(without_nan(tensor(x), 1), axis, dtype)


def without_nan(x: Operand, value: float) -> Operand:
    """`x`, with `value` in the place of NaN."""
    return apply_one(op.Where(), apply_one(op.IsNaN(), x), same_as(value, x), x) if is_float(x) else x


def diff(a: TensorLike, n: int = 1, axis: int = -1) -> Tensor:
    """x₁ − x₀, x₂ − x₁, … along an axis, n times over; of bools: whether they differ."""
    x = tensor(a)
    if n < 0:
        raise ArgumentError(f"n must not be negative. Received: {n}.")
    at = axis_of(x, axis)
    before: tuple[slice, ...] = (slice(None),) * at
    for _ in range(n):
        later, earlier = getitem(x, (*before, slice(1, None))), getitem(x, (*before, slice(None, -1)))
        x = not_equal(later, earlier) if x.type.dtype is DType.bool else subtract(later, earlier)
    return result(x)


def trapezoid(y: TensorLike, x: TensorLike | None = None, dx: TensorLike = 1.0, axis: int = -1) -> Tensor:
    """The area under straight lines through the points (x, y); dx is the distance of points where x is not given."""
    values = tensor(y)
    values = cast_to(values, joined((values.type.dtype.name, "float")))
    at = axis_of(values, axis)
    before: tuple[slice, ...] = (slice(None),) * at
    middle = add(getitem(values, (*before, slice(1, None))), getitem(values, (*before, slice(None, -1))))
    width: TensorLike = tensor(dx, values.type.dtype)
    if x is not None:
        places = cast_to(tensor(x), values.type.dtype)
        flat = rank_of(places) == 1
        width = diff(places, axis=-1 if flat else axis)
        if flat:
            width = reshape(width, [-1 if i == at else 1 for i in range(rank_of(values))])
    return cast_to(multiply(sum(multiply(middle, width), at), 0.5), values.type.dtype)
