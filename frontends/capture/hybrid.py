"""What `model.hybridize()` puts in front of a model: a function whose graphs are those of the model."""

from __future__ import annotations

from typing import Any

from irkit.frontends.capture.compiled import Options
from irkit.frontends.capture.function import DEFAULT, Function
from irkit.frontends.models.model import Model


class Hybrid(Function):
    """The calls of one model, as graphs."""

    def __init__(self, model: Model, options: Options = DEFAULT) -> None:
        super().__init__(model, options)
        self._model = model

    def inline(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """The model itself sees to it that its layers are rewritten."""
        return self._model._eagerly(*args, **kwargs)

    def run_eagerly(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        return self._model._eagerly(*args, **kwargs)


def hybrid(model: Model, **options: Any) -> Hybrid:
    """What hybridize puts in front of `model`. options: see compiled.Options."""
    return Hybrid(model, Options(**options))
