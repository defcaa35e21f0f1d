"""TopK with equal elements, Unique of slices and of text."""

import numpy as np

from tests.conformance.cases import Case

ties = np.array([[2, 1, 2, 3, 1, 3]], np.int32)
x = np.array([[3.0, 1.0, 2.0], [0.5, 9.0, -1.0]], np.float32)
text = np.array(["b", "a", "b", "c", "a"], object)


def k(value: int) -> np.ndarray:
    return np.array([value], np.int64)


CASES = [
    Case("TopK", [ties, k(4)], name="equal elements"),
    Case("TopK", [ties, k(4)], {"largest": False}, name="equal elements, smallest"),
    Case("TopK", [x, k(1)], {"axis": 0}),
    Case("TopK", [x, k(0)], name="none"),
    Case("TopK", [np.array([-(2**63), 2**63 - 1, 0], np.int64), k(3)], name="the ends of int64"),
    Case(
        "TopK",
        [np.array([5, 200, 0], np.uint8), k(2)],
        {"sorted": False},
        mistaken={"onnxruntime": "another order"},
    ),
    Case("Unique", [text], outputs=4),
    Case("Unique", [text], {"sorted": False}, outputs=4),
    Case("Unique", [ties.reshape(3, 2)], {"axis": 0}, outputs=2),
    Case("Unique", [np.array([[1, 1, 0], [1, 1, 0]], np.float32)], {"axis": 1, "sorted": False}, outputs=4),
    Case("Unique", [np.array([["a", "b"], ["a", "b"], ["0", "z"]], object)], {"axis": 0}, outputs=4),
    Case("Unique", [np.zeros(0, np.float32)], outputs=4),
    Case("Unique", [np.array(4, np.int64)], name="of a scalar"),
]
