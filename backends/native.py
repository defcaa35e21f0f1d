"""The C++ runtime from Python, through its C interface: what a deployed model will do, to the bit.

Native().prepare(model, threads=1).run([x])
"""

from __future__ import annotations

import ctypes as c
import math
import tempfile
import weakref
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from irkit.backends.inputs import InputCheck
from irkit.backends.native_abi import (
    KIND_SEQUENCE,
    KIND_TENSOR,
    Library,
    SessionOptions,
    Tensor,
    Value,
    onnxruntime_library,
)
from irkit.errors import ArgumentError, UnsupportedError
from irkit.ir import DType, OptionalType
from irkit.ir.weights import Weight
from irkit.serialize import save
from irkit.serialize.tensors import decode, encode, stored_length

if TYPE_CHECKING:
    from irkit.ir import Array, GraphModel

OPTIMIZATIONS = {"all": 0, "extended": 1, "basic": 2, "none": 3}


@cache
def _library() -> Library:
    return Library()


class Native:
    """The backend called "native"."""

    def prepare(
        self, model: GraphModel, *, threads: int | None = None, optimization: str = "all"
    ) -> NativeModel:
        """`model`, saved and opened by the C++ runtime. Its graph must not change afterwards; its weights
        may be set.

        Raises ArgumentError, UnsupportedError (also when the library is not to be found).
        """
        if optimization not in OPTIMIZATIONS:
            known = ", ".join(OPTIMIZATIONS)
            raise ArgumentError(f"There is no optimization {optimization!r}.", cure=f"There are {known}.")
        return NativeModel(model, threads or 0, OPTIMIZATIONS[optimization])


class NativeModel:
    """A model in a session of the C++ runtime. Calls may overlap in several threads."""

    def __init__(self, model: GraphModel, threads: int, optimization: int) -> None:
        for value in (*model.graph.inputs, *model.graph.outputs):
            if isinstance(value.type, OptionalType):
                raise UnsupportedError(
                    f"The C++ runtime takes and gives tensors and sequences of them; '{value.name}' is "
                    f"{value.type}."
                )
        self._model, self._threads, self._optimization = model, threads, optimization
        self._check = InputCheck(model)
        self._outputs = len(model.graph.outputs)
        self._enter()

    def run(self, inputs: Sequence[Any]) -> list[Any]:
        """Arrays (for a sequence a list of them) in the order of the graph's inputs → its outputs. See
        irkit.execution.Executable."""
        taken = self._check(inputs)
        if Weight.writes is not self._writes:
            self._enter()
        kept: list[object] = []  # memory that the call reads
        given = (Value * len(taken))(*[_value(x, kept) for x in taken])
        made = (Value * self._outputs)()
        result = c.c_void_p()
        library, session = _library(), self._session
        library.check(library.run(session, given, len(taken), made, self._outputs, None, c.byref(result)))
        try:
            return [_result(value) for value in made]
        finally:
            library.free_result(result)

    def _enter(self) -> None:
        """Make a session with the weights of this moment."""
        for weight in self._model.graph.weights:
            weight.data  # noqa: B018  # drawn now, since drawing a lazy weight counts as a write
        self._writes = Weight.writes
        self._session = _session(self._model, self._threads, self._optimization)
        weakref.finalize(self, _library().free_session, self._session)


def _session(model: GraphModel, threads: int, optimization: int) -> c.c_void_p:
    """A session from a file that is gone as soon as it is mapped."""
    library, opened, session = _library(), c.c_void_p(), c.c_void_p()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.irk"
        save(model, path)
        library.check(library.open(str(path).encode(), None, c.byref(opened)))
    found = onnxruntime_library()
    options = SessionOptions(
        struct_size=c.sizeof(SessionOptions),
        library=found.encode() if found else None,
        threads=threads,
        optimization=optimization,
        log_level=2,
    )
    try:
        library.check(library.create(opened, c.byref(options), c.byref(session)))
    finally:
        library.free_model(opened)
    return session


def _value(given: Array | list[Array], kept: list[object]) -> Value:
    elements = given if isinstance(given, list) else [given]
    tensors = (Tensor * len(elements))(*[_tensor(x, kept) for x in elements])
    return Value(KIND_SEQUENCE if isinstance(given, list) else KIND_TENSOR, tensors, len(elements))


def _result(value: Value) -> Array | list[Array]:
    arrays = [_array(value.tensors[i]) for i in range(value.count)]
    return arrays if value.kind == KIND_SEQUENCE else arrays[0]


def _tensor(array: Array, kept: list[object]) -> Tensor:
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


def _array(tensor: Tensor) -> Array:
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
