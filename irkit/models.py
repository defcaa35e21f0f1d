"""Models, under the names of keras.models."""

from irkit.frontends.functional import Functional
from irkit.frontends.loaded import LoadedModel, load
from irkit.frontends.model import Model
from irkit.frontends.sequential import Sequential

load_model = load

__all__ = ["Functional", "LoadedModel", "Model", "Sequential", "load_model"]
