"""What an executable keeps from call to call: the states of its model (proto/README.md chapter 4a)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from irkit.errors import ShapeError, UnknownNameError
from irkit.ir import type_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from irkit.ir import Array, GraphModel


class SessionStates:
    """The states of one executable, by name: ``states["counter"]``, ``states["counter"] = array``, ``states.reset()``.

    They begin as the model's weights are when the executable is made, and a call replaces them all when it succeeded.
    convert: applied to what is put in (the referee keeps floats in float64).
    """

    def __init__(self, model: GraphModel, convert: Callable[[Array], Array] = lambda a: a) -> None:
        self._weights, self._convert = model.states, convert
        self._lock = threading.Lock()
        self.names = model.state_names
        self.initial = [weight.data for weight in model.states]
        self.reset()

    def reset(self) -> None:
        """Back to the initial values."""
        self._values = [self._convert(array) for array in self.initial]

    def run(self, run: Callable[[list[Any]], list[Any]], inputs: Sequence[Any]) -> list[Any]:
        """The user's outputs of `run` on inputs and states; the states are replaced when it raised nothing."""
        with self._lock:  # calls of one session exclude each other
            results = run([*inputs, *self._values])
            kept = len(results) - len(self._values)
            self._values = results[kept:]
        return results[:kept]

    def _number(self, name: str) -> int:
        if name not in self.names:
            raise UnknownNameError(
                f"the model has no state called {name!r}.",
                cure=f"It has {', '.join(self.names)}." if self.names else "It has no states.",
            )
        return self.names.index(name)

    def __getitem__(self, name: str) -> Array:
        return np.array(self._values[self._number(name)])

    def __setitem__(self, name: str, value: Array) -> None:
        number = self._number(name)
        given, expected = np.array(value), self._weights[number].type
        if type_of(given) != expected:
            raise ShapeError(f"the state '{name}' is {expected}. Received: {type_of(given)}.")
        self._values[number] = self._convert(given)

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)
