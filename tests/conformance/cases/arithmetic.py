"""Arithmetic, comparisons, logic, bits: dtypes, corners of integers, empty and 0-d tensors, odd floats."""

from __future__ import annotations

import numpy as np
from ml_dtypes import bfloat16

from tests.conformance.cases import Case, random

SIGNED = (np.int8, np.int16, np.int32, np.int64)
UNSIGNED = (np.uint8, np.uint16, np.uint32, np.uint64)
FLOATS = (np.float16, bfloat16, np.float32, np.float64)
ODD = np.array([np.nan, np.inf, -np.inf, 0.0, -0.0, 1.5, -2.5])

TRAPS = {"onnxruntime": "a zero divisor, or the least integer by -1, ends its process"}
C_SHIFTS = {"onnxruntime": "shifts of the word's size are undefined in C"}


def numbers(dtype: type, shape: tuple[int, ...], seed: int = 0) -> np.ndarray:
    """Numbers of any type, not 0."""
    whole = random(seed).integers(1, 9, shape)
    return np.asarray(whole if dtype in UNSIGNED else whole * random(seed + 1).choice([-1, 1], shape)).astype(
        dtype
    )


PAIRS = [(t, numbers(t, (2, 1, 3)), numbers(t, (4, 1), 7)) for t in (*FLOATS, *SIGNED, *UNSIGNED)]
LEAST = np.array([-128, -128, -128, 127, -7, 7, 7], np.int8)

CASES = [
    *(Case(op, [a, b]) for op in ("Add", "Sub", "Mul", "Div") for _, a, b in PAIRS),
    *(
        Case(op, [a, b])
        for op in ("Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual")
        for _, a, b in PAIRS
    ),
    *(Case(op, [a, b, a[:1]]) for op in ("Max", "Min") for _, a, b in PAIRS),
    *(Case(op, [a, b, a]) for op in ("Sum", "Mean") for t, a, b in PAIRS if t in FLOATS),
    *(Case(op, [numbers(np.float32, (2, 3))]) for op in ("Sum", "Mean", "Max", "Min")),
    *(Case("Mod", [a, b], {"fmod": True}) for _, a, b in PAIRS),
    *(Case("Mod", [a, b]) for t, a, b in PAIRS if t not in FLOATS),
    *(Case("Pow", [a, np.abs(b)]) for t, a, b in PAIRS if t in (*FLOATS, np.int32, np.int64)),
    *(
        Case(op, [np.array(3.5, np.float32), np.array(-2, np.float32)], name="of scalars")
        for op in ("Add", "Div", "Pow")
    ),
    *(
        Case(op, [np.zeros((0, 3), np.float32), np.ones(3, np.float32)])
        for op in ("Add", "Less", "Pow", "Max")
    ),
    *(Case(op, [ODD[:, None], ODD]) for op in ("Add", "Mul", "Div", "Equal", "Less", "GreaterOrEqual")),
    Case("Neg", [LEAST], name="the least integer"),
    Case("Abs", [LEAST], name="the least integer"),
    Case("Div", [LEAST, np.array([3, -3, 2, -2, 2, -2, 3], np.int8)], name="truncates"),
    Case(
        "Div",
        [LEAST, np.array([-1, 0, 1, 0, 0, -1, 0], np.int8)],
        name="traps",
        mistaken={**TRAPS, "reference": "rounds down"},
        expected=[np.array([-128, 0, -128, 0, 0, -7, 0], np.int8)],
    ),
    Case(
        "Mod",
        [LEAST, np.array([-1, 0, 5, 0, 0, -1, 0], np.int8)],
        name="traps",
        mistaken=TRAPS,
        expected=[np.array([0, 0, 2, 0, 0, 0, 0], np.int8)],
    ),
    Case("Mod", [LEAST, np.array([3, -3, 5, -5, 4, -4, 4], np.int8)], {"fmod": True}),
    Case("Mod", [ODD[:, None], ODD], {"fmod": True}, name="of odd floats"),
    Case(
        "Pow",
        [np.array([2, 3, -2, 1], np.int64), np.array([-1, -1, -1, -3], np.int64)],
        name="negative",
        mistaken={"reference": "refuses"},
        expected=[np.array([0, 0, 0, 1], np.int64)],
    ),
    Case("Pow", [np.array([2, 3, -2], np.int32), np.array([0.5, 1.5, 2.0], np.float32)], name="broken"),
    Case("Pow", [np.array([2.5, -3], np.float32), np.array([2, 3], np.int8)]),
    Case("Pow", [np.array([[2.5, -3]], np.float32), np.array([2], np.float32)], name="a square"),
    Case("Pow", [np.array(2.5, np.float32), np.array([[2]], np.float32)], name="that gains axes"),
    *(Case("Clip", [a, a[0, 0, 0, ...], a[0, 0, 1, ...]]) for _, a, _ in PAIRS),
    Case(
        "Clip",
        [np.arange(5.0, dtype=np.float32), np.array(4, np.float32), np.array(2, np.float32)],
        name="of crossed bounds",
    ),
    Case("Clip", [ODD, None, np.array(1.0)], mistaken={"onnxruntime": "makes -inf finite"}),
    Case("Clip", [ODD, np.array([-1.0]), np.array(1.0)]),
    *(
        Case(op, [a, b])
        for op in ("BitwiseAnd", "BitwiseOr", "BitwiseXor")
        for t, a, b in PAIRS
        if t not in FLOATS
    ),
    *(Case("BitwiseNot", [a]) for t, a, _ in PAIRS if t not in FLOATS),
    *(
        Case("BitShift", [a, b], {"direction": d})
        for d in ("LEFT", "RIGHT")
        for t, a, b in PAIRS
        if t in UNSIGNED
    ),
    Case(
        "BitShift",
        [np.array([1, 255], np.uint8), np.array([8, 200], np.uint8)],
        {"direction": "LEFT"},
        mistaken=C_SHIFTS,
        expected=[np.array([0, 0], np.uint8)],
    ),
    Case("Equal", [np.array(["a", "b"], object), np.array(["a", "c"], object)]),
    Case("Equal", [np.array([True, False]), np.array(True)]),
    *(Case("Where", [random(3).random((4, 1)) < 0.5, a, b]) for _, a, b in PAIRS),
    Case("Where", [np.array([True, False]), np.array(["a"], object), np.array("b", object)]),
    Case("Where", [np.array([True, False]), np.array([1 + 2j, 3]), np.array([0j])]),
    *(Case(op, [np.array([True, False]), np.array([[True], [False]])]) for op in ("And", "Or", "Xor")),
    Case("Not", [np.array(True)]),
    *(Case(op, [ODD.astype(t)]) for op in ("IsInf", "IsNaN", "Abs") for t in FLOATS),
    *(Case("Sign", [ODD.astype(t)], mistaken={"onnxruntime": "says 0 for float16 NaN"}) for t in FLOATS),
    *(
        Case("IsInf", [ODD], {"detect_negative": n, "detect_positive": p})
        for n in (True, False)
        for p in (True, False)
    ),
]
