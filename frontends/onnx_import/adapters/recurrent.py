"""Recurrent layers before opset 7."""

from __future__ import annotations

from collections.abc import Sequence

from irkit.frontends.onnx_import.use import Use, adapter
from irkit.ir import Value


@adapter("RNN", "GRU", "LSTM")
def recurrent(use: Use) -> Sequence[Value]:
    if use.version < 7:
        use.drop("output_sequence")  # whether the first output is made; it always is
    return use.same()
