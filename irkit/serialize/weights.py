"""The WEIGHTS section: where each tensor lies in it. proto/README.md chapter 3."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import xxhash

from irkit.errors import LimitError
from irkit.execution import StoredTensor
from irkit.ir import Array, DType, limits
from irkit.serialize.container import aligned
from irkit.serialize.hashing import Buffer
from irkit.serialize.tensors import encode


class WeightsLayout:
    """Tensors placed one after another, equal bytes once. parts: the section's bytes, padding included."""

    def __init__(self) -> None:
        self.parts: list[Buffer] = []
        self._end = 0
        self._lines: list[StoredTensor] = []  # the table of contents, in the order of placing
        self._seen: dict[int, tuple[Array, int, int]] = {}  # arrays placed before: (array, offset, length)
        self._places: dict[
            tuple[int, bytes], list[tuple[int, Buffer]]
        ] = {}  # (length, digest) → (offset, bytes)

    def place(self, array: Array, name: str = "") -> StoredTensor:
        """Give `array` a line of its own in the table. Raises LimitError."""
        line = self._line(array, name)
        self._lines.append(line)
        if len(self._lines) > limits.TENSORS:
            raise LimitError(f"The model has more than {limits.TENSORS:,} tensors.")
        return line

    def numbered(self, arrays: Sequence[Array]) -> tuple[list[StoredTensor], list[int]]:
        """The whole table sorted by offset, `arrays` included, and for each array its line there.

        An array takes a line that is there already for the same dtype, dims and bytes, unless another took it: by
        contents, not by identity, so that a model that was loaded is written as it was before.
        """
        waiting: dict[tuple[DType, tuple[int, ...], int, int], list[int]] = {}
        for number in reversed(range(len(self._lines))):
            waiting.setdefault(self._lines[number][1:], []).append(number)
        chosen = []
        for array in arrays:
            line = self._line(array, "")
            same = waiting.get(line[1:])
            chosen.append(same.pop() if same else len(self._lines))
            if chosen[-1] == len(self._lines):
                self._lines.append(line)
        order = sorted(
            range(len(self._lines)), key=lambda n: (self._lines[n].offset, self._lines[n].length, n)
        )
        rank = {number: place for place, number in enumerate(order)}
        return [self._lines[n] for n in order], [rank[n] for n in chosen]

    def _line(self, array: Array, name: str) -> StoredTensor:
        seen = self._seen.get(id(array))
        if seen is None:
            data = encode(array)
            seen = self._seen[id(array)] = array, self._offset(data), len(data)
        return StoredTensor(name, DType.of(array.dtype), tuple(map(int, array.shape)), *seen[1:])

    def _offset(self, data: Buffer) -> int:
        """Where `data` lies; appended when no equal bytes are there yet."""
        if not len(data):
            return 0
        known = self._places.setdefault((len(data), xxhash.xxh3_128_digest(data)), [])
        for offset, other in known:
            if np.array_equal(np.frombuffer(data, np.uint8), np.frombuffer(other, np.uint8)):
                return offset
        start = aligned(self._end)
        self.parts += [bytes(start - self._end), data] if start > self._end else [data]
        self._end = start + len(data)
        known.append((start, data))
        return start
