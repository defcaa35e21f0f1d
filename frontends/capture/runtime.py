"""Session: one capture in progress. Rewritten code reaches it through the hooks of `rewriting`.

What rewritten code does, and where it goes:
    f(x)            session.call(f, (x,), {})          calls.py; without Python source: foreign.call
    a.b, a[k]       watch.attribute, watch.item        also on tensors, lists, modules, inside objects
    a.b = v …       watch.about_to_change(a), then set
    a global's name watch.global_read(namespace, name, value)
    a free name     watch.free_read(cell, name, value)   of functions outside of the captured one only
    x = [..], {..}, f() of a class …                    watch.made(thing)
    if, while, for, and, or, not, ?:, assert            control flow: branches.py, loops.py
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from irkit.errors import CaptureError
from irkit.frontends.capture import foreign
from irkit.frontends.capture.outside import Watch
from irkit.frontends.capture.report import CaptureReport

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from irkit.frontends.definition import Definition


class Session:
    """One capture in progress.

    definition: the outermost graph. report: what the user is told. watch: reads and writes outside.
    refusal: the first CaptureError; raised by `capture` whatever the program does with it.
    """

    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        self.report = CaptureReport()
        self.watch = Watch(self)
        self.refusal: CaptureError | None = None

    def call(self, function: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """function(*args, **kwargs), rewritten where that is the user's Python code."""
        return foreign.call(self, function, args, kwargs)

    def touch(self, thing: object) -> None:
        """`thing`, which the program made, is about to change: remember its contents for the other branch."""


_session: ContextVar[Session | None] = ContextVar("session", default=None)


def current() -> Session | None:
    """The capture in progress, if any."""
    return _session.get()
