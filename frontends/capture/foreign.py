"""Calls of what has no Python source that could be rewritten: builtins, numpy, C functions; and their policy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from irkit.frontends.capture.runtime import Session


def call(session: Session, function: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    """function(*args, **kwargs), or CaptureError where a graph could not do the same on every input."""
    return function(*args, **kwargs)
