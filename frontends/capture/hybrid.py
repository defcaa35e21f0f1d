"""What `model.hybridize()` puts in front of a model: a function whose graphs are those of the model."""

from __future__ import annotations

from typing import Any

from irkit.frontends.capture.function import Function
from irkit.frontends.model import Model


class Hybrid(Function):
    """The calls of one model, as graphs."""

    def __init__(self, model: Model, *, speculate: bool = False, backend: str | None = None) -> None:
        super().__init__(model, speculate=speculate, backend=backend)
        self._model = model

    def inline(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """The model itself sees to it that its layers are rewritten."""
        return self._model._eagerly(*args, **kwargs)

    def run_eagerly(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        return self._model._eagerly(*args, **kwargs)

    def __reduce__(self) -> tuple[Any, ...]:
        return _again, (self._model, self.speculate, self.backend)


def _again(model: Model, speculate: bool, backend: str | None) -> Hybrid:
    return Hybrid(model, speculate=speculate, backend=backend)
