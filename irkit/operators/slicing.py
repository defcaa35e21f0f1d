"""Cutting pieces out of a tensor, and adding margins around it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np

from irkit.errors import AttributeRangeError, ShapeError
from irkit.ir import Array, Dim, DType, TensorType, dims
from irkit.operators.attributes import attribute
from irkit.operators.base import Operator, operator
from irkit.operators.rules import (
    MOVABLE,
    axes_in,
    fresh,
    fresh_shape,
    length_of,
    numbers_in,
    same_dtype,
    show,
    sizes_in,
    zero_of,
)

__all__ = ["CenterCropPad", "Pad", "Slice"]

INDICES = frozenset({DType.int32, DType.int64})
BEYOND = 2**31 - 1  # what exporters write for "to the end", where they do not write 2**63 - 1
Known: TypeAlias = Sequence[Array | None]


@operator(since=13)
class Slice(Operator):
    """data[…, start:end:step, …], with Python's meaning.  https://onnx.ai/onnx/operators/onnx__Slice.html

    (…, n, …) and `starts`, `ends`, `axes` (default: the first ones), `steps` (default: 1), all (k,)
    → (…, ⌈(end − start)/step⌉, …)
    """

    dtypes = {"data": MOVABLE, "starts": INDICES, "ends": INDICES, "axes": INDICES, "steps": INDICES}
    shape_arithmetic = True

    def infer(
        self,
        data: TensorType,
        starts: TensorType,
        ends: TensorType,
        axes: TensorType | None = None,
        steps: TensorType | None = None,
        *,
        known: Known = (None,) * 5,
    ) -> TensorType:
        if data.shape is None:
            return data
        count, rank = length_of(starts), len(data.shape)
        known = (*known, None, None)[:5]
        named = numbers_in(known[3]) if axes is not None else None if count is None else tuple(range(count))
        if named is None:
            return data.with_shape(fresh_shape("sliced", rank))
        low, high = sizes_in(known[1]), sizes_in(known[2])
        jumps = (1,) * len(named) if steps is None else numbers_in(known[4])
        shape = list(data.shape)
        for i, axis in enumerate(axes_in(named, rank)):
            ready = low is not None and high is not None and jumps is not None
            size = sliced_size(shape[axis], low[i], high[i], jumps[i]) if ready else None  # type: ignore[index]  # ready
            shape[axis] = fresh("sliced") if size is None else size
        return data.with_shape(shape)

    def run(
        self, data: Array, starts: Array, ends: Array, axes: Array | None = None, steps: Array | None = None
    ) -> Array:
        named = axes_in(range(len(starts)) if axes is None else [int(a) for a in axes], data.ndim)
        jumps = [1] * len(starts) if steps is None else steps
        pieces = [slice(None)] * data.ndim
        for axis, start, end, step in zip(named, starts, ends, jumps, strict=True):
            first, last = _clamped(data.shape[axis], int(start), int(end), int(step))
            pieces[axis] = slice(first, None if last < 0 else last, int(step))
        return data[tuple(pieces)]


def _clamped(size: int, start: int, end: int, step: int) -> tuple[int, int]:
    """Start and end brought inside an axis, as ONNX does: backwards, the end may be −1."""
    if step == 0:
        raise AttributeRangeError("Slice cannot step by 0.")
    start, end = start + size if start < 0 else start, end + size if end < 0 else end
    if step > 0:
        return min(max(start, 0), size), min(max(end, 0), size)
    return min(max(start, 0), size - 1), min(max(end, -1), size - 1)


def sliced_size(size: Dim, start: Dim, end: Dim, step: int) -> Dim | None:
    """How many elements start:end:step takes from an axis; None where a symbolic bound has no sign."""
    if isinstance(size, int) and isinstance(start, int) and isinstance(end, int):
        first, last = _clamped(size, start, end, step)
        return max(0, -((first - last) // step))
    low, high = _from_front(size, start), _from_front(size, end)
    if step == 0 or low is None or high is None:
        return None
    if step > 0:
        highs = (size,) if isinstance(end, int) and end >= BEYOND else (size, high)
        return _steps([b - a for b in highs for a in (0, low)], step)
    from_end = isinstance(start, int) and (start == -1 or start >= BEYOND)
    lows = (size - 1,) if from_end else (size - 1, dims.maximum(0, low))
    highs = (-1,) if isinstance(end, int) and end <= -BEYOND else (-1, high)
    return _steps([a - b for a in lows for b in highs], -step)


def _from_front(size: Dim, bound: Dim) -> Dim | None:
    """A bound counted from the front; None when its sign is open."""
    if size - bound == 1 or dims.at_least(
        bound, 0
    ):  # size − 1 is negative only when the axis is empty anyhow
        return bound
    return size + bound if dims.at_least(bound, 0) is False else None


def _steps(spans: Sequence[Dim], step: int) -> Dim:
    return dims.maximum(0, dims.ceildiv(dims.minimum(*spans), step))


@operator(since=23)
class Pad(Operator):
    """With margins: a constant, or the edge continued, mirrored, wrapped around; negative margins crop.
    https://onnx.ai/onnx/operators/onnx__Pad.html

    (…, n, …) and `pads` (2k,): all that go before, then all that go after, along `axes` (k,) (default: all)
    → (…, before + n + after, …)
    """

    mode: str = attribute("constant", one_of=("constant", "reflect", "edge", "wrap"))
    dtypes = {"pads": frozenset({DType.int64}), "axes": INDICES}
    shape_arithmetic = True

    def infer(
        self,
        data: TensorType,
        pads: TensorType,
        constant_value: TensorType | None = None,
        axes: TensorType | None = None,
        *,
        known: Known = (None,) * 4,
    ) -> TensorType:
        same_dtype(data, constant_value)
        if data.shape is None:
            return data
        margins, rank = sizes_in(known[1]), len(data.shape)
        named = tuple(range(rank)) if axes is None else numbers_in(known[3])
        if named is None:
            return data.with_shape(fresh_shape("padded", rank))
        named = axes_in(named, rank)
        if margins is None:
            return data.with_shape([fresh("padded") if i in named else d for i, d in enumerate(data.shape)])
        if len(margins) != 2 * len(named):
            raise ShapeError(f"{len(named)} axes need {2 * len(named)} pads, not {len(margins)}.")
        return data.with_shape(self._padded(data.shape, named, margins))

    def _padded(self, shape: Sequence[Dim], axes: Sequence[int], margins: Sequence[Dim]) -> list[Dim]:
        result = list(shape)
        for i, axis in enumerate(axes):
            result[axis] = margins[i] + shape[axis] + margins[i + len(axes)]
            if isinstance(size := result[axis], int) and size < 0:
                raise ShapeError(f"pads {show(margins)} cut more than axis {axis} of {show(shape)} has.")
        return result

    def run(
        self, data: Array, pads: Array, constant_value: Array | None = None, axes: Array | None = None
    ) -> Array:
        named = axes_in(range(data.ndim) if axes is None else [int(a) for a in axes], data.ndim)
        margins = [(0, 0)] * data.ndim
        for i, axis in enumerate(named):
            margins[axis] = int(pads[i]), int(pads[i + len(named)])
        self._padded(data.shape, named, [int(p) for p in pads])
        cut = data[
            tuple(slice(max(0, -a), n - max(0, -b)) for n, (a, b) in zip(data.shape, margins, strict=True))
        ]
        around = [(max(0, a), max(0, b)) for a, b in margins]
        if self.mode == "constant":
            return _framed(
                cut, around, zero_of(data) if constant_value is None else constant_value.reshape(())
            )
        result: Array = np.pad(cut, around, mode=self.mode)  # type: ignore[call-overload]  # one of the four
        return result


def _framed(x: Array, margins: Sequence[tuple[int, int]], value: Array) -> Array:
    """`x` in the middle of a tensor of `value`. (np.pad knows neither text nor small floats.)"""
    result = np.full([a + n + b for n, (a, b) in zip(x.shape, margins, strict=True)], value, x.dtype)
    result[tuple(slice(a, a + n) for n, (a, _) in zip(x.shape, margins, strict=True))] = x
    return result


@operator(since=18)
class CenterCropPad(Operator):
    """Cropped or padded with zeros evenly on both sides, until its sizes are those given.
    https://onnx.ai/onnx/operators/onnx__CenterCropPad.html

    (…, n, …) and `shape` (k,), the sizes along `axes` (default: all) → (…, shape[i], …)
    """

    axes: tuple[int, ...] | None = None
    dtypes = {"input_data": MOVABLE, "shape": INDICES}

    def infer(self, input_data: TensorType, shape: TensorType, *, known: Known = (None, None)) -> TensorType:
        wanted, length = sizes_in(known[1]), length_of(shape)
        if input_data.shape is None:
            if self.axes is not None or length is None:
                return input_data
            return input_data.with_shape(wanted or fresh_shape("cropped", length))
        axes = self._axes(len(input_data.shape))
        if length not in (None, len(axes)):
            raise ShapeError(f"shape has {length} sizes for {len(axes)} axes.")
        result = list(input_data.shape)
        for i, axis in enumerate(axes):
            result[axis] = fresh("cropped") if wanted is None else wanted[i]
        return input_data.with_shape(result)

    def _axes(self, rank: int) -> tuple[int, ...]:
        return axes_in(range(rank) if self.axes is None else self.axes, rank)

    def run(self, input_data: Array, shape: Array) -> Array:
        cuts, margins = [slice(None)] * input_data.ndim, [(0, 0)] * input_data.ndim
        for axis, wanted in zip(self._axes(input_data.ndim), shape, strict=True):
            more = int(wanted) - input_data.shape[axis]
            if more < 0:
                start = -more // 2
                cuts[axis] = slice(start, start + int(wanted))
            margins[axis] = (more // 2, more - more // 2) if more > 0 else (0, 0)
        return _framed(input_data[tuple(cuts)], margins, zero_of(input_data))
