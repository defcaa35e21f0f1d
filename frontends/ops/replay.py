"""Doing a branch or loop of a functional model again, for other tensors: its operators applied one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from irkit import operators as op
from irkit.frontends.ops.control import cond, is_symbolic, looped
from irkit.frontends.ops.operands import Operand, number_of, tensor
from irkit.frontends.ops.trees import Tree
from irkit.frontends.tensors.apply import apply, apply_one
from irkit.frontends.tensors.tensor import Tensor, TensorLike
from irkit.frontends.tensors.variable import Variable
from irkit.ir import DType, Graph, Node, Value


def redone(node: Node, values: Mapping[Value, Any]) -> list[Any]:
    """What an If or Loop gives when the values that it reads are others."""
    inputs: list[Any] = [None if v is None else values[v] for v in node.inputs]
    if isinstance(node.op, op.If):
        then, other = node.op.then_branch, node.op.else_branch
        return list(cond(inputs[0], lambda: replayed(then, values, ()), lambda: replayed(other, values, ())))
    assert isinstance(node.op, op.Loop)
    return _loop_redone(node.op.body, inputs, values)


def replayed(graph: Graph, values: Mapping[Value, Any], inputs: Sequence[Any]) -> list[Any]:
    """The operators of `graph` applied one by one. values: of the graphs around it."""
    known = {**values, **dict(zip(graph.inputs, inputs, strict=True))}
    for node in graph.nodes:
        if node.op.subgraphs:
            made: Any = redone(node, known)
        else:
            arguments = [None if v is None else _known(v, known, graph) for v in node.inputs]
            made = apply(node.op, *arguments, count=len(node.outputs))  # type: ignore[arg-type]  # an Operator
        known.update(zip(node.outputs, made if isinstance(made, tuple | list) else (made,), strict=True))
    return [known[v] for v in graph.outputs]


def _known(value: Value, known: dict[Value, Any], graph: Graph) -> Any:  # a tensor or variable
    if value not in known:
        weight = next(w for w, v in graph.root.weights.items() if v is value)
        known[value] = Variable.of(weight)
    return known[value]


def _loop_redone(body: Graph, inputs: Sequence[Any], values: Mapping[Value, Any]) -> list[Any]:
    most, first, *start = inputs
    count = len(start)
    if not any(map(is_symbolic, (most, first, *start))):
        return _eager_loop(body, most, first, start, values)

    def turn(number: Tensor, state: Tree) -> tuple[TensorLike | None, Tree, Tree]:
        goes_on, *made = replayed(body, values, (number, tensor(True), *state))
        return None if first is None else goes_on, made[:count], made[count:]

    state, collected = looped(turn, list(start), most, first)
    return [*state, *collected]


def _eager_loop(
    body: Graph,
    most: Operand | None,
    first: Operand | None,
    start: Sequence[Any],
    values: Mapping[Value, Any],
) -> list[Any]:
    state, collected, turn, goes_on = list(start), [], 0, first is None or bool(first)
    while goes_on and (most is None or turn < number_of(most)):
        again, *made = replayed(body, values, (tensor(np.int64(turn)), tensor(goes_on), *state))
        goes_on, state, turn = bool(again), made[: len(start)], turn + 1
        collected.append(made[len(start) :])
    columns = [[tensor(x) for x in column] for column in zip(*collected, strict=True)]
    axis = tensor([0], DType.int64)
    stacks = [apply_one(op.Concat(axis=0), *(apply_one(op.Unsqueeze(), x, axis) for x in c)) for c in columns]
    return [*state, *stacks]
