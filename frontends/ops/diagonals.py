"""Diagonals and triangles of matrices."""

from __future__ import annotations

from irkit import operators as op
from irkit.errors import ArgumentError, ShapeError
from irkit.frontends.ops.arithmetic import add, minimum, multiply, power, subtract
from irkit.frontends.ops.comparison import where
from irkit.frontends.ops.creation import arange
from irkit.frontends.ops.operands import Operand, axis_of, cast_to, rank_of, same_as, tensor
from irkit.frontends.ops.reduction import sum
from irkit.frontends.ops.shaping import expand_dims, permuted, ravel, reshape
from irkit.frontends.ops.sizes import size_tensor
from irkit.frontends.tensors.apply import apply_one
from irkit.frontends.tensors.dtypes import joined
from irkit.frontends.tensors.tensor import Tensor, TensorLike
from irkit.ir import DType

__all__ = ["diag", "diagflat", "diagonal", "trace", "tril", "triu", "vander"]


def tril(x: TensorLike, k: int = 0) -> Tensor:
    """Zeros above a diagonal of (…, n, m)."""
    return _triangle(tensor(x), k, upper=False)


def triu(x: TensorLike, k: int = 0) -> Tensor:
    """Zeros below a diagonal of (…, n, m)."""
    return _triangle(tensor(x), k, upper=True)


def _triangle(x: Operand, k: int, upper: bool) -> Tensor:
    if rank_of(x) < 2:
        raise ShapeError(f"matrices are needed, not {x.type}.")
    return apply_one(op.Trilu(upper=upper), x, tensor(int(k), DType.int64))


def diag(x: TensorLike, k: int = 0) -> Tensor:
    """A matrix with the vector x on a diagonal; or the diagonal of the matrix x. k: how far above the main one."""
    x = tensor(x)
    if rank_of(x) == 1:
        return _with_diagonal(x, k)
    if rank_of(x) != 2:
        raise ShapeError(f"a vector or a matrix is needed, not {x.type}.")
    return diagonal(x, k)


def _with_diagonal(x: Operand, k: int) -> Tensor:
    size = x.shape[0]
    far = k if k > 0 else -k
    rows = expand_dims(arange(size + far, dtype=DType.int64), 1)
    columns = expand_dims(arange(size + far, dtype=DType.int64), 0)
    mine = apply_one(op.Equal(), columns, add(rows, k))
    zeros = tensor([0] * far, x.type.dtype)
    padded = apply_one(op.Concat(axis=0), zeros, x) if far else x
    line = expand_dims(padded, 0 if k > 0 else 1)  # each column, or each row, carries its number
    return where(mine, line, same_as(0, x))


def diagflat(x: TensorLike, k: int = 0) -> Tensor:
    """A matrix with all elements of x on a diagonal."""
    return _with_diagonal(ravel(x), k)


def diagonal(x: TensorLike, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Tensor:
    """The diagonal of the matrices that two axes make; it becomes the last axis."""
    x = tensor(x)
    a, b = axis_of(x, axis1, name="axis1"), axis_of(x, axis2, name="axis2")
    if a == b:
        raise ArgumentError("axis1 and axis2 must differ.")
    moved = permuted(x, [*(i for i in range(rank_of(x)) if i not in (a, b)), a, b])
    n, m = moved.shape[-2], moved.shape[-1]
    down, right = max(0, -offset), max(0, offset)
    places: TensorLike
    if isinstance(n, int) and isinstance(m, int):
        places = [(down + i) * m + right + i for i in range(max(0, min(n - down, m - right)))]
    else:
        length = minimum(subtract(size_tensor(n), down), subtract(size_tensor(m), right))
        i = arange(length, dtype=DType.int64)
        places = add(multiply(add(i, down), size_tensor(m)), add(i, right))
    flat = reshape(moved, [*moved.shape[:-2], -1])
    return apply_one(op.Gather(axis=rank_of(flat) - 1), flat, tensor(places, DType.int64))


def trace(x: TensorLike, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Tensor:
    """The sum of a diagonal."""
    return sum(diagonal(x, offset, axis1, axis2), -1)


def vander(x: TensorLike, N: int | None = None, increasing: bool = False) -> Tensor:
    """Powers of each number in a row: x^{N−1} … x, 1; the other way round when increasing."""
    x = tensor(x)
    if rank_of(x) != 1:
        raise ShapeError(f"a vector is needed, not {x.type}.")
    count = x.shape[0] if N is None else N
    exponents = arange(count, dtype=DType.float32)
    if not increasing:
        exponents = subtract(cast_to(size_tensor(count), DType.float32), add(exponents, 1.0))
    wide = cast_to(x, joined((x.type.dtype.name, "float32")))
    return cast_to(power(expand_dims(wide, 1), expand_dims(exponents, 0)), x.type.dtype)
