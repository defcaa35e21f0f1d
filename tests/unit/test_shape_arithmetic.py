"""Sizes that a graph computes from sizes are known without running it."""

import numpy as np

from irkit.ir import Graph, TensorType, Value, symbol, tensor
from irkit.operators import make


def add(graph: Graph, op: str, *inputs: Value, **attributes: object) -> Value:
    return graph.add(make("", op, attributes), inputs)[0]


def constant(graph: Graph, value: object) -> Value:
    return add(graph, "Constant", value=np.array(value, np.int64))


def image() -> tuple[Graph, Value]:
    graph = Graph()
    return graph, graph.input("image", tensor("float32", (symbol("batch"), 3, 8, 8)))


def shape_of(value: Value) -> str:
    assert isinstance(value.type, TensorType)
    return str(value.type)


def test_reshape_fed_by_shape_gather_and_concat_has_its_exact_symbolic_shape() -> None:
    graph, x = image()
    batch = add(
        graph,
        "Unsqueeze",
        add(graph, "Gather", add(graph, "Shape", x), constant(graph, 0)),
        constant(graph, [0]),
    )
    target = add(graph, "Concat", batch, constant(graph, [-1]), axis=0)
    assert shape_of(add(graph, "Reshape", x, target)) == "float32[batch, 192]"


def test_minus_one_divides_symbolic_sizes() -> None:
    graph, x = image()
    assert shape_of(add(graph, "Reshape", x, constant(graph, [-1, 64]))) == "float32[3*batch, 64]"
    assert shape_of(add(graph, "Reshape", x, constant(graph, [-1]))) == "float32[192*batch]"


def test_slices_and_sums_of_shapes_are_followed() -> None:
    graph, x = image()
    sizes = add(graph, "Slice", add(graph, "Shape", x), constant(graph, [0]), constant(graph, [2]))
    more = add(graph, "Add", sizes, constant(graph, [1, 0]))
    ones = add(graph, "Expand", add(graph, "Constant", value=np.zeros((1, 1), np.float32)), more)
    assert shape_of(ones) == "float32[batch + 1, 3]"


def test_a_shape_of_known_length_gives_the_rank() -> None:
    graph, x = image()
    target = graph.input("target", tensor("int64", (2,)))
    made = add(graph, "Reshape", x, target).type
    assert isinstance(made, TensorType)
    assert made.rank == 2


def test_slicing_a_symbolic_axis_from_its_end_is_exact() -> None:
    graph, x = image()
    cut = add(graph, "Slice", x, constant(graph, [-3]), constant(graph, [2**63 - 1]), constant(graph, [0]))
    assert shape_of(cut) == "float32[min(3, batch), 3, 8, 8]"
