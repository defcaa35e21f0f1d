"""Fourier transforms. The last axis holds real and imaginary part, or the real one alone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from irkit.errors import AttributeRangeError, ShapeError
from irkit.ir import Array, Dim, DType, Shape, TensorType, unify
from irkit.ir.dims import floordiv
from irkit.ir.types import FLOATS
from irkit.operators.base import Operator, operator
from irkit.operators.rules import axis_in, fresh, fresh_shape, rounded, same_dtype, show, sizes_in, widened

__all__ = ["DFT", "STFT"]

COUNTS = frozenset({DType.int32, DType.int64})


def _as_complex(x: Array) -> Array:
    """(…, 1 or 2) → (…), complex for 2."""
    return x[..., 0] if x.shape[-1] == 1 else x[..., 0] + 1j * x[..., 1]


def _as_pairs(z: Array) -> Array:
    """(…) complex → (…, 2)."""
    return np.stack([z.real, z.imag], axis=-1)


def _check_parts(shape: Shape, name: str) -> None:
    if len(shape) < 2 or (isinstance(shape[-1], int) and shape[-1] not in (1, 2)):
        raise ShapeError(
            f"the last size of {name} must be 1 (real) or 2 (complex); its shape is {show(shape)}."
        )


def _number(known: Sequence[Array | None], position: int) -> Dim | None:
    """A known scalar, a number or a symbolic size."""
    contents = sizes_in(known[position]) if position < len(known) else None
    return contents[0] if contents else None


@operator(since=20)
class DFT(Operator):
    """Discrete Fourier transform along one axis, or its inverse.  https://onnx.ai/onnx/operators/onnx__DFT.html

    (…, n, …, 1 or 2), length, axis → (…, length, …, 2); floats. With onesided, (…, length//2 + 1, …, 2)
    from real input, and inverse (…, length, …, 1) from that. Signals are cut, or padded with zeros.
    """

    inverse: bool = False
    onesided: bool = False

    dtypes = {"input": FLOATS, "dft_length": COUNTS, "axis": frozenset({DType.int64})}

    def infer(
        self,
        input: TensorType,
        dft_length: TensorType | None = None,
        axis: TensorType | None = None,
        *,
        known: Sequence[Array | None] = (),
    ) -> TensorType:
        shape = input.shape
        if shape is None:
            return input
        _check_parts(shape, "input")
        if self.onesided and shape[-1] == (1 if self.inverse else 2):
            raise ShapeError(
                f"onesided needs {'complex' if self.inverse else 'real'} input; found {show(shape)}."
            )
        parts = 1 if self.inverse and self.onesided else 2
        number = -2 if axis is None else _number(known, 2)
        if not isinstance(number, int):
            changes = self.onesided or dft_length is not None
            return input.with_shape((*(fresh_shape("dft", len(shape) - 1) if changes else shape[:-1]), parts))
        at = self._axis(number, len(shape))
        length = self._length(shape[at]) if dft_length is None else _number(known, 1)
        bins = fresh("dft") if length is None else self._bins(length)
        return input.with_shape((*shape[:at], bins, *shape[at + 1 : -1], parts))

    @staticmethod
    def _axis(axis: int, rank: int) -> int:
        at = axis_in(axis, rank)
        if at == rank - 1:
            raise AttributeRangeError(f"axis {axis} of DFT is the one that holds real and imaginary parts.")
        return at

    def _length(self, size: Dim) -> Dim:
        return 2 * (size - 1) if self.inverse and self.onesided else size

    def _bins(self, length: Dim) -> Dim:
        return floordiv(length, 2) + 1 if self.onesided and not self.inverse else length

    def run(self, input: Array, dft_length: Array | None = None, axis: Array | None = None) -> Array:
        at = self._axis(-2 if axis is None else int(axis.flat[0]), input.ndim)
        length = self._length(input.shape[at]) if dft_length is None else int(dft_length.flat[0])
        signal = _as_complex(widened(input))
        assert isinstance(length, int)
        if self.onesided and self.inverse:
            return rounded(np.fft.irfft(signal, length, at)[..., None], input.dtype)
        if self.onesided:
            return rounded(_as_pairs(np.fft.rfft(signal.real, length, at)), input.dtype)
        transform = np.fft.ifft if self.inverse else np.fft.fft
        return rounded(_as_pairs(transform(signal, length, at)), input.dtype)


@operator(since=17)
class STFT(Operator):
    """Fourier transforms of frames, times a window.  https://onnx.ai/onnx/operators/onnx__STFT.html

    (batch, n, 1 or 2), step, window (length), length → (batch, (n − length)//step + 1, bins, 2), where
    there are length//2 + 1 bins with onesided (of a real signal), else length; floats
    """

    onesided: bool = True

    dtypes = {"signal": FLOATS, "frame_step": COUNTS, "window": FLOATS, "frame_length": COUNTS}

    def infer(
        self,
        signal: TensorType,
        frame_step: TensorType,
        window: TensorType | None = None,
        frame_length: TensorType | None = None,
        *,
        known: Sequence[Array | None] = (),
    ) -> TensorType:
        dtype = same_dtype(signal, window)
        shape = fresh_shape("signal", 3) if signal.shape is None else signal.shape
        if len(shape) != 3:
            raise ShapeError(f"signal must be (batch, n, 1 or 2); its shape is {show(shape)}.")
        _check_parts(shape, "signal")
        if self.onesided and shape[2] == 2:
            raise ShapeError("onesided needs a real signal; this one is complex.", cure="Set onesided to 0.")
        length = self._frame(shape[1], window, frame_length, _number(known, 3))
        step = _number(known, 1)
        if isinstance(step, int) and step < 1:
            raise ShapeError(f"frame_step must be at least 1. Received: {step}.")
        frames = fresh("frames") if step is None else floordiv(shape[1] - length, step) + 1
        bins = floordiv(length, 2) + 1 if self.onesided else length
        return TensorType(dtype, (shape[0], frames, bins, 2))

    @staticmethod
    def _frame(n: Dim, window: TensorType | None, frame_length: TensorType | None, stated: Dim | None) -> Dim:
        """Length of a frame: as stated, that of the window, or the whole signal."""
        if window is not None and window.shape is not None:
            if len(window.shape) != 1:
                raise ShapeError(f"window must be a vector; its shape is {show(window.shape)}.")
            return window.shape[0] if stated is None else unify(window.shape[0], stated)
        if frame_length is None and window is None:
            return n
        return fresh("frame") if stated is None else stated

    def run(
        self, signal: Array, frame_step: Array, window: Array | None = None, frame_length: Array | None = None
    ) -> Array:
        x = _as_complex(widened(signal))
        length = x.shape[1] if window is None else window.shape[0]
        length = length if frame_length is None else int(frame_length.flat[0])
        frames = np.lib.stride_tricks.sliding_window_view(x, length, axis=1)[:, :: int(frame_step.flat[0])]
        weighted = frames if window is None else frames * widened(window)
        spectrum = np.fft.rfft(weighted) if self.onesided else np.fft.fft(weighted)
        return rounded(_as_pairs(spectrum), signal.dtype)
