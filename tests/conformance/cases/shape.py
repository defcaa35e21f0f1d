"""Shapes: empty tensors, scalars, text and truths, of which ONNX has no cases."""

import numpy as np

from tests.conformance.cases import Case

x = np.arange(24, dtype=np.float32).reshape(2, 3, 4)
empty = np.zeros((0, 3), np.float32)
text = np.array([["a", "bc"], ["", "d"]], object)
scalar = np.array(7, np.int32)


def sizes(*values: int) -> np.ndarray:
    return np.array(values, np.int64)


CASES = [
    Case("Shape", [scalar]),
    Case("Shape", [empty]),
    Case("Shape", [text], {"start": -5, "end": 9}, name="cut off at both ends"),
    Case("Shape", [x], {"start": 2, "end": 1}, name="end before start"),
    Case("Size", [empty]),
    Case("Size", [scalar]),
    Case("Reshape", [empty, sizes(3, 0)], {"allowzero": True}),
    Case("Reshape", [x, sizes(0, 0, 2, -1)]),
    Case("Reshape", [scalar, sizes(1, 1)]),
    Case("Reshape", [scalar, sizes()], name="scalar to scalar"),
    Case("Reshape", [text, sizes(-1)]),
    Case("Flatten", [scalar], {"axis": 0}),
    Case("Flatten", [x], {"axis": 3}),
    Case("Flatten", [x], {"axis": -3}),
    Case("Flatten", [empty]),
    Case("Squeeze", [x.reshape(1, 2, 1, 12)], name="all ones"),
    Case("Squeeze", [x.reshape(1, 2, 1, 12), sizes(-2)]),
    Case("Squeeze", [x, sizes()], name="no axes"),
    Case("Unsqueeze", [text, sizes(-1, 0)]),
    Case("Unsqueeze", [scalar, sizes(1, 0)]),
    Case("Expand", [scalar, sizes(2, 3)]),
    Case("Expand", [x[:, :1], sizes(1, 5, 1)]),
    Case("Expand", [text, sizes(3, 1, 1)]),
    Case("Expand", [np.ones((1, 3), bool), sizes(0, 3)], name="to nothing"),
    Case("Expand", [x, sizes()], name="no sizes"),
    Case("Transpose", [scalar]),
    Case("Transpose", [text], {"perm": (1, 0)}),
    Case("Transpose", [empty]),
    Case("Tile", [text, sizes(2, 2)], mistaken={"onnxruntime": "has it for numbers only"}),
    Case("Tile", [x, sizes(1, 0, 2)], name="zero times"),
    Case("Tile", [scalar, sizes()]),
]
