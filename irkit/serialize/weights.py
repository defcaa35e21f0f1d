"""The WEIGHTS section: where each tensor lies in it. proto/README.md chapter 3."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import xxhash

from irkit.errors import FormatError, LimitError
from irkit.execution import StoredTensor
from irkit.ir import Array, DType, limits
from irkit.serialize.container import aligned
from irkit.serialize.hashing import Buffer
from irkit.serialize.tensors import check, encode


def check_table(table: Sequence[StoredTensor], weights: memoryview, start: int, *, padding: bool) -> None:
    """Chapter 3 of proto/README.md: `table` accounts for every byte of the section `weights`.

    start: where the section begins in its file. padding: whether the bytes between tensors are looked at, too.
    Raises FormatError or LimitError.
    """
    before, end, seen = StoredTensor("", DType.uint8, (), 0, 0), 0, set[tuple[DType, int, int]]()
    for line in table:
        at = f"Byte {start + line.offset}: tensor '{line.name}'"
        if line.offset + line.length > len(weights):
            raise FormatError(f"{at} passes the end of WEIGHTS.")
        _check_place(line, before, end, at)
        if padding and any(weights[end : line.offset]):
            raise FormatError(f"Bytes {start + end} to {start + line.offset}: padding must be zero.")
        _check_bytes(line, weights[line.offset : line.offset + line.length], at, seen)
        if line.length:
            before, end = line, line.offset + line.length
    if end != len(weights):
        raise FormatError(f"Byte {start + end}: bytes are left after the last tensor.")


def _check_place(line: StoredTensor, before: StoredTensor, end: int, at: str) -> None:
    """before: the last tensor with bytes, which end at `end`."""
    if not line.length:
        if line.offset or end:
            raise FormatError(f"{at}, which is empty, must come first, at offset 0.")
        return
    shares = (line.offset, line.length) == (before.offset, before.length) and end > 0
    if shares and DType.string not in (line.dtype, before.dtype):
        return
    if line.offset != aligned(end):
        raise FormatError(f"{at} does not follow the one before.")


def _check_bytes(line: StoredTensor, data: memoryview, at: str, seen: set[tuple[DType, int, int]]) -> None:
    """Bytes that many tensors share are looked at once for each element type."""
    key = line.dtype, math.prod(line.dims), line.offset
    if key not in seen or not line.length:
        check(line.dtype, line.dims, data, at)
        seen.add(key)


class _Content(NamedTuple):
    """What an array holds; equal keys mean equal bytes."""

    data: Buffer
    key: tuple[DType, tuple[int, ...], int, int]  # dtype, dims, length, number of the bytes


class WeightsLayout:
    """Tensors placed one after another, equal bytes once. parts: the section's bytes, padding included."""

    def __init__(self) -> None:
        self.parts: list[Buffer] = []
        self._end = 0
        self._lines: list[tuple[StoredTensor, _Content]] = []  # the table of contents, in order of placing
        self._offsets: dict[int, int] = {}  # by number of the bytes
        self._bytes: dict[tuple[int, bytes], list[tuple[int, Buffer]]] = {}  # by length and digest
        self._seen: dict[int, tuple[Array, _Content]] = {}  # by identity: no array is hashed twice
        self._count = 0

    def place(self, array: Array, name: str = "") -> StoredTensor:
        """Give `array` a line of its own in the table. Raises LimitError."""
        content = self._content(array)
        dtype, dims, length, _ = content.key
        line = StoredTensor(name, dtype, dims, self._offset(content), length)
        self._lines.append((line, content))
        if len(self._lines) > limits.TENSORS:
            raise LimitError(f"The model has more than {limits.TENSORS:,} tensors.")
        return line

    def numbered(self, arrays: Sequence[Array]) -> tuple[list[StoredTensor], list[int]]:
        """The whole table sorted by offset, `arrays` included, and for each array its line there.

        An array takes a line that is there already for the same dtype, dims and bytes, unless another took it:
        by contents, not by identity, so that a model that was loaded is written as it was before.
        """
        waiting: dict[tuple[object, ...], list[int]] = {}
        for number in reversed(range(len(self._lines))):
            waiting.setdefault(self._lines[number][1].key, []).append(number)
        chosen = []
        for array in arrays:
            same = waiting.get(self._content(array).key)
            chosen.append(same.pop() if same else len(self._lines))
            if chosen[-1] == len(self._lines):
                self.place(array)
        lines = [line for line, _ in self._lines]
        order = sorted(range(len(lines)), key=lambda n: (lines[n].offset, lines[n].length, n))
        rank = {number: place for place, number in enumerate(order)}
        return [lines[n] for n in order], [rank[n] for n in chosen]

    def _content(self, array: Array) -> _Content:
        seen = self._seen.get(id(array))
        if seen is None:
            data, dims = encode(array), tuple(map(int, array.shape))
            key = DType.of(array.dtype), dims, len(data), self._number(data)
            seen = self._seen[id(array)] = array, _Content(data, key)
        return seen[1]

    def _number(self, data: Buffer) -> int:
        """The same for equal bytes."""
        known = self._bytes.setdefault((len(data), xxhash.xxh3_128_digest(data)), [])
        for number, other in known:
            if not len(data) or np.array_equal(np.frombuffer(data, np.uint8), np.frombuffer(other, np.uint8)):
                return number
        self._count += 1
        known.append((self._count, data))
        return self._count

    def _offset(self, content: _Content) -> int:
        """Where the bytes lie; appended when no equal ones are there yet. Strings do not share theirs."""
        dtype, _, length, number = content.key
        if not length:
            return 0
        if dtype is not DType.string and number in self._offsets:
            return self._offsets[number]
        offset = aligned(self._end)
        self.parts += [bytes(offset - self._end), content.data]
        self._end = offset + length
        if dtype is not DType.string:
            self._offsets[number] = offset
        return offset
