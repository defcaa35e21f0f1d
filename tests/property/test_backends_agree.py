"""Drawn graphs: interpreter, passes, referee and onnxruntime agree, and every program keeps the format's
rules."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from hypothesis import HealthCheck, assume, given, note, settings
from hypothesis import strategies as st

from irkit import operators as o
from irkit.backends.interpreter import Interpreter
from irkit.backends.lowering import lower
from irkit.backends.onnxruntime import OnnxRuntime
from irkit.check import check
from irkit.errors import IrkitError
from irkit.ir import Graph, GraphModel, LayerNode, Signature, Value, Weight, symbol, tensor
from irkit.ir.extract import copied
from irkit.passes import optimize
from irkit.show.text import to_text
from irkit.show.text_parser import parse
from tests.programs import assert_valid

PERMS = [(0, 3, 1, 2), (0, 2, 3, 1), (0, 1, 3, 2), (3, 2, 1, 0)]


class Drawing:
    """A graph that grows by one drawn node at a time; all tensors are float32 of rank 4, around an image."""

    def __init__(self, draw: Callable[..., int]) -> None:
        self.draw = draw
        self.graph = Graph()
        self.pool: list[Value] = [self.graph.input("x", tensor("float32", [symbol("batch"), 4, 6, 3]))]
        self.weights = 0

    def pick(self, values: list) -> object:  # type: ignore[type-arg]  # anything
        return values[self.draw(st.integers(0, len(values) - 1))]

    def value(self) -> Value:
        return self.pool[-1 - min(self.draw(st.integers(0, 3)), len(self.pool) - 1)]

    def constant(self, *numbers: float, dtype: type = np.int64) -> Value:
        return self.graph.add(o.Constant(value=np.array(numbers, dtype)))[0]

    def weight(self, shape: tuple[int, ...]) -> Value:
        self.weights += 1
        data = np.random.default_rng(self.weights).standard_normal(shape).astype(np.float32)
        return self.graph.weight(Weight(f"w{self.weights}", tensor("float32", shape), data))

    def step(self) -> None:
        x = self.value()
        make = self.pick([getattr(self, name) for name in dir(type(self)) if name.startswith("op_")])
        try:
            self.pool += make(x)  # type: ignore[operator]
        except IrkitError:
            self.pool += self.graph.add(o.Neg(), [x])  # the drawn operator does not fit here

    def op_unary(self, x: Value) -> tuple[Value, ...]:
        ops = [
            o.Relu(),
            o.Neg(),
            o.Sigmoid(),
            o.Tanh(),
            o.Abs(),
            o.Identity(),
            o.LeakyRelu(alpha=0.2),
            o.Dropout(),
        ]
        return self.graph.add(self.pick(ops), [x], count=1)  # type: ignore[arg-type]

    def op_transpose(self, x: Value) -> tuple[Value, ...]:
        return self.graph.add(o.Transpose(perm=self.pick(PERMS)), [x])  # type: ignore[arg-type]

    def op_binary(self, x: Value) -> tuple[Value, ...]:
        ops = [o.Add(), o.Sub(), o.Mul(), o.Max(), o.Min()]
        return self.graph.add(self.pick(ops), [x, self.value()])  # type: ignore[arg-type]

    def op_bias(self, x: Value) -> tuple[Value, ...]:
        last = x.type.shape[-1]  # type: ignore[union-attr, index]
        shapes = [
            (),
            (1,),
            (1, 1, 1, 1),
            *([(last,), (1, 1, last), (1, last)] if isinstance(last, int) else []),
        ]
        return self.graph.add(self.pick([o.Add(), o.Mul()]), [x, self.weight(self.pick(shapes))])  # type: ignore[arg-type]

    def op_convolution(self, x: Value) -> tuple[Value, ...]:
        channels = x.type.shape[1]  # type: ignore[union-attr, index]
        if not isinstance(channels, int):
            return (x,)
        return self.graph.add(o.Conv(pads=(1, 1, 1, 1)), [x, self.weight((3, channels, 3, 3))])

    def op_channels_last(self, x: Value) -> tuple[Value, ...]:
        (y,) = self.graph.add(o.Transpose(perm=(0, 3, 1, 2)), [x])
        (y,) = self.op_convolution(y) if self.draw(st.booleans()) else self.op_pool(y)
        return self.graph.add(o.Transpose(perm=(0, 2, 3, 1)), [y])

    def op_pool(self, x: Value) -> tuple[Value, ...]:
        return self.graph.add(o.MaxPool(kernel_shape=(2, 2), strides=(1, 1), pads=(0, 0, 1, 1)), [x], count=1)

    def op_concat(self, x: Value) -> tuple[Value, ...]:
        return self.graph.add(o.Concat(axis=self.draw(st.integers(1, 3))), [x, self.value()])

    def op_split(self, x: Value) -> tuple[Value, ...]:
        sizes = x.type.shape  # type: ignore[union-attr]
        axes = [i for i, size in enumerate(sizes or ()) if isinstance(size, int) and size > 1]
        if not axes:  # onnxruntime refuses to make an empty part
            return ()
        return self.graph.add(o.Split(axis=self.pick(axes), num_outputs=2), [x], count=2)  # type: ignore[arg-type]

    def op_pad(self, x: Value) -> tuple[Value, ...]:
        return self.graph.add(o.Pad(), [x, self.constant(0, 1, 0, 2, 0, 0, 1, 0)])

    def op_reduce(self, x: Value) -> tuple[Value, ...]:
        axes = self.pick([(1, 2), (3,), (0, 1), (2, -1)])
        return self.graph.add(self.pick([o.ReduceMean(), o.ReduceMax()]), [x, self.constant(*axes)])  # type: ignore[arg-type, misc]

    def op_slice(self, x: Value) -> tuple[Value, ...]:
        inputs = [x, self.constant(0), self.constant(2), self.constant(self.draw(st.integers(1, 3)))]
        return self.graph.add(o.Slice(), inputs)

    def op_reshape(self, x: Value) -> tuple[Value, ...]:
        (shape,) = self.graph.add(o.Shape(), [x])
        order = self.constant(*self.pick([*PERMS, (0, 1, 2, 3)]))  # type: ignore[misc]
        (shape,) = self.graph.add(o.Gather(), [shape, order])
        return self.graph.add(o.Reshape(), [x, shape])

    def op_if(self, x: Value) -> tuple[Value, ...]:
        (total,) = self.graph.add(o.ReduceSum(keepdims=False), [x])
        (positive,) = self.graph.add(o.Greater(), [total, self.constant(0, dtype=np.float32)])
        (flag,) = self.graph.add(o.Squeeze(), [positive])
        branches = [Graph(name, self.graph) for name in ("yes", "no")]
        branches[0].set_outputs(branches[0].add(o.Identity(), [x]))
        (twice,) = branches[1].add(o.Add(), [x, x])
        branches[1].set_outputs(branches[1].add(self.pick([o.Tanh(), o.Neg()]), [twice]))  # type: ignore[arg-type]
        return self.graph.add(o.If(then_branch=branches[0], else_branch=branches[1]), [flag])

    def op_scan(self, x: Value) -> tuple[Value, ...]:
        """Running sums along the second axis."""
        shape = x.type.shape  # type: ignore[union-attr]
        assert shape is not None
        body = Graph("body", self.graph)
        kept = tensor("float32", [shape[0], *shape[2:]])
        state, piece = body.input(body.free_name("state"), kept), body.input(body.free_name("piece"), kept)
        (total,) = body.add(o.Add(), [state, piece])
        (again,) = body.add(o.Identity(), [total])
        body.set_outputs([total, again])
        (start,) = self.graph.add(o.ReduceMax(keepdims=False), [x, self.constant(1)])
        scan = o.Scan(body=body, num_scan_inputs=1, scan_input_axes=(1,), scan_output_axes=(1,))
        return self.graph.add(scan, [start, x])[1:]


@st.composite
def models(draw: st.DrawFn) -> GraphModel:
    drawing = Drawing(draw)
    for _ in range(draw(st.integers(1, 14))):
        drawing.step()
    assume(not len(drawing.graph.constraints))  # a demand that batch is 3, say
    candidates = drawing.pool[-4:]
    outputs = [v for v in candidates if draw(st.booleans())] or candidates[-1:]
    drawing.graph.set_outputs(outputs)
    names = tuple(f"y{i}" for i in range(len(outputs)))
    model = GraphModel("drawn", drawing.graph, LayerNode("drawn", "Model"), Signature(output_names=names))
    note(to_text(model))
    return model


def image() -> np.ndarray:
    return np.random.default_rng(0).standard_normal((2, 4, 6, 3)).astype(np.float32)


def results(model: GraphModel, **options: bool) -> list:  # type: ignore[type-arg]
    """What the interpreter says. A drawn model may fit other batches only: batch against 3 is looked at when
    it runs."""
    try:
        return Interpreter().prepare(model, **options).run([image()])
    except IrkitError:
        assume(False)
        raise


def assert_close(got: list, expected: list, tolerance: float = 1e-4) -> None:  # type: ignore[type-arg]
    for a, b in zip(got, expected, strict=True):
        assert a.shape == b.shape
        largest = float(np.abs(b).max()) if b.size else 0.0
        np.testing.assert_allclose(a, b, rtol=0, atol=tolerance * max(largest, 1e-3))


SLOW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@SLOW
@given(models())
def test_onnxruntime_and_interpreter_agree_with_the_referee(model: GraphModel) -> None:
    expected = results(model, float64=True)
    assert_close(Interpreter().prepare(model).run([image()]), expected)
    assert_close(OnnxRuntime().prepare(model, threads=1).run([image()]), expected)


@SLOW
@given(models(), st.integers(0, 3))
def test_passes_keep_results(model: GraphModel, level: int) -> None:
    expected = results(model)
    graph, _ = copied(model.graph)
    report = optimize(graph, level, verify=True)
    after = GraphModel("after", graph, model.layers, model.signature)
    assert_close(Interpreter().prepare(after).run([image()]), expected, 1e-5)
    assert report.nodes_after == sum(1 for _ in graph.walk())


@SLOW
@given(models())
def test_programs_keep_the_rules_of_the_format(model: GraphModel) -> None:
    assert check(model).errors == []
    assert_valid(lower(model).program)


@SLOW
@given(models())
def test_text_is_read_back(model: GraphModel) -> None:
    text = to_text(model, contents=True)
    again = parse(text)
    assert to_text(again, contents=True) == text
    expected = results(model)
    for a, b in zip(Interpreter().prepare(again).run([image()]), expected, strict=True):
        np.testing.assert_array_equal(a, b)
