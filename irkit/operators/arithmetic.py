"""Elementwise arithmetic. Inputs broadcast as in numpy; integers wrap around."""

from __future__ import annotations

import numpy as np

from irkit.ir import Array, TensorType
from irkit.ir.types import FLOATS, NUMERIC, SIGNED
from irkit.operators.base import Operator, operator
from irkit.operators.rules import broadcast_shapes, same_dtype


__all__ = ["Add", "Div", "Mul", "Neg", "Sqrt", "Sub"]


class Binary(Operator):
    """Two tensors of one dtype, broadcast against each other: (…), (…) → (…)."""

    dtypes = {"a": NUMERIC, "b": NUMERIC}

    def infer(self, a: TensorType, b: TensorType) -> TensorType:
        return TensorType(same_dtype(a, b), broadcast_shapes(a.shape, b.shape))


class Unary(Operator):
    """One tensor, element by element: (…) → (…)."""

    dtypes = {"x": FLOATS}

    def infer(self, x: TensorType) -> TensorType:
        return x


@operator(since=14)
class Add(Binary):
    """a + b.  https://onnx.ai/onnx/operators/onnx__Add.html"""

    shape_arithmetic = True

    def run(self, a: Array, b: Array) -> Array:
        return a + b


@operator(since=14)
class Sub(Binary):
    """a − b.  https://onnx.ai/onnx/operators/onnx__Sub.html"""

    shape_arithmetic = True

    def run(self, a: Array, b: Array) -> Array:
        return a - b


@operator(since=14)
class Mul(Binary):
    """a · b.  https://onnx.ai/onnx/operators/onnx__Mul.html"""

    shape_arithmetic = True

    def run(self, a: Array, b: Array) -> Array:
        return a * b


@operator(since=14)
class Div(Binary):
    """a / b; integers truncate towards zero, as in C.  https://onnx.ai/onnx/operators/onnx__Div.html"""

    shape_arithmetic = True

    def run(self, a: Array, b: Array) -> Array:
        if a.dtype == object or b.dtype == object:
            return _truncated_sizes(a, b)
        if a.dtype.kind not in "iu":
            return a / b
        return np.where((a < 0) != (b < 0), -(-a // b), a // b).astype(a.dtype)


def _truncated_sizes(a: Array, b: Array) -> Array:
    """Division of symbolic sizes, which are not negative, by positive numbers: rounding down is truncating."""
    if any(isinstance(d, int | np.integer) and d <= 0 for d in b.flat):
        raise ValueError("a symbolic size divided by a number that is not positive")
    return a // b


@operator(since=13)
class Neg(Unary):
    """−x.  https://onnx.ai/onnx/operators/onnx__Neg.html"""

    dtypes = {"x": FLOATS | SIGNED}
    shape_arithmetic = True

    def run(self, x: Array) -> Array:
        return -x


@operator(since=13)
class Sqrt(Unary):
    """√x, NaN below zero.  https://onnx.ai/onnx/operators/onnx__Sqrt.html"""

    def run(self, x: Array) -> Array:
        return np.sqrt(x)
