"""From what users write to what layers use, and back: activations, initializers, regularizers and constraints by name,
by configuration or as objects."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from irkit.errors import ArgumentError
from irkit.ir import Array, TensorType
from irkit.ir.layers import Json

if TYPE_CHECKING:
    from irkit.frontends.layer import Layer


def _activation(value: object) -> object:
    from irkit.frontends import activations  # above this file; at call time only

    return activations.get(value)


def _initializer(value: object) -> object:
    from irkit.frontends import initializers  # above this file; at call time only

    return initializers.get(value)


def _regularizer(value: object) -> object:
    from irkit.frontends import regularizers  # above this file; at call time only

    return regularizers.get(value)


def _constraint(value: object) -> object:
    from irkit.frontends import constraints  # above this file; at call time only

    return constraints.get(value)


# Last word of a field's name → what turns the user's value into an object.
_RESOLVERS: Mapping[str, Callable[[object], object]] = {
    "activation": _activation,
    "initializer": _initializer,
    "regularizer": _regularizer,
    "constraint": _constraint,
}


def resolve_fields(layer: Layer) -> None:
    """Replace names by what they name in every field called …activation, …initializer, …regularizer, …constraint."""
    for f in dataclasses.fields(layer):
        resolver = _RESOLVERS.get(f.name.rpartition("_")[2])
        if resolver is not None:
            setattr(layer, f.name, resolver(getattr(layer, f.name)))


def drawing(initializer: object, type_: TensorType) -> Callable[[], Array]:
    """A function that draws the first value of a weight. None: zeros for integers and bools, else glorot_uniform."""
    if initializer is None:
        initializer = "glorot_uniform" if type_.dtype.name.startswith(("float", "bfloat")) else "zeros"
    draw = _initializer(initializer)
    if not callable(draw):
        raise ArgumentError(f"{initializer!r} cannot draw values.")
    shape = type_.shape

    def make() -> Array:
        return np.asarray(draw(shape, dtype=str(type_.dtype))).astype(type_.dtype.numpy, copy=False)

    return make


def _public_module(cls: type) -> str:
    """Where users find a class: "irkit.layers"."""
    parts = cls.__module__.split(".")
    return ".".join(["irkit", *parts[2:3]]) if parts[:2] == ["irkit", "frontends"] else cls.__module__


def described(value: object) -> Any:  # noqa: ANN401  # what JSON can hold, where there is a way
    """A field's value as Keras's get_config shows it."""
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    if isinstance(value, list | tuple):
        return [described(v) for v in value]
    if isinstance(value, dict):
        return {str(k): described(v) for k, v in value.items()}
    if hasattr(value, "get_config"):
        return {
            "module": _public_module(type(value)),
            "class_name": type(value).__name__,
            "config": value.get_config(),
            "registered_name": None,
        }
    if callable(value):
        return getattr(value, "__name__", type(value).__name__)
    return value


def as_json(config: Mapping[str, Any]) -> Mapping[str, Json] | None:
    """`config` as it will come back from a file, or None where JSON cannot hold it."""
    try:
        result: Mapping[str, Json] = json.loads(json.dumps(config, allow_nan=False, sort_keys=True))
    except (TypeError, ValueError, RecursionError):
        return None
    return result
