"""Functions on tensors, under Keras's names."""

from typing import TYPE_CHECKING, NoReturn

from irkit.frontends.named import unknown_name
from irkit.frontends.ops import *
from irkit.frontends.ops import __all__ as __all__

if not TYPE_CHECKING:  # a type checker finds such names itself

    def __getattr__(name: str) -> NoReturn:
        raise unknown_name("irkit.ops", name, __all__)
