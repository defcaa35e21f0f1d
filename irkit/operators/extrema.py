"""The larger and the smaller of several, element by element. NaN wins, as in numpy."""

from __future__ import annotations

from functools import reduce

import numpy as np

from irkit.ir import Array, TensorType, dims
from irkit.ir.types import NUMERIC
from irkit.operators.arithmetic import Variadic
from irkit.operators.base import Operator, operator
from irkit.operators.rules import check_one, quiet, same_dtype

__all__ = ["Clip", "Max", "Min"]

_largest_size = np.frompyfunc(dims.maximum, 2, 1)
_smallest_size = np.frompyfunc(dims.minimum, 2, 1)


def maximum(a: Array, b: Array) -> Array:
    """The larger of numbers, or of symbolic sizes."""
    return np.asarray((_largest_size if object in (a.dtype, b.dtype) else np.maximum)(a, b))


def minimum(a: Array, b: Array) -> Array:
    """The smaller of numbers, or of symbolic sizes."""
    return np.asarray((_smallest_size if object in (a.dtype, b.dtype) else np.minimum)(a, b))


@operator(since=13)
class Max(Variadic):
    """max(a, b, c, …).  https://onnx.ai/onnx/operators/onnx__Max.html"""

    dtypes = {"data": NUMERIC}
    shape_arithmetic = True

    @quiet
    def run(self, *data: Array) -> Array:
        return reduce(maximum, data)


@operator(since=13)
class Min(Variadic):
    """min(a, b, c, …).  https://onnx.ai/onnx/operators/onnx__Min.html"""

    dtypes = {"data": NUMERIC}
    shape_arithmetic = True

    @quiet
    def run(self, *data: Array) -> Array:
        return reduce(minimum, data)


@operator(since=13)
class Clip(Operator):
    """min(max, max(x, min)): x held between two bounds, each of which may be missing; `max` wins.

    (…), (), () → (…)  https://onnx.ai/onnx/operators/onnx__Clip.html
    """

    dtypes = {"x": NUMERIC, "min": NUMERIC, "max": NUMERIC}
    shape_arithmetic = True

    def infer(
        self, x: TensorType, min: TensorType | None = None, max: TensorType | None = None
    ) -> TensorType:
        same_dtype(x, min, max)
        check_one(min=min, max=max)
        return x

    @quiet
    def run(self, x: Array, min: Array | None = None, max: Array | None = None) -> Array:
        lower = x if min is None else maximum(x, min.reshape(()))
        return lower if max is None else minimum(lower, max.reshape(()))
