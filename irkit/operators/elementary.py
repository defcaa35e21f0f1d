"""Elementary functions, element by element: (…) → (…). Undefined results are NaN, poles infinite."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from irkit.ir import Array
from irkit.ir.types import NUMERIC
from irkit.operators.arithmetic import Unary
from irkit.operators.base import operator
from irkit.operators.rules import quiet

__all__ = [
    "Abs",
    "Acos",
    "Acosh",
    "Asin",
    "Asinh",
    "Atan",
    "Atanh",
    "Ceil",
    "Cos",
    "Cosh",
    "Exp",
    "Floor",
    "Log",
    "Reciprocal",
    "Round",
    "Sign",
    "Sin",
    "Sinh",
    "Sqrt",
    "Tan",
    "Tanh",
]


class Elementary(Unary):
    """One of numpy's functions. numpy computes its narrow floats in float32 and rounds once."""

    function: ClassVar[np.ufunc]

    @quiet
    def run(self, x: Array) -> Array:
        return np.asarray(self.function(x))


# ---- size and sign


@operator(since=13)
class Abs(Elementary):
    """|x|. The smallest integer has no positive twin and stays.  https://onnx.ai/onnx/operators/onnx__Abs.html"""

    dtypes = {"x": NUMERIC}
    function = np.absolute


@operator(since=13)
class Sign(Elementary):
    """-1, 0 or 1.  https://onnx.ai/onnx/operators/onnx__Sign.html"""

    dtypes = {"x": NUMERIC}
    function = np.sign


# ---- rounding


@operator(since=13)
class Floor(Elementary):
    """The greatest whole number that does not exceed x.  https://onnx.ai/onnx/operators/onnx__Floor.html"""

    function = np.floor


@operator(since=13)
class Ceil(Elementary):
    """The least whole number that x does not exceed.  https://onnx.ai/onnx/operators/onnx__Ceil.html"""

    function = np.ceil


@operator(since=22)
class Round(Elementary):
    """The nearest whole number, the even one of two.  https://onnx.ai/onnx/operators/onnx__Round.html"""

    function = np.rint


# ---- powers and logarithms


@operator(since=13)
class Reciprocal(Elementary):
    """1 / x.  https://onnx.ai/onnx/operators/onnx__Reciprocal.html"""

    function = np.reciprocal


@operator(since=13)
class Sqrt(Elementary):
    """√x.  https://onnx.ai/onnx/operators/onnx__Sqrt.html"""

    function = np.sqrt


@operator(since=13)
class Exp(Elementary):
    """eˣ.  https://onnx.ai/onnx/operators/onnx__Exp.html"""

    function = np.exp


@operator(since=13)
class Log(Elementary):
    """Natural logarithm of x.  https://onnx.ai/onnx/operators/onnx__Log.html"""

    function = np.log


# ---- of angles, in radians


@operator(since=22)
class Sin(Elementary):
    """sin x.  https://onnx.ai/onnx/operators/onnx__Sin.html"""

    function = np.sin


@operator(since=22)
class Cos(Elementary):
    """cos x.  https://onnx.ai/onnx/operators/onnx__Cos.html"""

    function = np.cos


@operator(since=22)
class Tan(Elementary):
    """tan x.  https://onnx.ai/onnx/operators/onnx__Tan.html"""

    function = np.tan


@operator(since=22)
class Asin(Elementary):
    """The angle in [-π/2, π/2] whose sine is x.  https://onnx.ai/onnx/operators/onnx__Asin.html"""

    function = np.arcsin


@operator(since=22)
class Acos(Elementary):
    """The angle in [0, π] whose cosine is x.  https://onnx.ai/onnx/operators/onnx__Acos.html"""

    function = np.arccos


@operator(since=22)
class Atan(Elementary):
    """The angle in (-π/2, π/2) whose tangent is x.  https://onnx.ai/onnx/operators/onnx__Atan.html"""

    function = np.arctan


# ---- hyperbolic


@operator(since=22)
class Sinh(Elementary):
    """(eˣ − e⁻ˣ) / 2.  https://onnx.ai/onnx/operators/onnx__Sinh.html"""

    function = np.sinh


@operator(since=22)
class Cosh(Elementary):
    """(eˣ + e⁻ˣ) / 2.  https://onnx.ai/onnx/operators/onnx__Cosh.html"""

    function = np.cosh


@operator(since=13)
class Tanh(Elementary):
    """sinh x / cosh x.  https://onnx.ai/onnx/operators/onnx__Tanh.html"""

    function = np.tanh


@operator(since=22)
class Asinh(Elementary):
    """The number whose hyperbolic sine is x.  https://onnx.ai/onnx/operators/onnx__Asinh.html"""

    function = np.arcsinh


@operator(since=22)
class Acosh(Elementary):
    """The number of at least 0 whose hyperbolic cosine is x.  https://onnx.ai/onnx/operators/onnx__Acosh.html"""

    function = np.arccosh


@operator(since=22)
class Atanh(Elementary):
    """The number whose hyperbolic tangent is x.  https://onnx.ai/onnx/operators/onnx__Atanh.html"""

    function = np.arctanh
