"""What a layer holds: weights, and other layers, as attributes or in lists and dicts of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from irkit.errors import ArgumentError, ShapeError
from irkit.frontends.base import misuse
from irkit.frontends.base.changes import LAYERS
from irkit.frontends.tensors.variable import Variable
from irkit.ir import Array
from irkit.ir.source import caller

_PLAIN = frozenset({type(None), bool, int, float, str})  # most arguments, which hold nothing


class Holder:
    """Base of layers: remembers what is assigned to its attributes, and orders it as Keras does."""

    # layers and variables that attributes hold, by attribute, in order of assignment; made by __new__
    _tracked: dict[str, list[Any]]
    built: bool
    trainable: bool

    @property
    def shown(self) -> str:
        """How errors name it."""
        return type(self).__name__

    def __setattr__(self, name: str, value: object) -> None:
        tracked = self.__dict__.get("_tracked")
        if tracked is None:
            raise ArgumentError(f"Call super().__init__() before setting self.{name}.", source=str(caller()))
        if type(value) not in _PLAIN or name in tracked:
            self._track(name, value)
        if name == "trainable" and "built" in self.__dict__:
            self._freeze(not value)
        LAYERS.count += 1
        object.__setattr__(self, name, value)

    def __delattr__(self, name: str) -> None:
        LAYERS.count += 1
        self._tracked.pop(name, None)
        object.__delattr__(self, name)

    def _freeze(self, frozen: bool) -> None:
        """Hand on `trainable` to all weights and layers in this one; moving averages are never trained."""
        for weight in self.weights:
            weight.trainable = weight.made_trainable and not frozen
        for inner in self.sublayers():
            inner.trainable = not frozen

    def _track(self, name: str, value: object) -> None:
        """Remember the layers and variables that an attribute holds."""
        if not isinstance(value, _HOLDERS) or (
            name.startswith("_") and not isinstance(value, Holder | Variable)
        ):
            self._tracked.pop(name, None)
            return
        found = _held(value)
        if found:
            self._tracked[name] = found

    def own_variables(self) -> list[Variable]:
        """Trainable ones first, as Keras orders them."""
        own = list(dict.fromkeys(v for vs in self._tracked.values() for v in vs if isinstance(v, Variable)))
        return [v for v in own if v.made_trainable] + [v for v in own if not v.made_trainable]

    def sublayers(self) -> list[Any]:
        """Layers that are attributes of this one (or stand in lists and dicts there), each once, in order."""
        return list(dict.fromkeys(v for vs in self._tracked.values() for v in vs if isinstance(v, Holder)))

    @property
    def weights(self) -> list[Variable]:
        """All variables of this layer and of those in it."""
        found = dict.fromkeys(self.own_variables())
        pending = list(reversed(self.sublayers()))
        seen: set[Any] = {self}
        while pending:
            inner = pending.pop()
            if inner not in seen:
                seen.add(inner)
                found.update(dict.fromkeys(inner.own_variables()))
                pending.extend(reversed(inner.sublayers()))
        return list(found)

    variables = weights

    @property
    def trainable_weights(self) -> list[Variable]:
        return [w for w in self.weights if w.trainable]

    @property
    def non_trainable_weights(self) -> list[Variable]:
        return [w for w in self.weights if not w.trainable]

    def get_weights(self) -> list[Array]:
        """Values of all weights, in order."""
        return [w.numpy() for w in self.weights]

    def set_weights(self, weights: Sequence[Array]) -> None:
        """Replace the values of all weights; nothing changes when one of them does not fit.

        Raises ShapeError naming the weight.
        """
        mine = self.weights
        source = str(caller())
        if not isinstance(weights, list | tuple):
            raise ArgumentError(
                f"set_weights takes a list of arrays. Received: {misuse.shown(weights)}.",
                source=source,
                layer=self.shown,
                cure=f"Give {len(mine)} arrays, in the order of get_weights().",
            )
        if len(weights) != len(mine):
            raise ShapeError(
                f"{len(mine)} arrays are needed. Received: {len(weights)}.",
                source=source,
                layer=self.shown,
                facts=[f"{w.path}: {w.dtype}{list(w.shape)}" for w in mine],
                cure="Give one array for each weight, in this order."
                if self.built
                else "The layer has no weights yet: call it, or give its model an Input, first.",
            )
        for variable, array in zip(mine, weights, strict=True):
            if _shape_of(array, variable.path, self.shown) != variable.shape:
                raise ShapeError(
                    f"weight '{variable.path}' has shape {variable.shape}. "
                    f"Received: an array of shape {np.shape(array)}.",
                    source=source,
                    layer=self.shown,
                    cure="Transpose or reshape the array, or change the layer's arguments.",
                )
        for variable, array in zip(mine, weights, strict=True):
            variable.assign(array)

    def count_params(self) -> int:
        """How many numbers the weights hold."""
        return sum(int(np.prod(w.shape)) for w in self.weights)


_HOLDERS = (Holder, Variable, list, tuple, dict)  # what may hold layers and variables


def _held(value: object) -> list[Any]:
    """The layers and variables in lists, tuples and dicts."""
    if isinstance(value, Holder | Variable):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    return [v for item in inner if type(item) not in _PLAIN for v in _held(item)]


def _shape_of(array: Any, path: str, layer: str) -> tuple[int, ...]:  # whatever the user gave
    try:
        return tuple(np.shape(array))
    except ValueError:
        raise ShapeError(
            f"what is given for '{path}' has rows of different lengths.",
            source=str(caller()),
            layer=layer,
            cure="Give an array, or lists of the same length.",
        ) from None
