"""numpy's own functions that are an operator's whole meaning on float32 and float64.

Kernels do more: they widen small floats, and make arrays of the numbers that numpy returns for rank 0. Who computes
one small operation after the other saves half of the time by leaving that out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from irkit.ir import DType, TensorType, Type

_FLOATS = frozenset({DType.float32, DType.float64})  # what numpy computes with as we do

PLAIN: Mapping[str, Callable[..., Any]] = {
    "Add": np.add,
    "Sub": np.subtract,
    "Mul": np.multiply,
    "Div": np.divide,
    "MatMul": np.matmul,
    "Sqrt": np.sqrt,
    "Exp": np.exp,
    "Tanh": np.tanh,
}


def is_plain(types: Sequence[Type | None]) -> bool:
    """Whether these types of an operator's inputs and its one output, which comes last, allow it."""
    tensors = [t for t in types if t is not None]
    known = all(isinstance(t, TensorType) and t.dtype in _FLOATS and t.shape is not None for t in tensors)
    return known and bool(tensors[-1].shape)  # type: ignore[union-attr]  # a tensor
