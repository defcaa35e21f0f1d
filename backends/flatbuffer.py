"""FlatBuffers from and to plain dataclasses, in the canonical arrangement of proto/README.md §4.

The annotations of a dataclass are the schema: `str`, `bytes`, another dataclass, a tuple of these, or a
number whose wire format (`struct`'s letter) stands in `Annotated`. The flatbuffers package would leave the
arrangement, and so the bytes of a file, to its installed version.  https://flatbuffers.dev/internals
"""

from __future__ import annotations

import struct
from dataclasses import MISSING, fields, is_dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Annotated, NamedTuple, TypeVar, get_args, get_origin, get_type_hints

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

UByte = Annotated[int, "B"]
Bool = Annotated[bool, "?"]
Int = Annotated[int, "i"]
UInt = Annotated[int, "I"]
Float = Annotated[float, "f"]
Long = Annotated[int, "q"]
ULong = Annotated[int, "Q"]


def write(root: object, identifier: bytes) -> bytes:
    """The buffer whose root table is the dataclass `root`."""
    out = _Writer()
    out.data += bytes(4) + identifier
    out.child(0, _codec(type(root)).write, root)
    return bytes(out.data)


def read(cls: type[T], data: bytes, identifier: bytes) -> T:
    """The dataclass that `write` wrote; of any other arrangement too.  Raises ValueError."""
    try:
        if data[4:8] != identifier:
            raise ValueError(f"the buffer's identifier is {data[4:8]!r}, not {identifier!r}")
        result = _codec(cls).read(data, _target(data, 0))
    except (struct.error, IndexError, UnicodeDecodeError) as error:
        raise ValueError(f"not a valid buffer of {cls.__name__}: {error}") from error
    assert isinstance(result, cls)
    return result


class _Writer:
    """The growing buffer, and where each vtable in it stands."""

    def __init__(self) -> None:
        self.data = bytearray()
        self.vtables: dict[tuple[type, int], int] = {}

    def pad(self, remainder: int, modulus: int) -> int:
        """Zeros up to the next position that leaves `remainder`; returns it."""
        self.data += bytes((remainder - len(self.data)) % modulus)
        return len(self.data)

    def child(self, slot: int, write_it: Callable[[_Writer, object], int], value: object) -> None:
        """Write what the offset at `slot` refers to."""
        struct.pack_into("<I", self.data, slot, write_it(self, value) - slot)


class _Kind(NamedTuple):
    """How a field is kept: in the table itself (`letter`), or behind an offset."""

    letter: str
    write: Callable[[_Writer, object], int] | None  # returns the position; None: a number
    read: Callable[[bytes, int], object]


class _Layout(NamedTuple):
    """Where the present fields of a table stand."""

    vtable: bytes
    table: struct.Struct
    order: tuple[int, ...]  # of fields in the table: large ones first
    offsets: tuple[tuple[int, int], ...]  # (field, place in the table) behind offsets, in field order


class _Codec:
    """Writes and reads one dataclass."""

    def __init__(self, cls: type) -> None:
        assert is_dataclass(cls)
        hints = get_type_hints(cls, include_extras=True)
        self.cls = cls
        self.defaults: list[object] = [field.default for field in fields(cls)]
        assert MISSING not in self.defaults
        self.kinds = [_kind(hints[field.name]) for field in fields(cls)]
        self.values = _getter([field.name for field in fields(cls)])
        self.layouts: dict[int, _Layout] = {}

    def write(self, out: _Writer, value: object) -> int:
        values = self.values(value)
        mask = 0
        for k, default in enumerate(self.defaults):
            if values[k] != default or (default == 0.0 and str(values[k]) == "-0.0"):
                mask |= 1 << k
        layout = self.layouts.get(mask) or self._lay_out(mask)
        vtable = out.vtables.get((self.cls, mask))
        if vtable is None:
            vtable = out.vtables[self.cls, mask] = out.pad(0, 2)
            out.data += layout.vtable
        start = out.pad(4, 8)
        numbers = [0 if self.kinds[k].write else values[k] for k in layout.order]
        out.data += layout.table.pack(start - vtable, *numbers)
        for k, place in layout.offsets:
            write_field = self.kinds[k].write
            assert write_field is not None
            out.child(start + place, write_field, values[k])
        return start

    def read(self, data: bytes, start: int) -> object:
        vtable = start - struct.unpack_from("<i", data, start)[0]
        size = struct.unpack_from("<H", data, vtable)[0]
        values = []
        for k, kind in enumerate(self.kinds):
            slot = 4 + 2 * k
            place = struct.unpack_from("<H", data, vtable + slot)[0] if slot < size else 0
            values.append(kind.read(data, start + place) if place else self.defaults[k])
        return self.cls(*values)

    def _lay_out(self, mask: int) -> _Layout:
        present = [k for k in range(len(self.kinds)) if mask >> k & 1]
        size = [struct.calcsize(kind.letter) for kind in self.kinds]
        order = sorted(present, key=lambda k: -size[k])
        place, end = {}, 4
        for k in order:
            place[k], end = end, end + size[k]
        table = struct.Struct("<i" + "".join(self.kinds[k].letter for k in order))
        slots = [place.get(k, 0) for k in range(max(present, default=-1) + 1)]
        vtable = struct.pack(f"<{2 + len(slots)}H", 4 + 2 * len(slots), end, *slots)
        offsets = tuple((k, place[k]) for k in present if self.kinds[k].write)
        layout = self.layouts[mask] = _Layout(vtable, table, tuple(order), offsets)
        return layout


_codecs: dict[type, _Codec] = {}


def _codec(cls: type) -> _Codec:
    if cls not in _codecs:
        _codecs[cls] = _Codec(cls)
    return _codecs[cls]


def _getter(names: list[str]) -> Callable[[object], tuple[object, ...]]:
    get = attrgetter(*names)
    return get if len(names) > 1 else lambda value: (get(value),)


def _kind(hint: object) -> _Kind:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _vector_of_structs(*arguments) if get_origin(arguments[0]) is tuple else _number(arguments[1])
    if hint is str:
        return _Kind("I", _write_string, lambda data, slot: _blob(data, slot).decode())
    if hint is bytes:
        return _Kind("I", _write_bytes, _blob)
    if origin is tuple and get_origin(arguments[0]) is Annotated:
        return _vector_of_numbers(get_args(arguments[0])[1])
    if origin is tuple:
        return _vector(_kind(arguments[0]))
    if origin is not None:  # X | None
        return _kind(arguments[0])
    assert isinstance(hint, type)
    codec = _codec(hint)
    return _Kind("I", codec.write, lambda data, slot: codec.read(data, _target(data, slot)))


def _number(letter: str) -> _Kind:
    return _Kind(letter, None, lambda data, place: struct.unpack_from("<" + letter, data, place)[0])


def _target(data: bytes, slot: int) -> int:
    offset: int = struct.unpack_from("<I", data, slot)[0]
    return slot + offset


def _items(data: bytes, slot: int, size: int) -> tuple[int, int]:
    """Where the vector behind `slot` begins, and how many elements it has."""
    start = _target(data, slot)
    count: int = struct.unpack_from("<I", data, start)[0]
    if start + 4 + count * size > len(data):
        raise IndexError(f"a vector of {count} elements at byte {start} passes the end")
    return start + 4, count


def _blob(data: bytes, slot: int) -> bytes:
    start, count = _items(data, slot, 1)
    return data[start : start + count]


def _write_bytes(out: _Writer, value: object) -> int:
    assert isinstance(value, bytes)
    start = out.pad(0, 4)
    out.data += struct.pack("<I", len(value)) + value
    return start


def _write_string(out: _Writer, value: object) -> int:
    assert isinstance(value, str)
    start = _write_bytes(out, value.encode())
    out.data.append(0)
    return start


def _vector_of_numbers(letter: str) -> _Kind:
    size = struct.calcsize(letter)

    def write_all(out: _Writer, values: object) -> int:
        assert isinstance(values, tuple)
        start = out.pad(4, 8) if size == 8 else out.pad(0, 4)
        out.data += struct.pack(f"<I{len(values)}{letter}", len(values), *values)
        return start

    def read_all(data: bytes, slot: int) -> tuple[object, ...]:
        start, count = _items(data, slot, size)
        return struct.unpack_from(f"<{count}{letter}", data, start)

    return _Kind("I", write_all, read_all)


def _vector_of_structs(vector: object, letters: str) -> _Kind:
    element, layout = get_args(vector)[0], struct.Struct("<" + letters)

    def write_all(out: _Writer, values: object) -> int:
        assert isinstance(values, tuple)
        start = out.pad(4, 8)
        out.data += struct.pack("<I", len(values)) + b"".join(layout.pack(*value) for value in values)
        return start

    def read_all(data: bytes, slot: int) -> tuple[object, ...]:
        start, count = _items(data, slot, layout.size)
        view = memoryview(data)[start : start + count * layout.size]
        return tuple(tuple.__new__(element, values) for values in layout.iter_unpack(view))

    return _Kind("I", write_all, read_all)


def _vector(kind: _Kind) -> _Kind:
    write_one = kind.write
    assert write_one is not None

    def write_all(out: _Writer, values: object) -> int:
        assert isinstance(values, tuple)
        start = out.pad(0, 4)
        out.data += struct.pack("<I", len(values)) + bytes(4 * len(values))
        for k, value in enumerate(values):
            out.child(start + 4 + 4 * k, write_one, value)
        return start

    def read_all(data: bytes, slot: int) -> tuple[object, ...]:
        start, count = _items(data, slot, 4)
        return tuple(kind.read(data, start + 4 * k) for k in range(count))

    return _Kind("I", write_all, read_all)
