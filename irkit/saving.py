"""Saving and loading, under the names of keras.saving."""

from irkit.frontends.configuring.custom import (
    CustomObjectScope,
    custom_object_scope,
    get_custom_objects,
    get_registered_name,
    get_registered_object,
    register_keras_serializable,
)
from irkit.frontends.configuring.objects import deserialize_keras_object, serialize_keras_object
from irkit.frontends.models.loaded import load
from irkit.frontends.models.saving import export_onnx, save_model
from irkit.frontends.models.weights_files import load_weights, save_weights

load_model = load

__all__ = [
    "CustomObjectScope",
    "custom_object_scope",
    "deserialize_keras_object",
    "export_onnx",
    "get_custom_objects",
    "get_registered_name",
    "get_registered_object",
    "load_model",
    "load_weights",
    "register_keras_serializable",
    "save_model",
    "save_weights",
    "serialize_keras_object",
]
