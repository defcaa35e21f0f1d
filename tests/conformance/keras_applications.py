"""The models of keras.applications, made from Keras's own source files with irkit in Keras's place.

The files of the installed Keras are executed as they are. Only what they import is exchanged: a name of `keras.src`
means irkit's module of that name. Nothing is put into sys.modules, so both libraries live in one process.
"""

from __future__ import annotations

import builtins
import importlib.util
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import irkit
from irkit.errors import UnsupportedError

Constructor = Callable[..., irkit.Model]


def _folder() -> Path:
    """Where the installed Keras keeps the files. Raises ImportError without Keras; does not import it."""
    spec = importlib.util.find_spec("keras")
    if spec is None or spec.origin is None:
        raise ImportError("Keras is not installed.")
    return Path(spec.origin).parent / "src" / "applications"


@cache
def constructors() -> Mapping[str, Constructor]:
    """Every model of keras.applications by name: "ResNet50" → the function that builds it on irkit."""
    zoo = _Zoo()
    for path in sorted(zoo.folder.glob("*.py")):
        if path.stem != "__init__" and not path.stem.endswith("_test"):
            zoo.module(path.stem)
    return zoo.exported


class _Zoo:
    """Executes files on demand, and keeps what they export under a public name."""

    def __init__(self) -> None:
        self.folder = _folder()
        self.exported: dict[str, Constructor] = {}
        self._modules: dict[str, ModuleType] = {}
        self._given = {
            "keras.src": irkit,
            "keras.src.api_export": SimpleNamespace(keras_export=self._export),
            "keras.src.layers.layer": irkit.layers,
            "keras.src.models": irkit.models,
            "keras.src.ops": SimpleNamespace(operation_utils=irkit.utils),
            "keras.src.utils": SimpleNamespace(file_utils=_NoFiles()),
        }

    def module(self, name: str) -> ModuleType:
        """The module that the file `name`.py defines."""
        found = self._modules.get(name)
        if found is None:
            found = self._modules[name] = ModuleType(f"keras_on_irkit.{name}")
            path = self.folder / f"{name}.py"
            found.__dict__["__builtins__"] = {**vars(builtins), "__import__": self._import}
            exec(compile(path.read_text(), str(path), "exec"), found.__dict__)
        return found

    def _import(
        self, name: str, around: Any = None, inside: Any = None, names: Sequence[str] = (), level: int = 0
    ) -> Any:
        """Python's `import`, but for the names of Keras."""
        if name == "keras.src.applications":
            return SimpleNamespace(**{n: self.module(n) for n in names})
        if name.partition(".")[0] == "keras":
            return self._given[name]
        return __import__(name, around, inside, names, level)

    def _export(self, public: str | list[str]) -> Callable[[Any], Any]:
        """Keras's decorator that gives a function its public names; those with a capital are models."""
        names = {n.rpartition(".")[2] for n in ([public] if isinstance(public, str) else public)}

        def kept(function: Any) -> Any:
            self.exported.update({n: function for n in names if n[0].isupper()})
            return function

        return kept


class _NoFiles:
    """Pretrained weights are not asked for, and nothing is downloaded."""

    @staticmethod
    def exists(path: str) -> bool:
        return Path(path).exists()

    @staticmethod
    def get_file(*_: Any, **__: Any) -> str:
        raise UnsupportedError("Tests download nothing.")


def facts(model: Any) -> list[tuple[str, str, int, Any, list[Any]]]:
    """What both libraries must agree on: of each layer its name, class, parameters, output shape, and weights."""
    return [
        (
            layer.name,
            type(layer).__name__,
            layer.count_params(),
            tuple(tuple(layer.output.shape)[1:]),
            [(w.name, tuple(w.shape), w.trainable) for w in layer.weights],
        )
        for layer in model.layers
    ]
