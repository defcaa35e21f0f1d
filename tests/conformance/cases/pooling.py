"""Pooling: paddings, places of maxima, unusual windows."""

import numpy as np

from tests.conformance.cases import Case, random

rng = random(7)
PADS = {"onnxruntime": "leaves dilations out of SAME's padding", "reference": "does not dilate"}
ORDER = {"reference": "counts places otherwise"}
CEIL = {"reference": "rounds down with VALID; ONNX's own shape inference and onnxruntime round up"}


def f(*shape: int, dtype: type = np.float32) -> np.ndarray:
    return rng.standard_normal(shape).astype(dtype)


low = np.full((1, 1, 4), -128, np.int8)

CASES = [
    Case("MaxPool", [f(2, 3, 7)], {"kernel_shape": [3], "strides": [2], "pads": [1, 1], "ceil_mode": True}),
    Case("MaxPool", [f(1, 2, 6, 7)], {"kernel_shape": [3, 2], "storage_order": 1}, outputs=2, mistaken=ORDER),
    Case("MaxPool", [f(1, 2, 4, 5, 3)], {"kernel_shape": [2, 3, 2], "pads": [1, 1, 0, 0, 1, 1]}, outputs=2),
    Case(
        "MaxPool",
        [f(1, 2, 6)],
        {"kernel_shape": [3], "auto_pad": "VALID", "strides": [2], "ceil_mode": True},
        mistaken=CEIL,
    ),
    Case(
        "MaxPool",
        [low],
        {"kernel_shape": [2], "pads": [1, 0]},
        outputs=2,
        name="the least number, beside padding",
        expected=[low, np.array([[[0, 0, 1, 2]]])],
        mistaken={"reference": "takes the padding for an element", "onnxruntime": "finds no maximum"},
    ),
    Case(
        "MaxPool",
        [np.arange(9, dtype=np.float32).reshape(1, 1, 9)],
        {"kernel_shape": [4], "dilations": [3], "auto_pad": "SAME_LOWER"},
        expected=[np.array([[[4, 5, 6, 7, 8, 6, 7, 8, 6]]], np.float32)],
        name="padded for a dilated window",
        mistaken=PADS,
    ),
    Case("AveragePool", [f(1, 2, 7, 6)], {"kernel_shape": [3, 2], "pads": [1, 0, 2, 1], "strides": [2, 3]}),
    Case(
        "AveragePool",
        [f(1, 2, 7)],
        {"kernel_shape": [3], "pads": [1, 1], "strides": [3], "ceil_mode": True, "count_include_pad": True},
        mistaken={"reference": "counts what lies behind the padding"},
    ),
    Case("AveragePool", [f(1, 1, 5, 5)], {"kernel_shape": [2, 3], "auto_pad": "SAME_UPPER"}),
    Case("AveragePool", [f(1, 1, 5, dtype=np.float16)], {"kernel_shape": [3], "dilations": [2]}),
    Case("LpPool", [f(1, 2, 6)], {"kernel_shape": [3], "p": 3, "pads": [1, 2]}),
    Case("LpPool", [f(1, 2, 5, 5)], {"kernel_shape": [2, 2], "p": 1, "dilations": [2, 3], "ceil_mode": True}),
    Case("GlobalLpPool", [np.array([[[3, -4, 0]]], np.float32)], expected=[np.array([[[5]]], np.float32)]),
    Case("GlobalLpPool", [f(2, 3, 4, 2)], {"p": 1}),
    Case(
        "GlobalLpPool",
        [np.array([[[1, -2], [2, 3]]], np.float32)],
        {"p": 3},
        expected=[np.cbrt(np.array([[[9], [35]]], np.float32))],
    ),
    Case("GlobalMaxPool", [f(2, 3, 4)], mistaken={"reference": "for images only"}),
    Case("GlobalAveragePool", [f(2, 3, 4, 1, 2, dtype=np.float64)]),
    Case(
        "MaxUnpool",
        [f(1, 2, 2), np.array([[[1, 2], [5, 7]]])],
        {"kernel_shape": [2], "strides": [2]},
    ),
]
