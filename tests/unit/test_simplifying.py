"""Algebra and joined pads: which nodes are left, and that no bit changes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from irkit import operators as o
from irkit.backends.interpreter import Interpreter
from irkit.ir import DType, Graph, GraphModel, LayerNode, Operation, Signature, Value, symbol, tensor
from irkit.ir.extract import copied
from irkit.passes import optimize

F32 = np.float32


class Making:
    """Writes graphs shortly."""

    def __init__(self) -> None:
        self.graph = Graph()

    def x(self, dtype: str = "float32", shape: tuple[object, ...] = (2, 4)) -> Value:
        return self.graph.input("x", tensor(dtype, shape))  # type: ignore[arg-type]

    def c(self, *numbers: float, dtype: type = np.int64) -> Value:
        return self(o.Constant(value=np.array(numbers, dtype)))

    def scalar(self, number: object, dtype: type = F32) -> Value:
        return self(o.Constant(value=np.array(number, dtype)))

    def __call__(self, op: Operation, *inputs: Value, count: int = 1) -> Value:
        return self.graph.add(op, inputs, count=count)[0]


def names(graph: Graph) -> list[str]:
    return [n.op.name for n in graph.walk() if n.op.name != "Constant"]


def run(graph: Graph, *inputs: np.ndarray) -> list[np.ndarray]:
    outputs = tuple(f"y{i}" for i in range(len(graph.outputs)))
    model = GraphModel("m", graph, LayerNode("m", "M"), Signature(output_names=outputs))
    return Interpreter().prepare(model, observe=lambda *_: None).run(inputs)


def optimised(m: Making, *outputs: Value, level: int = 2) -> Graph:
    m.graph.set_outputs(outputs)
    copy, _ = copied(m.graph)
    optimize(copy, level, verify=True)
    return copy


SPECIAL = np.array([[0.0, -0.0, np.nan, np.inf], [-np.inf, 1.5, -2.5, 1e-40]], F32)

SIMPLER: dict[str, tuple[Callable[[Making, Value], Value], list[str]]] = {
    "twice negative": (lambda m, x: m(o.Exp(), m(o.Neg(), m(o.Neg(), x))), ["Exp"]),
    "absolute of negative": (lambda m, x: m(o.Abs(), m(o.Neg(), x)), ["Abs"]),
    "absolute twice": (lambda m, x: m(o.Abs(), m(o.Abs(), x)), ["Abs"]),
    "relu twice": (lambda m, x: m(o.Relu(), m(o.Relu(), x)), ["Relu"]),
    "relu of sigmoid": (lambda m, x: m(o.Relu(), m(o.Sigmoid(), x)), ["Sigmoid"]),
    "floor of round": (lambda m, x: m(o.Floor(), m(o.Round(), x)), ["Round"]),
    "sign of sign": (lambda m, x: m(o.Sign(), m(o.Sign(), x)), ["Sign"]),
    "square": (lambda m, x: m(o.Pow(), x, m.scalar(2)), ["Mul"]),
    "first power": (lambda m, x: m(o.Exp(), m(o.Pow(), x, m.scalar(1))), ["Exp"]),
    "divided by 8": (lambda m, x: m(o.Div(), x, m.scalar(8)), ["Mul"]),
    "divided by 3": (lambda m, x: m(o.Div(), x, m.scalar(3)), ["Div"]),
    "sum of two": (lambda m, x: m(o.Sum(), x, m(o.Exp(), x)), ["Exp", "Add"]),
    "to float64 and back": (
        lambda m, x: m(o.Exp(), m(o.Cast(to=DType.float32), m(o.Cast(to=DType.float64), x))),
        ["Exp"],
    ),
    "over float16": (
        lambda m, x: m(o.Cast(to=DType.float32), m(o.Cast(to=DType.float16), x)),
        ["Cast", "Cast"],
    ),
    "slice of everything": (lambda m, x: m(o.Exp(), m(o.Slice(), x, m.c(0), m.c(99), m.c(1))), ["Exp"]),
    "slice backwards": (
        lambda m, x: m(o.Slice(), x, m.c(-1), m.c(-99), m.c(1), m.c(-1)),
        ["Slice"],
    ),
    "parts joined again": (
        lambda m, x: m(
            o.Exp(), m(o.Concat(axis=1), *m.graph.add(o.Split(axis=-1, num_outputs=2), [x], count=2))
        ),
        ["Exp"],
    ),
    "parts joined in another order": (
        lambda m, x: m(o.Concat(axis=1), *m.graph.add(o.Split(axis=1, num_outputs=2), [x], count=2)[::-1]),
        ["Split", "Concat"],
    ),
    "concat in concat": (
        lambda m, x: m(o.Concat(axis=0), x, m(o.Concat(axis=-2), m(o.Exp(), x), x)),
        ["Exp", "Concat"],
    ),
    "known choice": (
        lambda m, x: m(o.Exp(), m(o.Where(), m.scalar([[True]], np.bool_), x, m(o.Neg(), x))),
        ["Exp"],
    ),
    "reshape and back": (
        lambda m, x: m(o.Reshape(), m(o.Tanh(), m(o.Reshape(), x, m.c(8))), m.c(2, 4)),
        ["Tanh"],
    ),
    "softmax over a squeezed axis": (
        lambda m, x: m(o.Reshape(), m(o.Softmax(axis=1), m(o.Reshape(), x, m.c(2, 4, 1))), m.c(2, 4)),
        ["Softmax"],
    ),
    "squeeze of unsqueeze": (
        lambda m, x: m(o.Exp(), m(o.Squeeze(), m(o.Unsqueeze(), x, m.c(1)), m.c(1))),
        ["Exp"],
    ),
}


@pytest.mark.parametrize("name", SIMPLER)
def test_simpler_forms_have_the_same_bits(name: str) -> None:
    make, expected = SIMPLER[name]
    m = Making()
    after = optimised(m, make(m, m.x()))
    assert names(after) == expected
    with np.errstate(all="ignore"):
        for got, wanted in zip(run(after, SPECIAL), run(m.graph, SPECIAL), strict=True):
            np.testing.assert_array_equal(got.view(np.uint32), wanted.view(np.uint32))


def test_reshapes_to_computed_sizes_become_reshapes_to_constants() -> None:
    m = Making()
    x = m.x(shape=(symbol("batch"), 3, 5))
    batch = m(o.Gather(), m(o.Shape(), x), m.c(0))
    after = optimised(m, m(o.Reshape(), x, m(o.Concat(axis=0), batch, m.c(15))))
    assert names(after) == ["Reshape"]
    for size in (2, 0):
        given = np.random.default_rng(0).random((size, 3, 5), F32)
        np.testing.assert_array_equal(run(after, given)[0], given.reshape(size, 15))


def padded(m: Making, x: Value, *pads: int, value: float = 0.0) -> Value:
    return m(o.Pad(), x, m.c(*pads), m.scalar(value))


@pytest.mark.parametrize("transposed", [False, True])
def test_zeros_around_an_image_are_padded_by_the_convolution(transposed: bool) -> None:
    m = Making()
    x = m.x(shape=(symbol("batch"), 4, 5, 3) if transposed else (symbol("batch"), 3, 4, 5))
    if transposed:
        y = m(o.Transpose(perm=(0, 3, 1, 2)), padded(m, x, 0, 1, 0, 0, 0, 2, 3, 0))
    else:
        y = padded(m, x, 0, 0, 1, 0, 0, 0, 2, 3)
    rng = np.random.default_rng(0)
    kernel = m(o.Constant(value=rng.standard_normal((2, 3, 2, 2)).astype(F32)))
    after = optimised(m, m(o.Conv(pads=(0, 1, 0, 0)), y, kernel))
    assert names(after) == (["Transpose", "Conv"] if transposed else ["Conv"])
    given = rng.random((2, 4, 5, 3) if transposed else (2, 3, 4, 5), F32)
    np.testing.assert_array_equal(run(after, given)[0], run(m.graph, given)[0])


POOLED: dict[str, tuple[Callable[[Making, Value], Value], int]] = {
    "maximum after relu": (
        lambda m, x: m(o.MaxPool(kernel_shape=(3, 3)), padded(m, m(o.Relu(), x), 0, 0, 1, 1, 0, 0, 1, 1)),
        0,
    ),
    "maximum of anything": (
        lambda m, x: m(o.MaxPool(kernel_shape=(3, 3)), padded(m, x, 0, 0, 1, 1, 0, 0, 1, 1)),
        1,
    ),
    "windows of nothing but zeros": (
        lambda m, x: m(o.MaxPool(kernel_shape=(1, 1)), padded(m, m(o.Relu(), x), 0, 0, 1, 1, 0, 0, 1, 1)),
        1,
    ),
    "mean": (
        lambda m, x: m(o.AveragePool(kernel_shape=(2, 2)), padded(m, x, 0, 0, 1, 1, 0, 0, 1, 1)),
        0,
    ),
    "mean that leaves its own padding out": (
        lambda m, x: m(
            o.AveragePool(kernel_shape=(2, 2), pads=(1, 1, 0, 0)), padded(m, x, 0, 0, 1, 1, 0, 0, 1, 1)
        ),
        1,
    ),
    "mean around ones": (
        lambda m, x: m(o.AveragePool(kernel_shape=(2, 2)), padded(m, x, 0, 0, 1, 1, 0, 0, 1, 1, value=1.0)),
        1,
    ),
    "mean over padded channels": (
        lambda m, x: m(o.AveragePool(kernel_shape=(2, 2)), padded(m, x, 0, 1, 1, 1, 0, 0, 1, 1)),
        1,
    ),
}


@pytest.mark.parametrize("name", POOLED)
def test_pads_go_into_poolings_where_that_is_the_same(name: str) -> None:
    make, pads_left = POOLED[name]
    m = Making()
    after = optimised(m, make(m, m.x(shape=(1, 2, 4, 4))))
    assert names(after).count("Pad") == pads_left
    given = np.random.default_rng(0).standard_normal((1, 2, 4, 4)).astype(F32)
    np.testing.assert_allclose(run(after, given)[0], run(m.graph, given)[0], rtol=1e-6, atol=1e-7)


def test_a_vector_added_becomes_a_bias() -> None:
    m = Making()
    x = m.x(shape=(symbol("batch"), 3, 4, 4))
    rng = np.random.default_rng(0)
    kernel = m(o.Constant(value=rng.random((2, 3, 1, 1), F32)))
    bias = m(o.Constant(value=rng.random((2, 1, 1), F32)))
    (y,) = m.graph.add(o.Conv(), [x, kernel, None])
    y = m(o.Add(), y, bias)
    flat = m(o.Flatten(), y)
    matrix = m(o.Constant(value=rng.random((32, 5), F32)))
    row = m(o.Constant(value=rng.random(5, F32)))
    after = optimised(m, m(o.Add(), row, m(o.MatMul(), flat, matrix)))
    assert names(after) == ["Conv", "Flatten", "Gemm"]
    given = rng.random((2, 3, 4, 4), F32)
    np.testing.assert_allclose(run(after, given)[0], run(m.graph, given)[0], rtol=1e-6)


def test_a_bias_that_varies_over_the_image_stays_an_addition() -> None:
    m = Making()
    x = m.x(shape=(1, 3, 4, 4))
    kernel = m(o.Constant(value=np.ones((2, 3, 1, 1), F32)))
    varying = m(o.Constant(value=np.arange(4, dtype=F32)))
    after = optimised(m, m(o.Add(), m(o.Conv(), x, kernel), varying))
    assert names(after) == ["Conv", "Add"]
