"""Sizes that are not fixed: in every argument that is a shape, and never baked into a graph."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from irkit import execution, ops
from irkit.errors import ArgumentError
from irkit.frontends.models.functional import Functional
from irkit.frontends.tensors.input import Input

CASES: dict[str, tuple[Callable[[Any], Any], Callable[[np.ndarray], Any]]] = {
    "reshape keeps the batch": (
        lambda x: ops.reshape(x, (ops.shape(x)[0], -1)),
        lambda a: a.reshape(len(a), -1),
    ),
    "reshape joins open sizes": (
        lambda x: ops.reshape(x, (ops.shape(x)[0] * ops.shape(x)[1], 4)),
        lambda a: a.reshape(-1, 4),
    ),
    "reshape exchanges them": (
        lambda x: ops.reshape(x, (ops.shape(x)[1], ops.shape(x)[0], 4)),
        lambda a: a.reshape(a.shape[1], a.shape[0], 4),
    ),
    "zeros": (lambda x: ops.zeros((ops.shape(x)[0], 3)), lambda a: np.zeros((len(a), 3))),
    "full of arithmetic": (
        lambda x: ops.ones((ops.shape(x)[1] // 2 + 1, 2)),
        lambda a: np.ones((a.shape[1] // 2 + 1, 2)),
    ),
    "arange": (lambda x: ops.arange(ops.shape(x)[1]), lambda a: np.arange(a.shape[1])),
    "broadcast_to": (
        lambda x: ops.broadcast_to(x[:1], ops.shape(x)),
        lambda a: np.broadcast_to(a[:1], a.shape),
    ),
    "a size as a number": (lambda x: ops.sum(x, 0) / ops.shape(x)[0], lambda a: a.sum(0) / len(a)),
    "roll": (lambda x: ops.roll(x, 1, axis=1), lambda a: np.roll(a, 1, axis=1)),
    "repeat": (lambda x: ops.repeat(x, 2, axis=0), lambda a: np.repeat(a, 2, axis=0)),
    "tile": (lambda x: ops.tile(x, (2, 1, 1)), lambda a: np.tile(a, (2, 1, 1))),
    "cumprod": (lambda x: ops.cumprod(x, axis=1), lambda a: np.cumprod(a, axis=1)),
    "eye": (lambda x: ops.eye(ops.shape(x)[1]), lambda a: np.eye(a.shape[1])),
    "split": (lambda x: ops.split(ops.concatenate([x, x]), 2)[1], lambda a: a),
    "half of a pooled grid": (
        lambda x: ops.zeros((ops.shape(ops.max_pool(x, 2, 2, "same"))[1] // 2 + 1,)),
        lambda a: np.zeros(((a.shape[1] + 1) // 2 // 2 + 1,)),
    ),
    "array_split": (lambda x: ops.array_split(x, 3, axis=1)[0], lambda a: np.array_split(a, 3, axis=1)[0]),
    "pad": (
        lambda x: ops.pad(x, [[0, 0], [0, ops.shape(x)[0]], [0, 0]]),
        lambda a: np.pad(a, [[0, 0], [0, len(a)], [0, 0]]),
    ),
    "median": (lambda x: ops.median(x, axis=(0, 1)), lambda a: np.median(a, axis=(0, 1))),
    "sort": (lambda x: ops.sort(x, axis=1), lambda a: np.sort(a, axis=1)),
    "diagonal": (lambda x: ops.diagonal(x[:, :, 0]), lambda a: np.diagonal(a[:, :, 0])),
    "tensordot": (
        lambda x: ops.tensordot(x, x, [[0, 2], [0, 2]]),
        lambda a: np.tensordot(a, a, [[0, 2], [0, 2]]),
    ),
}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("sizes", [(2, 3), (5, 4)], ids=str)
def test_open_sizes(name: str, sizes: tuple[int, int]) -> None:
    ours, numpys = CASES[name]
    x = Input(batch_shape=("rows", "columns", 4))
    model = Functional([x], [ours(x)]).graph_model
    value = np.random.default_rng(0).normal(size=(*sizes, 4)).astype("float32")
    for backend in ("interpreter", "onnxruntime"):
        (found,) = execution.backend(backend).prepare(model).run([value])
        np.testing.assert_allclose(found, numpys(value), rtol=1e-5, atol=1e-6)


def test_keeping_the_batch_costs_no_shape_arithmetic() -> None:
    x = Input((28, 28))
    nodes = [
        n.op.name for n in Functional([x], [ops.reshape(x, (ops.shape(x)[0], 784))]).graph_model.graph.nodes
    ]
    assert sorted(nodes) == ["Constant", "Reshape"]


def test_a_size_that_nobody_knows_is_refused() -> None:
    with pytest.raises(ArgumentError, match=r"irkit\.ops\.shape\(x\)"):
        ops.zeros((None, 3))


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("size", [7, 8, 9])
def test_a_strided_convolution_over_an_open_grid_pads_as_over_a_fixed_one(padding: str, size: int) -> None:
    kernel = np.random.default_rng(1).normal(size=(3, 2, 3, 4)).astype("float32")
    value = np.random.default_rng(2).normal(size=(2, size, size + 1, 3)).astype("float32")
    x = Input((None, None, 3))
    model = Functional([x], [ops.conv(x, kernel, 2, padding), ops.max_pool(x, 3, 2, padding)]).graph_model
    for backend in ("interpreter", "onnxruntime"):
        found = execution.backend(backend).prepare(model).run([value])
        np.testing.assert_allclose(found[0], ops.conv(value, kernel, 2, padding), rtol=1e-4, atol=1e-5)
        np.testing.assert_array_equal(found[1], ops.max_pool(value, 3, 2, padding))
