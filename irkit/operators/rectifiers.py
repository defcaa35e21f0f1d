"""Activations made of straight lines, some with an exponential end: (…) → (…), element by element."""

from __future__ import annotations

import numpy as np

from irkit.errors import ShapeError
from irkit.ir import Array, DType, TensorType
from irkit.ir.types import FLOATS, NUMERIC, SIGNED
from irkit.operators.arithmetic import Formula, Unary
from irkit.operators.base import Operator, operator
from irkit.operators.rules import broadcast_shapes, quiet, rounded, same_dtype, show, widened

__all__ = [
    "Celu",
    "Elu",
    "HardSigmoid",
    "HardSwish",
    "LeakyRelu",
    "PRelu",
    "Relu",
    "Selu",
    "Shrink",
    "ThresholdedRelu",
]


@operator(since=14)
class Relu(Unary):
    """max(x, 0).  https://onnx.ai/onnx/operators/onnx__Relu.html"""

    dtypes = {"x": FLOATS | SIGNED}

    @quiet
    def run(self, x: Array) -> Array:
        return np.asarray(np.maximum(x, x.dtype.type(0)))


@operator(since=16)
class LeakyRelu(Formula):
    """x, and alpha · x below zero.  https://onnx.ai/onnx/operators/onnx__LeakyRelu.html"""

    alpha: float = 0.01

    def formula(self, x: Array) -> Array:
        return np.asarray(np.maximum(x, 0) + self.alpha * np.minimum(x, 0))  # ten times as fast as where


@operator(since=16)
class PRelu(Operator):
    """x, and slope · x below zero; slope stretches to the shape of x.  (…), (…) → (…)

    https://onnx.ai/onnx/operators/onnx__PRelu.html
    """

    dtypes = {
        "x": FLOATS | {DType.int32, DType.int64, DType.uint32, DType.uint64},
        "slope": FLOATS | {DType.int32, DType.int64, DType.uint32, DType.uint64},
    }

    def infer(self, x: TensorType, slope: TensorType) -> TensorType:
        both = broadcast_shapes(x.shape, slope.shape)
        if both is not None and x.shape is not None:
            pairs = zip(both[len(both) - len(x.shape) :], x.shape, strict=True)
            if len(both) > len(x.shape) or any(size != 1 and own == 1 for size, own in pairs):
                raise ShapeError(f"slope {show(slope.shape)} does not stretch to x {show(x.shape)}.")
        return TensorType(same_dtype(x, slope), x.shape)

    @quiet
    def run(self, x: Array, slope: Array) -> Array:
        wide = widened(x)
        return rounded(np.where(wide < 0, wide * widened(slope), wide), x.dtype)


@operator(since=22)
class ThresholdedRelu(Formula):
    """x above alpha, else 0.  https://onnx.ai/onnx/operators/onnx__ThresholdedRelu.html"""

    alpha: float = 1.0

    def formula(self, x: Array) -> Array:
        return np.where(x > self.alpha, x, x.dtype.type(0))


@operator(since=9)
class Shrink(Formula):
    """x drawn towards zero by `bias`, and 0 within `lambd` of it.  https://onnx.ai/onnx/operators/onnx__Shrink.html"""

    dtypes = {"x": NUMERIC - {DType.bfloat16}}
    bias: float = 0.0
    lambd: float = 0.5

    def formula(self, x: Array) -> Array:
        drawn = np.where(x < -self.lambd, x + self.bias, x - self.bias)
        return np.where((x < -self.lambd) | (x > self.lambd), drawn, 0).astype(drawn.dtype)


@operator(since=22)
class HardSigmoid(Formula):
    """alpha · x + beta, held within [0, 1].  https://onnx.ai/onnx/operators/onnx__HardSigmoid.html"""

    alpha: float = 0.2
    beta: float = 0.5

    def formula(self, x: Array) -> Array:
        return np.clip(self.alpha * x + self.beta, 0, 1)


@operator(since=22)
class HardSwish(Formula):
    """x · (x/6 + 1/2, held within [0, 1]).  https://onnx.ai/onnx/operators/onnx__HardSwish.html"""

    def formula(self, x: Array) -> Array:
        return x * np.clip(x * (1 / 6) + 0.5, 0, 1)


def _elu(x: Array, alpha: float) -> Array:
    return np.asarray(np.maximum(x, 0) + alpha * np.expm1(np.minimum(x, 0)))


@operator(since=22)
class Elu(Formula):
    """x, and alpha · (eˣ − 1) below zero.  https://onnx.ai/onnx/operators/onnx__Elu.html"""

    alpha: float = 1.0

    def formula(self, x: Array) -> Array:
        return _elu(x, self.alpha)


@operator(since=22)
class Selu(Formula):
    """gamma · x, and gamma · alpha · (eˣ − 1) below zero.  https://onnx.ai/onnx/operators/onnx__Selu.html"""

    # as the nearest float32: ONNX says so
    alpha: float = 1.67326319217681884765625
    gamma: float = 1.05070102214813232421875

    def formula(self, x: Array) -> Array:
        return self.gamma * _elu(x, self.alpha)


@operator(since=12)
class Celu(Formula):
    """max(0, x) + min(0, alpha · (e^(x/alpha) − 1)).  https://onnx.ai/onnx/operators/onnx__Celu.html"""

    dtypes = {"x": frozenset({DType.float32})}
    alpha: float = 1.0

    def formula(self, x: Array) -> Array:
        return np.maximum(x, 0) + np.minimum(0, self.alpha * np.expm1(x / self.alpha))
