"""Eager tensors: numpy's operators and methods, values that never change, ways to Python and other libraries."""

from __future__ import annotations

import operator
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import irkit
from irkit import ops

RNG = np.random.default_rng(0)
A = RNG.standard_normal((3, 4)).astype(np.float32)
B = RNG.standard_normal((4,)).astype(np.float32)
I = np.array([[7, -3, 2, 5]], np.int32)  # the integers

BINARY = ["add", "sub", "mul", "truediv", "floordiv", "mod", "lt", "le", "gt", "ge", "eq", "ne"]


@pytest.mark.parametrize("name", BINARY)
def test_operators_are_numpys_on_tensors_arrays_and_numbers_from_both_sides(name: str) -> None:
    f = getattr(operator, name)
    for a, b in ((A, B), (A, np.float32(2)), (I, np.int32(3))):
        x, y = irkit.tensor(a), irkit.tensor(b)
        for left, right in ((x, y), (x, b), (a, y)):
            found = np.asarray(f(left, right))
            np.testing.assert_allclose(found, f(a, b), rtol=1e-6, atol=1e-6, err_msg=f"{left!r} {right!r}")
    number = f(2, irkit.tensor(B))
    np.testing.assert_allclose(number, f(np.float32(2), B), rtol=1e-6)


def test_operators_of_integers_and_truths() -> None:
    x, truths = irkit.tensor(I), irkit.tensor(I > 0)
    for f in (operator.and_, operator.or_, operator.xor, operator.lshift, operator.rshift):
        np.testing.assert_array_equal(f(x, 2), f(I, np.int32(2)))
    np.testing.assert_array_equal(~truths, ~(I > 0))
    np.testing.assert_array_equal(-x, -I)
    np.testing.assert_array_equal(abs(x), abs(I))
    for found, wanted in zip(divmod(x, 3), divmod(I, np.int32(3)), strict=True):
        np.testing.assert_array_equal(found, wanted)
    np.testing.assert_allclose(irkit.tensor(A) @ A.T, A @ A.T, rtol=1e-5)


METHODS = {
    "sum": [{}, {"axis": 0}, {"axis": (0, 1), "keepdims": True}],
    "mean": [{}, {"axis": 1}],
    "std": [{}, {"axis": 1}],
    "var": [{}, {"axis": 0, "keepdims": True}],
    "max": [{}, {"axis": -1}],
    "min": [{}, {"axis": 0}],
    "prod": [{}, {"axis": 1}],
    "argmax": [{}, {"axis": 1}],
    "argmin": [{}, {"axis": 0}],
    "cumsum": [{"axis": 1}, {}],
    "cumprod": [{"axis": 0}],
    "transpose": [{}],
    "squeeze": [{}],
    "flatten": [{}],
    "ravel": [{}],
    "copy": [{}],
    "round": [{}, {"decimals": 2}],
    "argsort": [{}, {"axis": 0}],
    "diagonal": [{}],
    "trace": [{}],
    "conj": [{}],
    "tolist": [{}],
}


@pytest.mark.parametrize("name", METHODS)
def test_methods_are_numpys(name: str) -> None:
    for arguments in METHODS[name]:
        found, wanted = getattr(irkit.tensor(A), name)(**arguments), getattr(A, name)(**arguments)
        np.testing.assert_allclose(np.asarray(found), wanted, rtol=1e-5, atol=1e-6, err_msg=str(arguments))


def test_methods_with_positional_arguments() -> None:
    x = irkit.tensor(A)
    for found, wanted in (
        (x.reshape(4, 3), A.reshape(4, 3)),
        (x.reshape((2, -1)), A.reshape(2, -1)),
        (x.transpose(1, 0), A.T),
        (x.astype("int32"), A.astype(np.int32)),
        (x.swapaxes(0, 1), A.swapaxes(0, 1)),
        (x.repeat(2, axis=1), A.repeat(2, axis=1)),
        (x.clip(-1, 1), A.clip(-1, 1)),
        (x.T, A.T),
        (x.reshape(1, 3, 4).mT, A.reshape(1, 3, 4).swapaxes(1, 2)),
        ((x > 0).all(), np.bool_(False)),
        ((x > 0).any(axis=0), (A > 0).any(axis=0)),
    ):
        np.testing.assert_array_equal(np.asarray(found), wanted)


def test_numpys_functions_accept_tensors() -> None:
    x = irkit.tensor(A)
    for f in (
        np.sum,
        np.mean,
        np.std,
        np.var,
        np.max,
        np.prod,
        np.exp,
        np.transpose,
        np.ravel,
        np.argmax,
        np.round,
    ):
        np.testing.assert_allclose(np.asarray(f(x)), f(A), rtol=1e-5, atol=1e-6, err_msg=f.__name__)
    np.testing.assert_array_equal(np.concatenate([x, x]), np.concatenate([A, A]))
    assert isinstance(A + x, irkit.frontends.tensors.tensor.EagerTensor)


def test_in_place_operators_make_new_tensors() -> None:
    x = irkit.tensor([1.0, 2.0])
    other = x
    x += 1
    np.testing.assert_array_equal(other, [1, 2])
    np.testing.assert_array_equal(x, [2, 3])


def test_a_tensor_shares_no_memory_that_can_be_written() -> None:
    array = np.ones(3, np.float32)
    x = irkit.tensor(array)
    array[0] = 5
    np.testing.assert_array_equal(x, [1, 1, 1])
    x.numpy()[0] = 7
    with pytest.raises(ValueError, match="read-only"):
        np.asarray(x)[0] = 7
    np.asarray(x, copy=True)[0] = 7
    np.testing.assert_array_equal(x, [1, 1, 1])
    with pytest.raises(irkit.CaptureError, match="cannot be assigned"):
        x[0] = 1
    with pytest.raises(ValueError, match="read-only"):
        np.asarray(ops.add(x, 1))[0] = 7


def test_values_for_python() -> None:
    one = irkit.tensor(2.5)
    assert (one.item(), float(one), int(one), bool(one), f"{one:.2f}") == (2.5, 2.5, 2, True, "2.50")
    assert irkit.tensor(I).tolist() == [[7, -3, 2, 5]]
    assert [10, 20, 30][irkit.tensor(1)] == 20
    assert 7 in irkit.tensor(I)
    assert [float(row.sum()) for row in irkit.tensor([[1, 2], [3, 4]])] == [3, 7]
    assert (len(irkit.tensor(A)), irkit.tensor(A).size, irkit.tensor(A).ndim) == (3, 12, 2)
    assert repr(irkit.tensor([1, 2])) == "Tensor([1, 2], shape=(2,), dtype=int32)"
    with pytest.raises(
        irkit.ArgumentError, match=r"test_eager_tensors.py:\d+  a tensor of 2 elements is no truth"
    ):
        bool(irkit.tensor([1, 2]))


def test_dtypes_of_python_numbers_are_kerass_and_arrays_keep_theirs() -> None:
    for value, dtype in ((1, "int32"), (1.0, "float32"), (True, "bool"), (2**40, "int64"), (A, "float32")):
        assert irkit.tensor(value).dtype == dtype
    assert irkit.tensor(np.ones(2)).dtype == "float64"
    assert irkit.tensor(np.ones(2), "float16").dtype == "float16"


def test_dlpack_hands_over_without_a_copy() -> None:
    x = irkit.tensor(A)
    there = np.from_dlpack(x)
    np.testing.assert_array_equal(there, A)
    assert x.__dlpack_device__() == (1, 0)
    assert np.shares_memory(there, np.asarray(x))
    with pytest.raises(BufferError, match="string"):
        irkit.tensor(["a"]).__dlpack__()


def test_exceptions_and_print_happen_at_the_users_line(tmp_path: Path) -> None:
    script = tmp_path / "wrong.py"
    script.write_text(
        "import irkit\nx = irkit.tensor([[1.0, 2.0]])\nprint('before', x.sum())\ny = x @ x\nprint('never')\n"
    )
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=False)
    assert done.stdout == "before Tensor(3., shape=(), dtype=float32)\n"
    assert "wrong.py:4  MatMul" in done.stderr
    assert "float32[1, 2]" in done.stderr
