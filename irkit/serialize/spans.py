"""What each byte of a file is for: a list without holes, from the first byte to the last."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from irkit import execution
from irkit.execution import StoredTensor
from irkit.serialize.container import ENTRY_BYTES, PRELUDE_BYTES, Container, Kind
from irkit.serialize.model_file import mapped, model_in


class Span(NamedTuple):
    """Bytes from `start` up to `end`. depth: 1 for a part of the span before it that has depth 0."""

    start: int
    end: int
    what: str
    depth: int = 0


def byte_map(path: str | os.PathLike[str]) -> list[Span]:
    """The spans of a sound file. Raises as `load` does."""
    container = Container(mapped(path), "always")
    model_in(container)
    return list(_spans(container))


def digest(path: str | os.PathLike[str]) -> str:
    """SHA-256 of the file, which is sound: what to sign, and what to compare a download with.

    The bytes of a model are canonical, so that the same model has the same digest. Raises as `load` does.
    """
    data = mapped(path)
    model_in(Container(data, "always"))
    return hashlib.sha256(data).hexdigest()


def _spans(container: Container) -> Iterator[Span]:
    yield Span(0, PRELUDE_BYTES, "prelude: magic, version, flags, length, checksums")
    end = PRELUDE_BYTES
    for section in container.sections.values():
        yield Span(end, end + ENTRY_BYTES, f"section table: {section.kind.name}, hash {section.hash:016x}")
        end += ENTRY_BYTES
    table: Sequence[StoredTensor] = ()
    for section in container.sections.values():
        if section.offset > end:
            yield Span(end, section.offset, "zeros")
        yield Span(section.offset, section.end, section.kind.name)
        if section.kind is Kind.PROGRAM:
            table = execution.check_program(bytes(container[Kind.PROGRAM]), container.sections[Kind.IR].hash)
        if section.kind is Kind.WEIGHTS:
            yield from _tensors(table, section.offset)
        end = section.end


def _tensors(table: Sequence[StoredTensor], start: int) -> Iterator[Span]:
    """Tensors that share their bytes follow each other."""
    end = 0
    for line in table:
        if line.offset > end:
            yield Span(start + end, start + line.offset, "zeros", 1)
        shared = ", the same bytes" if line.length and line.offset + line.length == end else ""
        name = line.name or "a constant"
        what = f"{name}: {line.dtype}{list(line.dims)}{shared}"
        yield Span(start + line.offset, start + line.offset + line.length, what, 1)
        end = max(end, line.offset + line.length)
