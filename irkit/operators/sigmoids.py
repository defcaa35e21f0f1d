"""Smooth activations: (…) → (…), element by element. (Tanh is among the elementary functions.)"""

from __future__ import annotations

import math

import numpy as np

from irkit.ir import Array
from irkit.operators.arithmetic import Formula
from irkit.operators.attributes import attribute
from irkit.operators.base import operator
from irkit.operators.error_function import normal

__all__ = ["Gelu", "Mish", "Sigmoid", "Softplus", "Softsign"]


def sigmoid(x: Array) -> Array:
    """1 / (1 + e⁻ˣ)."""
    return np.asarray(1 / (1 + np.exp(-x)))


def softplus(x: Array) -> Array:
    """log(1 + eˣ), where eˣ may overflow."""
    return np.asarray(np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x))))


@operator(since=13)
class Sigmoid(Formula):
    """1 / (1 + e⁻ˣ).  https://onnx.ai/onnx/operators/onnx__Sigmoid.html"""

    def formula(self, x: Array) -> Array:
        return sigmoid(x)


@operator(since=22)
class Softplus(Formula):
    """log(1 + eˣ).  https://onnx.ai/onnx/operators/onnx__Softplus.html"""

    def formula(self, x: Array) -> Array:
        return softplus(x)


@operator(since=22)
class Softsign(Formula):
    """x / (1 + |x|).  https://onnx.ai/onnx/operators/onnx__Softsign.html"""

    def formula(self, x: Array) -> Array:
        return np.asarray(x / (1 + np.abs(x)))


@operator(since=22)
class Mish(Formula):
    """x · tanh(log(1 + eˣ)).  https://onnx.ai/onnx/operators/onnx__Mish.html"""

    def formula(self, x: Array) -> Array:
        return np.asarray(x * np.tanh(softplus(x)))


@operator(since=20)
class Gelu(Formula):
    """x · Φ(x), Φ the normal distribution's.  https://onnx.ai/onnx/operators/onnx__Gelu.html

    approximate: "none", or "tanh" for ½ x (1 + tanh(√(2/π) (x + 0.044715 x³))).
    """

    approximate: str = attribute("none", one_of=("none", "tanh"))

    def formula(self, x: Array) -> Array:
        if self.approximate == "none":
            return np.asarray(x * normal(x))
        # ½ (1 + tanh u) is 1 / (1 + e⁻²ᵘ), in which nothing cancels
        return np.asarray(x * sigmoid(math.sqrt(8 / math.pi) * (x + 0.044715 * x * x * x)))
