"""Operators that draw random numbers.

With a seed, every run draws the same ones: each call starts from the seed anew, so kernels keep no state.
They come from numpy's RandomState, whose streams numpy has promised never to change (onnx.reference uses it).
Other runtimes draw other numbers. Without a seed, the operating system gives one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from irkit.errors import ShapeError
from irkit.ir import Array, DType, TensorType
from irkit.ir.types import FLOATS, NUMERIC, SMALL_FLOATS
from irkit.operators.attributes import attribute
from irkit.operators.base import Operator, operator
from irkit.operators.rules import MOVABLE, check_one, fresh, quiet, rounded, widened
from irkit.operators.softmax import softmax

__all__ = [
    "Bernoulli",
    "Dropout",
    "Multinomial",
    "RandomNormal",
    "RandomNormalLike",
    "RandomUniform",
    "RandomUniformLike",
]

_FLOAT_CHOICES = tuple(sorted(FLOATS))


def source(seed: float | None) -> np.random.RandomState:
    """Random numbers that follow from `seed`; None for others in every run."""
    return np.random.RandomState(None if seed is None else int(seed) % 2**32)


@operator(since=22)
class Dropout(Operator):
    """x with some elements set to 0 and the others scaled by 1 / (1 − ratio); x itself outside training.

    (…), (), () → (…), bool (…): the result, and which elements were kept.
    https://onnx.ai/onnx/operators/onnx__Dropout.html
    """

    default_outputs = 1
    dtypes = {
        "x": FLOATS | SMALL_FLOATS - {DType.float4e2m1, DType.float8e8m0},
        "ratio": FLOATS | SMALL_FLOATS - {DType.float4e2m1, DType.float8e8m0},
        "training_mode": frozenset({DType.bool}),
    }
    seed: int | None = None

    def infer(
        self, x: TensorType, ratio: TensorType | None = None, training_mode: TensorType | None = None
    ) -> tuple[TensorType, TensorType]:
        check_one(ratio=ratio, training_mode=training_mode)
        return x, x.with_dtype(DType.bool)

    @quiet
    def run(
        self, x: Array, ratio: Array | None = None, training_mode: Array | None = None
    ) -> tuple[Array, Array]:
        share = 0.5 if ratio is None else float(ratio.reshape(()))
        if share == 0 or training_mode is None or not training_mode.all():
            return x, np.ones(x.shape, bool)
        kept = np.asarray(source(self.seed).uniform(0, 1, x.shape) >= share)
        return np.asarray(rounded(np.where(kept, widened(x) / (1 - share), 0), x.dtype)), kept


def normal(seed: float | None, mean: float, scale: float, shape: tuple[int, ...]) -> Array:
    """Numbers of a normal distribution."""
    return np.asarray(mean + scale * source(seed).standard_normal(shape))


def uniform(seed: float | None, low: float, high: float, shape: tuple[int, ...]) -> Array:
    """Numbers between two bounds, all as likely."""
    return np.asarray(low + (high - low) * source(seed).random_sample(shape))


@operator(since=22)
class RandomNormal(Operator):
    """Numbers of a normal distribution: → (…).  https://onnx.ai/onnx/operators/onnx__RandomNormal.html"""

    shape: tuple[int, ...] = attribute(at_least=0)
    dtype: DType = attribute(DType.float32, one_of=_FLOAT_CHOICES)
    mean: float = 0.0
    scale: float = 1.0
    seed: float | None = None

    def infer(self) -> TensorType:
        return TensorType(self.dtype, self.shape)

    def run(self) -> Array:
        return normal(self.seed, self.mean, self.scale, self.shape).astype(self.dtype.numpy)


@operator(since=22)
class RandomUniform(Operator):
    """Numbers between low and high: → (…).  https://onnx.ai/onnx/operators/onnx__RandomUniform.html"""

    shape: tuple[int, ...] = attribute(at_least=0)
    dtype: DType = attribute(DType.float32, one_of=_FLOAT_CHOICES)
    high: float = 1.0
    low: float = 0.0
    seed: float | None = None

    def infer(self) -> TensorType:
        return TensorType(self.dtype, self.shape)

    def run(self) -> Array:
        return uniform(self.seed, self.low, self.high, self.shape).astype(self.dtype.numpy)


@dataclass(frozen=True)
class Like(Operator):
    """Numbers in the shape of a tensor, and of its type unless `dtype` says another: (…) → (…)."""

    dtypes = {"x": MOVABLE}
    dtype: DType | None = attribute(None, one_of=_FLOAT_CHOICES)  # noqa: RUF009  # makes a field

    def infer(self, x: TensorType) -> TensorType:
        dtype = self.dtype or x.dtype
        if dtype not in FLOATS:
            raise ShapeError(f"{self.name} makes no numbers of type {dtype}.", cure="Set its dtype.")
        return x.with_dtype(dtype)

    def _typed(self, numbers: Array, x: Array) -> Array:
        return numbers.astype(x.dtype if self.dtype is None else self.dtype.numpy)


@operator(since=22)
class RandomNormalLike(Like):
    """Numbers of a normal distribution.  https://onnx.ai/onnx/operators/onnx__RandomNormalLike.html"""

    mean: float = 0.0
    scale: float = 1.0
    seed: float | None = None

    def run(self, x: Array) -> Array:
        return self._typed(normal(self.seed, self.mean, self.scale, x.shape), x)


@operator(since=22)
class RandomUniformLike(Like):
    """Numbers between low and high.  https://onnx.ai/onnx/operators/onnx__RandomUniformLike.html"""

    high: float = 1.0
    low: float = 0.0
    seed: float | None = None

    def run(self, x: Array) -> Array:
        return self._typed(uniform(self.seed, self.low, self.high, x.shape), x)


@operator(since=22)
class Bernoulli(Operator):
    """1 with the probability that x says, else 0: (…) → (…).  https://onnx.ai/onnx/operators/onnx__Bernoulli.html"""

    dtypes = {"x": FLOATS}
    dtype: DType | None = attribute(None, one_of=tuple(sorted(NUMERIC | {DType.bool})))
    seed: float | None = None

    def infer(self, x: TensorType) -> TensorType:
        return x.with_dtype(self.dtype or x.dtype)

    def run(self, x: Array) -> Array:
        drawn = source(self.seed).binomial(1, p=widened(x))
        return np.asarray(drawn).astype(x.dtype if self.dtype is None else self.dtype.numpy)


@operator(since=22)
class Multinomial(Operator):
    """Classes drawn with probabilities whose logarithms (plus any constant) are given: (b, classes) → (b, n).

    dtype: int32 or int64. sample_size: n.  https://onnx.ai/onnx/operators/onnx__Multinomial.html
    """

    dtypes = {"x": FLOATS}
    dtype: DType = attribute(DType.int32, one_of=(DType.int32, DType.int64))
    sample_size: int = attribute(1, at_least=0)
    seed: float | None = None

    def infer(self, x: TensorType) -> TensorType:
        if x.rank not in (None, 2):
            raise ShapeError(f"Multinomial needs (batch, classes), not {x}.")
        return TensorType(self.dtype, (x.shape[0] if x.shape else fresh("batch"), self.sample_size))

    @quiet
    def run(self, x: Array) -> Array:
        up_to = np.cumsum(softmax(x.astype(np.float64), -1), axis=-1)
        thresholds = source(self.seed).random_sample((len(x), self.sample_size))
        drawn = (thresholds[:, :, None] >= up_to[:, None, :]).sum(axis=-1)
        return np.asarray(np.minimum(drawn, x.shape[1] - 1)).astype(self.dtype.numpy)
