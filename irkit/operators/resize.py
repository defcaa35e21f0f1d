"""Resize: interpolation along any axes, one axis after the other."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from irkit.errors import AttributeRangeError, ShapeError
from irkit.ir import Array, Dim, DType, Shape, TensorType
from irkit.ir.dims import floordiv
from irkit.ir.types import ANY, COMPLEX, FLOATS, SMALL_FLOATS
from irkit.operators.attributes import attribute
from irkit.operators.base import Operator, operator
from irkit.operators.rules import axes_in, fresh, length_of, rounded, sizes_in, widened
from irkit.operators.windows import numbers

__all__ = ["Resize"]

TRANSFORMATIONS = (
    "align_corners",
    "asymmetric",
    "half_pixel",
    "half_pixel_symmetric",
    "pytorch_half_pixel",
    "tf_crop_and_resize",
)
POLICIES = ("stretch", "not_larger", "not_smaller")
NEAREST = ("round_prefer_floor", "round_prefer_ceil", "floor", "ceil")


@dataclass(frozen=True, slots=True)
class Stretch:
    """What happens along one axis: size becomes `target`; the part from start to end (0 to 1) is shown."""

    axis: int
    size: int
    target: int
    scale: np.float32
    start: np.float32
    end: np.float32


@operator(since=19)
class Resize(Operator):
    """Change sizes by interpolation.  https://onnx.ai/onnx/operators/onnx__Resize.html

    (sizes…), region of interest (2·axes), scales (axes) or sizes (axes) → (floor(sizes · scales)…) or
    (sizes…); anything in mode nearest, else real numbers

    Places are computed in float32, as in onnxruntime: which element is nearest must not depend on X's dtype.
    """

    antialias: bool = False
    axes: tuple[int, ...] | None = None
    coordinate_transformation_mode: str = attribute("half_pixel", one_of=TRANSFORMATIONS)
    cubic_coeff_a: float = -0.75
    exclude_outside: bool = False
    extrapolation_value: float = 0.0
    keep_aspect_ratio_policy: str = attribute("stretch", one_of=POLICIES)
    mode: str = attribute("nearest", one_of=("nearest", "linear", "cubic"))
    nearest_mode: str = attribute("round_prefer_floor", one_of=NEAREST)

    dtypes = {
        "X": ANY - SMALL_FLOATS - {DType.int4, DType.uint4},
        "roi": FLOATS - {DType.bfloat16},
        "scales": frozenset({DType.float32}),
        "sizes": frozenset({DType.int64}),
    }

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.antialias and self.mode == "nearest":
            raise AttributeRangeError("antialias of Resize needs mode 'linear' or 'cubic'.")

    def infer(
        self,
        X: TensorType,
        roi: TensorType | None = None,
        scales: TensorType | None = None,
        sizes: TensorType | None = None,
        *,
        known: Sequence[Array | None] = (),
    ) -> TensorType:
        if self.mode != "nearest" and X.dtype in COMPLEX | {DType.string, DType.bool}:
            raise ShapeError(f"mode '{self.mode}' cannot interpolate {X.dtype}.", cure="Use mode 'nearest'.")
        by_scale = scales is not None and length_of(scales) != 0
        if by_scale == (sizes is not None):
            raise ShapeError("Resize needs either scales or sizes, and not both.")
        if X.shape is None:
            return X
        axes = self._axes(len(X.shape))
        self._check_length("scales" if by_scale else "sizes", scales if by_scale else sizes, len(axes))
        contents = (*known, None, None, None, None)[2 if by_scale else 3]
        targets = self._targets(tuple(X.shape[a] for a in axes), contents, by_scale=by_scale)
        shape = list(X.shape)
        for axis, target in zip(axes, targets, strict=True):
            shape[axis] = target
        return X.with_shape(shape)

    def _axes(self, rank: int) -> tuple[int, ...]:
        return axes_in(self.axes, rank) if self.axes else tuple(range(rank))

    @staticmethod
    def _check_length(name: str, type_: TensorType | None, wanted: int) -> None:
        length = length_of(type_)
        if length is not None and length != wanted:
            raise ShapeError(f"{name} has {length} entries for {wanted} axes.")

    def _targets(self, sizes: Shape, contents: Array | None, *, by_scale: bool) -> Shape:
        """Sizes afterwards, from the contents of scales or sizes; fresh ones where they are not known."""
        if contents is None:
            return tuple(fresh("resized") for _ in sizes)
        if by_scale:
            return tuple(_scaled(n, np.float32(s)) for n, s in zip(sizes, contents, strict=True))
        wanted = sizes_in(contents)
        assert wanted is not None
        if self.keep_aspect_ratio_policy == "stretch":
            return wanted
        if not all(isinstance(n, int) for n in (*sizes, *wanted)):
            return tuple(fresh("resized") for _ in sizes)
        scale = self._common_scale(numbers(sizes), numbers(wanted))
        return tuple(int(np.floor(scale * np.float32(n) + np.float32(0.5))) for n in numbers(sizes))

    def _common_scale(self, sizes: tuple[int, ...], wanted: tuple[int, ...]) -> np.float32:
        scales = [np.float32(w) / np.float32(n) for w, n in zip(wanted, sizes, strict=True)]
        return min(scales) if self.keep_aspect_ratio_policy == "not_larger" else max(scales)

    def run(
        self, X: Array, roi: Array | None = None, scales: Array | None = None, sizes: Array | None = None
    ) -> Array:
        y = X if self.mode == "nearest" else _computable(X)
        for stretch in self._stretches(X.shape, roi, scales, sizes):
            y = self._resized(y, stretch)
        if self.mode != "nearest" and X.dtype.kind in "iu":
            limits = np.iinfo(X.dtype)
            y = np.clip(np.trunc(y), limits.min, limits.max)
        return rounded(y, X.dtype) if y is not X else X.copy()

    def _stretches(
        self, shape: tuple[int, ...], roi: Array | None, scales: Array | None, sizes: Array | None
    ) -> list[Stretch]:
        """What to do to each axis; those that stay as they are are left out."""
        axes = self._axes(len(shape))
        before = tuple(shape[a] for a in axes)
        by_scale = scales is not None and scales.size > 0
        contents = scales if by_scale else sizes
        after = numbers(self._targets(before, contents, by_scale=by_scale))
        if by_scale:
            assert scales is not None
            factors = [np.float32(s) for s in scales]
        elif self.keep_aspect_ratio_policy != "stretch":
            assert sizes is not None
            factors = [self._common_scale(before, tuple(int(n) for n in sizes))] * len(axes)
        else:
            factors = [np.float32(m) / np.float32(max(n, 1)) for n, m in zip(before, after, strict=True)]
        shown = self._shown(roi, len(axes))
        found = [Stretch(*a) for a in zip(axes, before, after, factors, *shown, strict=True)]
        return [s for s in found if not (s.size == s.target and s.scale == 1 and s.start == 0 and s.end == 1)]

    def _shown(self, roi: Array | None, count: int) -> tuple[Array, Array]:
        """The beginning and the end of what is shown of each axis."""
        if self.coordinate_transformation_mode != "tf_crop_and_resize":
            return np.zeros(count, np.float32), np.ones(count, np.float32)
        if roi is None or roi.size != 2 * count:
            raise ShapeError(f"tf_crop_and_resize needs a roi of {2 * count} numbers.")
        return roi[:count].astype(np.float32), roi[count:].astype(np.float32)

    def _resized(self, x: Array, s: Stretch) -> Array:
        """`x` with one axis resized."""
        places = self._places(s)
        if self.mode == "nearest":
            y = x.take(np.clip(self._nearest(places), 0, max(s.size - 1, 0)), axis=s.axis)
        else:
            y = self._interpolated(x, places, s)
        if self.coordinate_transformation_mode == "tf_crop_and_resize":
            outside = (places < 0) | (places > s.size - 1)
            y[(slice(None),) * s.axis + (outside,)] = np.asarray(self.extrapolation_value).astype(y.dtype)
        return y

    def _places(self, s: Stretch) -> Array:
        """Where each element of the output lies in the input: (target), float32."""
        x, half, one = np.arange(s.target, dtype=np.float32), np.float32(0.5), np.float32(1)
        size, width = np.float32(s.size), s.scale * np.float32(s.size)
        match self.coordinate_transformation_mode:
            case "align_corners":
                return x * (size - one) / (width - one) if width != 1 else np.zeros_like(x)
            case "asymmetric":
                return x / s.scale
            case "half_pixel_symmetric":
                offset = size / 2 * (one - np.float32(s.target) / width)
                exact = np.float64(offset) + (x.astype(np.float64) + 0.5) / np.float64(s.scale) - 0.5
                return np.asarray(exact).astype(np.float32)
            case "tf_crop_and_resize" if s.target > 1:
                step = (s.end - s.start) * (size - one) / np.float32(s.target - 1)
                return np.asarray(s.start * (size - one) + x * step)
            case "tf_crop_and_resize":
                return np.full_like(x, half * (s.start + s.end) * (size - one))
            case "pytorch_half_pixel" if s.target == 1:
                return np.zeros_like(x)
            case _:
                return (x + half) / s.scale - half

    def _nearest(self, places: Array) -> Array:
        """The nearest whole number."""
        half = np.float32(0.5)
        match self.nearest_mode:
            case "round_prefer_floor":
                near = np.ceil(places - half)
            case "round_prefer_ceil":
                near = np.floor(places + half)
            case "floor":
                near = np.floor(places)
            case _:
                near = np.ceil(places)
        return near.astype(np.int64)

    def _interpolated(self, x: Array, places: Array, s: Stretch) -> Array:
        """Weighted sums of each place's neighbours. Beyond the edges, the outermost elements are repeated."""
        shrink = min(float(s.scale), 1.0) if self.antialias else 1.0
        reach = math.ceil((1 if self.mode == "linear" else 2) / shrink)
        taps = np.floor(places).astype(np.int64)[:, None] + np.arange(1 - reach, reach + 1)
        weights = self._weights((taps - places.astype(np.float64)[:, None]) * shrink)
        if self.exclude_outside:
            weights = np.where((taps < 0) | (taps >= s.size), 0, weights)
        if self.exclude_outside or self.antialias:
            weights /= weights.sum(axis=1, keepdims=True)
        taps = np.clip(taps, 0, s.size - 1)
        behind = (1,) * (x.ndim - s.axis - 1)
        y = np.zeros((*x.shape[: s.axis], s.target, *x.shape[s.axis + 1 :]), x.dtype)
        for tap, weight in zip(taps.T, weights.T.astype(x.dtype), strict=True):
            if weight.any():
                y += x.take(tap, axis=s.axis) * weight.reshape(-1, *behind)
        return y

    def _weights(self, distance: Array) -> Array:
        """The weight of a neighbour by its distance: a triangle, or Keys's cubic (IEEE 1163711)."""
        x, a = np.abs(distance), self.cubic_coeff_a
        if self.mode == "linear":
            return np.asarray(np.maximum(1 - x, 0))
        near = ((a + 2) * x - (a + 3)) * x * x + 1
        far = ((a * x - 5 * a) * x + 8 * a) * x - 4 * a
        return np.where(x <= 1, near, np.where(x < 2, far, 0))


def _scaled(size: Dim, scale: np.float32) -> Dim:
    """floor(size · scale), computed in float32, as ONNX and onnxruntime do."""
    if isinstance(size, int):
        return int(np.floor(np.float32(size) * scale))
    above, below = float(scale).as_integer_ratio()
    if above < 1 << 12 and below <= 1 << 12:  # such products are exact in float32, so symbols may be trusted
        return floordiv(size * above, below)
    return fresh("resized")


def _computable(x: Array) -> Array:
    """Floats to interpolate with; integers become float64, or float32 where that holds them exactly."""
    if x.dtype.kind in "iu":
        return x.astype(np.float32 if x.dtype.itemsize < 4 else np.float64)
    return widened(x)
