"""The array API namespace against numpy, which follows the same standard: all its names, and their results."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import irkit

XP: Any = irkit.tensor(1.0).__array_namespace__(api_version="2024.12")

# The standard's own list, 2024.12.
ELEMENTWISE = """
abs acos acosh add asin asinh atan atan2 atanh bitwise_and bitwise_left_shift bitwise_invert bitwise_or
bitwise_right_shift bitwise_xor ceil clip conj copysign cos cosh divide equal exp expm1 floor floor_divide
greater greater_equal hypot imag isfinite isinf isnan less less_equal log log1p log2 log10 logaddexp
logical_and logical_not logical_or logical_xor maximum minimum multiply negative nextafter not_equal positive
pow real reciprocal remainder round sign signbit sin sinh square sqrt subtract tan tanh trunc
""".split()  # noqa: SIM905  # seventy names, to be read
OTHERS = """
arange asarray empty empty_like eye from_dlpack full full_like linspace meshgrid ones ones_like tril triu
zeros zeros_like astype can_cast finfo iinfo isdtype result_type take take_along_axis matmul matrix_transpose
tensordot vecdot broadcast_arrays broadcast_to concat expand_dims flip moveaxis permute_dims repeat reshape
roll squeeze stack tile unstack argmax argmin count_nonzero nonzero searchsorted where unique_all
unique_counts unique_inverse unique_values argsort sort cumulative_prod cumulative_sum max mean min prod std
sum var all any diff e inf nan newaxis pi __array_namespace_info__ __array_api_version__ bool int8 int16 int32
int64 uint8 uint16 uint32 uint64 float32 float64 complex64 complex128
""".split()  # noqa: SIM905  # seventy names, to be read


def test_every_name_of_the_standard_is_there() -> None:
    assert [name for name in ELEMENTWISE + OTHERS if not hasattr(XP, name)] == []


RNG = np.random.default_rng(0)
FLOATS = RNG.uniform(-2, 2, (3, 4)).astype(np.float32)
POSITIVE = RNG.uniform(1.1, 3, (3, 4)).astype(np.float32)
SMALL = RNG.uniform(-0.9, 0.9, (3, 4)).astype(np.float32)
INTS = RNG.integers(0, 7, (3, 4), dtype=np.int32)
BOOLS = FLOATS > 0
COMPLEX = (FLOATS + 1j * POSITIVE).astype(np.complex64)
REFUSED = ("conj", "imag", "nextafter", "real")  # ONNX has no complex arithmetic, and no bits of floats
DOMAINS: dict[str, list[np.ndarray]] = {
    **{name: [SMALL] for name in ["acos", "asin", "atanh"]},
    **{name: [POSITIVE] for name in ["acosh", "log", "log2", "log10", "log1p", "sqrt"]},
    **{name: [BOOLS] for name in ["logical_not"]},
    **{name: [INTS, BOOLS] for name in ["bitwise_invert"]},
}
PAIRS: dict[str, list[np.ndarray]] = {
    **{name: [INTS, BOOLS] for name in ["bitwise_and", "bitwise_or", "bitwise_xor"]},
    **{name: [INTS] for name in ["bitwise_left_shift", "bitwise_right_shift"]},
    **{name: [BOOLS] for name in ["logical_and", "logical_or", "logical_xor"]},
    **{name: [POSITIVE, INTS + 1] for name in ["pow", "floor_divide", "remainder"]},
    **{
        name: [FLOATS, INTS]
        for name in ["add", "subtract", "multiply", "maximum", "minimum", "equal", "less"]
    },
}


def arguments_of(name: str) -> list[tuple[np.ndarray, ...]]:
    """Inputs on which the function is defined."""
    binary = isinstance(getattr(np, name), np.ufunc) and getattr(np, name).nin == 2
    if binary:
        return [(a, a[::-1]) for a in PAIRS.get(name, [FLOATS])]
    return [(a,) for a in DOMAINS.get(name, [FLOATS])]


@pytest.mark.parametrize("name", [n for n in ELEMENTWISE if n not in ("clip", *REFUSED)])
def test_functions_of_elements_are_numpys(name: str) -> None:
    for arrays in arguments_of(name):
        found = getattr(XP, name)(*map(irkit.tensor, arrays))
        wanted = getattr(np, name)(*arrays)
        np.testing.assert_allclose(np.asarray(found), wanted, rtol=2e-5, atol=1e-6)
        assert found.dtype == str(wanted.dtype)


A, B = FLOATS, INTS
VECTOR = np.array([3, 1, 3, 2], np.float32)
CASES: list[Callable[[Any, Callable[[np.ndarray], Any]], Any]] = [
    lambda xp, t: xp.clip(t(A), min=-1.0, max=1.0),
    lambda xp, t: xp.clip(t(A), max=0.5),
    lambda xp, t: xp.arange(3, dtype=xp.float32),
    lambda xp, t: xp.arange(1, 10, 3, dtype=xp.int32),
    lambda xp, t: xp.asarray([[1.0, 2.0]], dtype=xp.float64),
    lambda xp, t: xp.eye(3, 4, k=1, dtype=xp.float32),
    lambda xp, t: xp.from_dlpack(t(A)),
    lambda xp, t: xp.full((2, 3), 7, dtype=xp.int32),
    lambda xp, t: xp.full_like(t(A), 2.5),
    lambda xp, t: xp.linspace(0, 1, 5, dtype=xp.float32),
    lambda xp, t: xp.meshgrid(t(VECTOR), t(VECTOR[:2]), indexing="ij"),
    lambda xp, t: [
        xp.ones(3, dtype=xp.int8),
        xp.ones_like(t(B)),
        xp.zeros((2, 2), dtype=xp.bool),
        xp.zeros_like(t(A)),
    ],
    lambda xp, t: [xp.tril(t(A), k=-1), xp.triu(t(A), k=1)],
    lambda xp, t: xp.astype(t(A), xp.int32),
    lambda xp, t: [xp.take(t(A), t(np.array([2, 0])), axis=0), xp.take_along_axis(t(A), t(B % 4), axis=1)],
    lambda xp, t: [xp.matmul(t(A), xp.matrix_transpose(t(A))), xp.tensordot(t(A), t(A), axes=2)],
    lambda xp, t: [xp.vecdot(t(A), t(A)), xp.vecdot(t(A), t(POSITIVE), axis=0)],
    lambda xp, t: [*xp.broadcast_arrays(t(A), t(VECTOR)), xp.broadcast_to(t(VECTOR), (2, 4))],
    lambda xp, t: [
        xp.concat([t(A), t(A)], axis=1),
        xp.concat([t(A), t(VECTOR)], axis=None),
        xp.stack([t(A), t(A)], axis=-1),
    ],
    lambda xp, t: [
        xp.expand_dims(t(A), axis=1),
        xp.squeeze(t(A[:, :1]), axis=1),
        xp.flip(t(A)),
        xp.flip(t(A), axis=1),
    ],
    lambda xp, t: [xp.moveaxis(t(A), 0, 1), xp.permute_dims(t(A), (1, 0)), xp.reshape(t(A), (2, -1))],
    lambda xp, t: [
        xp.repeat(t(A), 2, axis=0),
        xp.roll(t(A), 1, axis=1),
        xp.roll(t(A), 2),
        xp.tile(t(A), (2, 1)),
    ],
    lambda xp, t: list(xp.unstack(t(A), axis=1)),
    lambda xp, t: [xp.argmax(t(A)), xp.argmin(t(A), axis=1, keepdims=True), xp.count_nonzero(t(B), axis=0)],
    lambda xp, t: list(xp.nonzero(t(BOOLS))),
    lambda xp, t: xp.searchsorted(t(np.sort(VECTOR)), t(VECTOR), side="right"),
    lambda xp, t: xp.where(t(BOOLS), t(A), t(POSITIVE)),
    lambda xp, t: [xp.sort(t(A), axis=0), xp.sort(t(VECTOR), axis=-1)],
    lambda xp, t: xp.argsort(t(VECTOR), stable=True),
    lambda xp, t: [xp.cumulative_sum(t(A), axis=1), xp.cumulative_sum(t(A), axis=0, include_initial=True)],
    lambda xp, t: [xp.cumulative_prod(t(A), axis=1, include_initial=True)],
    lambda xp, t: [
        f(t(A), axis=1, keepdims=True) for f in (xp.max, xp.min, xp.mean, xp.sum, xp.prod, xp.std, xp.var)
    ],
    lambda xp, t: [
        xp.std(t(A), correction=1),
        xp.var(t(A), axis=0, correction=1),
        xp.sum(t(B), dtype=xp.int64),
    ],
    lambda xp, t: [
        xp.all(t(BOOLS), axis=0),
        xp.any(t(BOOLS)),
        xp.diff(t(A), axis=0),
        xp.diff(t(A), prepend=t(A[:, :1])),
    ],
    lambda xp, t: [x * np.float32(xp.pi) for x in (t(A), xp.asarray(t(A)))],
]


def flat(result: Any) -> list[Any]:
    return list(result) if isinstance(result, list | tuple) else [result]


@pytest.mark.parametrize("case", CASES, ids=range(len(CASES)))
def test_other_functions_are_numpys(case: Callable[[Any, Callable[[np.ndarray], Any]], Any]) -> None:
    found, wanted = flat(case(XP, irkit.tensor)), flat(case(np, lambda a: a))
    assert len(found) == len(wanted)
    for one, other in zip(found, wanted, strict=True):
        np.testing.assert_allclose(np.asarray(one), other, rtol=2e-5, atol=1e-6)
        assert one.shape == np.shape(other)
        kinds = np.asarray(one).dtype.kind, np.asarray(other).dtype.kind
        assert kinds[0] == kinds[1]


def test_distinct_elements_are_numpys_in_order() -> None:
    values, first, inverse, counts = np.unique(B, return_index=True, return_inverse=True, return_counts=True)
    found = XP.unique_all(irkit.tensor(B))
    for name, wanted in zip(found._fields, (values, first, inverse, counts), strict=True):
        np.testing.assert_array_equal(getattr(found, name), wanted, err_msg=name)
    np.testing.assert_array_equal(XP.unique_values(irkit.tensor(B)), values)
    np.testing.assert_array_equal(XP.unique_counts(irkit.tensor(B)).counts, counts)
    np.testing.assert_array_equal(XP.unique_inverse(irkit.tensor(B)).inverse_indices, inverse)


@pytest.mark.parametrize("name", REFUSED)
def test_what_onnx_lacks_is_refused(name: str) -> None:
    given = irkit.tensor(FLOATS if name == "nextafter" else COMPLEX)
    with pytest.raises(irkit.UnsupportedError, match=r"ONNX|opset"):
        getattr(XP, name)(*[given] * (2 if name == "nextafter" else 1))


def test_descending_orders_keep_equal_elements_in_place() -> None:
    x = irkit.tensor(VECTOR)
    np.testing.assert_array_equal(XP.argsort(x, descending=True), [0, 2, 3, 1])
    np.testing.assert_array_equal(XP.sort(x, descending=True), [3, 3, 2, 1])


def test_types_meet_as_the_standard_says() -> None:
    for a, b, wanted in [
        ("int8", "int16", "int16"),
        ("uint8", "int8", "int16"),
        ("uint32", "int8", "int64"),
        ("int32", "int64", "int64"),
        ("float32", "float64", "float64"),
        ("complex64", "float64", "complex128"),
        ("bool", "bool", "bool"),
    ]:
        assert XP.result_type(a, b) == XP.result_type(b, a) == wanted
    assert XP.result_type(irkit.tensor(A), 2.0) == "float32"
    assert XP.can_cast("int8", "int32")
    assert not XP.can_cast("int64", "int32")
    assert XP.isdtype("uint8", ("real floating", "unsigned integer"))
    assert not XP.isdtype("bool", "numeric")
    assert (XP.iinfo("int16").max, XP.finfo("float64").eps) == (32767, np.finfo(np.float64).eps)


def test_the_namespace_tells_what_it_can() -> None:
    info = XP.__array_namespace_info__()
    assert info.default_dtypes()["real floating"] == XP.ones(1).dtype == "float32"
    assert info.default_dtypes()["integral"] == XP.asarray(1).dtype
    assert info.default_dtypes()["indexing"] == XP.argmax(irkit.tensor(A)).dtype
    assert set(info.dtypes(kind="integral")) == {f"{u}int{n}" for u in ("", "u") for n in (8, 16, 32, 64)}
    assert irkit.tensor(A).device == info.default_device() == "cpu"
    assert irkit.tensor(A).to_device("cpu").shape == (3, 4)
    with pytest.raises(irkit.ArgumentError, match="no device 'gpu'"):
        irkit.tensor(A).to_device("gpu")
    with pytest.raises(irkit.UnsupportedError, match="no version '1999'"):
        irkit.tensor(A).__array_namespace__(api_version="1999")


def test_a_program_written_for_any_array_library_runs() -> None:
    def softmax(x: Any) -> Any:
        xp = x.__array_namespace__()
        shifted = xp.exp(x - xp.max(x, axis=-1, keepdims=True))
        return shifted / xp.sum(shifted, axis=-1, keepdims=True)

    np.testing.assert_allclose(softmax(irkit.tensor(A)), softmax(A), rtol=1e-6)
