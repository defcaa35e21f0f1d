"""Gather and its kin, and choosing by condition."""

import numpy as np

from tests.conformance.cases import Case, random

x = np.arange(24, dtype=np.float32).reshape(2, 3, 4)
text = np.array([["a", "bc"], ["", "d"]], object)
rng = random(0)


def v(*values: int) -> np.ndarray:
    return np.array(values, np.int64)


CASES = [
    Case("Gather", [x, np.array(-1, np.int32)], {"axis": 1}, name="a scalar index"),
    Case("Gather", [text, np.array([[1, 0]], np.int64)], {"axis": -1}),
    Case("Gather", [x, np.zeros((0, 2), np.int64)], {"axis": 2}, name="nothing"),
    Case("GatherElements", [text, np.array([[-1, 0]], np.int64)]),
    Case("GatherElements", [x, rng.integers(-3, 3, (1, 5, 2)).astype(np.int32)], {"axis": 1}),
    Case("GatherND", [x, np.array([[[1]], [[2]]], np.int64)], {"batch_dims": 1}),
    Case("GatherND", [x, np.array([[-1, 0, 2], [0, 1, -4]], np.int64)]),
    Case("GatherND", [x, np.array([1, 2], np.int64)], name="one place"),
    Case("GatherND", [text, np.array([[1, 0]], np.int64)]),
    Case("NonZero", [np.array(3, np.float32)], mistaken={"onnxruntime": "takes a scalar for a vector"}),
    Case("NonZero", [np.zeros((2, 0), np.int32)]),
    Case("NonZero", [x > 20]),
    Case("Compress", [x, np.array([False, True])], {"axis": 2}, name="a short condition"),
    Case("Compress", [text, np.array([True, False, False, True])]),
    Case("OneHot", [v(0, -1, 3, -4), np.array(3, np.int64), np.array([2, 5], np.float32)]),
    Case("OneHot", [v(1, 0), v(2), np.array(["off", "on"], object)], {"axis": 0}),
    Case(
        "OneHot",
        [np.array([[1.0, 0.0]], np.float32), np.array([2.0], np.float32), np.array([0, 1], np.int64)],
        {"axis": 1},
    ),
    Case("Trilu", [x, np.array(1, np.int64)], {"upper": False}),
    Case("Trilu", [x > 3, np.array(-1, np.int64)]),
    Case("Trilu", [x[:, :0]]),
    Case("ReverseSequence", [x, v(2, 1, 0)]),
    Case("ReverseSequence", [x, v(3, 1)], {"batch_axis": 0, "time_axis": 1}),
    Case(
        "ScatterElements",
        [x, np.zeros((1, 1, 1), np.int32) - 1, np.full((1, 1, 1), 99, np.float32)],
        {"axis": 2},
    ),
    Case(
        "ScatterElements",
        [x.astype(np.float16), np.ones((2, 1, 4), np.int64), np.ones((2, 1, 4), np.float16)],
        {"axis": 1, "reduction": "mul"},
        mistaken={"onnxruntime": "multiplies no float16"},
    ),
    Case("ScatterElements", [text, np.array([[1, 0]], np.int64), np.array([["x", "y"]], object)]),
    Case(
        "ScatterElements",
        [np.array([1, 2], np.uint8), v(0, 0, 1), np.array([250, 10, 9], np.uint8)],
        {"reduction": "add"},
        name="sums wrap around",
    ),
    Case(
        "ScatterElements",
        [np.array([3, 4], np.int32), v(0, 0), np.array([5, 2], np.int32)],
        {"reduction": "max"},
    ),
    Case("ScatterND", [text, np.array([[0]], np.int64), np.array([["x", "y"]], object)]),
    Case(
        "ScatterND",
        [x, np.array([[0, 1], [0, 1]], np.int64), np.ones((2, 4), np.float32)],
        {"reduction": "add"},
        name="twice the same place",
    ),
    Case(
        "ScatterND", [x, np.array([[-1, -1, -1]], np.int64), np.array([5], np.float32)], {"reduction": "min"}
    ),
]
