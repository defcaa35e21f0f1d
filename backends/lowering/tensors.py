"""The table of tensors of a program: weights under their paths, constants each once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from irkit.backends.program import TensorP
from irkit.ir import DType

if TYPE_CHECKING:
    from irkit.ir import Array, Weight

_COMPARED = 1024  # bytes; larger constants are the same only when they are the same object


class TensorTable:
    """Numbers for tensors. `arrays` and `entries` run in parallel; offsets are filled in when a file is laid
    out."""

    def __init__(self, paths: Mapping[Weight, str]) -> None:
        self._paths = paths
        self.arrays: list[Array] = []
        self.entries: list[TensorP] = []
        self.weights: dict[Weight, int] = {}
        self._constants: dict[object, int] = {}

    def weight(self, weight: Weight) -> int:
        """The number of a weight's tensor."""
        number = self.weights.get(weight)
        if number is None:
            number = self.weights[weight] = self._append(weight.data, self._paths[weight])
        return number

    def constant(self, array: Array) -> int:
        """The number of a constant's tensor."""
        key: object = id(array)
        if array.nbytes <= _COMPARED and array.dtype != object:
            key = (array.dtype, array.shape, array.tobytes())
        number = self._constants.get(key)
        if number is None:
            number = self._constants[key] = self._append(array, "")
        return number

    def _append(self, array: Array, name: str) -> int:
        self.arrays.append(array)
        self.entries.append(TensorP(name, DType.of(array.dtype), tuple(map(int, array.shape))))
        return len(self.arrays) - 1
