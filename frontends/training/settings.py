"""Settings: objects that hold the arguments they were made with. Tables of names and defaults make their classes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from inspect import Parameter, Signature
from typing import Any, ClassVar, NoReturn

from irkit.errors import ArgumentError, UnsupportedError
from irkit.frontends import named
from irkit.frontends.base import naming
from irkit.ir.source import caller

NEEDED = Parameter.empty  # for an argument without a default
Arguments = Mapping[str, Any]


class Settings:
    """Base: arguments as attributes, get_config and from_config; nothing is computed."""

    kind: ClassVar[str] = "object"
    arguments: ClassVar[Arguments] = {"name": None}
    hidden: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        parameters = [
            Parameter(k, Parameter.POSITIONAL_OR_KEYWORD, default=v) for k, v in self.arguments.items()
        ]
        # those without a default stand first in Keras's signatures too
        parameters.sort(key=lambda p: p.default is not NEEDED)
        try:
            bound = Signature(parameters).bind(*args, **kwargs)
        except TypeError as error:
            raise ArgumentError(
                f"{type(self).__name__} cannot be made: {error}.",
                source=str(caller()),
                cure=f"Its arguments are {', '.join(self.arguments)}.",
            ) from None
        bound.apply_defaults()
        self.__dict__.update(bound.arguments)
        if self.__dict__.get("name") is None:
            self.name: str = naming.auto_name(naming.to_snake_case(type(self).__name__))

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        given = {k: getattr(self, k) for k in self.arguments if k not in self.hidden}
        return {k: named.serialized(v) if hasattr(v, "get_config") else v for k, v in given.items()}

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Any:  # an object of this class
        """An object from what `get_config` gave, Keras's or irkit's."""
        return cls(**{k: v for k, v in config.items() if k in cls.arguments})

    def __call__(self, *_: Any, **__: Any) -> NoReturn:
        self._refuse()

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise UnsupportedError(
            f"{type(self).__name__} is kept as a description; irkit does not train models yet.",
            source=str(caller()),
            cure="Train with Keras, PyTorch or scikit-learn, and bring the weights: model.set_weights(…).",
        )

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{k}={v!r}' for k, v in self.get_config().items())})"


class Function:
    """A function of Keras's that training would call, as a name."""

    def __init__(self, name: str) -> None:
        self.__name__ = name

    def __call__(self, *_: Any, **__: Any) -> NoReturn:
        raise UnsupportedError(
            f"{self.__name__} is kept as a description; irkit does not train models yet.",
            source=str(caller()),
            cure="Train with Keras, PyTorch or scikit-learn.",
        )

    def __repr__(self) -> str:
        return f"<function {self.__name__}>"


def classes_of(
    base: type[Settings], table: Mapping[str, Arguments], module: str
) -> dict[str, type[Settings]]:
    """The class of every row of `table`."""
    return {
        name: type(
            name,
            (base,),
            {"__doc__": f"Keras's {name}, as settings.", "__module__": module, "arguments": row},
        )
        for name, row in table.items()
    }


def getter(kind: str, table: Mapping[str, Any], others: Mapping[str, str]) -> Callable[[Any], Any]:
    """Keras's `get`: from a name, a configuration or an object to an object. others: its further names."""
    known = {**table, **{naming.to_snake_case(n): c for n, c in table.items()}}
    known |= {short: table[long] for short, long in others.items()}

    def get(identifier: Any) -> Any:  # an object, or None
        return named.found(kind, known, identifier)

    return get
