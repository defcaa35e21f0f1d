"""How the types around a sub-graph meet those inside: what a loop may carry, and what is refused."""

import numpy as np
import pytest

from irkit.errors import ShapeError
from irkit.ir import Dim, Graph, TensorType, Value, symbol, tensor
from irkit.operators import make


def loop(graph: Graph, size: Dim, start: Value, turn: str) -> Value:
    """A loop whose body takes float32[size] and hands on what the operator `turn` makes of it."""
    body = Graph("body", graph)
    body.input("i", tensor("int64", ()))
    go = body.input("go", tensor("bool", ()))
    v = body.input("v", tensor("float32", (size,)))
    again = body.add(make("", "Identity", {}), [go])
    inputs, attributes = ([v, v], {"axis": 0}) if turn == "Concat" else ([v], {})
    body.set_outputs([*again, *body.add(make("", turn, attributes), inputs)])
    count, yes = (graph.add(make("", "Constant", {"value": np.array(c)}))[0] for c in (3, True))
    return graph.add(make("", "Loop", {"body": body}), [count, yes, start])[0]


def sizes(value: Value) -> tuple[Dim, ...]:
    assert isinstance(value.type, TensorType)
    assert value.type.shape is not None
    return value.type.shape


def test_a_value_whose_size_stays_keeps_it() -> None:
    graph = Graph()
    assert sizes(loop(graph, symbol("n"), graph.input("x", tensor("float32", (4,))), "Neg")) == (4,)


def test_a_value_that_grows_has_a_new_size_after_the_loop() -> None:
    graph = Graph()
    (size,) = sizes(loop(graph, symbol("n"), graph.input("x", tensor("float32", (4,))), "Concat"))
    assert not isinstance(size, int)
    assert size != symbol("n")


def test_a_body_that_cannot_take_back_what_it_made_is_refused() -> None:
    graph = Graph()
    with pytest.raises(
        ShapeError, match=r"'v' enters each turn as float32\[4\] and leaves it as float32\[8\]"
    ):
        loop(graph, 4, graph.input("x", tensor("float32", (4,))), "Concat")


def test_a_size_of_the_whole_model_is_demanded_not_replaced() -> None:
    graph = Graph()
    graph.input("y", tensor("float32", (symbol("batch"),)))
    loop(graph, symbol("batch"), graph.input("x", tensor("float32", (symbol("other"),))), "Neg")
    assert [str(c).split(",")[0] for c in graph.constraints] == ["batch == other"]


def test_sizes_that_running_tells_stay_apart_when_graphs_are_joined() -> None:
    graphs = Graph(), Graph()
    found = [
        g.add(make("", "NonZero", {}), [g.input(n, tensor("float32", (4,)))])[0]
        for g, n in zip(graphs, "ab", strict=True)
    ]
    assert sizes(found[0]) == sizes(found[1])
    graphs[0].absorb(graphs[1])
    assert sizes(found[0]) != sizes(found[1])
