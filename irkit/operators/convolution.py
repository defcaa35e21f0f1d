"""Convolutions. Tensors are (batch, channels, sizes…), weights (out, in, kernel…)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from irkit.errors import ShapeError
from irkit.ir import Array, Dim, Shape, TensorType, unify
from irkit.ir.dims import floordiv, minimum
from irkit.ir.types import FLOATS
from irkit.operators.attributes import attribute
from irkit.operators.base import Operator, operator
from irkit.operators.rules import check_vector, fresh, rounded, same_dtype, show, widened
from irkit.operators.windows import AUTO_PADS, Sliding, Windows, agree, axes, last, numbers, per_axis, spatial

__all__ = ["Conv", "ConvTranspose"]

# Elements of unrolled windows that one step makes at most: batches are cut so that they fit into memory.
STEP = 1 << 23


@dataclass(frozen=True)
class Grouped(Operator):
    """What all convolutions have: windows and groups."""

    dilations: tuple[int, ...] | None = attribute(None, at_least=1)
    group: int = attribute(1, at_least=1)
    kernel_shape: tuple[int, ...] | None = attribute(None, at_least=1)
    pads: tuple[int, ...] | None = attribute(None, at_least=0)
    strides: tuple[int, ...] | None = attribute(None, at_least=1)

    def sliding(self, rank: int) -> Sliding:
        """The windows for `rank` spatial axes."""
        return Sliding.of(rank, self.strides, self.dilations, self.pads)

    def convolved_shape(self, x: Shape | None, w: Shape | None) -> Shape | None:
        """(batch, in, sizes…), (out, in/group, kernel…) → (batch, out, sizes…). Raises ShapeError."""
        if x is None:
            return None
        kernel, channels = self._weights(x, w)
        return (x[0], channels, *self.sliding(len(x) - 2).counts(spatial(x), kernel))

    def _weights(self, x: Shape, w: Shape | None) -> tuple[Shape, Dim]:
        """Sizes of the kernel, and how many channels come out."""
        rank = len(spatial(x))
        if w is None:
            return self.kernel_shape or tuple(fresh("kernel") for _ in range(rank)), fresh("channels")
        if len(w) != len(x):
            raise ShapeError(f"W of shape {show(w)} must have as many axes as X of shape {show(x)}.")
        try:
            unify(w[1] * self.group, x[1])
        except ShapeError:
            raise ShapeError(
                f"W of shape {show(w)}, group {self.group}, takes {w[1] * self.group} channels; X has {x[1]}."
            ) from None
        if isinstance(w[0], int) and w[0] % self.group:
            raise ShapeError(f"the {w[0]} output channels of W do not divide into {self.group} groups.")
        return agree(w[2:], self.kernel_shape, "W"), w[0]


@dataclass(frozen=True)
class Convolution(Grouped):
    """A convolution that can pad by itself."""

    auto_pad: str = attribute("NOTSET", one_of=AUTO_PADS)

    def sliding(self, rank: int) -> Sliding:
        """The windows for `rank` spatial axes."""
        return Sliding.of(rank, self.strides, self.dilations, self.pads, self.auto_pad)


def convolved(x: Array, w: Array, sliding: Sliding, group: int, padding: object = 0) -> Array:
    """(batch, in, sizes…), (out, in/group, kernel…) → (batch, out, sizes…), in the dtype that x and w share.

    padding: what surrounds x (its zero point, when it is quantised).
    """
    windows = sliding.placed(x.shape[2:], w.shape[2:])
    padded = windows.padded(x, padding)
    if w.shape[1] == 1 and group > 1:
        return _depthwise(padded, w, windows)
    y = np.empty((x.shape[0], w.shape[0], *windows.counts), np.result_type(x, w))
    size = w[0].size * group * math.prod(windows.counts)
    step = max(1, STEP // max(size, 1))
    for i in range(0, x.shape[0], step):
        y[i : i + step] = _multiplied(windows.view(padded[i : i + step]), w, group)
    return y


def _multiplied(view: Array, w: Array, group: int) -> Array:
    """One matrix product for each example and group, over windows unrolled into columns."""
    rank = w.ndim - 2
    batch, counts = view.shape[0], view.shape[2 + rank :]
    columns = view.reshape(batch, group, w[0].size, math.prod(counts))
    rows = w.reshape(group, w.shape[0] // group, w[0].size)
    y: Array = np.matmul(rows, columns).reshape(batch, w.shape[0], *counts)
    return y


def _depthwise(padded: Array, w: Array, windows: Windows) -> Array:
    """Groups of one channel: scaled vectors, added up tap by tap, are quicker than matrices of one row."""
    times = w.shape[0] // padded.shape[1]
    x = padded if times == 1 else np.repeat(padded, times, axis=1)
    y = np.zeros((x.shape[0], w.shape[0], *windows.counts), np.result_type(x, w))
    scaled = np.empty_like(y)
    scale = w.reshape(w.shape[0], *w.shape[2:], *(1,) * len(windows.kernel))
    for tap, place in windows.taps():
        np.multiply(x[last(*place)], scale[axes(slice(None), *tap)], out=scaled)
        y += scaled
    return y


def biased(y: Array, b: Array | None) -> Array:
    """y plus one number for each channel; y is overwritten."""
    if b is not None:
        y += widened(b).reshape(-1, *(1,) * (y.ndim - 2))
    return y


def check_bias(b: TensorType | None, channels: Dim) -> None:
    """Raises ShapeError unless b is absent or a vector with an entry for each channel."""
    check_vector("B", b, channels)


@operator(since=22)
class Conv(Convolution):
    """Convolution (cross-correlation) plus bias.  https://onnx.ai/onnx/operators/onnx__Conv.html

    (batch, in, sizes…), (out, in/group, kernel…), (out) → (batch, out, sizes…); floats
    """

    dtypes = {"X": FLOATS, "W": FLOATS, "B": FLOATS}

    def infer(self, X: TensorType, W: TensorType, B: TensorType | None = None) -> TensorType:
        shape = self.convolved_shape(X.shape, W.shape)
        if shape is not None:
            check_bias(B, shape[1])
        return TensorType(same_dtype(X, W, B), shape)

    def run(self, X: Array, W: Array, B: Array | None = None) -> Array:
        y = convolved(widened(X), widened(W), self.sliding(X.ndim - 2), self.group)
        return rounded(biased(y, B), X.dtype)


@operator(since=22)
class ConvTranspose(Convolution):
    """The adjoint of a convolution: spreads each element over a window, and adds up.

    (batch, in, sizes…), (in, out/group, kernel…), (out) → (batch, out, sizes…); floats
    https://onnx.ai/onnx/operators/onnx__ConvTranspose.html
    """

    output_padding: tuple[int, ...] | None = attribute(None, at_least=0)
    output_shape: tuple[int, ...] | None = attribute(None, at_least=0)

    dtypes = {"X": FLOATS, "W": FLOATS, "B": FLOATS}

    def infer(self, X: TensorType, W: TensorType, B: TensorType | None = None) -> TensorType:
        dtype, x, w = same_dtype(X, W, B), X.shape, W.shape
        if x is None:
            return TensorType(dtype, None)
        rank = len(spatial(x))
        kernel, channels = self._transposed_weights(x, w, rank)
        check_bias(B, channels)
        sizes, _ = self._placed(x[2:], kernel)
        return TensorType(dtype, (x[0], channels, *sizes))

    def _transposed_weights(self, x: Shape, w: Shape | None, rank: int) -> tuple[Shape, Dim]:
        if w is None:
            return self.kernel_shape or tuple(fresh("kernel") for _ in range(rank)), fresh("channels")
        if len(w) != len(x):
            raise ShapeError(f"W of shape {show(w)} must have as many axes as X of shape {show(x)}.")
        try:
            unify(w[0], x[1])
        except ShapeError:
            raise ShapeError(f"W of shape {show(w)} takes {w[0]} channels; X has {x[1]}.") from None
        if isinstance(w[0], int) and w[0] % self.group:
            raise ShapeError(f"the {w[0]} input channels of W do not divide into {self.group} groups.")
        return agree(w[2:], self.kernel_shape, "W"), w[1] * self.group

    def _placed(self, sizes: Shape, kernel: Shape) -> tuple[Shape, Shape]:
        """Sizes of the output, and how much is cut off at the beginning of each axis."""
        rank, sliding = len(sizes), self.sliding(len(sizes))
        more = per_axis("output_padding", self.output_padding, (0,) * rank)
        axes = zip(sizes, sliding.strides, sliding.extents(kernel), more, strict=True)
        full = [(n - 1) * s + extent + m for n, s, extent, m in axes]
        if not self.output_shape and not self.auto_pad.startswith("SAME"):
            cut = zip(full, sliding.begins, sliding.ends, strict=True)
            return tuple(f - b - e for f, b, e in cut), sliding.begins
        # SAME: n · stride, as ONNX's text has it, but no more than there is, as in onnxruntime
        out: Shape = tuple(minimum(n * s, f) for n, s, f in zip(sizes, sliding.strides, full, strict=True))
        out = self.output_shape[-rank:] if self.output_shape else out
        # half of the surplus is cut off at each end; an odd one at the end for SAME_UPPER, else in front
        odd = int(self.auto_pad != "SAME_UPPER")
        return out, tuple(floordiv(f - n + odd, 2) for f, n in zip(full, out, strict=True))

    def run(self, X: Array, W: Array, B: Array | None = None) -> Array:
        x, w = widened(X), widened(W)
        kernel, counts = W.shape[2:], X.shape[2:]
        sliding = self.sliding(len(kernel))
        sizes, begins, extents = map(numbers, (*self._placed(counts, kernel), sliding.extents(kernel)))
        cut = tuple(max(0, b) for b in begins)
        windows = Windows(sizes, kernel, counts, cut, extents, sliding)
        return rounded(biased(windows.folded(self._columns(x, w)), B), X.dtype)

    def _columns(self, x: Array, w: Array) -> Array:
        """(batch, in, counts…), (in, out/group, kernel…) → (batch, out, kernel…, counts…)."""
        batch, counts, g = x.shape[0], x.shape[2:], self.group
        rows = w.reshape(g, w.shape[0] // g, w[0].size).swapaxes(1, 2)
        columns: Array = np.matmul(rows, x.reshape(batch, g, w.shape[0] // g, math.prod(counts)))
        return columns.reshape(batch, w.shape[1] * g, *w.shape[2:], *counts)
