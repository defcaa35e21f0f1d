"""Quantisation and integer products: granularities, types, saturation, per-channel scales."""

from __future__ import annotations

import numpy as np
from ml_dtypes import float4_e2m1fn, float8_e4m3fn, float8_e5m2, int4, uint4

from irkit.ir import DType
from tests.conformance.cases import Case, random

X = (random(1).normal(size=(2, 6, 3)) * 50).astype(np.float32)
HARD = {"reference": "rounds a float64 quotient"}
BLIND = {"onnxruntime": "takes no float8 from numpy"}
MATRIX = {"reference": "does otherwise with per-row parameters"}
ONE = np.array(0.7, np.float32)
PER_AXIS = np.linspace(0.3, 2, 6).astype(np.float32)
BLOCKED = np.linspace(0.3, 2, 12).astype(np.float32).reshape(2, 2, 3)


def bytes_(shape: tuple[int, ...], dtype: type, seed: int = 2) -> np.ndarray:
    info = np.iinfo(dtype)
    return random(seed).integers(info.min, info.max + 1, shape).astype(dtype)


CASES = [
    *(
        Case("QuantizeLinear", [X, ONE, np.array(z, t)])
        for t, z in ((np.uint8, 9), (np.int8, -9), (np.uint16, 900), (np.int16, -9))
    ),
    *(
        Case(
            "QuantizeLinear", [X, ONE, np.array(3).astype(t)], mistaken={"reference": "ml_dtypes arithmetic"}
        )
        for t in (uint4, int4)
    ),
    *(
        Case(
            "QuantizeLinear",
            [X, ONE, np.array(0).astype(t)],
            {"saturate": s},
            mistaken={"reference": "lacks saturation of infinities"},
        )
        for t in (float8_e4m3fn, float8_e5m2, float4_e2m1fn)
        for s in (True, False)
    ),
    *(Case("QuantizeLinear", [X.astype(t), ONE.astype(t)]) for t in (np.float16, np.float32)),
    Case("QuantizeLinear", [X, PER_AXIS, np.arange(6, dtype=np.uint8)]),
    Case("QuantizeLinear", [X, PER_AXIS[:3], np.arange(3, dtype=np.int8)], {"axis": -1}),
    Case("QuantizeLinear", [X, BLOCKED], {"block_size": 3, "output_dtype": DType.int8}),
    Case(
        "QuantizeLinear",
        [X[:, :5], BLOCKED],
        {"block_size": 3, "output_dtype": DType.int8},
        mistaken=HARD,
        name="a short last block",
    ),
    Case("QuantizeLinear", [X, ONE], {"output_dtype": DType.int16}),
    Case(
        "QuantizeLinear",
        [X, ONE],
        {"precision": DType.float16},
        mistaken={"onnxruntime": "divides in float32"},
    ),
    *(
        Case("DequantizeLinear", [bytes_((2, 6, 3), t), ONE, np.array(5, t)])
        for t in (np.uint8, np.int8, np.uint16, np.int16)
    ),
    Case("DequantizeLinear", [bytes_((2, 6, 3), np.int32), ONE]),
    *(
        Case("DequantizeLinear", [bytes_((2, 6, 3), np.int8) // 16, ONE, np.array(2, np.int8)])
        for _ in range(1)
    ),
    *(
        Case("DequantizeLinear", [(bytes_((2, 6, 3), np.uint8) // 32).astype(t), ONE, np.array(2).astype(t)])
        for t in (uint4, int4)
    ),
    *(
        Case("DequantizeLinear", [X.astype(t), ONE], mistaken=BLIND)
        for t in (float8_e4m3fn, float8_e5m2, float4_e2m1fn)
    ),
    Case("DequantizeLinear", [bytes_((2, 6, 3), np.uint8), PER_AXIS, np.arange(6, dtype=np.uint8)]),
    Case("DequantizeLinear", [bytes_((2, 6, 3), np.uint8), BLOCKED], {"block_size": 3}),
    Case("DequantizeLinear", [bytes_((2, 6, 3), np.uint8), ONE.astype(np.float16)]),
    Case(
        "DequantizeLinear",
        [bytes_((2, 3), np.uint8), ONE],
        {"output_dtype": DType.float16},
        mistaken={"reference": "rounds the scale"},
    ),
    *(Case("DynamicQuantizeLinear", [x]) for x in (X, np.abs(X) + 3, -np.abs(X) - 3)),
    Case("DynamicQuantizeLinear", [np.zeros(3, np.float32)], mistaken={"reference": "divides by zero"}),
    *(
        Case("MatMulInteger", [bytes_((2, 3, 4), a), bytes_((4, 5), b, 3), np.array(7, a), np.array(3, b)])
        for a in (np.uint8, np.int8)
        for b in (np.uint8, np.int8)
    ),
    Case("MatMulInteger", [bytes_((3, 4), np.uint8), bytes_((4, 5), np.int8)]),
    Case(
        "MatMulInteger",
        [bytes_((3, 4), np.uint8), bytes_((4, 5), np.int8), np.array(1, np.uint8), bytes_((5,), np.int8, 9)],
    ),
    Case(
        "MatMulInteger",
        [bytes_((3, 4), np.uint8), bytes_((4, 5), np.int8), bytes_((3,), np.uint8, 9)],
        mistaken={"reference": "subtracts it from columns", "onnxruntime": "takes one number only"},
    ),
    *(
        Case(
            "QLinearMatMul",
            [
                bytes_((2, 3, 4), a),
                np.array(0.02, np.float32),
                np.array(7, a),
                bytes_((4, 5), b, 3),
                np.array(0.03, np.float32),
                np.array(3, b),
                np.array(0.9, np.float32),
                np.array(4, a),
            ],
        )
        for a in (np.uint8, np.int8)
        for b in (np.uint8, np.int8)
    ),
    *(
        Case(
            "ConvInteger",
            [bytes_((2, 4, 5, 5), a), bytes_((6, 2, 3, 3), b, 4), np.array(7, a), z],
            {"group": 2, "pads": (1, 0, 1, 2), "strides": (2, 1)},
            mistaken={"reference": "lacks groups or types", "onnxruntime": "lacks zero points per channel"},
        )
        for a, b, z in (
            (np.uint8, np.uint8, np.array(3, np.uint8)),
            (np.uint8, np.int8, np.zeros(6, np.int8)),
        )
    ),
    *(
        Case(
            "QLinearConv",
            [
                bytes_((2, 4, 5, 5), a),
                np.array(0.02, np.float32),
                np.array(7, a),
                bytes_((6, 2, 3, 3), np.int8, 4),
                np.linspace(0.01, 0.06, 6).astype(np.float32),
                np.zeros(6, np.int8),
                np.array(0.5, np.float32),
                np.array(9, a),
                random(6).integers(-900, 900, 6).astype(np.int32),
            ],
            {"group": 2, "pads": (1, 0, 1, 2), "dilations": (2, 1)},
            mistaken={"reference": "lacks per-channel scales"},
        )
        for a in (np.uint8, np.int8)
    ),
]
