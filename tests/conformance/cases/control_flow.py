"""If, Loop and Scan: branches of different shapes, values that grow, no turn at all, directions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from irkit.ir import Graph, Type, Value, symbol, tensor
from irkit.operators import make
from tests.conformance.cases import Case

Body = Callable[..., Sequence[Value]]
x = np.arange(6, dtype=np.float32).reshape(2, 3)
row = tensor("float32", (3,))
number, truth = tensor("int64", ()), tensor("bool", ())
yes, no = np.array(True), np.array(False)


def add(graph: Graph, op: str, *inputs: Value, **attributes: Any) -> Value:
    return graph.add(make("", op, attributes), inputs, count=1)[0]


def sub_graph(outer: Graph, name: str, types: Sequence[Type], body: Body, *captured: Value) -> Graph:
    graph = Graph(name, outer)
    inputs = [graph.input(graph.free_name(f"{name}_{i}"), t) for i, t in enumerate(types)]
    graph.set_outputs(body(graph, *captured, *inputs))
    return graph


def looped(types: Sequence[Type], body: Body, **attributes: Any) -> Callable[..., Mapping[str, Any]]:
    """Attributes of a Loop or Scan. body(graph, the node's inputs, the body's inputs…) → outputs."""

    def build(outer: Graph, values: Sequence[Value]) -> Mapping[str, Any]:
        return {"body": sub_graph(outer, "body", types, lambda g, *v: body(g, values, *v)), **attributes}

    return build


def branches(then: Body, other: Body) -> Callable[..., Mapping[str, Any]]:
    """Attributes of an If. then(graph, a constant), other(graph, a constant) → outputs."""

    def build(outer: Graph, values: Sequence[Value]) -> Mapping[str, Any]:
        return {
            "then_branch": sub_graph(outer, "then", (), lambda g: then(g, constant(g, x))),
            "else_branch": sub_graph(outer, "other", (), lambda g: other(g, constant(g, x))),
        }

    return build


def constant(graph: Graph, value: Any) -> Value:
    (made,) = graph.add(make("", "Constant", {"value": np.asarray(value)}))
    return made


def doubled(g: Graph, values: Sequence[Value], i: Value, go: Value, v: Value) -> Sequence[Value]:
    return add(g, "Identity", go), add(g, "Add", v, v), add(g, "Identity", v)


def grown(g: Graph, values: Sequence[Value], i: Value, go: Value, v: Value) -> Sequence[Value]:
    return add(g, "Identity", go), add(g, "Concat", v, values[2], axis=0)


def until_large(g: Graph, values: Sequence[Value], i: Value, go: Value, v: Value) -> Sequence[Value]:
    more = add(g, "Add", v, constant(g, np.float32(2)))
    return add(g, "Less", more, constant(g, np.float32(7))), more, add(g, "Identity", i)


def exchanged(g: Graph, values: Sequence[Value], i: Value, go: Value, a: Value, b: Value) -> Sequence[Value]:
    return constant(g, True), add(g, "Identity", b), add(g, "Identity", a)


def summed(g: Graph, values: Sequence[Value], state: Value, piece: Value) -> Sequence[Value]:
    total = add(g, "Add", state, piece)
    return total, add(g, "Identity", total)


def paired(g: Graph, values: Sequence[Value], a: Value, b: Value) -> Sequence[Value]:
    return (add(g, "Mul", a, b),)


turns = np.array(4, np.int64)
rows = tensor("float32", (symbol("rows"), 3))
zero = np.zeros(3, np.float32)

CASES = [
    Case("Loop", [turns, yes, x[0]], looped([number, truth, row], doubled)),
    Case("Loop", [np.array(0, np.int64), yes, x[0]], looped([number, truth, row], doubled), name="no turn"),
    Case("Loop", [turns, no, x[0]], looped([number, truth, row], doubled), name="false at once"),
    Case("Loop", [turns, None, x[0]], looped([number, truth, row], doubled), name="no condition"),
    Case("Loop", [turns, yes, x], looped([number, truth, rows], grown), name="a value that grows"),
    Case(
        "Loop",
        [None, yes, np.array(0, np.float32)],
        looped([number, truth, tensor("float32", ())], until_large),
        name="until the condition fails",
        mistaken={"reference": "gives scanned scalars a second axis"},
    ),
    Case(
        "Loop",
        [np.array(3, np.int64), yes, x[0], x[1]],
        looped([number, truth, row, row], exchanged),
        name="two that change places",
    ),
    Case("Scan", [zero, x], looped([row, row], summed, num_scan_inputs=1)),
    Case(
        "Scan",
        [zero, x],
        looped(
            [row, row], summed, num_scan_inputs=1, scan_input_directions=(1,), scan_output_directions=(1,)
        ),
        name="backwards",
    ),
    Case(
        "Scan",
        [zero, x.T.copy()],
        looped([row, row], summed, num_scan_inputs=1, scan_input_axes=(-1,), scan_output_axes=(1,)),
        name="other axes",
    ),
    Case(
        "Scan",
        [x, x + 1],
        looped(
            [tensor("float32", (2,))] * 2,
            paired,
            num_scan_inputs=2,
            scan_input_axes=(1, 1),
            scan_output_axes=(-1,),
        ),
        name="no state",
    ),
    *(
        Case(
            "If",
            [np.array(cond)],
            branches(lambda g, v: [add(g, "Identity", v)], lambda g, v: [add(g, "Transpose", v)]),
            name=f"{cond}, different shapes",
        )
        for cond in (True, False)
    ),
    Case(
        "If",
        [np.array([True])],
        branches(
            lambda g, v: [add(g, "Shape", v), add(g, "Neg", v)],
            lambda g, v: [constant(g, np.array([7, 8], np.int64)), add(g, "Add", v, v)],
        ),
        name="two results",
    ),
]
