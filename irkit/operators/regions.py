"""Regions of interest: pooling over boxes, and choosing among overlapping ones."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from irkit.errors import ShapeError
from irkit.ir import Array, Dim, DType, TensorType, unify
from irkit.ir.types import FLOATS
from irkit.operators.attributes import attribute
from irkit.operators.base import Operator, operator
from irkit.operators.rules import fresh, numbers_in, rounded, same_dtype, show, widened
from irkit.operators.windows import along

__all__ = ["MaxRoiPool", "NonMaxSuppression", "RoiAlign"]


def _size(name: str, type_: TensorType, rank: int, axis: int, stem: str) -> Dim:
    """One size of an input, fresh where its shape is unknown. Raises ShapeError for another rank."""
    if type_.shape is None:
        return fresh(stem)
    if len(type_.shape) != rank:
        raise ShapeError(f"{name} must have {rank} axes; its shape is {show(type_.shape)}.")
    return type_.shape[axis]


@operator(since=22)
class MaxRoiPool(Operator):
    """The maxima of a grid of bins over regions of interest.  https://onnx.ai/onnx/operators/onnx__MaxRoiPool.html

    (batch, channels, height, width), (regions, 5: batch, x₁, y₁, x₂, y₂)
    → (regions, channels, *pooled_shape); floats
    """

    pooled_shape: tuple[int, ...] = attribute(at_least=1)
    spatial_scale: float = 1.0

    dtypes = {"X": FLOATS, "rois": FLOATS}

    def infer(self, X: TensorType, rois: TensorType) -> TensorType:
        if len(self.pooled_shape) != 2:
            raise ShapeError(f"pooled_shape must be (height, width). Received: {self.pooled_shape}.")
        unify(_size("rois", rois, 2, 1, "columns"), 5)
        regions, channels = _size("rois", rois, 2, 0, "regions"), _size("X", X, 4, 1, "channels")
        return TensorType(same_dtype(X, rois), (regions, channels, *self.pooled_shape))

    def run(self, X: Array, rois: Array) -> Array:
        x, regions = widened(X), widened(rois)
        corners = _rounded(regions[:, 1:] * regions.dtype.type(self.spatial_scale))
        y = np.empty((len(regions), x.shape[1], *self.pooled_shape), x.dtype)
        for i, (left, top, right, bottom) in enumerate(corners):
            rows = _bins(top, bottom, self.pooled_shape[0], x.shape[2])
            columns = _bins(left, right, self.pooled_shape[1], x.shape[3])
            image = _maxima(_maxima(x[int(regions[i, 0])], rows, axis=1), columns, axis=2)
            y[i] = np.where(np.isneginf(image), 0, image)
        return rounded(y, X.dtype)


def _rounded(x: Array) -> Array:
    """To whole numbers, halves away from zero, as C's round does."""
    whole = np.trunc(x)
    return np.asarray(whole + np.copysign(np.abs(x - whole) >= 0.5, x)).astype(np.int64)


def _bins(first: int, end: int, count: int, size: int) -> Array:
    """Beginnings and ends of the bins along one axis: (count, 2). `end` is in the region, as in Caffe."""
    step = np.float32(max(end - first + 1, 1)) / np.float32(count)
    begins = np.floor(np.arange(count, dtype=np.float32) * step).astype(np.int64) + first
    ends = np.ceil(np.arange(1, count + 1, dtype=np.float32) * step).astype(np.int64) + first
    return np.asarray(np.clip(np.stack([begins, ends], axis=1), 0, size))


def _maxima(x: Array, bins: Array, axis: int) -> Array:
    """The greatest element of each bin, −∞ for an empty one."""
    end = np.full_like(x[along(axis, slice(1))], -np.inf)
    padded = np.concatenate([x, end], axis=axis)
    found = np.maximum.reduceat(padded, bins.ravel(), axis=axis)[along(axis, slice(None, None, 2))]
    empty = (bins[:, 0] >= bins[:, 1]).reshape(-1, *(1,) * (x.ndim - 1 - axis))
    return np.where(empty, -np.inf, found).astype(x.dtype)


@operator(since=22)
class RoiAlign(Operator):
    """Means (or maxima) of interpolated samples in a grid of bins over regions of interest.

    (batch, channels, height, width), (regions, 4: x₁, y₁, x₂, y₂), (regions) → (regions, channels,
    output_height, output_width); floats, int64  https://onnx.ai/onnx/operators/onnx__RoiAlign.html
    """

    coordinate_transformation_mode: str = attribute("half_pixel", one_of=("half_pixel", "output_half_pixel"))
    mode: str = attribute("avg", one_of=("avg", "max"))
    output_height: int = attribute(1, at_least=1)
    output_width: int = attribute(1, at_least=1)
    sampling_ratio: int = attribute(0, at_least=0)
    spatial_scale: float = 1.0

    dtypes = {"X": FLOATS, "rois": FLOATS, "batch_indices": frozenset({DType.int64})}

    def infer(self, X: TensorType, rois: TensorType, batch_indices: TensorType) -> TensorType:
        unify(_size("rois", rois, 2, 1, "columns"), 4)
        regions = unify(
            _size("batch_indices", batch_indices, 1, 0, "regions"), _size("rois", rois, 2, 0, "regions")
        )
        channels = _size("X", X, 4, 1, "channels")
        return TensorType(same_dtype(X, rois), (regions, channels, self.output_height, self.output_width))

    def run(self, X: Array, rois: Array, batch_indices: Array) -> Array:
        x = widened(X)
        shift = 0.5 if self.coordinate_transformation_mode == "half_pixel" else 0.0
        boxes = widened(rois) * widened(rois).dtype.type(self.spatial_scale) - widened(rois).dtype.type(shift)
        y = np.zeros((len(boxes), x.shape[1], self.output_height, self.output_width), x.dtype)
        for i, (left, top, right, bottom) in enumerate(boxes):
            rows = self._samples(top, bottom, self.output_height, x.shape[2])
            columns = self._samples(left, right, self.output_width, x.shape[3])
            pool = self._mean if self.mode == "avg" else self._maximum
            if rows[0].size and columns[0].size:
                y[i] = pool(x[int(batch_indices[i])], rows, columns)
        return rounded(y, X.dtype)

    def _samples(self, begin: float, end: float, bins: int, size: int) -> tuple[Array, Array]:
        """Along one axis: the two neighbours of each sample, and their weights: 2 × (bins, samples, 2)."""
        extent = end - begin
        if self.coordinate_transformation_mode != "half_pixel":
            extent = max(extent, 1.0)
        count = max(0, self.sampling_ratio or int(np.ceil(extent / bins)))
        step = extent / bins
        steps = np.arange(bins)[:, None] * step + (np.arange(count) + 0.5) * step / max(count, 1)
        places = begin + steps
        outside = (places < -1) | (places > size)
        places = np.clip(places, 0, size - 1)
        low = np.minimum(places.astype(np.int64), size - 1)
        high = np.minimum(low + 1, size - 1)
        above = places - low
        weights = np.where(outside[..., None], 0, np.stack([1 - above, above], axis=-1))
        return np.stack([low, high], axis=-1), weights

    def _mean(self, x: Array, rows: tuple[Array, Array], columns: tuple[Array, Array]) -> Array:
        """Linear interpolation is separable: a matrix that averages rows, and one that averages columns."""
        down, across = (_averaging(*a, size) for a, size in zip((rows, columns), x.shape[1:], strict=True))
        return np.asarray(down.astype(x.dtype) @ x @ across.astype(x.dtype).T)

    def _maximum(self, x: Array, rows: tuple[Array, Array], columns: tuple[Array, Array]) -> Array:
        """The greatest weighted neighbour (not of the interpolated values: ONNX's definition by its code)."""
        (down, dw), (across, aw) = rows, columns
        corners = x[:, down[:, None, :, None, :, None], across[None, :, None, :, None, :]]
        weights = dw[:, None, :, None, :, None] * aw[None, :, None, :, None, :]
        return np.asarray((corners * weights.astype(x.dtype)).max(axis=(3, 4, 5, 6)))


def _averaging(places: Array, weights: Array, size: int) -> Array:
    """(bins, samples, 2) → (bins, size): the matrix that takes the mean of each bin's samples."""
    matrix = np.zeros((places.shape[0], size))
    bins = np.arange(places.shape[0])[:, None, None]
    np.add.at(matrix, (np.broadcast_to(bins, places.shape), places), weights / places.shape[1])
    return matrix


@operator(since=11)
class NonMaxSuppression(Operator):
    """The best boxes of each class that do not overlap a better one too much: numbers (batch, class, box).

    (batch, boxes, 4), (batch, classes, boxes), at most so many, thresholds → (selected, 3); float32, int64
    https://onnx.ai/onnx/operators/onnx__NonMaxSuppression.html
    """

    center_point_box: int = attribute(0, one_of=(0, 1))

    dtypes = {
        "boxes": frozenset({DType.float32}),
        "scores": frozenset({DType.float32}),
        "max_output_chosenper_class": frozenset({DType.int64}),
        "iou_threshold": frozenset({DType.float32}),
        "score_threshold": frozenset({DType.float32}),
    }

    def infer(
        self,
        boxes: TensorType,
        scores: TensorType,
        max_output_chosenper_class: TensorType | None = None,
        iou_threshold: TensorType | None = None,
        score_threshold: TensorType | None = None,
        *,
        known: Sequence[Array | None] = (),
    ) -> TensorType:
        unify(_size("boxes", boxes, 3, 2, "corners"), 4)
        unify(_size("boxes", boxes, 3, 0, "batch"), _size("scores", scores, 3, 0, "batch"))
        unify(_size("boxes", boxes, 3, 1, "boxes"), _size("scores", scores, 3, 2, "boxes"))
        most = numbers_in(known[2]) if len(known) > 2 else None
        none = max_output_chosenper_class is None or (most is not None and most[0] <= 0)
        return TensorType(DType.int64, (0 if none else fresh("selected"), 3))

    def run(
        self,
        boxes: Array,
        scores: Array,
        max_output_chosenper_class: Array | None = None,
        iou_threshold: Array | None = None,
        score_threshold: Array | None = None,
    ) -> Array:
        most = 0 if max_output_chosenper_class is None else int(max_output_chosenper_class.flat[0])
        overlap = 0.0 if iou_threshold is None else float(iou_threshold.flat[0])
        lowest = -np.inf if score_threshold is None else float(score_threshold.flat[0])
        found = []
        for batch, class_ in np.ndindex(*scores.shape[:2]) if most > 0 else ():
            corners = self._corners(boxes[batch])
            best = _selected(corners, scores[batch, class_], most, overlap, lowest)
            found += [(batch, class_, box) for box in best]
        return np.array(found, np.int64).reshape(-1, 3)

    def _corners(self, boxes: Array) -> tuple[Array, Array]:
        """The lesser and the greater corner of each box: 2 × (boxes, 2)."""
        if self.center_point_box:
            centre, half = boxes[:, :2], boxes[:, 2:] / 2
            return centre - half, centre + half
        return np.minimum(boxes[:, :2], boxes[:, 2:]), np.maximum(boxes[:, :2], boxes[:, 2:])


def _selected(
    corners: tuple[Array, Array], scores: Array, most: int, overlap: float, lowest: float
) -> list[int]:
    """Greedily the box with the best score, without those that overlap it too much."""
    order = np.argsort(-scores, kind="stable")
    order = order[scores[order] > lowest]
    chosen: list[int] = []
    while order.size and len(chosen) < most:
        best, order = order[0], order[1:]
        chosen.append(int(best))
        order = order[_overlaps(corners, best, order) <= overlap]
    return chosen


def _overlaps(corners: tuple[Array, Array], box: int, others: Array) -> Array:
    """Intersection over union of one box with others; 0 where an area is not positive."""
    low, high = corners
    sides = np.minimum(high[box], high[others]) - np.maximum(low[box], low[others])
    common = np.where((sides > 0).all(axis=1), sides.prod(axis=1), 0)
    area, areas = (high[box] - low[box]).prod(), (high[others] - low[others]).prod(axis=1)
    union = area + areas - common
    ratios: Array = np.zeros_like(union)
    np.divide(common, union, out=ratios, where=(area > 0) & (areas > 0) & (union > 0))
    return ratios
