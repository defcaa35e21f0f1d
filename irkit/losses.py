"""Losses, under the names of keras.losses: descriptions of a training that irkit does not do yet."""

from irkit.frontends.training.losses import __all__ as __all__
from irkit.frontends.training.losses import __dir__ as __dir__
from irkit.frontends.training.losses import __getattr__ as __getattr__
from irkit.frontends.training.losses import deserialize as deserialize
from irkit.frontends.training.losses import get as get
from irkit.frontends.training.losses import serialize as serialize
