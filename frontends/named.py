"""Objects that users name: by a word, by a configuration from a file, by a class, or by the object itself."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from irkit.errors import ArgumentError, UnknownNameError
from irkit.frontends import resolve


def found(kind: str, table: Mapping[str, type], identifier: object) -> Callable[..., Any] | None:
    """The object of this kind ("initializer") that `identifier` means; None means none.

    table: word → class. Raises ArgumentError for an unknown word, with the nearest known ones.
    """
    if identifier is None:
        return None
    if isinstance(identifier, Mapping):
        described: Callable[..., Any] = _made(kind, table, identifier)
        return described
    if isinstance(identifier, str):
        made: Callable[..., Any] = _class(kind, table, identifier)()
        return made
    if isinstance(identifier, type):
        instance: Callable[..., Any] = identifier()
        return instance
    if callable(identifier):
        return identifier
    raise ArgumentError(
        f"{identifier!r} is no {kind}.", cure=f"Give a name, an object, or a function: {_some(table)}…"
    )


def _made(kind: str, table: Mapping[str, type], config: Mapping[str, Any]) -> Any:  # an object of the kind
    name = config.get("class_name")
    if not isinstance(name, str):
        raise ArgumentError(f"a configuration of a {kind} has a class_name. Received: {dict(config)!r}.")
    cls = _class(kind, table, name)
    arguments = config.get("config", {})
    return cls.from_config(arguments) if hasattr(cls, "from_config") else cls(**arguments)


def _class(kind: str, table: Mapping[str, type], name: str) -> Any:  # a class of the kind
    cls = table.get(name) or table.get(name.lower())
    if cls is None:
        near = difflib.get_close_matches(name.lower(), table, n=3)
        cure = f"Did you mean {' or '.join(map(repr, near))}?" if near else f"Known are {_some(table)}."
        raise ArgumentError(f"unknown {kind} {name!r}.", cure=cure)
    return cls


def unknown_name(module: str, name: str, known: Sequence[str]) -> AttributeError:
    """What a module says when it is asked for something that it does not have."""
    if name.startswith("_"):
        return AttributeError(f"module {module!r} has no attribute {name!r}", name=name)
    words = {k.lower(): k for k in known}
    near = [words[w] for w in difflib.get_close_matches(name.lower(), words, n=3)]
    cure = (
        f"Did you mean {' or '.join(near)}?"
        if near
        else f"Look at dir({module}); others may be written with these."
    )
    return UnknownNameError(f"{module} has no {name!r}.", cure=cure)


def _some(table: Mapping[str, type]) -> str:
    return ", ".join(repr(name) for name in table if name.islower())


def words(classes: Mapping[str, type]) -> dict[str, type]:
    """The table of `classes`, by their own names and by the given words."""
    return {**classes, **{cls.__name__: cls for cls in classes.values()}}


def serialized(value: object) -> dict[str, Any]:
    """The configuration of an object, as Keras writes it; the same form as in a layer's get_config."""
    described: dict[str, Any] = resolve.described(value)
    return described
