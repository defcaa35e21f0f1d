"""Reductions: every type, axes given or not, nothing to reduce; places of extremes, running sums."""

from __future__ import annotations

import numpy as np
from ml_dtypes import bfloat16

from tests.conformance.cases import Case, random

FLOATS = (np.float16, bfloat16, np.float32, np.float64)
INTEGERS = (np.int32, np.int64, np.uint32, np.uint64)
SUMS = (
    "ReduceSum",
    "ReduceProd",
    "ReduceMean",
    "ReduceL1",
    "ReduceL2",
    "ReduceSumSquare",
    "ReduceLogSum",
    "ReduceLogSumExp",
)
ALL = (*SUMS, "ReduceMax", "ReduceMin")

LESS = {
    "onnxruntime": "has other ideas of means and roots of integers",
    "reference": "sums integers as int64, narrow floats narrowly",
}
AXES = np.array([1, -1])
EMPTY = np.zeros((2, 0, 3), np.float32)


def numbers(dtype: type) -> np.ndarray:
    return random(5).integers(1, 5, (2, 3, 4)).astype(dtype)


CASES = [
    *(
        Case(op, [numbers(t), AXES], {"keepdims": k}, mistaken=LESS if t is bfloat16 else {})
        for op in ALL
        for t in (bfloat16, np.float32, np.float64)
        for k in (True, False)
    ),
    *(Case(op, [numbers(np.float16), AXES], mistaken=LESS, tolerance=2e-3) for op in ALL),
    *(Case(op, [numbers(t), AXES], mistaken=LESS) for op in ALL for t in INTEGERS),
    *(Case(op, [numbers(t), AXES]) for op in ("ReduceMax", "ReduceMin") for t in (np.int8, np.uint8)),
    *(Case(op, [random(1).random((2, 3)) < 0.5, np.array([0])]) for op in ("ReduceMax", "ReduceMin")),
    *(Case(op, [numbers(np.float32)], {"keepdims": k}) for op in ALL for k in (True, False)),
    *(
        Case(
            op,
            [numbers(np.float32), np.array([], np.int64)],
            {"noop_with_empty_axes": n},
            mistaken={} if not n else {"reference": "returns the input", "onnxruntime": "returns the input"},
        )
        for op in ALL
        for n in (True, False)
    ),
    *(Case(op, [np.array(3.0, np.float32)]) for op in ALL),
    *(Case(op, [EMPTY, np.array([1])], mistaken={"onnxruntime": "refuses, or says 0"}) for op in ALL),
    Case(
        "ReduceMean",
        [np.array([-7, 2], np.int64)],
        {"keepdims": False},
        mistaken=LESS,
        expected=[np.array(-2)],
    ),
    Case(
        "ReduceL2",
        [np.array([1, 2], np.int32)],
        {"keepdims": False},
        mistaken=LESS,
        expected=[np.array(2, np.int32)],
    ),
    Case(
        "ReduceSum",
        [np.array([2**31 - 1, 1], np.int32)],
        mistaken=LESS,
        expected=[np.array([-(2**31)], np.int32)],
    ),
    Case("ReduceSum", [np.full(4096, 1, np.float16)], mistaken=LESS, expected=[np.array([4096], np.float16)]),
    Case("ReduceLogSum", [numbers(np.float32), AXES], {"noop_with_empty_axes": True}),
    Case("ReduceLogSumExp", [np.array([1e4, -np.inf], np.float32)]),
    Case(
        "ReduceLogSumExp",
        [np.array([-np.inf, -np.inf], np.float32)],
        mistaken={"onnxruntime": "says NaN", "reference": "NaN"},
        expected=[np.array([-np.inf], np.float32)],
    ),
    *(
        Case(op, [numbers(t)], {"axis": axis, "select_last_index": last, "keepdims": k})
        for op in ("ArgMax", "ArgMin")
        for t in (np.float32, np.int32)
        for axis in (0, -2)
        for last in (True, False)
        for k in (True, False)
    ),
    *(Case(op, [numbers(t)]) for op in ("ArgMax", "ArgMin") for t in (*FLOATS, *INTEGERS, np.int8, np.uint8)),
    *(
        Case(
            "CumSum",
            [numbers(t), np.array(1)],
            {"exclusive": e, "reverse": r},
            mistaken=LESS if t in (np.float16, bfloat16) else {},
        )
        for t in (*FLOATS, *INTEGERS)
        for e in (True, False)
        for r in (True, False)
    ),
    Case("CumSum", [numbers(np.float32), np.array([-1], np.int32)]),
    Case("CumSum", [EMPTY, np.array(1)], {"exclusive": True}),
]
