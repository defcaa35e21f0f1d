"""while and for whose end is known only when the graph runs: a Loop, whose body is one turn."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from irkit import operators as op
from irkit.frontends.capture.carrying import Carried
from irkit.frontends.capture.raising import Raised
from irkit.frontends.capture.regions import Region
from irkit.frontends.capture.rewriting.building import HOOKS
from irkit.frontends.capture.variables import Held, Key, Stored, Variables, changes, present, store, undone
from irkit.frontends.tensors.apply import apply, apply_one
from irkit.frontends.tensors.number import Number
from irkit.frontends.tensors.tensor import EagerTensor, SymbolicTensor, Tensor
from irkit.ir import DType, TensorType
from irkit.ir.graph import ends_run

if TYPE_CHECKING:
    from irkit.frontends.capture.runtime import Session
    from irkit.ir import Graph

NOTHING = "_irkit_nothing"
_SCALAR = (TensorType(DType.int64, ()), TensorType(DType.bool, ()))


def loop(
    session: Session,
    variables: Variables,
    body: Callable[[Number], Any],
    test: Callable[[], bool | Number],
    turns: Tensor | None,
    first: Number | None,
    *,
    strict: bool = False,
) -> None:
    """Turn after turn, while `test` holds, at most `turns` times. first: the test before the first turn.

    strict: raise CaptureError when a variable cannot be carried, even if it may never be read again.
    """
    session.refuse_in_try("a loop on tensors")
    start = variables.values()
    carried = Carried(session, {n: start[n] for n in variables.live})
    while True:
        if strict and carried.after:
            raise next(iter(carried.after.values())).refusal()
        region = Region(session, "body")
        try:
            done = _turn(session, region, carried, variables, body, test)
        except BaseException:
            region.abandon()
            raise
        if done:
            break
        region.abandon()
        if region.raised is not None:
            _refuse_turns(session, turns, first, region.raised)
            return
    _make(session, region, carried, turns, first, variables)


def _refuse_turns(session: Session, turns: Tensor | None, first: Number | None, raised: Raised) -> None:
    """Every turn raises: whoever comes to the first one ends there."""
    none = []
    if turns is not None:
        none.append(apply_one(op.LessOrEqual(), turns, EagerTensor(np.asarray(0, np.int64))))
    if first is not None:
        none.append(apply_one(op.Not(), first.tensor))
    if not none:
        session.reraise(raised)
    session.check(Number("bool", none[0] if len(none) == 1 else apply_one(op.Or(), *none)), raised)


def _turn(
    session: Session,
    region: Region,
    carried: Carried,
    variables: Variables,
    body: Callable[[Number], Any],
    test: Callable[[], bool | Number],
) -> bool:
    """Capture one turn. True when it fits the guess, and the region is finished; else the guess is better now."""
    graph = region.definition.graph

    def enter(name: str, type_: TensorType) -> SymbolicTensor:
        return SymbolicTensor(graph.input(graph.free_name(name), type_), region.definition)

    turn, before = enter("turn", _SCALAR[0]), enter("goes_on", _SCALAR[1])
    tensors = [enter("state", s.type) for s in carried.slots]
    with undone(variables):
        try:
            goes_on = region.run(
                lambda: _one(session, carried, variables, tensors, Number("int", turn), body, test)
            )
            ends = {n: v for n, v in variables.values().items() if n in carried.plans}
        finally:
            changed = changes(region)
    if region.raised is not None:
        return False
    known: dict[Key, Any] = {key: changed[key] for key in carried.plans if isinstance(key, Held | Stored)}
    if _new(session, carried, changed) or carried.improved({**ends, **known}, region):
        return False
    if not carried.slots and has_checks(
        graph
    ):  # ONNX wants something to carry; the checks inside are what matters
        carried.add(NOTHING, session.true())
        return False
    condition = before if goes_on is True else _as_condition(goes_on)
    values = carried.leaving({**ends, **changed, NOTHING: session.true()}, region)
    values = [region.returned(condition), *values]
    region.finish(values)
    return True


def _one(
    session: Session,
    carried: Carried,
    variables: Variables,
    tensors: list[SymbolicTensor],
    turn: Number,
    body: Callable[[Number], Any],
    test: Callable[[], bool | Number],
) -> bool | Number:
    """One turn, and whether another one follows."""
    values = variables.values()
    for key, value in carried.entering(tensors).items():
        if isinstance(key, str):
            stop = key.startswith(HOOKS) and isinstance(value, bool | Number) and key != "_irkit_result"
            values[key] = (
                False if stop else value
            )  # no flag that ends the loop is set, or it would have ended
        else:
            store(session, key, value)
    variables.set(values)
    body(turn)
    return test()


def _new(session: Session, carried: Carried, changed: dict[Key, Any]) -> bool:
    """Whether the turn changed objects or irkit.Variables that were not carried; they are from now on."""
    found = [key for key in changed if key not in carried.plans]
    for key in found:
        carried.add(key, present(session, key))
    return bool(found)


def _after_checks(session: Session, first: Tensor | None) -> Tensor | None:
    """The test before the first turn, and all checks made so far: a runtime may begin the loop before it looks at
    these, and what they rule out may be that the loop never ends."""
    test = first
    for definition in session.home.around():
        for value in definition.checks:
            if isinstance(value.type, TensorType) and value.type.rank == 0:
                check = SymbolicTensor(value, definition)
                test = check if test is None else apply_one(op.And(), test, check)
    return test


def has_checks(graph: Graph) -> bool:
    """Whether running the graph may end the run."""
    return any(map(ends_run, graph.nodes))


def _as_condition(goes_on: bool | Number) -> Tensor:
    return goes_on.tensor if isinstance(goes_on, Number) else EagerTensor(np.asarray(goes_on))


def _make(
    session: Session,
    region: Region,
    carried: Carried,
    turns: Tensor | None,
    first: Number | None,
    variables: Variables,
) -> None:
    """The Loop, and the variables after it."""
    graph = region.definition.graph
    starts = carried.starts(session.sources())
    outputs: list[Any] = []
    if starts:
        condition = _after_checks(session, None if first is None else first.tensor)
        starts[0] = session.symbolic(starts[0])  # an operator on values only would be computed now
        made = apply(op.Loop(body=graph), turns, condition, *starts, count=len(starts))
        outputs = list(made) if isinstance(made, tuple) else [made]
    else:
        graph.abandon()
    values = variables.values()
    for key, value in {**carried.entering(outputs), **carried.after}.items():
        if isinstance(key, str):
            values[key] = value
        else:
            store(session, key, value)
    variables.set(values)
