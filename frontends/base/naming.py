"""Automatic names, as Keras gives them: dense, dense_1, conv2d, my_layer…"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container

from irkit.errors import ArgumentError

_counts: Counter[str] = Counter()


def to_snake_case(name: str) -> str:
    """As Keras does it: "BatchNormalization" → "batch_normalization", "Conv2D" → "conv2d"."""
    name = re.sub(r"\W+", "", name)
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()


def get_uid(prefix: str = "") -> int:
    """A number that grows by one each time it is asked for `prefix`."""
    _counts[prefix] += 1
    return _counts[prefix]


def auto_name(prefix: str) -> str:
    """`prefix` at first, then `prefix_1`, `prefix_2`…"""
    uid = get_uid(prefix) - 1
    return prefix if uid == 0 else f"{prefix}_{uid}"


def free_name(name: str, taken: Container[str]) -> str:
    """`name`, or the first of `name_1`, `name_2`… that is not taken."""
    found, count = name, 0
    while found in taken:
        count += 1
        found = f"{name}_{count}"
    return found


def reset_uids() -> None:
    """Begin to count anew."""
    _counts.clear()


def checked_name(name: object) -> str:
    """A name given by the user. Raises ArgumentError where it cannot be part of a path."""
    if not isinstance(name, str) or not name or "/" in name:
        raise ArgumentError(
            f"A name must be a non-empty string without '/'. Received: {name!r}.",
            cure="Use a word, e.g. name='block1_conv'.",
        )
    return name
