"""Swish (opset 24) and SwiGLU (28): x · sigmoid(alpha · x), and that times another tensor."""

from __future__ import annotations

from collections.abc import Sequence

from irkit.frontends.onnx_import.use import Use, adapter
from irkit.ir import Value


def swish_of(use: Use, x: Value, alpha: float = 1.0) -> Value:
    """x · sigmoid(alpha · x)"""
    dtype = use.type(0).dtype
    slope = x if alpha == 1 else use.add("Mul", x, use.number(alpha, dtype))
    return use.add("Mul", x, use.add("Sigmoid", slope))


@adapter("Swish")
def swish(use: Use) -> Sequence[Value]:
    return [swish_of(use, use.value(0), use.take("alpha", 1.0))]


@adapter("SwiGLU")
def swiglu(use: Use) -> Sequence[Value]:
    return [use.add("Mul", swish_of(use, use.value(0), use.take("alpha", 1.0)), use.value(1))]
