"""Regions of interest and the choice among boxes."""

import numpy as np

from tests.conformance.cases import Case, random

rng = random(12)
image = np.arange(16, dtype=np.float32).reshape(1, 1, 4, 4)
images = rng.standard_normal((2, 3, 6, 8)).astype(np.float32)
boxes = np.array([[0, 0, 5, 4], [-2.5, 1.25, 3, 9], [3, 3, 2, 2]], np.float32)
which = np.array([0, 1, 1], np.int64)
corners = np.sort(rng.uniform(0, 1, (2, 8, 2, 2)), axis=2).reshape(2, 8, 4).astype(np.float32)
scores = rng.uniform(0, 1, (2, 3, 8)).astype(np.float32)

CASES = [
    Case(
        "MaxRoiPool",
        [image, np.array([[0, 0, 0, 3, 3], [0, 1, 1, 2, 2]], np.float32)],
        {"pooled_shape": [2, 2]},
        expected=[np.array([[[[5, 7], [13, 15]]], [[[5, 6], [9, 10]]]], np.float32)],
    ),
    Case(
        "MaxRoiPool",
        [image, np.array([[0, 2.5, 6, 20, 9]], np.float32)],
        {"pooled_shape": [1, 2], "spatial_scale": 0.5},
        name="halves are rounded away from zero, and bins outside give 0",
        expected=[np.array([[[[15, 0]]]], np.float32)],
    ),
    *(
        Case(
            "RoiAlign",
            [images, boxes, which],
            {
                "mode": mode,
                "coordinate_transformation_mode": places,
                "output_height": 2,
                "output_width": 3,
                "sampling_ratio": ratio,
                "spatial_scale": 0.75,
            },
        )
        for mode in ("avg", "max")
        for places in ("half_pixel", "output_half_pixel")
        for ratio in (0, 2)
    ),
    *(
        Case(
            "NonMaxSuppression",
            [corners, scores, np.array([4]), np.array([0.2], np.float32), np.array([threshold], np.float32)],
            {"center_point_box": centre},
        )
        for centre in (0, 1)
        for threshold in (0.0, 0.5)
    ),
    Case("NonMaxSuppression", [corners, scores], name="none are wanted"),
    Case("NonMaxSuppression", [corners[:, :0], scores[..., :0], np.array(3)], name="no boxes"),
]
