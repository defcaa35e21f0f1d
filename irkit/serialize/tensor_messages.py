"""irkit.v1.Tensor: a tensor of the IR, whose bytes stand in the message when they are few, else in WEIGHTS."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from irkit._generated import irkit_pb2 as pb
from irkit.errors import FormatError
from irkit.execution import StoredTensor
from irkit.ir import Array, DType, TensorType, limits
from irkit.serialize.tables import read_dtype
from irkit.serialize.tensors import check, decode, encode
from irkit.serialize.weights import WeightsLayout


def write_tensor(array: Array, message: pb.Tensor, layout: WeightsLayout) -> None:
    """A constant: inline when it is short."""
    data = encode(array)
    if len(data) > limits.INLINE_BYTES:
        write_stored(array, message, layout)
        return
    message.dtype = DType.of(array.dtype)
    message.dims.extend(array.shape)
    message.inline = bytes(data)


def write_stored(array: Array, message: pb.Tensor, layout: WeightsLayout, name: str = "") -> None:
    """A tensor in WEIGHTS, however short. name: the weight's path."""
    line = layout.place(array, name)
    message.dtype, message.in_weights = line.dtype, True
    message.dims.extend(line.dims)
    message.offset, message.length = line.offset, line.length


class TensorReader:
    """Reads tensors of a stranger's file. weights: its WEIGHTS section, which begins at byte `start` of the file.

    table: the table of contents of WEIGHTS, already checked. A tensor of the model must stand there too.
    """

    def __init__(
        self, weights: memoryview, start: int = 0, table: Sequence[StoredTensor] | None = None
    ) -> None:
        self._weights, self._start = weights, start
        self._lines = None if table is None else {line[1:] for line in table}

    def array(self, message: pb.Tensor) -> Array:
        """A constant, read-only. Raises FormatError or LimitError."""
        dtype, dims, data = self._checked(message)
        if message.in_weights != (len(data) > limits.INLINE_BYTES):
            raise FormatError(f"a constant of {len(data)} bytes stands at the wrong place.")
        return decode(dtype, dims, data)

    def stored(self, message: pb.Tensor) -> tuple[TensorType, Callable[[], Array]]:
        """Type of a tensor in WEIGHTS, and the function that makes its array (a view of the file, where it can be)."""
        dtype, dims, data = self._checked(message)
        if not message.in_weights:
            raise FormatError("a weight must stand in WEIGHTS.")
        return TensorType(dtype, dims), partial(decode, dtype, dims, data)

    def _checked(self, message: pb.Tensor) -> tuple[DType, tuple[int, ...], memoryview]:
        dtype = read_dtype(message.dtype, "a tensor")
        dims = tuple(message.dims)
        if not message.in_weights:
            if message.offset or message.length:
                raise FormatError("a tensor that stands inline has an offset.")
            data = memoryview(message.inline)
            check(dtype, dims, data, "an inline tensor")
            return dtype, dims, data
        end = message.offset + message.length
        if message.inline or end > len(self._weights) or message.offset % 64:
            raise FormatError(
                f"a tensor at {message.offset} to {end} of WEIGHTS, which has {len(self._weights)} bytes."
            )
        data, at = self._weights[message.offset : end], self._start + message.offset
        if self._lines is None:
            check(dtype, dims, data, f"Byte {at}")
        elif (dtype, dims, message.offset, message.length) not in self._lines:
            raise FormatError(f"Byte {at}: PROGRAM does not list a tensor {dtype}{list(dims)} here.")
        return dtype, dims, data
