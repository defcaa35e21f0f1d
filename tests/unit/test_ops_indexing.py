"""x[…] against numpy, eager and in a graph with an open first size."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from irkit import execution, ops
from irkit.errors import ArgumentError
from irkit.frontends.models.functional import Functional
from irkit.frontends.tensors.input import Input

X = np.arange(4 * 5 * 6, dtype="float32").reshape(4, 5, 6)
KEYS: list[Any] = [
    0,
    -1,
    (1, 2),
    (slice(1, 3),),
    (slice(None, None, -1),),
    (slice(None), slice(4, 1, -2)),
    (slice(-3, None), -2, slice(None, -1)),
    (Ellipsis, 2),
    (Ellipsis, None, slice(0, 2)),
    (None, 1, Ellipsis),
    (slice(None), None, 0),
    (np.array([0, 2]),),
    (slice(None), np.array([[0, -1], [1, 2]])),
    (np.array([0, 1]), np.array([1, 2])),
    (np.array([0, 1]), slice(None), np.array([1, 2])),
    (slice(None), np.array([0, 1]), np.array([1, 2])),
    (slice(None), 1, np.array([1, 2])),
    (np.array([[0], [1]]), np.array([1, 2]), 3),
    (None, np.array([0, 1]), slice(1, 3)),
    ([0, 1, 1],),
    (X[:, 0, 0] > 50,),
    (X > 100,),
    (slice(None), X[0, :, 0] > 7, slice(0, 2)),
]


@pytest.mark.parametrize("key", KEYS, ids=str)
def test_an_index_means_what_it_means_to_numpy(key: Any) -> None:
    expected = X[key]
    np.testing.assert_array_equal(ops.convert_to_tensor(X)[key], expected)
    x = Input(batch_shape=(None, 5, 6))
    model = Functional([x], [x[key]]).graph_model
    (found,) = execution.backend("interpreter").prepare(model).run([X])
    np.testing.assert_array_equal(found, expected)


def test_tensors_index_too() -> None:
    x, i = Input(batch_shape=(None, 5, 6)), Input(batch_shape=(), dtype="int32")
    model = Functional([x, i], [x[:, i], x[i:], x[ops.shape(x)[0] - 1]]).graph_model
    found = execution.backend("interpreter").prepare(model).run([X, np.array(2, "int32")])
    for a, b in zip(found, (X[:, 2], X[2:], X[-1]), strict=True):
        np.testing.assert_array_equal(a, b)


def test_an_index_outside_of_a_fixed_axis_is_refused_at_once() -> None:
    x = Input(batch_shape=(None, 5))
    with pytest.raises(ArgumentError, match="index 7 lies outside axis 1 of size 5"):
        x[:, 7]
    with pytest.raises(ArgumentError, match="3 parts for a tensor of rank 2"):
        x[0, 0, 0]
