"""The WEIGHTS section: where each tensor lies in it. proto/README.md chapter 3."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import xxhash

from irkit.errors import LimitError
from irkit.execution import StoredTensor
from irkit.ir import Array, DType, limits
from irkit.serialize.container import aligned
from irkit.serialize.hashing import Buffer
from irkit.serialize.tensors import encode


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
