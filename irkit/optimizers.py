"""Optimizers, under the names of keras.optimizers: descriptions of a training that irkit does not do yet."""

from irkit.frontends.training.optimizers import __all__ as __all__
from irkit.frontends.training.optimizers import __dir__ as __dir__
from irkit.frontends.training.optimizers import __getattr__ as __getattr__
from irkit.frontends.training.optimizers import deserialize as deserialize
from irkit.frontends.training.optimizers import get as get
from irkit.frontends.training.optimizers import schedules as schedules
from irkit.frontends.training.optimizers import serialize as serialize
