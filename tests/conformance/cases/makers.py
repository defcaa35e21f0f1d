"""Tensors made from nothing, from shapes, or by chance; conversions; what hands on its input."""

from __future__ import annotations

import numpy as np
from ml_dtypes import (
    bfloat16,
    float4_e2m1fn,
    float8_e4m3fn,
    float8_e4m3fnuz,
    float8_e5m2,
    float8_e5m2fnuz,
    int4,
    uint4,
)

from irkit.ir import DType
from tests.conformance.cases import Case, random

ODD = np.array([np.nan, np.inf, -np.inf, 0.0, -0.0, 1.5, -2.5, 300.0, 7.6])
SMALL = np.array([0.0, 1.0, 2.0, 3.5, 6.0])
FLOATS = (np.float16, bfloat16, np.float32, np.float64)
FLOAT8 = (float8_e4m3fn, float8_e4m3fnuz, float8_e5m2, float8_e5m2fnuz)
INTEGERS = (np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint16, np.uint32, np.uint64)
EVERY = (*FLOATS, *FLOAT8, float4_e2m1fn, *INTEGERS, int4, uint4, np.bool_)
TEXT = np.array(["1", "-7", "2.5", "1e3", "NaN", "inf", "-INF"], object)

THROUGH = {"reference": "casts through other types"}
OTHERS = {"reference": "lacks some of these types", "onnxruntime": "lacks some of these types"}
ELEVEN = {"reference": "does not saturate infinities, or does otherwise in the fnuz types"}

CASTS = [
    *((a, b) for a in EVERY for b in (np.float32, np.int8, np.bool_)),
    *((a, b) for a in (np.float32, np.int32) for b in EVERY),
    *(
        (a, b)
        for a in (bfloat16, float8_e4m3fn, int4)
        for b in (float8_e5m2, uint4, float4_e2m1fn, np.float16)
    ),
]

CASES = [
    *(
        Case(
            "Cast",
            [SMALL.astype(a)],
            {"to": DType.of(np.dtype(b))},
            name=f"{np.dtype(a)} to {np.dtype(b)}",
            mistaken=THROUGH if a is not float8_e5m2 else OTHERS,
        )
        for a, b in CASTS
    ),
    *(
        Case("Cast", [ODD.astype(a)], {"to": DType.of(np.dtype(b)), "saturate": s}, mistaken=ELEVEN)
        for a in FLOATS
        for b in (*FLOATS, *FLOAT8, np.bool_)
        for s in (True, False)
    ),
    *(
        Case("Cast", [np.array([-129, 200, 255, 256, -1])], {"to": DType.of(np.dtype(b))}, name="that wraps")
        for b in (np.int8, np.uint8, np.int32)
    ),
    *(
        Case(
            "Cast",
            [TEXT],
            {"to": DType.of(np.dtype(b))},
            mistaken={"onnxruntime": "reads -INF with luck only"},
        )
        for b in (np.float32, np.float64)
    ),
    *(
        Case("Cast", [np.array(["1", "-7"], object)], {"to": DType.of(np.dtype(b))})
        for b in (np.int8, np.int64, np.float16)
    ),
    Case("Cast", [TEXT[:4]], {"to": DType.int64}, mistaken=OTHERS, expected=[np.array([1, -7, 2, 1000])]),
    *(
        Case(
            "Cast",
            [SMALL.astype(a)],
            {"to": DType.string},
            mistaken=OTHERS,
            expected=[np.array([str(v) for v in SMALL.astype(a).tolist()], object)],
        )
        for a in (np.float64, np.int32)
    ),
    Case("Cast", [np.array(["a", "b"], object)], {"to": DType.string}),
    Case("Cast", [np.array(2.5, np.float32)], {"to": DType.int32}, name="of a scalar"),
    Case("CastLike", [SMALL, np.zeros(0, np.int8)]),
    Case("CastLike", [ODD, np.zeros(1, float8_e5m2)], {"saturate": False}, mistaken=OTHERS),
    *(
        Case("Constant", [], {name: value})
        for name, value in (
            ("value", np.arange(6, dtype=np.int16).reshape(2, 3)),
            ("value", np.array(["a", "b"], object)),
            ("value_float", 1.5),
            ("value_floats", (1.0, 2.5)),
            ("value_int", 3),
            ("value_ints", (3, 4)),
            ("value_string", "a"),
            ("value_strings", ("a", "b")),
            ("value_ints", ()),
        )
    ),
    *(
        Case("ConstantOfShape", [np.array([2, 3])], {"value": np.array([v])})
        for v in (np.int8(3), np.float64(1.5), True)
    ),
    Case("ConstantOfShape", [np.array([2, 3])]),
    Case("ConstantOfShape", [np.array([], np.int64)]),
    Case("ConstantOfShape", [np.array([2, 0])]),
    *(
        Case("Range", [np.array(v, t) for v in args])
        for t in (np.int16, np.int32, np.int64, np.float32, np.float64)
        for args in ((1, 9, 2), (9, 1, -3), (1, 1, 1), (5, 1, 2))
    ),
    Case("Range", [np.array(v, np.float32) for v in (0.0, 1.0, 0.1)]),
    *(
        Case("EyeLike", [np.zeros((3, 4), np.int32)], {"k": k, "dtype": d})
        for k in (-4, -1, 0, 2)
        for d in (None, DType.float32, DType.bool)
    ),
    *(
        Case(op, [], {"shape": (2, 3), "dtype": d, "seed": 1.0}, varies=True)
        for op in ("RandomNormal", "RandomUniform")
        for d in (DType.float32, DType.float16, DType.bfloat16, DType.float64)
    ),
    *(
        Case(op, [np.zeros((2, 3), np.int8)], {"dtype": DType.float32}, varies=True)
        for op in ("RandomNormalLike", "RandomUniformLike")
    ),
    *(
        Case(op, [np.zeros((2, 3), np.float16)], varies=True)
        for op in ("RandomNormalLike", "RandomUniformLike")
    ),
    Case(
        "Bernoulli",
        [np.array([0.0, 1.0], np.float32)],
        {"dtype": DType.bool},
        mistaken=OTHERS,
        expected=[np.array([False, True])],
    ),
    Case(
        "Multinomial", [np.zeros((2, 3), np.float32)], {"sample_size": 5, "dtype": DType.int64}, varies=True
    ),
    Case(
        "Multinomial",
        [np.array([[-1e9, 0, -1e9]], np.float32)],
        {"sample_size": 3},
        expected=[np.array([[1, 1, 1]], np.int32)],
        mistaken={"reference": "draws otherwise"},
    ),
    *(Case("Dropout", [random(1).normal(size=(3, 4)).astype(t)], {"seed": 3}, outputs=2) for t in FLOATS),
    Case(
        "Dropout",
        [np.ones((3, 4), np.float32), np.array(0.5, np.float32), np.array(True)],
        outputs=2,
        varies=True,
    ),
    Case("Dropout", [np.ones((3, 4), np.float32), np.array(0.0, np.float32), np.array(True)], outputs=2),
    *(Case("Identity", [np.ones((2, 3)).astype(t)]) for t in EVERY),
    Case("Identity", [[np.ones(2), np.ones(3)]]),
    Case(
        "Assert",
        [np.array([True, True]), np.ones(3)],
        {"message": "no"},
        domain="irkit",
        expected=[np.ones(3)],
        mistaken={"reference": "irkit's own", "onnxruntime": "irkit's own"},
    ),
]
