"""Windows for cutting pieces out of a signal, and the weights of the mel scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from irkit.errors import ArgumentError, ShapeError
from irkit.ir import Array, Dim, DType, TensorType, dims
from irkit.ir.types import FLOATS, NUMERIC
from irkit.operators.attributes import attribute
from irkit.operators.base import Operator, operator
from irkit.operators.rules import check_one, fresh, quiet, sizes_in

__all__ = ["BlackmanWindow", "HammingWindow", "HannWindow", "MelWeightMatrix"]

_INDEX = frozenset({DType.int32, DType.int64})
_RESULTS = tuple(sorted(NUMERIC))


def _only(known: Sequence[Array | None], position: int) -> Dim | None:
    """The single number that an input is known to hold."""
    sizes = sizes_in(known[position]) if position < len(known) else None
    return None if sizes is None else sizes[0]


@dataclass(frozen=True)
class CosineWindow(Operator):
    """A window made of cosines: () → (size).

    a₀ − a₁ cos φ + a₂ cos 2φ, φ = 2π i / n, where n is the size, or one less when the window is not periodic.
    """

    dtypes = {"size": _INDEX}
    output_datatype: DType = attribute(DType.float32, one_of=_RESULTS)  # noqa: RUF009  # makes a field
    periodic: bool = True

    def infer(self, size: TensorType, *, known: Sequence[Array | None] = ()) -> TensorType:
        check_one(size=size)
        length = _only(known, 0)
        if length is not None and dims.at_least(length, 0) is False:
            raise ShapeError(f"a window cannot have {length} elements.")
        return TensorType(self.output_datatype, (fresh("window") if length is None else length,))

    @quiet
    def run(self, size: Array) -> Array:
        count = int(size.reshape(()))
        if count < 0:
            raise ArgumentError(f"a window cannot have {count} elements.")
        angles = 2 * np.pi * np.arange(count) / max(count if self.periodic else count - 1, 1)
        return self.window(angles).astype(self.output_datatype.numpy)

    def window(self, angles: Array) -> Array:
        raise NotImplementedError


@operator(since=17)
class HannWindow(CosineWindow):
    """½ − ½ cos φ.  https://onnx.ai/onnx/operators/onnx__HannWindow.html"""

    def window(self, angles: Array) -> Array:
        return np.asarray(0.5 - 0.5 * np.cos(angles))


@operator(since=17)
class HammingWindow(CosineWindow):
    """25/46 − 21/46 cos φ.  https://onnx.ai/onnx/operators/onnx__HammingWindow.html"""

    def window(self, angles: Array) -> Array:
        return np.asarray(25 / 46 - 21 / 46 * np.cos(angles))


@operator(since=17)
class BlackmanWindow(CosineWindow):
    """0.42 − 0.5 cos φ + 0.08 cos 2φ.  https://onnx.ai/onnx/operators/onnx__BlackmanWindow.html"""

    def window(self, angles: Array) -> Array:
        return np.asarray(0.42 - 0.5 * np.cos(angles) + 0.08 * np.cos(2 * angles))


@operator(since=17)
class MelWeightMatrix(Operator):
    """Triangles that gather a spectrum's bins into bands of equal width in mel: → (dft_length//2 + 1, bands).

    A frequency of f hertz is 2595 · log₁₀(1 + f/700) mel; every triangle peaks at 1.
    https://onnx.ai/onnx/operators/onnx__MelWeightMatrix.html
    """

    dtypes = {
        "num_mel_bins": _INDEX,
        "dft_length": _INDEX,
        "sample_rate": _INDEX,
        "lower_edge_hertz": FLOATS,
        "upper_edge_hertz": FLOATS,
    }
    output_datatype: DType = attribute(DType.float32, one_of=_RESULTS)

    def infer(
        self,
        num_mel_bins: TensorType,
        dft_length: TensorType,
        sample_rate: TensorType,
        lower_edge_hertz: TensorType,
        upper_edge_hertz: TensorType,
        *,
        known: Sequence[Array | None] = (),
    ) -> TensorType:
        check_one(num_mel_bins=num_mel_bins, dft_length=dft_length, sample_rate=sample_rate)
        check_one(lower_edge_hertz=lower_edge_hertz, upper_edge_hertz=upper_edge_hertz)
        bands, length = _only(known, 0), _only(known, 1)
        bins = fresh("bins") if length is None else length // 2 + 1
        return TensorType(self.output_datatype, (bins, fresh("bands") if bands is None else bands))

    @quiet
    def run(
        self,
        num_mel_bins: Array,
        dft_length: Array,
        sample_rate: Array,
        lower_edge_hertz: Array,
        upper_edge_hertz: Array,
    ) -> Array:
        bands, length, rate = (int(n.reshape(())) for n in (num_mel_bins, dft_length, sample_rate))
        low, high = (_mel(float(f.reshape(()))) for f in (lower_edge_hertz, upper_edge_hertz))
        edges = np.arange(bands + 2) * ((high - low) / (bands + 2)) + low
        bins = (((length + 1) * _hertz(edges)) // rate).astype(np.int64)
        return _triangles(bins, length // 2 + 1).astype(self.output_datatype.numpy)


def _mel(hertz: float) -> float:
    return float(2595 * np.log10(1 + hertz / 700))


def _hertz(mel: Array) -> Array:
    return np.asarray(700 * (np.power(10, mel / 2595) - 1))


def _triangles(edges: Array, bins: int) -> Array:
    """Column i rises from edges[i] to 1 at edges[i + 1] and falls to 0 at edges[i + 2]."""
    bin_, left, peak, right = np.arange(bins)[:, None], edges[:-2], edges[1:-1], edges[2:]
    rising = (bin_ >= left) & (bin_ < peak)
    falling = (bin_ > peak) & (bin_ < right)
    weights = np.where(rising, (bin_ - left) / (peak - left), (bin_ == peak).astype(np.float64))
    return np.asarray(np.where(falling, (right - bin_) / (right - peak), weights))
