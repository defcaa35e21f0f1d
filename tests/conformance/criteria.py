"""When two results are equal: DESIGN §12's criteria.

Integers, booleans, strings, shapes and moved data exactly; contractions relative to the largest element;
everything else element by element, within a few units in the last place.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

CONTRACTIONS = frozenset(
    [
        "Attention",
        "AveragePool",
        "BatchNormalization",
        "Conv",
        "ConvInteger",
        "ConvTranspose",
        "CumSum",
        "DFT",
        "DeformConv",
        "Det",
        "Einsum",
        "GRU",
        "Gemm",
        "GlobalAveragePool",
        "GlobalLpPool",
        "GridSample",
        "GroupNormalization",
        "InstanceNormalization",
        "LRN",
        "LSTM",
        "LayerNormalization",
        "LogSoftmax",
        "LpNormalization",
        "LpPool",
        "MatMul",
        "MeanVarianceNormalization",
        "NegativeLogLikelihoodLoss",
        "RMSNormalization",
        "RNN",
        "ReduceL1",
        "ReduceL2",
        "ReduceLogSum",
        "ReduceLogSumExp",
        "ReduceMean",
        "ReduceProd",
        "ReduceSum",
        "ReduceSumSquare",
        "Resize",
        "RoiAlign",
        "RotaryEmbedding",
        "STFT",
        "Softmax",
        "SoftmaxCrossEntropyLoss",
        "AffineGrid",
        "Adam",
        "Adagrad",
        "Momentum",
        "MelWeightMatrix",
        "BlackmanWindow",
        "HannWindow",
        "HammingWindow",
        "Upsample",
        "Col2Im",
    ]
)
WHOLE = {
    "float16": 2e-3,
    "bfloat16": 1.6e-2,
    "float32": 1e-5,
    "complex64": 1e-5,
    "float64": 1e-12,
    "complex128": 1e-12,
}
NUMPYS = frozenset({"float16", "float32", "float64", "complex64", "complex128"})
FEW = 16  # units in the last place, for operators that round each element on its own


def assert_equal(
    operator: str, got: Any, expected: Any, tolerance: float | None = None, atol: float = 0.0
) -> None:
    """Raises AssertionError unless `got` is `expected`, as far as the operator promises."""
    if expected is ...:
        return
    if expected is None or isinstance(expected, list):
        assert_equal_structure(operator, got, expected, tolerance)
        return
    assert isinstance(got, np.ndarray), f"{operator} returned {type(got).__name__}, not an array"
    assert got.dtype == expected.dtype, f"dtype {got.dtype}, expected {expected.dtype}"
    assert got.shape == expected.shape, f"shape {got.shape}, expected {expected.shape}"
    if expected.dtype.kind in "biuO" or expected.dtype.name in ("int2", "uint2", "int4", "uint4"):
        np.testing.assert_array_equal(got, expected)
        return
    assert_close(operator, got, expected, tolerance, atol)


def assert_equal_structure(
    operator: str, got: Any, expected: Sequence[Any] | None, tolerance: float | None
) -> None:
    if expected is None:
        assert got is None, f"{operator} returned {got!r} for an absent optional"
        return
    assert isinstance(got, list), f"{operator} returned {type(got).__name__}, not a list"
    assert len(got) == len(expected), f"{len(got)} elements, expected {len(expected)}"
    for g, e in zip(got, expected, strict=True):
        assert_equal(operator, g, e, tolerance)


def assert_close(operator: str, got: Any, expected: Any, tolerance: float | None, atol: float) -> None:
    name = expected.dtype.name
    if name not in NUMPYS:
        import ml_dtypes

        unit = float(ml_dtypes.finfo(expected.dtype).eps)
        got, expected = got.astype(np.float32), expected.astype(np.float32)
    else:
        unit = float(np.finfo(expected.dtype).eps)
    finite = np.abs(expected[np.isfinite(expected)])
    largest = float(finite.max()) if finite.size else 0.0
    if tolerance is not None:
        np.testing.assert_allclose(
            got, expected, rtol=max(tolerance, 2 * unit), atol=max(atol, tolerance * 1e-4 * largest)
        )
    elif operator in CONTRACTIONS:
        np.testing.assert_allclose(got, expected, rtol=0, atol=WHOLE.get(name, 2 * unit) * largest + 1e-30)
    else:
        np.testing.assert_allclose(got, expected, rtol=FEW * unit, atol=FEW * unit * 1e-3 * largest)
