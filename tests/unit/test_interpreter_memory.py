"""The interpreter's folded operations and its block of memory: same bits, fewer steps, nothing overwritten."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from irkit import operators as o
from irkit.backends.interpreter import Interpreter, PlannedModel, chains
from irkit.backends.interpreter.views import FRESH, VIEWS
from irkit.errors import ArgumentError
from irkit.ir import Graph, GraphModel, LayerNode, Operation, Signature, Value, tensor
from irkit.operators import registry


def add(graph: Graph, op: Operation, *inputs: Value) -> Value:
    return graph.add(op, inputs, count=1)[0]


def modelled(graph: Graph, *outputs: Value) -> GraphModel:
    graph.set_outputs(outputs)
    names = tuple(f"y{i}" for i in range(len(outputs)))
    return GraphModel("m", graph, LayerNode("m", "M"), Signature(output_names=names))


def steps(planned: PlannedModel) -> int:
    return len(planned._plan.steps)


def one_by_one(model: GraphModel, *inputs: np.ndarray) -> list[np.ndarray]:
    """Without folding and without a block, since somebody looks at each node."""
    return Interpreter().prepare(model, observe=lambda *_: None).run(inputs)


def multiply_and_add() -> GraphModel:
    """c = b * a; d = c + 1, on arrays of ten float64."""
    g = Graph()
    a, b = (g.input(name, tensor("float64", [10])) for name in "ab")
    return modelled(g, add(g, o.Add(), add(g, o.Mul(), b, a), add(g, o.Constant(value=np.array(1.0)))))


def test_the_program_of_figure_13_executes_one_folded_operation() -> None:
    planned = Interpreter().prepare(multiply_and_add())
    assert steps(planned) == 1
    a, b = np.random.default_rng(0).random((2, 10))
    np.testing.assert_array_equal(planned.run([a, b])[0], b * a + 1)


def test_the_program_of_figure_15_runs_in_the_two_arrays_it_is_given() -> None:
    a, b = np.random.default_rng(0).random((2, 10))
    expected = b * a + 1
    (d,) = Interpreter().prepare(multiply_and_add(), donated=["b"]).run([a, b])
    np.testing.assert_array_equal(d, expected)
    assert np.shares_memory(d, b)
    assert a.nbytes + b.nbytes == 160


def test_inputs_that_were_not_given_away_stay() -> None:
    a, b = np.random.default_rng(0).random((2, 10))
    before = b.copy()
    (d,) = Interpreter().prepare(multiply_and_add()).run([a, b])
    assert not np.shares_memory(d, b)
    np.testing.assert_array_equal(b, before)


def test_only_inputs_can_be_given_away() -> None:
    with pytest.raises(ArgumentError, match=r"not all of c are inputs(?s:.)*Its inputs are a, b"):
        Interpreter().prepare(multiply_and_add(), donated=["c"])


class Drawing:
    """A random graph of what folds, what writes, what gives views, and what does neither."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw, self.graph = draw, Graph()
        self.row, first, _ = [self.graph.input(name, tensor("float32", s)) for name, s in SHAPES.items()]
        self.values = [first]
        for _ in range(draw(st.integers(2, 14))):
            self.step()

    def pick(self) -> Value:
        return self.values[-1 - self.draw(st.integers(0, min(4, len(self.values) - 1)))]

    def step(self) -> None:
        x, y = self.pick(), self.pick()
        kind = self.draw(st.sampled_from(["unary", "binary", "binary", "view", "matmul", "concat", "other"]))
        if kind == "unary":
            made = add(self.graph, self.draw(st.sampled_from(UNARY)), x)
        elif kind == "binary":
            y = self.row if self.draw(st.booleans()) else y
            made = add(self.graph, self.draw(st.sampled_from(BINARY)), *self.draw(st.permutations([x, y])))
        elif kind == "matmul":
            made = add(self.graph, o.MatMul(), x, self.graph.inputs[2])
        elif kind == "concat":
            joined = add(self.graph, o.Concat(axis=0), x, x)
            made = self.graph.add(o.Split(axis=0, num_outputs=2), [joined], count=2)[1]
        elif kind == "view":
            made = add(self.graph, o.Transpose(perm=(1, 0)), add(self.graph, o.Transpose(perm=(1, 0)), x))
        else:
            made = add(self.graph, o.Softmax(axis=-1), add(self.graph, o.Identity(), x))
        self.values.append(made)


SHAPES = {"row": (6,), "x": (4, 6), "square": (6, 6)}
UNARY = (o.Exp(), o.Neg(), o.Relu(), o.Tanh(), o.Sigmoid(), o.LeakyRelu(), o.Abs())
BINARY = (o.Add(), o.Sub(), o.Mul(), o.Div())


@st.composite
def models(draw: st.DrawFn) -> GraphModel:
    drawing = Drawing(draw)
    made = [v for v in drawing.values if v.producer is not None] or drawing.values
    return modelled(drawing.graph, *draw(st.lists(st.sampled_from(made), min_size=1, max_size=3)))


@settings(max_examples=60, deadline=None)
@given(models(), st.booleans())
def test_folded_and_in_one_block_the_bits_are_the_same(model: GraphModel, in_blocks: bool) -> None:
    rng = np.random.default_rng(0)
    inputs = [rng.standard_normal(shape, np.float32) for shape in SHAPES.values()]
    others = [rng.standard_normal(shape, np.float32) for shape in SHAPES.values()]
    kept = [x.copy() for x in inputs]
    with pytest.MonkeyPatch.context() as patch:
        if in_blocks:
            patch.setattr(chains, "_LARGE", 1)
            patch.setattr(chains, "BLOCK", 7)
        planned = Interpreter().prepare(model)
        results = planned.run(inputs)
        planned.run(others)  # which uses the same memory again
    for got, wanted in zip(results, one_by_one(model, *inputs), strict=True):
        np.testing.assert_array_equal(got, wanted)
    for x, before in zip(inputs, kept, strict=True):
        np.testing.assert_array_equal(x, before)


def test_calls_that_overlap_have_memory_of_their_own() -> None:
    g = Graph()
    x = g.input("x", tensor("float32", [60, 60]))
    y = x
    for _ in range(4):
        y = add(g, o.Tanh(), add(g, o.MatMul(), y, x))
    model = modelled(g, y)
    planned = Interpreter().prepare(model)
    inputs = [np.random.default_rng(i).standard_normal((60, 60), np.float32) for i in range(4)]
    expected = [one_by_one(model, each)[0] for each in inputs]
    wrong: list[int] = []

    def work(i: int) -> None:
        results = [planned.run([inputs[i]])[0] for _ in range(10)]
        wrong.extend(i for result in results if not np.array_equal(result, expected[i]))

    threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_a_failed_call_leaves_nothing_behind() -> None:
    planned = Interpreter().prepare(multiply_and_add())
    a, b = np.random.default_rng(0).random((2, 10))
    with pytest.raises(Exception, match="float64"):
        planned.run([a, b.astype(np.float32)])
    np.testing.assert_array_equal(planned.run([a, b])[0], b * a + 1)


CALLS: dict[str, tuple[o.Operator, int]] = {
    "AveragePool": (o.AveragePool(kernel_shape=(1, 1)), 1),
    "BatchNormalization": (o.BatchNormalization(epsilon=0.0), 5),
    "Conv": (o.Conv(), 2),
    "ConvTranspose": (o.ConvTranspose(), 2),
    "Gemm": (o.Gemm(), 2),
    "InstanceNormalization": (o.InstanceNormalization(), 3),
    "LRN": (o.LRN(size=1), 1),
    "LayerNormalization": (o.LayerNormalization(), 2),
    "MatMul": (o.MatMul(), 2),
    "MaxPool": (o.MaxPool(kernel_shape=(1, 1)), 1),
    "Pow": (o.Pow(), 2),
    "RMSNormalization": (o.RMSNormalization(), 2),
    "Where": (o.Where(), 3),
}


@pytest.mark.parametrize("name", sorted(FRESH))
def test_kernels_that_are_believed_to_make_new_arrays_do(name: str) -> None:
    """On tensors of one element, where a view would be easiest."""
    op, count = CALLS.get(name, (None, 1))
    op = op or registry.make("", name, {})
    shape = (1, 1) if name == "Gemm" else (1, 1, 1, 1)
    vectors = name in ("BatchNormalization", "InstanceNormalization")
    inputs = [np.ones(shape if i == 0 or not vectors else (1,), np.float32) for i in range(count)]
    if name == "Where":
        inputs[0] = np.ones(shape, np.bool_)
    extra = {"count": 1} if op.parameters.wants_count else {}
    result = op.run(*inputs, **extra)
    first = result[0] if isinstance(result, tuple) else result
    assert not any(np.shares_memory(first, x) for x in inputs)


def test_no_operator_is_said_to_be_both() -> None:
    assert not FRESH & VIEWS
