"""Regularizers: penalties that training adds for large or unwanted weights. Keras: https://keras.io/api/layers/regularizers/

Each is called with a tensor and gives a scalar.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from irkit.errors import ArgumentError
from irkit.frontends import named, ops
from irkit.frontends.tensors.tensor import Tensor, TensorLike

__all__ = [
    "L1",
    "L1L2",
    "L2",
    "OrthogonalRegularizer",
    "Regularizer",
    "deserialize",
    "get",
    "l1",
    "l1_l2",
    "l2",
    "orthogonal_regularizer",
    "serialize",
]


class Regularizer:
    """Base of all regularizers; a user's own defines __call__ and get_config."""

    def __call__(self, x: TensorLike) -> Tensor:
        raise NotImplementedError(f"{type(self).__name__} must define __call__(x).")

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        raise NotImplementedError(f"{type(self).__name__} must define get_config().")

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Regularizer:
        return cls(**config)


def _number(name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < float("inf"):
        raise ArgumentError(f"{name} must be a number ≥ 0. Received: {value!r}.")
    return float(value)


def _absolute(factor: float, x: TensorLike) -> Tensor:
    return ops.multiply(ops.sum(ops.absolute(x)), factor)


def _squared(factor: float, x: TensorLike) -> Tensor:
    return ops.multiply(ops.sum(ops.square(x)), factor)


class L1L2(Regularizer):
    """l1·∑|x| + l2·∑x²"""

    def __init__(self, l1: float = 0.0, l2: float = 0.0) -> None:
        self.l1 = _number("l1", l1)
        self.l2 = _number("l2", l2)

    def __call__(self, x: TensorLike) -> Tensor:
        return ops.add(_absolute(self.l1, x), _squared(self.l2, x))

    def get_config(self) -> dict[str, Any]:
        return {"l1": self.l1, "l2": self.l2}


class L1(Regularizer):
    """l1·∑|x|"""

    def __init__(self, l1: float = 0.01) -> None:
        self.l1 = _number("l1", l1)

    def __call__(self, x: TensorLike) -> Tensor:
        return _absolute(self.l1, x)

    def get_config(self) -> dict[str, Any]:
        return {"l1": self.l1}


class L2(Regularizer):
    """l2·∑x²"""

    def __init__(self, l2: float = 0.01) -> None:
        self.l2 = _number("l2", l2)

    def __call__(self, x: TensorLike) -> Tensor:
        return _squared(self.l2, x)

    def get_config(self) -> dict[str, Any]:
        return {"l2": self.l2}


class OrthogonalRegularizer(Regularizer):
    """factor times the mean |cosine| between different rows (or columns) of a matrix."""

    def __init__(self, factor: float = 0.01, mode: str = "rows") -> None:
        self.factor = _number("factor", factor)
        if mode not in ("rows", "columns"):
            raise ArgumentError(f"unknown mode {mode!r}, expected one of 'rows', 'columns'.")
        self.mode = mode

    def __call__(self, x: TensorLike) -> Tensor:
        x = ops.convert_to_tensor(x)
        if x.ndim != 2:
            raise ArgumentError(
                f"OrthogonalRegularizer takes a matrix. Received: a tensor of shape {x.shape}."
            )
        rows = x if self.mode == "rows" else ops.transpose(x)
        rows = ops.divide(rows, ops.sqrt(ops.sum(ops.square(rows), axis=1, keepdims=True)))
        cosines = ops.absolute(ops.matmul(rows, ops.transpose(rows)))
        count = int(rows.shape[0])
        off_diagonal = ops.multiply(cosines, ops.subtract(1.0, ops.eye(count, dtype=rows.dtype)))
        return ops.multiply(ops.sum(off_diagonal), self.factor / (count * (count - 1)))

    def get_config(self) -> dict[str, Any]:
        return {"factor": self.factor, "mode": self.mode}


l1, l2, l1_l2, orthogonal_regularizer = L1, L2, L1L2, OrthogonalRegularizer
_TABLE = named.words(
    {"l1": L1, "l2": L2, "l1_l2": L1L2, "l1l2": L1L2, "orthogonal_regularizer": OrthogonalRegularizer}
)


def get(identifier: object) -> Any:  # a Regularizer, a function of the user's, or None
    """The regularizer that `identifier` means: a name, a configuration, an object, None."""
    return named.found("regularizer", _TABLE, identifier)


serialize = named.serialized


def deserialize(config: Mapping[str, Any]) -> Any:  # what it describes
    """The regularizer that `serialize` wrote."""
    return get(config)
