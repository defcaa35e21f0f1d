"""Models, under the names of keras.models."""

from irkit.frontends.configuring.objects import model_from_json
from irkit.frontends.models.cloning import clone_model
from irkit.frontends.models.functional import Functional
from irkit.frontends.models.loaded import LoadedModel, load
from irkit.frontends.models.model import Model
from irkit.frontends.models.saving import save_model
from irkit.frontends.models.sequential import Sequential

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
