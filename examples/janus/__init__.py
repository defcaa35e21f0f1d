"""The eleven kinds of program that JANUS (Jeong et al., NSDI 2019) ran, written imperatively: inference only.

Each file makes programs with ordinary Python control flow; `cases()` lists them all with inputs to try them on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple


class Case(NamedTuple):
    """A program of one kind.

    function: a model or a function. calls: the arguments of several calls. examples: what irkit.capture is given to
    make one file for all calls; None where each tree is a graph of its own.
    """

    name: str
    function: Callable[..., Any]
    calls: Sequence[tuple[Any, ...]]
    examples: tuple[Any, ...] | None
