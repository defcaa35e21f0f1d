"""Fourier transforms: lengths, axes, frames."""

import numpy as np

from tests.conformance.cases import Case, random

rng = random(14)


def f(*shape: int, dtype: type = np.float32) -> np.ndarray:
    return rng.standard_normal(shape).astype(dtype)


def n(value: int) -> np.ndarray:
    return np.array(value, np.int64)


CASES = [
    Case("DFT", [f(2, 5, 3, 1), None, n(1)]),
    Case("DFT", [f(2, 6, 2), n(4)], {"inverse": True}, name="cut"),
    Case("DFT", [f(2, 3, 1), n(8)], {"onesided": True}, name="padded"),
    Case("DFT", [f(2, 4, 2)], {"onesided": True, "inverse": True}),
    Case(
        "DFT",
        [f(2, 4, 2), n(5)],
        {"onesided": True, "inverse": True},
        name="an odd length",
        mistaken={"onnxruntime": "takes the bins for the whole spectrum"},
    ),
    Case("DFT", [f(3, 4, 2, dtype=np.float64), None, n(-3)]),
    Case("STFT", [f(2, 20, 1), n(3), f(8)]),
    Case(
        "STFT", [f(2, 20, 1), n(6), None, n(5)], {"onesided": False}, mistaken={"reference": "needs a window"}
    ),
    Case("STFT", [f(1, 12, 2), n(4), f(6), n(6)], {"onesided": False}, name="a complex signal"),
]
