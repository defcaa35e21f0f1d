"""Objects as configurations in Keras's form, {"module", "class_name", "config", "registered_name"}, and back.

A configuration names classes; it holds no code, and names outside of irkit mean only what users gave or registered.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from irkit.errors import ArgumentError, UnsupportedError
from irkit.frontends import resolve
from irkit.frontends.configuring.custom import custom_object_scope, get_registered_name, get_registered_object
from irkit.frontends.tensors.tensor import EagerTensor

# Where classes are looked for, by the last words of Keras's or irkit's module.
_MODULES = {
    "layers": "irkit.frontends.layers",
    "initializers": "irkit.frontends.initializers",
    "regularizers": "irkit.frontends.regularizers",
    "constraints": "irkit.frontends.constraints",
    "activations": "irkit.frontends.activations",
    "losses": "irkit.frontends.training.losses",
    "metrics": "irkit.frontends.training.metrics",
    "optimizers": "irkit.frontends.training.optimizers",
    "schedules": "irkit.frontends.training.schedules",
}
_MODELS = {"Sequential": "sequential", "Functional": "functional", "Model": "model"}


def serialize_keras_object(obj: Any) -> Any:  # what JSON can hold
    """The configuration of a layer, model, initializer, loss… or of a structure of them."""
    if isinstance(obj, dict):
        return {key: serialize_keras_object(v) for key, v in obj.items()}
    if isinstance(obj, list | tuple):
        return [serialize_keras_object(v) for v in obj]
    if isinstance(obj, np.ndarray | np.generic | EagerTensor):
        array = np.asarray(obj)
        return {"class_name": "__numpy__", "config": {"value": array.tolist(), "dtype": str(array.dtype)}}
    made = resolve.described(obj)
    if isinstance(made, dict) and "registered_name" in made:
        own = get_registered_name(type(obj))
        made["registered_name"] = own if ">" in own else None
    return made


def deserialize_keras_object(
    config: Any, custom_objects: Mapping[str, Any] | None = None, safe_mode: bool = True, **_: Any
) -> Any:  # the object, or the structure of objects
    """What `serialize_keras_object`, Keras's or irkit's, described. Raises ArgumentError for unknown names."""
    with custom_object_scope(custom_objects or {}):
        return _read(config)


def _read(config: Any) -> Any:  # as deserialize_keras_object
    if isinstance(config, list | tuple):
        return [_read(v) for v in config]
    if not isinstance(config, Mapping):
        return config
    if "class_name" not in config or "config" not in config:
        return {key: _read(v) for key, v in config.items()}
    special = _SPECIAL.get(str(config["class_name"]))
    if special is not None:
        return special(config["config"])
    return made(class_of(config), config["config"])


def class_of(config: Mapping[str, Any]) -> Any:  # a class or function
    """The class that a configuration names."""
    name, module = str(config["class_name"]), str(config.get("module") or "")
    found = get_registered_object(str(config.get("registered_name") or name)) or get_registered_object(name)
    found = found or _own(module, name)
    if found is None:
        raise ArgumentError(
            f"the configuration speaks of {name!r} of {module or 'an unknown module'}, which is not known here.",
            cure=f"Give custom_objects={{{name!r}: {name}}}, or decorate the class with "
            "irkit.saving.register_keras_serializable().",
        )
    return found


def _own(module: str, name: str) -> Any:  # a class, or None
    """irkit's class of that name."""
    if module.startswith("keras.src.ops"):
        raise UnsupportedError(
            f"{name} of {module} is a function on tensors, and stands only in functional models."
        )
    kind = module.rpartition(".")[2]
    if name in _MODELS and kind not in _MODULES:
        return getattr(importlib.import_module(f"irkit.frontends.models.{_MODELS[name]}"), name)
    homes = [_MODULES[kind]] if kind in _MODULES else [] if module else list(_MODULES.values())
    homes = [_MODULES["layers"]] if not homes and module.startswith(("keras.src.layers", "irkit.")) else homes
    for home in homes:
        found = _public(home, name)
        if found is not None:
            return found
    return None


def _public(module: str, name: str) -> Any:  # a class, or None
    try:
        return getattr(importlib.import_module(module), name)
    except AttributeError:
        return None


def made(cls: Any, config: Any) -> Any:  # an object of the class
    """An object of `cls` with the arguments of `config`."""
    if not isinstance(cls, type):
        return cls
    arguments = {k: argument(v) for k, v in config.items()} if isinstance(config, Mapping) else {}
    return cls.from_config(arguments) if hasattr(cls, "from_config") else cls(**arguments)


def argument(value: Any) -> Any:  # as it stands in get_config
    """An argument as the class takes it: types of numbers by name, arrays as arrays; the rest as it is, since classes
    read the configurations of what stands inside them."""
    if isinstance(value, Mapping) and "class_name" in value:
        special = _SPECIAL.get(str(value["class_name"]))
        own = get_registered_object(str(value.get("registered_name") or value["class_name"]))
        return special(value["config"]) if special else _read(value) if own is not None else value
    return value


def _policy(config: Mapping[str, Any]) -> str:
    return str(config["name"])


# Kinds of values that are no classes of irkit's.
_SPECIAL: Mapping[str, Any] = {
    "DTypePolicy": _policy,
    "FloatDTypePolicy": _policy,
    "__numpy__": lambda c: np.array(c["value"], c["dtype"]),
    "__tensor__": lambda c: np.array(c["value"], c["dtype"]),
    "__ellipsis__": lambda _: ...,
    "__slice__": lambda c: slice(c["start"], c["stop"], c["step"]),
    "__tuple__": tuple,
}


def model_from_json(json_string: str, custom_objects: Mapping[str, Any] | None = None) -> Any:  # a model
    """The model that `to_json`, Keras's or irkit's, described; its weights are new. Raises ArgumentError."""
    try:
        config = json.loads(json_string)
    except (TypeError, ValueError) as error:
        raise ArgumentError(
            f"this is no JSON: {error}.", cure="Give what model.to_json() returned."
        ) from None
    return deserialize_keras_object(config, custom_objects)
