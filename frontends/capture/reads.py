"""Reads: what a captured program took from outside of itself, where that stands, and how to look there again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import CellType
from typing import Any, Protocol

from irkit.frontends.capture.fingerprints import fingerprint, shown
from irkit.ir.source import Source


class Missing:
    """What stands where nothing stands. There is one of it, MISSING."""

    def __repr__(self) -> str:
        return "nothing"


MISSING = Missing()


class What(StrEnum):
    """The kinds of places, as reports name them."""

    GLOBAL = "global"
    CLOSURE = "closure variable"
    ATTRIBUTE = "attribute"
    DEFAULTS = "defaults of"


class Place(Protocol):
    """Somewhere a value stands."""

    def look(self) -> object:
        """The value that stands there now, or MISSING."""


@dataclass(frozen=True, slots=True, eq=False)
class InNamespace:
    """A name in the dict of a module."""

    namespace: Mapping[str, Any]
    name: str

    def look(self) -> object:
        return self.namespace.get(self.name, MISSING)


@dataclass(frozen=True, slots=True, eq=False)
class InCell:
    """A variable that functions share."""

    cell: CellType

    def look(self) -> object:
        try:
            return self.cell.cell_contents
        except ValueError:  # it was deleted
            return MISSING


@dataclass(frozen=True, slots=True, eq=False)
class OfObject:
    """An attribute, as Python finds it."""

    thing: object
    name: str

    def look(self) -> object:
        return getattr(self.thing, self.name, MISSING)


@dataclass(frozen=True, slots=True, eq=False)
class Own:
    """An attribute that an object itself may have, in front of what its class has."""

    thing: object
    name: str

    def look(self) -> object:
        return getattr(self.thing, "__dict__", {}).get(self.name, MISSING)


@dataclass(slots=True, eq=False)
class Read:
    """One fact. path: as the program would write it, `self.cfg`. value: what was there; told: in few words.

    speaks: whether it tells a reader something; that `np` is numpy and `self.call` a function does not.
    """

    what: What
    path: str
    place: Place
    source: Source
    value: object
    token: object
    told: str
    speaks: bool

    def holds(self) -> bool:
        """Whether there stands now what stood there then."""
        now = self.place.look()
        return now is self.value is MISSING or fingerprint(now) == self.token

    def difference(self) -> str:
        """What is there now, beside what was there."""
        return f"was {self.told}, now it is {_told(self.place.look())}"


def read(what: What, path: str, place: Place, source: Source, value: object, *, speaks: bool) -> Read:
    """The fact that `value` stands at `place` now. Raises CaptureError where it cannot be watched."""
    return Read(what, path, place, source, value, fingerprint(value), _told(value), speaks)


def _told(value: object) -> str:
    return "nothing" if value is MISSING else shown(value)
