"""Attention and rotary embedding: combinations that ONNX's cases leave out."""

import numpy as np

from tests.conformance.cases import Case, random

rng = random(11)


def f(*shape: int, dtype: type = np.float32) -> np.ndarray:
    return rng.standard_normal(shape).astype(dtype)


q, k, v = f(2, 6, 3, 4), f(2, 2, 5, 4), f(2, 2, 5, 3)
past = [f(2, 2, 2, 4), f(2, 2, 2, 3)]
blind = np.array([[False] * 5, [True] * 5, [True, False] * 2 + [True]])

CASES = [
    Case("Attention", [q, k, v], outputs=3, name="groups of heads"),
    Case("Attention", [q, k, v, blind], name="a query that sees nothing"),
    Case("Attention", [q, k, v, f(3, 7), *past], {"is_causal": True, "softcap": 2.0}, outputs=3),
    Case("Attention", [q, k, v, None, *past], {"scale": 0.3, "qk_matmul_output_mode": 3}, outputs=4),
    Case("Attention", [f(1, 3, 8), f(1, 4, 4), f(1, 4, 6)], {"q_num_heads": 2, "kv_num_heads": 1}),
    Case(
        "Attention", [f(1, 2, 3, 4, dtype=np.float64) for _ in range(3)], {"is_causal": True}, tolerance=1e-6
    ),
    Case("RotaryEmbedding", [f(1, 3, 8), f(1, 3, 2), f(1, 3, 2)], {"num_heads": 2}),
    Case(
        "RotaryEmbedding",
        [f(2, 2, 3, 6), f(9, 2), f(9, 2), np.array([[0, 8, 1], [2, 2, 2]])],
        {"rotary_embedding_dim": 4, "interleaved": True, "num_heads": 2},
    ),
]
