"""Slice in all corners, Pad with negative margins and exotic elements, CenterCropPad."""

import ml_dtypes
import numpy as np

from tests.conformance.cases import Case

x = np.arange(24, dtype=np.float32).reshape(4, 6)
line = np.arange(5, dtype=np.int64)
text = np.array([["a", "bc"], ["", "d"]], object)
FAR = 2**63 - 1


def v(*values: int) -> np.ndarray:
    return np.array(values, np.int64)


def cut(start: int, end: int, step: int = 1, of: np.ndarray = line) -> Case:
    name, mistaken = f"{len(of)} from {start} to {end} by {step}", {}
    if step < 0 and start < -len(of):
        mistaken["reference"] = "brings the start to -1, as Python does; ONNX to 0"
    if step < 0 and end == FAR:
        mistaken["onnxruntime"] = "takes the largest int for the beginning of the axis; ONNX clamps it"
    return Case("Slice", [of, v(start), v(end), v(0), v(step)], name=name, mistaken=mistaken)


CASES = [
    *(cut(a, b, s) for a in (-7, -2, 0, 1, 4, 9) for b in (-FAR, -6, -1, 0, 3, FAR) for s in (1, 2, -1, -3)),
    *(cut(a, b, s, line[:0]) for a, b, s in ((0, 9, 1), (-1, -FAR, -1), (3, 0, -2))),
    Case("Slice", [x, v(1), v(3)], name="the first axis"),
    Case("Slice", [x, v(1, 0), v(3, -1), v(-1, 0)]),
    Case("Slice", [x, v(), v(), v()], name="nothing named"),
    Case("Slice", [text, np.array([1], np.int32), np.array([2], np.int32), np.array([1], np.int32)]),
    Case("Pad", [x, v(1, 0, 0, 2)], name="without a value"),
    Case("Pad", [x, v(-1, 2, 1, -3), np.array(9, np.float32)], name="cropping too"),
    Case("Pad", [x, v(1, -2, -1, 3)], {"mode": "edge"}, name="edge, cropping too"),
    Case("Pad", [x, v(0, 2, 0, -1)], {"mode": "reflect"}, name="reflect, cropping too"),
    Case("Pad", [x, v(0, 7, 0, 2)], {"mode": "wrap"}),
    Case("Pad", [x, v(2, 1), np.array(1, np.float32), v(-1)], name="one axis"),
    Case("Pad", [x > 3, v(1, 1, 0, 0)]),
    Case(
        "Pad",
        [text, v(0, 1, 1, 0), np.array("?", object)],
        expected=[np.array([["?", "a", "bc"], ["?", "", "d"], ["?", "?", "?"]], object)],
        mistaken={"reference": "numpy turns the text into something else", "onnxruntime": "numbers only"},
    ),
    Case("Pad", [x.astype(ml_dtypes.bfloat16), v(0, 1, 1, 0)], mistaken={"reference": "has no bfloat16"}),
    Case("Pad", [x[:0], v(1, 0, 1, 0)], name="of nothing"),
    Case("CenterCropPad", [x, v(7, 3)]),
    Case("CenterCropPad", [x, v(3, 9)]),
    Case("CenterCropPad", [x, v(4)], {"axes": (-1,)}),
]
