"""The model file as a container: prelude, section table, sections. proto/README.md chapters 1 and 2, in their order."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Literal, TypeAlias

from irkit.errors import ArgumentError, FormatError, LimitError, UnsupportedError
from irkit.ir import limits
from irkit.serialize.hashing import Buffer, hash_of, hash_of_all

MAGIC = b"\x89IRK\r\n\x1a\n"
VERSION = 1
PRELUDE_BYTES = 64
Verify: TypeAlias = Literal["always", "auto", "never"]

_PRELUDE = struct.Struct("<8sIIQQQQQQ")
_ENTRY = struct.Struct("<IIQQQ")
ENTRY_BYTES = _ENTRY.size
_ALIGNMENT = 64
_PAGE = 4096


class Kind(IntEnum):
    """What a section holds. Sections stand in the file in this order."""

    PROGRAM = 1
    IR = 2
    VECTORS = 3
    ONNX = 4
    WEIGHTS = 5


_REQUIRED = (Kind.PROGRAM, Kind.IR, Kind.WEIGHTS)
_MOST_BYTES: Mapping[Kind, int] = {
    Kind.PROGRAM: limits.PROGRAM_BYTES,
    Kind.IR: limits.SECTION_BYTES,
    Kind.VECTORS: limits.SECTION_BYTES,
    Kind.ONNX: limits.SECTION_BYTES,
    Kind.WEIGHTS: limits.SIZE,
}


@dataclass(frozen=True, slots=True)
class Section:
    """A line of the section table. offset: from the start of the file. hash: XXH3-64 of its bytes."""

    kind: Kind
    offset: int
    length: int
    hash: int

    @property
    def end(self) -> int:
        return self.offset + self.length


def aligned(offset: int, alignment: int = _ALIGNMENT) -> int:
    """The first multiple of `alignment` at or after `offset`."""
    return -(-offset // alignment) * alignment


def _start(kind: Kind, end: int) -> int:
    """Where a section begins when what is before it ends at `end`."""
    return aligned(end, _PAGE if kind is Kind.WEIGHTS else _ALIGNMENT)


# ---- writing


def pieces(sections: Mapping[Kind, Sequence[Buffer]]) -> Iterator[Buffer]:
    """The bytes of the file that holds `sections` (each given in parts), padding included."""
    table = _table(sections)
    entries = b"".join(_ENTRY.pack(s.kind, 0, s.offset, s.length, s.hash) for s in table)
    head = _PRELUDE.pack(MAGIC, VERSION, len(table), 0, 0, table[-1].end, 0, hash_of(entries), 0)
    yield head[:56] + struct.pack("<Q", hash_of(head[:56])) + entries
    end = PRELUDE_BYTES + len(entries)
    for section in table:
        yield bytes(section.offset - end)
        yield from sections[section.kind]
        end = section.end


def _table(sections: Mapping[Kind, Sequence[Buffer]]) -> list[Section]:
    table: list[Section] = []
    end = PRELUDE_BYTES + _ENTRY.size * len(sections)
    for kind in sorted(sections):
        parts = sections[kind]
        length = sum(len(part) for part in parts)
        if length > _MOST_BYTES[kind]:
            raise LimitError(
                f"Section {kind.name} would have {length:,} bytes; a file allows {_MOST_BYTES[kind]:,}."
            )
        table.append(Section(kind, _start(kind, end), length, hash_of_all(parts)))
        end = table[-1].end
    return table


# ---- reading


class Container:
    """The sections of a file that proved to be sound. data: the whole file, mapped or in memory.

    weights_verified: whether WEIGHTS was hashed; it may be too large to be read at once.
    """

    __slots__ = ("data", "sections", "weights_verified")

    def __init__(self, data: memoryview, verify: Verify = "auto") -> None:
        """Raises FormatError, LimitError or UnsupportedError, each with the byte where it stands."""
        if verify not in ("always", "auto", "never"):
            raise ArgumentError(f"verify must be 'always', 'auto' or 'never'. Received: {verify!r}.")
        self.data = data
        self.sections = {section.kind: section for section in _read_table(data, _read_prelude(data))}
        self.weights_verified = _wants(verify, self.sections[Kind.WEIGHTS].length)
        self._check_padding()
        for section in self.sections.values():
            if section.kind is not Kind.WEIGHTS or self.weights_verified:
                self._check_hash(section)

    def __getitem__(self, kind: Kind) -> memoryview:
        section = self.sections[kind]
        return self.data[section.offset : section.end]

    def _check_padding(self) -> None:
        end = PRELUDE_BYTES + _ENTRY.size * len(self.sections)
        for section in self.sections.values():
            padding = bytes(self.data[end : section.offset])
            if any(padding):
                at = end + next(i for i, byte in enumerate(padding) if byte)
                raise FormatError(f"Byte {at}: padding before section {section.kind.name} must be zero.")
            end = section.end

    def _check_hash(self, section: Section) -> None:
        if hash_of(self[section.kind]) != section.hash:
            raise FormatError(
                f"Bytes {section.offset} to {section.end}: the checksum of section {section.kind.name} does not match.",
                cure="The file was damaged after it was written; get it again.",
            )


def _wants(verify: Verify, length: int) -> bool:
    return verify == "always" or (verify == "auto" and length <= limits.VERIFIED_BYTES)


def _read_prelude(data: memoryview) -> tuple[int, int]:
    """(number of sections, hash of their table)."""
    if len(data) < PRELUDE_BYTES:
        raise FormatError(f"The file has {len(data)} bytes; a model file has at least {PRELUDE_BYTES}.")
    magic, version, count, required, _, length, zero, table_hash, own_hash = _PRELUDE.unpack_from(data)
    if magic != MAGIC:
        raise FormatError(f"Byte 0: this is no model file; it begins with {magic!r}, not {MAGIC!r}.")
    if hash_of(data[:56]) != own_hash:
        raise FormatError("Byte 56: the checksum of the prelude does not match.")
    if version != VERSION:
        raise UnsupportedError(
            f"Byte 8: the file has format version {version}; this irkit reads version {VERSION}.",
            cure="Update irkit.",
        )
    if required:
        bit = (required & -required).bit_length() - 1
        raise UnsupportedError(
            f"Byte 16: the file needs feature {bit}, unknown to this irkit.", cure="Update irkit."
        )
    if length != len(data):
        raise FormatError(f"Byte 32: the file should have {length} bytes and has {len(data)}.")
    if zero:
        raise FormatError("Byte 40: must be zero.")
    if not len(_REQUIRED) <= count <= len(Kind):
        raise FormatError(f"Byte 12: {count} sections; a file has {len(_REQUIRED)} to {len(Kind)}.")
    return count, table_hash


def _read_table(data: memoryview, expected: tuple[int, int]) -> list[Section]:
    count, table_hash = expected
    end = PRELUDE_BYTES + count * _ENTRY.size
    if len(data) < end or hash_of(data[PRELUDE_BYTES:end]) != table_hash:
        raise FormatError("Byte 48: the checksum of the section table does not match.")
    sections: list[Section] = []
    for i in range(count):
        sections.append(
            _read_entry(data, PRELUDE_BYTES + i * _ENTRY.size, sections[-1] if sections else None, end)
        )
        end = sections[-1].end
    if end != len(data):
        raise FormatError(f"Byte {end}: the last section ends here, the file at byte {len(data)}.")
    kinds = {section.kind for section in sections}
    for kind in _REQUIRED:
        if kind not in kinds:
            raise FormatError(f"Byte {PRELUDE_BYTES}: section {kind.name} is missing.")
    return sections


def _read_entry(data: memoryview, at: int, before: Section | None, end: int) -> Section:
    """The entry at byte `at`. before: the section of the previous one. end: where the section must follow."""
    number, zero, offset, length, hash_ = _ENTRY.unpack_from(data, at)
    if number not in Kind.__members__.values():
        raise UnsupportedError(f"Byte {at}: sections of kind {number} are not known.", cure="Update irkit.")
    kind = Kind(number)
    if before is not None and kind <= before.kind:
        raise FormatError(f"Byte {at}: section {kind.name} must not follow {before.kind.name}.")
    if zero:
        raise FormatError(f"Byte {at + 4}: must be zero.")
    if offset != _start(kind, end):
        raise FormatError(
            f"Byte {at + 8}: section {kind.name} must begin at {_start(kind, end)}, not at {offset}."
        )
    if length > _MOST_BYTES[kind]:
        raise LimitError(
            f"Byte {at + 16}: section {kind.name} has {length} bytes; {_MOST_BYTES[kind]} are allowed."
        )
    if offset + length > len(data):
        raise FormatError(
            f"Byte {at + 16}: section {kind.name} ends at {offset + length}, after the end of the file."
        )
    return Section(kind, offset, length, hash_)
