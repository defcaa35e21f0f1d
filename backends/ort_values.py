"""Arrays of element types that numpy lacks, in and out of onnxruntime: as the same bits under another
name."""

from __future__ import annotations

import ctypes
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import onnxruntime as ort

from irkit.errors import UnsupportedError
from irkit.ir import DType, TensorType, as_tensor

if TYPE_CHECKING:
    from irkit.ir import Array, Type

_EXOTIC = frozenset(
    {
        DType.bfloat16,
        DType.float8e4m3fn,
        DType.float8e4m3fnuz,
        DType.float8e5m2,
        DType.float8e5m2fnuz,
        DType.float8e8m0,
        DType.int4,
        DType.uint4,
        DType.float4e2m1,
    }
)
_BITS: Mapping[int, type[np.generic]] = {8: np.uint8, 16: np.uint16}


def is_exotic(type_: Type) -> bool:
    """Whether onnxruntime's `run` does not take numpy arrays of this type."""
    while not isinstance(type_, TensorType):
        type_ = type_.element
    return type_.dtype in _EXOTIC


def ort_value(array: Array) -> ort.OrtValue:
    """The array as onnxruntime sees it, in the same memory, which must outlive the result."""
    dtype = DType.of(array.dtype)
    array = array if array.flags.c_contiguous else array.copy()
    if dtype not in _EXOTIC:
        return ort.OrtValue.ortvalue_from_numpy(array)
    return ort.OrtValue.ortvalue_from_numpy_with_onnx_type(array.view(_BITS[dtype.bits]), int(dtype))


class ExoticRun:
    """Called like a session's `run`, for models some of whose inputs or outputs are exotic."""

    def __init__(
        self, session: ort.InferenceSession, inputs: Sequence[Type], outputs: Sequence[Type]
    ) -> None:
        for type_ in (*inputs, *outputs):
            if not isinstance(type_, TensorType) or (
                type_.dtype in _EXOTIC and type_.dtype.bits not in _BITS
            ):
                raise UnsupportedError(
                    f"onnxruntime's Python interface takes or gives no {type_} in this model.",
                    cure="Use the C++ runtime or the interpreter.",
                )
        self._session, self._dtypes = session, [as_tensor(t).dtype for t in outputs]

    def __call__(self, names: list[str], feed: dict[str, Any], _: None) -> list[Any]:
        values = {name: ort_value(x) for name, x in feed.items()}
        results = self._session.run_with_ort_values(names, values)
        return [_array(v, dtype) for v, dtype in zip(results, self._dtypes, strict=True)]


def _array(value: ort.OrtValue, dtype: DType) -> Array:
    if dtype not in _EXOTIC:
        result: Array = value.numpy()
        return result
    shape = tuple(value.shape())
    count = int(np.prod(shape, dtype=np.int64))
    if not count:
        return np.zeros(shape, dtype.numpy)
    data = ctypes.string_at(value.data_ptr(), count * dtype.bits // 8)
    return np.frombuffer(bytearray(data), dtype.numpy).reshape(shape)
