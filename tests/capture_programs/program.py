"""A small program that is captured and then called with changed values, shapes, structure and outside state.

A program is made anew for each subject that runs it, so that what one run leaves behind cannot help the next.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

import irkit


@dataclass(frozen=True)
class Call:
    """One call. before: what happens outside just before it. fits: whether a graph captured from the program's
    `examples` promised to take it. changed: whether what Python reads from outside differs from the first call."""

    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]
    before: Callable[[], object] | None = None
    fits: bool = True
    changed: bool = False


def call(
    *args: Any,
    before: Callable[[], object] | None = None,
    fits: bool = True,
    changed: bool = False,
    **kwargs: Any,
) -> Call:
    """A call with these arguments."""
    return Call(args, kwargs, before, fits, changed)


@dataclass(frozen=True)
class Program:
    """function: a function, method, layer or model. calls: in this order.

    examples: what capture is given; the first call's arguments if None. outside: what the program has changed outside,
    looked at after each call. reads: names of what it reads from outside and a file may bake if its report names them.
    varies: results must differ from call to call in ways no repetition shows (a clock): only they are compared.
    numpy: the function is written so that numpy arrays may be given to it, as a second oracle.
    """

    function: Callable[..., Any]
    calls: Sequence[Call]
    examples: tuple[Any, ...] | None = None
    outside: Callable[[], object] | None = None
    reads: tuple[str, ...] = ()
    varies: bool = False
    numpy: bool = False
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Entry:
    """A program in the table. must: it has to be right everywhere; else it may also be refused."""

    name: str
    family: str
    construct: str
    must: bool
    make: Callable[[], Program]


ENTRIES: dict[str, Entry] = {}


def must(construct: str) -> Callable[[Callable[[], Program]], Callable[[], Program]]:
    """Enter a program that every subject has to run right."""
    return _entering(construct, must=True)


def guarded(construct: str) -> Callable[[Callable[[], Program]], Callable[[], Program]]:
    """Enter a program that may be right or refused, and never silently wrong."""
    return _entering(construct, must=False)


def _entering(construct: str, *, must: bool) -> Callable[[Callable[[], Program]], Callable[[], Program]]:
    def enter(make: Callable[[], Program]) -> Callable[[], Program]:
        name = make.__name__
        assert name not in ENTRIES, name
        family = make.__module__.rpartition(".")[2]
        ENTRIES[name] = Entry(name, family, construct, must, make)
        return make

    return enter


def vector(*numbers: float, dtype: str = "float32") -> np.ndarray:
    """A vector of numbers."""
    return np.array(numbers, dtype)


def matrix(*rows: Sequence[float], dtype: str = "float32") -> np.ndarray:
    """A matrix of rows."""
    return np.array(rows, dtype).reshape(len(rows), -1)


def scalar(number: float, dtype: str = "float32") -> np.ndarray:
    """A tensor of rank 0."""
    return np.array(number, dtype)


def spec(*shape: int | str | None, dtype: str = "float32") -> irkit.TensorSpec:
    """A tensor whose sizes given as None or by name are open."""
    return irkit.TensorSpec(shape, dtype)


def changing(change: Callable[[], object], first: Callable[[], object] | None = None) -> list[Call]:
    """Three calls; `change` happens outside before the last two. first: puts everything back before the first."""
    x = vector(1, 2)
    return [
        call(x, before=first),
        call(x + 1, before=change, changed=True),
        call(x, before=change, changed=True),
    ]
