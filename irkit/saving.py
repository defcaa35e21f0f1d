"""Saving and loading, under the names of keras.saving."""

from irkit.frontends.loaded import load
from irkit.frontends.saving import export_onnx, save_model

load_model = load

__all__ = ["export_onnx", "load_model", "save_model"]
