"""Readings of bits. No oracle of opset 23 knows them: the expected values follow from the formats' definitions."""

import ml_dtypes
import numpy as np

from irkit.ir import DType
from tests.conformance.cases import Case

F32 = np.float32
E8M0 = ml_dtypes.float8_e8m0fnu
ONE, TWO = 0x3F800000, 0x40000000  # IEEE 754: float32's 1 and 2

CASES = [
    Case(
        "BitCast",
        [np.array([[1.0, -2.0]], F32)],
        {"to": DType.int32},
        domain="irkit",
        expected=[np.array([[ONE, TWO - 2**31]], np.int32)],
    ),
    Case(
        "BitCast",
        [np.array([ONE, TWO], np.uint32)],
        {"to": DType.float32},
        domain="irkit",
        expected=[np.array([1, 2], F32)],
    ),
    # the two lowest bits of 5 = 0b101, 6 = 0b110, 7 = 0b111; in two's complement 0b10 is -2
    Case(
        "TwoBits",
        [np.array([5, 6, 7], np.uint8)],
        {"to": DType.uint2},
        domain="irkit",
        expected=[np.array([1, 2, 3]).astype(ml_dtypes.uint2)],
    ),
    Case(
        "TwoBits",
        [np.array([5, 6, 7], np.int8)],
        {"to": DType.int2},
        domain="irkit",
        expected=[np.array([1, -2, -1]).astype(ml_dtypes.int2)],
    ),
    # OCP Microscaling: e8m0 holds 2^(byte - 127)
    Case(
        "PowersOfTwo",
        [np.array([1, 3, 4], F32)],
        {"round_mode": "up"},
        domain="irkit",
        expected=[np.array([127, 129, 129], np.uint8).view(E8M0)],
    ),
    Case(
        "PowersOfTwo",
        [np.array([1, 3, 4], F32)],
        {"round_mode": "down"},
        domain="irkit",
        expected=[np.array([127, 128, 129], np.uint8).view(E8M0)],
    ),
    Case(
        "FromPowersOfTwo",
        [np.array([127, 128, 120], np.uint8).view(E8M0)],
        {},
        domain="irkit",
        expected=[np.array([1, 2, 2**-7], F32)],
    ),
]
