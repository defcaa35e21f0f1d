"""Convolutions: groups, paddings, ranks, and what ONNX's cases leave out."""

import numpy as np

from tests.conformance.cases import Case, random

rng = random(6)
SLOW = {"reference": "is wrong about auto_pad, or does not know these attributes"}


def f(*shape: int, dtype: type = np.float32) -> np.ndarray:
    return rng.standard_normal(shape).astype(dtype)


CASES = [
    Case("Conv", [f(2, 4, 7), f(6, 2, 3), f(6)], {"group": 2, "pads": [2, 0], "strides": [2]}),
    Case("Conv", [f(1, 3, 6, 5), f(6, 1, 2, 3), f(6)], {"group": 3}, name="depthwise"),
    Case("Conv", [f(1, 2, 4, 5, 6), f(3, 2, 2, 1, 3)], {"dilations": [2, 1, 2], "pads": [1, 0, 2, 0, 1, 2]}),
    Case(
        "Conv", [f(1, 1, 6, 7), f(1, 1, 3, 2)], {"auto_pad": "SAME_UPPER", "strides": [2, 3]}, mistaken=SLOW
    ),
    Case(
        "Conv", [f(1, 1, 6, 7), f(1, 1, 2, 4)], {"auto_pad": "SAME_LOWER", "strides": [3, 1]}, mistaken=SLOW
    ),
    Case("Conv", [f(0, 2, 5), f(3, 2, 2)], name="no examples", mistaken={"reference": "needs one"}),
    Case("Conv", [f(1, 2, 5, dtype=np.float64), f(3, 2, 2, dtype=np.float64)]),
    Case(
        "ConvTranspose", [f(2, 4, 5), f(4, 3, 3), f(6)], {"group": 2, "strides": [2], "output_padding": [1]}
    ),
    Case("ConvTranspose", [f(1, 2, 3, 4), f(2, 3, 2, 3)], {"dilations": [2, 1], "pads": [1, 0, 0, 2]}),
    Case(
        "ConvTranspose",
        [f(1, 1, 3, 4), f(1, 1, 3, 2)],
        {"output_shape": [8, 7], "strides": [2, 2], "output_padding": [1, 0]},
        mistaken=SLOW,
    ),
    Case(
        "ConvTranspose",
        [f(1, 2, 3), f(2, 1, 4)],
        {"auto_pad": "SAME_UPPER", "strides": [3]},
        mistaken=SLOW,
    ),
    Case(
        "ConvTranspose",
        [f(1, 2, 3), f(2, 1, 2)],
        {"auto_pad": "SAME_LOWER", "strides": [3]},
        name="a stride beyond the kernel",
        mistaken=SLOW,
    ),
    Case(
        "DeformConv",
        [f(2, 4, 5, 6), f(4, 2, 2, 3), f(2, 24, 4, 4), f(4), f(2, 12, 4, 4)],
        {"group": 2, "offset_group": 2},
    ),
    Case(
        "DeformConv",
        [f(1, 2, 6, 5), f(2, 2, 2, 2), 2 * f(1, 8, 3, 3)],
        {"strides": [2, 2], "dilations": [2, 1], "pads": [1, 0, 0, 1]},
        name="far offsets",
    ),
    Case("Col2Im", [f(2, 12, 6), np.array([4, 5]), np.array([2, 3])], {"strides": [2, 1]}),
    Case(
        "Col2Im",
        [f(1, 8, 4), np.array([3, 4, 3]), np.array([2, 2, 2])],
        {"dilations": [2, 1, 2], "strides": [1, 1, 1], "pads": [0, 0, 0, 0, 1, 0]},
        name="three axes",
        mistaken={"onnxruntime": "mixes up the axes where they differ"},
    ),
]
