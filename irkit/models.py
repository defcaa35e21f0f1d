"""Models, under the names of keras.models."""

from irkit.frontends.cloning import clone_model
from irkit.frontends.configuring.objects import model_from_json
from irkit.frontends.functional import Functional
from irkit.frontends.loaded import LoadedModel, load
from irkit.frontends.model import Model
from irkit.frontends.saving import save_model
from irkit.frontends.sequential import Sequential

load_model = load

__all__ = [
    "Functional",
    "LoadedModel",
    "Model",
    "Sequential",
    "clone_model",
    "load_model",
    "model_from_json",
    "save_model",
]
