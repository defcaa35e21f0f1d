"""What a Python value looked like when it was read, so that a later look can tell whether it is still the same.

Two equal fingerprints mean: a program that reads the one value computes what it computes with the other. Plain values
count by type and value (0.0 is not −0.0, 1 is not True), arrays by their bytes, containers by their contents;
everything else (modules, functions, layers, objects of users) by identity, since its attributes are watched when read.
"""

from __future__ import annotations

import enum
import functools
from collections import OrderedDict, defaultdict, deque
from collections.abc import Iterator
from pathlib import PurePath
from types import (
    BuiltinFunctionType,
    BuiltinMethodType,
    FunctionType,
    MappingProxyType,
    MethodType,
    ModuleType,
)
from typing import Any

import numpy as np
import xxhash

from irkit.errors import CaptureError
from irkit.frontends.tensors.tensor import EagerTensor

MAX_DEPTH = 32
MAX_ELEMENTS = 100_000

PLAIN = (bool, int, str, bytes, type(None), type(Ellipsis), range, np.dtype)
_SEQUENCES = (list, tuple, deque)
_MAPPINGS = (dict, OrderedDict, defaultdict, MappingProxyType)
_SETS = (set, frozenset)


class Same:
    """An object that is equal to itself only. It keeps the object alive, so that its identity means something."""

    __slots__ = ("it",)

    def __init__(self, it: object) -> None:
        self.it = it

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and other.it is self.it

    def __hash__(self) -> int:
        return id(self.it)


def fingerprint(value: object) -> object:
    """The fingerprint of `value`. Raises CaptureError for containers too large or too deep to be watched."""
    budget = [MAX_ELEMENTS]
    return _fingerprint(value, 0, budget)


def _fingerprint(value: Any, depth: int, budget: list[int]) -> object:
    budget[0] -= 1
    if depth > MAX_DEPTH or budget[0] < 0:
        raise CaptureError(
            f"a {type(value).__name__} read from outside is too large to be watched: more than {MAX_ELEMENTS:,} "
            f"elements, or {MAX_DEPTH} levels.",
            cure="Pass it as an input, or keep it in an array.",
        )
    kind = type(value)
    if kind in PLAIN or kind is Same:
        return kind, value
    if kind in (float, complex):
        return kind, repr(value)
    if isinstance(value, PurePath):
        return kind, str(value)
    if isinstance(value, np.ndarray | np.generic):
        return _of_array(np.asarray(value), kind)
    if kind is EagerTensor:
        return _of_array(value.array, kind)
    if is_container(value):
        inner = tuple([_fingerprint(v, depth + 1, budget) for v in children(value)])
        return (kind, frozenset(inner)) if kind in _SETS else (kind, inner)
    parts = _parts(value)
    if parts is not None:
        return (kind, *[_fingerprint(v, depth + 1, budget) for v in parts])
    return Same(value)


def _parts(value: Any) -> tuple[object, ...] | None:
    """What a bound method or partial is made of: each look at `x.f` makes a new one."""
    if isinstance(value, MethodType):
        return Same(value.__func__), Same(value.__self__)
    if isinstance(value, BuiltinMethodType) and not isinstance(value.__self__, ModuleType | type(None)):
        return value.__name__, value.__self__ if is_container(value.__self__) else Same(value.__self__)
    if isinstance(value, functools.partial):
        return value.func, value.args, value.keywords
    return None


def _of_array(array: np.ndarray[Any, Any], kind: type) -> object:
    if array.dtype == object:
        return kind, array.shape, tuple([fingerprint(x) for x in array.reshape(-1).tolist()])
    data = np.ascontiguousarray(array)
    return kind, array.dtype.str, array.shape, xxhash.xxh3_128_digest(data.reshape(-1).view(np.uint8).data)


def is_container(value: object) -> bool:
    """Whether its contents are what it is: a list, tuple, dict, set, deque, namedtuple, slice, or a kind of those."""
    return isinstance(value, (*_SEQUENCES, *_MAPPINGS, *_SETS, slice))


def children(value: Any) -> Iterator[Any]:
    """What stands in a container, in order; keys and values in turn."""
    if isinstance(value, _MAPPINGS):
        # the methods of the class itself: a user's subclass may have changed how it looks
        items = value.items() if isinstance(value, MappingProxyType) else dict.items(value)
        return (x for item in items for x in item)
    if isinstance(value, slice):
        return iter((value.start, value.stop, value.step))
    base = next(b for b in (*_SEQUENCES, *_SETS) if isinstance(value, b))
    return base.__iter__(value)


def is_mutable_content(value: object) -> bool:
    """Whether what `fingerprint` looks at could change while `value` stays the same object."""
    if isinstance(value, tuple | frozenset | slice):
        return any(is_mutable_content(v) for v in children(value))
    if isinstance(value, BuiltinMethodType):
        return is_container(value.__self__)
    return isinstance(value, np.ndarray | functools.partial) or is_container(value)


def held(value: Any) -> tuple[object, ...]:
    """What a bound method or partial holds, without the names."""
    if isinstance(value, MethodType | BuiltinMethodType):
        return () if isinstance(value.__self__, ModuleType) else (value.__self__,)
    if isinstance(value, functools.partial):
        return value.func, value.args, value.keywords
    return ()


def shown(value: object, limit: int = 60) -> str:
    """`value` in few words, the same in every process: no addresses, no long arrays."""
    if isinstance(value, np.ndarray | EagerTensor):
        array = np.asarray(value)
        if array.size > 4 or array.dtype == object:
            return (
                f"{'array' if isinstance(value, np.ndarray) else 'tensor'} {array.dtype}{list(array.shape)}"
            )
        return f"{array.dtype} {array.tolist()!r}"
    if isinstance(value, (*PLAIN, float, complex, np.generic, enum.Enum)) or type(value) is slice:
        text = str(value) if isinstance(value, enum.Enum) else repr(value)
        return text if len(text) <= limit else text[: limit - 1] + "…"
    return _shown_object(value, limit)


def _shown_object(value: Any, limit: int) -> str:
    if is_container(value):
        return _shown_container(value, limit)
    named = FunctionType | BuiltinFunctionType | MethodType | type  # nothing that answers by itself
    if isinstance(value, named):
        return f"{type(value).__name__} {value.__qualname__}"
    return f"module {value.__name__}" if isinstance(value, ModuleType) else f"a {type(value).__name__}"


_BRACKETS: dict[type, str] = {list: "[]", tuple: "()", dict: "{}", set: "{}"}


def _shown_container(value: Any, limit: int) -> str:
    parts, length = [], 0
    for x in children(value):
        parts.append(shown(x, 20))
        length += len(parts[-1]) + 2
        if length > limit:
            return f"{type(value).__name__} of {len(value)}: {', '.join(parts[:-1])}…"
    kind = type(value)
    if kind is dict:
        parts = [f"{key}: {part}" for key, part in zip(parts[::2], parts[1::2], strict=True)]
    if kind is set and not parts:
        return "set()"
    if kind is tuple and len(parts) == 1:
        parts[0] += ","
    brackets = _BRACKETS.get(kind, "()")
    return f"{'' if kind in _BRACKETS else kind.__name__}{brackets[0]}{', '.join(parts)}{brackets[1]}"
