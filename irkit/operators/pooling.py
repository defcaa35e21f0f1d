"""Pooling: one number for each window, or for each channel. Tensors are (batch, channels, sizes…)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from irkit.errors import ShapeError
from irkit.ir import Array, DType, Shape, TensorType, unify
from irkit.ir.types import FLOATS
from irkit.operators.attributes import attribute
from irkit.operators.base import Operator, operator
from irkit.operators.rules import fresh, rounded, show, sizes_in, widened
from irkit.operators.windows import AUTO_PADS, Sliding, Windows, along, numbers, spatial

__all__ = [
    "AveragePool",
    "GlobalAveragePool",
    "GlobalLpPool",
    "GlobalMaxPool",
    "LpPool",
    "MaxPool",
    "MaxUnpool",
]


@dataclass(frozen=True)
class Pooling(Operator):
    """What all poolings by windows have."""

    kernel_shape: tuple[int, ...] = attribute(at_least=1)
    auto_pad: str = attribute("NOTSET", one_of=AUTO_PADS)
    ceil_mode: bool = False
    dilations: tuple[int, ...] | None = attribute(None, at_least=1)
    pads: tuple[int, ...] | None = attribute(None, at_least=0)
    strides: tuple[int, ...] | None = attribute(None, at_least=1)

    def sliding(self) -> Sliding:
        """The windows, wherever they are placed."""
        rank = len(self.kernel_shape)
        return Sliding.of(rank, self.strides, self.dilations, self.pads, self.auto_pad, self.ceil_mode)

    def pooled(self, x: Shape | None) -> Shape | None:
        """(batch, channels, sizes…) → (batch, channels, counts…). Raises ShapeError."""
        if x is None:
            return None
        if len(spatial(x)) != len(self.kernel_shape):
            raise ShapeError(f"kernel_shape {show(self.kernel_shape)} does not fit X of shape {show(x)}.")
        return (*x[:2], *self.sliding().counts(x[2:], self.kernel_shape))

    def windows(self, x: Array) -> Windows:
        """The windows over `x`."""
        return self.sliding().placed(x.shape[2:], self.kernel_shape)


def combined(padded: Array, windows: Windows, combine: np.ufunc) -> Array:
    """All elements of each window combined, axis by axis: k + k steps where a window has k · k."""
    result, sliding = padded, windows.sliding
    for i, kernel in enumerate(windows.kernel):
        axis = padded.ndim - len(windows.kernel) + i
        reach = (windows.counts[i] - 1) * sliding.strides[i] + 1
        starts = [t * sliding.dilations[i] for t in range(kernel)]
        taps = [result[along(axis, slice(s, s + max(reach, 0), sliding.strides[i]))] for s in starts]
        result = taps[0].copy()
        for tap in taps[1:]:
            combine(result, tap, out=result)
    return result


def lowest(x: Array) -> float:
    """What padding must hold so that a maximum ignores it."""
    return -np.inf if x.dtype.kind == "f" else int(np.iinfo(x.dtype).min)


@operator(since=22)
class MaxPool(Pooling):
    """The greatest element of each window.  https://onnx.ai/onnx/operators/onnx__MaxPool.html

    (batch, channels, sizes…) → (batch, channels, counts…), and where it stands: its number in the flattened
    input, the first spatial axis running fastest with storage_order 1; floats, int8, uint8
    """

    storage_order: int = attribute(0, one_of=(0, 1))

    dtypes = {"X": FLOATS | {DType.int8, DType.uint8}}
    default_outputs = 1

    def infer(self, X: TensorType) -> tuple[TensorType, TensorType]:
        shape = self.pooled(X.shape)
        return X.with_shape(shape), TensorType(DType.int64, shape)

    def run(self, X: Array, *, count: int = 2) -> Array | tuple[Array, Array]:
        x, windows = widened(X), self.windows(X)
        padded = windows.padded(x, lowest(x))
        y = combined(padded, windows, np.maximum)
        if count == 1:
            return rounded(y, X.dtype)
        return rounded(y, X.dtype), self._indices(windows.view(padded), y, windows)

    def _indices(self, view: Array, y: Array, windows: Windows) -> Array:
        """The first place in each window that holds its maximum; view: (batch, channels, kernel…, counts…)."""
        lead, taps = y.shape[:2], math.prod(windows.kernel)
        real = windows.view(windows.padded(np.ones(windows.sizes, bool), False))
        equal = view == y.reshape(*lead, *(1,) * len(windows.kernel), *windows.counts)
        found = (equal | (view != view)) & real  # NaN is the greatest, and unequal to itself
        first = found.reshape(*lead, taps, -1).argmax(axis=2)
        sizes = windows.sizes[:: -1 if self.storage_order else 1]
        numbered = np.arange(math.prod(sizes)).reshape(sizes)
        numbered = numbered.T if self.storage_order else numbered
        places = windows.view(windows.padded(numbered)).reshape(taps, -1)
        within = places[first, np.arange(places.shape[1])].reshape(y.shape)
        channel = np.arange(math.prod(lead)).reshape(*lead, *(1,) * len(windows.counts))
        return np.asarray(within + channel * numbered.size, np.int64)


@operator(since=22)
class AveragePool(Pooling):
    """The mean of each window, over the elements that lie in X, or also the padding with count_include_pad.

    (batch, channels, sizes…) → (batch, channels, counts…); floats
    https://onnx.ai/onnx/operators/onnx__AveragePool.html
    """

    count_include_pad: bool = False

    dtypes = {"X": FLOATS}

    def infer(self, X: TensorType) -> TensorType:
        return X.with_shape(self.pooled(X.shape))

    def run(self, X: Array) -> Array:
        x, windows = widened(X), self.windows(X)
        total = combined(windows.padded(x), windows, np.add)
        with np.errstate(invalid="ignore"):  # a window that lies in the padding has no mean: NaN
            total /= windows.inside(with_padding=self.count_include_pad).astype(total.dtype)
        return rounded(total, X.dtype)


@operator(since=22)
class LpPool(Pooling):
    """The p-norm of each window, (∑ |x|ᵖ)^(1/p).  https://onnx.ai/onnx/operators/onnx__LpPool.html

    (batch, channels, sizes…) → (batch, channels, counts…); floats
    """

    p: int = attribute(2, at_least=1)

    dtypes = {"X": FLOATS}

    def infer(self, X: TensorType) -> TensorType:
        return X.with_shape(self.pooled(X.shape))

    def run(self, X: Array) -> Array:
        x, windows = widened(X), self.windows(X)
        powers = windows.padded(np.abs(x) ** self.p)
        return rounded(combined(powers, windows, np.add) ** (1 / self.p), X.dtype)


class GlobalPooling(Operator):
    """One number for each channel: (batch, channels, sizes…) → (batch, channels, 1…)."""

    dtypes = {"X": FLOATS}

    def infer(self, X: TensorType) -> TensorType:
        if X.shape is None:
            return X
        return X.with_shape((*X.shape[:2], *(1,) * len(spatial(X.shape))))


def _spatial_axes(x: Array) -> tuple[int, ...]:
    return tuple(range(2, x.ndim))


@operator(since=22)
class GlobalAveragePool(GlobalPooling):
    """The mean of each channel.  https://onnx.ai/onnx/operators/onnx__GlobalAveragePool.html"""

    def run(self, X: Array) -> Array:
        x = widened(X)
        return rounded(x.mean(axis=_spatial_axes(x), keepdims=True), X.dtype)


@operator(since=22)
class GlobalMaxPool(GlobalPooling):
    """The greatest element of each channel.  https://onnx.ai/onnx/operators/onnx__GlobalMaxPool.html"""

    def run(self, X: Array) -> Array:
        return rounded(widened(X).max(axis=_spatial_axes(X), keepdims=True, initial=-np.inf), X.dtype)


@operator(since=22)
class GlobalLpPool(GlobalPooling):
    """The p-norm of each channel.  https://onnx.ai/onnx/operators/onnx__GlobalLpPool.html"""

    p: int = attribute(2, at_least=1)

    def run(self, X: Array) -> Array:
        total = (np.abs(widened(X)) ** self.p).sum(axis=_spatial_axes(X), keepdims=True)
        return rounded(total ** (1 / self.p), X.dtype)


@operator(since=22)
class MaxUnpool(Operator):
    """Puts each element back where MaxPool found it, zeros elsewhere.

    (batch, channels, counts…), its indices, shape of the output → (batch, channels, sizes…); floats, int64
    https://onnx.ai/onnx/operators/onnx__MaxUnpool.html
    """

    kernel_shape: tuple[int, ...] = attribute(at_least=1)
    pads: tuple[int, ...] | None = attribute(None, at_least=0)
    strides: tuple[int, ...] | None = attribute(None, at_least=1)

    dtypes = {"X": FLOATS, "I": frozenset({DType.int64}), "output_shape": frozenset({DType.int64})}

    def infer(
        self,
        X: TensorType,
        I: TensorType,
        output_shape: TensorType | None = None,
        *,
        known: Sequence[Array | None] = (),
    ) -> TensorType:
        if X.shape is not None and I.shape is not None:
            _agree(X.shape, I.shape)
        if X.shape is None or output_shape is None:
            return X.with_shape(None if X.shape is None else self._unpooled(X.shape))
        stated = sizes_in(known[2]) if len(known) > 2 else None
        if stated is not None and len(stated) != len(X.shape):
            raise ShapeError(
                f"output_shape {show(stated)} must have as many axes as X of shape {show(X.shape)}."
            )
        return X.with_shape(stated or tuple(fresh("unpooled") for _ in X.shape))

    def _unpooled(self, x: Shape) -> Shape:
        if len(spatial(x)) != len(self.kernel_shape):
            raise ShapeError(f"kernel_shape {show(self.kernel_shape)} does not fit X of shape {show(x)}.")
        sliding = Sliding.of(len(self.kernel_shape), self.strides, pads=self.pads)
        axes = zip(x[2:], sliding.strides, self.kernel_shape, sliding.begins, sliding.ends, strict=True)
        return (*x[:2], *((n - 1) * s + k - b - e for n, s, k, b, e in axes))

    def run(self, X: Array, I: Array, output_shape: Array | None = None) -> Array:
        shape = numbers(self._unpooled(X.shape))  # in which the indices count
        flat = np.zeros(math.prod(shape), X.dtype)
        flat[I.ravel()] = X.ravel()
        y = flat.reshape(shape)
        if output_shape is None or tuple(output_shape) == shape:
            return y
        wider = np.zeros(tuple(int(n) for n in output_shape), X.dtype)
        common = tuple(slice(min(m, n)) for m, n in zip(shape, wider.shape, strict=True))
        wider[common] = y[common]
        return wider


def _agree(x: Shape, indices: Shape) -> None:
    try:
        for a, b in zip(x, indices, strict=True):
            unify(a, b)
    except ValueError:  # other sizes, or another number of them
        raise ShapeError(f"X of shape {show(x)} and I of shape {show(indices)} must have the same.") from None
