"""Layers given to layers: as objects, or as the configuration that get_config wrote."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from irkit.errors import ArgumentError
from irkit.frontends import layers
from irkit.frontends.base.layer import Layer


def inner_layer(value: object) -> Any:  # a layer of any class
    """The layer itself, or the one that a configuration describes. Raises ArgumentError."""
    if isinstance(value, Layer):
        return value
    if not isinstance(value, Mapping) or "class_name" not in value:
        raise ArgumentError(f"a layer is needed. Received: {value!r}.")
    cls = getattr(layers, str(value["class_name"]), None)
    if not isinstance(cls, type):
        raise ArgumentError(
            f"there is no layer {value['class_name']!r} in irkit.layers.",
            cure="Make the inner layer yourself, and give it as an object.",
        )
    return cls.from_config(value.get("config", {}))  # type: ignore[attr-defined]  # a layer's class


def copy_of(layer: Layer, **changes: object) -> Any:  # a layer of the same class
    """A new layer with the same configuration, but for the changes."""
    return type(layer).from_config({**layer.get_config(), **changes})
