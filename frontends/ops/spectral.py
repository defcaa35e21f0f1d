"""Fourier transforms. Complex numbers are pairs (real part, imaginary part)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np

from irkit import operators as op
from irkit.errors import ArgumentError, ShapeError
from irkit.frontends.ops.arithmetic import divide, multiply, square
from irkit.frontends.ops.comparison import greater, where
from irkit.frontends.ops.creation import arange
from irkit.frontends.ops.indexing import getitem
from irkit.frontends.ops.joining import concatenate, pad, stack
from irkit.frontends.ops.operands import Operand, floating, rank_of, tensor
from irkit.frontends.ops.shaping import expand_dims, flip, moveaxis, reshape, squeeze
from irkit.frontends.tensors.apply import apply_one
from irkit.frontends.tensors.size import Size
from irkit.frontends.tensors.tensor import Tensor, TensorLike
from irkit.ir import DType

__all__ = ["extract_sequences", "fft", "fft2", "ifft2", "irfft", "istft", "rfft", "stft"]

Pair: TypeAlias = tuple[Tensor, Tensor]


def _joined(x: Sequence[TensorLike]) -> Tensor:
    """Both parts in a new last axis, as ONNX has them."""
    if not isinstance(x, list | tuple) or len(x) != 2:
        raise ArgumentError(f"a pair (real part, imaginary part) is needed. Received: {x!r}.")
    return stack([floating(x[0]), floating(x[1])], -1)


def _parts(x: Tensor) -> Pair:
    return getitem(x, (..., 0)), getitem(x, (..., 1))


def _transformed(
    x: Operand, axis: int, *, inverse: bool = False, length: int | None = None, onesided: bool = False
) -> Tensor:
    """The transform along an axis of (…, 1 or 2), counted without the last one."""
    place = tensor(axis % (rank_of(x) - 1), DType.int64)
    size = None if length is None else tensor(length, DType.int64)
    return apply_one(op.DFT(inverse=inverse, onesided=onesided), x, size, place)


def fft(x: Sequence[TensorLike]) -> Pair:
    """The transform along the last axis."""
    return _parts(_transformed(_joined(x), -1))


def fft2(x: Sequence[TensorLike]) -> Pair:
    """The transform along the last two axes."""
    return _parts(_transformed(_transformed(_joined(x), -1), -2))


def ifft2(x: Sequence[TensorLike]) -> Pair:
    """The inverse of `fft2`."""
    return _parts(_transformed(_transformed(_joined(x), -1, inverse=True), -2, inverse=True))


def rfft(x: TensorLike, fft_length: int | None = None) -> Pair:
    """The first half of the transform of real numbers: the rest mirrors it."""
    signal = expand_dims(floating(x), -1)
    return _parts(_transformed(signal, -1, length=fft_length, onesided=True))


def irfft(x: Sequence[TensorLike], fft_length: int | None = None) -> Tensor:
    """The inverse of `rfft`; fft_length: of the result, by default 2·(n − 1)."""
    half = _joined(x)
    bins = half.shape[-2]
    if fft_length is None and not isinstance(bins, int):
        raise ShapeError("irfft needs fft_length where the number of frequencies is not fixed.")
    length = 2 * (int(bins) - 1) if fft_length is None else fft_length
    half = _fitted(half, length // 2 + 1)
    mirrored = getitem(half, (..., slice(1, (length + 1) // 2), slice(None)))
    other = multiply(flip(mirrored, -2), tensor(np.array([1.0, -1.0]), half.type.dtype))
    whole = concatenate([_real_ends(half, length), other], -2)
    return getitem(_transformed(whole, -1, inverse=True), (..., 0))


def _fitted(half: Tensor, bins: int) -> Tensor:
    """Cut, or filled up with zeros, to so many frequencies."""
    have = half.shape[-2]
    assert isinstance(have, int | Size)
    if not isinstance(have, int) or have >= bins:
        return getitem(half, (..., slice(0, bins), slice(None)))
    return pad(half, [[0, 0]] * (rank_of(half) - 2) + [[0, bins - have], [0, 0]])


def _real_ends(half: Tensor, length: int) -> Tensor:
    """The first frequency, and the last of an even length, are real: what is imaginary there does not count."""
    bins = length // 2 + 1
    keep = np.ones((bins, 2))
    keep[0, 1] = 0
    if length % 2 == 0:
        keep[-1, 1] = 0
    return multiply(half, tensor(keep, half.type.dtype))


# ---- short pieces of a signal


def extract_sequences(x: TensorLike, sequence_length: int, sequence_stride: int) -> Tensor:
    """Overlapping pieces of a signal: (…, n) → (…, pieces, sequence_length), sequence_stride apart."""
    signal = tensor(x)
    size = signal.shape[-1]
    count = (size - sequence_length) // sequence_stride + 1
    starts = multiply(arange(count, dtype=DType.int64), sequence_stride)
    places = apply_one(op.Add(), expand_dims(starts, 1), tensor(np.arange(sequence_length)))
    return apply_one(op.Gather(axis=rank_of(signal) - 1), signal, places)


def _window(window: str | TensorLike | None, sequence_length: int, fft_length: int, like: Operand) -> Tensor:
    """The window, with zeros on both sides up to fft_length."""
    before = (fft_length - sequence_length) // 2
    after = fft_length - sequence_length - before
    if window is None:
        return tensor(np.ones(fft_length), like.type.dtype)  # type: ignore[return-value]  # made from an array
    if isinstance(window, str):
        weights = {"hann": (0.5, 0.5), "hamming": (0.54, 0.46)}.get(window)
        if weights is None:
            raise ArgumentError(f"window must be 'hann', 'hamming' or a vector. Received: {window!r}.")
        angle = 2 * np.pi * np.arange(sequence_length) / sequence_length  # periodic
        window = weights[0] - weights[1] * np.cos(angle)
    values = tensor(window, like.type.dtype)
    if values.shape != (sequence_length,):
        raise ShapeError(f"the window must have {sequence_length} numbers, not {values.type}.")
    return pad(values, [[before, after]])


def stft(
    x: TensorLike,
    sequence_length: int,
    sequence_stride: int,
    fft_length: int,
    window: str | TensorLike | None = "hann",
    center: bool = True,
) -> Pair:
    """Transforms of overlapping, windowed pieces: (…, n) → (…, pieces, fft_length//2 + 1)."""
    signal = tensor(x)
    if signal.type.dtype not in (DType.float32, DType.float64):
        raise ArgumentError(f"a signal of float32 or float64 is needed, not {signal.type}.")
    if fft_length < sequence_length:
        raise ArgumentError(f"fft_length {fft_length} must be at least sequence_length {sequence_length}.")
    if center:
        signal = pad(signal, [[0, 0]] * (rank_of(signal) - 1) + [[fft_length // 2] * 2], mode="reflect")
    pieces = extract_sequences(signal, fft_length, sequence_stride)
    return rfft(multiply(pieces, _window(window, sequence_length, fft_length, signal)))


def istft(
    x: Sequence[TensorLike],
    sequence_length: int,
    sequence_stride: int,
    fft_length: int,
    length: int | None = None,
    window: str | TensorLike | None = "hann",
    center: bool = True,
) -> Tensor:
    """The signal whose `stft` this is: pieces transformed back, windowed, added, divided by the windows' squares."""
    pieces = irfft(x, fft_length)
    count = pieces.shape[-2]
    if not isinstance(count, int):
        raise ShapeError("istft needs a fixed number of pieces.")
    shape_of_window = _window(window, sequence_length, fft_length, pieces)
    total = _overlapped(multiply(pieces, shape_of_window), sequence_stride)
    squares = apply_one(op.Expand(), square(shape_of_window), tensor([count, fft_length], DType.int64))
    weight = _overlapped(squares, sequence_stride)
    safe = where(greater(weight, 1e-10), weight, 1.0)
    signal = divide(total, safe)
    start = fft_length // 2 if center else 0
    end: int | None = fft_length + sequence_stride * (count - 1)
    if length is not None:
        end = start + length
    elif center:
        end = -(fft_length // 2)
    return getitem(signal, (..., slice(start, end)))


def _overlapped(pieces: Tensor, stride: int) -> Tensor:
    """Pieces (…, count, length) added up where they overlap: by adding columns that stand `stride` apart."""
    count, length = pieces.shape[-2], pieces.shape[-1]
    assert isinstance(count, int)
    assert isinstance(length, int)
    rows = reshape(pieces, (-1, count, length))
    kernel = tensor(np.eye(length).reshape(length, 1, length), pieces.type.dtype)
    signal = apply_one(op.ConvTranspose(strides=(stride,)), moveaxis(rows, 1, 2), kernel)
    return reshape(squeeze(signal, 1), [*pieces.shape[:-2], length + stride * (count - 1)])
