"""Random numbers: where seeds come from, and irkit.random.* (Keras: https://keras.io/api/random/).

Every draw has a seed of its own, fixed before it is made, so that weights can be drawn late, in any order,
and are still the same in every run after ``irkit.utils.set_random_seed``.
"""

from __future__ import annotations

import random as python_random
from collections.abc import Sequence
from typing import Any, TypeAlias, Union

import numpy as np

from irkit.errors import ArgumentError, CaptureError
from irkit.frontends.backend_config import floatx
from irkit.frontends.tensors.definition import current_scope
from irkit.frontends.tensors.tensor import EagerTensor, SymbolicTensor, TensorLike
from irkit.ir import Array, DType
from irkit.ir.source import caller

__all__ = [
    "SeedGenerator",
    "beta",
    "binomial",
    "categorical",
    "dropout",
    "gamma",
    "normal",
    "randint",
    "shuffle",
    "truncated_normal",
    "uniform",
]

Seed: TypeAlias = Union[int, "SeedGenerator", None]

_source = python_random.Random()  # of seeds that nobody gave
_LIMIT = 2**31


def set_random_seed(seed: int) -> None:
    """Make everything random that comes after it the same in every run: irkit's draws, numpy's and Python's.

    Raises ArgumentError.
    """
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer):
        raise ArgumentError(f"a seed is an integer. Received: {seed!r}.")
    _source.seed(int(seed))
    python_random.seed(int(seed))
    np.random.seed(int(seed) % 2**32)  # noqa: NPY002  # users' own numpy draws, as Keras promises


def new_seed() -> int:
    """A seed for something that was given none."""
    return _source.randrange(_LIMIT)


class SeedGenerator:
    """Seeds one after the other, so that repeated draws differ. Keras: SeedGenerator."""

    def __init__(self, seed: int | None = None, name: str | None = None, **_: object) -> None:
        if seed is not None and (isinstance(seed, bool) or not isinstance(seed, int | np.integer)):
            raise ArgumentError(f"a seed is an integer. Received: {seed!r}.")
        self.seed, self.name = (new_seed() if seed is None else int(seed)), name or "seed_generator"
        self._drawn = 0

    def next(self) -> tuple[int, int]:
        """The next seed: this generator's own, and how many were drawn before."""
        self._drawn += 1
        return self.seed, self._drawn - 1

    def get_config(self) -> dict[str, Any]:
        """The arguments."""
        return {"seed": self.seed}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> SeedGenerator:
        return cls(**config)


def generator(seed: Seed) -> np.random.Generator:
    """numpy's generator for one draw."""
    if isinstance(seed, SeedGenerator):
        return np.random.default_rng(seed.next())
    return np.random.default_rng(new_seed() if seed is None else abs(int(seed)))


def truncated(rng: np.random.Generator, shape: Sequence[int]) -> Array:
    """Standard normal values, those beyond two standard deviations drawn again."""
    values = rng.standard_normal(tuple(shape), dtype=np.float32)
    flat = values.reshape(-1)
    beyond = np.flatnonzero(np.abs(flat) > 2)
    while beyond.size:
        flat[beyond] = rng.standard_normal(beyond.size, dtype=np.float32)
        beyond = beyond[np.abs(flat[beyond]) > 2]
    return flat.reshape(values.shape)


# ---- functions of irkit.random


def normal(
    shape: Sequence[int], mean: float = 0.0, stddev: float = 1.0, dtype: str | None = None, seed: Seed = None
) -> EagerTensor:
    """Normally distributed numbers."""
    return _tensor(_rng(seed).standard_normal(tuple(shape)) * stddev + mean, dtype)


def truncated_normal(
    shape: Sequence[int], mean: float = 0.0, stddev: float = 1.0, dtype: str | None = None, seed: Seed = None
) -> EagerTensor:
    """Normally distributed numbers, those more than two standard deviations from the mean drawn again."""
    return _tensor(truncated(_rng(seed), shape) * np.float32(stddev) + np.float32(mean), dtype)


def uniform(
    shape: Sequence[int],
    minval: float = 0.0,
    maxval: float = 1.0,
    dtype: str | None = None,
    seed: Seed = None,
) -> EagerTensor:
    """Numbers from [minval, maxval), each as likely."""
    wanted = DType.of(dtype or floatx())
    if wanted.name.startswith(("int", "uint")):
        return _tensor(_rng(seed).integers(int(minval), int(maxval), tuple(shape)), str(wanted))
    return _tensor(_rng(seed).uniform(minval, maxval, tuple(shape)), str(wanted))


def randint(
    shape: Sequence[int], minval: int, maxval: int, dtype: str = "int32", seed: Seed = None
) -> EagerTensor:
    """Whole numbers from minval to maxval − 1, each as likely."""
    return _tensor(_rng(seed).integers(int(minval), int(maxval), tuple(shape)), dtype)


def beta(
    shape: Sequence[int], alpha: TensorLike, beta: TensorLike, dtype: str | None = None, seed: Seed = None
) -> EagerTensor:
    """Numbers from the Beta distribution."""
    return _tensor(_rng(seed).beta(np.asarray(alpha), np.asarray(beta), tuple(shape)), dtype)


def binomial(
    shape: Sequence[int],
    counts: TensorLike,
    probabilities: TensorLike,
    dtype: str | None = None,
    seed: Seed = None,
) -> EagerTensor:
    """How many of `counts` trials succeed that succeed with `probabilities`."""
    return _tensor(
        _rng(seed).binomial(np.asarray(counts, np.int64), np.asarray(probabilities), tuple(shape)), dtype
    )


def gamma(
    shape: Sequence[int], alpha: TensorLike, dtype: str | None = None, seed: Seed = None
) -> EagerTensor:
    """Numbers from the Gamma distribution with scale 1."""
    return _tensor(_rng(seed).gamma(np.asarray(alpha), 1.0, tuple(shape)), dtype)


def categorical(logits: TensorLike, num_samples: int, dtype: str = "int32", seed: Seed = None) -> EagerTensor:
    """Class numbers, drawn with the probabilities softmax(logits).

    (rows, classes) → (rows, num_samples)
    """
    scores = np.asarray(_values(logits), np.float64)
    # the largest of logits + Gumbel noise falls on a class with that class's probability
    noise = _rng(seed).gumbel(size=(scores.shape[0], num_samples, scores.shape[1]))
    return _tensor(np.argmax(scores[:, None, :] + noise, axis=-1), dtype)


def shuffle(x: TensorLike, axis: int = 0, seed: Seed = None) -> EagerTensor:
    """`x` with its slices along `axis` in random order."""
    return EagerTensor(_rng(seed).permutation(_values(x), axis=axis))


def dropout(
    inputs: TensorLike, rate: float, noise_shape: Sequence[int | None] | None = None, seed: Seed = None
) -> EagerTensor:
    """`inputs` with each element zero with probability `rate`, and else divided by 1 − rate."""
    x = _values(inputs)
    shape = [n if n is not None else d for n, d in zip(noise_shape or x.shape, x.shape, strict=True)]
    kept = _rng(seed).random(shape) >= rate
    return EagerTensor(
        np.where(kept, x / x.dtype.type(1 - rate), x.dtype.type(0)) if rate < 1 else np.zeros_like(x)
    )


def _rng(seed: Seed) -> np.random.Generator:
    if current_scope().capturing is not None:
        raise CaptureError(
            "random numbers drawn while a model is captured would be the same in every run of it.",
            source=str(caller()),
            cure="Draw them outside and give them to the model as an input.",
        )
    return generator(seed)


def _values(x: TensorLike) -> Array:
    if isinstance(x, SymbolicTensor):
        raise CaptureError(
            "random functions need values, and this tensor is symbolic.",
            source=str(caller()),
            cure="Draw random numbers outside and give them to the model as an input.",
        )
    return np.asarray(x)


def _tensor(values: Array, dtype: str | None) -> EagerTensor:
    return EagerTensor(np.asarray(values).astype(DType.of(dtype or floatx()).numpy))
