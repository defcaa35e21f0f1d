"""Which element type a function's result has, by Keras 3's rules: https://keras.io/api/utils/backend_utils/

Types form a lattice; the result of several is their least upper bound. Python's int and float are *weak*: they stand
low, so that ``x + 1`` has the type of ``x``. 64-bit types stay what they are, as with Keras on TensorFlow.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from typing import NamedTuple, TypeAlias

import numpy as np

from irkit.errors import ArgumentError
from irkit.ir import DType
from irkit.ir.types import COMPLEX, FLOATS, INTEGERS, SMALL_FLOATS

# What users write for an element type.
DTypeLike: TypeAlias = DType | str | type | np.dtype[np.generic]
# A type that takes part in promotion: Python's int and float themselves are weak.
Promotable: TypeAlias = DTypeLike | None

# Each type, and those directly above it. "int" and "float" are the weak ones.
_ABOVE: Mapping[str, tuple[str, ...]] = {
    "bool": ("int",),
    "int": ("uint8", "int8", "complex64"),
    "uint8": ("int16", "uint16"),
    "uint16": ("int32", "uint32"),
    "uint32": ("int64", "uint64"),
    "uint64": ("float",),
    "int8": ("int16",),
    "int16": ("int32",),
    "int32": ("int64",),
    "int64": ("float",),
    "float": ("bfloat16", "float16"),
    "bfloat16": ("float32",),
    "float16": ("float32",),
    "float32": ("float64", "complex64"),
    "float64": ("complex128",),
    "complex64": ("complex128",),
    "complex128": (),
}
_floatx = DType.float32


def floatx() -> str:
    """The type of weights and of numbers when nothing else is said: "float32"."""
    return str(_floatx)


def set_floatx(value: str) -> None:
    """Change `floatx`. Raises ArgumentError for anything but float16, bfloat16, float32, float64."""
    global _floatx  # noqa: PLW0603  # Keras's one setting; layers read it when they are made
    dtype = DType.of(value)
    if dtype not in FLOATS:
        raise ArgumentError(f"floatx must be float16, bfloat16, float32 or float64. Received: {value!r}.")
    _floatx = dtype
    _weak_names.cache_clear()
    joined.cache_clear()


def standardize_dtype(dtype: DTypeLike | None) -> str:
    """The name of `dtype`; None is `floatx`, Python's int is int32."""
    return str(dtype_of(dtype))


def dtype_of(dtype: DTypeLike | None) -> DType:
    """The element type that `dtype` names. Raises ArgumentError."""
    if dtype is None or dtype is float:
        return _floatx
    if dtype is int or dtype == "int":
        return DType.int32
    return DType.of(dtype)


def result_type(*dtypes: Promotable) -> str:
    """The type that a function of arguments of these types gives.

    Raises ArgumentError where no type holds them all.
    """
    if not dtypes:
        return floatx()
    weak = tuple("int" if d is int else "float" if d is float else str(dtype_of(d)) for d in dtypes)
    return str(joined(weak))


@lru_cache(maxsize=4096)
def joined(names: tuple[str, ...]) -> DType:
    """The least upper bound of types by name, "int" and "float" being weak."""
    distinct = set(names)
    name = distinct.pop() if len(distinct) == 1 else _least_above(frozenset(distinct))
    return _weak_names().get(name) or DType.of(name)


@cache
def _weak_names() -> Mapping[str, DType]:
    """What a weak type becomes when nothing stronger takes part."""
    bits = str(_floatx)[-2:]
    return {"int": DType.of(f"int{bits}"), "float": _floatx if bits != "16" else DType.float16}


def _least_above(names: frozenset[str]) -> str:
    for name in sorted(names):
        if name not in _ABOVE:
            raise ArgumentError(f"{name} is never converted by itself.", cure="Use irkit.ops.cast first.")
    common = frozenset.intersection(*map(_reachable, names))
    least = [name for name in common if common <= _reachable(name)]
    if len(least) != 1:
        raise ArgumentError(
            f"No element type holds all of {', '.join(sorted(names))}.",
            cure="Use irkit.ops.cast to choose one.",
        )
    return least[0]


@cache
def _reachable(name: str) -> frozenset[str]:
    """`name` and every type above it."""
    found, pending = {name}, [name]
    while pending:
        for above in _ABOVE[pending.pop()]:
            if above not in found:
                found.add(above)
                pending.append(above)
    return frozenset(found)


def is_float(dtype: DType) -> bool:
    """Whether `dtype` has fractions."""
    return dtype in FLOATS or dtype in SMALL_FLOATS


def is_int(dtype: DType) -> bool:
    """Whether `dtype` counts; bool does not."""
    return dtype in INTEGERS


def is_complex(dtype: DType) -> bool:
    """Whether `dtype` has an imaginary part."""
    return dtype in COMPLEX


class Limits(NamedTuple):
    """Of a type of numbers: least, greatest, and for floats the distance from 1 to the next, and the least above 0."""

    min: float
    max: float
    eps: float
    tiny: float


@cache
def limits(dtype: DType) -> Limits:
    """The limits of a type of numbers; ints for integers."""
    if dtype in INTEGERS:
        info = np.iinfo(dtype.name)
        return Limits(int(info.min), int(info.max), 1, 1)
    import ml_dtypes  # noqa: PLC0415  # heavy enough to wait until it is needed; knows numpy's types too

    found = ml_dtypes.finfo(dtype.numpy)  # type: ignore[no-untyped-call]  # its stub forgot
    return Limits(float(found.min), float(found.max), float(found.eps), float(found.tiny))
