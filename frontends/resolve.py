"""From what users write to what layers use, and back: activations, initializers, regularizers and constraints by name,
by configuration or as objects."""

from __future__ import annotations

import dataclasses
import importlib
import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from irkit.errors import ArgumentError
from irkit.ir import Array, TensorType
from irkit.ir.layers import Json

if TYPE_CHECKING:
    from irkit.frontends.base.layer import Layer


# Last word of a field's name → the module whose `get` turns the user's value into an object.
_MODULES: Mapping[str, str] = {
    "activation": "activations",
    "initializer": "initializers",
    "regularizer": "regularizers",
    "constraint": "constraints",
}


@cache
def _get(kind: str) -> Callable[[object], object]:
    """What turns a user's value into an object. The modules stand above this file, so they are found when needed."""
    found: Callable[[object], object] = importlib.import_module(f"irkit.frontends.{_MODULES[kind]}").get
    return found


def _resolved(kind: str, value: object) -> object:
    """What `value` names."""
    return _get(kind)(value)


def is_initializer(name: str) -> bool:
    """Whether `name` is that of an initializer."""
    try:
        _resolved("initializer", name)
    except ArgumentError:
        return False
    return True


@cache
def _named_fields(cls: type[Layer]) -> tuple[tuple[str, str], ...]:
    """The fields of `cls` whose values may be names, with their kinds."""
    kinds = [(f.name, f.name.rpartition("_")[2]) for f in dataclasses.fields(cls)]
    return tuple((name, kind) for name, kind in kinds if kind in _MODULES)


def resolve_fields(layer: Layer) -> None:
    """Replace names by what they name in every field called …activation, …initializer, …regularizer, …constraint."""
    for name, kind in _named_fields(type(layer)):  # type: ignore[arg-type]  # mypy takes a class for its objects
        value = getattr(layer, name)
        found = _resolved(kind, value)
        if found is not value:
            setattr(layer, name, found)


def drawing(initializer: object, type_: TensorType) -> Callable[[], Array]:
    """A function that draws the first value of a weight. None: zeros for integers and bools, else glorot_uniform."""
    if initializer is None:
        initializer = "glorot_uniform" if type_.dtype.name.startswith(("float", "bfloat")) else "zeros"
    draw = _resolved("initializer", initializer)
    if not callable(draw):
        raise ArgumentError(f"{initializer!r} cannot draw values.")
    shape = type_.shape

    def make() -> Array:
        return np.asarray(draw(shape, dtype=str(type_.dtype))).astype(type_.dtype.numpy, copy=False)

    return make


# Files whose classes users find elsewhere than under the file's name.
_HOMES = {
    "functional": "irkit",
    "input": "irkit.layers",
    "model": "irkit",
    "schedules": "irkit.optimizers.schedules",
    "sequential": "irkit",
}


def _public_module(cls: type) -> str:
    """Where users find a class: "irkit.layers"."""
    parts = cls.__module__.split(".")
    if parts[:2] != ["irkit", "frontends"]:
        return cls.__module__
    home = parts[3] if parts[2] == "training" else parts[2]
    return _HOMES.get(home, f"irkit.{home}")


def described(value: object) -> Any:  # what JSON can hold, where there is a way
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
