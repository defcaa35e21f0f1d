"""One malformed file: what is wrong with it, and with which kind of error both readers must refuse it."""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.malformed.builder import Parts, parts

FORMAT, GRAPH, LIMIT, UNSUPPORTED = "FormatError", "GraphError", "LimitError", "UnsupportedError"
OPENS = ""  # the C++ runtime does not look into the IR

Change = Callable[[Parts], object]


@dataclass(frozen=True)
class Case:
    """A sound file and a change to it. cpp: the kind of error in C++, where that is another."""

    what: str
    change: Change
    kind: str
    base: str = "dense"
    cpp: str | None = None

    def file(self) -> bytes:
        taken = parts(self.base)
        self.change(taken)
        return taken.bytes()

    @property
    def cpp_kind(self) -> str:
        return self.kind if self.cpp is None else self.cpp


def ir_case(what: str, change: Change, kind: str = FORMAT, base: str = "dense") -> Case:
    """Something that only Python looks at."""
    return Case(what, change, kind, base, OPENS)


# ---- changes


def put(target: str, **values: Any) -> Change:
    """Set fields of the part called `target` ("program.tensors[0]")."""

    def change(p: Parts) -> None:
        found = eval(f"p.{target}")
        for name, value in values.items():
            setattr(found, name, value)

    return change


def entry(number: int, **values: Any) -> Change:
    """Set fields of a line of the section table; a function is given the old value."""

    def change(p: Parts) -> None:
        def edit(entries: list[Any]) -> None:
            for name, value in values.items():
                old = getattr(entries[number], name)
                setattr(entries[number], name, value(old) if callable(value) else value)

        p.table = edit

    return change


def whole(edit: Callable[[bytes], bytes]) -> Change:
    """Change the file as a row of bytes, checksums and all."""
    return lambda p: setattr(p, "file", edit)


def program_bytes(edit: Callable[[bytes], bytes]) -> Change:
    return lambda p: setattr(p, "program_bytes", edit)


def ir_bytes(edit: Callable[[bytes], bytes]) -> Change:
    return lambda p: setattr(p, "ir_bytes", edit)


def at(place: int, layout: str, value: int) -> Callable[[bytes], bytes]:
    """Other bytes at a place; a negative one counts from the end."""

    def edit(data: bytes) -> bytes:
        changed = bytearray(data)
        struct.pack_into(layout, changed, place % len(data), value)
        return bytes(changed)

    return edit


def swap(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    """Other bytes of the same length where `old` first stands."""
    assert len(old) == len(new)

    def edit(data: bytes) -> bytes:
        assert old in data
        return data.replace(old, new, 1)

    return edit
