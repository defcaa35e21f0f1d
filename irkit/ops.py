"""Functions on tensors, under Keras's names."""

from irkit.frontends.ops import *
from irkit.frontends.ops import __all__ as __all__
