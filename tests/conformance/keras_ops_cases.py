"""Calls of irkit.ops, drawn at random: function name → a strategy for (positional arguments, keyword arguments).

Arrays are numpy's; the tests hand the same ones to Keras. What must be known while a model is defined (shapes, axes,
flags) is plain Python.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

Call = tuple[tuple[Any, ...], dict[str, Any]]
Draw = Callable[[st.SearchStrategy[Any]], Any]
CASES: dict[str, st.SearchStrategy[Call]] = {}

FLOATS, INTS, BOOL = ("float32", "float64"), ("int32", "int64", "int8", "uint8", "int16"), ("bool",)
NUMBERS = (*FLOATS, *INTS)
ALL = (*NUMBERS, *BOOL)
F32 = ("float32",)


def shapes(least: int = 0, most: int = 3, low: int = 1, side: int = 4) -> st.SearchStrategy[tuple[int, ...]]:
    return (
        hnp.array_shapes(min_dims=least, max_dims=most, min_side=low, max_side=side) if most else st.just(())
    )


def _elements(dtype: str, low: float, high: float, special: bool) -> st.SearchStrategy[Any]:
    kind = np.dtype(dtype).kind
    if kind == "b":
        return st.booleans()
    if kind in "iu":
        info = np.iinfo(dtype)
        return st.integers(max(math.ceil(low), info.min), min(math.floor(high), info.max))
    width = np.dtype(dtype).itemsize * 8
    bound = {"min_value": np.float32(low).item(), "max_value": np.float32(high).item()}
    numbers = st.floats(width=min(width, 32), allow_nan=False, allow_subnormal=False, **bound)
    quarter = st.integers(math.ceil(low * 4), math.floor(high * 4)).map(lambda i: i / 4)
    options = [numbers, quarter]
    if special:
        options.append(st.sampled_from([math.inf, -math.inf, math.nan, -0.0]))
    return st.one_of(*options)


@st.composite
def arrays(
    draw: Draw,
    dtypes: tuple[str, ...] = NUMBERS,
    shape: st.SearchStrategy[tuple[int, ...]] | tuple[int, ...] | None = None,
    low: float = -8,
    high: float = 8,
    special: bool = False,
) -> np.ndarray:
    dtype = draw(st.sampled_from(dtypes))
    if not isinstance(shape, tuple):
        shape = draw(shapes() if shape is None else shape)
    return draw(hnp.arrays(dtype, shape, elements=_elements(dtype, low, high, special)))


def case(name: str) -> Callable[[Callable[[Draw], Call]], None]:
    def enter(function: Callable[[Draw], Call]) -> None:
        CASES[name] = st.composite(function)()

    return enter


def cases(*names: str) -> Callable[[Callable[[Draw, str], Call]], None]:
    def enter(function: Callable[[Draw, str], Call]) -> None:
        for name in names:
            CASES[name] = st.composite(lambda draw, name=name: function(draw, name))()

    return enter


# ---- one array

_DOMAINS: dict[str, tuple[float, float]] = {
    **dict.fromkeys(("arccos", "arcsin"), (-1, 1)),
    **dict.fromkeys(("arctanh", "erfinv"), (-0.9, 0.9)),
    **dict.fromkeys(("log", "log2", "log10", "sqrt", "rsqrt"), (0.25, 8)),
    "log1p": (-0.5, 8),
    "arccosh": (1, 8),
    "tan": (-1, 1),
    "reciprocal": (1, 8),
    "cbrt": (0.25, 8),
}
UNARY_ANY = (
    *[
        "abs",
        "absolute",
        "arctan",
        "arcsinh",
        "ceil",
        "conj",
        "conjugate",
        "copy",
        "cos",
        "cosh",
        "deg2rad",
        "exp",
        "exp2",
        "expm1",
        "fabs",
        "floor",
        "fliplr_",
    ],
    *[
        "imag",
        "isfinite",
        "isinf",
        "isnan",
        "isneginf",
        "isposinf",
        "isreal",
        "logical_not",
        "negative",
        "ones_like",
        "rad2deg",
        "ravel",
        "real",
        "sign",
    ],
    *["sin", "sinc", "sinh", "square", "tanh", "trunc", "zeros_like", "empty_like", "i0", "signbit"],
    *_DOMAINS,
)
for _name in UNARY_ANY:
    if _name.endswith("_") or _name in (
        "empty_like",
        "rsqrt",
        "erfinv",
        "imag",
        "real",
        "conj",
        "conjugate",
        "isreal",
    ):
        continue

    def _unary(draw: Draw, name: str) -> Call:
        low, high = _DOMAINS.get(name, (-8, 8))
        types = NUMBERS if name in ("negative", "sign", "reciprocal", "signbit", "cbrt") else ALL
        special = name.startswith("is") or name in ("trunc", "sign", "abs", "exp", "tanh")
        return (draw(arrays(types, None, low, high, special)),), {}

    cases(_name)(_unary)

CASES["rsqrt"] = st.composite(lambda draw: ((draw(arrays(FLOATS, None, 0.25, 8)),), {}))()
CASES["erfinv"] = st.composite(lambda draw: ((draw(arrays(FLOATS, None, -0.9, 0.9)),), {}))()
CASES["angle"] = st.composite(lambda draw: ((draw(arrays(FLOATS, None, -8, 8)),), {}))()

ACTIVATIONS = (
    *[
        "celu",
        "elu",
        "gelu",
        "hard_shrink",
        "hard_sigmoid",
        "hard_silu",
        "hard_swish",
        "hard_tanh",
        "leaky_relu",
        "log_sigmoid",
        "relu",
        "relu6",
    ],
    *[
        "selu",
        "sigmoid",
        "silu",
        "soft_shrink",
        "softplus",
        "softsign",
        "sparse_plus",
        "sparse_sigmoid",
        "squareplus",
        "swish",
        "tanh_shrink",
    ],
    *["erf", "erfc"],
)


@cases(*ACTIVATIONS)
def _activation(draw: Draw, name: str) -> Call:
    options: dict[str, Any] = {}
    if name in ("celu", "elu"):
        options = draw(st.sampled_from([{}, {"alpha": 0.5}]))
    if name == "gelu":
        options = draw(st.sampled_from([{}, {"approximate": False}]))
    if name.endswith("_shrink") and name != "tanh_shrink":
        options = draw(st.sampled_from([{}, {"threshold": 1.25}]))
    return (draw(arrays(F32)),), options


@case("threshold")
def _(draw: Draw) -> Call:
    return (draw(arrays(F32)), 0.3, -1.5), {}


@cases("softmax", "log_softmax", "sparsemax", "glu")
def _(draw: Draw, name: str) -> Call:
    shape = draw(shapes(1, 3))
    axis = draw(st.integers(-len(shape), len(shape) - 1))
    if name == "glu":
        shape = tuple(2 * d for d in shape)
    return (draw(arrays(F32, shape)),), {"axis": axis}


# ---- two arrays that broadcast


@st.composite
def pairs(draw: Draw, dtypes: tuple[str, ...], low: float = -8, high: float = 8, same: bool = False) -> Any:
    shape = draw(shapes())
    other = tuple(d if draw(st.booleans()) else 1 for d in shape)[draw(st.integers(0, len(shape))) :]
    a, b = (shape, other) if draw(st.booleans()) else (other, shape)
    first = draw(arrays(dtypes, a, low, high))
    scalar = st.sampled_from([2, -1, 3.0, 0.5])
    if not same and draw(st.integers(0, 4)) == 0:
        number = draw(scalar)
        return first, number
    return first, draw(arrays((first.dtype.name,) if same else dtypes, b, low, high))


@cases("add", "subtract", "multiply", "maximum", "minimum", "fmax", "fmin")
def _(draw: Draw, name: str) -> Call:
    return draw(pairs(NUMBERS if name == "subtract" else ALL)), {}


@cases("equal", "not_equal", "less", "less_equal", "greater", "greater_equal")
def _(draw: Draw, name: str) -> Call:
    return draw(pairs(NUMBERS, -3, 3)), {}


@cases("logical_and", "logical_or", "logical_xor")
def _(draw: Draw, name: str) -> Call:
    return draw(pairs(ALL, -1, 1, same=True)), {}


@cases("divide", "true_divide", "divide_no_nan", "arctan2", "logaddexp", "logaddexp2", "hypot", "heaviside")
def _(draw: Draw, name: str) -> Call:
    return draw(pairs(NUMBERS, 0 if name == "divide_no_nan" else -8)), {}


@cases("floor_divide", "mod", "fmod")
def _(draw: Draw, name: str) -> Call:
    a, b = draw(pairs(("float32", "int32", "int64"), -8, 8, same=True))
    return (a, np.where(b == 0, np.ones_like(b), b)), {}


@case("power")
def _(draw: Draw) -> Call:
    if draw(st.booleans()):
        return (draw(arrays(F32, None, 0.25, 4)), draw(st.sampled_from([2, 0.5, -1.5, 3]))), {}
    return (draw(arrays(("int32",), None, -4, 4)), draw(st.sampled_from([2, 3]))), {}


@case("ldexp")
def _(draw: Draw) -> Call:
    return (draw(arrays(F32, (3,))), draw(arrays(("int32",), (3,)))), {}


@cases("bitwise_and", "bitwise_or", "bitwise_xor")
def _(draw: Draw, name: str) -> Call:
    return draw(pairs((*INTS, "bool"), same=True)), {}


@cases("bitwise_not", "bitwise_invert")
def _(draw: Draw, name: str) -> Call:
    return (draw(arrays(INTS)),), {}


@cases("bitwise_left_shift", "bitwise_right_shift", "left_shift", "right_shift")
def _(draw: Draw, name: str) -> Call:
    x = draw(arrays(("int32", "int64", "uint8")))
    return (x, np.array(draw(st.integers(0, 4)), x.dtype)), {}


@cases("gcd", "lcm")
def _(draw: Draw, name: str) -> Call:
    return draw(pairs(("int32",), 0 if name == "lcm" else -30, 30, same=True)), {}


@cases("isclose", "allclose")
def _(draw: Draw, name: str) -> Call:
    a = draw(arrays(F32, None, special=True))
    b = np.where(draw(arrays(BOOL, a.shape)), a, a + np.float32(1e-7)).astype("float32")
    return (a, b), {"equal_nan": draw(st.booleans())}


@case("isin")
def _(draw: Draw) -> Call:
    return (draw(arrays(("int32",))), draw(arrays(("int32",), (3,)))), {"invert": draw(st.booleans())}


@case("where")
def _(draw: Draw) -> Call:
    a, b = draw(pairs(NUMBERS))
    return (draw(arrays(BOOL, np.shape(a) or (1,))), a, b), {}


@case("clip")
def _(draw: Draw) -> Call:
    signed = tuple(t for t in NUMBERS if t != "uint8")  # Keras wraps −2 around
    return (draw(arrays(signed)), -2, 3), {}


@case("nan_to_num")
def _(draw: Draw) -> Call:
    options = draw(st.sampled_from([{}, {"nan": 1.0}, {"posinf": 9.0, "neginf": -9.0}]))
    return (draw(arrays(F32, None, special=True)),), options


@case("round")
def _(draw: Draw) -> Call:
    return (draw(arrays(F32)), draw(st.sampled_from([0, 1, -1]))), {}


@case("select")
def _(draw: Draw) -> Call:
    shape = draw(shapes(1, 2))
    return (
        [draw(arrays(BOOL, shape)) for _ in range(2)],
        [draw(arrays(F32, shape)) for _ in range(2)],
        5.0,
    ), {}


# ---- reductions


@st.composite
def axes(draw: Draw, rank: int, several: bool = True) -> Any:
    if rank == 0 or draw(st.integers(0, 3)) == 0:
        return None
    if several and draw(st.booleans()):
        chosen = draw(st.lists(st.integers(0, rank - 1), unique=True, min_size=1, max_size=rank))
        return tuple(a - rank if draw(st.booleans()) else a for a in chosen)
    return draw(st.integers(-rank, rank - 1))


def _reduction(dtypes: tuple[str, ...], low: float = -8, high: float = 8, special: bool = False) -> Any:
    def made(draw: Draw, name: str) -> Call:
        x = draw(arrays(dtypes, None, low, high, special))
        axis = draw(axes(x.ndim))
        return (x,), {"axis": axis, "keepdims": draw(st.booleans())}

    return made


cases("sum", "mean")(_reduction(ALL))
cases("max", "min", "amax", "amin", "ptp")(_reduction(NUMBERS))
cases("prod")(_reduction(ALL, -2, 2))
cases("all", "any")(_reduction(ALL, -1, 1))
cases("std", "var", "logsumexp")(_reduction(FLOATS))
cases("nansum", "nanprod", "nanmax", "nanmin", "nanmean", "nanvar", "nanstd")(
    _reduction(F32, -2, 2, special=False)
)


@cases("nanargmax", "nanargmin", "argmax", "argmin")
def _(draw: Draw, name: str) -> Call:
    x = draw(arrays(F32 if name.startswith("nan") else NUMBERS))
    if name.startswith("nan"):
        x = np.where(draw(arrays(BOOL, x.shape)), x, np.float32(np.nan))
    return (x,), {"axis": draw(axes(x.ndim, several=False)), "keepdims": draw(st.booleans())}


@case("count_nonzero")
def _(draw: Draw) -> Call:
    x = draw(arrays(ALL, None, -1, 1))
    return (x,), {"axis": draw(axes(x.ndim))}


@case("average")
def _(draw: Draw) -> Call:
    x = draw(arrays(NUMBERS, shapes(1, 3)))
    axis = draw(st.integers(-x.ndim, x.ndim - 1))
    weights = draw(st.sampled_from([None, 1, x.ndim]))
    if weights is None:
        return (x,), {"axis": axis}
    shape = (x.shape[axis],) if weights == 1 else x.shape
    return (x,), {"axis": axis, "weights": draw(arrays(F32, shape, 1, 4))}


@cases("median", "nanmedian")
def _(draw: Draw, name: str) -> Call:
    x = draw(arrays(("float32", "int32"), shapes(1, 3)))
    return (x,), {"axis": draw(axes(x.ndim)), "keepdims": draw(st.booleans())}


@cases("quantile", "percentile", "nanquantile", "nanpercentile")
def _(draw: Draw, name: str) -> Call:
    x = draw(arrays(F32, shapes(1, 3)))
    q = draw(st.sampled_from([0.25, 0.5, [0.0, 0.3, 1.0]]))
    q = np.array(q, "float32") * np.float32(100 if "percentile" in name else 1)
    method = draw(st.sampled_from(["linear", "lower", "higher", "midpoint", "nearest"]))
    return (x, q), {
        "axis": draw(axes(x.ndim, several=False)),
        "method": method,
        "keepdims": draw(st.booleans()),
    }


@cases("cumsum", "cumprod", "nancumsum", "nancumprod")
def _(draw: Draw, name: str) -> Call:
    x = draw(
        arrays(F32 if name.startswith("nan") else ("float32", "int32", "int64", "bool"), shapes(1, 3), -2, 2)
    )
    return (x,), {"axis": draw(axes(x.ndim, several=False))}


@case("diff")
def _(draw: Draw) -> Call:
    x = draw(arrays(("float32", "int32"), shapes(1, 3, low=3)))
    return (x,), {"n": draw(st.integers(0, 2)), "axis": draw(st.integers(-x.ndim, x.ndim - 1))}


@case("trapezoid")
def _(draw: Draw) -> Call:
    x = draw(arrays(F32, shapes(1, 3, low=2)))
    axis = draw(st.integers(-x.ndim, x.ndim - 1))
    options: dict[str, Any] = {"axis": axis}
    if draw(st.booleans()):
        options["x"] = np.sort(draw(arrays(F32, (x.shape[axis],))))
    return (x,), options
