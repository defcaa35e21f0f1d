"""A FlatBuffer as it grows and as it is read: where the next thing stands, in the arrangement of proto/README.md §4."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from irkit.errors import FormatError, LimitError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class Writer:
    """The growing buffer, and where each vtable in it stands."""

    def __init__(self) -> None:
        self.data = bytearray()
        self.vtables: dict[tuple[type, int], int] = {}

    def pad(self, remainder: int, modulus: int) -> int:
        """Zeros up to the next position that leaves `remainder`; returns it."""
        self.data += bytes((remainder - len(self.data)) % modulus)
        return len(self.data)

    def child(self, slot: int, write_it: Callable[[Writer, object], int], value: object) -> None:
        """Write what the offset at `slot` refers to."""
        struct.pack_into("<I", self.data, slot, write_it(self, value) - slot)


class Reader:
    """The buffer, and the end of what has been read: the next thing stands right there, or the buffer is refused."""

    def __init__(self, data: bytes, most: Mapping[str, int]) -> None:
        self.data, self.most = data, most
        self.end = 8
        self.vtables: dict[
            int, tuple[type, int]
        ] = {}  # by position: whose, and which fields it has (a bit each)

    def enter(self, slot: int, remainder: int, modulus: int) -> int:
        """Where the thing behind `slot` begins."""
        start: int = slot + struct.unpack_from("<I", self.data, slot)[0]
        self.skip_to(start, remainder, modulus)
        return start

    def skip_to(self, start: int, remainder: int, modulus: int) -> None:
        if start != self.end:
            if start != self.end + (remainder - self.end) % modulus:
                raise FormatError(f"byte {self.end}: what should stand here is at {start}.")
            if any(self.data[self.end : start]):
                raise FormatError(f"byte {self.end}: padding must be zero.")
        elif start % modulus != remainder:
            raise FormatError(f"byte {start}: not aligned.")

    def items(self, start: int, size: int, place: str) -> int:
        """How many elements of `size` bytes the vector at `start` has; they are within the buffer."""
        count: int = struct.unpack_from("<I", self.data, start)[0]
        self.end = start + 4 + count * size
        if self.end > len(self.data):
            raise FormatError(f"byte {start}: {count:,} elements pass the end.")
        if count > self.most.get(place, count):
            raise LimitError(f"byte {start}: {place}: {count:,}, at most {self.most[place]:,} are allowed.")
        return count
