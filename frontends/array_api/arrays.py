"""Making arrays, and moving what is in them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from irkit.errors import UnsupportedError
from irkit.frontends import ops
from irkit.frontends.ops import (
    broadcast_to,
    flip,
    moveaxis,
    repeat,
    roll,
    stack,
    take,
    tile,
    tril,
    triu,
)
from irkit.frontends.ops.methods import matrix_transpose_method as matrix_transpose
from irkit.frontends.ops.methods import tensor
from irkit.frontends.tensors.tensor import Tensor, TensorLike
from irkit.ir.source import caller

__all__ = [
    "arange",
    "asarray",
    "broadcast_arrays",
    "broadcast_to",
    "concat",
    "empty",
    "empty_like",
    "expand_dims",
    "eye",
    "flip",
    "from_dlpack",
    "full",
    "full_like",
    "linspace",
    "matrix_transpose",
    "meshgrid",
    "moveaxis",
    "ones",
    "ones_like",
    "permute_dims",
    "repeat",
    "reshape",
    "roll",
    "squeeze",
    "stack",
    "take",
    "take_along_axis",
    "tile",
    "tril",
    "triu",
    "unstack",
    "zeros",
    "zeros_like",
]
Sizes = int | tuple[int, ...]


def _check(device: object) -> None:
    if device not in (None, "cpu"):
        raise UnsupportedError(f"there is no device {device!r}.", source=str(caller()), cure='Give "cpu".')


# ---- making


def asarray(
    obj: Any, /, *, dtype: str | None = None, device: object = None, copy: bool | None = None
) -> Tensor:
    """A tensor of the values of `obj`. Tensors that need no change are given back, unless copy=True."""
    _check(device)
    if isinstance(obj, Tensor) and not copy:
        return obj if dtype in (None, obj.dtype) else ops.cast(obj, dtype or obj.dtype)
    return tensor(obj, dtype)


def from_dlpack(x: Any, /, *, device: object = None, copy: bool | None = None) -> Tensor:
    """A tensor of the values that another library hands over."""
    _check(device)
    return tensor(np.from_dlpack(x))


def arange(
    start: float,
    /,
    stop: float | None = None,
    step: float = 1,
    *,
    dtype: str | None = None,
    device: object = None,
) -> Tensor:
    """start, start + step… to before stop."""
    _check(device)
    return ops.arange(start, stop, step, dtype)


def _shape(shape: Sizes) -> tuple[int, ...]:
    return (shape,) if isinstance(shape, int) else tuple(shape)


def zeros(shape: Sizes, *, dtype: str | None = None, device: object = None) -> Tensor:
    """Zeros."""
    return full(shape, 0.0 if dtype is None else 0, dtype=dtype, device=device)


def ones(shape: Sizes, *, dtype: str | None = None, device: object = None) -> Tensor:
    """Ones."""
    return full(shape, 1.0 if dtype is None else 1, dtype=dtype, device=device)


def full(shape: Sizes, fill_value: complex, *, dtype: str | None = None, device: object = None) -> Tensor:
    """The same number everywhere."""
    _check(device)
    return ops.full(_shape(shape), fill_value, dtype or asarray(fill_value).dtype)


def full_like(
    x: Tensor, /, fill_value: complex, *, dtype: str | None = None, device: object = None
) -> Tensor:
    """The same number everywhere, as many as there are in `x`."""
    _check(device)
    return ops.full_like(x, fill_value, dtype)


def zeros_like(x: Tensor, /, *, dtype: str | None = None, device: object = None) -> Tensor:
    """Zeros, as many as there are elements in `x`."""
    return full_like(x, 0, dtype=dtype, device=device)


def ones_like(x: Tensor, /, *, dtype: str | None = None, device: object = None) -> Tensor:
    """Ones, as many as there are elements in `x`."""
    return full_like(x, 1, dtype=dtype, device=device)


empty, empty_like = zeros, zeros_like


def eye(
    n_rows: int, n_cols: int | None = None, /, *, k: int = 0, dtype: str | None = None, device: object = None
) -> Tensor:
    """Ones on a diagonal."""
    _check(device)
    return ops.eye(n_rows, n_cols, k, dtype)


def linspace(
    start: complex,
    stop: complex,
    /,
    num: int,
    *,
    dtype: str | None = None,
    device: object = None,
    endpoint: bool = True,
) -> Tensor:
    """`num` numbers at the same distance."""
    _check(device)
    made = ops.linspace(start, stop, num, endpoint, dtype=dtype)
    assert isinstance(made, Tensor)
    return made


def meshgrid(*arrays: Tensor, indexing: str = "xy") -> tuple[Tensor, ...]:
    """Coordinates of all combinations."""
    return tuple(ops.meshgrid(*arrays, indexing=indexing))


# ---- moving


def broadcast_arrays(*arrays: Tensor) -> list[Tensor]:
    """All stretched to the shape that they have together."""
    shape = np.broadcast_shapes(*(x.shape for x in arrays))
    return [broadcast_to(x, shape) for x in arrays]


def concat(arrays: Sequence[Tensor], /, *, axis: int | None = 0) -> Tensor:
    """Joined along an axis; None: all elements in one row."""
    return ops.concatenate(
        [x.ravel() for x in arrays] if axis is None else list(arrays), 0 if axis is None else axis
    )


def expand_dims(x: Tensor, /, *, axis: int = 0) -> Tensor:
    """With a new axis of size 1."""
    return ops.expand_dims(x, axis)


def permute_dims(x: Tensor, /, axes: tuple[int, ...]) -> Tensor:
    """Axes in another order."""
    return ops.transpose(x, axes)


def reshape(x: Tensor, /, shape: tuple[int, ...], *, copy: bool | None = None) -> Tensor:
    """The same elements in another shape."""
    return ops.reshape(x, shape)


def squeeze(x: Tensor, /, axis: Sizes) -> Tensor:
    """Without these axes, which have size 1."""
    return ops.squeeze(x, axis)


def take_along_axis(x: Tensor, indices: Tensor, /, *, axis: int = -1) -> Tensor:
    """The elements at `indices`, one for each of them."""
    return ops.take_along_axis(x, indices, axis)


def unstack(x: TensorLike, /, *, axis: int = 0) -> tuple[Tensor, ...]:
    """The parts along an axis."""
    return tuple(ops.unstack(x, axis=axis))
