"""Matrix products, determinants, Einstein sums."""

import numpy as np

from tests.conformance.cases import Case, random

rng = random(5)


def f(*shape: int, dtype: type = np.float32) -> np.ndarray:
    return rng.standard_normal(shape).astype(dtype)


big = np.array([[2**31 - 1, 3], [2**30, 7]], np.int32)

CASES = [
    Case("MatMul", [f(3), f(3)], name="two vectors"),
    Case("MatMul", [f(2, 1, 4, 3), f(5, 3, 2)], name="batches that broadcast"),
    Case("MatMul", [f(2, 0), f(0, 3)], name="no common elements"),
    Case("MatMul", [big, big], name="sums wrap around"),
    Case("MatMul", [f(2, 3, dtype=np.float16), f(3, dtype=np.float16)]),
    Case("Gemm", [f(4, 3), f(5, 4), f(3, 1)], {"transA": True, "transB": True, "alpha": 0.5, "beta": 2.0}),
    Case("Gemm", [f(2, 3), f(3, 4), f()], name="a scalar to add"),
    Case(
        "Gemm",
        [big, big, big[:1]],
        {"alpha": 3.0},
        name="integers",
        mistaken={"reference": "goes through floats"},
    ),
    Case("Einsum", [f(2, 3, 4), f(4, 2), f(2, 5)], {"equation": "abc,cd,de->abe"}),
    Case("Einsum", [f(2, 3, 3)], {"equation": "...ii->...i"}),
    Case(
        "Einsum",
        [
            f(2, 3),
            f(
                3,
            ),
        ],
        {"equation": "b...,..."},
    ),
    Case("Einsum", [f(2, 3)], {"equation": "ba"}, name="axes in the alphabet's order"),
    Case(
        "Einsum",
        [f(2, 1, 3, dtype=np.float64), f(2, 3, 2, dtype=np.float64)],
        {"equation": "bij,bjk"},
    ),
    Case(
        "Einsum",
        [np.full((2, 3), 100, np.int8)],
        {"equation": "ij->i"},
        mistaken={"reference": "widens int8"},
    ),
    Case("Det", [f(2, 3, 3, 3)]),
    Case("Det", [np.zeros((2, 2), np.float64)], name="a singular matrix"),
    Case("Det", [f(2, 0, 0)], name="no elements", mistaken={"onnxruntime": "refuses them"}),
]
