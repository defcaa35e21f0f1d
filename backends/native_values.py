"""Arrays in and out of the C++ runtime: numpy's memory as irkit_tensor, what the runtime owns as copies."""

from __future__ import annotations

import ctypes as c
import math
from typing import TYPE_CHECKING, Any

import numpy as np

from irkit.backends.native_abi import KIND_OPTIONAL, KIND_SEQUENCE, KIND_TENSOR, Tensor, Value
from irkit.ir import DType
from irkit.serialize.tensors import decode, encode, stored_length

if TYPE_CHECKING:
    from irkit.ir import Array


def value_of(given: Array | list[Array] | None, kept: list[object]) -> Value:
    """An array, a list of them, or nothing, as the runtime takes it. What must outlive the result goes to `kept`."""
    if given is None:
        return Value(KIND_OPTIONAL, None, 0)
    elements = given if isinstance(given, list) else [given]
    tensors = (Tensor * len(elements))(*[tensor_of(x, kept) for x in elements])
    return Value(KIND_SEQUENCE if isinstance(given, list) else KIND_TENSOR, tensors, len(elements))


def result_of(value: Value) -> Array | list[Array] | None:
    """A copy of what the runtime put out."""
    if value.kind == KIND_OPTIONAL:
        return None
    arrays = [array_of(value.tensors[i]) for i in range(value.count)]
    return arrays if value.kind == KIND_SEQUENCE else arrays[0]


def tensor_of(array: Array, kept: list[object]) -> Tensor:
    """The array's memory, or a copy of it in `kept`, as irkit_tensor."""
    dtype = DType.of(array.dtype)
    if dtype is DType.string:
        texts = [text.encode() for text in array.reshape(-1)]
        data: Any = (c.c_char_p * max(len(texts), 1))(*texts)
        address, size = c.addressof(data), c.sizeof(data) if texts else 0
    else:
        data = np.frombuffer(encode(array), np.uint8)
        address, size = data.ctypes.data, data.nbytes
    kept.append(data)
    return Tensor(int(dtype), array.ndim, tuple(array.shape), address, size)


def array_of(tensor: Tensor) -> Array:
    """A copy of an output that the runtime owns."""
    dtype, shape = DType(tensor.dtype), tuple(tensor.dims[: tensor.rank])
    count = math.prod(shape)
    if dtype is DType.string:
        texts = c.cast(tensor.data, c.POINTER(c.c_char_p))
        strings = np.empty(count, object)
        strings[:] = [(texts[i] or b"").decode() for i in range(count)]
        return strings.reshape(shape)
    length = stored_length(dtype, shape) or 0
    data = c.string_at(tensor.data, length) if length else b""
    return decode(dtype, shape, memoryview(data)).copy()
