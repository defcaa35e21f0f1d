"""Element types of results, as Keras documents them (its lattice is JAX's, with weak Python numbers)."""

from __future__ import annotations

import numpy as np
import pytest

from irkit import ops
from irkit.errors import ArgumentError
from irkit.frontends.tensors.dtypes import result_type

# A table from JAX's documentation on type promotion, read along the upper triangle.
# https://docs.jax.dev/en/latest/type_promotion.html
TABLE = {
    ("bool", "int8"): "int8",
    ("uint8", "int8"): "int16",
    ("uint8", "uint16"): "uint16",
    ("uint16", "int16"): "int32",
    ("uint32", "int32"): "int64",
    ("uint32", "int8"): "int64",
    ("int64", "float16"): "float16",
    ("int32", "bfloat16"): "bfloat16",
    ("uint64", "int8"): "float32",
    ("float16", "bfloat16"): "float32",
    ("bfloat16", "float32"): "float32",
    ("float32", "float64"): "float64",
    ("int32", "complex64"): "complex64",
    ("float64", "complex64"): "complex128",
}


@pytest.mark.parametrize("pair", TABLE, ids=" ".join)
def test_two_types_meet_where_jax_says(pair: tuple[str, str]) -> None:
    assert result_type(*pair) == result_type(*reversed(pair)) == TABLE[pair]


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
def test_python_numbers_do_not_widen_floats(dtype: str) -> None:
    assert result_type(dtype, int) == result_type(dtype, float) == dtype


def test_python_numbers_alone_are_32_bits_wide() -> None:
    assert result_type(int) == result_type(int, int) == "int32"
    assert result_type(int, float) == result_type("bool", float) == "float32"


def test_small_floats_are_never_converted_silently() -> None:
    with pytest.raises(ArgumentError, match="cast"):
        result_type("float8e4m3fn", "float32")


def test_results_of_functions() -> None:
    ints, truths = np.arange(4, dtype="int8"), np.array([True, False])
    assert ops.mean(ints).dtype == "float32"
    assert ops.argmax(ints).dtype == "int32"
    assert ops.sum(truths).dtype == "int32"
    assert ops.sum(ints.astype("uint8")).dtype == "uint32"
    assert ops.divide(ints, 2).dtype == "float32"
    assert (ops.add(ints, 1)).dtype == "int8"
    assert ops.add(ints, 1.5).dtype == "float32"
    assert ops.convert_to_tensor([1, 2]).dtype == "int32"
    assert ops.convert_to_tensor(2.5).dtype == "float32"
    assert ops.exp(ints.astype("int64")).dtype == "float32"
