"""Metrics, under the names of keras.metrics: descriptions of a training that irkit does not do yet."""

from irkit.frontends.training.metrics import __all__ as __all__
from irkit.frontends.training.metrics import __dir__ as __dir__
from irkit.frontends.training.metrics import __getattr__ as __getattr__
from irkit.frontends.training.metrics import deserialize as deserialize
from irkit.frontends.training.metrics import get as get
from irkit.frontends.training.metrics import serialize as serialize
