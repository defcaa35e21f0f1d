"""The VECTORS section: sample inputs with the outputs that are expected for them. proto/README.md chapter 6."""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NoReturn

import numpy as np

from irkit import execution
from irkit.errors import ArgumentError, FormatError, LimitError, UnsupportedError
from irkit.ir import Array, DType, GraphModel, TensorType, Type, Value, limits, type_of
from irkit.serialize.container import aligned
from irkit.serialize.tables import read_dtype
from irkit.serialize.tensors import check, decode, encode

TOLERANCE = 1e-4  # of whole models, relative to the largest output
_HEAD = struct.Struct("<IIIIdQ")
_REFEREE = "interpreter"


@dataclass(frozen=True, slots=True)
class Sample:
    """Arrays for all inputs of a model, and what its outputs should be, each in the model's order."""

    inputs: tuple[Array, ...]
    outputs: tuple[Array, ...]


def samples_of(model: GraphModel, given: Sequence[object]) -> list[Sample]:
    """Samples, with outputs computed by the interpreter where they are not given.

    given: for each sample a `Sample`, a list of arrays in the order of the inputs, a dict by input name, or the array
    itself where there is one input. Raises ArgumentError, UnsupportedError, and what running raises.
    """
    if not all(isinstance(v.type, TensorType) for v in (*model.user_inputs, *model.user_outputs)):
        raise UnsupportedError(
            "Samples can be saved only for a model whose inputs and outputs are all tensors."
        )
    if not 1 <= len(given) <= limits.ENTRIES:
        raise ArgumentError(f"samples must hold 1 to {limits.ENTRIES:,} samples. Received: {len(given)}.")
    ready = [sample for sample in given if isinstance(sample, Sample)]
    if len(ready) < len(given):
        referee = execution.backend(_REFEREE).prepare(model)
        ready = [s if isinstance(s, Sample) else _answered(model, s, referee) for s in given]
    for sample in ready:
        _check_arrays(sample.inputs, model.user_inputs)
        _check_arrays(sample.outputs, model.user_outputs)
    return ready


def _answered(model: GraphModel, sample: object, referee: execution.Executable) -> Sample:
    inputs = _inputs(model, sample)
    referee.states.reset()  # each sample starts from the initial values
    return Sample(inputs, tuple(map(np.asarray, referee.run(inputs))))


def _check_arrays(arrays: Sequence[Array], values: Sequence[Value]) -> None:
    if len(arrays) != len(values):
        raise ArgumentError(f"A sample holds {len(arrays)} arrays where the model has {len(values)}.")
    for array, value in zip(arrays, values, strict=True):
        if not _fits(type_of(array), value.type):
            raise ArgumentError(f"A sample holds {type_of(array)} where the model has {value.type}.")


def _fits(found: TensorType, wanted: Type) -> bool:
    """Whether dtype and rank agree."""
    return (
        isinstance(wanted, TensorType)
        and found.dtype is wanted.dtype
        and (wanted.rank is None or found.rank == wanted.rank)
    )


def _inputs(model: GraphModel, sample: object) -> tuple[Array, ...]:
    values = model.user_inputs
    if isinstance(sample, Mapping):
        if set(sample) != set(model.inputs):
            raise ArgumentError(
                f"A sample must name the inputs {sorted(model.inputs)}. Received: {sorted(sample)}."
            )
        sample = [sample[name] for name in model.inputs]
    elif isinstance(sample, np.ndarray) and len(values) == 1:
        sample = [sample]
    if not isinstance(sample, Sequence) or len(sample) != len(values):
        raise ArgumentError(f"A sample must hold one array for each of the {len(values)} inputs.")
    types = [v.type for v in values if isinstance(v.type, TensorType)]
    return tuple(np.asarray(x, t.dtype.numpy) for x, t in zip(sample, types, strict=True))


def to_bytes(samples: Sequence[Sample], tolerance: float = TOLERANCE) -> bytes:
    """The section's bytes."""
    first = samples[0]
    parts = bytearray(_HEAD.pack(len(samples), len(first.inputs), len(first.outputs), 0, tolerance, 0))
    for sample in samples:
        for array in (*sample.inputs, *sample.outputs):
            _append(parts, array)
    return bytes(parts)


def _append(parts: bytearray, array: Array) -> None:
    data = encode(array)
    dtype = DType.of(array.dtype)
    parts += bytes(aligned(len(parts), 8) - len(parts))
    parts += struct.pack(f"<BB6x{array.ndim}QQ", dtype, array.ndim, *array.shape, len(data))
    parts += bytes(aligned(len(parts)) - len(parts))
    parts += data


# ---- reading


def from_bytes(data: memoryview, model: GraphModel, start: int = 0) -> tuple[list[Sample], float]:
    """The samples of a section that begins at byte `start` of its file, and their tolerance.

    Raises FormatError or LimitError, whatever `data` holds.
    """
    return _Reader(data, start).samples(
        [v.type for v in model.user_inputs], [v.type for v in model.user_outputs]
    )


class _Reader:
    """Reads tensor by tensor; `place` is the next byte."""

    def __init__(self, data: memoryview, start: int) -> None:
        self.data, self.start, self.place = data, start, 0

    def samples(self, inputs: Sequence[Type], outputs: Sequence[Type]) -> tuple[list[Sample], float]:
        count, given, made, zero, tolerance, zeros = _HEAD.unpack(self._take(_HEAD.size))
        if count > limits.ENTRIES:
            raise LimitError(f"Byte {self.start}: {count:,} samples; at most {limits.ENTRIES:,} are allowed.")
        if not count or (given, made) != (len(inputs), len(outputs)) or zero or zeros:
            self._fail("the head of the samples does not fit the model")
        if not (math.isfinite(tolerance) and tolerance >= 0):
            self._fail(f"the tolerance is {tolerance}")
        samples = [
            Sample(tuple(map(self._tensor, inputs)), tuple(map(self._tensor, outputs))) for _ in range(count)
        ]
        if self.place != len(self.data):
            self._fail("bytes are left after the last sample")
        return samples, tolerance

    def _tensor(self, type_: Type) -> Array:
        self._skip_padding(8)
        at = self.start + self.place
        number, rank, zeros = struct.unpack("<BB6s", self._take(8))
        if any(zeros):
            self._fail("padding is not zero")
        if rank > limits.RANK:
            raise LimitError(f"Byte {at}: a tensor of rank {rank}; at most {limits.RANK} is allowed.")
        *dims, length = struct.unpack(f"<{rank + 1}Q", self._take(8 * rank + 8))
        dtype = read_dtype(number, f"Byte {at}")
        if not _fits(TensorType(dtype, tuple(dims)), type_):
            self._fail(f"a sample holds {dtype}{dims} where the model has {type_}")
        self._skip_padding(64)
        data = self._take(length)
        check(dtype, dims, data, f"Byte {at}")
        return decode(dtype, dims, data)

    def _take(self, count: int) -> memoryview:
        end = self.place + count
        if end > len(self.data):
            self._fail("the section ends within a sample")
        taken, self.place = self.data[self.place : end], end
        return taken

    def _skip_padding(self, alignment: int) -> None:
        if any(self._take(aligned(self.place, alignment) - self.place)):
            self._fail("padding is not zero")

    def _fail(self, problem: str) -> NoReturn:
        raise FormatError(f"Section VECTORS, byte {self.start + self.place}: {problem}.")
