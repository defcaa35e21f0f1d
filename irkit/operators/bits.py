"""Readings of bits that ONNX has from opsets 24, 25 and 26 on. The interpreter has them, no runtime of opset 23."""

from __future__ import annotations

import numpy as np

from irkit.errors import ShapeError
from irkit.ir import Array, DType, TensorType
from irkit.ir.types import ANY
from irkit.operators.attributes import attribute
from irkit.operators.base import Operator, operator

__all__ = ["BitCast", "FromPowersOfTwo", "PowersOfTwo", "TwoBits"]

_TWO_BITS = frozenset({DType.int2, DType.uint2})
_TAKEN = {
    DType.int2: (DType.int8, -2, 2),
    DType.uint2: (DType.uint8, 0, 4),
}  # stored as, least, beyond the greatest


@operator(since=1, domain="irkit")
class BitCast(Operator):
    """The same bits, read as elements of another type as wide: (…) → (…).

    https://onnx.ai/onnx/operators/onnx__BitCast.html
    """

    dtypes = {"x": ANY - {DType.string}}
    to: DType = attribute(one_of=tuple(sorted(ANY - {DType.string})))

    def infer(self, x: TensorType) -> TensorType:
        if x.dtype.bits != self.to.bits:
            raise ShapeError(f"{x.dtype} has {x.dtype.bits} bits and {self.to} has {self.to.bits}.")
        return x.with_dtype(self.to)

    def run(self, x: Array) -> Array:
        return np.asarray(np.ascontiguousarray(x).view(self.to.numpy).reshape(x.shape))


@operator(since=1, domain="irkit")
class TwoBits(Operator):
    """Integers of 8 bits as integers of 2 bits, of which the lowest stay, or back: (…) → (…)."""

    dtypes = {"x": frozenset({DType.int8, DType.uint8}) | _TWO_BITS}
    to: DType = attribute(one_of=(DType.uint8, DType.int8, DType.uint2, DType.int2))

    def infer(self, x: TensorType) -> TensorType:
        if (x.dtype in _TWO_BITS) == (self.to in _TWO_BITS):
            raise ShapeError(f"TwoBits leads from 8 bits to 2 or back, not from {x.dtype} to {self.to}.")
        return x.with_dtype(self.to)

    def run(self, x: Array) -> Array:
        if self.to not in _TAKEN:
            return np.asarray(x.astype(np.int8).astype(self.to.numpy))
        stored, least, beyond = _TAKEN[self.to]
        lowest = x.astype(np.int16) & 3
        return np.asarray(
            np.where(lowest < beyond, lowest, lowest + 2 * least).astype(stored.numpy).astype(self.to.numpy)
        )


_BIAS = 127


@operator(since=1, domain="irkit")
class PowersOfTwo(Operator):
    """float32 as float8e8m0, which holds nothing but an exponent: (…) → (…).

    round_mode: to the power above ("up"), below ("down") or the nearest. saturate: what is too large or too small
    becomes the largest or smallest power, else NaN. Negative numbers are NaN.
    """

    dtypes = {"x": frozenset({DType.float32})}
    round_mode: str = attribute("up", one_of=("up", "down", "nearest"))
    saturate: bool = True

    def infer(self, x: TensorType) -> TensorType:
        return x.with_dtype(DType.float8e8m0)

    def run(self, x: Array) -> Array:
        fraction, exponent = np.frexp(x.astype(np.float64))
        rises = {"up": fraction > 0.5, "down": fraction > 1, "nearest": fraction >= 0.75}[self.round_mode]
        code = np.where(x == 0, 0, exponent - 1 + rises + _BIAS)
        code = np.where(np.isinf(x), 255, code)
        code = np.clip(code, 0, 254) if self.saturate else np.where((code < 0) | (code > 254), 255, code)
        code = np.where(np.isnan(x) | (x < 0), 255, code)
        return np.asarray(code.astype(np.uint8).view(DType.float8e8m0.numpy))


@operator(since=1, domain="irkit")
class FromPowersOfTwo(Operator):
    """float8e8m0 as float32, exactly: (…) → (…)."""

    dtypes = {"x": frozenset({DType.float8e8m0})}

    def infer(self, x: TensorType) -> TensorType:
        return x.with_dtype(DType.float32)

    def run(self, x: Array) -> Array:
        return np.asarray(x.astype(np.float32))
