"""Matrix products and convolutions of quantised tensors.

Products of 8-bit numbers are summed in float64, by BLAS, where every sum of fewer than 2³⁷ of them is exact.
"""

from __future__ import annotations

import numpy as np

from irkit.errors import ShapeError
from irkit.ir import Array, DType, TensorType
from irkit.operators.base import Operator, operator
from irkit.operators.convolution import Convolution, biased, check_bias, convolved
from irkit.operators.linear import product_shape
from irkit.operators.quantization import QUANTIZED, centred, quantized
from irkit.operators.rules import check_one, quiet, same_dtype, widened

__all__ = ["ConvInteger", "MatMulInteger", "QLinearConv", "QLinearMatMul"]

_BYTES = frozenset({DType.int8, DType.uint8})
_FACTORS = QUANTIZED - {DType.uint4, DType.int4, DType.uint16, DType.int16, DType.float4e2m1}
_SCALES = frozenset({DType.float16, DType.bfloat16, DType.float32})


def _wrapped(total: Array) -> Array:
    """An exact sum as int32, which may overflow."""
    return np.asarray(total.astype(np.int64).astype(np.int32))


def _by_row(parameter: Array) -> Array:
    """A scale or zero point of a left factor: one, or one for each row."""
    return parameter.reshape(-1, 1) if parameter.ndim == 1 and parameter.size > 1 else _one(parameter)


def _one(parameter: Array) -> Array:
    return parameter.reshape(()) if parameter.size == 1 else parameter


def _by_channel(parameter: Array, rank: int) -> Array:
    """A scale or zero point of weights: one, or one for each output channel (the first axis)."""
    return parameter.reshape(()) if parameter.size == 1 else parameter.reshape(-1, *(1,) * (rank - 1))


def _product(a: Array, a_zero_point: Array | None, b: Array, b_zero_point: Array | None) -> Array:
    """The exact product of two quantised matrices, in float64."""
    left = centred(a, None if a_zero_point is None else _by_row(a_zero_point))
    right = centred(b, None if b_zero_point is None else _one(b_zero_point))
    return np.asarray(np.matmul(left.astype(np.float64), right.astype(np.float64)))


@operator(since=10)
class MatMulInteger(Operator):
    """(a − its zero point) · (b − its zero point).  https://onnx.ai/onnx/operators/onnx__MatMulInteger.html

    (…, m, k), (…, k, n), () or (m), () or (n) → int32 (…, m, n)
    """

    dtypes = {"a": _BYTES, "b": _BYTES, "a_zero_point": _BYTES, "b_zero_point": _BYTES}

    def infer(
        self,
        a: TensorType,
        b: TensorType,
        a_zero_point: TensorType | None = None,
        b_zero_point: TensorType | None = None,
    ) -> TensorType:
        same_dtype(a, a_zero_point)
        same_dtype(b, b_zero_point)
        return TensorType(DType.int32, product_shape(a.shape, b.shape))

    @quiet
    def run(
        self, a: Array, b: Array, a_zero_point: Array | None = None, b_zero_point: Array | None = None
    ) -> Array:
        return _wrapped(_product(a, a_zero_point, b, b_zero_point))


@operator(since=21)
class QLinearMatMul(Operator):
    """The product of two quantised matrices, quantised.  https://onnx.ai/onnx/operators/onnx__QLinearMatMul.html

    (…, m, k), its scale and zero point, (…, k, n), its scale and zero point, those of the result → (…, m, n)
    """

    dtypes = {
        "a": _FACTORS,
        "a_scale": _SCALES,
        "a_zero_point": _FACTORS,
        "b": _FACTORS,
        "b_scale": _SCALES,
        "b_zero_point": _FACTORS,
        "y_scale": _SCALES,
        "y_zero_point": _FACTORS,
    }

    def infer(
        self,
        a: TensorType,
        a_scale: TensorType,
        a_zero_point: TensorType,
        b: TensorType,
        b_scale: TensorType,
        b_zero_point: TensorType,
        y_scale: TensorType,
        y_zero_point: TensorType,
    ) -> TensorType:
        same_dtype(a, a_zero_point)
        same_dtype(b, b_zero_point)
        same_dtype(a_scale, b_scale, y_scale)
        return TensorType(y_zero_point.dtype, product_shape(a.shape, b.shape))

    @quiet
    def run(
        self,
        a: Array,
        a_scale: Array,
        a_zero_point: Array,
        b: Array,
        b_scale: Array,
        b_zero_point: Array,
        y_scale: Array,
        y_zero_point: Array,
    ) -> Array:
        product = _product(a, a_zero_point, b, b_zero_point)
        scale = _by_row(widened(a_scale)) * _one(widened(b_scale)) / _by_row(widened(y_scale))
        scaled = product.astype(scale.dtype) * scale
        return quantized(scaled, _by_row(y_zero_point), DType.of(y_zero_point.dtype))


def _check_per_channel(name: str, parameter: TensorType | None) -> None:
    """Raises ShapeError unless it is one number, or one for each output channel."""
    if parameter is not None and parameter.rank not in (None, 0, 1):
        raise ShapeError(f"{name} must be one number, or one for each channel, not {parameter}.")


@operator(since=10)
class ConvInteger(Convolution):
    """Convolution of (x − its zero point) with (w − its zero point).

    (b, in, sizes…), (out, in/group, kernel…), (), () or (out) → int32 (b, out, sizes…)
    https://onnx.ai/onnx/operators/onnx__ConvInteger.html
    """

    dtypes = {"x": _BYTES, "w": _BYTES, "x_zero_point": _BYTES, "w_zero_point": _BYTES}

    def infer(
        self,
        x: TensorType,
        w: TensorType,
        x_zero_point: TensorType | None = None,
        w_zero_point: TensorType | None = None,
    ) -> TensorType:
        same_dtype(x, x_zero_point)
        same_dtype(w, w_zero_point)
        check_one(x_zero_point=x_zero_point)
        _check_per_channel("w_zero_point", w_zero_point)
        return TensorType(DType.int32, self.convolved_shape(x.shape, w.shape))

    @quiet
    def run(
        self, x: Array, w: Array, x_zero_point: Array | None = None, w_zero_point: Array | None = None
    ) -> Array:
        return _wrapped(_convolution(self, x, x_zero_point, w, w_zero_point))


def _convolution(
    op: Convolution, x: Array, x_zero_point: Array | None, w: Array, w_zero_point: Array | None
) -> Array:
    """The exact convolution of quantised tensors, in float64; what surrounds x stands for zero."""
    centred_x = centred(x, None if x_zero_point is None else _one(x_zero_point))
    centred_w = centred(w, None if w_zero_point is None else _by_channel(w_zero_point, w.ndim))
    return convolved(
        centred_x.astype(np.float64), centred_w.astype(np.float64), op.sliding(x.ndim - 2), op.group
    )


@operator(since=10)
class QLinearConv(Convolution):
    """The convolution of quantised tensors, quantised.  https://onnx.ai/onnx/operators/onnx__QLinearConv.html

    x (b, in, sizes…), w (out, in/group, kernel…), each with scale and zero point (those of w may have one for
    each output channel), those of the result, and a bias (out) in units of both scales → (b, out, sizes…)
    """

    dtypes = {
        "x": _BYTES,
        "x_scale": frozenset({DType.float32}),
        "x_zero_point": _BYTES,
        "w": _BYTES,
        "w_scale": frozenset({DType.float32}),
        "w_zero_point": _BYTES,
        "y_scale": frozenset({DType.float32}),
        "y_zero_point": _BYTES,
        "B": frozenset({DType.int32}),
    }

    def infer(
        self,
        x: TensorType,
        x_scale: TensorType,
        x_zero_point: TensorType,
        w: TensorType,
        w_scale: TensorType,
        w_zero_point: TensorType,
        y_scale: TensorType,
        y_zero_point: TensorType,
        B: TensorType | None = None,
    ) -> TensorType:
        same_dtype(x, x_zero_point)
        same_dtype(w, w_zero_point)
        check_one(x_scale=x_scale, x_zero_point=x_zero_point, y_scale=y_scale, y_zero_point=y_zero_point)
        _check_per_channel("w_scale", w_scale)
        _check_per_channel("w_zero_point", w_zero_point)
        shape = self.convolved_shape(x.shape, w.shape)
        if shape is not None:
            check_bias(B, shape[1])
        return TensorType(y_zero_point.dtype, shape)

    @quiet
    def run(
        self,
        x: Array,
        x_scale: Array,
        x_zero_point: Array,
        w: Array,
        w_scale: Array,
        w_zero_point: Array,
        y_scale: Array,
        y_zero_point: Array,
        B: Array | None = None,
    ) -> Array:
        total = biased(_convolution(self, x, x_zero_point, w, w_zero_point), B)
        factor = _by_channel(_one(x_scale) * w_scale / _one(y_scale), x.ndim - 1)
        scaled = total.astype(factor.dtype) * factor
        return quantized(scaled, _one(y_zero_point), DType.of(y_zero_point.dtype))
