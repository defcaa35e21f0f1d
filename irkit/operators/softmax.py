"""Softmax and its relatives, along one axis: (…, n, …) → (…, n, …)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from irkit.ir import Array, TensorType
from irkit.operators.arithmetic import Formula
from irkit.operators.base import operator
from irkit.operators.rules import axis_in

__all__ = ["Hardmax", "LogSoftmax", "Softmax"]


def softmax(x: Array, axis: int) -> Array:
    """eˣ / Σ eˣ; the largest is taken out first, so that no exponential overflows."""
    result = x - _largest(x, axis)
    np.exp(result, out=result)
    result /= result.sum(axis=axis, keepdims=True)
    return np.asarray(result)


def log_softmax(x: Array, axis: int) -> Array:
    """x − log Σ eˣ."""
    shifted = x - _largest(x, axis)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True)))


def _largest(x: Array, axis: int) -> Array:
    return np.asarray(x.max(axis=axis, keepdims=True, initial=-np.inf))


@dataclass(frozen=True)
class AlongAxis(Formula):
    """One float tensor, normalised along `axis`."""

    axis: int = -1

    def infer(self, x: TensorType) -> TensorType:
        if x.rank is not None:
            axis_in(self.axis, x.rank)
        return x


@operator(since=13)
class Softmax(AlongAxis):
    """eˣ / Σ eˣ.  https://onnx.ai/onnx/operators/onnx__Softmax.html"""

    def formula(self, x: Array) -> Array:
        return softmax(x, self.axis)


@operator(since=13)
class LogSoftmax(AlongAxis):
    """x − log Σ eˣ.  https://onnx.ai/onnx/operators/onnx__LogSoftmax.html"""

    def formula(self, x: Array) -> Array:
        return log_softmax(x, self.axis)


@operator(since=13)
class Hardmax(AlongAxis):
    """1 at the first of the largest, else 0.  https://onnx.ai/onnx/operators/onnx__Hardmax.html"""

    def formula(self, x: Array) -> Array:
        result = np.zeros_like(x)
        if x.size:
            np.put_along_axis(result, x.argmax(axis=self.axis, keepdims=True), 1, self.axis)
        return result
