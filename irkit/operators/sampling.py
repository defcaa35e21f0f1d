"""Reading a tensor between its elements: at the points of a grid, or where offsets point to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import BytesIO
from itertools import product

import numpy as np

from irkit.errors import ShapeError, UnsupportedError
from irkit.ir import Array, Dim, DType, Shape, TensorType, unify
from irkit.ir.types import ANY, FLOATS, SMALL_FLOATS
from irkit.operators.attributes import attribute
from irkit.operators.base import Operator, operator
from irkit.operators.rules import fresh, length_of, rounded, show, sizes_in, widened

__all__ = ["AffineGrid", "GridSample", "ImageDecoder"]


def taps_of(places: Array, mode: str) -> Iterator[tuple[Array, Array]]:
    """The neighbours of places along one axis, and their weights (Keys's cubic with a = −0.75)."""
    if mode == "nearest":
        yield np.rint(places).astype(np.int64), np.ones_like(places)
        return
    low = np.floor(places)
    for step in (0, 1) if mode == "linear" else (-1, 0, 1, 2):
        x = np.abs(places - low - step)
        if mode == "linear":
            weight = 1 - x
        elif step in (0, 1):
            weight = (1.25 * x - 2.25) * x * x + 1
        else:
            weight = ((-0.75 * x + 3.75) * x - 6) * x + 3
        yield low.astype(np.int64) + step, weight.astype(places.dtype)


def gathered(x: Array, indices: Sequence[Array]) -> Array:
    """(batch, channels, sizes…) at indices (batch, points) of each axis → (batch, channels, points)."""
    inside = np.ones(indices[0].shape, bool)
    flat = np.zeros(indices[0].shape, np.int64)
    for index, size in zip(indices, x.shape[2:], strict=True):
        inside &= (index >= 0) & (index < size)
        flat = flat * size + np.clip(index, 0, max(size - 1, 0))
    found = np.take_along_axis(x.reshape(*x.shape[:2], -1), flat[:, None], axis=2)
    return np.asarray(np.where(inside[:, None], found, "" if x.dtype == object else x.dtype.type(0)))


@operator(since=22)
class GridSample(Operator):
    """X at the points of a grid, whose coordinates run from −1 to 1, the last axis of X first.

    (batch, channels, sizes…), (batch, points…, axes) → (batch, channels, points…); anything in mode nearest,
    else numbers; floats  https://onnx.ai/onnx/operators/onnx__GridSample.html
    """

    align_corners: bool = False
    mode: str = attribute("linear", one_of=("linear", "nearest", "cubic"))
    padding_mode: str = attribute("zeros", one_of=("zeros", "border", "reflection"))

    dtypes = {"X": ANY - SMALL_FLOATS - {DType.int4, DType.uint4}, "grid": FLOATS}

    def infer(self, X: TensorType, grid: TensorType) -> TensorType:
        if self.mode != "nearest" and X.dtype in {DType.string, DType.bool}:
            raise ShapeError(f"mode '{self.mode}' cannot interpolate {X.dtype}.", cure="Use mode 'nearest'.")
        if grid.shape is None or X.shape is None:
            return X.with_shape(None)
        if len(grid.shape) != len(X.shape) or len(X.shape) < 3:
            raise ShapeError(
                f"grid of shape {show(grid.shape)} must have as many axes as X of {show(X.shape)}."
            )
        unify(grid.shape[-1], len(X.shape) - 2)
        return X.with_shape((unify(X.shape[0], grid.shape[0]), X.shape[1], *grid.shape[1:-1]))

    def run(self, X: Array, grid: Array) -> Array:
        x = widened(X) if X.dtype.kind != "b" else X
        points = widened(grid).reshape(grid.shape[0], -1, grid.shape[-1])
        sizes = X.shape[2:]
        with np.errstate(invalid="ignore"):
            axes = [list(self._axis(points[..., -1 - i], n)) for i, n in enumerate(sizes)]
        if self.mode == "nearest":
            y = gathered(x, [taps[0][0] for taps in axes])
        else:
            y = np.zeros((*x.shape[:2], points.shape[1]), np.result_type(x, points))
            for taps in product(*axes):
                weight = np.prod([w for _, w in taps], axis=0)
                y += gathered(x, [i for i, _ in taps]) * weight[:, None]
        return rounded(y.reshape(*X.shape[:2], *grid.shape[1:-1]), X.dtype)

    def _axis(self, coordinates: Array, size: int) -> Iterator[tuple[Array, Array]]:
        """Along one axis: indices of the elements that are read, and their weights."""
        low, high = (0.0, size - 1.0) if self.align_corners else (-0.5, size - 0.5)
        if self.align_corners:
            places = (coordinates + 1) / 2 * (size - 1)
        else:
            places = ((coordinates + 1) * size - 1) / 2
        if self.mode == "nearest":
            places = np.rint(places)
        if self.padding_mode == "border" and self.mode != "cubic":  # whose taps are clipped one by one
            places = np.clip(places, 0, size - 1)
        elif self.padding_mode == "reflection":
            places = _reflected(places, low, high)
        places = np.clip(np.nan_to_num(places), -(1 << 30), 1 << 30)  # what int64 holds
        for index, weight in taps_of(places, self.mode):
            if self.padding_mode == "reflection":
                index = np.clip(np.trunc(_reflected(index.astype(np.float64), low, high)), 0, size - 1)
            elif self.padding_mode == "border":
                index = np.clip(index, 0, size - 1)
            yield index.astype(np.int64), weight


def _reflected(x: Array, low: float, high: float) -> Array:
    """`x` thrown back at both borders until it lies between them."""
    if high <= low:
        return np.full_like(x, low)
    away = np.abs(x - low) % (2 * (high - low))
    inner = np.where(away <= high - low, low + away, 2 * high - low - away)
    return np.where((x < low) | (x > high), inner, x).astype(x.dtype)


@operator(since=20)
class AffineGrid(Operator):
    """The points of a grid over an image, moved by an affine map; what GridSample reads.

    (batch, 2, 3), (4: batch, channels, height, width) → (batch, height, width, 2: x, y), or in space
    (batch, 3, 4), (5) → (batch, depth, height, width, 3: x, y, z); floats, int64
    https://onnx.ai/onnx/operators/onnx__AffineGrid.html
    """

    align_corners: bool = False

    dtypes = {"theta": FLOATS, "size": frozenset({DType.int64})}

    def infer(self, theta: TensorType, size: TensorType, *, known: Sequence[Array | None] = ()) -> TensorType:
        stated = sizes_in(known[1]) if len(known) > 1 else None
        axes = self._axes(theta.shape, len(stated) if stated else length_of(size))
        if axes is None:
            return theta.with_shape(None)
        batch: Dim = fresh("batch") if theta.shape is None else theta.shape[0]
        batch = unify(batch, stated[0]) if stated else batch
        points = stated[2:] if stated else tuple(fresh("grid") for _ in range(axes))
        return theta.with_shape((batch, *points, axes))

    @staticmethod
    def _axes(theta: Shape | None, length: int | None) -> int | None:
        """2 or 3, from the shape of theta or the length of size. Raises ShapeError where they disagree."""
        if theta is not None and len(theta) != 3:
            raise ShapeError(f"theta must be (batch, 2, 3) or (batch, 3, 4); its shape is {show(theta)}.")
        axes = length - 2 if length is not None else theta[1] if theta is not None else None
        if not isinstance(axes, int):
            return None
        if axes not in (2, 3):
            raise ShapeError(f"size must be that of images (4) or volumes (5). Received: {axes + 2} entries.")
        if theta is not None:
            unify(theta[1], axes)
            unify(theta[2], axes + 1)
        return axes

    def run(self, theta: Array, size: Array) -> Array:
        t, sizes = widened(theta), [int(n) for n in size[2:]]
        lines = [self._line(n, t.dtype) for n in sizes]
        moved = np.zeros((t.shape[0], *sizes, t.shape[1]), t.dtype)
        moved += t[:, :, -1].reshape(t.shape[0], *(1,) * len(sizes), -1)
        for i, line in enumerate(lines):
            column = t[:, :, len(sizes) - 1 - i].reshape(t.shape[0], *(1,) * len(sizes), -1)
            moved += line.reshape(-1, *(1,) * (len(sizes) - i)) * column
        return rounded(moved, theta.dtype)

    def _line(self, n: int, dtype: np.dtype[np.generic]) -> Array:
        """n coordinates between −1 and 1."""
        if self.align_corners:
            return np.linspace(-1 if n > 1 else 1, 1, n).astype(dtype)  # a single point: as onnxruntime
        return ((2 * np.arange(n) + 1) / max(n, 1) - 1).astype(dtype)


@operator(since=20)
class ImageDecoder(Operator):
    """Pixels of an encoded image (JPEG, PNG, …).  https://onnx.ai/onnx/operators/onnx__ImageDecoder.html

    (bytes) → (height, width, 3, or 1 for Grayscale); uint8. Needs Pillow, which irkit does not
    depend on; onnxruntime has no kernel for it.
    """

    pixel_format: str = attribute("RGB", one_of=("RGB", "BGR", "Grayscale"))

    dtypes = {"encoded_stream": frozenset({DType.uint8})}

    def infer(self, encoded_stream: TensorType) -> TensorType:
        if encoded_stream.rank not in (1, None):
            raise ShapeError(f"encoded_stream must be a vector; its shape is {show(encoded_stream.shape)}.")
        channels = 1 if self.pixel_format == "Grayscale" else 3
        return TensorType(DType.uint8, (fresh("height"), fresh("width"), channels))

    def run(self, encoded_stream: Array) -> Array:
        try:
            from PIL import Image  # noqa: PLC0415  # optional, and heavy
        except ImportError:
            raise UnsupportedError(
                "ImageDecoder needs Pillow, which is not installed.",
                cure="Install it (pip install pillow), or decode the image before it enters the model.",
            ) from None
        with Image.open(BytesIO(encoded_stream.tobytes())) as image:
            pixels = np.array(image.convert("L" if self.pixel_format == "Grayscale" else "RGB"))
        pixels = pixels.reshape(*pixels.shape[:2], -1)
        return pixels[..., ::-1].copy() if self.pixel_format == "BGR" else pixels
