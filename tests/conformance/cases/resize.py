"""Resize: combinations of modes that ONNX's cases leave out."""

import numpy as np

from tests.conformance.cases import Case, random

rng = random(10)
image = rng.standard_normal((1, 2, 5, 7)).astype(np.float32)
text = np.array([["a", "b"], ["c", "d"]], object)
# which of two neighbours is nearest where both are as near
TIES = {"reference": "computes places in float64", "onnxruntime": "computes them otherwise in some modes"}


def scales(*values: float) -> np.ndarray:
    return np.array(values, np.float32)


def sizes(*values: int) -> np.ndarray:
    return np.array(values, np.int64)


CASES = [
    *(
        Case(
            "Resize",
            [image, None, scales(1, 1, 1.7, 0.6)],
            {"mode": mode, "coordinate_transformation_mode": places},
            name=f"{mode} {places}",
            mistaken=TIES if mode == "nearest" else {},
        )
        for mode in ("nearest", "linear", "cubic")
        for places in ("half_pixel", "asymmetric", "pytorch_half_pixel", "half_pixel_symmetric")
    ),
    *(
        Case("Resize", [image, None, None, sizes(1, 2, 8, 4)], {"nearest_mode": mode}, name=mode)
        for mode in ("round_prefer_floor", "round_prefer_ceil", "floor", "ceil")
    ),
    *(
        Case(
            "Resize",
            [image, None, None, sizes(4, 3)],
            {"axes": [3, 2], "keep_aspect_ratio_policy": policy, "mode": "linear"},
            name=policy,
            mistaken={"reference": "mixes up axes that are not sorted"},
        )
        for policy in ("stretch", "not_larger", "not_smaller")
    ),
    Case(
        "Resize",
        [image, np.array([0, 0, -0.1, 0.2, 1, 1, 0.7, 1.1], np.float32), None, sizes(1, 2, 6, 4)],
        {
            "mode": "linear",
            "coordinate_transformation_mode": "tf_crop_and_resize",
            "extrapolation_value": 9.0,
        },
    ),
    Case(
        "Resize",
        [image, None, None, sizes(1, 2, 3, 3)],
        {"mode": "cubic", "antialias": True, "cubic_coeff_a": -0.5},
        mistaken={"reference": "repeats the edge, where onnxruntime leaves it out"},
    ),
    Case("Resize", [text, None, scales(2, 1)], mistaken={"reference": "numbers only"}),
    Case("Resize", [image > 0, None, scales(1, 1, 2, 2)], mistaken={"reference": "numbers only"}),
    Case(
        "Resize",
        [np.zeros((1, 0, 3), np.float32), None, scales(1, 1, 2)],
        name="nothing",
        mistaken={"reference": "divides by a size of 0"},
    ),
]
