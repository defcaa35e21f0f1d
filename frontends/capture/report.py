"""What a capture did that its reader should know: baked, assumed, unrolled, dropped, printed; with file and line.

A file keeps it as JSON in its metadata, under KEY: {"baked": [["model.py:12", "global N = 3"], …], …}.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from irkit.errors import FormatError
from irkit.ir.source import UNKNOWN, Source, caller

KEY = "capture report"
_MAX_CHARACTERS = 60_000  # of the 65,536 bytes that a text in a file may have


class Kind(StrEnum):
    """What became of something."""

    BAKED = "baked"  # read from outside, and fixed
    ASSUMED = "assumed"  # checked when the graph runs
    UNROLLED = "unrolled"  # a loop of Python, repeated in the graph
    DROPPED = "dropped"  # has no place in a graph
    PRINTED = "printed"  # ran once
    CHECK = "check"  # an assert or raise, kept in the graph


_MEANING: Mapping[Kind, str] = {
    Kind.BAKED: "read from outside, and fixed in the graph",
    Kind.ASSUMED: "checked whenever the graph runs",
    Kind.UNROLLED: "loops of Python, repeated in the graph",
    Kind.DROPPED: "not in the graph",
    Kind.PRINTED: "ran once, when the graph was made",
    Kind.CHECK: "run-time checks, kept in the graph",
}


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

    def of(self, kind: Kind) -> tuple[Entry, ...]:
        """The entries of one kind."""
        return tuple(e for e in self._entries if e.kind is kind)

    def __str__(self) -> str:
        lines = []
        for kind in Kind:
            found = self.of(kind)
            if found:
                lines.append(f"{kind} ({_MEANING[kind]}):")
                lines += [f"  {e.source}  {e.text}".rstrip() for e in found]
        return "\n".join(lines) or "nothing was baked, assumed, unrolled or dropped."

    def as_dict(self) -> dict[str, list[list[str]]]:
        """Kind → [source, text] of each entry; kinds without entries are left out."""
        found = {str(kind): [[str(e.source), e.text] for e in self.of(kind)] for kind in Kind}
        return {kind: entries for kind, entries in found.items() if entries}

    def to_json(self) -> str:
        """Canonical: the same report gives the same text. Of a report too long for a file, the beginning."""
        found = self.as_dict()
        while len(text := _canonical(found)) > _MAX_CHARACTERS:
            longest = max(found, key=lambda kind: len(found[kind]))
            rest = len(found[longest]) // 2
            found[longest] = [*found[longest][:rest], ["", f"and {len(found[longest]) - rest:,} more"]]
        return text


def _canonical(found: Mapping[str, object]) -> str:
    return json.dumps(found, separators=(",", ":"), sort_keys=True)


def from_json(text: str) -> CaptureReport:
    """A report that came with a file. Raises FormatError for what `to_json` would not write."""
    report = CaptureReport()
    try:
        for kind, entries in json.loads(text).items():
            for source, told in entries:
                report._entries[Entry(Kind(kind), _source(source), str(told))] = None
    except (ValueError, TypeError, AttributeError, RecursionError):
        raise FormatError("the capture report in the file is not one.") from None
    return report


def _source(text: str) -> Source:
    file, _, line = text.rpartition(":")
    return Source(file, int(line)) if file else UNKNOWN
