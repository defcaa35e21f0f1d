"""The errors that irkit raises on purpose: one base, one class for each kind, one way of writing them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Self

# The line of the user's program that is running just now; irkit.ir.source, which stands above, puts itself here.
locate: Callable[[], object] = str


def _nobody(error: CaptureError) -> None:
    """No capture is in progress."""


# Hears of every CaptureError; irkit.frontends.capture puts itself here.
witness: Callable[[CaptureError], None] = _nobody


class IrkitError(Exception):
    """A mistake that its reader can mend: what was wrong, where, what was given, what to do.

    problem: one sentence, with what was expected and what was found.
    source:  the user's own "file.py:12", when known.
    layer:   who was at work, e.g. "Dense 'fc2'".
    facts:   lines that describe the inputs involved.
    cure:    what to do about it.

    called_from is the line that led here, shown where nobody knew a better source.
    """

    def __init__(
        self, problem: str, *, source: str = "", layer: str = "", facts: Sequence[str] = (), cure: str = ""
    ) -> None:
        super().__init__(problem)
        self.problem, self.source, self.layer = problem, source, layer
        self.facts, self.cure = tuple(facts), cure
        self.called_from = str(locate())

    def at(self, source: str = "", layer: str = "", facts: Sequence[str] = ()) -> Self:
        """The same error, knowing more about where it happened; what it already knows stays."""
        self.source = self.source or source
        self.layer = self.layer or layer
        self.facts = self.facts or tuple(facts)
        return self

    def __str__(self) -> str:
        who = f"{self.layer}: " if self.layer else ""
        source = self.source or self.called_from
        where = f"{source}  " if source else ""
        lines = [f"{where}{who}{self.problem}", *self.facts]
        return "\n  ".join([*lines, self.cure] if self.cure else lines)


class ShapeError(IrkitError, ValueError):
    """Sizes, ranks or dtypes do not fit together."""


class GraphError(IrkitError, ValueError):
    """A graph breaks a rule of graphs: a cycle, a value from elsewhere, a name given twice."""


class AttributeRangeError(IrkitError, ValueError):
    """An operator's attribute has the wrong kind or lies outside its range."""


class ArgumentError(IrkitError, ValueError):
    """A function was called with an argument that it cannot take."""


class FormatError(IrkitError, ValueError):
    """A file is not what it says: the message names the byte offset."""


class FileError(IrkitError, OSError):
    """A file cannot be read or written."""


class MissingFileError(FileError, FileNotFoundError):
    """A file or folder does not exist."""


class UnknownNameError(IrkitError, AttributeError):
    """A module or object of irkit has nothing of that name."""


class LimitError(IrkitError, ValueError):
    """Something is larger than the format or the caller allows."""


class UnsupportedError(IrkitError, NotImplementedError):
    """irkit knows what is meant and cannot do it (yet); the message says why and what to use instead."""


class CaptureError(IrkitError):
    """A program cannot become a graph without risk of a wrong answer.

    The capture in progress hears of it when it is made, so that a program cannot hide it by catching it.
    """

    def __init__(
        self, problem: str, *, source: str = "", layer: str = "", facts: Sequence[str] = (), cure: str = ""
    ) -> None:
        super().__init__(problem, source=source, layer=layer, facts=facts, cure=cure)
        witness(self)


class AssumptionError(IrkitError):
    """What was true at capture does not hold for these inputs."""


class AssertionFailed(IrkitError, AssertionError):
    """A run-time check of the user's own program failed."""


class ExecutionError(IrkitError, RuntimeError):
    """A kernel or a runtime failed while it ran a node."""
