"""Small models, built by hand from operators, for the tests of what happens to models."""

from __future__ import annotations

import numpy as np

from irkit import operators as ops
from irkit.ir import (
    Call,
    DType,
    Graph,
    GraphModel,
    LayerNode,
    SequenceType,
    Signature,
    Source,
    TensorType,
    Value,
    Weight,
    symbol,
    tensor,
)
from irkit.ir.structure import Structure
from irkit.ir.types import ANY

HERE = Source("model.py", 12)


def listed(count: int) -> Structure:
    """The structure of a list of tensors."""
    return {"kind": "list", "items": [{"kind": "tensor", "index": i} for i in range(count)]}


def modelled(graph: Graph, layers: LayerNode | None = None) -> GraphModel:
    """A model around `graph`, its outputs called output_0, output_1…"""
    count = len(graph.outputs)
    names = tuple(f"output_{i}" for i in range(count))
    signature = Signature(listed(len(graph.inputs)), listed(count), names)
    return GraphModel("model", graph, layers or LayerNode("model", "Model"), signature)


def dense_model(units: int = 3) -> GraphModel:
    """relu(x·kernel + bias), with everything that a model can carry: layers, calls, sources, metadata."""
    graph = Graph("main")
    x = graph.input("image", tensor("float32", (symbol("batch"), 4)))
    rng = np.random.default_rng(1)
    kernel = Weight(
        "dense/kernel", tensor("float32", (4, units)), rng.normal(size=(4, units)).astype(np.float32)
    )
    bias = Weight("dense/bias", tensor("float32", (units,)), np.zeros(units, np.float32), trainable=False)
    (y,) = graph.add(ops.MatMul(), [x, graph.weight(kernel)], layer="dense", source=HERE)
    (y,) = graph.add(ops.Add(), [y, graph.weight(bias)], layer="dense", source=HERE)
    (y,) = graph.add(ops.Relu(), [y], layer="relu", source=Source("model.py", 13), names=["activated"])
    graph.set_outputs([y])
    dense = LayerNode("dense", "Dense", {"units": units, "activation": None}, weights=[kernel, bias])
    dense.calls.append(Call((x,), (y,), HERE))
    root = LayerNode("model", "Sequential", {"name": "model", "layers": ["dense"]}, {"dense": dense})
    return GraphModel("model", graph, root, metadata={"made by": "a test", "ä": "€"})


def equal_sizes_model() -> GraphModel:
    """Two inputs whose batches turn out to be equal, and a size that only running can tell."""
    graph = Graph("main")
    a = graph.input("a", tensor("float32", (symbol("batch"), symbol("width"))))
    b = graph.input("b", tensor("float32", (symbol("batch_1"), symbol("width"))))
    (both,) = graph.add(ops.Add(), [a, b], layer="add", source=HERE)
    (flat,) = graph.add(ops.Reshape(), [both, _constant(graph, np.array([-1, 2]))])
    (places,) = graph.add(ops.NonZero(), [flat])
    (turned,) = graph.add(ops.Transpose(perm=(1, 0)), [places])
    graph.set_outputs([flat, turned])
    return modelled(graph)


def attributes_model() -> GraphModel:
    """Attributes of every kind but graph and type: int, float, string, tensor (short and long), and lists."""
    graph = Graph("main")
    x = graph.input("x", tensor("float32", (1, 4, 6, 6)))
    (conv,) = graph.add(
        ops.Conv(auto_pad="SAME_UPPER", strides=(2, 2), kernel_shape=(3, 3)),
        [x, _constant(graph, np.ones((2, 4, 3, 3), np.float32))],
    )
    (leaky,) = graph.add(ops.LeakyRelu(alpha=0.25), [conv])
    constants = [
        graph.add(ops.Constant(**given), [])[0]
        for given in (
            {"value_float": -0.0},
            {"value_floats": (1.5, float("inf"), -2.0)},
            {"value_int": -(2**63)},
            {"value_ints": ()},
            {"value_string": "grüße"},
            {"value_strings": ("", "a\0b")},
            {"value": np.array(["x", "yz"], object)},
            {"value": np.arange(65, dtype=np.float32)},
        )
    ]
    graph.set_outputs([leaky, *constants])
    return modelled(graph)


def optional_model() -> GraphModel:
    """An attribute that is a type; no runtime but the interpreter takes it."""
    graph = Graph("main")
    (empty,) = graph.add(ops.Optional(type=SequenceType(TensorType(DType.float32, (symbol("n"),)))), [])
    graph.set_outputs(graph.add(ops.OptionalHasElement(), [empty]))
    return modelled(graph)


def branching_model() -> GraphModel:
    """An If inside an If, whose branches read values of the graphs around them."""
    graph = Graph("main")
    x = graph.input("x", tensor("float32", (symbol("n"),)))
    flag = graph.input("flag", tensor("bool", ()))
    (doubled,) = graph.add(ops.Add(), [x, x])
    (y,) = graph.add(
        ops.If(
            then_branch=_branch(graph, "then", doubled, depth=1, flag=flag),
            else_branch=_branch(graph, "else", x, depth=0, flag=flag),
        ),
        [flag],
        layer="choice",
    )
    graph.set_outputs([y])
    return modelled(graph)


def _branch(outer: Graph, name: str, read: Value, depth: int, flag: Value) -> Graph:
    inner = Graph(name, outer)
    if depth:
        op = ops.If(
            then_branch=_branch(inner, "deep", read, depth - 1, flag),
            else_branch=_branch(inner, "deeper", read, depth - 1, flag),
        )
        inner.set_outputs(inner.add(op, [flag]))
    else:
        inner.set_outputs(inner.add(ops.Neg(), [read]))
    return inner


def dtypes_model() -> GraphModel:
    """A weight and a long constant of every element type that a file can hold."""
    graph = Graph("main")
    outputs = []
    root = LayerNode("model", "Model")
    for dtype in sorted(ANY):
        if dtype > DType.float8e8m0:
            continue  # newer than the format
        data = array_of(dtype, (3, 5))
        weight = Weight(f"{dtype}/weight", TensorType(dtype, (3, 5)), data)
        root.weights.append(weight)
        outputs.append(graph.add(ops.Identity(), [graph.weight(weight)])[0])
        outputs.append(_constant(graph, array_of(dtype, (7, 93))))
    graph.set_outputs(outputs)
    return modelled(graph, root)


def array_of(dtype: DType, shape: tuple[int, ...]) -> np.ndarray:
    """Some values of any element type, the same in every run."""
    count = int(np.prod(shape))
    if dtype is DType.string:
        return np.array([f"text {i} é" for i in range(count)], object).reshape(shape)
    return np.arange(count).reshape(shape).__mod__(2 if dtype is DType.bool else 7).astype(dtype.numpy)


def _constant(graph: Graph, value: np.ndarray) -> Value:
    return graph.add(ops.Constant(value=value), [])[0]


ALL = {
    "dense": dense_model,
    "equal sizes": equal_sizes_model,
    "attributes": attributes_model,
    "branching": branching_model,
    "dtypes": dtypes_model,
}
