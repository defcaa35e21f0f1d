"""How Python finds an attribute, step by step: what the user's classes compute there is rewritten code, too."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from types import FunctionType
from typing import TYPE_CHECKING, Any

from irkit.errors import CaptureError
from irkit.frontends.capture.origin import is_ours, is_users
from irkit.frontends.capture.reads import MISSING
from irkit.ir.source import caller

if TYPE_CHECKING:
    from irkit.frontends.capture.runtime import Session


@dataclass(frozen=True, slots=True)
class Found:
    """An attribute. owner: the class that has it, when `in_class`. computed: by the user's code, whose reads are facts
    of their own."""

    value: Any
    owner: Any = None
    in_class: bool = False
    computed: bool = False


def find(session: Session, thing: Any, name: str) -> Found:
    """thing.name. Raises AttributeError as Python does."""
    kind = type(thing)
    if is_users(kind.__getattribute__):
        raise CaptureError(
            f"{kind.__name__} has a __getattribute__ of its own, so what it reads cannot be watched.",
            source=str(caller()),
            cure="Use __getattr__, or a property.",
        )
    owner, held = _in_class(kind, name)
    computed = _computed(session, thing, kind, held)
    if computed is not MISSING:
        return Found(computed, computed=True)
    if held is MISSING or hasattr(type(held), "__set__") or name in getattr(thing, "__dict__", ()):
        return _in_instance(session, thing, name, held)
    return Found(getattr(thing, name), owner, in_class=True)


def _in_instance(session: Session, thing: Any, name: str, held: object) -> Found:
    fallback = getattr(type(thing), "__getattr__", None)
    if isinstance(fallback, FunctionType) and not is_ours(fallback) and held is MISSING:
        plain = isinstance(thing, type) or name in getattr(thing, "__dict__", ())
        if not plain:
            return Found(session.call(fallback, (thing, name), {}), computed=True)
    return Found(getattr(thing, name))


def _in_class(kind: type, name: str) -> tuple[type | None, Any]:
    """The class in whose own dict `name` stands, and what stands there."""
    for base in kind.__mro__:
        if name in base.__dict__:
            return base, base.__dict__[name]
    return None, MISSING


def _computed(session: Session, thing: Any, kind: type, held: Any) -> Any:
    """What a property, or another descriptor that the user wrote, computes; MISSING where there is none."""
    if isinstance(held, property):
        return session.call(held.fget, (thing,), {}) if is_users(held.fget) else MISSING
    if isinstance(held, functools.cached_property):
        name = held.attrname
        return MISSING if name in thing.__dict__ else session.call(held.func, (thing,), {})
    getter = getattr(type(held), "__get__", None)
    if is_users(getter) and not isinstance(held, FunctionType):
        return session.call(getter, (held, thing, kind), {})
    return MISSING
