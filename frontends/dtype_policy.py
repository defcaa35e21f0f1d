"""Policies of dtypes: which type of numbers layers compute with and keep. Keras: keras.dtype_policies"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from irkit.errors import ArgumentError
from irkit.frontends.tensors.dtypes import floatx, set_floatx
from irkit.ir import DType

__all__ = ["DTypePolicy", "FloatDTypePolicy", "deserialize", "get", "serialize"]

_MIXED = {"mixed_float16": "float16", "mixed_bfloat16": "bfloat16"}


class DTypePolicy:
    """Type of computation and of weights: "float32", or "mixed_float16" for float16 over float32 weights."""

    def __init__(self, name: str) -> None:
        if not isinstance(name, str):
            raise ArgumentError(f"a policy has a name, e.g. 'float32'. Received: {name!r}.")
        self.name = name
        self.compute_dtype = _MIXED.get(name) or str(DType.of(name))
        self.variable_dtype = "float32" if name in _MIXED else self.compute_dtype

    def get_config(self) -> dict[str, Any]:
        """Its name."""
        return {"name": self.name}

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> DTypePolicy:
        """A policy from what `get_config` gave."""
        return cls(**config)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DTypePolicy) and self.name == other.name

    def __hash__(self) -> int:
        return hash(self.name)

    def __repr__(self) -> str:
        return f'<DTypePolicy "{self.name}">'


FloatDTypePolicy = DTypePolicy


def get(identifier: Any) -> DTypePolicy:  # a policy, its name, its configuration, or None
    """The policy that is meant; None means the one that is set."""
    if identifier is None:
        return dtype_policy()
    if isinstance(identifier, Mapping):
        return DTypePolicy(**identifier["config"])
    return identifier if isinstance(identifier, DTypePolicy) else DTypePolicy(str(identifier))


deserialize = get


def serialize(policy: DTypePolicy) -> dict[str, Any]:
    """Its configuration."""
    return {
        "module": "keras",
        "class_name": "DTypePolicy",
        "config": policy.get_config(),
        "registered_name": None,
    }


def dtype_policy() -> DTypePolicy:
    """The policy of layers that do not say another: that of `floatx`."""
    return DTypePolicy(floatx())


def set_dtype_policy(policy: Any) -> None:  # as in get
    """Let new layers have this type. Raises ArgumentError for a mixed policy."""
    wanted = get(policy)
    if wanted.compute_dtype != wanted.variable_dtype:
        raise ArgumentError(
            f"{wanted.name!r} keeps weights in another type than it computes with, which irkit's layers do not do.",
            cure=f"Write {wanted.compute_dtype!r} or 'float32'.",
        )
    set_floatx(wanted.name)
