"""Losses: reductions, weights, ignored classes, more axes, narrow floats."""

from __future__ import annotations

import numpy as np
from ml_dtypes import bfloat16

from tests.conformance.cases import Case, random

TARGET = random(2).integers(0, 5, (3, 2))
NARROW = {"reference": "sums in the narrow type"}


def scores(dtype: type) -> np.ndarray:
    return np.log(random(1).dirichlet(np.ones(5), (3, 2))).transpose(0, 2, 1).astype(dtype)


CASES = [
    Case(
        op,
        [scores(t), TARGET, *weight],
        {"reduction": r, "ignore_index": i},
        outputs=n,
        mistaken=NARROW if t in (np.float16, bfloat16) else {},
    )
    for op, n in (("NegativeLogLikelihoodLoss", 1), ("SoftmaxCrossEntropyLoss", 2))
    for t in (np.float16, bfloat16, np.float32, np.float64)
    for weight in ([], [np.linspace(0.5, 1.5, 5).astype(t)])
    for r in ("none", "sum", "mean")
    for i in (None, 2)
]
CASES += [
    Case(op, [scores(np.float32)[:, :, 0], TARGET[:, 0].astype(np.int32)])
    for op in ("NegativeLogLikelihoodLoss", "SoftmaxCrossEntropyLoss")
]
CASES.append(
    Case(
        "SoftmaxCrossEntropyLoss",
        [scores(np.float32), np.where(TARGET == 1, -100, TARGET)],
        {"ignore_index": -100},
    )
)
