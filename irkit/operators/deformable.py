"""Convolutions over places that the input itself moves, and the sum of overlapping blocks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import product

import numpy as np

from irkit.errors import ShapeError
from irkit.ir import Array, Dim, DType, Shape, TensorType, unify
from irkit.ir.dims import floordiv, mod
from irkit.ir.dims import product as size_of
from irkit.ir.types import ANY, FLOATS, SMALL_FLOATS
from irkit.operators.attributes import attribute
from irkit.operators.base import Operator, operator
from irkit.operators.convolution import Grouped, biased
from irkit.operators.rules import (
    check_vector,
    fresh,
    fresh_shape,
    length_of,
    rounded,
    same_dtype,
    show,
    sizes_in,
    widened,
)
from irkit.operators.sampling import gathered, taps_of
from irkit.operators.windows import Sliding, Windows

__all__ = ["Col2Im", "DeformConv"]


@operator(since=22)
class DeformConv(Grouped):
    """Convolution in which each tap of each window is moved by an offset, and weighed by a mask.

    (batch, in, sizes…), (out, in/group, kernel…), offsets (batch, offset_group · kernel · axes, counts…),
    (out), mask (batch, offset_group · kernel, counts…) → (batch, out, counts…); floats. Between elements it
    interpolates linearly, outside it reads 0.  https://onnx.ai/onnx/operators/onnx__DeformConv.html
    """

    offset_group: int = attribute(1, at_least=1)

    dtypes = dict.fromkeys(("X", "W", "offset", "B", "mask"), FLOATS)

    def infer(
        self,
        X: TensorType,
        W: TensorType,
        offset: TensorType,
        B: TensorType | None = None,
        mask: TensorType | None = None,
    ) -> TensorType:
        dtype, shape = same_dtype(X, W, offset, B, mask), self.convolved_shape(X.shape, W.shape)
        if shape is None:
            return TensorType(dtype, None)
        check_vector("B", B, shape[1])
        if W.shape is not None:
            taps = size_of(W.shape[2:]) * self.offset_group
            _check("offset", offset, (shape[0], taps * (len(shape) - 2), *shape[2:]))
            _check("mask", mask, (shape[0], taps, *shape[2:]))
        return TensorType(dtype, shape)

    def run(
        self, X: Array, W: Array, offset: Array, B: Array | None = None, mask: Array | None = None
    ) -> Array:
        x, w, g = widened(X), widened(W), self.group
        windows = self.sliding(X.ndim - 2).placed(X.shape[2:], W.shape[2:])
        weights = None if mask is None else widened(mask)
        y = np.empty((x.shape[0], w.shape[0], *windows.counts), x.dtype)
        for i in range(x.shape[0]):
            places = self._places(widened(offset[i]), windows)
            columns = self._read(x[i], places, None if weights is None else weights[i])
            products = np.matmul(w.reshape(g, w.shape[0] // g, -1), columns.reshape(g, w[0].size, -1))
            y[i] = products.reshape(y.shape[1:])
        return rounded(biased(y, B), X.dtype)

    def _places(self, offset: Array, windows: Windows) -> list[Array]:
        """Along each axis, where the taps lie: (offset groups, kernel · counts)."""
        rank, s = len(windows.kernel), windows.sliding
        moved = offset.reshape(self.offset_group, *windows.kernel, rank, *windows.counts)
        moved = np.moveaxis(moved, rank + 1, 0)
        places = []
        for i in range(rank):
            taps = np.arange(windows.kernel[i]) * s.dilations[i] - windows.begins[i]
            starts = np.arange(windows.counts[i]) * s.strides[i]
            shape = (1,) * i + (-1,) + (1,) * (rank - 1 - i)
            still = taps.reshape(*shape, *(1,) * rank) + starts.reshape(shape)
            places.append((moved[i] + still).reshape(self.offset_group, -1).astype(offset.dtype))
        return places

    def _read(self, x: Array, places: list[Array], mask: Array | None) -> Array:
        """One example (in, sizes…) at the places, times the mask: (in, kernel · counts)."""
        grouped = x.reshape(self.offset_group, -1, *x.shape[1:])
        found = np.zeros((*grouped.shape[:2], places[0].shape[1]), x.dtype)
        for taps in product(*(list(taps_of(p, "linear")) for p in places)):
            weight = np.prod([w for _, w in taps], axis=0)
            found += gathered(grouped, [i for i, _ in taps]) * weight[:, None]
        if mask is not None:
            found *= mask.reshape(self.offset_group, 1, -1)
        return found.reshape(x.shape[0], -1)


def _check(name: str, type_: TensorType | None, wanted: Shape) -> None:
    if type_ is None or type_.shape is None:
        return
    try:
        for a, b in zip(type_.shape, wanted, strict=True):
            unify(a, b)
    except ValueError:  # other sizes, or another number of them
        raise ShapeError(f"{name} of shape {show(type_.shape)} must be {show(wanted)}.") from None


@operator(since=18)
class Col2Im(Operator):
    """Adds up overlapping blocks to an image; the adjoint of cutting an image into blocks.

    (batch, channels · block, blocks), image (axes), block (axes) → (batch, channels, *image); what adds
    https://onnx.ai/onnx/operators/onnx__Col2Im.html
    """

    dilations: tuple[int, ...] | None = attribute(None, at_least=1)
    pads: tuple[int, ...] | None = attribute(None, at_least=0)
    strides: tuple[int, ...] | None = attribute(None, at_least=1)

    dtypes = {
        "input": ANY - SMALL_FLOATS - {DType.int4, DType.uint4},
        "image_shape": frozenset({DType.int64}),
        "block_shape": frozenset({DType.int64}),
    }

    def infer(
        self,
        input: TensorType,
        image_shape: TensorType,
        block_shape: TensorType,
        *,
        known: Sequence[Array | None] = (),
    ) -> TensorType:
        shape = fresh_shape("columns", 3) if input.shape is None else input.shape
        if len(shape) != 3:
            raise ShapeError(f"input must be (batch, channels · block, blocks); its shape is {show(shape)}.")
        image, block = (sizes_in(k) for k in (*known, None, None, None)[1:3])
        rank = next((n for n in (length_of(image_shape), length_of(block_shape)) if n is not None), None)
        if rank is None:
            return input.with_shape(None)
        channels = fresh("channels") if block is None else self._channels(shape, block, image)
        return input.with_shape((shape[0], channels, *(image or fresh_shape("image", rank))))

    def _channels(self, shape: Shape, block: Shape, image: Shape | None) -> Dim:
        taps = size_of(block)
        rest = mod(shape[1], taps)
        if isinstance(rest, int) and rest:
            raise ShapeError(f"the {shape[1]} rows of input do not divide into blocks of {taps}.")
        if image is not None:
            if len(image) != len(block):
                raise ShapeError(f"image_shape {show(image)} and block_shape {show(block)} must be as long.")
            unify(size_of(self._sliding(len(block)).counts(image, block)), shape[2])
        return floordiv(shape[1], taps)

    def _sliding(self, rank: int) -> Sliding:
        return Sliding.of(rank, self.strides, self.dilations, self.pads)

    def run(self, input: Array, image_shape: Array, block_shape: Array) -> Array:
        block = tuple(int(n) for n in block_shape)
        windows = self._sliding(len(block)).placed(tuple(int(n) for n in image_shape), block)
        channels = input.shape[1] // math.prod(block)
        columns = widened(input).reshape(input.shape[0], channels, *block, *windows.counts)
        return rounded(windows.folded(columns), input.dtype)
