"""TensorProto → array, for every element type; sparse tensors with their zeros."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from irkit.errors import FormatError, LimitError, UnsupportedError
from irkit.frontends.onnx_import.reading import ExternalData
from irkit.ir import Array, DType, limits

if TYPE_CHECKING:
    import onnx

MAX_SPARSE = 2**28  # elements that a sparse tensor may become


def dtype_of(number: int, what: str) -> DType:
    """The element type with ONNX's number. Raises FormatError or UnsupportedError."""
    try:
        return DType(number)
    except ValueError:
        kind = UnsupportedError if number > 0 else FormatError
        raise kind(f"{what} has element type {number}, which irkit does not know.") from None


def array_of(tensor: onnx.TensorProto, external: ExternalData) -> Array:
    """The data of a tensor. Raises FormatError where it is not as long as its sizes say."""
    what = f"tensor '{tensor.name}'"
    dtype, dims = dtype_of(tensor.data_type, what), tuple(tensor.dims)
    if len(dims) > limits.RANK or any(d < 0 for d in dims) or math.prod(dims) > limits.SIZE:
        raise LimitError(f"{what} has the sizes {str(dims)[:80]}.")
    if tensor.HasField("segment"):
        raise UnsupportedError(f"{what} is stored in segments.")
    count = math.prod(dims)
    if dtype is DType.string:
        flat = _strings(tensor, what)
    elif tensor.data_location == 1:
        flat = _from_bytes(external.read(tensor), dtype, count, what)
    elif tensor.HasField("raw_data"):
        flat = _from_bytes(np.frombuffer(tensor.raw_data, np.uint8), dtype, count, what)
    else:
        flat = _from_fields(tensor, dtype, count, what)
    if flat.size != count:
        raise FormatError(f"{what} has {flat.size} elements; its sizes {dims} say {count}.")
    return flat.reshape(dims)


def _strings(tensor: onnx.TensorProto, what: str) -> Array:
    result = np.empty(len(tensor.string_data), object)
    try:
        result[:] = [s.decode() for s in tensor.string_data]
    except UnicodeDecodeError:
        raise FormatError(f"{what} holds text that is not UTF-8.") from None
    return result


def _from_bytes(data: np.ndarray, dtype: DType, count: int, what: str) -> Array:
    length = (count * dtype.bits + 7) // 8
    if data.nbytes != length:
        raise FormatError(f"{what} has {data.nbytes} bytes of data; {length} are needed.")
    if dtype.bits < 8:
        return unpacked(data, dtype, count)
    if data.ctypes.data % dtype.numpy.itemsize:
        data = data.copy()
    return data.view(dtype.numpy)


def unpacked(data: np.ndarray, dtype: DType, count: int) -> Array:
    """Elements of less than a byte, the first in the lowest bits."""
    bits = dtype.bits
    shifts = np.arange(0, 8, bits, dtype=np.uint8)
    codes: Array = ((data[:, None] >> shifts) & np.uint8(2**bits - 1)).reshape(-1)[:count]
    if dtype.name.startswith("int"):
        signed = (codes.astype(np.int8) ^ (1 << (bits - 1))) - (
            1 << (bits - 1)
        )  # the highest bit is the sign
        return signed.astype(np.int8).astype(dtype.numpy)
    return codes.view(dtype.numpy) if dtype.name.startswith("float") else codes.astype(dtype.numpy)


def _from_fields(tensor: onnx.TensorProto, dtype: DType, count: int, what: str) -> Array:
    """Data in one of the typed fields; 16 bits and fewer stand in int32_data as they are stored."""
    match dtype:
        case DType.float32 | DType.complex64:
            return np.array(tensor.float_data, np.float32).view(dtype.numpy)
        case DType.float64 | DType.complex128:
            return np.array(tensor.double_data, np.float64).view(dtype.numpy)
        case DType.int64:
            return np.array(tensor.int64_data, np.int64)
        case DType.uint32 | DType.uint64:
            return np.array(tensor.uint64_data, np.uint64).astype(dtype.numpy)
        case DType.int32 | DType.int16 | DType.int8 | DType.uint16 | DType.uint8 | DType.bool:
            return np.array(tensor.int32_data, np.int32).astype(dtype.numpy)
    codes = np.array(tensor.int32_data, np.int32).astype(np.uint16 if dtype.bits == 16 else np.uint8)
    return _from_bytes(codes.view(np.uint8), dtype, count, what)


def dense(sparse: onnx.SparseTensorProto, external: ExternalData) -> Array:
    """A sparse tensor with its zeros. Raises FormatError for places outside of it."""
    what, dims = f"sparse tensor '{sparse.values.name}'", tuple(sparse.dims)
    values, places = array_of(sparse.values, external), array_of(sparse.indices, external)
    if len(dims) > limits.RANK or any(d < 0 for d in dims) or math.prod(dims) > MAX_SPARSE:
        raise LimitError(f"{what} has the sizes {str(dims)[:80]}.")
    if values.ndim != 1 or places.dtype != np.int64 or len(places) != len(values):
        raise FormatError(f"{what} has {values.shape} values at {places.shape} places.")
    if places.ndim == 2 and places.shape[1] == len(dims):
        inside = bool(((places >= 0) & (places < np.array(dims, np.int64))).all())
        flat = (
            np.ravel_multi_index(tuple(places.T), dims) if inside and places.size else np.zeros(0, np.int64)
        )
    else:
        flat, inside = places, places.ndim == 1 and bool(((places >= 0) & (places < math.prod(dims))).all())
    if not inside:
        raise FormatError(f"{what} has a value outside of its sizes {dims}.")
    result = (
        np.full(math.prod(dims), "", object)
        if values.dtype == object
        else np.zeros(math.prod(dims), values.dtype)
    )
    result[flat] = values
    return result.reshape(dims)
