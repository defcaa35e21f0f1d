"""Truth values, and the choice between two tensors by them. Inputs broadcast as in numpy."""

from __future__ import annotations

import numpy as np

from irkit.ir import Array, DType, TensorType
from irkit.ir.types import COMPLEX, NUMERIC
from irkit.operators.arithmetic import Binary, Unary
from irkit.operators.base import Operator, operator
from irkit.operators.rules import broadcast_shapes, same_dtype

__all__ = ["And", "Not", "Or", "Where", "Xor"]

_BOOL = frozenset({DType.bool})


class Logical(Binary):
    """Two tensors of truth values: (…), (…) → (…)."""

    dtypes = {"a": _BOOL, "b": _BOOL}
    shape_arithmetic = True


@operator(since=7)
class And(Logical):
    """Both.  https://onnx.ai/onnx/operators/onnx__And.html"""

    def run(self, a: Array, b: Array) -> Array:
        return np.asarray(np.logical_and(a, b))


@operator(since=7)
class Or(Logical):
    """One of them, or both.  https://onnx.ai/onnx/operators/onnx__Or.html"""

    def run(self, a: Array, b: Array) -> Array:
        return np.asarray(np.logical_or(a, b))


@operator(since=7)
class Xor(Logical):
    """Exactly one of them.  https://onnx.ai/onnx/operators/onnx__Xor.html"""

    def run(self, a: Array, b: Array) -> Array:
        return np.asarray(np.logical_xor(a, b))


@operator(since=1)
class Not(Unary):
    """The opposite: (…) → (…).  https://onnx.ai/onnx/operators/onnx__Not.html"""

    dtypes = {"x": _BOOL}
    shape_arithmetic = True

    def run(self, x: Array) -> Array:
        return np.asarray(np.logical_not(x))


@operator(since=16)
class Where(Operator):
    """x where `condition` holds, else y.  (…), (…), (…) → (…)  https://onnx.ai/onnx/operators/onnx__Where.html"""

    dtypes = {
        "condition": _BOOL,
        "x": NUMERIC | COMPLEX | {DType.bool, DType.string},
        "y": NUMERIC | COMPLEX | {DType.bool, DType.string},
    }
    shape_arithmetic = True

    def infer(self, condition: TensorType, x: TensorType, y: TensorType) -> TensorType:
        return TensorType(same_dtype(x, y), broadcast_shapes(condition.shape, x.shape, y.shape))

    def run(self, condition: Array, x: Array, y: Array) -> Array:
        return np.where(condition, x, y)
