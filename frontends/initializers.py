"""Initializers: how weights get their first values. Keras: https://keras.io/api/layers/initializers/

An initializer's seed is fixed when the object is made, so its values are the same whenever they are drawn,
and every call with the same shape gives the same values (a SeedGenerator as seed gives new ones each time).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

import numpy as np

from irkit.errors import ArgumentError
from irkit.frontends import named, spectra
from irkit.frontends.backend_config import floatx
from irkit.frontends.random import Seed, SeedGenerator, generator, new_seed, truncated
from irkit.ir import Array, DType

__all__ = [
    "Constant",
    "GlorotNormal",
    "GlorotUniform",
    "HeNormal",
    "HeUniform",
    "Identity",
    "IdentityInitializer",
    "Initializer",
    "LecunNormal",
    "LecunUniform",
    "Ones",
    "Orthogonal",
    "OrthogonalInitializer",
    "RandomNormal",
    "RandomUniform",
    "STFT",
    "STFTInitializer",
    "TruncatedNormal",
    "VarianceScaling",
    "Zeros",
    "constant",
    "deserialize",
    "get",
    "glorot_normal",
    "glorot_uniform",
    "he_normal",
    "he_uniform",
    "identity",
    "lecun_normal",
    "lecun_uniform",
    "ones",
    "orthogonal",
    "random_normal",
    "random_uniform",
    "serialize",
    "stft",
    "truncated_normal",
    "variance_scaling",
    "zeros",
]


class Initializer:
    """Base of all initializers; a user's own defines __call__(shape, dtype=None) and get_config."""

    def __call__(self, shape: Sequence[int], dtype: str | None = None) -> Array:
        raise NotImplementedError(f"{type(self).__name__} must define __call__(shape, dtype=None).")

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {}

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Any:  # an object of this class
        return cls(**config)

    def clone(self) -> Any:  # an object of this class
        """Another one with the same arguments."""
        return self.from_config(self.get_config())


def _numpy_dtype(dtype: str | None) -> np.dtype[np.generic]:
    return DType.of(dtype or floatx()).numpy


# ---- constant values


class Zeros(Initializer):
    """0 everywhere."""

    def __call__(self, shape: Sequence[int], dtype: str | None = None) -> Array:
        return np.zeros(tuple(shape), _numpy_dtype(dtype))


class Ones(Initializer):
    """1 everywhere."""

    def __call__(self, shape: Sequence[int], dtype: str | None = None) -> Array:
        return np.ones(tuple(shape), _numpy_dtype(dtype))


class Constant(Initializer):
    """`value` everywhere: a number, or an array that broadcasts to the shape."""

    def __init__(self, value: Any = 0.0) -> None:  # a number or an array
        self.value = value

    def __call__(self, shape: Sequence[int], dtype: str | None = None) -> Array:
        return np.broadcast_to(np.asarray(self.value, _numpy_dtype(dtype)), tuple(shape)).copy()

    def get_config(self) -> dict[str, Any]:
        return {"value": self.value}


class Identity(Initializer):
    """gain times the identity matrix."""

    def __init__(self, gain: float = 1.0) -> None:
        self.gain = gain

    def __call__(self, shape: Sequence[int], dtype: str | None = None) -> Array:
        if len(shape) != 2:
            raise ArgumentError(f"Identity makes matrices. Received: shape {tuple(shape)}.")
        matrix: Array = self.gain * np.eye(shape[0], shape[1])
        return matrix.astype(_numpy_dtype(dtype))

    def get_config(self) -> dict[str, Any]:
        return {"gain": self.gain}


class STFT(Initializer):
    """Convolution kernels that compute one side of a short-time Fourier transform.

    shape: (frame length, 1, number of frequencies).
    """

    def __init__(
        self,
        side: str = "real",
        window: str | Sequence[float] | None = "hann",
        scaling: str | None = "density",
        periodic: bool = False,
    ) -> None:
        if side not in ("real", "imag"):
            raise ArgumentError(f"unknown side {side!r}, expected one of 'real', 'imag'.")
        if scaling not in ("density", "spectrum", None):
            raise ArgumentError(f"unknown scaling {scaling!r}, expected one of 'density', 'spectrum', None.")
        self.side, self.window, self.scaling, self.periodic = side, window, scaling, periodic

    def __call__(self, shape: Sequence[int], dtype: str | None = None) -> Array:
        length, _, frequencies = shape
        window = spectra.scaled_window(self.window, length, self.scaling, self.periodic)
        angles = (
            2 * np.pi * np.arange(length)[:, None, None] * np.arange(frequencies) / (2 * (frequencies - 1))
        )
        waves = np.cos(angles) if self.side == "real" else -np.sin(angles)
        return (window[:, None, None] * waves).astype(_numpy_dtype(dtype))

    def get_config(self) -> dict[str, Any]:
        return {"side": self.side, "window": self.window, "periodic": self.periodic, "scaling": self.scaling}


# ---- random values


class RandomInitializer(Initializer):
    """Base of those that draw: keeps the seed that was given, and the one that is used."""

    def __init__(self, seed: Seed | Mapping[str, Any] = None) -> None:
        if isinstance(seed, Mapping):  # a SeedGenerator, as a configuration holds it
            seed = SeedGenerator.from_config(seed["config"])
        if seed is not None and (
            isinstance(seed, bool) or not isinstance(seed, int | np.integer | SeedGenerator)
        ):
            raise ArgumentError(f"a seed is an integer, a SeedGenerator or None. Received: {seed!r}.")
        self._given, self.seed = seed, new_seed() if seed is None else seed

    def get_config(self) -> dict[str, Any]:
        given = self._given
        return {"seed": given.get_config() if isinstance(given, SeedGenerator) else given}

    def _rng(self) -> np.random.Generator:
        return generator(self.seed)


class RandomNormal(RandomInitializer):
    """Normally distributed."""

    def __init__(self, mean: float = 0.0, stddev: float = 0.05, seed: Seed = None) -> None:
        super().__init__(seed)
        self.mean, self.stddev = mean, stddev

    def __call__(self, shape: Sequence[int], dtype: str | None = None) -> Array:
        values = self._rng().standard_normal(tuple(shape), dtype=np.float32)
        return _scaled(values, self.stddev, self.mean, dtype)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "mean": self.mean, "stddev": self.stddev}


class TruncatedNormal(RandomNormal):
    """Normally distributed, values beyond two standard deviations drawn again."""

    def __call__(self, shape: Sequence[int], dtype: str | None = None) -> Array:
        return _scaled(truncated(self._rng(), shape), self.stddev, self.mean, dtype)


class RandomUniform(RandomInitializer):
    """From [minval, maxval), each as likely."""

    def __init__(self, minval: float = -0.05, maxval: float = 0.05, seed: Seed = None) -> None:
        super().__init__(seed)
        self.minval, self.maxval = minval, maxval

    def __call__(self, shape: Sequence[int], dtype: str | None = None) -> Array:
        return _uniform(self._rng(), shape, self.minval, self.maxval, dtype)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "minval": self.minval, "maxval": self.maxval}


class VarianceScaling(RandomInitializer):
    """Zero mean, variance scale/n; n: how many inputs (fan_in), outputs (fan_out), or their mean (fan_avg).

    distribution: "truncated_normal", "untruncated_normal", "uniform".
    """

    MODES: ClassVar[Mapping[str, Callable[[float, float], float]]] = {
        "fan_in": lambda fan_in, fan_out: fan_in,
        "fan_out": lambda fan_in, fan_out: fan_out,
        "fan_avg": lambda fan_in, fan_out: (fan_in + fan_out) / 2,
    }
    DISTRIBUTIONS: ClassVar[tuple[str, ...]] = ("truncated_normal", "untruncated_normal", "uniform")

    def __init__(
        self,
        scale: float = 1.0,
        mode: str = "fan_in",
        distribution: str = "truncated_normal",
        seed: Seed = None,
        input_axes: Sequence[int] | None = None,
        output_axes: Sequence[int] | None = None,
    ) -> None:
        super().__init__(seed)
        distribution = "truncated_normal" if distribution.lower() == "normal" else distribution.lower()
        if scale <= 0:
            raise ArgumentError(f"scale must be positive. Received: {scale!r}.")
        if mode not in self.MODES:
            raise ArgumentError(f"unknown mode {mode!r}, expected one of {tuple(self.MODES)}.")
        if distribution not in self.DISTRIBUTIONS:
            raise ArgumentError(
                f"unknown distribution {distribution!r}, expected one of {self.DISTRIBUTIONS}."
            )
        self.scale, self.mode, self.distribution = scale, mode, distribution
        self.input_axes, self.output_axes = input_axes, output_axes

    def __call__(self, shape: Sequence[int], dtype: str | None = None) -> Array:
        units = self.MODES[self.mode](*fans(shape, self.input_axes, self.output_axes))
        variance = self.scale / max(1.0, units)
        rng = self._rng()
        if self.distribution == "uniform":
            limit = math.sqrt(3 * variance)
            return _uniform(rng, shape, -limit, limit, dtype)
        if self.distribution == "untruncated_normal":
            return _scaled(
                rng.standard_normal(tuple(shape), dtype=np.float32), math.sqrt(variance), 0.0, dtype
            )
        return _scaled(truncated(rng, shape), math.sqrt(variance) / _TRUNCATED_STDDEV, 0.0, dtype)

    def get_config(self) -> dict[str, Any]:
        own = {"scale": self.scale, "mode": self.mode, "distribution": self.distribution}
        return {**super().get_config(), **own, "input_axes": self.input_axes, "output_axes": self.output_axes}


# Standard deviation of a standard normal variable that is kept within ±2: √(1 − 2·2·φ(2)/(Φ(2) − Φ(−2)))
_TRUNCATED_STDDEV = math.sqrt(1 - 4 * math.exp(-2) / math.sqrt(2 * math.pi) / math.erf(math.sqrt(2)))


class _Preset(VarianceScaling):
    """VarianceScaling with scale, mode and distribution given by the class."""

    preset: ClassVar[tuple[float, str, str]]

    def __init__(
        self,
        seed: Seed = None,
        input_axes: Sequence[int] | None = None,
        output_axes: Sequence[int] | None = None,
    ) -> None:
        super().__init__(*self.preset, seed, input_axes, output_axes)

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        return {key: config[key] for key in ("seed", "input_axes", "output_axes")}


class GlorotUniform(_Preset):
    """Uniform within ±√(6/(inputs + outputs)). Glorot & Bengio 2010"""

    preset = (1.0, "fan_avg", "uniform")


class GlorotNormal(_Preset):
    """Truncated normal, variance 2/(inputs + outputs). Glorot & Bengio 2010"""

    preset = (1.0, "fan_avg", "truncated_normal")


class HeUniform(_Preset):
    """Uniform within ±√(6/inputs). He et al. 2015"""

    preset = (2.0, "fan_in", "uniform")


class HeNormal(_Preset):
    """Truncated normal, variance 2/inputs. He et al. 2015"""

    preset = (2.0, "fan_in", "truncated_normal")


class LecunUniform(_Preset):
    """Uniform within ±√(3/inputs). LeCun et al. 1998"""

    preset = (1.0, "fan_in", "uniform")


class LecunNormal(_Preset):
    """Truncated normal, variance 1/inputs. LeCun et al. 1998"""

    preset = (1.0, "fan_in", "truncated_normal")


class Orthogonal(RandomInitializer):
    """gain times a matrix with orthonormal rows or columns, whichever are fewer. Saxe et al. 2014

    A tensor of higher rank is such a matrix of shape (product of the other sizes, last size), reshaped.
    """

    def __init__(self, gain: float = 1.0, seed: Seed = None) -> None:
        super().__init__(seed)
        self.gain = gain

    def __call__(self, shape: Sequence[int], dtype: str | None = None) -> Array:
        if len(shape) < 2:
            raise ArgumentError(f"Orthogonal needs at least two axes. Received: shape {tuple(shape)}.")
        rows, columns = math.prod(shape[:-1]), shape[-1]
        tall = self._rng().standard_normal((max(rows, columns), min(rows, columns)))
        q, r = np.linalg.qr(tall)
        q *= np.sign(np.diag(r))  # without it, the signs of a QR would favour some matrices
        return (self.gain * (q if rows >= columns else q.T)).reshape(shape).astype(_numpy_dtype(dtype))

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "gain": self.gain}


def fans(
    shape: Sequence[int], input_axes: Sequence[int] | None = None, output_axes: Sequence[int] | None = None
) -> tuple[int, int]:
    """How many inputs and outputs a weight joins: those of the axes given; else a kernel is (*window, inputs, outputs),
    and the window counts for both."""
    if input_axes is not None and output_axes is not None:
        return math.prod(shape[a] for a in input_axes), math.prod(shape[a] for a in output_axes)
    if len(shape) < 2:
        return math.prod(shape), math.prod(shape)
    window = math.prod(shape[:-2])
    return window * shape[-2], window * shape[-1]


def _scaled(values: Array, factor: float, offset: float, dtype: str | None) -> Array:
    values *= np.float32(factor)
    values += np.float32(offset)
    return values.astype(_numpy_dtype(dtype), copy=False)


def _uniform(
    rng: np.random.Generator, shape: Sequence[int], low: float, high: float, dtype: str | None
) -> Array:
    wanted = _numpy_dtype(dtype)
    if np.issubdtype(wanted, np.integer):
        return rng.integers(int(low), int(high), tuple(shape)).astype(wanted)
    return _scaled(rng.random(tuple(shape), dtype=np.float32), high - low, low, dtype)


# ---- by name

zeros, ones, constant, identity, stft = Zeros, Ones, Constant, Identity, STFT
random_normal, random_uniform, truncated_normal = RandomNormal, RandomUniform, TruncatedNormal
variance_scaling, orthogonal = VarianceScaling, Orthogonal
glorot_uniform, glorot_normal, he_uniform, he_normal = GlorotUniform, GlorotNormal, HeUniform, HeNormal
lecun_uniform, lecun_normal = LecunUniform, LecunNormal
IdentityInitializer, OrthogonalInitializer, STFTInitializer = Identity, Orthogonal, STFT

_TABLE = named.words(
    {
        "zeros": Zeros,
        "zero": Zeros,
        "ones": Ones,
        "one": Ones,
        "constant": Constant,
        "identity": Identity,
        "eye": Identity,
        "stft": STFT,
        "random_normal": RandomNormal,
        "normal": RandomNormal,
        "random_uniform": RandomUniform,
        "uniform": RandomUniform,
        "truncated_normal": TruncatedNormal,
        "variance_scaling": VarianceScaling,
        "glorot_uniform": GlorotUniform,
        "glorot_normal": GlorotNormal,
        "he_uniform": HeUniform,
        "he_normal": HeNormal,
        "lecun_uniform": LecunUniform,
        "lecun_normal": LecunNormal,
        "orthogonal": Orthogonal,
        "IdentityInitializer": Identity,
        "OrthogonalInitializer": Orthogonal,
        "STFTInitializer": STFT,
    }
)


def get(identifier: object) -> Any:  # an Initializer, a function of the user's, or None
    """The initializer that `identifier` means: a name, a configuration, an object, an array of values, None.

    Raises ArgumentError.
    """
    if isinstance(identifier, np.ndarray | np.generic):
        return Constant(identifier)
    return named.found("initializer", _TABLE, identifier)


serialize = named.serialized


def deserialize(config: Mapping[str, Any]) -> Any:  # what it describes
    """The initializer that `serialize` wrote."""
    return get(config)
