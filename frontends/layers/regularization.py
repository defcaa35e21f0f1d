"""Noise that training adds; at inference each of these layers is the identity.

Keras: https://keras.io/api/layers/regularization_layers/
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import ClassVar

from irkit.errors import ArgumentError
from irkit.frontends import ops, random
from irkit.frontends.backend_config import data_format_or_default
from irkit.frontends.base.layer import Layer, layer
from irkit.frontends.layers.arguments import fraction, need_rank
from irkit.frontends.layers.reshaping import image_axes
from irkit.frontends.tensors.tensor import Tensor

__all__ = [
    "AlphaDropout",
    "Dropout",
    "GaussianDropout",
    "GaussianNoise",
    "SpatialDropout1D",
    "SpatialDropout2D",
    "SpatialDropout3D",
]


class Noise(Layer):
    """Base: the identity, unless training asks for `noisy`."""

    supports_masking = True

    seed: int | random.SeedGenerator | None

    def setup(self) -> None:
        given = self.seed
        self._seeds = given if isinstance(given, random.SeedGenerator) else random.SeedGenerator(given)

    def call(self, inputs: Tensor, training: bool = False) -> Tensor:
        return self.noisy(inputs) if training else inputs

    def noisy(self, inputs: Tensor) -> Tensor:
        """The inputs as training sees them."""
        raise NotImplementedError


@layer
class Dropout(Noise):
    """In training each element is 0 with probability `rate`, and else divided by 1 − rate.

    noise_shape: 1 where elements along an axis share their fate, None for the input's size.
    """

    rate: float
    noise_shape: Sequence[int | None] | None = None
    seed: int | random.SeedGenerator | None = None

    def setup(self) -> None:
        self.rate = fraction("rate", self.rate)
        super().setup()

    def noisy(self, inputs: Tensor) -> Tensor:
        return random.dropout(inputs, self.rate, self.noise_shape, self._seeds) if self.rate else inputs


class SpatialDropout(Noise):
    """Base: in training whole channels are 0 with probability `rate`."""

    rate: float
    rank: ClassVar[int]

    def setup(self) -> None:
        self.rate = fraction("rate", self.rate)
        super().setup()

    @property
    def _format(self) -> str:
        return "channels_last"

    def check_inputs(self, inputs: object) -> None:
        need_rank(inputs, self.rank + 2, image_axes(self.rank, self._format))

    def noisy(self, inputs: Tensor) -> Tensor:
        ones = (1,) * self.rank
        shape = (None, None, *ones) if self._format == "channels_first" else (None, *ones, None)
        return random.dropout(inputs, self.rate, shape, self._seeds)


@layer
class SpatialDropout1D(SpatialDropout):
    """Dropout of whole channels of sequences."""

    rate: float
    seed: int | random.SeedGenerator | None = None
    rank = 1


@layer
class SpatialDropout2D(SpatialDropout):
    """Dropout of whole channels of images."""

    rate: float
    data_format: str | None = None
    seed: int | random.SeedGenerator | None = None
    rank = 2

    @property
    def _format(self) -> str:
        return self.data_format or "channels_last"

    def setup(self) -> None:
        super().setup()
        self.data_format = data_format_or_default(self.data_format)


class SpatialDropout3D(SpatialDropout2D):
    """Dropout of whole channels of volumes."""

    rank = 3


@layer
class GaussianDropout(Noise):
    """In training multiplied by normal noise with mean 1 and variance rate/(1 − rate)."""

    rate: float
    seed: int | random.SeedGenerator | None = None

    def setup(self) -> None:
        self.rate = fraction("rate", self.rate)
        super().setup()

    def noisy(self, inputs: Tensor) -> Tensor:
        if not self.rate:
            return inputs
        stddev = math.sqrt(self.rate / (1 - self.rate))
        return ops.multiply(inputs, random.normal(_known(inputs), 1.0, stddev, inputs.dtype, self._seeds))


@layer
class GaussianNoise(Noise):
    """In training normal noise is added."""

    stddev: float
    seed: int | random.SeedGenerator | None = None

    def setup(self) -> None:
        if self.stddev < 0:
            raise ArgumentError(f"stddev must not be negative. Received: {self.stddev!r}.")
        super().setup()

    def noisy(self, inputs: Tensor) -> Tensor:
        return ops.add(inputs, random.normal(_known(inputs), 0.0, self.stddev, inputs.dtype, self._seeds))


# What SELU tends to for large negative numbers: −scale·alpha (Klambauer et al. 2017)
_SELU_LIMIT = -1.0507009873554804934193349852946 * 1.6732632423543772848170429916717


@layer
class AlphaDropout(Noise):
    """In training dropped elements become SELU's limit; the rest moves so that mean and variance stay."""

    rate: float
    noise_shape: Sequence[int | None] | None = None
    seed: int | random.SeedGenerator | None = None

    def setup(self) -> None:
        self.rate = fraction("rate", self.rate)
        super().setup()

    def noisy(self, inputs: Tensor) -> Tensor:
        if not self.rate:
            return inputs
        shape = [
            d if n is None else n
            for n, d in zip(self.noise_shape or _known(inputs), _known(inputs), strict=True)
        ]
        kept = random.uniform(shape, seed=self._seeds) >= self.rate
        a = 1 / math.sqrt((1 - self.rate) * (1 + self.rate * _SELU_LIMIT**2))
        b = -a * _SELU_LIMIT * self.rate
        return ops.add(ops.multiply(ops.where(kept, inputs, _SELU_LIMIT), a), b)


def _known(inputs: Tensor) -> tuple[int, ...]:
    """Sizes of an eager tensor."""
    return tuple(int(d) for d in inputs.shape)
