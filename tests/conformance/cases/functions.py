"""Elementary functions and activations: every float type, odd numbers, large and small arguments."""

from __future__ import annotations

import math

import numpy as np
from ml_dtypes import bfloat16

from tests.conformance.cases import Case, random

FLOATS = (np.float16, bfloat16, np.float32, np.float64)
LINE = np.linspace(-6, 6, 49).reshape(7, 7)
ODD = np.array([np.nan, np.inf, -np.inf, 0.0, 1.0, -1.0, 80.0, -80.0, 1e-4])
UNIT = np.linspace(-1, 1, 21)
# onnxruntime approximates these less closely
SMOOTH = {
    "Erf": 2e-6,
    "Gelu": 2e-5,
    "Elu": 2e-6,
    "Selu": 2e-6,
    "Celu": 2e-6,
    "Sigmoid": 1e-5,
    "Tanh": 2e-6,
    "Softplus": 2e-5,
    "Mish": 2e-5,
    "Cos": 2e-6,
}

ANYWHERE = (
    "Abs",
    "Sign",
    "Floor",
    "Ceil",
    "Round",
    "Exp",
    "Sin",
    "Cos",
    "Tan",
    "Atan",
    "Sinh",
    "Cosh",
    "Tanh",
    "Asinh",
    "Erf",
)
ACTIVATIONS = (
    "Relu",
    "LeakyRelu",
    "Elu",
    "Selu",
    "HardSigmoid",
    "HardSwish",
    "Mish",
    "Sigmoid",
    "Softplus",
    "Softsign",
    "ThresholdedRelu",
)

LOOSE = {"onnxruntime": "approximates, or loses NaN", "reference": "has float32 attributes and functions"}
NARROW = {"reference": "computes in the narrow type"}
WIDE = {"reference": "has float32 attributes and functions"}


def case(op: str, x: np.ndarray, **attributes: object) -> Case:
    tolerance = {np.float32: SMOOTH.get(op), np.float64: 2e-13 if op in SMOOTH else None}.get(x.dtype.type)
    mistaken = NARROW if x.dtype in (np.float16, bfloat16) else WIDE if x.dtype == np.float64 else {}
    return Case(op, [x], attributes, tolerance=tolerance, mistaken=mistaken)


def gelu(x: float) -> float:
    return 0.5 * x * math.erfc(-x / math.sqrt(2))


CASES = [
    *(case(op, LINE.astype(t)) for op in (*ANYWHERE, *ACTIVATIONS) for t in FLOATS),
    *(case(op, UNIT.astype(t)) for op in ("Asin", "Acos", "Atanh") for t in FLOATS),
    *(case(op, np.linspace(0, 9, 19).astype(t)) for op in ("Sqrt", "Log") for t in FLOATS),
    *(case("Acosh", np.linspace(1, 9, 17).astype(t)) for t in FLOATS),
    *(case("Reciprocal", np.linspace(0.5, 9, 18).astype(t)) for t in FLOATS),
    *(
        Case(op, [ODD], mistaken=LOOSE)
        for op in (*ANYWHERE, *ACTIVATIONS, "Sqrt", "Log", "Reciprocal", "Asin", "Acosh", "Atanh")
        if op != "HardSwish"
    ),
    *(Case(op, [np.array(0.7, np.float32)], tolerance=SMOOTH.get(op)) for op in (*ANYWHERE, *ACTIVATIONS)),
    *(Case(op, [np.zeros((0, 2), np.float32)]) for op in (*ANYWHERE, *ACTIVATIONS)),
    *(Case("Relu", [LINE.astype(t)]) for t in (np.int8, np.int16, np.int32, np.int64)),
    *(case("Gelu", np.linspace(-1.5, 6, 31).astype(t)) for t in FLOATS),
    *(case("Gelu", np.linspace(-1.5, 6, 31).astype(t), approximate="tanh") for t in FLOATS[:3]),
    Case(
        "Gelu",
        [LINE],
        mistaken={"onnxruntime": "cancels to 0 below -5", **WIDE},
        tolerance=1e-14,
        expected=[np.vectorize(gelu)(LINE)],
    ),
    Case("Erf", [LINE], mistaken=WIDE, expected=[np.vectorize(math.erf)(LINE)]),
    case("LeakyRelu", LINE.astype(np.float32), alpha=0.3),
    case("Elu", LINE.astype(np.float32), alpha=0.3),
    case("Selu", LINE.astype(np.float32), alpha=0.3, gamma=2.0),
    case("Celu", LINE.astype(np.float32), alpha=0.3),
    case("HardSigmoid", LINE.astype(np.float32), alpha=0.3, beta=0.1),
    case("ThresholdedRelu", LINE.astype(np.float32), alpha=-0.3),
    *(
        Case("Shrink", [LINE.astype(t)], {"bias": 1.5, "lambd": 2.0})
        for t in (np.float16, np.float32, np.float64, np.int8, np.int64)
    ),
    *(Case("PRelu", [LINE.astype(t), np.arange(7).astype(t)]) for t in (*FLOATS, np.int32, np.int64)),
    Case("PRelu", [LINE.astype(np.float32), np.array(0.1, np.float32)]),
    *(
        Case(
            op,
            [random(1).normal(size=(3, 4, 5)).astype(t)],
            {"axis": axis},
            mistaken=NARROW if t in (np.float16, bfloat16) else {},
        )
        for op in ("Softmax", "LogSoftmax", "Hardmax")
        for axis in (0, 1, -1)
        for t in FLOATS
    ),
    Case("Softmax", [np.array([[1e4, 0], [-np.inf, 0]], np.float32)]),
    Case(
        "LogSoftmax",
        [np.array([[1e4, 0], [-np.inf, 0]], np.float32)],
        mistaken={"reference": "takes log of 0"},
    ),
    *(
        Case(op, [np.zeros((2, 0, 3), np.float32)], {"axis": 2})
        for op in ("Softmax", "LogSoftmax", "Hardmax")
    ),
    *(
        Case(op, [np.zeros((2, 0), np.float32)], mistaken={"reference": "numpy refuses"})
        for op in ("Softmax", "LogSoftmax", "Hardmax")
    ),
    Case("Hardmax", [np.array([[1, 3, 3], [2, 2, 1]], np.float32)], name="of equal ones"),
]
