"""Writing elements at given places: what Gather and its kin read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from irkit.errors import ShapeError
from irkit.ir import Array, DType, TensorType, unify
from irkit.ir.types import NUMERIC
from irkit.operators.attributes import attribute
from irkit.operators.base import Operator, operator
from irkit.operators.indexing import INDICES, INT64, along, check_same_rank, out_of_range, tuple_places
from irkit.operators.rules import MOVABLE, axis_in, rounded, same_dtype, show, widened

__all__ = ["ScatterElements", "ScatterND"]

REDUCTIONS = {"add": np.add, "mul": np.multiply, "max": np.maximum, "min": np.minimum}


def written(data: Array, places: tuple[Array, ...], updates: Array, reduction: str) -> Array:
    """A copy of `data` in which updates replace what was there, or are combined with it one by one."""
    try:
        if reduction == "none":
            result = data.copy()
            result[places] = updates
            return result
        wide = widened(data).copy()
        with np.errstate(all="ignore"):
            REDUCTIONS[reduction].at(wide, places, widened(updates))
        return rounded(wide, data.dtype)
    except IndexError as error:
        raise out_of_range(error) from None


def check_reducible(data: TensorType, reduction: str) -> None:
    """Raises ShapeError for a reduction of text, or a sum of truths."""
    if reduction != "none" and data.dtype not in NUMERIC | {DType.bool}:
        raise ShapeError(f"elements of {data.dtype} have no {reduction!r}.")


@operator(since=18)
class ScatterElements(Operator):
    """One update for each index: data[indices[i][j]][j] = updates[i][j] for axis 0, or `reduction` of both.
    https://onnx.ai/onnx/operators/onnx__ScatterElements.html

    (n₀, …, n_r), `indices` (m₀, …, m_r), `updates` (m₀, …, m_r) → (n₀, …, n_r)
    """

    axis: int = 0
    reduction: str = attribute("none", one_of=("none", "add", "mul", "max", "min"))
    dtypes = {"data": MOVABLE, "indices": INDICES, "updates": MOVABLE}

    def infer(self, data: TensorType, indices: TensorType, updates: TensorType) -> TensorType:
        same_dtype(data, updates)
        check_reducible(data, self.reduction)
        check_same_rank(data, indices, self.axis)
        if indices.shape is not None and updates.shape is not None:
            if len(indices.shape) != len(updates.shape):
                raise ShapeError(
                    f"indices {show(indices.shape)} and updates {show(updates.shape)} must be alike."
                )
            for a, b in zip(indices.shape, updates.shape, strict=True):
                unify(a, b)
        return data

    def run(self, data: Array, indices: Array, updates: Array) -> Array:
        axis = axis_in(self.axis, data.ndim)
        return written(data, along(indices, axis, data.shape), updates, self.reduction)


@operator(since=18)
class ScatterND(Operator):
    """One slice of updates for each place that the last axis of `indices` names, or `reduction` of both.
    https://onnx.ai/onnx/operators/onnx__ScatterND.html

    (n₁, …, n_k, c…), `indices` (i…, k) int64, `updates` (i…, c…) → (n₁, …, n_k, c…)
    """

    reduction: str = attribute("none", one_of=("none", "add", "mul", "max", "min"))
    dtypes = {"data": MOVABLE, "indices": INT64, "updates": MOVABLE}

    def infer(self, data: TensorType, indices: TensorType, updates: TensorType) -> TensorType:
        same_dtype(data, updates)
        check_reducible(data, self.reduction)
        if data.shape is None or indices.shape is None:
            return data
        if not data.shape or not indices.shape:
            raise ShapeError(
                f"ScatterND needs axes: data is {show(data.shape)}, indices {show(indices.shape)}."
            )
        width = indices.shape[-1]
        if isinstance(width, int):
            if not 0 <= width <= len(data.shape):
                raise ShapeError(f"indices of {width} axes do not fit {show(data.shape)}.")
            self._check_updates(updates, (*indices.shape[:-1], *data.shape[width:]))
        return data

    def _check_updates(self, updates: TensorType, wanted: Sequence[Any]) -> None:
        if updates.shape is None:
            return
        if len(updates.shape) != len(wanted):
            raise ShapeError(f"updates must be {show(wanted)}, not {show(updates.shape)}.")
        for a, b in zip(updates.shape, wanted, strict=True):
            unify(a, b)

    def run(self, data: Array, indices: Array, updates: Array) -> Array:
        return written(data, tuple_places(indices), updates, self.reduction)
