"""Losses of classification. x is (batch, classes, d₁, …), the target (batch, d₁, …) holds right classes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from irkit.errors import ArgumentError, ShapeError
from irkit.ir import Array, DType, TensorType, unify
from irkit.ir.types import FLOATS
from irkit.operators.attributes import attribute
from irkit.operators.base import Operator, operator
from irkit.operators.rules import quiet, rounded, same_dtype, show, widened
from irkit.operators.softmax import log_softmax

__all__ = ["NegativeLogLikelihoodLoss", "SoftmaxCrossEntropyLoss"]

_INDEX = frozenset({DType.int32, DType.int64})


@dataclass(frozen=True)
class ClassLoss(Operator):
    """What both losses share: how the loss of each sample is weighted and reduced.

    ignore_index: targets of this class cost nothing. reduction: "none", "sum", or "mean" weighted by class.
    """

    ignore_index: int | None = None
    reduction: str = attribute("mean", one_of=("none", "sum", "mean"))  # makes a field

    def loss_type(self, x: TensorType, target: TensorType, weight: TensorType | None) -> TensorType:
        dtype = same_dtype(x, weight)
        _check_shapes(x, target, weight)
        return TensorType(dtype, target.shape if self.reduction == "none" else ())

    def loss(self, logarithms: Array, target: Array, weight: Array | None) -> Array:
        """Logarithms of probabilities, right classes, weights of classes → the reduced loss."""
        ignored = np.zeros(target.shape, bool) if self.ignore_index is None else target == self.ignore_index
        index = np.where(ignored, 0, target)
        _check_classes(index, logarithms.shape[1])
        weights = np.ones(index.shape, logarithms.dtype) if weight is None else widened(weight)[index]
        weights = np.where(ignored, 0, weights).astype(logarithms.dtype)
        picked = np.take_along_axis(logarithms, index[:, None], axis=1)[:, 0]
        losses = np.where(ignored, 0, -picked * weights)
        if self.reduction == "none":
            return losses
        return np.asarray(losses.sum() / weights.sum() if self.reduction == "mean" else losses.sum())


def _check_shapes(x: TensorType, target: TensorType, weight: TensorType | None) -> None:
    if weight is not None and weight.rank not in (None, 1):
        raise ShapeError(f"the weights of the classes must be a vector, not {weight}.")
    if x.shape is None or target.shape is None:
        return
    if len(x.shape) < 2 or len(target.shape) != len(x.shape) - 1:
        raise ShapeError(f"x {show(x.shape)} needs a target without its axis 1, not {show(target.shape)}.")
    for size, other in zip((x.shape[0], *x.shape[2:]), target.shape, strict=True):
        unify(size, other)
    if weight is not None and weight.shape is not None:
        unify(weight.shape[0], x.shape[1])


def _check_classes(index: Array, classes: int) -> None:
    wrong = index[(index < 0) | (index >= classes)]
    if wrong.size:
        raise ArgumentError(f"the target names class {wrong[0]}; there are {classes}.")


@operator(since=22)
class NegativeLogLikelihoodLoss(ClassLoss):
    """−w · x at the right class, where x holds logarithms of probabilities.

    (b, classes, …), int (b, …), (classes) → () or (b, …)
    https://onnx.ai/onnx/operators/onnx__NegativeLogLikelihoodLoss.html
    """

    dtypes = {"x": FLOATS, "target": _INDEX, "weight": FLOATS}

    def infer(self, x: TensorType, target: TensorType, weight: TensorType | None = None) -> TensorType:
        return self.loss_type(x, target, weight)

    @quiet
    def run(self, x: Array, target: Array, weight: Array | None = None) -> Array:
        return rounded(self.loss(widened(x), target, weight), x.dtype)


@operator(since=13)
class SoftmaxCrossEntropyLoss(ClassLoss):
    """−w · log softmax(x) at the right class; and log softmax(x) itself, if wanted.

    (b, classes, …), int (b, …), (classes) → () or (b, …), (b, classes, …)
    https://onnx.ai/onnx/operators/onnx__SoftmaxCrossEntropyLoss.html
    """

    default_outputs = 1
    dtypes = {"x": FLOATS, "target": _INDEX, "weight": FLOATS}

    def infer(
        self, x: TensorType, target: TensorType, weight: TensorType | None = None
    ) -> tuple[TensorType, TensorType]:
        return self.loss_type(x, target, weight), x

    @quiet
    def run(self, x: Array, target: Array, weight: Array | None = None) -> tuple[Array, Array]:
        logarithms = log_softmax(widened(x), 1)
        loss = self.loss(logarithms, target, weight)
        return rounded(loss, x.dtype), rounded(logarithms, x.dtype)
