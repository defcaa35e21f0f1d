"""What a capture did that its reader should know: baked, assumed, unrolled, dropped, printed; with file and line."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from irkit.ir.source import Source, caller


class Kind(StrEnum):
    """What became of something."""

    BAKED = "baked"  # read from outside, and fixed
    ASSUMED = "assumed"  # checked when the graph runs
    UNROLLED = "unrolled"  # a loop of Python, repeated in the graph
    DROPPED = "dropped"  # has no place in a graph
    PRINTED = "printed"  # ran once
    CHECK = "check"  # an assert or raise, kept in the graph


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a report."""

    kind: Kind
    source: Source
    text: str


@dataclass(eq=False, slots=True)
class CaptureReport:
    """Entries in the order in which they happened, each once."""

    _entries: dict[Entry, None] = field(default_factory=dict)

    def add(self, kind: Kind, text: str, source: Source | None = None) -> None:
        """Note something; the same thing twice is noted once. source: the user's line, by default the present one."""
        self._entries[Entry(kind, source or caller(), text)] = None

    @property
    def entries(self) -> tuple[Entry, ...]:
        return tuple(self._entries)

    def __str__(self) -> str:
        return "\n".join(f"{e.source}  {e.kind}: {e.text}" for e in self._entries)
