"""Softmax and its kin before opset 13: over all axes from `axis` on together, and axis was 1 when not given."""

from __future__ import annotations

from collections.abc import Sequence

from irkit.frontends.onnx_import.use import Use, adapter
from irkit.ir import Value


@adapter("Softmax", "LogSoftmax", "Hardmax")
def softmax(use: Use) -> Sequence[Value]:
    if use.version >= 13:
        return use.same()
    axis, rank = use.take("axis", 1), use.type(0).rank
    if axis == -1 or (rank is not None and axis == rank - 1):
        use.attributes["axis"] = -1
        return use.same()
    x = use.value(0)
    flat = use.add("Flatten", x, axis=axis)
    return [use.add("Reshape", use.add(use.operator, flat, axis=-1), use.add("Shape", x), allowzero=1)]
