"""Element types: their names, what they hold, how they meet."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from irkit.errors import ArgumentError
from irkit.frontends.ops.operands import dtype_name
from irkit.frontends.tensors import dtypes
from irkit.frontends.tensors.tensor import Tensor, TensorLike
from irkit.frontends.tensors.variable import Variable
from irkit.ir import DType
from irkit.ir.source import caller
from irkit.ir.types import COMPLEX, SIGNED, UNSIGNED

bool = "bool"
int8, int16, int32, int64 = "int8", "int16", "int32", "int64"
uint8, uint16, uint32, uint64 = "uint8", "uint16", "uint32", "uint64"
float32, float64, complex64, complex128 = "float32", "float64", "complex64", "complex128"

_FLOATING = frozenset({DType.float32, DType.float64})
_KINDS = {
    "bool": frozenset({DType.bool}),
    "signed integer": SIGNED,
    "unsigned integer": UNSIGNED,
    "integral": SIGNED | UNSIGNED,
    "real floating": _FLOATING,
    "complex floating": COMPLEX,
    "numeric": SIGNED | UNSIGNED | _FLOATING | COMPLEX,
}
__all__ = [  # noqa: PLE0604  # names
    *(str(d) for d in sorted(_KINDS["numeric"] | _KINDS["bool"])),
    "__array_namespace_info__",
    "astype",
    "can_cast",
    "finfo",
    "iinfo",
    "isdtype",
    "result_type",
]


class FloatInfo(NamedTuple):
    """What `finfo` tells."""

    bits: int
    eps: float
    max: float
    min: float
    smallest_normal: float
    dtype: str


class IntInfo(NamedTuple):
    """What `iinfo` tells."""

    bits: int
    max: int
    min: int
    dtype: str


def astype(x: Tensor, dtype: str, /, *, copy: object = True, device: object = None) -> Tensor:
    """`x` in another element type."""
    result: Tensor = x.astype(dtype)
    return result


def can_cast(from_: Tensor | str, to: str, /) -> object:  # a bool, which here is the name of a type
    """Whether promotion leads from one type to the other."""
    return result_type(from_, to) == to


def _dtype(type: Tensor | Variable | str) -> DType:
    return DType.of(type if isinstance(type, str) else type.dtype)


def finfo(type: Tensor | str, /) -> FloatInfo:
    """Limits of a type of floats."""
    dtype = _dtype(type)
    if dtype in COMPLEX:
        dtype = DType.float32 if dtype is DType.complex64 else DType.float64
    found = np.finfo(str(dtype))
    eps, most, least, normal = map(float, (found.eps, found.max, found.min, found.smallest_normal))
    return FloatInfo(dtype.bits, eps, most, least, normal, str(dtype))


def iinfo(type: Tensor | str, /) -> IntInfo:
    """Limits of a type of integers."""
    found = np.iinfo(str(_dtype(type)))
    return IntInfo(found.bits, int(found.max), int(found.min), str(_dtype(type)))


def isdtype(dtype: str, kind: str | tuple[str, ...]) -> object:  # a bool
    """Whether `dtype` is `kind`, or of that kind ("integral", "real floating"…), or of one of several."""
    kinds = kind if isinstance(kind, tuple) else (kind,)
    return any(DType.of(dtype) in _KINDS.get(k, frozenset()) or k == dtype for k in kinds)


def result_type(*arrays_and_dtypes: TensorLike | str) -> str:
    """The type in which tensors, numbers and types meet."""
    if not arrays_and_dtypes:
        raise ArgumentError("result_type needs an argument.", source=str(caller()))
    names = [x if isinstance(x, str) else dtype_name(x) for x in arrays_and_dtypes]
    return str(dtypes.joined(tuple(names)))


class Info:
    """What the namespace can do: the object that `__array_namespace_info__` gives."""

    def capabilities(self) -> dict[str, object]:
        """Boolean masks and results whose size depends on values: eagerly."""
        return {"boolean indexing": True, "data-dependent shapes": True, "max dimensions": 32}

    def default_device(self) -> str:
        return "cpu"

    def devices(self) -> list[str]:
        return ["cpu"]

    def default_dtypes(self, *, device: str | None = None) -> dict[str, str]:
        """Of what is made without saying a type."""
        floats = dtypes.floatx()
        return {"real floating": floats, "complex floating": complex64, "integral": int32, "indexing": int32}

    def dtypes(
        self, *, device: str | None = None, kind: str | tuple[str, ...] | None = None
    ) -> dict[str, str]:
        """All types, or those of a kind."""
        wanted = kind if kind is not None else ("bool", "numeric")
        return {str(d): str(d) for d in DType if isdtype(str(d), wanted)}


def __array_namespace_info__() -> Info:  # noqa: N807  # the standard's name
    """What this namespace can do."""
    return Info()
