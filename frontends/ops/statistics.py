"""Correlation, distances, choices."""

from __future__ import annotations

from collections.abc import Sequence

from irkit.errors import ArgumentError, ShapeError
from irkit.frontends.ops.arithmetic import clip, divide, square, subtract
from irkit.frontends.ops.comparison import where
from irkit.frontends.ops.convolution import conv
from irkit.frontends.ops.diagonals import diagonal
from irkit.frontends.ops.functions import sqrt
from irkit.frontends.ops.joining import pad
from irkit.frontends.ops.operands import cast_to, floating, promoted, rank_of, result, tensor
from irkit.frontends.ops.products import matmul
from irkit.frontends.ops.reduction import mean, sum
from irkit.frontends.ops.shaping import expand_dims, flip, reshape, swapaxes
from irkit.frontends.tensors.tensor import Tensor, TensorLike
from irkit.ir import DType
from irkit.ir.types import FLOATS

__all__ = ["cdist", "corrcoef", "correlate", "select"]


def corrcoef(x: TensorLike) -> Tensor:
    """Pearson's correlation of each row with each other."""
    rows = tensor(x)
    rows = cast_to(rows, DType.float64) if rows.type.dtype is DType.int64 else floating(rows)
    away = subtract(rows, mean(rows, -1, keepdims=True))
    products = matmul(away, swapaxes(away, -1, -2)) if rank_of(rows) > 1 else sum(square(away))
    if rank_of(rows) < 2:
        return divide(products, products)
    spread = sqrt(diagonal(products))
    return clip(divide(divide(products, expand_dims(spread, 1)), expand_dims(spread, 0)), -1.0, 1.0)


def correlate(x1: TensorLike, x2: TensorLike, mode: str = "valid") -> Tensor:
    """∑ᵢ x1[i + k]·x2[i] of two vectors. mode: "valid", "same" or "full"."""
    a, b = promoted(x1, x2)
    dtype = (
        DType.float64
        if a.type.dtype is DType.int64
        else a.type.dtype
        if a.type.dtype in FLOATS
        else DType.float32
    )
    a, b = cast_to(a, dtype), cast_to(b, dtype)
    n, m = a.shape[0], b.shape[0]
    if rank_of(a) != 1 or rank_of(b) != 1 or not isinstance(n, int) or not isinstance(m, int):
        raise ShapeError("correlate takes two vectors of fixed sizes.", facts=[str(a.type), str(b.type)])
    if n < m:  # the longer one stays, the result is turned round
        return flip(correlate(b, a, mode))
    if mode not in ("valid", "same", "full"):
        raise ArgumentError(f"mode must be 'valid', 'same' or 'full'. Received: {mode!r}.")
    before, after = {"valid": (0, 0), "same": (m // 2, m - 1 - m // 2), "full": (m - 1, m - 1)}[mode]
    row = pad(reshape(a, (1, -1, 1)), [[0, 0], [before, after], [0, 0]])
    made = conv(row, reshape(b, (-1, 1, 1)), data_format="channels_last")
    return reshape(made, (-1,))


def cdist(x: TensorLike, y: TensorLike) -> Tensor:
    """The distance of each row of (…, n, d) from each of (…, m, d): (…, n, m)."""
    a, b = promoted(x, y, also=float)
    if rank_of(a) < 2 or rank_of(b) < 2:
        raise ShapeError("cdist takes matrices of points.", facts=[str(a.type), str(b.type)])
    return sqrt(sum(square(subtract(expand_dims(a, -2), expand_dims(b, -3))), -1))


def select(
    condlist: Sequence[TensorLike], choicelist: Sequence[TensorLike], default: TensorLike = 0
) -> Tensor:
    """Of each place the choice whose condition is the first to be true there; default where none is."""
    if len(condlist) != len(choicelist) or not condlist:
        raise ArgumentError(f"{len(condlist)} conditions and {len(choicelist)} choices do not pair up.")
    dtype = promoted(*choicelist, default)[0].type.dtype
    made: TensorLike = tensor(default, dtype)
    for condition, choice in zip(reversed(condlist), reversed(choicelist), strict=True):
        made = where(condition, tensor(choice, dtype), made)
    return result(tensor(made))
