"""Single operators: new names, texts for element types, defaults."""

from __future__ import annotations

from collections.abc import Sequence

from irkit.errors import AttributeRangeError
from irkit.frontends.onnx_import.use import Use, adapter
from irkit.ir import DType, Value

_NAMES = {"FLOAT": "float32", "DOUBLE": "float64"}


@adapter("Scatter")
def scatter(use: Use) -> Sequence[Value]:
    return use.same("ScatterElements")


@adapter("Concat")
def concat(use: Use) -> Sequence[Value]:
    if use.version < 4:
        use.attributes.setdefault("axis", 1)
    return use.same()


@adapter("Cast")
def cast(use: Use) -> Sequence[Value]:
    """`to` was ONNX's name of the type before opset 6. round_mode, of opset 24, concerns float8e8m0 alone."""
    to = use.attributes.get("to")
    if isinstance(to, str):
        try:
            use.attributes["to"] = DType[_NAMES.get(to, to.lower())]
        except KeyError:
            raise AttributeRangeError(f"attribute 'to' of Cast must be a type. Received: {to[:40]!r}.") from None
    return _without_round_mode(use)


@adapter("CastLike")
def cast_like(use: Use) -> Sequence[Value]:
    return _without_round_mode(use)


def _without_round_mode(use: Use) -> Sequence[Value]:
    mode = use.take("round_mode", "up")
    if mode != "up":
        raise use.unsupported(f"with round_mode {mode!r} has no form at opset 23.")
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
