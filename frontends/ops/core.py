"""Tensors themselves: conversion to and from, element type, shape."""

from __future__ import annotations

import numpy as np

from irkit import operators as op
from irkit.errors import UnsupportedError
from irkit.frontends.ops.operands import cast_to, rank_of, result, same_as, tensor
from irkit.frontends.tensors.apply import apply_one
from irkit.frontends.tensors.dtypes import DTypeLike, dtype_of, limits
from irkit.frontends.tensors.size import Size
from irkit.frontends.tensors.tensor import EagerTensor, SymbolicTensor, Tensor, TensorLike
from irkit.frontends.tensors.variable import Variable
from irkit.ir import Array, DType
from irkit.ir.types import FLOATS, INTEGERS

__all__ = [
    "cast",
    "convert_to_numpy",
    "convert_to_tensor",
    "dtype",
    "is_tensor",
    "ndim",
    "saturate_cast",
    "shape",
    "size",
    "stop_gradient",
    "view",
]


def cast(x: TensorLike | Size, dtype: DTypeLike) -> Tensor:
    """`x` in another element type; floats lose their fraction on the way to integers."""
    return result(cast_to(tensor(x), dtype_of(dtype)))


def saturate_cast(x: TensorLike, dtype: DTypeLike) -> Tensor:
    """`x` in another element type; what lies beyond its range becomes its least or greatest number."""
    x, to = tensor(x), dtype_of(dtype)
    if x.type.dtype not in FLOATS | INTEGERS or to not in FLOATS | INTEGERS:
        return cast(x, dtype)
    low, high = (_inside(v, x.type.dtype) for v in limits(to)[:2])
    clipped = apply_one(op.Clip(), x, same_as(low, x), same_as(high, x))
    return result(cast_to(clipped, to))


def _inside(value: float, dtype: DType) -> float:
    """The number of `dtype` nearest to `value` that does not lie beyond it."""
    least, greatest = limits(dtype)[:2]
    held = min(max(value, least), greatest)
    if dtype in INTEGERS:
        return int(held)
    rounded = np.asarray(held).astype(dtype.numpy)
    beyond = abs(float(rounded)) > abs(value)
    return float(np.nextafter(rounded, dtype.numpy.type(0))) if beyond else float(rounded)


def convert_to_tensor(
    x: TensorLike | Size,
    dtype: DTypeLike | None = None,
    sparse: bool | None = None,
    ragged: bool | None = None,
) -> Tensor:
    """`x` as a tensor. Numbers of Python become int32 or floatx; arrays keep their type."""
    if sparse or ragged:
        raise UnsupportedError(
            "sparse and ragged tensors are not supported.", cure="Convert them to dense ones."
        )
    return result(tensor(x, None if dtype is None else dtype_of(dtype)))


def convert_to_numpy(x: TensorLike) -> Array:
    """The values of an eager tensor. Raises CaptureError for a symbolic one."""
    found = tensor(x)
    assert isinstance(found, EagerTensor | SymbolicTensor | Variable)
    return found.numpy()


def is_tensor(x: object) -> bool:
    """Whether `x` is a tensor (an array is none)."""
    return isinstance(x, Tensor)


def dtype(x: TensorLike) -> str:
    """The name of the element type of `x`."""
    return tensor(x).dtype


def shape(x: TensorLike) -> tuple[int | Size, ...]:
    """The sizes of `x`: ints, and for those that are not fixed a `Size`, which may stand in every argument that is a
    shape, takes part in arithmetic, and becomes a tensor where one is needed."""
    return tuple(tensor(x).shape)


def ndim(x: TensorLike) -> int:
    """How many axes `x` has."""
    return rank_of(tensor(x))


def size(x: TensorLike) -> int | Tensor:
    """How many elements `x` has: an int where that is fixed, else a tensor."""
    x = tensor(x)
    count = x.type.size
    return count if isinstance(count, int) else apply_one(op.Size(), x)


def stop_gradient(variable: TensorLike) -> Tensor:
    """The same values; training does not look behind them."""
    return apply_one(op.Identity(), tensor(variable))


def view(x: TensorLike, dtype: DTypeLike | None = None) -> Tensor:
    """The same bytes read as another type: only for values that are known now.

    Raises UnsupportedError for symbolic tensors: ONNX's BitCast came after opset 23.
    """
    x = tensor(x)
    if dtype is None or dtype_of(dtype) is x.type.dtype:
        return result(x)
    if isinstance(x, EagerTensor):
        return EagerTensor(x.array.view(dtype_of(dtype).numpy))
    raise UnsupportedError(
        "bits cannot be read as another type inside a graph: opset 23 has no operator for it."
    )
