"""A count of the attributes set on layers, whoever sets them: what watches many layers looks here first."""

from __future__ import annotations

from typing import Final


class Changes:
    """count: of all attributes of all layers set or deleted so far. (What is put into a layer's `__dict__` past
    `setattr` is not counted.)"""

    __slots__ = ("count",)

    def __init__(self) -> None:
        self.count = 0


LAYERS: Final = Changes()
