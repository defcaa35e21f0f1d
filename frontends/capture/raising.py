"""An exception that a captured program raises on purpose, on its way to become a check of the graph."""

from __future__ import annotations

import dataclasses

from irkit.errors import IrkitError
from irkit.ir.source import UNKNOWN, Source


@dataclasses.dataclass(eq=False, slots=True)
class Raised:
    """An exception that the program raises on purpose."""

    error: BaseException
    source: Source = UNKNOWN

    @property
    def message(self) -> str:
        """As the checks in the graph tell it."""
        error = self.error
        kind, text = type(error).__name__, error.problem if isinstance(error, IrkitError) else str(error)
        if kind == "AssertionError":
            return text or "an assertion of the model does not hold."
        return f"{kind}: {text}" if text else kind
