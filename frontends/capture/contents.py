"""Contents of objects that programs change: taken before a branch or turn, put back after it, merged in the end."""

from __future__ import annotations

from typing import Any

from irkit.errors import CaptureError
from irkit.ir.source import caller


def of(thing: Any) -> Any:
    """What `thing` holds now: a new list, or a new dict (of items, or of attributes)."""
    if type(thing) is list:
        return list(thing)
    if type(thing) is dict:
        return dict(thing)
    if isinstance(thing, list | dict | set | bytearray) or not hasattr(thing, "__dict__"):
        raise CaptureError(
            f"a {type(thing).__name__} is changed where a condition or loop on tensors decides.",
            source=str(caller()),
            cure="Use a list, a dict or an object with attributes, or compute a new value.",
        )
    return dict(vars(thing))


def put(thing: Any, held: Any) -> None:
    """Let `thing` hold what `of` gave."""
    if type(thing) is list:
        thing[:] = held
    elif type(thing) is dict:
        thing.clear()
        thing.update(held)
    else:
        attributes = vars(thing)
        attributes.clear()
        attributes.update(held)
