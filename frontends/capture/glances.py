"""Glances: whether a container holds the very objects that it held, at the speed of a C loop.

A glance that finds a difference proves nothing: other objects may count the same. Then the fingerprint decides.
"""

from __future__ import annotations

from operator import is_
from typing import Any, Protocol

import numpy as np

from irkit.frontends.capture.fingerprints import children, fingerprint, is_mutable_content


class Glance(Protocol):
    """What is known of a value whose contents may change."""

    def same(self, now: Any) -> bool:
        """Whether `now` surely counts as what was there."""


class _Slow:
    """For arrays and rarer containers: their fingerprint is looked at each time."""

    __slots__ = ("_token",)

    def __init__(self, value: object) -> None:
        self._token = fingerprint(value)

    def same(self, now: Any) -> bool:
        return fingerprint(now) == self._token


class _Parts:
    """For lists, tuples and dicts: the parts, and glances at those that are containers themselves."""

    __slots__ = ("_inner", "_keys", "_kind", "_parts")

    def __init__(self, value: Any) -> None:
        self._kind = type(value)
        self._keys = tuple(value) if self._kind is dict else None
        self._parts = tuple(value.values() if self._kind is dict else value)
        self._inner = [(part, glance(part)) for part in self._parts if is_mutable_content(part)]

    def same(self, now: Any) -> bool:
        if type(now) is not self._kind or len(now) != len(self._parts):
            return False
        if self._keys is None:
            alike = all(map(is_, now, self._parts))
        else:
            alike = all(map(is_, now, self._keys)) and all(map(is_, now.values(), self._parts))
        if not alike or not self._inner:
            return alike
        return all(inner.same(part) for part, inner in self._inner)


def glance(value: Any) -> Glance:
    """What tells quickly whether `value`, whose contents may change, is as it is now."""
    kind = type(value)
    if kind in (list, tuple, dict) and not any(isinstance(p, np.ndarray) for p in children(value)):
        return _Parts(value)
    return _Slow(value)
