"""Matrices taken apart: QR by reflections, eigenvalues and singular values by rotations; and what follows from them."""

from __future__ import annotations

from typing import Any, Literal, NoReturn, overload

import numpy as np

from irkit.errors import ArgumentError, ShapeError, UnsupportedError
from irkit.frontends.ops.arithmetic import absolute, add, divide, maximum, multiply, square, subtract
from irkit.frontends.ops.comparison import equal, greater, less, where
from irkit.frontends.ops.control import fori_loop
from irkit.frontends.ops.creation import arange, eye
from irkit.frontends.ops.diagonals import diagonal, triu
from irkit.frontends.ops.elimination import at, square_matrix
from irkit.frontends.ops.functions import sqrt
from irkit.frontends.ops.gathering import take, take_along_axis
from irkit.frontends.ops.indexing import getitem
from irkit.frontends.ops.joining import concatenate
from irkit.frontends.ops.operands import Operand, cast_to, floating, promoted, rank_of, tensor
from irkit.frontends.ops.products import matmul
from irkit.frontends.ops.reduction import max as largest
from irkit.frontends.ops.reduction import sum
from irkit.frontends.ops.shaping import broadcast_to, expand_dims, squeeze, swapaxes
from irkit.frontends.ops.sorting import ordered
from irkit.frontends.tensors.dtypes import limits
from irkit.frontends.tensors.tensor import Tensor, TensorLike
from irkit.ir import DType

__all__ = ["eig", "eigh", "lstsq", "matrix_rank", "pinv", "qr", "svd"]

_SWEEPS = 12  # rotations converge quadratically; 12 rounds are enough for float64 and any matrix met so far


def fixed(x: Operand) -> tuple[int, int]:
    """Rows and columns of (…, m, n). Raises ShapeError where they are not fixed."""
    if rank_of(x) < 2 or not all(isinstance(d, int) for d in x.shape[-2:]):
        raise ShapeError(f"matrices of a fixed size are needed, not {x.type}.")
    m, n = x.shape[-2:]
    return int(m), int(n)


# ---- QR


def qr(x: TensorLike, mode: str = "reduced") -> tuple[Tensor, Tensor]:
    """Q·R = x, Q with orthogonal columns, R zero below the diagonal.  mode: "reduced" or "complete"."""
    if mode not in ("reduced", "complete"):
        raise ArgumentError(f"mode must be 'reduced' or 'complete'. Received: {mode!r}.")
    a = floating(x)
    m, n = fixed(a)
    unit = broadcast_to(eye(m, dtype=a.type.dtype), [*a.shape[:-2], m, m])
    q, r = fori_loop(0, min(m, n), _reflected, (unit, a))
    if mode == "reduced" and m > n:
        q, r = getitem(q, (..., slice(None), slice(0, n))), getitem(r, (..., slice(0, n), slice(None)))
    return q, triu(r)


def _reflected(k: TensorLike, state: Any) -> tuple[Tensor, Tensor]:  # Q and R so far
    """R with column k zero below the diagonal, and Q reflected alike (Householder)."""
    q, r = state
    rows = expand_dims(arange(r.shape[-2]), -1)
    column = at(r, k, -1)
    below = where(greater(rows, k), column, 0.0)
    pivot = at(column, k, -2)
    rest = sum(square(below), -2, keepdims=True)
    length = sqrt(add(square(pivot), rest))
    far = add(pivot, where(less(pivot, 0.0), multiply(length, -1.0), length))
    nothing = equal(rest, 0.0)
    v = where(equal(rows, k), where(nothing, 0.0, far), below)
    size = sum(square(v), -2, keepdims=True)
    factor = divide(2.0, where(equal(size, 0.0), 1.0, size))
    turned = subtract(r, multiply(multiply(v, factor), matmul(swapaxes(v, -1, -2), r)))
    return subtract(q, multiply(matmul(q, v), swapaxes(multiply(v, factor), -1, -2))), turned


# ---- rotations


def _pairs(n: int) -> Tensor:
    """All pairs p < q of n columns, so often that rotations come to rest."""
    p, q = np.triu_indices(n, 1)
    return tensor(np.tile(np.stack([p, q], 1), (_SWEEPS, 1)))  # type: ignore[return-value]  # made from an array


def _rotation(app: Tensor, aqq: Tensor, apq: Tensor) -> tuple[Tensor, Tensor]:
    """Cosine and sine of the rotation that makes apq zero."""
    small = equal(apq, 0.0)
    tau = divide(subtract(aqq, app), multiply(where(small, 1.0, apq), 2.0))
    sign = where(less(tau, 0.0), -1.0, 1.0)
    t = divide(sign, add(absolute(tau), sqrt(add(square(tau), 1.0))))
    t = where(small, 0.0, t)
    c = divide(1.0, sqrt(add(square(t), 1.0)))
    return c, multiply(t, c)


def _turned(x: Operand, p: Tensor, q: Tensor, c: Tensor, s: Tensor) -> Tensor:
    """Columns p and q of `x` rotated."""
    xp, xq = at(x, p, -1), at(x, q, -1)
    columns = arange(x.shape[-1], dtype=DType.int64)
    new_p, new_q = subtract(multiply(c, xp), multiply(s, xq)), add(multiply(s, xp), multiply(c, xq))
    return where(equal(columns, p), new_p, where(equal(columns, q), new_q, x))


def eigh(x: TensorLike) -> tuple[Tensor, Tensor]:
    """Eigenvalues of symmetric matrices, rising, and eigenvectors in the columns of (…, n, n). By rotations."""
    a, _ = square_matrix(x)
    n = fixed(a)[0]
    a = multiply(add(a, swapaxes(a, -1, -2)), 0.5)
    unit = broadcast_to(eye(n, dtype=a.type.dtype), a.shape)
    pairs = _pairs(n)

    def turn(i: TensorLike, state: Any) -> tuple[Tensor, Tensor]:  # the matrix, and the vectors
        m, vectors = state
        p, q = _pair(pairs, i)
        row = at(m, p, -2)
        c, s = _rotation(at(row, p, -1), at(at(m, q, -2), q, -1), at(row, q, -1))
        half = _turned(m, p, q, c, s)
        return swapaxes(_turned(swapaxes(half, -1, -2), p, q, c, s), -1, -2), _turned(vectors, p, q, c, s)

    made, vectors = fori_loop(0, pairs.shape[0], turn, (a, unit))  # type: ignore[arg-type]  # a number
    values, order = ordered(diagonal(made, axis1=-2, axis2=-1), rank_of(a) - 2)
    return values, _columns_in(vectors, order)


def _pair(pairs: Tensor, i: TensorLike) -> tuple[Tensor, Tensor]:
    row = take(pairs, cast_to(tensor(i), DType.int64), 0)
    return getitem(row, 0), getitem(row, 1)


def _columns_in(x: Operand, order: Tensor) -> Tensor:
    return take_along_axis(x, broadcast_to(expand_dims(order, -2), [*x.shape[:-1], order.shape[-1]]), -1)


@overload
def svd(x: TensorLike, full_matrices: bool, compute_uv: Literal[False]) -> Tensor: ...
@overload
def svd(
    x: TensorLike, full_matrices: bool = True, compute_uv: Literal[True] = True
) -> tuple[Tensor, Tensor, Tensor]: ...
@overload
def svd(x: TensorLike, full_matrices: bool, compute_uv: bool) -> tuple[Tensor, Tensor, Tensor] | Tensor: ...
def svd(
    x: TensorLike, full_matrices: bool = True, compute_uv: bool = True
) -> tuple[Tensor, Tensor, Tensor] | Tensor:
    """U·S·Vᵀ = x: U, S falling, and Vᵀ; or S alone. By one-sided rotations of columns."""
    a = floating(x)
    m, n = fixed(a)
    if m < n:
        made = svd(swapaxes(a, -1, -2), full_matrices, compute_uv)
        if isinstance(made, Tensor):
            return made
        return swapaxes(made[2], -1, -2), made[1], swapaxes(made[0], -1, -2)
    turned, v = _orthogonal(a, n)
    lengths = sqrt(sum(square(turned), -2))
    values, order = ordered(lengths, rank_of(a) - 2, descending=True)
    if not compute_uv:
        return values
    u = divide(_columns_in(turned, order), expand_dims(maximum(values, limits(a.type.dtype).tiny), -2))
    return _completed(u, values, full_matrices), values, swapaxes(_columns_in(v, order), -1, -2)


def _orthogonal(a: Operand, n: int) -> tuple[Tensor, Tensor]:
    """a·V with orthogonal columns, and V."""
    unit = broadcast_to(eye(n, dtype=a.type.dtype), [*a.shape[:-2], n, n])
    pairs = _pairs(n)

    def turn(i: TensorLike, state: Any) -> tuple[Tensor, Tensor]:  # a·V, and V
        m, v = state
        p, q = _pair(pairs, i)
        xp, xq = at(m, p, -1), at(m, q, -1)
        sums = [sum(multiply(s, t), -2, keepdims=True) for s, t in ((xp, xp), (xq, xq), (xp, xq))]
        c, s = _rotation(*sums)
        return _turned(m, p, q, c, s), _turned(v, p, q, c, s)

    made: tuple[Tensor, Tensor] = fori_loop(0, pairs.shape[0], turn, (a, unit))  # type: ignore[arg-type]  # a number
    return made


def _completed(u: Tensor, values: Tensor, full_matrices: bool) -> Tensor:
    """U with columns for the singular values that are 0, too; and all m of them with full_matrices."""
    m, n = fixed(u)
    there = greater(values, multiply(largest(values, -1, keepdims=True), limits(u.type.dtype).eps))
    kept = where(expand_dims(there, -2), u, 0.0)
    q, r = qr(kept, "complete")
    sign = where(less(diagonal(r, axis1=-2, axis2=-1), 0.0), -1.0, 1.0)
    first = multiply(getitem(q, (..., slice(None), slice(0, n))), expand_dims(sign, -2))
    first = where(expand_dims(there, -2), u, first)
    if not full_matrices or m == n:
        return first
    return concatenate([first, getitem(q, (..., slice(None), slice(n, None)))], -1)


# ---- what follows


def pinv(x: TensorLike, rcond: float | None = None) -> Tensor:
    """The pseudo-inverse of (…, m, n): (…, n, m). rcond: singular values below so much of the largest count as 0."""
    a = floating(x)
    u, s, vt = svd(a, full_matrices=False)
    limit = multiply(largest(s, -1, keepdims=True), _rcond(a, rcond, 10.0))
    inverse = where(greater(s, limit), divide(1.0, where(greater(s, 0.0), s, 1.0)), 0.0)
    return matmul(multiply(swapaxes(vt, -1, -2), expand_dims(inverse, -2)), swapaxes(u, -1, -2))


def _rcond(a: Operand, rcond: float | None, factor: float = 1.0) -> float:
    if rcond is not None:
        return rcond
    return factor * max(fixed(a)) * limits(a.type.dtype).eps


def lstsq(a: TensorLike, b: TensorLike, rcond: float | None = None) -> Tensor:
    """The x for which a·x comes nearest to b: (m, n), (m,) or (m, k) → (n,) or (n, k)."""
    left, right = promoted(a, b, also=float)
    vector = rank_of(right) == rank_of(left) - 1
    made = matmul(pinv(left, _rcond(left, rcond)), expand_dims(right, -1) if vector else right)
    return squeeze(made, -1) if vector else made


def matrix_rank(x: TensorLike, tol: float | None = None) -> Tensor:
    """How many singular values exceed tol, as int32."""
    a = floating(x)
    s = svd(a, False, False)
    limit: TensorLike = multiply(largest(s, -1, keepdims=True), _rcond(a, None)) if tol is None else tol
    return sum(greater(s, limit), -1)


def eig(x: TensorLike) -> NoReturn:
    """Not available. Raises UnsupportedError."""
    raise UnsupportedError(
        "eigenvalues of general matrices are complex, for which ONNX has no arithmetic.",
        cure="Use irkit.ops.eigh for symmetric matrices.",
    )
