"""Activations by name, under Keras's names."""

from irkit.frontends.activations import *
from irkit.frontends.activations import __all__ as __all__
