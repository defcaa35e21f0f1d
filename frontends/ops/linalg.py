"""irkit.ops.linalg: matrices, and norms of them."""

from __future__ import annotations

import math
from collections.abc import Sequence

from irkit.errors import ArgumentError, ShapeError
from irkit.frontends.ops.arithmetic import absolute, power, square
from irkit.frontends.ops.comparison import not_equal
from irkit.frontends.ops.elimination import (
    cholesky,
    cholesky_inverse,
    det,
    inv,
    lu_factor,
    solve,
    solve_triangular,
)
from irkit.frontends.ops.factors import eig, eigh, lstsq, matrix_rank, pinv, qr, svd
from irkit.frontends.ops.functions import sqrt
from irkit.frontends.ops.operands import Operand, axes_of, cast_to, floating, rank_of
from irkit.frontends.ops.reduction import max as largest
from irkit.frontends.ops.reduction import min as smallest
from irkit.frontends.ops.reduction import sum
from irkit.frontends.ops.sequences import jvp
from irkit.frontends.ops.shaping import expand_dims, permuted
from irkit.frontends.tensors.tensor import Tensor, TensorLike

__all__ = [
    "cholesky",
    "cholesky_inverse",
    "det",
    "eig",
    "eigh",
    "inv",
    "jvp",
    "lstsq",
    "lu_factor",
    "matrix_rank",
    "norm",
    "pinv",
    "qr",
    "solve",
    "solve_triangular",
    "svd",
]


def norm(
    x: TensorLike,
    ord: float | str | None = None,
    axis: int | Sequence[int] | None = None,
    keepdims: bool = False,
) -> Tensor:
    """The length of vectors along one axis, or of matrices along two; without an axis of all elements.

    ord: None, a number, ∞ or −∞; of matrices None, "fro", "nuc", 1, −1, 2, −2, ∞, −∞.
    """
    v = floating(x)
    if axis is None and ord is None:
        return sqrt(sum(square(v), None, keepdims))
    axes = axes_of(v, axis)
    if len(axes) == 1:
        return _vectors(v, axes[0], ord, keepdims)
    if len(axes) != 2:
        raise ShapeError(
            f"norms are those of vectors or matrices; {len(axes)} axes are neither.", facts=[str(v.type)]
        )
    return _matrices(v, axes, ord, keepdims)


def _vectors(x: Operand, axis: int, ord: float | str | None, keepdims: bool) -> Tensor:
    size = absolute(x)
    if ord is None or ord == 2:
        return sqrt(sum(square(x), axis, keepdims))
    if isinstance(ord, str):
        raise ArgumentError(f"ord {ord!r} is a norm of matrices.")
    if math.isinf(ord):
        return largest(size, axis, keepdims) if ord > 0 else smallest(size, axis, keepdims)
    if ord == 0:
        return cast_to(sum(not_equal(x, 0), axis, keepdims), x.type.dtype)
    if ord == 1:
        return sum(size, axis, keepdims)
    return power(sum(power(size, float(ord)), axis, keepdims), 1 / ord)


def _matrices(x: Operand, axes: Sequence[int], ord: float | str | None, keepdims: bool) -> Tensor:
    if ord is None or ord == "fro":
        return sqrt(sum(square(x), axes, keepdims))
    rest = [i for i in range(rank_of(x)) if i not in axes]
    m = permuted(x, [*rest, *axes])
    if ord in (1, -1, math.inf, -math.inf):
        lengths = sum(absolute(m), -2 if ord in (1, -1) else -1)
        found = largest(lengths, -1) if ord in (1, math.inf) else smallest(lengths, -1)
    elif ord in (2, -2, "nuc"):
        values = svd(m, False, False)
        found = sum(values, -1) if ord == "nuc" else largest(values, -1) if ord == 2 else smallest(values, -1)
    else:
        raise ArgumentError(f"ord must be None, 'fro', 'nuc', 1, -1, 2, -2, inf or -inf. Received: {ord!r}.")
    return expand_dims(found, sorted(axes)) if keepdims else found
