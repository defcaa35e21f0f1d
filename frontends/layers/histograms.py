"""Contrast of images: layers that spread the values of pixels, at inference too where Keras's do.

Keras: https://keras.io/api/layers/preprocessing_layers/image_augmentation/
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from irkit.errors import ShapeError
from irkit.frontends import ops
from irkit.frontends.base.layer import layer
from irkit.frontends.layers.arguments import sizes, whole
from irkit.frontends.layers.augmenting import Augmentation
from irkit.frontends.tensors.tensor import Tensor

__all__ = ["AutoContrast", "ContrastLimitedAdaptiveHistogramEqualization", "Equalization"]

_LEVELS = 256


class Contrast(Augmentation):
    """Base: changes images in the same way in training and at inference."""

    value_range: Any

    def call(self, data: Any, training: bool = False) -> Any:  # images, or a dict with them
        return super().call(data)

    def _levels(self, images: Tensor) -> Tensor:
        """From value_range to 0…255."""
        low, high = self.value_range
        return ops.multiply(ops.subtract(ops.cast(images, self.dtype), low), 255 / (high - low))

    def _values(self, levels: Tensor) -> Tensor:
        """From 0…255 to value_range."""
        low, high = self.value_range
        return ops.add(ops.multiply(levels, (high - low) / 255), low)


@layer
class AutoContrast(Contrast):
    """Each channel of each image stretched over the whole of value_range; one of equal pixels stays as it is."""

    value_range: Sequence[float] = (0, 255)
    data_format: str | None = None

    def seen(self, images: Tensor) -> Tensor:
        if images.ndim == 3:
            return ops.squeeze(self.seen(ops.expand_dims(images, 0)), 0)
        levels = self._levels(images)
        low = ops.min(levels, axis=(1, 2), keepdims=True)
        scale = ops.divide(255.0, ops.subtract(ops.max(levels, axis=(1, 2), keepdims=True), low))
        spread = ops.clip(
            ops.add(ops.multiply(levels, scale), ops.multiply(ops.negative(low), scale)), 0, 255
        )
        result = self._values(spread)
        return ops.where(ops.isnan(result), ops.cast(images, self.dtype), result)


@layer
class Equalization(Augmentation):
    """In training the values of pixels are spread evenly; at inference the identity, as in Keras."""

    value_range: Sequence[float] = (0, 255)
    bins: int = 256
    data_format: str | None = None
    casts = False

    def setup(self) -> None:
        super().setup()
        self.bins = whole("bins", self.bins)


@layer
class ContrastLimitedAdaptiveHistogramEqualization(Contrast):
    """The values of pixels spread evenly within tiles, between which is interpolated. Zuiderveld 1994

    clip_limit: how far a histogram may rise above its mean; 0 for no limit. tile_grid_size: rows and columns of tiles.
    """

    value_range: Sequence[float] = (0, 255)
    clip_limit: float = 4.0
    tile_grid_size: Sequence[int] = (8, 8)
    data_format: str | None = None

    def setup(self) -> None:
        super().setup()
        self.tile_grid_size = sizes("tile_grid_size", self.tile_grid_size, 2)

    def seen(self, images: Tensor) -> Tensor:
        batch = images if images.ndim == 4 else ops.expand_dims(images, 0)
        last = self.data_format == "channels_last"
        x = batch if last else ops.transpose(batch, (0, 2, 3, 1))
        spread = ops.cast(self._values(self._spread(self._levels(x))), str(images.dtype))
        spread = spread if last else ops.transpose(spread, (0, 3, 1, 2))
        return spread if images.ndim == 4 else ops.squeeze(spread, 0)

    def _spread(self, x: Tensor) -> Tensor:
        """(batch, height, width, channels) of levels → the same"""
        height, width = _known_sizes(x)
        tile = [-(-n // g) for n, g in zip((height, width), self.tile_grid_size, strict=True)]
        below, right = (t * g - n for t, g, n in zip(tile, self.tile_grid_size, (height, width), strict=True))
        padded = ops.pad(x, [[0, 0], [0, below], [0, right], [0, 0]], mode="symmetric")
        curves = self._curves(self._tiles(padded, tile), tile[0] * tile[1])
        return _interpolated(curves, padded, tile)[:, :height, :width]

    def _tiles(self, x: Tensor, tile: Sequence[int]) -> Tensor:
        """(batch, height, width, channels) → (batch, rows, columns, channels, pixels of a tile)"""
        (rows, columns), channels = self.tile_grid_size, x.shape[-1]
        cut = ops.reshape(x, (-1, rows, tile[0], columns, tile[1], channels))
        cut = ops.transpose(cut, (0, 1, 3, 5, 2, 4))
        return ops.reshape(cut, (-1, rows, columns, channels, tile[0] * tile[1]))

    def _curves(self, tiles: Tensor, pixels: int) -> Tensor:
        """For each tile and channel, what each of the 256 levels becomes: (…, pixels) → (…, 256)"""
        levels = ops.clip(ops.cast(tiles, "int32"), 0, _LEVELS - 1)
        counts = ops.sum(ops.one_hot(levels, _LEVELS), axis=-2)
        if self.clip_limit > 0:
            clipped = ops.clip(counts, 0, self.clip_limit * pixels / _LEVELS)
            excess = ops.sum(ops.subtract(counts, clipped), axis=-1, keepdims=True)
            counts = ops.add(clipped, ops.divide(excess, _LEVELS))
        total = ops.cumsum(counts, axis=-1)
        least = ops.min(total, axis=-1, keepdims=True)
        room = ops.subtract(float(pixels), least)
        room = ops.where(ops.equal(room, 0.0), ops.ones_like(room), room)
        return ops.clip(ops.divide(ops.multiply(ops.subtract(total, least), 255.0), room), 0, 255)


def _known_sizes(x: Tensor) -> tuple[int, int]:
    height, width = x.shape[1:3]
    if not isinstance(height, int) or not isinstance(width, int):
        raise ShapeError(
            f"needs to know the size of images to cut them into tiles. Received: {x.shape}.",
            cure="Give height and width in Input.",
        )
    return height, width


def _interpolated(curves: Tensor, x: Tensor, tile: Sequence[int]) -> Tensor:
    """Each pixel's level by the curves of the four tiles whose middles are nearest, weighted by distance."""
    rows, columns = (int(n) for n in curves.shape[1:3])
    edged = ops.pad(curves, [[0, 0], [1, 1], [1, 1], [0, 0], [0, 0]], mode="edge")
    places = ops.expand_dims(ops.clip(ops.cast(x, "int32"), 0, _LEVELS - 1), -1)
    result: Any = 0.0
    for row, row_weight in _neighbours(int(x.shape[1]), tile[0], rows, 1):
        for column, column_weight in _neighbours(int(x.shape[2]), tile[1], columns, 2):
            near = ops.take(ops.take(edged, row, axis=1), column, axis=2)
            found = ops.squeeze(ops.take_along_axis(near, places, axis=-1), -1)
            result = ops.add(result, ops.multiply(found, ops.multiply(row_weight, column_weight)))
    return result  # type: ignore[no-any-return]  # a tensor, once added to


def _neighbours(size: int, tile: int, count: int, axis: int) -> list[tuple[Any, Any]]:
    """For each place along an axis: the tile before and the one after, and their weights, shaped for that axis."""
    place = ops.arange(size, dtype="float32")
    middle = ops.add(ops.divide(ops.subtract(place, tile / 2), tile), 1.0)
    before = ops.floor(middle)
    after_weight = ops.subtract(middle, before)
    shape = [-1 if i == axis else 1 for i in range(4)]
    return [
        (
            ops.cast(ops.clip(ops.add(before, step), 0, count + 1), "int32"),
            ops.reshape(weight, shape),
        )
        for step, weight in ((0.0, ops.subtract(1.0, after_weight)), (1.0, after_weight))
    ]
