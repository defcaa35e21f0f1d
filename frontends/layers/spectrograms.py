"""Sounds as pictures: how much of each frequency there is at each time.

Keras: https://keras.io/api/layers/preprocessing_layers/audio_preprocessing/
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from irkit.errors import ArgumentError, ShapeError
from irkit.frontends import ops
from irkit.frontends.backend_config import data_format_or_default, epsilon
from irkit.frontends.base.layer import Layer, layer
from irkit.frontends.initializers import STFT
from irkit.frontends.layers.arguments import Shape, need_rank, one_of, whole
from irkit.frontends.tensors.tensor import Tensor
from irkit.frontends.tensors.variable import Variable
from irkit.ir import Array

__all__ = ["MelSpectrogram", "STFTSpectrogram"]


@layer
class STFTSpectrogram(Layer):
    """Short-time Fourier transform by convolutions whose kernels are waves under a window.

    (batch, time, channels) → (batch, frames, channels·frequencies); with expand_dims frequencies and channels are
    two axes. mode: "log", "magnitude", "psd", "real", "imag", "angle", "stft" (real and imaginary parts).
    """

    mode: str = "log"
    frame_length: int = 256
    frame_step: int | None = None
    fft_length: int | None = None
    window: Any = "hann"
    periodic: bool = False
    scaling: str | None = "density"
    padding: str = "valid"
    expand_dims: bool = False
    data_format: str | None = None

    def setup(self) -> None:
        modes = ("log", "magnitude", "psd", "real", "imag", "angle", "stft")
        self.mode = one_of("mode", self.mode, modes)
        self.scaling = one_of("scaling", self.scaling, ("density", "spectrum", None))
        self.padding = one_of("padding", self.padding, ("valid", "same"))
        self.data_format = data_format_or_default(self.data_format)
        length = self.frame_length = whole("frame_length", self.frame_length)
        if self.frame_step is not None and whole("frame_step", self.frame_step) > length:
            raise ArgumentError(f"frame_step {self.frame_step} must not exceed frame_length {length}.")
        if self.fft_length is not None and whole("fft_length", self.fft_length) < length:
            raise ArgumentError(f"fft_length {self.fft_length} must not be below frame_length {length}.")

    def build(self, input_shape: Shape) -> None:
        length = self.fft_length or 2 ** math.ceil(math.log2(self.frame_length))
        shape = (self.frame_length, 1, length // 2 + 1)
        self._kernels: list[Variable] = []
        for side, other in (("real", "imag"), ("imag", "real")):
            if self.mode != other:
                draw = STFT(side, self.window, self.scaling, self.periodic)
                self._kernels.append(self.add_weight(shape, draw, name=f"{side}_kernel"))

    def check_inputs(self, inputs: object) -> None:
        need_rank(inputs, 3, "batch, time, channels")

    def call(self, inputs: Tensor) -> Tensor:
        sides = [self._waves(inputs, kernel) for kernel in self._kernels]
        if self.mode in ("real", "imag"):
            return self._laid_out(sides[0])
        if self.mode == "stft":
            return self._laid_out(ops.concatenate(sides, axis=2))
        real, imaginary = sides
        if self.mode == "angle":
            return self._laid_out(ops.arctan2(imaginary, real))
        power = ops.add(ops.square(real), ops.square(imaginary))
        if self.mode == "psd":  # all but the first and last frequency stand for two
            inner = ops.pad(power[:, :, 1:-1], [[0, 0], [0, 0], [1, 1], [0, 0]])
            return self._laid_out(ops.add(power, inner))
        magnitude = self._laid_out(ops.sqrt(ops.maximum(power, epsilon())))
        return magnitude if self.mode == "magnitude" else ops.log(ops.maximum(magnitude, epsilon()))

    def _waves(self, x: Tensor, kernel: Variable) -> Tensor:
        """One side of the transform, of each channel alone: (batch, channels, frequencies, frames)"""
        x = ops.transpose(x, (0, 2, 1)) if self.data_format == "channels_last" else x
        channels, time = x.shape[1:]
        found = ops.conv(
            ops.reshape(x, (-1, 1, time)),
            kernel,
            strides=self.frame_step or self.frame_length // 2,
            padding=self.padding,
            data_format="channels_first",
        )
        return ops.reshape(found, (-1, channels, *found.shape[1:]))

    def _laid_out(self, x: Tensor) -> Tensor:
        """From (batch, channels, frequencies, frames) to what data_format and expand_dims say."""
        last = self.data_format == "channels_last"
        if self.expand_dims:
            return ops.transpose(x, (0, 3, 2, 1) if last else (0, 1, 3, 2))
        flat = ops.reshape(x, (-1, x.shape[1] * x.shape[2], x.shape[3]))
        return ops.transpose(flat, (0, 2, 1)) if last else flat


@layer
class MelSpectrogram(Layer):
    """Spectrogram in bands as wide as the ear hears them: (…, time) → (…, num_mel_bins, frames)

    power_to_db: in decibels over ref_power, at most top_db below the loudest. mag_exp: 2 for power, 1 for magnitude.
    """

    fft_length: int = 2048
    sequence_stride: int = 512
    sequence_length: int | None = None
    window: Any = "hann"
    sampling_rate: int = 16000
    num_mel_bins: int = 128
    min_freq: float = 20.0
    max_freq: float | None = None
    power_to_db: bool = True
    top_db: float = 80.0
    mag_exp: float = 2.0
    min_power: float = 1e-10
    ref_power: float = 1.0

    def setup(self) -> None:
        self.fft_length = whole("fft_length", self.fft_length)
        self.sequence_length = whole("sequence_length", self.sequence_length or self.fft_length)
        self.max_freq = self.max_freq or int(self.sampling_rate / 2)
        if self.fft_length < self.sequence_length:
            raise ArgumentError(
                f"fft_length {self.fft_length} must not be below sequence_length {self.sequence_length}."
            )

    def check_inputs(self, inputs: object) -> None:
        if isinstance(inputs, Tensor) and inputs.ndim not in (1, 2):
            raise ShapeError(
                f"expects (time) or (batch, time), the input has {inputs.ndim} axes.",
                cure="Take one channel: x[..., 0].",
            )

    def call(self, inputs: Tensor) -> Tensor:
        real, imaginary = ops.stft(
            ops.cast(inputs, "float32"),
            sequence_length=self.sequence_length or self.fft_length,
            sequence_stride=self.sequence_stride,
            fft_length=self.fft_length,
            window=self.window,
            center=True,
        )
        magnitude = ops.sqrt(ops.add(ops.square(real), ops.square(imaginary)))
        bands = ops.matmul(ops.power(magnitude, self.mag_exp), self._bands(self.fft_length // 2 + 1))
        found = self._decibels(bands) if self.power_to_db else bands
        return ops.cast(ops.swapaxes(found, -1, -2), self.dtype)

    def _bands(self, frequencies: int) -> Array:
        """Triangles over the frequencies, of equal width in mel: (frequencies, num_mel_bins)"""
        hertz = np.linspace(0, np.float32(self.sampling_rate / 2), frequencies, dtype=np.float32)[1:]
        edges = np.linspace(
            _mel(np.float32(self.min_freq)), _mel(np.float32(self.max_freq or 0)), self.num_mel_bins + 2
        ).astype(np.float32)
        lower, center, upper = edges[:-2], edges[1:-1], edges[2:]
        mel = _mel(hertz)[:, None]
        rising, falling = (mel - lower) / (center - lower), (upper - mel) / (upper - center)
        triangles = np.maximum(0, np.minimum(rising, falling))
        return np.pad(triangles, [[1, 0], [0, 0]]).astype(np.float32)  # no band has the constant part

    def _decibels(self, power: Tensor) -> Tensor:
        levels = ops.multiply(ops.log10(ops.maximum(power, self.min_power)), 10.0)
        reference = 10.0 * math.log10(max(abs(self.ref_power), self.min_power))
        levels = ops.subtract(levels, reference)
        return ops.maximum(levels, ops.subtract(ops.max(levels), self.top_db))


def _mel(hertz: Any) -> Any:  # a number, or an array
    """Pitch as the ear hears it (HTK's formula)."""
    return np.float32(1127.0) * np.log(1 + hertz / np.float32(700.0))
