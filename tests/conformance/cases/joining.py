"""Concat and Split."""

import numpy as np

from tests.conformance.cases import Case

x = np.arange(12, dtype=np.float32).reshape(3, 4)
empty = np.zeros((0, 4), np.float32)
text = np.array([["a", "bc"], ["", "d"]], object)

CASES = [
    Case("Concat", [x], {"axis": 0}, name="of one"),
    Case("Concat", [x, empty, x], {"axis": 0}, name="with an empty one"),
    Case("Concat", [text, text], {"axis": -1}),
    Case("Concat", [x > 5, x < 3], {"axis": 1}),
    Case("Concat", [x.astype(np.float16), x.astype(np.float16)], {"axis": -2}),
    Case("Split", [np.arange(7.0)], {"num_outputs": 3}, name="uneven"),
    Case("Split", [x], {"axis": -1, "num_outputs": 1}),
    Case("Split", [x, np.array([0, 3], np.int64)], outputs=2, name="one part empty"),
    Case("Split", [text, np.array([1, 1], np.int64)], {"axis": 1}, outputs=2),
    Case("Split", [x.astype(np.float64), np.array([2, 1], np.int64)], outputs=2),
    Case("Split", [empty, np.array([0, 0, 0], np.int64)], outputs=3),
]
