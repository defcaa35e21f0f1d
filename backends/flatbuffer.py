"""FlatBuffers from and to plain dataclasses, in the canonical arrangement of proto/README.md §4.

The annotations of a dataclass are the schema: `str`, `bytes`, another dataclass, a tuple of these, or a
number whose wire format (`struct`'s letter) stands in `Annotated`. The flatbuffers package would leave the
arrangement, and so the bytes of a file, to its installed version. Reading accepts this arrangement only: each
byte of a buffer has one meaning, and nothing is read twice.  https://flatbuffers.dev/internals
"""

from __future__ import annotations

import struct
from dataclasses import MISSING, fields, is_dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Annotated, NamedTuple, TypeVar, get_args, get_origin, get_type_hints

from irkit.backends.flatbuffer_cursors import Reader, Writer
from irkit.errors import FormatError, UnsupportedError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

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
    out = Writer()
    out.data += bytes(4) + identifier
    out.child(0, _codec(type(root)).write, root)
    return bytes(out.data)


def read(cls: type[T], data: bytes, identifier: bytes, most: Mapping[str, int] | None = None) -> T:
    """The dataclass that `write` wrote.

    most: by "Dataclass.field", how many elements (bytes, of a text) a field may have.
    Raises FormatError for another arrangement, UnsupportedError for fields that the dataclasses have not, LimitError.
    """
    if data[4:8] != identifier:
        raise FormatError(f"byte 4: the identifier is {data[4:8]!r}, not {identifier!r}.")
    reader = Reader(data, most or {})
    try:
        result = _codec(cls).read(reader, 0)
    except struct.error:
        raise FormatError(f"byte {reader.end}: the end comes too early.") from None
    if reader.end != len(data):
        raise FormatError(f"byte {reader.end}: bytes are left over.")
    assert isinstance(result, cls)
    return result


class _Kind(NamedTuple):
    """How a field is kept: in the table itself (`letter`), or behind an offset."""

    letter: str
    write: Callable[[Writer, object], int] | None  # returns the position; None: a number
    read: Callable[[Reader, int], object] | None  # what stands behind a slot; None: a number


class _Layout(NamedTuple):
    """Where the present fields of a table stand."""

    vtable: bytes
    table: struct.Struct
    order: tuple[int, ...]  # of fields in the table: large ones first
    numbers: tuple[int, ...]  # fields that are not behind offsets
    offsets: tuple[tuple[int, int], ...]  # (field, place in the table) of those that are, in field order


class _Codec:
    """Writes and reads one dataclass."""

    def __init__(self, cls: type) -> None:
        assert is_dataclass(cls)
        hints = get_type_hints(cls, include_extras=True)
        self.cls = cls
        self.defaults: list[object] = [field.default for field in fields(cls)]
        assert MISSING not in self.defaults
        self.kinds = [_kind(hints[field.name], f"{cls.__name__}.{field.name}") for field in fields(cls)]
        self.values = _getter([field.name for field in fields(cls)])
        self.layouts: dict[int, _Layout] = {}

    def write(self, out: Writer, value: object) -> int:
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

    def read(self, reader: Reader, slot: int) -> object:
        data = reader.data
        start = slot + struct.unpack_from("<I", data, slot)[0]
        vtable = start - struct.unpack_from("<i", data, start)[0]
        cls, mask = reader.vtables.get(vtable) or self._read_vtable(reader, vtable)
        if cls is not self.cls:
            raise FormatError(f"byte {start}: a table of another kind.")
        layout = self.layouts[mask]
        reader.skip_to(start, 4, 8)
        numbers = layout.table.unpack_from(data, start)
        reader.end = start + layout.table.size
        values = self.defaults.copy()
        for k, number in zip(layout.order, numbers[1:], strict=True):
            values[k] = number
        for k in layout.numbers:
            if values[k] == self.defaults[k] and str(values[k]) != "-0.0":
                raise FormatError(f"byte {start}: field {k} has its default and should be left out.")
        for k, place in layout.offsets:
            read_field = self.kinds[k].read
            assert read_field is not None
            values[k] = read_field(reader, start + place)
            if values[k] == self.defaults[k]:
                raise FormatError(f"byte {start}: field {k} is empty and should be left out.")
        return self.cls(*values)

    def _read_vtable(self, reader: Reader, start: int) -> tuple[type, int]:
        """A layout that has not been seen before."""
        reader.skip_to(start, 0, 2)
        size = struct.unpack_from("<H", reader.data, start)[0]
        if size < 4 or size % 2:
            raise FormatError(f"byte {start}: a vtable of {size} bytes.")
        slots = struct.unpack_from(f"<{(size - 4) // 2}H", reader.data, start + 4)
        if len(slots) > len(self.kinds):
            raise UnsupportedError(
                f"byte {start}: {self.cls.__name__} has fields that are not known.", cure="Update irkit."
            )
        mask = sum(1 << k for k, place in enumerate(slots) if place)
        layout = self.layouts.get(mask) or self._lay_out(mask)
        if reader.data[start : start + size] != layout.vtable or (self.cls, mask) in reader.vtables.values():
            raise FormatError(f"byte {start}: a vtable that is not in its canonical form.")
        reader.end = start + size
        reader.vtables[start] = self.cls, mask
        return self.cls, mask

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
        numbers = tuple(k for k in present if not self.kinds[k].write)
        offsets = tuple((k, place[k]) for k in present if self.kinds[k].write)
        layout = self.layouts[mask] = _Layout(vtable, table, tuple(order), numbers, offsets)
        return layout


_codecs: dict[type, _Codec] = {}


def _codec(cls: type) -> _Codec:
    if cls not in _codecs:
        _codecs[cls] = _Codec(cls)
    return _codecs[cls]


def _getter(names: list[str]) -> Callable[[object], tuple[object, ...]]:
    get = attrgetter(*names)
    return get if len(names) > 1 else lambda value: (get(value),)


def _kind(hint: object, place: str) -> _Kind:
    """place: "Dataclass.field"."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        if get_origin(arguments[0]) is tuple:
            return _vector_of_structs(arguments[0], arguments[1], place)
        return _Kind(arguments[1], None, None)
    if hint in (str, bytes):
        return (
            _text(place) if hint is str else _Kind("I", _write_bytes, lambda r, slot: _blob(r, slot, place))
        )
    if origin is tuple and get_origin(arguments[0]) is Annotated:
        return _vector_of_numbers(get_args(arguments[0])[1], place)
    if origin is tuple:
        return _vector(_kind(arguments[0], f"{place}[]"), place)
    if origin is not None:  # X | None
        return _kind(arguments[0], place)
    assert isinstance(hint, type)
    codec = _codec(hint)
    return _Kind("I", codec.write, codec.read)


def _blob(reader: Reader, slot: int, place: str) -> bytes:
    start = reader.enter(slot, 0, 4)
    reader.items(start, 1, place)
    return reader.data[start + 4 : reader.end]


def _write_bytes(out: Writer, value: object) -> int:
    assert isinstance(value, bytes)
    start = out.pad(0, 4)
    out.data += struct.pack("<I", len(value)) + value
    return start


def _text(place: str) -> _Kind:
    def write_one(out: Writer, value: object) -> int:
        assert isinstance(value, str)
        start = _write_bytes(out, value.encode())
        out.data.append(0)
        return start

    def read_one(reader: Reader, slot: int) -> str:
        text = _blob(reader, slot, place)
        reader.end += 1
        if reader.data[reader.end - 1 : reader.end] != b"\0" or 0 in text:
            raise FormatError(f"byte {reader.end - 1}: a text must end with a NUL, and hold no other.")
        try:
            return text.decode()
        except UnicodeDecodeError:
            raise FormatError(f"byte {reader.end - len(text) - 1}: a text is not UTF-8.") from None

    return _Kind("I", write_one, read_one)


def _vector_of_numbers(letter: str, place: str) -> _Kind:
    size = struct.calcsize(letter)
    alignment = (4, 8) if size == 8 else (0, 4)

    def write_all(out: Writer, values: object) -> int:
        assert isinstance(values, tuple)
        start = out.pad(*alignment)
        out.data += struct.pack(f"<I{len(values)}{letter}", len(values), *values)
        return start

    def read_all(reader: Reader, slot: int) -> tuple[object, ...]:
        start = reader.enter(slot, *alignment)
        count = reader.items(start, size, place)
        return struct.unpack_from(f"<{count}{letter}", reader.data, start + 4)

    return _Kind("I", write_all, read_all)


def _vector_of_structs(vector: object, letters: str, place: str) -> _Kind:
    element, layout = get_args(vector)[0], struct.Struct("<" + letters)
    used = struct.calcsize("<" + letters.rstrip("0123456789x"))

    def write_all(out: Writer, values: object) -> int:
        assert isinstance(values, tuple)
        start = out.pad(4, 8)
        out.data += struct.pack("<I", len(values)) + b"".join(layout.pack(*value) for value in values)
        return start

    def read_all(reader: Reader, slot: int) -> tuple[object, ...]:
        start = reader.enter(slot, 4, 8)
        reader.items(start, layout.size, place)
        found = []
        for at in range(start + 4, reader.end, layout.size):
            if any(reader.data[at + used : at + layout.size]):
                raise FormatError(f"byte {at + used}: padding must be zero.")
            found.append(tuple.__new__(element, layout.unpack_from(reader.data, at)))
        return tuple(found)

    return _Kind("I", write_all, read_all)


def _vector(kind: _Kind, place: str) -> _Kind:
    write_one, read_one = kind.write, kind.read
    assert write_one is not None
    assert read_one is not None

    def write_all(out: Writer, values: object) -> int:
        assert isinstance(values, tuple)
        start = out.pad(0, 4)
        out.data += struct.pack("<I", len(values)) + bytes(4 * len(values))
        for k, value in enumerate(values):
            out.child(start + 4 + 4 * k, write_one, value)
        return start

    def read_all(reader: Reader, slot: int) -> tuple[object, ...]:
        start = reader.enter(slot, 0, 4)
        slots = range(start + 4, start + 4 + 4 * reader.items(start, 4, place), 4)
        return tuple([read_one(reader, each) for each in slots])

    return _Kind("I", write_all, read_all)
