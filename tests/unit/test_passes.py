"""The passes: what they remove, and what they must not."""

from __future__ import annotations

import numpy as np
import pytest

from irkit import operators as o
from irkit.backends.interpreter import Interpreter
from irkit.errors import ArgumentError
from irkit.ir import DType, Graph, GraphModel, LayerNode, Operation, Signature, Value, Weight, symbol, tensor
from irkit.ir.extract import copied
from irkit.passes import dead_code, optimize
from irkit.passes.report import Report

F32 = np.float32
TO_NCHW, TO_NHWC = o.Transpose(perm=(0, 3, 1, 2)), o.Transpose(perm=(0, 2, 3, 1))


def ops(graph: Graph) -> list[str]:
    return sorted(n.op.name for n in graph.walk() if n.op.name != "Constant")


def run(graph: Graph, *inputs: object) -> list[np.ndarray]:
    names = tuple(f"y{i}" for i in range(len(graph.outputs)))
    model = GraphModel("m", graph, LayerNode("m", "M"), Signature(output_names=names))
    return Interpreter().prepare(model).run(inputs)


def add(graph: Graph, op: Operation, *inputs: Value) -> Value:
    return graph.add(op, inputs, count=1)[0]


def constant(graph: Graph, *numbers: float, dtype: type = np.int64) -> Value:
    return add(graph, o.Constant(value=np.array(numbers, dtype)))


def image_graph() -> tuple[Graph, Value]:
    graph = Graph()
    return graph, graph.input("x", tensor("float32", [symbol("batch"), 8, 8, 3]))


def convolution(graph: Graph, x: Value, name: str, channels: int = 3) -> Value:
    """As a channels_last layer makes it: transposed, convolved, transposed back, and a bias added."""
    rng = np.random.default_rng(len(name))
    kernel = Weight(
        f"{name}/kernel", tensor("float32", [3, channels, 1, 1]), rng.random((3, channels, 1, 1), F32)
    )
    bias = Weight(f"{name}/bias", tensor("float32", [3]), rng.random(3, F32))
    y = add(graph, TO_NHWC, add(graph, o.Conv(), add(graph, TO_NCHW, x), graph.weight(kernel)))
    return add(graph, o.Add(), y, graph.weight(bias))


def optimized(graph: Graph, level: int = 2) -> tuple[Graph, Report]:
    copy, _ = copied(graph)
    return copy, optimize(copy, level, verify=True)


def assert_same_results(before: Graph, after: Graph, *inputs: np.ndarray) -> None:
    for a, b in zip(run(before, *inputs), run(after, *inputs), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)


def image() -> np.ndarray:
    return np.random.default_rng(0).random((2, 8, 8, 3), F32)


def test_transposes_between_channels_last_layers_cancel() -> None:
    g, x = image_graph()
    y = add(g, o.Relu(), convolution(g, x, "first"))
    y = add(g, o.Add(), add(g, o.Relu(), convolution(g, y, "second")), y)  # a residual connection
    y = add(g, o.Pad(), y, constant(g, 0, 1, 1, 0, 0, 1, 1, 0))
    y = add(g, o.Concat(axis=-1), convolution(g, y, "third"), convolution(g, y, "fourth"))
    g.set_outputs([add(g, o.ReduceMean(keepdims=False), y, constant(g, 1, 2))])
    after, _ = optimized(g)
    assert ops(after).count("Transpose") == 1  # of the input
    assert_same_results(g, after, image())


def test_a_transposed_result_is_transposed_once() -> None:
    g, x = image_graph()
    y = add(g, o.Sigmoid(), add(g, o.Relu(), convolution(g, x, "first")))
    g.set_outputs([y])
    after, _ = optimized(g)
    assert ops(after).count("Transpose") == 2
    assert_same_results(g, after, image())


def test_a_value_that_is_returned_and_read_keeps_its_layout() -> None:
    g, x = image_graph()
    y = convolution(g, x, "first")
    z = add(g, o.Relu(), y)
    g.set_outputs([y, z])
    after, _ = optimized(g)
    assert_same_results(g, after, image())


@pytest.mark.parametrize("keepdims", [True, False])
@pytest.mark.parametrize("axes", [(1, 2), (-1,), (0, 3), ()])
def test_reductions_of_transposed_tensors(keepdims: bool, axes: tuple[int, ...]) -> None:
    g, x = image_graph()
    y = convolution(g, x, "first")
    inputs = [y, constant(g, *axes)] if axes else [y]
    g.set_outputs(
        [add(g, o.ReduceMax(keepdims=keepdims), *inputs), add(g, o.ArgMin(axis=-1, keepdims=keepdims), y)]
    )
    after, _ = optimized(g)
    assert_same_results(g, after, image())


def test_slices_splits_and_stretched_operands_of_transposed_tensors() -> None:
    g, x = image_graph()
    y = convolution(g, x, "first")
    y = add(g, o.Slice(), y, constant(g, 1), constant(g, 7), constant(g, 2))
    scale = add(g, o.ReduceMean(), x, constant(g, 1, 2))  # (batch, 1, 1, 3), not transposed
    y = add(g, o.Mul(), y, scale)
    y = add(
        g,
        o.Clip(),
        y,
        add(g, o.Constant(value=np.array(0.1, F32))),
        add(g, o.Constant(value=np.array(0.9, F32))),
    )
    parts = g.add(o.Split(axis=3, num_outputs=3), [y])
    g.set_outputs([add(g, o.Concat(axis=2), *parts)])
    after, _ = optimized(g)
    assert_same_results(g, after, image())


def test_what_is_known_is_computed_once() -> None:
    g, x = image_graph()
    shape = add(g, o.Shape(start=1), x)
    sizes = add(g, o.Concat(axis=0), constant(g, -1), add(g, o.ReduceProd(), shape))
    g.set_outputs([add(g, o.Reshape(), x, sizes)])
    after, report = optimized(g)
    assert ops(after) == ["Reshape"]
    assert report.counts["fold_constants"] > 0
    assert_same_results(g, after, image())


def test_equal_nodes_become_one_and_different_zeros_stay_two() -> None:
    g = Graph()
    x = g.input("x", tensor("float32", [2]))
    twice = [add(g, o.Exp(), x), add(g, o.Exp(), x)]
    zeros = [add(g, o.Constant(value=np.array([z, z], F32))) for z in (0.0, -0.0)]
    divided = [add(g, o.Div(), x, z) for z in zeros]
    g.set_outputs([add(g, o.Add(), *twice), *divided])
    after, _ = optimized(g)
    assert ops(after).count("Exp") == 1
    assert [r.tolist() for r in run(after, np.ones(2, F32))[1:]] == [[np.inf] * 2, [-np.inf] * 2]


def test_nodes_that_hand_on_their_input_go() -> None:
    g, x = image_graph()
    y = add(g, o.Identity(), add(g, o.Cast(to=DType.float32), add(g, o.Dropout(), x)))
    y = add(g, o.Mul(), y, constant(g, 1, dtype=np.float32))
    y = add(g, o.Transpose(perm=(0, 1, 2, 3)), add(g, o.Pad(), y, constant(g, *[0] * 8)))
    y = add(g, o.Sub(), add(g, o.Concat(axis=1), y), add(g, o.Constant(value=np.array(0, F32))))
    g.set_outputs([add(g, o.Relu(), y)])
    after, _ = optimized(g)
    assert ops(after) == ["Relu"]
    assert_same_results(g, after, image())


def test_adding_zero_stays_because_of_minus_zero() -> None:
    g = Graph()
    x = g.input("x", tensor("float32", [1]))
    g.set_outputs([add(g, o.Add(), x, constant(g, 0, dtype=np.float32))])
    after, _ = optimized(g)
    assert str(run(after, np.array([-0.0], F32))[0][0]) == "0.0"


def test_random_nodes_are_neither_folded_nor_shared() -> None:
    g = Graph()
    g.input("x", tensor("float32", [1]))
    draws = [add(g, o.RandomNormal(shape=(4,))) for _ in range(2)]
    g.set_outputs([add(g, o.Sub(), *draws)])
    after, _ = optimized(g)
    assert ops(after) == ["RandomNormal", "RandomNormal", "Sub"]


def test_asserts_stay_though_nobody_reads_them() -> None:
    g = Graph()
    c, x = g.input("c", tensor("bool", [])), g.input("x", tensor("float32", [1]))
    add(g, o.Assert(message="stay"), c, x)
    add(g, o.Exp(), x)
    g.set_outputs([add(g, o.Neg(), x)])
    dead_code(g, Report())
    assert ops(g) == ["Assert", "Neg"]


def test_a_branch_keeps_the_identity_through_which_it_returns_an_outer_value() -> None:
    g = Graph()
    c, x = g.input("c", tensor("bool", [])), g.input("x", tensor("float32", [2]))
    same, other = Graph("same", g), Graph("other", g)
    same.set_outputs([add(same, o.Identity(), x)])
    other.set_outputs([add(other, o.Neg(), x)])
    g.set_outputs(g.add(o.If(then_branch=same, else_branch=other), [c]))
    after, _ = optimized(g)
    assert run(after, np.array(True), np.ones(2, F32))[0].tolist() == [1, 1]


def test_batchnorm_behind_a_convolution_goes_into_its_constants() -> None:
    g = Graph()
    rng = np.random.default_rng(0)
    x = g.input("x", tensor("float32", [symbol("batch"), 3, 5, 5]))
    w = add(g, o.Constant(value=rng.random((4, 3, 2, 2), F32)))
    b = add(g, o.Constant(value=rng.random(4, F32)))
    numbers = [add(g, o.Constant(value=rng.random(4, F32))) for _ in range(4)]
    g.set_outputs([add(g, o.BatchNormalization(), add(g, o.Conv(), x, w, b), *numbers)])
    after, _ = optimized(g, 3)
    assert ops(after) == ["Conv"]
    assert_same_results(g, after, rng.random((2, 3, 5, 5), F32))


def test_weights_are_no_constants() -> None:
    g = Graph()
    w = Weight("w", tensor("float32", [2]), np.ones(2, F32))
    g.set_outputs([add(g, o.Neg(), g.weight(w))])
    after, _ = optimized(g, 3)
    assert ops(after) == ["Neg"]


def test_each_rewrite_says_what_became_what_and_why() -> None:
    g = Graph()
    x = g.input("x", tensor("float32", [2]))
    (y,) = g.add(o.Identity(), [x], names=["y"], layer="pass")
    g.set_outputs([add(g, o.Neg(), y)])
    report = optimize(g)
    assert [str(w).partition(" test_")[0] for w in report.witnesses] == [
        "remove_noops: y → x: Identity hands on its input  # pass "
    ]
    assert str(report) == "2 → 1 nodes: 1 × remove_noops"


def test_the_original_stays_as_it_was() -> None:
    g, x = image_graph()
    g.set_outputs([convolution(g, x, "first")])
    before = ops(g)
    optimized(g)
    assert ops(g) == before


def test_levels_are_numbered_from_0_to_3() -> None:
    with pytest.raises(ArgumentError, match="0 to 3"):
        optimize(Graph(), 4)


def test_passes_take_linear_time() -> None:
    import time

    def seconds(nodes: int) -> float:
        g = Graph()
        x = g.input("x", tensor("float32", [2]))
        for i in range(nodes // 2):
            x = add(g, o.Relu() if i % 3 else o.Identity(), add(g, o.Neg(), x))
        g.set_outputs([x])
        start = time.perf_counter()
        optimize(g)
        return time.perf_counter() - start

    seconds(100)
    assert seconds(8000) < 16 * max(seconds(1000), 0.01)
