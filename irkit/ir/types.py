"""Types of values: an element type and a shape whose sizes are ints or symbolic expressions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import cache, lru_cache
from typing import TypeAlias

import numpy as np

from irkit.errors import ArgumentError, ShapeError
from irkit.ir import dims
from irkit.ir.dims import Dim

Shape: TypeAlias = tuple[Dim, ...]


class DType(IntEnum):
    """Element types, numbered as in onnx.TensorProto.DataType."""

    float32 = 1
    uint8 = 2
    int8 = 3
    uint16 = 4
    int16 = 5
    int32 = 6
    int64 = 7
    string = 8
    bool = 9
    float16 = 10
    float64 = 11
    uint32 = 12
    uint64 = 13
    complex64 = 14
    complex128 = 15
    bfloat16 = 16
    float8e4m3fn = 17
    float8e4m3fnuz = 18
    float8e5m2 = 19
    float8e5m2fnuz = 20
    uint4 = 21
    int4 = 22
    float4e2m1 = 23
    float8e8m0 = 24
    uint2 = 25  # of opset 25: only read from ONNX files, and only the interpreter computes with them
    int2 = 26

    __hash__ = int.__hash__  # Enum's own is a Python function, and hashes a string

    def __str__(self) -> str:
        return self.name

    @property
    def numpy(self) -> np.dtype[np.generic]:
        """The numpy dtype: ml_dtypes' for those that numpy lacks, object for strings."""
        return _numpy_dtype(self)

    @property
    def bits(self) -> int:
        """Size of one element as stored; 4-bit types are packed two to a byte. Strings have none (0)."""
        return _bits(self)

    @classmethod
    def of(cls, dtype: DType | str | type | np.dtype[np.generic]) -> DType:
        """The type that `dtype` names: "float32", np.float32, float, an array's dtype… Raises ArgumentError."""
        if isinstance(dtype, DType):
            return dtype
        try:
            return _by_name(dtype) if isinstance(dtype, str) else _of_numpy(np.dtype(dtype))
        except (KeyError, TypeError):
            raise ArgumentError(
                f"{dtype!r} is not an element type.", cure=f"Known are {', '.join(d.name for d in DType)}."
            ) from None


_FOUR_BITS = frozenset({DType.uint4, DType.int4, DType.float4e2m1})
TWO_BITS = frozenset({DType.uint2, DType.int2})
# ml_dtypes writes the families of small floats with underscores and an "fn"
_ML_NAMES = {
    DType.float8e4m3fn: "float8_e4m3fn",
    DType.float8e4m3fnuz: "float8_e4m3fnuz",
    DType.float8e5m2: "float8_e5m2",
    DType.float8e5m2fnuz: "float8_e5m2fnuz",
    DType.float4e2m1: "float4_e2m1fn",
    DType.float8e8m0: "float8_e8m0fnu",
    DType.bfloat16: "bfloat16",
    DType.uint4: "uint4",
    DType.int4: "int4",
    DType.uint2: "uint2",
    DType.int2: "int2",
}
_ALIASES = {
    "object": "string",
    "str": "string",
    "double": "float64",
    "half": "float16",
    "int": "int64",
    "float": "float32",
}


@cache
def _numpy_dtype(dtype: DType) -> np.dtype[np.generic]:
    if dtype is DType.string:
        return np.dtype(object)
    if dtype in _ML_NAMES:
        import ml_dtypes  # noqa: PLC0415  # heavy enough to wait until an exotic type is met

        exotic: type[np.generic] = getattr(ml_dtypes, _ML_NAMES[dtype])
        return np.dtype(exotic)
    return np.dtype(dtype.name)


@cache
def _bits(dtype: DType) -> int:
    if dtype is DType.string:
        return 0
    if dtype in TWO_BITS:
        return 2
    return 4 if dtype in _FOUR_BITS else 8 * dtype.numpy.itemsize


@lru_cache(maxsize=256)  # strings have a dtype for every width
def _of_numpy(dtype: np.dtype[np.generic]) -> DType:
    return _by_name(dtype.name)  # numpy writes the name anew each time, in Python


@cache
def _by_name(name: str) -> DType:
    if name.startswith("str"):  # numpy's fixed-width strings: str32, str96 …
        return DType.string
    exotic = {v: k for k, v in _ML_NAMES.items()}
    return exotic[name] if name in exotic else DType[_ALIASES.get(name, name)]


FLOATS = frozenset({DType.float16, DType.float32, DType.float64, DType.bfloat16})
SMALL_FLOATS = frozenset(
    {
        DType.float8e4m3fn,
        DType.float8e4m3fnuz,
        DType.float8e5m2,
        DType.float8e5m2fnuz,
        DType.float4e2m1,
        DType.float8e8m0,
    }
)
SIGNED = frozenset({DType.int8, DType.int16, DType.int32, DType.int64})
UNSIGNED = frozenset({DType.uint8, DType.uint16, DType.uint32, DType.uint64})
INTEGERS = SIGNED | UNSIGNED
COMPLEX = frozenset({DType.complex64, DType.complex128})
NUMERIC = FLOATS | INTEGERS
ANY = frozenset(DType) - TWO_BITS  # what ONNX has at opset 23


@dataclass(frozen=True, slots=True)
class TensorType:
    """dtype and shape of a tensor. A shape of None means that even the rank is unknown."""

    dtype: DType
    shape: Shape | None

    @property
    def rank(self) -> int | None:
        return None if self.shape is None else len(self.shape)

    @property
    def is_static(self) -> bool:
        """Whether every size is a number."""
        return self.shape is not None and all(isinstance(d, int) for d in self.shape)

    @property
    def size(self) -> Dim | None:
        """How many elements there are."""
        return None if self.shape is None else dims.product(self.shape)

    def with_shape(self, shape: Iterable[Dim] | None) -> TensorType:
        return TensorType(self.dtype, None if shape is None else tuple(shape))

    def with_dtype(self, dtype: DType) -> TensorType:
        return TensorType(dtype, self.shape)

    def __str__(self) -> str:
        inside = "…" if self.shape is None else ", ".join(map(str, self.shape))
        return f"{self.dtype}[{inside}]"


@dataclass(frozen=True, slots=True)
class SequenceType:
    """A list of values of one type (ONNX sequence)."""

    element: Type

    def __str__(self) -> str:
        return f"seq({self.element})"


@dataclass(frozen=True, slots=True)
class OptionalType:
    """A value or nothing (ONNX optional)."""

    element: Type

    def __str__(self) -> str:
        return f"optional({self.element})"


Type: TypeAlias = TensorType | SequenceType | OptionalType


def tensor(dtype: DType | str, shape: Iterable[Dim] | None) -> TensorType:
    """The type `dtype[shape]`."""
    return TensorType(DType.of(dtype), None if shape is None else tuple(shape))


# numpy's dtypes that arrays had so far: looking one up is ten times as fast as reading its name
_met: dict[np.dtype[np.generic], DType] = {}


def type_of(array: np.ndarray | np.generic) -> TensorType:
    """The type of a numpy array."""
    return TensorType(dtype_of(array), array.shape)


def dtype_of(array: np.ndarray | np.generic) -> DType:
    """The element type of a numpy array."""
    dtype = _met.get(array.dtype)
    if dtype is None:
        dtype = _met[array.dtype] = DType.of(array.dtype)
    return dtype


def as_tensor(type_: Type) -> TensorType:
    """`type_`, which must be a tensor. Raises ShapeError."""
    if not isinstance(type_, TensorType):
        raise ShapeError(f"Expected a tensor, found {type_}.")
    return type_


def symbols_of(type_: Type) -> dict[str, None]:
    """Names of the symbols in `type_`, in order of appearance."""
    while not isinstance(type_, TensorType):
        type_ = type_.element
    return {name: None for size in type_.shape or () for name in dims.symbols(size)}


def substituted(type_: Type, values: Mapping[str, Dim]) -> Type:
    """`type_` with symbols replaced by sizes; symbols without a value stay."""
    if isinstance(type_, TensorType):
        return type_.with_shape(
            None if type_.shape is None else [dims.substitute(d, values) for d in type_.shape]
        )
    return type(type_)(substituted(type_.element, values))


def substituted_array(array: np.ndarray, values: Mapping[str, Dim]) -> np.ndarray:
    """Known contents, with symbols replaced."""
    if array.dtype != object:
        return array
    result = np.empty_like(array)
    for i, size in np.ndenumerate(array):
        result[i] = dims.substitute(size, values)
    return result
