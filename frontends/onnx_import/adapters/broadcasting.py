"""Elementwise operators before opset 7: `b` was stretched only when asked, from the axis that was named."""

from __future__ import annotations

from collections.abc import Sequence

from irkit.frontends.onnx_import.use import Use, adapter
from irkit.ir import Value


@adapter("Add", "Sub", "Mul", "Div", "Pow", "And", "Or", "Xor", "Equal", "Greater", "Less")
def elementwise(use: Use) -> Sequence[Value]:
    if use.version < 7:
        stretched, axis = use.take("broadcast", 0), use.take("axis")
        if stretched and axis is not None:
            after = use.rank(0) - axis % max(use.rank(0), 1) - use.rank(1)
            if after > 0:
                rank = use.rank(1)
                new = use.integers(range(rank, rank + after))
                use.place(1, use.add("Unsqueeze", use.value(1), new))
    return use.same()


@adapter("Gemm")
def gemm(use: Use) -> Sequence[Value]:
    if use.version < 7:
        use.drop("broadcast")
    return use.same()


@adapter("PRelu")
def prelu(use: Use) -> Sequence[Value]:
    """Before opset 7 a vector of slopes was one for each channel."""
    if use.version < 7 and use.rank(1) == 1 and use.rank(0) > 2 and use.type(1).shape != (1,):
        use.place(1, use.add("Unsqueeze", use.value(1), use.integers(range(1, use.rank(0) - 1))))
    return use.same()
