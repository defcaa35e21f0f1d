"""Comparisons and tests of numbers, element by element. Inputs broadcast as in numpy; results are bool."""

from __future__ import annotations

import numpy as np

from irkit.ir import Array, DType, TensorType, dims
from irkit.ir.dims import Dim
from irkit.ir.types import FLOATS, NUMERIC, SMALL_FLOATS
from irkit.operators.arithmetic import Binary, Unary
from irkit.operators.base import operator
from irkit.operators.rules import quiet, widened

__all__ = ["Equal", "Greater", "GreaterOrEqual", "IsInf", "IsNaN", "Less", "LessOrEqual"]


class Comparison(Binary):
    """Two tensors of one dtype → bool: (…), (…) → (…)."""

    shape_arithmetic = True

    def infer(self, a: TensorType, b: TensorType) -> TensorType:
        return super().infer(a, b).with_dtype(DType.bool)


def _decided(verdict: bool | None) -> bool:
    if verdict is None:
        raise ValueError("the comparison depends on symbolic sizes")
    return verdict


def _same(a: Dim | str, b: Dim | str) -> bool:
    if isinstance(a, str) or isinstance(b, str):
        return a == b
    return _decided(dims.equal(a, b))


# Of arrays of objects: strings, or symbolic sizes.
_equal = np.frompyfunc(_same, 2, 1)
_reaches = np.frompyfunc(lambda a, b: _decided(dims.at_least(a, b)), 2, 1)


def _at_least(a: Array, b: Array) -> Array:
    if object in (a.dtype, b.dtype):
        return np.asarray(_reaches(a, b)).astype(bool)
    return np.asarray(np.greater_equal(a, b))


def _more(a: Array, b: Array) -> Array:
    """a > b. Of sizes, it is a >= b + 1; of floats it is not the opposite of b >= a, because of NaN."""
    if object in (a.dtype, b.dtype):
        return np.asarray(_reaches(a, b.astype(object) + 1)).astype(bool)
    return np.asarray(np.greater(a, b))


@operator(since=19)
class Equal(Comparison):
    """a = b.  https://onnx.ai/onnx/operators/onnx__Equal.html"""

    dtypes = {"a": NUMERIC | {DType.bool, DType.string}, "b": NUMERIC | {DType.bool, DType.string}}

    def run(self, a: Array, b: Array) -> Array:
        if object in (a.dtype, b.dtype):
            return np.asarray(_equal(a, b)).astype(bool)
        return np.asarray(np.equal(a, b))


@operator(since=13)
class Greater(Comparison):
    """a > b.  https://onnx.ai/onnx/operators/onnx__Greater.html"""

    @quiet
    def run(self, a: Array, b: Array) -> Array:
        return _more(a, b)


@operator(since=16)
class GreaterOrEqual(Comparison):
    """a ≥ b.  https://onnx.ai/onnx/operators/onnx__GreaterOrEqual.html"""

    @quiet
    def run(self, a: Array, b: Array) -> Array:
        return _at_least(a, b)


@operator(since=13)
class Less(Comparison):
    """a < b.  https://onnx.ai/onnx/operators/onnx__Less.html"""

    @quiet
    def run(self, a: Array, b: Array) -> Array:
        return _more(b, a)


@operator(since=16)
class LessOrEqual(Comparison):
    """a ≤ b.  https://onnx.ai/onnx/operators/onnx__LessOrEqual.html"""

    @quiet
    def run(self, a: Array, b: Array) -> Array:
        return _at_least(b, a)


class Predicate(Unary):
    """A question to each float: (…) → bool (…)."""

    dtypes = {"x": FLOATS | SMALL_FLOATS - {DType.float4e2m1, DType.float8e8m0}}

    def infer(self, x: TensorType) -> TensorType:
        return x.with_dtype(DType.bool)


@operator(since=20)
class IsInf(Predicate):
    """Whether x is infinite, of the signs asked for.  https://onnx.ai/onnx/operators/onnx__IsInf.html"""

    detect_negative: bool = True
    detect_positive: bool = True

    def run(self, x: Array) -> Array:
        wide = widened(x)
        negative = np.isneginf(wide) if self.detect_negative else False
        positive = np.isposinf(wide) if self.detect_positive else False
        return np.asarray(negative | positive | np.zeros(x.shape, bool))


@operator(since=20)
class IsNaN(Predicate):
    """Whether x is not a number.  https://onnx.ai/onnx/operators/onnx__IsNaN.html"""

    def run(self, x: Array) -> Array:
        return np.asarray(np.isnan(widened(x)))
