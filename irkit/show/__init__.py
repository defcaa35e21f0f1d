"""Looking at models: the table of layers, pictures, and (in ``text``, ``text_parser``) graphs as text."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from irkit.show.drawing import dot as dot
    from irkit.show.drawing import plot as plot
    from irkit.show.table import summary as summary
    from irkit.show.table import summary_data as summary_data

# Imported when first used: a program that runs a model does not look at it.
_PLACES = {"dot": "drawing", "plot": "drawing", "summary": "table", "summary_data": "table"}

__all__ = ["dot", "plot", "summary", "summary_data"]


def __getattr__(name: str) -> Any:  # noqa: ANN401  # one of the functions above
    if name not in _PLACES:
        raise AttributeError(f"module 'irkit.show' has no attribute {name!r}")
    return getattr(importlib.import_module(f"irkit.show.{_PLACES[name]}"), name)
