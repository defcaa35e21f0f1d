"""Which sizes of the inputs a graph leaves open: exact ones at first; those that were seen to differ, afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

Shapes: TypeAlias = tuple[tuple[int, ...], ...]
Pattern: TypeAlias = tuple[
    tuple[int | str, ...], ...
]  # a name stands for any size, the same one wherever it stands


def relaxed(seen: Sequence[Shapes]) -> Pattern:
    """A pattern for all shapes in `seen`: sizes that never differed stay, sizes that always changed together share
    a name."""
    names: dict[tuple[int, ...], str] = {}
    pattern = []
    for each in zip(*seen, strict=True):  # one input, over all calls
        sizes: list[int | str] = []
        for history in zip(*each, strict=True):
            steady = len(set(history)) == 1
            sizes.append(history[0] if steady else names.setdefault(history, f"size_{len(names)}"))
        pattern.append(tuple(sizes))
    return tuple(pattern)


def fits(pattern: Pattern, shapes: Shapes) -> bool:
    """Whether inputs of these shapes are among those that the pattern describes."""
    bound: dict[str, int] = {}
    for sizes, shape in zip(pattern, shapes, strict=True):
        for size, actual in zip(sizes, shape, strict=True):
            if (size if isinstance(size, int) else bound.setdefault(size, actual)) != actual:
                return False
    return True
