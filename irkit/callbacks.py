"""Callbacks, under the names of keras.callbacks: descriptions of a training that irkit does not do yet."""

from irkit.frontends.training.callbacks import __all__ as __all__
from irkit.frontends.training.callbacks import __dir__ as __dir__
from irkit.frontends.training.callbacks import __getattr__ as __getattr__
