"""Numbers written as small integers (or small floats) times a scale, plus a zero point.

A scale is one number, or one for each index of an axis, or, with block_size, one for each block along it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from irkit.errors import ShapeError
from irkit.ir import Array, DType, Shape, TensorType, dims
from irkit.ir.types import FLOATS, SMALL_FLOATS
from irkit.operators.attributes import attribute
from irkit.operators.base import Operator, operator
from irkit.operators.casts import cast
from irkit.operators.rules import axis_in, quiet, rounded, same_dtype, show, widened

__all__ = ["DequantizeLinear", "DynamicQuantizeLinear", "QuantizeLinear"]

_SCALES = frozenset({DType.float16, DType.bfloat16, DType.float32})
_RANGES = {
    DType.uint4: (0, 15),
    DType.int4: (-8, 7),
    DType.uint8: (0, 255),
    DType.int8: (-128, 127),
    DType.uint16: (0, 65535),
    DType.int16: (-32768, 32767),
}
QUANTIZED = frozenset(_RANGES) | SMALL_FLOATS - {DType.float8e8m0}


def quantized(x: Array, zero_point: Array | None, dtype: DType, *, saturate: bool = True) -> Array:
    """Scaled numbers as `dtype`: rounded to the nearest even, moved by the zero point, held within range."""
    shift = x.dtype.type(0) if zero_point is None else widened(zero_point).astype(x.dtype)
    if dtype not in _RANGES:
        return cast(x + shift, dtype, saturate=saturate)
    least, greatest = _RANGES[dtype]
    whole = np.clip(np.rint(x) + shift, least, greatest)
    return np.asarray(whole.astype(np.int32).astype(dtype.numpy))


def centred(x: Array, zero_point: Array | None) -> Array:
    """Quantised numbers less their zero point: integers as int32, small floats as float32."""
    wide = widened(x) if "float" in x.dtype.name else x.astype(np.int32)
    return wide if zero_point is None else wide - zero_point.astype(wide.dtype)


@dataclass(frozen=True)
class Linear(Operator):
    """What both directions share: along which axis, and how far, a scale reaches."""

    axis: int = 1
    block_size: int = attribute(0, at_least=0)  # makes a field
    output_dtype: DType | None = None

    def __post_init__(self) -> None:
        for name in ("output_dtype", "precision"):  # ONNX writes 0 for "not given"
            if getattr(self, name, None) == 0:
                object.__setattr__(self, name, None)
        super().__post_init__()

    def check_scale(self, x: Shape | None, scale: TensorType, zero_point: TensorType | None) -> None:
        """Raises ShapeError where the scale does not fit x, or the zero point not the scale."""
        if zero_point is not None and not _fit(zero_point.shape, scale.shape):
            raise ShapeError(f"the zero point {zero_point} must have the shape of the scale {scale}.")
        if x is None or scale.shape is None or scale.shape in ((), (1,)):
            return
        axis = axis_in(self.axis, len(x))
        expected: Shape = (x[axis],)
        if self.block_size:
            expected = tuple(dims.ceildiv(n, self.block_size) if i == axis else n for i, n in enumerate(x))
        elif len(scale.shape) > 1:
            raise ShapeError(f"a scale {show(scale.shape)} of several axes needs a block_size.")
        if not _fit(scale.shape, expected):
            raise ShapeError(f"x {show(x)} needs a scale {show(expected)} or (), not {show(scale.shape)}.")

    def spread(self, scale: Array, shape: tuple[int, ...]) -> Array:
        """`scale` (or a zero point) in a form that broadcasts against a tensor of `shape`."""
        if scale.ndim == 0 or scale.shape == (1,):
            return scale.reshape(())
        axis = axis_in(self.axis, len(shape))
        if self.block_size:
            repeated = np.repeat(scale, self.block_size, axis=axis)
            return repeated[(slice(None),) * axis + (slice(shape[axis]),)]
        return scale.reshape(tuple(-1 if i == axis else 1 for i in range(len(shape))))


def _fit(a: Shape | None, b: Shape | None) -> bool:
    """Whether two shapes may be the same, where () is as good as (1,)."""
    if a is None or b is None:
        return True
    a, b = a or (1,), b or (1,)
    return len(a) == len(b) and all(dims.equal(m, n) is not False for m, n in zip(a, b, strict=True))


@operator(since=23)
class QuantizeLinear(Linear):
    """x / scale, rounded, plus the zero point, held within the range of the result's type.

    (…), scale, zero point → (…)  https://onnx.ai/onnx/operators/onnx__QuantizeLinear.html
    output_dtype: where no zero point tells it; else uint8. precision: float type of the division; None for
    that of the scale. saturate: as in Cast, for float8.
    """

    dtypes = {"x": _SCALES | {DType.int32}, "y_scale": _SCALES | {DType.int32}, "y_zero_point": QUANTIZED}
    output_dtype: DType | None = attribute(None, one_of=tuple(sorted(QUANTIZED)))
    precision: DType | None = attribute(None, one_of=tuple(sorted(FLOATS)))
    saturate: bool = True

    def infer(self, x: TensorType, y_scale: TensorType, y_zero_point: TensorType | None = None) -> TensorType:
        self.check_scale(x.shape, y_scale, y_zero_point)
        if y_zero_point is not None and self.output_dtype not in (None, y_zero_point.dtype):
            raise ShapeError(f"output_dtype {self.output_dtype} differs from the zero point {y_zero_point}.")
        return x.with_dtype(self._result(None if y_zero_point is None else y_zero_point.dtype))

    def _result(self, zero_point: DType | None) -> DType:
        return self.output_dtype or zero_point or DType.uint8

    @quiet
    def run(self, x: Array, y_scale: Array, y_zero_point: Array | None = None) -> Array:
        precision = y_scale.dtype if self.precision is None else self.precision.numpy
        if precision.kind == "i":
            precision = np.dtype(np.float64)
        scaled = widened(x.astype(precision) / self.spread(y_scale, x.shape).astype(precision))
        shift = None if y_zero_point is None else self.spread(y_zero_point, x.shape)
        dtype = self._result(None if y_zero_point is None else DType.of(y_zero_point.dtype))
        return quantized(scaled, shift, dtype, saturate=self.saturate)


@operator(since=23)
class DequantizeLinear(Linear):
    """(x − zero point) · scale, in the type of the scale unless output_dtype says another.

    (…), scale, zero point → (…)  https://onnx.ai/onnx/operators/onnx__DequantizeLinear.html
    """

    dtypes = {
        "x": QUANTIZED | {DType.int32},
        "x_scale": _SCALES,
        "x_zero_point": QUANTIZED | {DType.int32},
    }
    output_dtype: DType | None = attribute(None, one_of=tuple(sorted(_SCALES)))

    def infer(self, x: TensorType, x_scale: TensorType, x_zero_point: TensorType | None = None) -> TensorType:
        same_dtype(x, x_zero_point)
        self.check_scale(x.shape, x_scale, x_zero_point)
        return x.with_dtype(self.output_dtype or x_scale.dtype)

    @quiet
    def run(self, x: Array, x_scale: Array, x_zero_point: Array | None = None) -> Array:
        scale = widened(self.spread(x_scale, x.shape))
        shift = None if x_zero_point is None else self.spread(x_zero_point, x.shape)
        result = np.asarray(centred(x, shift).astype(scale.dtype) * scale)
        return rounded(result, x_scale.dtype if self.output_dtype is None else self.output_dtype.numpy)


@operator(since=11)
class DynamicQuantizeLinear(Operator):
    """x as uint8, with a scale and a zero point chosen so that its range, and 0, just fit.

    (…) → uint8 (…), (), uint8 ()  https://onnx.ai/onnx/operators/onnx__DynamicQuantizeLinear.html
    """

    dtypes = {"x": frozenset({DType.float32})}

    def infer(self, x: TensorType) -> tuple[TensorType, TensorType, TensorType]:
        return x.with_dtype(DType.uint8), TensorType(x.dtype, ()), TensorType(DType.uint8, ())

    @quiet
    def run(self, x: Array) -> tuple[Array, Array, Array]:
        least, greatest = x.min(initial=0), x.max(initial=0)
        scale = np.asarray((greatest - least) / x.dtype.type(255) if greatest > least else x.dtype.type(1))
        zero_point = quantized(-least / scale, None, DType.uint8)
        return quantized(x / scale, zero_point, DType.uint8), scale, zero_point
