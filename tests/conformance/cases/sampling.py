"""Reading between elements."""

import numpy as np

from tests.conformance.cases import Case, random

rng = random(13)
image = rng.standard_normal((2, 3, 4, 5)).astype(np.float32)
volume = rng.standard_normal((1, 2, 3, 2, 4)).astype(np.float32)
grid = rng.uniform(-2.5, 2.5, (2, 3, 4, 2)).astype(np.float32)
points = rng.uniform(-1.5, 1.5, (1, 2, 3, 1, 3)).astype(np.float32)
CUBIC = {"reference": "moves the place itself to the border, before the neighbours are chosen"}

CASES = [
    *(
        Case(
            "GridSample",
            [image, grid],
            {"mode": mode, "padding_mode": padding, "align_corners": align},
            tolerance=1e-4,
            mistaken=CUBIC if mode == "cubic" and padding == "border" else {},
        )
        for mode in ("linear", "nearest", "cubic")
        for padding in ("zeros", "border", "reflection")
        for align in (False, True)
    ),
    Case("GridSample", [volume, points], {"padding_mode": "border"}, tolerance=1e-4),
    Case("GridSample", [volume, points], {"mode": "nearest", "padding_mode": "reflection"}),
    Case(
        "GridSample",
        [np.array([[[["a", "b"]]]], object), np.array([[[[1, 0], [5, 0]]]], np.float32)],
        {"mode": "nearest", "align_corners": True},
        expected=[np.array([[[["b", ""]]]], object)],
        mistaken={"reference": "numbers only"},
    ),
    Case("AffineGrid", [rng.standard_normal((2, 2, 3)).astype(np.float32), np.array([2, 3, 2, 5])]),
    Case(
        "AffineGrid",
        [rng.standard_normal((1, 3, 4)), np.array([1, 3, 2, 5, 3])],
        {"align_corners": True},
        mistaken={"reference": "makes float32 of everything"},
    ),
]
