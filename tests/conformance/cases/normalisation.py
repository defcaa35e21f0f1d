"""Normalisations: ranks, types and axes that ONNX's cases leave out."""

import numpy as np

from irkit.ir import DType
from tests.conformance.cases import Case, random

rng = random(8)


def f(*shape: int, dtype: type = np.float32) -> np.ndarray:
    return rng.standard_normal(shape).astype(dtype)


variance = np.array([0.5, 2, 1], np.float32)
statistics = [f(3), f(3), f(3), variance]

CASES = [
    Case("BatchNormalization", [f(2, 3), *statistics], {"epsilon": 0.1}, name="no sizes"),
    Case("BatchNormalization", [f(2, 3, 2, 1, 2), *statistics]),
    Case("BatchNormalization", [f(2, 3, 4, dtype=np.float16), *statistics], name="half with single"),
    Case(
        "BatchNormalization",
        [f(4, 3, 5), *statistics],
        {"training_mode": True, "momentum": 0.25},
        outputs=3,
        tolerance=1e-4,
    ),
    Case("InstanceNormalization", [f(2, 3, 5), f(3), f(3)]),
    Case("GroupNormalization", [f(2, 4, 3), f(4), f(4)], {"num_groups": 4}),
    Case("GroupNormalization", [f(2, 4), f(4), f(4)], {"num_groups": 2, "epsilon": 0.01}, name="no sizes"),
    Case("LayerNormalization", [f(2, 3, 4), f(4)], {"axis": 1}, name="a scale that broadcasts"),
    Case(
        "LayerNormalization",
        [f(2, 3, dtype=np.float16), f(3, dtype=np.float16)],
        outputs=3,
        mistaken={"reference": "gives the mean in float16"},
    ),
    Case(
        "LayerNormalization",
        [f(2, 3), f(3)],
        {"stash_type": DType.bfloat16},
        outputs=2,
        mistaken={"reference": "knows float32 alone", "onnxruntime": "as well"},
    ),
    Case("RMSNormalization", [f(2, 3, 4), f(3, 4)], {"axis": -2, "epsilon": 0.5}),
    Case("LpNormalization", [np.array([[0, 0], [3, -4]], np.float32)], name="a norm of zero"),
    Case(
        "LpNormalization",
        [f(2, 3, 2)],
        {"axis": 0, "p": 1},
        mistaken={"reference": "forgets that norms are positive"},
    ),
    Case("MeanVarianceNormalization", [f(3, 4)], {"axes": [-1]}, tolerance=1e-4),
    Case(
        "LRN",
        [f(2, 5, 3, 2)],
        {"size": 5, "alpha": 0.5, "beta": 0.5, "bias": 2.0},
        mistaken={"reference": "does as many channels as there are examples"},
    ),
]
