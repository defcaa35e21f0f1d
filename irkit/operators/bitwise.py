"""Operations on the bits of integers. Inputs broadcast as in numpy."""

from __future__ import annotations

import numpy as np

from irkit.ir import Array
from irkit.ir.types import INTEGERS, UNSIGNED
from irkit.operators.arithmetic import Binary, Unary
from irkit.operators.attributes import attribute
from irkit.operators.base import operator

__all__ = ["BitShift", "BitwiseAnd", "BitwiseNot", "BitwiseOr", "BitwiseXor"]


class Bitwise(Binary):
    """Two tensors of integers of one dtype: (…), (…) → (…)."""

    dtypes = {"a": INTEGERS, "b": INTEGERS}


@operator(since=18)
class BitwiseAnd(Bitwise):
    """Bits that both have.  https://onnx.ai/onnx/operators/onnx__BitwiseAnd.html"""

    def run(self, a: Array, b: Array) -> Array:
        return np.asarray(np.bitwise_and(a, b))


@operator(since=18)
class BitwiseOr(Bitwise):
    """Bits that one of them has.  https://onnx.ai/onnx/operators/onnx__BitwiseOr.html"""

    def run(self, a: Array, b: Array) -> Array:
        return np.asarray(np.bitwise_or(a, b))


@operator(since=18)
class BitwiseXor(Bitwise):
    """Bits that exactly one of them has.  https://onnx.ai/onnx/operators/onnx__BitwiseXor.html"""

    def run(self, a: Array, b: Array) -> Array:
        return np.asarray(np.bitwise_xor(a, b))


@operator(since=18)
class BitwiseNot(Unary):
    """Every bit turned over: (…) → (…).  https://onnx.ai/onnx/operators/onnx__BitwiseNot.html"""

    dtypes = {"x": INTEGERS}

    def run(self, x: Array) -> Array:
        return np.asarray(np.invert(x))


@operator(since=11)
class BitShift(Binary):
    """a · 2ᵇ or ⌊a / 2ᵇ⌋, losing what leaves the word.  https://onnx.ai/onnx/operators/onnx__BitShift.html

    direction: "LEFT" or "RIGHT".
    """

    dtypes = {"a": UNSIGNED, "b": UNSIGNED}
    direction: str = attribute(one_of=("LEFT", "RIGHT"))

    def run(self, a: Array, b: Array) -> Array:
        shift = np.left_shift if self.direction == "LEFT" else np.right_shift
        return np.asarray(shift(a, b))
