"""Passes on drawn graphs full of what they look for: levels 1 and 2 keep every bit, level 3 keeps what matters."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from irkit import operators as o
from irkit.backends.interpreter import Interpreter
from irkit.ir import DType, Graph, GraphModel, LayerNode, Operation, Signature, Value, Weight, symbol, tensor
from irkit.passes import optimized
from irkit.planning import plan_memory

F32 = np.float32
BATCH = symbol("batch")
SHAPES: dict[int, tuple[object, ...]] = {2: (BATCH, 6), 4: (BATCH, 2, 4, 4)}


class Drawing:
    """A graph of fragments that are redundant on purpose. values: by rank, all of that rank's one shape."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw, self.graph, self.root = draw, Graph(), LayerNode("m", "M")
        self.rng = np.random.default_rng(draw(st.integers(0, 5)))
        self.values = {r: [self.graph.input(f"x{r}", tensor("float32", s))] for r, s in SHAPES.items()}  # type: ignore[arg-type]
        for _ in range(draw(st.integers(1, 10))):
            rank = draw(st.sampled_from([2, 4]))
            fragment = draw(st.sampled_from(COMMON + (IMAGES if rank == 4 else ROWS)))
            value = fragment(self, self.pick(rank))
            self.values[rank].append(value)

    def pick(self, rank: int) -> Value:
        return self.draw(st.sampled_from(self.values[rank][-3:]))

    def add(self, op: Operation, *inputs: Value | None, count: int = 1) -> Value:
        return self.graph.add(op, inputs, count=count)[0]

    def ints(self, *numbers: int) -> Value:
        return self.add(o.Constant(value=np.array(numbers, np.int64)))

    def floats(self, *shape: int) -> Value:
        """Constants, or weights of the same numbers, away from 0."""
        array = (self.rng.choice([-1, 1], shape) * self.rng.uniform(0.5, 1.5, shape)).astype(F32)
        if self.draw(st.booleans()):
            return self.add(o.Constant(value=array))
        weight = Weight(f"w{len(self.root.weights)}", tensor("float32", shape), array)
        self.root.weights.append(weight)
        return self.graph.weight(weight)

    def model(self) -> GraphModel:
        made = [v for values in self.values.values() for v in values]
        outputs = self.draw(st.lists(st.sampled_from(made[-4:]), min_size=1, max_size=2, unique=True))
        self.graph.set_outputs(outputs)
        names = tuple(f"y{i}" for i in range(len(outputs)))
        return GraphModel("m", self.graph, self.root, Signature(output_names=names))


def unary(d: Drawing, x: Value) -> Value:
    ops = (o.Neg(), o.Abs(), o.Relu(), o.Tanh(), o.Sigmoid(), o.Identity(), o.Round(), o.Sign(), o.Dropout())
    return d.add(d.draw(st.sampled_from(ops)), x)


def residual(d: Drawing, x: Value) -> Value:
    return d.add(d.draw(st.sampled_from((o.Add(), o.Sub(), o.Mul()))), x, d.pick(len(x.type.shape)))  # type: ignore[union-attr, arg-type]


def neutral(d: Drawing, x: Value) -> Value:
    op, number = d.draw(
        st.sampled_from(((o.Mul(), 1), (o.Div(), 1), (o.Div(), 4), (o.Add(), 0), (o.Pow(), 2), (o.Pow(), 1)))
    )
    return d.add(op, x, d.add(o.Constant(value=np.array(number, F32))))


def casts(d: Drawing, x: Value) -> Value:
    between = d.draw(st.sampled_from((DType.float64, DType.float16, DType.float32)))
    return d.add(o.Cast(to=DType.float32), d.add(o.Cast(to=between), d.add(o.Tanh(), x)))


def there_and_back(d: Drawing, x: Value) -> Value:
    """Reshaped, maybe changed, and reshaped back."""
    shape = [0 if not isinstance(n, int) else n for n in x.type.shape]  # type: ignore[union-attr]
    flat = d.add(o.Reshape(), x, d.ints(0, -1))
    middle = d.add(d.draw(st.sampled_from((o.Identity(), o.Tanh(), o.Neg()))), flat)
    return d.add(o.Reshape(), middle, d.ints(*shape))


def halves(d: Drawing, x: Value) -> Value:
    parts = d.graph.add(o.Split(axis=1, num_outputs=2), [x], count=2)
    order = d.draw(st.permutations([0, 1]))
    return d.add(o.Concat(axis=1), *[parts[i] for i in order])


def chosen(d: Drawing, x: Value) -> Value:
    then, other = Graph("then", d.graph), Graph("else", d.graph)
    for branch, op in ((then, o.Neg()), (other, o.Identity())):
        branch.set_outputs(branch.add(op, [x], count=1))
    flag = d.add(o.Constant(value=np.array(d.draw(st.booleans()))))
    return d.graph.add(o.If(then_branch=then, else_branch=other), [flag], count=1)[0]


def turning(d: Drawing, x: Value) -> Value:
    body = Graph("body", d.graph)
    body.input(body.free_name("turn"), tensor("int64", []))
    go, state = (
        body.input(body.free_name("go"), tensor("bool", [])),
        body.input(body.free_name("state"), x.type),
    )
    (same,) = body.add(o.Tanh(), [x])
    (moved,) = body.add(o.Add(), [state, same])
    body.set_outputs([body.add(o.Identity(), [go])[0], moved])
    turns = d.add(o.Constant(value=np.array(d.draw(st.sampled_from([0, 2, 20])))))
    return d.graph.add(o.Loop(body=body), [turns, None, x], count=1)[0]


def dense(d: Drawing, x: Value) -> Value:
    return d.add(o.Add(), d.add(o.MatMul(), x, d.floats(6, 6)), d.floats(6))


def convolution(d: Drawing, x: Value) -> Value:
    padded = d.add(o.Pad(), x, d.ints(0, 0, 1, 0, 0, 0, 1, 2))
    return d.add(o.Conv(), padded, d.floats(2, 2, 3, 3), d.draw(st.sampled_from([None, d.floats(2)])))


def transposed(d: Drawing, x: Value) -> Value:
    """As a channels_last layer works: with a bias, and pads, in between."""
    last = d.add(o.Transpose(perm=(0, 2, 3, 1)), x)
    y = d.add(o.Add(), d.add(o.Relu(), last), d.floats(2))
    return d.add(o.Transpose(perm=(0, 3, 1, 2)), y)


def scaled(d: Drawing, x: Value) -> Value:
    op = d.draw(st.sampled_from((o.Mul(), o.Add(), o.Div(), o.Sub())))
    return (
        d.add(op, *d.draw(st.permutations([x, d.floats(2, 1, 1)])))
        if not isinstance(op, o.Div)
        else d.add(op, x, d.floats(2, 1, 1))
    )


def normalised(d: Drawing, x: Value) -> Value:
    variance = d.add(o.Constant(value=d.rng.uniform(0.5, 1.5, 2).astype(F32)))
    return d.add(o.BatchNormalization(), x, d.floats(2), d.floats(2), d.floats(2), variance)


def pooled(d: Drawing, x: Value) -> Value:
    padded = d.add(o.Pad(), d.add(o.Relu(), x), d.ints(0, 0, 1, 1, 0, 0, 1, 1))
    kind = d.draw(st.sampled_from((o.MaxPool, o.AveragePool)))
    return d.add(kind(kernel_shape=(3, 3)), padded)


Fragment = Callable[[Drawing, Value], Value]
COMMON: tuple[Fragment, ...] = (unary, residual, neutral, casts, there_and_back, halves, chosen, turning)
ROWS: tuple[Fragment, ...] = (dense, dense)
IMAGES: tuple[Fragment, ...] = (convolution, transposed, scaled, normalised, pooled)


@st.composite
def models(draw: st.DrawFn) -> GraphModel:
    return Drawing(draw).model()


def inputs() -> list[np.ndarray]:
    rng = np.random.default_rng(7)
    sizes = [[n if isinstance(n, int) else 3 for n in shape] for shape in SHAPES.values()]
    return [rng.standard_normal(size).astype(F32) for size in sizes]


def results(model: GraphModel) -> list[np.ndarray]:
    """Node by node, with the operators' own kernels."""
    return Interpreter().prepare(model, observe=lambda *_: None).run(inputs())


@settings(max_examples=60, deadline=None)
@given(models(), st.sampled_from([1, 2]))
def test_levels_1_and_2_keep_every_bit(model: GraphModel, level: int) -> None:
    after, _ = optimized(model, level, verify=True)
    for got, wanted in zip(results(after), results(model), strict=True):
        np.testing.assert_array_equal(got, wanted)


@settings(max_examples=40, deadline=None)
@given(models())
def test_level_3_rounds_differently_and_no_more(model: GraphModel) -> None:
    after, _ = optimized(model, 3, verify=True)
    for got, wanted in zip(results(after), results(model), strict=True):
        limit = 1e-4 * float(np.abs(wanted).max(initial=1e-3))
        # Round and Sign make a whole step of the smallest difference
        steps = any(n.op.name in ("Round", "Sign") for n in model.graph.walk())
        if not steps:
            np.testing.assert_allclose(got, wanted, rtol=1e-3, atol=limit)


@pytest.mark.parametrize("level", [2, 3])
@settings(max_examples=25, deadline=None)
@given(model=models())
def test_a_second_time_changes_nothing(model: GraphModel, level: int) -> None:
    once, _ = optimized(model, level)
    _, report = optimized(once, level)
    assert not report.witnesses


@settings(max_examples=25, deadline=None)
@given(models())
def test_drawn_graphs_have_plans_no_larger_than_without_one(model: GraphModel) -> None:
    plan = plan_memory(model, {"batch": 3})
    assert plan.bound <= plan.bytes <= max(plan.naive, plan.bound)
