"""Layers, under Keras's names. They load when first asked for."""

from typing import TYPE_CHECKING

from irkit.frontends.layers import __all__, __dir__, __getattr__

if TYPE_CHECKING:
    from irkit.frontends.layers import *

__all__ = __all__  # noqa: PLW0127  # so that `from irkit.layers import *` gives them all
