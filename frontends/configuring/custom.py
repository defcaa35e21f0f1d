"""Users' own classes and functions, by the names under which configurations speak of them.

Keras: https://keras.io/api/models/model_saving_apis/serialization_utils/
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType
from typing import Any, TypeVar

from irkit.errors import ArgumentError
from irkit.ir.source import caller

T = TypeVar("T")

_registered: dict[str, Any] = {}
_names: dict[Any, str] = {}
_given: ContextVar[Mapping[str, Any]] = ContextVar("custom objects", default=MappingProxyType({}))


def register_keras_serializable(package: str = "Custom", name: str | None = None) -> Callable[[T], T]:
    """Decorate a class or function of yours: configurations then speak of it as "package>name".

    Raises ArgumentError for a class without get_config.
    """

    def register(thing: T) -> T:
        own = name or getattr(thing, "__name__", "")
        if isinstance(thing, type) and not hasattr(thing, "get_config"):
            raise ArgumentError(
                f"{own} has no get_config().",
                source=str(caller()),
                cure="Write get_config(self), which returns the arguments as a dict.",
            )
        _registered[f"{package}>{own}"] = thing
        _names[thing] = f"{package}>{own}"
        return thing

    return register


def get_registered_name(obj: Any) -> str:  # a class or function
    """The name under which it was registered, else its own."""
    return _names.get(obj, getattr(obj, "__name__", str(obj)))


def get_registered_object(
    name: str,
    custom_objects: Mapping[str, Any] | None = None,
    module_objects: Mapping[str, Any] | None = None,
) -> Any:  # a class or function, or None
    """What that name means: in a scope around, in `custom_objects`, registered, or in `module_objects`."""
    for table in (_given.get(), custom_objects or {}, _registered, module_objects or {}):
        if name in table:
            return table[name]
    short = name.rpartition(">")[2]
    return next((t[short] for t in (_given.get(), custom_objects or {}) if short in t), None)


def get_custom_objects() -> dict[str, Any]:
    """All that is registered; what is put into it is registered too."""
    return _registered


@contextmanager
def custom_object_scope(*custom_objects: Mapping[str, Any]) -> Iterator[None]:
    """While it lasts, configurations may speak of these by name: {"Mine": Mine}."""
    around = dict(_given.get())
    for table in custom_objects:
        around |= table
    token = _given.set(around)
    try:
        yield
    finally:
        _given.reset(token)


CustomObjectScope = custom_object_scope
