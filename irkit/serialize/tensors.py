"""Tensors as bytes: little-endian, C order, 4-bit types two to a byte, strings with their lengths in front."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from irkit.errors import ArgumentError, FormatError, LimitError, UnsupportedError
from irkit.ir import Array, DType, limits
from irkit.serialize.hashing import Buffer


def encode(array: Array) -> Buffer:
    """The bytes of `array`: a view of its own memory where that is laid out so already."""
    dtype = DType.of(array.dtype)
    if dtype is DType.string:
        return _encode_strings(array)
    if dtype.bits == 2:
        raise UnsupportedError(f"a file cannot hold tensors of {dtype}.")
    flat = np.ascontiguousarray(array).reshape(-1)
    if flat.dtype.byteorder == ">":
        flat = flat.astype(flat.dtype.newbyteorder("<"))
    raw = flat.view(np.uint8)
    return (_packed(raw) if dtype.bits == 4 else raw).data


def stored_length(dtype: DType, dims: Sequence[int]) -> int | None:
    """How many bytes a tensor takes; None for strings, whose bytes must be read to tell."""
    return None if dtype is DType.string else (math.prod(dims) * dtype.bits + 7) // 8


def check(dtype: DType, dims: Sequence[int], data: memoryview, at: str) -> None:
    """A stranger's tensor: `decode` will succeed. at: where it stands. Raises FormatError or LimitError."""
    if len(dims) > limits.RANK or math.prod(dims) > limits.SIZE or max(dims, default=0) > limits.SIZE:
        raise LimitError(
            f"{at}: a tensor of {len(dims)} dims {tuple(dims)} is larger than the format allows."
        )
    length = stored_length(dtype, dims)
    if length is None:
        _decode_strings(math.prod(dims), data, at)
        return
    if len(data) != length:
        raise FormatError(f"{at}: a tensor {dtype}{list(dims)} takes {length} bytes, not {len(data)}.")
    if dtype.bits == 4 and math.prod(dims) % 2 and data[-1] > 0x0F:
        raise FormatError(f"{at}: the unused half of the last byte must be zero.")
    if dtype is DType.bool and length and np.frombuffer(data, np.uint8).max() > 1:
        raise FormatError(f"{at}: a bool must be 0 or 1.")


def decode(dtype: DType, dims: Sequence[int], data: memoryview) -> Array:
    """The array that `data`, which passed `check`, holds: read-only, and a view of `data` where it can be."""
    count = math.prod(dims)
    if dtype is DType.string:
        array = np.empty(count, object)
        array[:] = _decode_strings(count, data, "")
    elif count == 0:
        array = np.empty(0, dtype.numpy)
    elif dtype.bits == 4:
        array = _unpacked(np.frombuffer(data, np.uint8), count, dtype)
    else:
        array = np.frombuffer(data, dtype.numpy)
    array = array.reshape(dims)
    array.flags.writeable = False
    return array


def _packed(raw: Array) -> Array:
    """Two elements a byte, the first in the low half."""
    low = raw & np.uint8(0x0F)
    packed = low[0::2].copy()
    packed[: len(low) // 2] |= low[1::2] << np.uint8(4)
    return packed


def _unpacked(packed: Array, count: int, dtype: DType) -> Array:
    halves = np.empty(2 * len(packed), np.uint8)
    halves[0::2], halves[1::2] = packed & np.uint8(0x0F), packed >> np.uint8(4)
    if dtype is DType.int4:  # in memory an int4 fills its byte, with its sign
        halves = (halves ^ np.uint8(8)) - np.uint8(8)
    return halves[:count].view(dtype.numpy)


def _encode_strings(array: Array) -> bytes:
    parts = []
    for element in array.reshape(-1).tolist():
        text = _utf8(element)
        parts += [len(text).to_bytes(4, "little"), text]
    return b"".join(parts)


def _utf8(element: object) -> bytes:
    try:
        return (element.decode() if isinstance(element, bytes) else str(element)).encode()
    except UnicodeError:
        raise ArgumentError(f"A string in a tensor is not Unicode: {element!r}.") from None


def _decode_strings(count: int, data: memoryview, at: str) -> list[str]:
    if count > len(data) // 4:
        raise FormatError(f"{at}: {count} strings do not fit into {len(data)} bytes.")
    found, place = [], 0
    for _ in range(count):
        length = int.from_bytes(data[place : place + 4], "little")
        end = place + 4 + length
        if end > len(data):
            raise FormatError(f"{at}: a string passes the end of its tensor.")
        try:
            found.append(bytes(data[place + 4 : end]).decode())
        except UnicodeDecodeError:
            raise FormatError(f"{at}: a string is not UTF-8.") from None
        place = end
    if place != len(data):
        raise FormatError(f"{at}: {len(data) - place} bytes are left after the last string.")
    return found
