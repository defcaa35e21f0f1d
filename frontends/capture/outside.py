"""What a captured program reads and writes outside of itself: globals, closures, attributes and items."""

from __future__ import annotations

from collections.abc import Mapping
from types import CellType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from irkit.frontends.capture.runtime import Session


class Watch:
    """Behind the hooks of one Session: every read gives the value (or a tensor in its place), and is remembered."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._inside: dict[int, object] = {}  # kept alive, so that no id is used twice

    def made(self, thing: object) -> None:
        """`thing` was made by the captured program, which may change it."""
        self._inside[id(thing)] = thing

    def is_inside(self, thing: object) -> bool:
        """Whether the captured program made it."""
        return id(thing) in self._inside

    def global_read(self, namespace: Mapping[str, Any], name: str, value: Any) -> Any:
        """The program reads a global (or builtin) of the module whose namespace is given."""
        return value

    def free_read(self, cell: CellType, name: str, value: Any) -> Any:
        """The program reads a variable of a function around the captured one."""
        return value

    def attribute(self, thing: Any, name: str) -> Any:
        """thing.name. Properties and __getattr__ of the user's classes are to be run by `session.call`."""
        return getattr(thing, name)

    def item(self, thing: Any, key: Any) -> Any:
        """thing[key]."""
        return thing[key]

    def global_write(self, namespace: Mapping[str, Any], name: str) -> None:
        """The program is about to write or delete a global."""

    def free_write(self, cell: CellType, name: str) -> None:
        """The program is about to write or delete a variable of a function around the captured one."""

    def about_to_change(self, thing: object) -> None:
        """The contents of `thing` (an attribute, an item, its length) are about to change: refused where the program
        did not make it. Called before every attribute or item is set or deleted, and before methods that change
        their object. The session then remembers the contents where a branch or loop may have to undo it."""
        self.session.touch(thing)
