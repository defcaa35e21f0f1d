"""Branches and loops that are known before, and what is the same in every turn."""

from __future__ import annotations

import numpy as np
import pytest

from irkit import operators as o
from irkit.backends.interpreter import Interpreter
from irkit.ir import Graph, GraphModel, LayerNode, Operation, Signature, Value, tensor
from irkit.ir.extract import copied
from irkit.passes import Report, hoist_invariants, optimize

F32 = np.float32


def add(graph: Graph, op: Operation, *inputs: Value | None) -> Value:
    return graph.add(op, inputs, count=1)[0]


def constant(graph: Graph, content: object, dtype: type = np.int64) -> Value:
    return add(graph, o.Constant(value=np.array(content, dtype)))


def run(graph: Graph, *inputs: np.ndarray) -> list[np.ndarray]:
    outputs = tuple(f"y{i}" for i in range(len(graph.outputs)))
    return (
        Interpreter()
        .prepare(GraphModel("m", graph, LayerNode("m", "M"), Signature(output_names=outputs)))
        .run(inputs)
    )


def optimised(graph: Graph) -> Graph:
    copy, _ = copied(graph)
    optimize(copy, 2, verify=True)
    return copy


def names(graph: Graph) -> list[str]:
    return [n.op.name for n in graph.walk() if n.op.name != "Constant"]


def assert_same(before: Graph, after: Graph, *inputs: np.ndarray) -> None:
    for a, b in zip(run(before, *inputs), run(after, *inputs), strict=True):
        np.testing.assert_array_equal(a, b)


X = np.random.default_rng(0).standard_normal((3, 2)).astype(F32)


@pytest.mark.parametrize("flag", [True, False])
def test_a_known_condition_leaves_its_branch_alone(flag: bool) -> None:
    g = Graph()
    x = g.input("x", tensor("float32", [3, 2]))
    outer = add(g, o.Exp(), x)
    then, other = Graph("then", g), Graph("else", g)
    then.set_outputs([add(then, o.Add(), add(then, o.Neg(), x), outer)])
    other.set_outputs([add(other, o.Identity(), outer)])
    g.set_outputs(g.add(o.If(then_branch=then, else_branch=other), [constant(g, flag, np.bool_)]))
    after = optimised(g)
    assert names(after) == (["Exp", "Neg", "Add"] if flag else ["Exp"])
    assert_same(g, after, X)


def test_a_known_branch_inside_a_branch_keeps_its_identity() -> None:
    g = Graph()
    x, flag = g.input("x", tensor("float32", [3, 2])), g.input("flag", tensor("bool", []))
    then, other = Graph("then", g), Graph("else", g)
    inner_then, inner_else = Graph("inner then", then), Graph("inner else", then)
    inner_then.set_outputs([add(inner_then, o.Identity(), x)])
    inner_else.set_outputs([add(inner_else, o.Neg(), x)])
    choice = o.If(then_branch=inner_then, else_branch=inner_else)
    then.set_outputs(then.add(choice, [constant(then, True, np.bool_)]))
    other.set_outputs([add(other, o.Exp(), x)])
    g.set_outputs(g.add(o.If(then_branch=then, else_branch=other), [flag]))
    after = optimised(g)
    assert names(after) == ["If", "Exp", "Identity"] or names(after) == ["If", "Identity", "Exp"]
    for value in (True, False):
        assert_same(g, after, X, np.array(value))


def loop(g: Graph, x: Value, turns: Value, goes_on: bool = True) -> Graph:
    """x ← x·w + turn, and each turn's sum of x, where w = exp(x₀) is the same in every turn."""
    body = Graph("body", g)
    turn, condition = body.input("turn", tensor("int64", [])), body.input("go", tensor("bool", []))
    state = body.input("state", tensor("float32", [3, 2]))
    scale = add(body, o.Exp(), x)
    moved = add(body, o.Mul(), state, scale)
    moved = add(body, o.Add(), moved, add(body, o.Cast(to=1), turn))  # type: ignore[arg-type]
    total = add(body, o.ReduceSum(keepdims=False), moved)
    again = (
        add(body, o.Identity(), condition)
        if goes_on
        else add(body, o.Less(), total, add(body, o.Constant(value=np.array(50, F32))))
    )
    body.set_outputs([again, moved, total])
    g.set_outputs(g.add(o.Loop(body=body), [turns, constant(g, True, np.bool_), x], count=2))
    return body


def test_a_short_loop_becomes_its_turns() -> None:
    g = Graph()
    x = g.input("x", tensor("float32", [3, 2]))
    loop(g, x, constant(g, 3))
    after = optimised(g)
    assert "Loop" not in names(after)
    assert names(after).count("Exp") == 1
    assert_same(g, after, X)


@pytest.mark.parametrize("turns", [17, 1000])
def test_a_long_loop_stays(turns: int) -> None:
    g = Graph()
    x = g.input("x", tensor("float32", [3, 2]))
    loop(g, x, constant(g, turns))
    assert "Loop" in names(optimised(g))


def test_a_loop_that_may_end_early_stays_and_its_invariant_moves_out() -> None:
    g = Graph()
    x = g.input("x", tensor("float32", [3, 2]))
    loop(g, x, constant(g, 4), goes_on=False)
    after = optimised(g)
    (kept,) = [n for n in after.nodes if n.op.name == "Loop"]
    assert "Exp" not in names(kept.op.subgraphs[0])
    assert_same(g, after, X)
    assert_same(g, after, 5 * np.abs(X))  # which ends early


def test_what_may_fail_stays_in_the_loop() -> None:
    g = Graph()
    x, i = g.input("x", tensor("float32", [3])), g.input("i", tensor("int64", []))
    body = Graph("body", g)
    body.input("turn", tensor("int64", []))
    condition, state = body.input("go", tensor("bool", [])), body.input("state", tensor("float32", []))
    picked = add(body, o.Gather(), x, i)  # out of range for some i
    body.set_outputs([add(body, o.Identity(), condition), add(body, o.Add(), state, picked)])
    first = add(g, o.Constant(value=np.array(0, F32)))
    turns = g.input("turns", tensor("int64", []))
    g.set_outputs(g.add(o.Loop(body=body), [turns, None, first], count=1))
    assert not hoist_invariants(g, Report())
    (zero,) = run(optimised(g), np.ones(3, F32), np.array(99), np.array(0))
    assert zero == 0
