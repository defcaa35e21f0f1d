"""Single operators: new names, defaults."""

from __future__ import annotations

from collections.abc import Sequence

from irkit.frontends.onnx_import.use import Use, adapter
from irkit.ir import Value


@adapter("Scatter")
def scatter(use: Use) -> Sequence[Value]:
    return use.same("ScatterElements")


@adapter("Concat")
def concat(use: Use) -> Sequence[Value]:
    if use.version < 4:
        use.attributes.setdefault("axis", 1)
    return use.same()


@adapter("Selu")
def selu(use: Use) -> Sequence[Value]:
    if use.version < 6:
        use.attributes.setdefault("alpha", 1.6732)
        use.attributes.setdefault("gamma", 1.0507)
    return use.same()


@adapter("Constant")
def constant(use: Use) -> Sequence[Value]:
    """A sparse value becomes one with its zeros."""
    if "sparse_value" in use.attributes:
        use.attributes["value"] = use.take("sparse_value")
    return use.same()
