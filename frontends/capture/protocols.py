"""What Python's syntax calls on objects of the user's classes (`a[k]`, `for`, `in`, `+`, truth), as rewritten code."""

from __future__ import annotations

from collections.abc import Iterator
from types import FunctionType
from typing import TYPE_CHECKING, Any

from irkit.frontends.capture.origin import is_generated, is_users

if TYPE_CHECKING:
    from irkit.frontends.capture.runtime import Session


def method(thing: object, name: str) -> FunctionType | None:
    """The function that a class of the user's has for `name`; None where Python's own will do."""
    found = getattr(type(thing), name, None)
    return (
        found
        if isinstance(found, FunctionType) and is_users(found) and not is_generated(found.__code__)
        else None
    )


def item(session: Session, thing: Any, key: Any) -> Any:
    """thing[key]"""
    own = method(thing, "__getitem__")
    return thing[key] if own is None else session.call(own, (thing, key), {})


def iterable(session: Session, thing: Any) -> Any:
    """`thing`, or what goes through it by rewritten code."""
    own = method(thing, "__iter__")
    if own is not None:
        iterator = session.call(own, (thing,), {})
        return _steps(session, iterator) if method(iterator, "__next__") else iterator
    if method(thing, "__next__"):
        return _steps(session, thing)
    if not hasattr(type(thing), "__iter__") and method(thing, "__getitem__"):
        return _numbered(session, thing)
    return thing


def _steps(session: Session, iterator: Any) -> Iterator[Any]:
    step = method(iterator, "__next__")
    while True:
        try:
            found = session.call(step, (iterator,), {})
        except StopIteration:
            return
        yield found


def _numbered(session: Session, thing: Any) -> Iterator[Any]:
    number = 0
    while True:
        try:
            found = item(session, thing, number)
        except IndexError:
            return
        yield found
        number += 1


def truth(session: Session, thing: Any) -> Any:
    """What `if thing` looks at: `thing` itself, or what its class says by rewritten code."""
    for name in ("__bool__", "__len__"):
        own = method(thing, name)
        if own is not None:
            return session.call(own, (thing,), {})
        if hasattr(type(thing), name):
            break
    return thing


# By the symbol of an operator: the method of the left operand, and that of the right one.
_OPERATORS = {
    "+": ("__add__", "__radd__"),
    "-": ("__sub__", "__rsub__"),
    "*": ("__mul__", "__rmul__"),
    "/": ("__truediv__", "__rtruediv__"),
    "//": ("__floordiv__", "__rfloordiv__"),
    "%": ("__mod__", "__rmod__"),
    "**": ("__pow__", "__rpow__"),
    "@": ("__matmul__", "__rmatmul__"),
    "&": ("__and__", "__rand__"),
    "|": ("__or__", "__ror__"),
    "^": ("__xor__", "__rxor__"),
    "<<": ("__lshift__", "__rlshift__"),
    ">>": ("__rshift__", "__rrshift__"),
    "==": ("__eq__", "__eq__"),
    "!=": ("__ne__", "__ne__"),
    "<": ("__lt__", "__gt__"),
    "<=": ("__le__", "__ge__"),
    ">": ("__gt__", "__lt__"),
    ">=": ("__ge__", "__le__"),
}
ABSENT = object()


def binary(session: Session, symbol: str, a: Any, b: Any) -> Any:
    """`a` symbol `b` by rewritten methods; ABSENT where no class of the user's has one, and Python decides."""
    left, right = _OPERATORS[symbol]
    for own, thing, other in ((method(a, left), a, b), (method(b, right), b, a)):
        if own is not None:
            found = session.call(own, (thing, other), {})
            if found is not NotImplemented:
                return found
    return ABSENT


def contains(session: Session, thing: Any, x: Any) -> Any:
    """`x in thing` by a rewritten method; ABSENT where Python decides."""
    own = method(thing, "__contains__")
    return ABSENT if own is None else session.call(own, (thing, x), {})


class _Managed:
    """A context manager of the user's: entering and leaving it are rewritten code."""

    def __init__(self, session: Session, thing: Any) -> None:
        self._session, self._thing = session, thing

    def __enter__(self) -> Any:
        return self._call("__enter__")

    def __exit__(self, *error: object) -> Any:
        return self._call("__exit__", *error)

    def _call(self, name: str, *args: object) -> Any:
        own = method(self._thing, name)
        if own is None:
            return getattr(type(self._thing), name)(self._thing, *args)
        return self._session.call(own, (self._thing, *args), {})


def managed(session: Session, thing: Any) -> Any:
    """What `with thing` enters and leaves."""
    own = method(thing, "__enter__") or method(thing, "__exit__")
    return thing if own is None else _Managed(session, thing)
