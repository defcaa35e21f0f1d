"""Systems of linear equations, solved by elimination with pivots: in a loop over columns."""

from __future__ import annotations

from typing import Any

from irkit import operators as op
from irkit.errors import ShapeError
from irkit.frontends.ops.arithmetic import absolute, divide, multiply, subtract
from irkit.frontends.ops.comparison import equal, greater, greater_equal, less, logical_and, where
from irkit.frontends.ops.control import fori_loop
from irkit.frontends.ops.creation import arange, eye, zeros_like
from irkit.frontends.ops.functions import log, sqrt
from irkit.frontends.ops.gathering import take, take_along_axis
from irkit.frontends.ops.indexing import getitem
from irkit.frontends.ops.joining import concatenate
from irkit.frontends.ops.operands import Operand, cast_to, floating, promoted, rank_of, tensor
from irkit.frontends.ops.products import matmul
from irkit.frontends.ops.reduction import argmax, prod, sum
from irkit.frontends.ops.shaping import broadcast_to, expand_dims, reshape, squeeze, swapaxes
from irkit.frontends.ops.sizes import size_tensor
from irkit.frontends.tensors.apply import apply_one
from irkit.frontends.tensors.size import Size
from irkit.frontends.tensors.tensor import Tensor, TensorLike
from irkit.ir import DType

__all__ = [
    "cholesky",
    "cholesky_inverse",
    "det",
    "inv",
    "logdet",
    "lu_factor",
    "slogdet",
    "solve",
    "solve_triangular",
]


def square_matrix(x: TensorLike) -> tuple[Operand, int | Size]:
    """A (…, n, n) tensor of floats, and n. Raises ShapeError."""
    a = floating(x)
    if rank_of(a) < 2 or (
        isinstance(a.shape[-1], int) and isinstance(a.shape[-2], int) and a.shape[-1] != a.shape[-2]
    ):
        raise ShapeError(f"square matrices are needed, not {a.type}.")
    return a, a.shape[-1]


def at(x: Operand, i: TensorLike, axis: int) -> Tensor:
    """The slice number i along an axis, which stays with size 1."""
    return take(x, reshape(cast_to(tensor(i), DType.int64), (1,)), axis)


def _identity(n: int | Size, x: Operand) -> Tensor:
    return eye(n, dtype=x.type.dtype)  # type: ignore[arg-type]  # sizes work as well


def solve(a: TensorLike, b: TensorLike) -> Tensor:
    """x with a·x = b: a (…, n, n), b (…, n) or (…, n, m). By Gauss and Jordan, with row exchanges."""
    left, right = promoted(a, b, also=float)
    left, n = square_matrix(left)
    vector = rank_of(right) == rank_of(left) - 1
    right = expand_dims(right, -1) if vector else right
    both = concatenate([left, right], -1)
    made = fori_loop(0, _turns(n), lambda k, m: _cleared(_pivoted(m, k)[0], k, everywhere=True), both)
    x = _columns(made, n, None)
    return squeeze(x, -1) if vector else x


def _turns(n: int | Size) -> TensorLike:
    return n if isinstance(n, int) else cast_to(size_tensor(n), DType.int32)


def _columns(x: Operand, start: int | Size | None, end: int | Size | None) -> Tensor:
    return getitem(x, (..., slice(start, end)))


def _pivoted(m: Operand, k: TensorLike) -> tuple[Tensor, Tensor]:
    """Row k exchanged with the one below it that has the largest element in column k; and which that was."""
    rows = arange(m.shape[-2])
    column = absolute(squeeze(at(m, k, -1), -1))
    below = where(greater_equal(rows, k), column, -1.0)
    chosen = argmax(below, -1, keepdims=True)
    order = where(equal(rows, k), chosen, where(equal(rows, chosen), k, rows))
    indices = broadcast_to(expand_dims(order, -1), m.shape)
    return take_along_axis(m, indices, -2), chosen


def _cleared(m: Operand, k: TensorLike, everywhere: bool) -> Tensor:
    """Row k divided by its pivot, and column k made zero in the other rows (all, or those below)."""
    pivot_row = at(m, k, -2)
    pivot = at(pivot_row, k, -1)
    rows = expand_dims(arange(m.shape[-2]), -1)
    scaled = divide(pivot_row, pivot)
    factors = at(m, k, -1)
    reduced = subtract(m, multiply(factors, scaled))
    mine = equal(rows, k)
    return where(mine, scaled, reduced if everywhere else where(greater(rows, k), reduced, m))


def inv(x: TensorLike) -> Tensor:
    """The inverse of (…, n, n)."""
    a, n = square_matrix(x)
    return solve(a, broadcast_to(_identity(n, a), a.shape))


# ---- factors


def lu_factor(x: TensorLike) -> tuple[Tensor, Tensor]:
    """L and U in one (…, n, n), L below the diagonal; and which row was exchanged with each, as int32."""
    a, n = square_matrix(x)
    shape = list(a.shape)[:-1]
    start = (a, broadcast_to(tensor(0, DType.int32), shape))
    made, pivots = fori_loop(0, _turns(n), _lu_turn, start)
    return made, pivots


def _lu_turn(k: TensorLike, state: Any) -> tuple[Tensor, Tensor]:  # the matrix, and the pivots
    m, pivots = state
    m, chosen = _pivoted(m, k)
    pivot_row = at(m, k, -2)
    rows, columns = expand_dims(arange(m.shape[-2]), -1), arange(m.shape[-1])
    factors = divide(at(m, k, -1), at(pivot_row, k, -1))
    rest = subtract(m, multiply(factors, pivot_row))
    below = greater(rows, k)
    m = where(
        logical_and(below, greater(columns, k)),
        rest,
        where(logical_and(below, equal(columns, k)), factors, m),
    )
    return m, where(equal(arange(pivots.shape[-1]), k), chosen, pivots)


def slogdet(x: TensorLike) -> tuple[Tensor, Tensor]:
    """The sign of the determinant and the logarithm of its size."""
    a, _ = square_matrix(x)
    factors, pivots = lu_factor(a)
    diagonal = _diagonal(factors)
    moved = sum(cast_to(apply_one(op.Not(), equal(pivots, arange(pivots.shape[-1]))), DType.int32), -1)
    sign = prod(apply_one(op.Sign(), diagonal), -1)
    exchanged = subtract(1, multiply(2, apply_one(op.Mod(), moved, tensor(2, DType.int32))))
    return multiply(sign, cast_to(exchanged, sign.type.dtype)), sum(log(absolute(diagonal)), -1)


def _diagonal(x: Operand) -> Tensor:
    rows, columns = expand_dims(arange(x.shape[-2]), -1), arange(x.shape[-1])
    return sum(where(equal(rows, columns), x, 0.0), -1)


def logdet(x: TensorLike) -> Tensor:
    """The logarithm of the size of the determinant."""
    return slogdet(x)[1]


def det(x: TensorLike) -> Tensor:
    """The determinant of (…, n, n)."""
    return apply_one(op.Det(), square_matrix(x)[0])


def cholesky(x: TensorLike, upper: bool = False) -> Tensor:
    """L with L·Lᵀ = x, zero above the diagonal; or Lᵀ. x: symmetric, with positive eigenvalues."""
    a, n = square_matrix(x)
    made = fori_loop(0, _turns(n), lambda k, lower: _cholesky_column(a, lower, k), zeros_like(a))
    return swapaxes(made, -1, -2) if upper else made


def _cholesky_column(a: Operand, lower: Operand, k: TensorLike) -> Tensor:
    """Column k of L, from those before it."""
    row = at(lower, k, -2)
    rest = subtract(at(a, k, -1), matmul(lower, swapaxes(row, -1, -2)))
    pivot = sqrt(at(rest, k, -2))
    rows = expand_dims(arange(a.shape[-2]), -1)
    column = where(greater_equal(rows, k), divide(rest, pivot), 0.0)
    return where(equal(arange(a.shape[-1]), k), column, lower)


def solve_triangular(a: TensorLike, b: TensorLike, lower: bool = False) -> Tensor:
    """x with a·x = b, of which only one triangle of `a` is read."""
    left, right = promoted(a, b, also=float)
    left, n = square_matrix(left)
    vector = rank_of(right) == rank_of(left) - 1
    right = expand_dims(right, -1) if vector else right
    count = _turns(n)

    def turn(i: TensorLike, x: Operand) -> Tensor:
        k = i if lower else subtract(subtract(count, 1), i)
        row = at(left, k, -2)
        known = less(arange(left.shape[-1]), k) if lower else greater(arange(left.shape[-1]), k)
        rest = subtract(at(right, k, -2), matmul(where(known, row, 0.0), x))
        value = divide(rest, at(row, k, -1))
        return where(equal(expand_dims(arange(left.shape[-2]), -1), k), value, x)

    made: Tensor = fori_loop(0, count, turn, zeros_like(right))
    return squeeze(made, -1) if vector else made


def cholesky_inverse(x: TensorLike, upper: bool = False) -> Tensor:
    """The inverse of L·Lᵀ (of Lᵀ·L with upper), from L."""
    a, n = square_matrix(x)
    inverse = solve_triangular(a, broadcast_to(_identity(n, a), a.shape), lower=not upper)
    other = swapaxes(inverse, -1, -2)
    return matmul(inverse, other) if upper else matmul(other, inverse)
