"""Helpers for users, under the names of keras.utils."""

from irkit.frontends.backend_config import clear_session, is_keras_tensor, standardize_dtype
from irkit.frontends.configuring.custom import (
    CustomObjectScope,
    custom_object_scope,
    get_custom_objects,
    get_registered_name,
    get_registered_object,
    register_keras_serializable,
)
from irkit.frontends.configuring.objects import deserialize_keras_object, serialize_keras_object
from irkit.frontends.data import img_to_array, normalize, pad_sequences, to_categorical
from irkit.frontends.models.plotting import model_to_dot, plot_model
from irkit.frontends.random import set_random_seed
from irkit.frontends.tensors.input import get_source_inputs

__all__ = [
    "CustomObjectScope",
    "clear_session",
    "custom_object_scope",
    "deserialize_keras_object",
    "get_custom_objects",
    "get_registered_name",
    "get_registered_object",
    "get_source_inputs",
    "img_to_array",
    "is_keras_tensor",
    "model_to_dot",
    "normalize",
    "pad_sequences",
    "plot_model",
    "register_keras_serializable",
    "serialize_keras_object",
    "set_random_seed",
    "standardize_dtype",
    "to_categorical",
]
