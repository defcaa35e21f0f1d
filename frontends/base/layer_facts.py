"""What errors say of the tensors that a layer was called on: type, and which layer made them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from irkit.frontends.tensors.definition import Record
from irkit.frontends.tensors.tensor import SymbolicTensor


def facts_of(tensors: Sequence[Any]) -> list[str]:
    """A line for each tensor."""
    return [f"{_tensor_name(t)}: {t.type}{_made_by(t)}" for t in tensors[:8]]


def made_by(tensor: object) -> Record | None:
    """The call of a layer that a symbolic tensor came from, as far as it is known."""
    if not isinstance(tensor, SymbolicTensor):
        return None
    records = reversed(tensor.definition.records)
    return next((r for r in records if any(v is tensor.value for v in r.outputs)), None)


def _tensor_name(tensor: object) -> str:
    return getattr(tensor, "name", None) or "input"


def _made_by(tensor: object) -> str:
    """For a symbolic tensor that a layer made: ", from Flatten 'flatten' (model.py:10)"."""
    record = made_by(tensor)
    return f", from {record.layer.shown} ({record.source})" if record else ""
