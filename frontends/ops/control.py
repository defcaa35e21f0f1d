"""Branches and loops. On values they are Python's; on symbolic tensors they become If and Loop, with the functions'
operators in graphs inside."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

from irkit import operators as op
from irkit.errors import ArgumentError, ShapeError
from irkit.frontends.ops.operands import Operand, boolean, cast_to, number_of, promoted, tensor
from irkit.frontends.ops.trees import Tree, leaves_of, mapped, rebuilt
from irkit.frontends.tensors import state
from irkit.frontends.tensors.apply import apply, apply_one, definition_of, symbolic_value
from irkit.frontends.tensors.definition import Definition, current_scope, scope
from irkit.frontends.tensors.tensor import SymbolicTensor, Tensor, TensorLike
from irkit.frontends.tensors.variable import Variable
from irkit.ir import Dim, DType, TensorType, Value, Weight
from irkit.ir.constraints import fresh, recording, same

__all__ = ["cond", "fori_loop", "switch", "while_loop"]


def cond(pred: TensorLike, true_fn: Callable[[], Tree], false_fn: Callable[[], Tree]) -> Tree:
    """true_fn() or false_fn(). When `pred` is symbolic both become graphs, and must return trees of the same form."""
    condition = boolean(pred)
    if not is_symbolic(condition):
        return true_fn() if bool(condition) else false_fn()
    definition = _definition([condition])
    then, then_tree = _branch(definition, "then", true_fn)
    other, other_tree = _branch(definition, "else", false_fn)
    _check_alike(then_tree, other_tree)
    assigned = list(dict.fromkeys([*state.written(then), *state.written(other)]))
    for inner, tree in ((then, then_tree), (other, other_tree)):
        _close(inner, [*map(tensor, leaves_of(tree)), *_held(assigned, inner)])
    count = len(then.graph.outputs)
    flat = apply_one(op.Reshape(), condition, tensor([], DType.int64))
    made = apply(op.If(then_branch=then.graph, else_branch=other.graph), flat, count=count) if count else ()
    results = made if isinstance(made, tuple) else (made,)
    kept = count - len(assigned)
    _assign(assigned, results[kept:], definition)
    return rebuilt(then_tree, results[:kept])


def _held(variables: Sequence[Weight], inner: Definition) -> list[Tensor]:
    """What variables are at the end of a branch or turn."""
    return [SymbolicTensor(state.value_of(w, inner), inner) for w in variables]


def _assign(variables: Sequence[Weight], tensors: Sequence[Any], definition: Definition) -> None:
    for weight, made in zip(variables, tensors, strict=True):
        state.write(weight, made, definition)


def is_symbolic(x: object) -> bool:
    """Whether `x` has no value now; while a model is captured, a variable has none."""
    in_capture = isinstance(x, Variable) and current_scope().capturing is not None
    return isinstance(x, SymbolicTensor) or in_capture


def _definition(tensors: Sequence[object]) -> Definition:
    where, found = current_scope(), definition_of(tensors)
    if where.capturing is not None:
        return where.capturing.merge(found) if found else where.capturing.find()
    assert found is not None
    return found


def _branch(definition: Definition, name: str, function: Callable[[], Tree]) -> tuple[Definition, Tree]:
    with definition.inside(name) as inner, scope(dataclasses.replace(current_scope(), capturing=inner)):
        return inner, function()


def _close(inner: Definition, results: Sequence[Operand]) -> None:
    """Let the inside of a branch give `results`."""
    with scope(dataclasses.replace(current_scope(), capturing=inner)):
        inner.graph.set_outputs([_returned(x, inner) for x in results])


def _returned(x: Operand, inner: Definition) -> Value:
    """The value of `x` as one that the graph inside owns."""
    value = symbolic_value(x, inner)
    assert value is not None
    if value.producer is not None and value.producer.graph is inner.graph:
        return value
    inside = apply_one(op.Identity(), SymbolicTensor(value, inner))
    assert isinstance(inside, SymbolicTensor)
    return inside.value


def _check_alike(a: Tree, b: Tree) -> None:
    if mapped(lambda _: 0, a) != mapped(lambda _: 0, b):
        raise ShapeError(
            "the two functions given to cond return different structures.",
            facts=[f"then: {a!r}", f"else: {b!r}"],
        )


def switch(index: TensorLike, branches: Sequence[Callable[..., Tree]], *operands: Tree) -> Tree:
    """branches[index](*operands); an index beyond the ends takes the nearest."""
    if not branches:
        raise ArgumentError("switch needs at least one branch.")
    choice = tensor(index)
    if not is_symbolic(choice):
        return branches[min(max(number_of(choice), 0), len(branches) - 1)](*operands)
    if len(branches) == 1:
        return branches[0](*operands)
    at_most_first = apply_one(op.LessOrEqual(), choice, tensor(0, choice.type.dtype))
    rest = apply_one(op.Sub(), choice, tensor(1, choice.type.dtype))
    return cond(at_most_first, lambda: branches[0](*operands), lambda: switch(rest, branches[1:], *operands))


# ---- loops


def while_loop(
    cond: Callable[..., TensorLike],
    body: Callable[..., Tree],
    loop_vars: Tree,
    maximum_iterations: int | None = None,
) -> Tree:
    """loop_vars = body(*loop_vars) as long as cond(*loop_vars), and at most maximum_iterations times."""
    single = not isinstance(loop_vars, list | tuple)
    start = tuple(mapped(tensor, (loop_vars,) if single else tuple(loop_vars)))
    first = tensor(cond(*start))
    if any(map(is_symbolic, (first, *leaves_of(start)))):
        end = _loop(cond, body, start, first, maximum_iterations)
    else:
        end = _eager_while(cond, body, start, maximum_iterations)
    return end[0] if single else end


def _eager_while(
    cond: Callable[..., TensorLike], body: Callable[..., Tree], state: tuple[Tree, ...], limit: int | None
) -> tuple[Tree, ...]:
    turn = 0
    while (limit is None or turn < limit) and bool(cond(*state)):
        state = _as_tuple(body(*state))
        turn += 1
    return state


def _as_tuple(result: Tree) -> tuple[Tree, ...]:
    return tuple(result) if isinstance(result, list | tuple) else (result,)


def _loop(
    cond: Callable[..., TensorLike],
    body: Callable[..., Tree],
    start: tuple[Tree, ...],
    first: Operand,
    limit: int | None,
) -> tuple[Tree, ...]:
    def turn(_: Tensor, state: Tree) -> tuple[TensorLike, Tree, Tree]:
        new = _as_tuple(body(*state))
        return cond(*new), new, None

    most = None if limit is None else tensor(limit, DType.int64)
    state, _ = looped(turn, start, most, boolean(first))
    return tuple(state)


def fori_loop(lower: TensorLike, upper: TensorLike, body_fun: Callable[..., Tree], init_val: Tree) -> Tree:
    """val = body_fun(i, val) for i from lower to before upper."""
    low, high = tensor(lower), tensor(upper)
    start = mapped(tensor, init_val)
    if not any(map(is_symbolic, (low, high, *leaves_of(start)))):
        for i in range(number_of(low), number_of(high)):
            start = body_fun(i, start)
        return start

    def turn(i: Tensor, state: Tree) -> tuple[TensorLike | None, Tree, Tree]:
        return None, body_fun(apply_one(op.Add(), cast_to(i, low.type.dtype), low), state), None

    a, b = promoted(low, high)
    turns = cast_to(apply_one(op.Sub(), b, a), DType.int64)
    return looped(turn, start, turns)[0]


def looped(
    turn: Callable[[Tensor, Tree], tuple[TensorLike | None, Tree, Tree]],
    start: Tree,
    turns: Operand | None,
    goes_on: Operand | None = None,
    read: Sequence[Operand] = (),
) -> tuple[Tree, Tree]:
    """A Loop.  turn: (number, state) → (whether it goes on, or None; new state; something to collect).

    turns: how often at most. read: what a turn reads besides, where that may be all that is symbolic. Returns the last
    state and what was collected, stacked along a new first axis.
    """
    leaves = [tensor(x) for x in leaves_of(start)]
    goes_on = tensor(True) if goes_on is None and not leaves else goes_on  # ONNX wants two inputs
    definition = _definition([*leaves, turns, goes_on, *read])
    types, changing = [x.type for x in leaves], set[Dim]()
    assigned: list[Weight] = []  # variables that a turn assigns, which become part of the state
    while True:
        inner, collected, made = _body(definition, turn, start, types, assigned)
        wider = _widened(types, made, changing, definition)
        further = [w for w in state.written(inner) if w not in assigned]
        if wider == types and not further:
            break
        types, assigned = wider, assigned + further
    scalars = [
        x if x is None else apply_one(op.Reshape(), x, tensor([], DType.int64)) for x in (turns, goes_on)
    ]
    carried = [_lifted(x, definition) for x in (*leaves, *_held(assigned, definition))]
    scalars = [x if x is None else _lifted(x, definition) for x in scalars]
    outputs = apply(op.Loop(body=inner.graph), *scalars, *carried, count=len(inner.graph.outputs) - 1)
    listed = outputs if isinstance(outputs, tuple) else (outputs,)
    _assign(assigned, listed[len(leaves) : len(carried)], definition)
    return rebuilt(start, listed[: len(leaves)]), rebuilt(collected, listed[len(carried) :])


def _lifted(x: Operand, definition: Definition) -> SymbolicTensor:
    """In the graph, also where it has a value: a loop whose inputs all have values may read tensors that have none."""
    value = symbolic_value(x, definition)
    assert value is not None
    return SymbolicTensor(value, definition)


def _body(
    definition: Definition,
    turn: Callable[[Tensor, Tree], tuple[TensorLike | None, Tree, Tree]],
    start: Tree,
    types: Sequence[TensorType],
    assigned: Sequence[Weight],
) -> tuple[Definition, Tree, list[TensorType]]:
    """The inside of one turn, the tree of what it collects, and the types of the state that it leaves."""
    with definition.inside("body") as inner, scope(dataclasses.replace(current_scope(), capturing=inner)):
        graph = inner.graph

        def enter(name: str, type_: TensorType) -> SymbolicTensor:
            return SymbolicTensor(graph.input(graph.free_name(name), type_), inner)

        number, before = (
            enter("turn", TensorType(DType.int64, ())),
            enter("goes_on", TensorType(DType.bool, ())),
        )
        entering = [enter("state", t) for t in types]
        _assign(assigned, [enter(w.path, w.type) for w in assigned], inner)
        goes_on, new, collected = turn(number, rebuilt(start, entering))
        after = [cast_to(tensor(x), t.dtype) for x, t in zip(_checked(new, types), types, strict=True)]
        condition = (
            before if goes_on is None else apply_one(op.Reshape(), boolean(goes_on), tensor([], DType.int64))
        )
        kept = [tensor(x) for x in leaves_of(collected)]
        graph.set_outputs([_returned(x, inner) for x in (condition, *after, *_held(assigned, inner), *kept)])
    return inner, collected, [x.type for x in after]


def _checked(new: Tree, types: Sequence[TensorType]) -> list[Any]:
    leaves = leaves_of(new)
    if len(leaves) != len(types):
        raise ShapeError(f"a turn of the loop gets {len(types)} tensors and returns {len(leaves)}.")
    return leaves


def _widened(
    types: Sequence[TensorType], made: Sequence[TensorType], changing: set[Dim], definition: Definition
) -> list[TensorType]:
    """Types that hold both what enters a turn and what leaves it. Each size that changes becomes a symbol of the
    loop's own, and joins `changing`; so this comes to an end after as many tries as there are sizes."""
    wider = []
    with recording(definition.graph.root.constraints):
        for a, b in zip(types, made, strict=True):
            if a.rank != b.rank or a.shape is None or b.shape is None:
                raise ShapeError(f"a tensor carried by a loop changes from {a} to {b}.")
            steady = (m in changing or same(m, n) for m, n in zip(a.shape, b.shape, strict=True))
            wider.append(
                a.with_shape([m if s else fresh("carried") for m, s in zip(a.shape, steady, strict=True)])
            )
            changing.update(set(wider[-1].shape or ()) - set(a.shape))
    return wider
