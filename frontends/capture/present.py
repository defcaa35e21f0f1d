"""Which capture is in progress: where hooks and rules find their Session."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from irkit.frontends.capture.runtime import Session

in_progress: ContextVar[Session | None] = ContextVar("session", default=None)


def current() -> Session | None:
    """The capture in progress, if any."""
    return in_progress.get()


def session() -> Session:
    """The capture in progress."""
    found = in_progress.get()
    assert found is not None, "rewritten code runs outside of a capture"
    return found
