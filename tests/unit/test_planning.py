"""The memory planner: plans that are run in one block of memory give what the interpreter gives."""

from __future__ import annotations

import glob
import math
from pathlib import Path
from typing import cast

import numpy as np
import onnx
import pytest

from irkit import operators as o
from irkit.backends.interpreter import Interpreter
from irkit.errors import ArgumentError
from irkit.frontends.onnx_import import graph_model
from irkit.ir import Graph, GraphModel, LayerNode, Operation, Signature, TensorType, Value, symbol, tensor
from irkit.planning import Interval, MemoryPlan, place, plan_memory
from irkit.planning.offsets import lower_bound

LIGHT = Path(onnx.__file__).parent / "backend/test/data/light"
# MiB without sharing, measured with other planners: what lives at one moment.
BOUNDS = {"alexnet": 2.136, "shufflenet": 2.751, "squeezenet": 6.016, "vgg19": 24.5, "zfnet512": 8.702}


def add(graph: Graph, op: Operation, *inputs: Value, count: int | None = 1) -> Value:
    return graph.add(op, inputs, count=count)[0]


def modelled(graph: Graph, *outputs: Value) -> GraphModel:
    graph.set_outputs(outputs)
    names = tuple(f"y{i}" for i in range(len(outputs)))
    return GraphModel("m", graph, LayerNode("m", "M"), Signature(output_names=names))


def run_in_one_block(model: GraphModel, plan: MemoryPlan, inputs: list[np.ndarray]) -> list[np.ndarray]:
    """Every node reads and writes at the plan's offsets, and nowhere else."""
    block = np.full(plan.bytes, 0xA5, np.uint8)

    def view(value: Value, like: np.ndarray) -> np.ndarray:
        at = plan.offsets[value]
        return block[at : at + like.nbytes].view(like.dtype).reshape(like.shape)

    given = dict(zip(model.graph.inputs, inputs, strict=True))
    held: dict[Value, np.ndarray] = {}
    for value, array in given.items():
        if value in plan.offsets:
            held[value] = view(value, array)
            held[value][...] = array
        else:
            held[value] = array
    for node in plan.nodes:
        read = [None if v is None else held.get(v, v.known) for v in node.inputs]
        op = cast("o.Operator", node.op)
        extra = {"count": len(node.outputs)} if op.parameters.wants_count else {}
        result = op.run(*read, **extra)
        results = [r.copy() for r in (result if isinstance(result, tuple) else (result,))]
        for value, array in zip(node.outputs, results, strict=False):
            if value in plan.offsets:
                held[value] = view(value, array)
                held[value][...] = array
    return [held[v].copy() for v in model.graph.outputs]


def assert_plan_works(model: GraphModel, plan: MemoryPlan, *inputs: np.ndarray) -> None:
    expected = Interpreter().prepare(model).run(inputs)
    for got, wanted in zip(run_in_one_block(model, plan, list(inputs)), expected, strict=True):
        np.testing.assert_array_equal(got, wanted)


def figure_15() -> GraphModel:
    """c = b * a; d = c + 1, on arrays of ten float64."""
    g = Graph()
    a, b = (g.input(name, tensor("float64", [10])) for name in "ab")
    c = add(g, o.Mul(), b, a)
    return modelled(g, add(g, o.Add(), c, add(g, o.Constant(value=np.array(1.0)))))


def test_the_program_of_figure_15_needs_two_arrays_of_80_bytes() -> None:
    model = figure_15()
    plan = plan_memory(model, donated=["a", "b"])
    assert plan.naive == 320
    assert sum(each.size for _, each in plan.arrays) == plan.bytes == 160
    assert len(plan.arrays) == 2
    rng = np.random.default_rng(0)
    assert_plan_works(model, plan, rng.random(10), rng.random(10))


def test_inputs_that_were_not_given_away_are_not_written_to() -> None:
    plan = plan_memory(figure_15())
    assert plan.bytes == 80
    assert not {v.name for v in plan.offsets} & {"a", "b"}


def residual_model() -> GraphModel:
    """Reshapes, a split, operands that live on, parts joined: everything that shares memory."""
    g = Graph()
    x = g.input("x", tensor("float32", [symbol("batch"), 4, 6]))
    y = add(g, o.Exp(), x)
    flat = add(g, o.Reshape(), add(g, o.Tanh(), y), add(g, o.Constant(value=np.array([-1, 24]))))
    both = add(g, o.Add(), add(g, o.Flatten(), y), flat)
    left, right = g.add(o.Split(axis=1, num_outputs=2), [add(g, o.Neg(), both)], count=2)
    joined = add(g, o.Concat(axis=1), add(g, o.Relu(), right), add(g, o.Sigmoid(), left), both)
    return modelled(g, add(g, o.Sqrt(), joined), flat)


@pytest.mark.parametrize("aliasing", [True, False])
@pytest.mark.parametrize("in_place", [True, False])
@pytest.mark.parametrize("batch", [1, 3])
def test_plans_give_the_same_results(batch: int, in_place: bool, aliasing: bool) -> None:
    model = residual_model()
    plan = plan_memory(model, {"batch": batch}, in_place=in_place, aliasing=aliasing)
    assert_plan_works(model, plan, np.random.default_rng(1).random((batch, 4, 6), np.float32))


def test_parts_of_a_concat_are_written_where_they_belong() -> None:
    g = Graph()
    x = g.input("x", tensor("float32", [1, 100]))
    parts = [add(g, op, x) for op in (o.Exp(), o.Neg(), o.Abs())]
    model = modelled(g, add(g, o.Concat(axis=1), *parts))
    plan = plan_memory(model)
    assert plan.bytes == 1200  # the whole alone, not also its parts
    assert_plan_works(model, plan, np.random.default_rng(2).random((1, 100), np.float32))


def test_another_order_may_need_less() -> None:
    g = Graph()
    x = g.input("x", tensor("float32", [1]))
    wide = add(g, o.Constant(value=np.array([1000], np.int64)))
    large = [
        add(g, o.Exp(), add(g, o.Expand(), x, wide)) for _ in range(4)
    ]  # all four first, then their sums
    sums = [add(g, o.ReduceSum(), y) for y in large]
    model = modelled(g, add(g, o.Concat(axis=0), *sums))
    as_given = plan_memory(model, in_place=False, aliasing=False, reorder=False)
    plan = plan_memory(model, in_place=False, aliasing=False)
    assert plan.bytes < as_given.bytes / 2
    assert_plan_works(model, plan, np.ones(1, np.float32))


@pytest.mark.parametrize("name", sorted(BOUNDS))
def test_light_models_need_no_more_than_what_lives_at_one_moment(name: str) -> None:
    (file,) = glob.glob(str(LIGHT / f"*{name}.onnx"))
    model = graph_model(file)
    plan = plan_memory(model, in_place=False, aliasing=False)
    # the file computes its weights by ConstantOfShape: they are no intermediate results
    weights = [n for n in model.graph.nodes if n.op.name == "ConstantOfShape"]
    assert weights
    for node in weights:
        node.outputs[0].known = np.broadcast_to(np.float32(0), [int(d) for d in _shape(node.outputs[0])])
    plan = plan_memory(model, in_place=False, aliasing=False)
    assert plan.bytes == plan.bound
    assert plan.bytes / 2**20 <= BOUNDS[name] + 0.0005
    assert plan_memory(model).bytes <= plan.bytes


def _shape(value: Value) -> tuple[int, ...]:
    assert isinstance(value.type, TensorType)
    assert value.type.shape is not None
    return tuple(int(d) for d in value.type.shape)  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", range(5))
def test_intervals_that_meet_do_not_overlap(seed: int) -> None:
    rng = np.random.default_rng(seed)
    intervals = [
        Interval(int(size), int(first), int(first + length))
        for size, first, length in zip(
            rng.integers(1, 100, 60), rng.integers(0, 50, 60), rng.integers(0, 12, 60), strict=True
        )
    ]
    total = place(intervals)
    for i, a in enumerate(intervals):
        assert 0 <= a.offset <= a.end <= total
        for b in intervals[:i]:
            if a.first <= b.last and b.first <= a.last:
                assert a.end <= b.offset or b.end <= a.offset
    assert lower_bound(intervals) <= total <= 1.25 * lower_bound(intervals)


def test_planning_takes_linear_time() -> None:
    import time

    def seconds(nodes: int) -> float:
        g = Graph()
        x = g.input("x", tensor("float32", [math.prod((2, 3))]))
        for i in range(nodes):
            x = add(g, o.Exp() if i % 2 else o.Neg(), x)
        model = modelled(g, x)
        start = time.perf_counter()
        plan_memory(model, in_place=False)
        return time.perf_counter() - start

    seconds(100)
    assert seconds(8000) < 16 * max(seconds(1000), 0.01)


def test_names_that_the_model_has_not_are_refused() -> None:
    with pytest.raises(ArgumentError, match=r"(?s)no symbolic size called 'b'.*It has batch"):
        plan_memory(residual_model(), {"b": 2})
    with pytest.raises(ArgumentError, match=r"no input called 'c'"):
        plan_memory(figure_15(), donated=["c"])


def test_a_plan_tells_its_bytes() -> None:
    text = str(plan_memory(figure_15(), donated=["a", "b"]))
    assert "160 bytes in 2 arrays" in text
    assert "320 without a plan" in text
