"""What functions are given, made into tensors: numbers, lists, arrays, sizes, variables; and brought to one type."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TypeAlias, overload

import numpy as np

from irkit import operators as op
from irkit.errors import ArgumentError
from irkit.frontends.ops.sizes import size_tensor
from irkit.frontends.tensors.apply import apply_one, constant
from irkit.frontends.tensors.dtypes import Promotable, dtype_of, joined
from irkit.frontends.tensors.size import OpenNumber, Size
from irkit.frontends.tensors.tensor import EagerTensor, SymbolicTensor, Tensor, TensorLike
from irkit.frontends.tensors.variable import Variable
from irkit.ir import Array, DType
from irkit.ir.types import FLOATS, INTEGERS
from irkit.ir.types import dtype_of as array_dtype

Operand: TypeAlias = Tensor | Variable
_BOTH = Tensor | Variable


def tensor(x: TensorLike | OpenNumber, dtype: DType | None = None) -> Operand:
    """`x` as something that `apply` takes, of type `dtype` where one is given. Lists may hold tensors.

    Raises ArgumentError for what is no tensor.
    """
    if not isinstance(x, _BOTH):
        x = number(x, dtype) if dtype is not None and x.__class__ in _NUMBERS else _made(x, dtype)
    return x if dtype is None else cast_to(x, dtype)


_NUMBERS = frozenset({bool, int, float})


def number(x: object, dtype: DType) -> EagerTensor:
    """A number of Python as a tensor; the same one each time, which nobody may change."""
    # 0.0 and -0.0 are equal, and so are True and 1
    return _number(x, dtype) if x else _fixed(x, dtype)


@lru_cache(maxsize=4096, typed=True)
def _number(x: object, dtype: DType) -> EagerTensor:
    return _fixed(x, dtype)


def _fixed(x: object, dtype: DType) -> EagerTensor:
    array = np.asarray(x).astype(dtype.numpy)
    array.flags.writeable = False
    return EagerTensor(array)


def _made(x: object, dtype: DType | None) -> Tensor:
    if isinstance(x, OpenNumber):
        return _open_number(x, dtype)
    if isinstance(x, list | tuple) and _holds_tensors(x):
        return _stacked(x)
    if isinstance(x, bool | int | float | complex) and dtype is not None:
        return _fixed(x, dtype)
    return EagerTensor(_array(x))


def _open_number(x: OpenNumber, dtype: DType | None) -> Tensor:
    """In Keras's type for a number of Python: an int that does not fit into int32 would be another; it ends the run."""
    if isinstance(x, Size):
        return cast_to(size_tensor(x), dtype or DType.int32)
    if dtype is not None or x.kind != "int":
        return cast_to(x.tensor, dtype or (DType.bool if x.kind == "bool" else dtype_of(None)))
    narrow = cast_to(x.tensor, DType.int32)
    fits = apply_one(op.Equal(), cast_to(narrow, DType.int64), x.tensor)
    return apply_one(op.Assert(message="a Python int does not fit into an int32 tensor."), fits, narrow)


def _array(x: object) -> Array:
    """Arrays keep their type; Python's numbers get Keras's: int32 (int64 where they need it), floatx, bool."""
    if x is None or isinstance(x, dict | set):
        raise ArgumentError(f"{x!r} is not a tensor.")
    array = np.asarray(x)
    if array.dtype.kind in "US":
        return array.astype(object)
    if isinstance(x, np.ndarray | np.generic) or hasattr(x, "__array__"):
        return array
    if array.dtype.kind == "O":
        if all(isinstance(v, str) for v in array.flat):
            return array
        raise ArgumentError(f"{x!r} is not a tensor: its rows differ in length or kind.")
    if array.dtype.kind == "f":
        return array.astype(dtype_of(None).numpy)
    if array.dtype.kind == "i" and (not array.size or np.abs(array).max() <= np.iinfo(np.int32).max):
        return array.astype(np.int32)
    return array


def _holds_tensors(x: Sequence[object]) -> bool:
    return any(
        isinstance(v, Tensor | Variable | OpenNumber) or (isinstance(v, list | tuple) and _holds_tensors(v))
        for v in x
    )


def _stacked(x: Sequence[TensorLike]) -> Tensor:
    """A list in which some elements are tensors."""
    parts = promoted(*x)
    axes = constant(np.array([0]), DType.int64)
    return apply_one(op.Concat(axis=0), *(apply_one(op.Unsqueeze(), p, axes) for p in parts))


def kind(x: Operand) -> DType:
    """The element type of `x`: `x.type.dtype`, without making a type for it."""
    if isinstance(x, EagerTensor):
        return array_dtype(x.array)
    return x.type.dtype


@overload
def cast_to(x: Tensor, dtype: DType) -> Tensor: ...
@overload
def cast_to(x: Operand, dtype: DType) -> Operand: ...
def cast_to(x: Operand, dtype: DType) -> Operand:
    """`x` in another element type; itself where it has that type already."""
    return x if kind(x) is dtype else apply_one(op.Cast(to=dtype), x)


def dtype_name(x: TensorLike | OpenNumber) -> str:
    """How `x` takes part in promotion: by its type's name, or weakly, as "int" or "float"."""
    if isinstance(x, _BOTH):
        return kind(x).name
    if isinstance(x, np.ndarray | np.generic):
        return DType.of(x.dtype).name
    if isinstance(x, bool):
        return "bool"
    if isinstance(x, OpenNumber):
        return x.kind
    if isinstance(x, int):
        return "int"
    return "float" if isinstance(x, float) else tensor(x).type.dtype.name


def common(*xs: TensorLike | OpenNumber, also: Promotable = None) -> DType:
    """The type in which `xs` meet. also: one more that takes part; Python's float demands a float."""
    names = tuple(map(dtype_name, xs))
    return joined(names if also is None else (*names, "float" if also is float else dtype_of(also).name))


def promoted(*xs: TensorLike | OpenNumber, also: Promotable = None) -> list[Operand]:
    """All of `xs` as tensors of the type in which they meet."""
    if len(xs) == 2 and also is None and (pair := _pair(*xs)) is not None:
        return pair
    if _alike(xs, also):
        return list(xs)  # type: ignore[arg-type]  # nothing to convert: the usual case
    dtype = common(*xs, also=also)
    return [tensor(x, dtype) for x in xs]


def _pair(a: object, b: object) -> list[Operand] | None:
    """The usual cases at once: two eager tensors of one type, or one and a number that takes its type."""
    if a.__class__ is EagerTensor:
        if b.__class__ is EagerTensor:
            return [a, b] if a.array.dtype == b.array.dtype else None
        dtype = array_dtype(a.array)
        return [a, number(b, dtype)] if _weak(b, dtype) else None
    if b.__class__ is EagerTensor:
        dtype = array_dtype(b.array)
        return [number(a, dtype), b] if _weak(a, dtype) else None
    return None


def _weak(x: object, dtype: DType) -> bool:
    """Whether the number `x` takes the type of the tensor beside it."""
    cls = x.__class__
    return (cls is int and (dtype in FLOATS or dtype in INTEGERS)) or (cls is float and dtype in FLOATS)


def _alike(xs: Sequence[object], also: Promotable) -> bool:
    """Whether all are tensors of one type, which `also` does not change."""
    first = xs[0]
    if not isinstance(first, _BOTH):
        return False
    dtype = kind(first)
    if also is not None and not (also is float and dtype in FLOATS):
        return False
    return all([isinstance(x, _BOTH) and kind(x) is dtype for x in xs[1:]])  # noqa: C419  # a list: twice as fast


def floating(x: TensorLike) -> Operand:
    """`x` as a tensor of floats: integers and bools become floatx."""
    x = tensor(x)
    return x if kind(x) in FLOATS else cast_to(x, joined((x.type.dtype.name, "float")))


def precise(*xs: TensorLike) -> list[Operand]:
    """All of `xs` as tensors of floats of one type, which is float64 for int64: some functions of Keras want it so."""
    dtype = common(*xs)
    wide = DType.float64 if dtype is DType.int64 else joined((dtype.name, "float"))
    return [tensor(x, wide) for x in xs]


def numeric(x: TensorLike) -> Operand:
    """`x` as a tensor of numbers: bools become int32."""
    x = tensor(x)
    return cast_to(x, DType.int32) if kind(x) is DType.bool else x


def boolean(x: TensorLike) -> Operand:
    """`x` as a tensor of bools: what is not zero is true."""
    return tensor(x, DType.bool)


def same_as(value: float | bool, x: Operand) -> Tensor:
    """The number `value` in the type of `x`."""
    return number(value, kind(x))


def int64s(values: Sequence[int]) -> Tensor:
    """A constant vector, as ONNX wants axes, sizes and repeats."""
    return EagerTensor(np.array(list(values), np.int64))


def rank_of(x: Operand) -> int:
    """How many axes `x` has. Raises CaptureError where that is unknown."""
    return x.array.ndim if isinstance(x, EagerTensor) else x.ndim


def axis_of(x: Operand, axis: int, *, extra: int = 0, name: str = "axis") -> int:
    """`axis` counted from the front. extra: axes that the result has more than `x`. Raises ArgumentError."""
    rank = rank_of(x) + extra
    if isinstance(axis, bool) or not isinstance(axis, int | np.integer):
        raise ArgumentError(f"{name} must be an int. Received: {axis!r}.")
    if not -rank <= axis < rank:
        raise ArgumentError(
            f"{name} {axis} lies outside a tensor of rank {rank_of(x)}.",
            facts=[str(x.type)],
            cure=f"Give one from {-rank_of(x)} to {rank_of(x) - 1}.",
        )
    return int(axis) % rank if rank else 0


def axes_of(x: Operand, axis: int | Sequence[int] | None) -> tuple[int, ...]:
    """Axes counted from the front; None is all of them. Raises ArgumentError."""
    if axis is None:
        return tuple(range(rank_of(x)))
    axes = tuple(axis_of(x, a) for a in (axis if isinstance(axis, list | tuple) else (axis,)))
    if len(set(axes)) != len(axes):
        raise ArgumentError(f"axis {axis} names an axis twice.")
    return axes


def is_float(x: Operand) -> bool:
    """Whether `x` has fractions."""
    return kind(x) in FLOATS


def is_int(x: Operand) -> bool:
    """Whether `x` counts."""
    return kind(x) in INTEGERS


def values_of(x: object) -> Array | None:
    """The contents of `x` when they are known now: of eager tensors, arrays, numbers; of symbolic ones where shape
    arithmetic knows them as numbers; None otherwise."""
    if isinstance(x, SymbolicTensor):
        known = x.value.known
        return None if known is None or known.dtype == object else known
    if isinstance(x, EagerTensor):
        return x.array
    if isinstance(x, Variable | OpenNumber):
        return None
    if isinstance(x, list | tuple) and _holds_tensors(x):
        parts = [values_of(v) for v in x]
        return None if any(p is None for p in parts) else np.stack(parts)  # type: ignore[arg-type]  # none is None
    return np.asarray(x)


def result(x: Operand) -> Tensor:
    """`x` as what functions return: a variable becomes a tensor of its value."""
    return x if isinstance(x, Tensor) else apply_one(op.Identity(), x)


def number_of(x: Operand) -> int:
    """The one integer that `x` holds, which is known now."""
    values = values_of(x)
    assert values is not None
    return int(values.reshape(-1)[0])
