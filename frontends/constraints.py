"""Constraints: what training does to weights after each step. Keras: https://keras.io/api/layers/constraints/

Each is called with a weight's value and gives the value to keep.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from irkit.frontends import named, ops
from irkit.frontends.backend_config import epsilon
from irkit.frontends.tensors.tensor import Tensor, TensorLike

__all__ = [
    "Constraint",
    "MaxNorm",
    "MinMaxNorm",
    "NonNeg",
    "UnitNorm",
    "deserialize",
    "get",
    "max_norm",
    "min_max_norm",
    "non_neg",
    "serialize",
    "unit_norm",
]


class Constraint:
    """Base of all constraints; a user's own defines __call__ and get_config."""

    def __call__(self, w: TensorLike) -> Tensor:
        raise NotImplementedError(f"{type(self).__name__} must define __call__(w).")

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {}

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Constraint:
        return cls(**config)


def _norm(w: TensorLike, axis: int | Sequence[int]) -> Tensor:
    return ops.sqrt(ops.sum(ops.square(w), axis=axis, keepdims=True))


class MaxNorm(Constraint):
    """Weights scaled down to a norm of at most max_value along `axis`."""

    def __init__(self, max_value: float = 2, axis: int | Sequence[int] = 0) -> None:
        self.max_value, self.axis = max_value, axis

    def __call__(self, w: TensorLike) -> Tensor:
        norm = _norm(w, self.axis)
        return ops.multiply(w, ops.clip(norm, 0, self.max_value) / (norm + epsilon()))

    def get_config(self) -> dict[str, Any]:
        return {"max_value": self.max_value, "axis": self.axis}


class NonNeg(Constraint):
    """Negative weights become 0."""

    def __call__(self, w: TensorLike) -> Tensor:
        return ops.maximum(w, ops.zeros_like(w))


class UnitNorm(Constraint):
    """Weights scaled to norm 1 along `axis`."""

    def __init__(self, axis: int | Sequence[int] = 0) -> None:
        self.axis = axis

    def __call__(self, w: TensorLike) -> Tensor:
        return ops.divide(w, _norm(w, self.axis) + epsilon())

    def get_config(self) -> dict[str, Any]:
        return {"axis": self.axis}


class MinMaxNorm(Constraint):
    """Weights scaled towards a norm between min_value and max_value along `axis`; rate 1 goes all the way."""

    def __init__(
        self, min_value: float = 0.0, max_value: float = 1.0, rate: float = 1.0, axis: int | Sequence[int] = 0
    ) -> None:
        self.min_value, self.max_value, self.rate, self.axis = min_value, max_value, rate, axis

    def __call__(self, w: TensorLike) -> Tensor:
        norm = _norm(w, self.axis)
        wanted = self.rate * ops.clip(norm, self.min_value, self.max_value) + (1 - self.rate) * norm
        return ops.multiply(w, wanted / (norm + epsilon()))

    def get_config(self) -> dict[str, Any]:
        return {
            "min_value": self.min_value,
            "max_value": self.max_value,
            "rate": self.rate,
            "axis": self.axis,
        }


max_norm, non_neg, unit_norm, min_max_norm = MaxNorm, NonNeg, UnitNorm, MinMaxNorm
_TABLE = named.words(
    {"max_norm": MaxNorm, "non_neg": NonNeg, "unit_norm": UnitNorm, "min_max_norm": MinMaxNorm}
)


def get(identifier: object) -> Any:  # a Constraint, a function of the user's, or None
    """The constraint that `identifier` means: a name, a configuration, an object, None."""
    return named.found("constraint", _TABLE, identifier)


serialize = named.serialized


def deserialize(config: Mapping[str, Any]) -> Any:  # what it describes
    """The constraint that `serialize` wrote."""
    return get(config)
