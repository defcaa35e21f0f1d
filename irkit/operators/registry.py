"""Which operators there are, in which file, and how to find one by name."""

from __future__ import annotations

import importlib
from collections.abc import Mapping

from irkit.errors import AttributeRangeError, UnsupportedError
from irkit.operators.base import Operator, registry

OPSET = 23  # of ai.onnx: the semantics that irkit's operators follow
ONNX_IR_VERSION = 11

# File → its operators; a test compares this with each file's __all__. One line a family, or a wrapped one.
FAMILIES: Mapping[str, tuple[str, ...]] = {
    "arithmetic": ("Add", "Div", "Mul", "Neg", "Sqrt", "Sub"),
    "convolution": ("Conv", "ConvTranspose"),
    "linear": ("Det", "Einsum", "Gemm", "MatMul"),
    "pooling": (
        "AveragePool",
        "GlobalAveragePool",
        "GlobalLpPool",
        "GlobalMaxPool",
        "LpPool",
        "MaxPool",
        "MaxUnpool",
    ),
}

# Operators that are not ai.onnx's.
DOMAINS: Mapping[str, str] = {"Assert": "irkit"}

_family_of = {
    (DOMAINS.get(name, ""), name): family for family, names in FAMILIES.items() for name in names
}


def find(domain: str, name: str) -> type[Operator] | None:
    """The class of an operator ("" and "ai.onnx" are the same domain), or None."""
    key = ("" if domain == "ai.onnx" else domain, name)
    if key not in registry and key in _family_of:
        importlib.import_module(f"irkit.operators.{_family_of[key]}")
    return registry.get(key)


def all_operators() -> list[type[Operator]]:
    """Every operator, sorted by domain and name. Imports all families."""
    return [cls for key in sorted(_family_of) if (cls := find(*key)) is not None]


def make(domain: str, name: str, attributes: Mapping[str, object]) -> Operator:
    """The operator `name` of `domain` with these attributes, which may come from a stranger.

    Raises UnsupportedError for an unknown operator, AttributeRangeError for unknown, missing or wrong attributes.
    """
    cls = find(domain, name)
    if cls is None:
        raise UnsupportedError(f"operator {domain + '.' if domain else ''}{name} is not supported.")
    known = {s.name for s in cls.specs}
    for given in attributes:
        if given not in known:
            raise AttributeRangeError(f"{name} has no attribute '{given}'.")
    for spec in cls.specs:
        if spec.is_required and spec.name not in attributes:
            raise AttributeRangeError(f"{name} needs its attribute '{spec.name}'.")
    return cls(**attributes)
