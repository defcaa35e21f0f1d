"""Kernels that write their result where they are told: (inputs…, out) → out, or a new array where out is None."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias, cast

import numpy as np

from irkit.ir import TensorType
from irkit.ir.types import DType

if TYPE_CHECKING:
    from irkit.ir import Array, Node

Writer: TypeAlias = Callable[..., Any]

# numpy's functions that are an operator's whole meaning on float32 and float64, and can write.
UFUNCS: Mapping[str, Writer] = {
    "Abs": np.absolute,
    "Add": np.add,
    "Ceil": np.ceil,
    "Cos": np.cos,
    "Div": np.divide,
    "Exp": np.exp,
    "Floor": np.floor,
    "Log": np.log,
    "Mul": np.multiply,
    "Neg": np.negative,
    "Sin": np.sin,
    "Sqrt": np.sqrt,
    "Sub": np.subtract,
    "Tanh": np.tanh,
}
_FLOATS = (DType.float32, DType.float64)


def elementwise_writer(node: Node) -> Writer | None:
    """A writer whose output may be one of the inputs."""
    if node.op.domain or not is_plain(node):
        return None
    if node.op.name == "Relu":
        zero = cast("TensorType", node.outputs[0].type).dtype.numpy.type(0)
        return lambda x, out: np.maximum(x, zero, out=out)
    return UFUNCS.get(node.op.name)


def other_writer(node: Node) -> Writer | None:
    """A writer whose output must lie elsewhere than the inputs."""
    if node.op.domain or not is_plain(node):
        return None
    op = cast("Any", node.op)
    match node.op.name:
        case "MatMul":
            return np.matmul
        case "Gemm" if op.alpha == 1 and op.beta == 1 and not op.transA and len(node.inputs) == 3:
            return _dense_transposed if op.transB else _dense
        case "Concat":
            axis = op.axis
            return lambda *xs: np.concatenate(xs[:-1], axis, out=xs[-1])
    return None


def is_plain(node: Node) -> bool:
    """Whether numpy computes with these types as the operator does: one output, floats of 32 or 64 bits, of known
    ranks; not rank 0, where numpy would make numbers."""
    types = [v.type for v in (*node.inputs, *node.outputs) if v is not None]
    known = all(isinstance(t, TensorType) and t.dtype in _FLOATS and t.shape is not None for t in types)
    return known and len(node.outputs) == 1 and bool(cast("TensorType", types[-1]).shape)


def _dense(x: Array, w: Array, b: Array, out: Array | None) -> Array:
    y: Array = np.matmul(x, w, out)
    return np.add(y, b, y)


def _dense_transposed(x: Array, w: Array, b: Array, out: Array | None) -> Array:
    y: Array = np.matmul(x, w.T, out)
    return np.add(y, b, y)
