"""Elementwise arithmetic. Inputs broadcast as in numpy; integers wrap around."""

from __future__ import annotations

from functools import reduce

import numpy as np

from irkit.errors import ShapeError
from irkit.ir import Array, TensorType, dims
from irkit.ir.dims import Dim
from irkit.ir.types import FLOATS, NUMERIC, SIGNED, DType
from irkit.operators.base import Operator, operator
from irkit.operators.rules import broadcast_shapes, quiet, rounded, same_dtype, widened

__all__ = ["Add", "Div", "Mean", "Mod", "Mul", "Neg", "Pow", "Sub", "Sum"]


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


class Formula(Unary):
    """One float tensor, element by element, in several steps: in float32 at least, rounded once."""

    @quiet
    def run(self, x: Array) -> Array:
        return np.asarray(rounded(self.formula(widened(x)), x.dtype))

    def formula(self, x: Array) -> Array:
        raise NotImplementedError


class Variadic(Operator):
    """Any number of tensors of one dtype, broadcast against each other: (…), (…), … → (…)."""

    dtypes = {"data": FLOATS}

    def infer(self, *data: TensorType) -> TensorType:
        if not data:
            raise ShapeError(f"{self.name} needs at least one input.")
        return TensorType(same_dtype(*data), broadcast_shapes(*(x.shape for x in data)))


@operator(since=14)
class Add(Binary):
    """a + b.  https://onnx.ai/onnx/operators/onnx__Add.html"""

    shape_arithmetic = True

    @quiet
    def run(self, a: Array, b: Array) -> Array:
        return np.asarray(np.add(a, b))


@operator(since=14)
class Sub(Binary):
    """a − b.  https://onnx.ai/onnx/operators/onnx__Sub.html"""

    shape_arithmetic = True

    @quiet
    def run(self, a: Array, b: Array) -> Array:
        return np.asarray(np.subtract(a, b))


@operator(since=14)
class Mul(Binary):
    """a · b.  https://onnx.ai/onnx/operators/onnx__Mul.html"""

    shape_arithmetic = True

    @quiet
    def run(self, a: Array, b: Array) -> Array:
        return np.asarray(np.multiply(a, b))


@operator(since=14)
class Div(Binary):
    """a / b; integers truncate towards zero, as in C, and give 0 for a zero divisor.

    https://onnx.ai/onnx/operators/onnx__Div.html
    """

    shape_arithmetic = True

    @quiet
    def run(self, a: Array, b: Array) -> Array:
        if a.dtype == object or b.dtype == object:
            return np.asarray(_quotients(a, b))
        if a.dtype.kind not in "iu":
            return np.asarray(np.divide(a, b))
        if a.dtype.kind == "u":
            return np.asarray(np.floor_divide(a, b))
        exact = a - np.fmod(a, b)  # so that rounding down has nothing to round
        return np.asarray(np.floor_divide(exact, b))


def _truncated(a: Dim, b: Dim) -> Dim:
    """a / b towards zero, of sizes: rounding down does that where both are known not to be negative."""
    if dims.at_least(b, 0 if isinstance(b, dims.Expression) else 1) is not True:
        raise ValueError(f"division by {b}, which may not be positive")
    if dims.at_least(a, 0) is True:
        return dims.floordiv(a, b)
    return dims.floordiv(dims.maximum(a, 0), b) - dims.floordiv(dims.maximum(-a, 0), b)


_quotients = np.frompyfunc(_truncated, 2, 1)


@operator(since=13)
class Mod(Binary):
    """Remainder of a / b, with the sign of b (of a with fmod). Integers give 0 for a zero divisor.

    fmod: as C's function of that name; required for floats.  https://onnx.ai/onnx/operators/onnx__Mod.html
    """

    shape_arithmetic = True
    fmod: bool = False

    def infer(self, a: TensorType, b: TensorType) -> TensorType:
        if a.dtype in FLOATS and not self.fmod:
            raise ShapeError(f"Mod of {a.dtype} has only the meaning of C's fmod.", cure="Set fmod=1.")
        return super().infer(a, b)

    @quiet
    def run(self, a: Array, b: Array) -> Array:
        if not self.fmod:
            return np.asarray(np.remainder(a, b))
        if a.dtype == object or b.dtype == object:
            return np.asarray(_remainders(a, b))
        return np.asarray(rounded(np.fmod(widened(a), widened(b)), a.dtype))


_remainders = np.frompyfunc(lambda a, b: a - _truncated(a, b) * b, 2, 1)


@operator(since=13)
class Neg(Unary):
    """−x.  https://onnx.ai/onnx/operators/onnx__Neg.html"""

    dtypes = {"x": FLOATS | SIGNED}
    shape_arithmetic = True

    def run(self, x: Array) -> Array:
        return np.asarray(np.negative(x))


@operator(since=15)
class Pow(Operator):
    """xʸ, in the type of x.  (…), (…) → (…)  https://onnx.ai/onnx/operators/onnx__Pow.html"""

    dtypes = {"x": FLOATS | {DType.int32, DType.int64}, "y": NUMERIC}

    def infer(self, x: TensorType, y: TensorType) -> TensorType:
        return TensorType(x.dtype, broadcast_shapes(x.shape, y.shape))

    @quiet
    def run(self, x: Array, y: Array) -> Array:
        if x.dtype.kind == "i":
            return _integer_power(x, y)
        base = widened(x)
        if y.size == 1 and y.ndim <= x.ndim:
            exponent = y.astype(np.float64).item()  # numpy squares, and takes roots, for a plain number
            power = (base**exponent).reshape(x.shape)
        else:
            power = np.power(base, y.astype(base.dtype))
        return np.asarray(rounded(power, x.dtype))


def _integer_power(x: Array, y: Array) -> Array:
    """Integers to integer powers wrap around; to negative or broken powers they are truncated."""
    if y.dtype.kind in "iu" and not (y < 0).any():
        return np.asarray(np.power(x, y.astype(x.dtype)))
    return np.asarray(np.power(x.astype(np.float64), y.astype(np.float64)).astype(x.dtype))


@operator(since=13)
class Sum(Variadic):
    """a + b + c + …  https://onnx.ai/onnx/operators/onnx__Sum.html"""

    def run(self, *data: Array) -> Array:
        return _total(data, 1)


@operator(since=13)
class Mean(Variadic):
    """(a + b + c + …) / their number.  https://onnx.ai/onnx/operators/onnx__Mean.html"""

    def run(self, *data: Array) -> Array:
        return _total(data, len(data))


@quiet
def _total(data: tuple[Array, ...], divisor: int) -> Array:
    total = reduce(np.add, [widened(x) for x in data])
    return np.asarray(rounded(total if divisor == 1 else total / divisor, data[0].dtype))
