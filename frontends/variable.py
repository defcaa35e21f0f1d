"""Variables: the weights of layers, as users hold them. Usable wherever a tensor is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from irkit.errors import ShapeError
from irkit.frontends.tensor import TensorMethods
from irkit.ir import Array, TensorType, Weight, type_of


class Variable(TensorMethods):
    """A named tensor that keeps its value from call to call (Keras: Variable).

    weight: the IR's view of it, shared with every graph that reads it. initializer: Keras's configuration of how
    its first value is drawn, for people.
    """

    __slots__ = ("__weakref__", "made_trainable", "regularizer", "weight")

    def __init__(
        self, path: str, type: TensorType, value: Array | Callable[[], Array], *, trainable: bool = True
    ) -> None:
        self.weight = Weight(path, type, value, trainable=trainable)
        self.made_trainable = trainable  # whatever freezing and unfreezing does to `trainable` later
        self.regularizer: object = None

    @classmethod
    def of(cls, weight: Weight) -> Variable:
        """The variable of an existing weight."""
        self = cls.__new__(cls)
        self.weight, self.made_trainable, self.regularizer = weight, weight.trainable, None
        return self

    @property
    def name(self) -> str:
        return self.weight.name

    @property
    def path(self) -> str:
        return self.weight.path

    @property
    def type(self) -> TensorType:
        return self.weight.type

    @property
    def dtype(self) -> str:
        return str(self.weight.type.dtype)

    @property
    def shape(self) -> tuple[int, ...]:
        return self.weight.shape

    @property
    def ndim(self) -> int:
        return len(self.shape)

    @property
    def trainable(self) -> bool:
        return self.weight.trainable

    @trainable.setter
    def trainable(self, value: bool) -> None:
        self.weight.trainable = bool(value)

    def numpy(self) -> Array:
        """The value, as an array that the caller may change."""
        return np.array(self.weight.data)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:  # numpy's protocol
        array = self.weight.data if dtype is None else self.weight.data.astype(dtype)
        return array.copy() if copy else array

    def assign(self, value: object) -> Variable:
        """Replace the value, converted to this variable's dtype. Raises ShapeError when the shape differs."""
        array = np.array(value, dtype=self.weight.type.dtype.numpy)
        if array.shape != self.shape:
            raise ShapeError(
                f"Variable '{self.path}' has shape {self.shape}. Received: an array of shape {array.shape}.",
                cure="Give it an array of its own shape.",
            )
        self.weight.data = array
        assert type_of(array) == self.weight.type
        return self

    def __repr__(self) -> str:
        return f"<Variable path={self.path}, shape={self.shape}, dtype={self.dtype}>"
