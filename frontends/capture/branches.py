"""if, elif, else, and ?: on conditions that are known only when the graph runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from irkit import operators as op
from irkit.frontends.capture.loops import has_checks
from irkit.frontends.capture.markers import Unusable
from irkit.frontends.capture.merging import IGNORED, Merge, resolved
from irkit.frontends.capture.rewriting.building import RESULT, RETURNED
from irkit.frontends.capture.variables import Key, Outcome, Variables, outcome, present, store
from irkit.frontends.tensors.apply import apply
from irkit.frontends.tensors.number import Number

if TYPE_CHECKING:
    from irkit.frontends.capture.runtime import Session
    from irkit.frontends.tensors.tensor import Tensor


def branch(
    session: Session, test: Number, then: Callable[[], Any], orelse: Callable[[], Any], variables: Variables
) -> None:
    """Run both sides as graphs, and let the variables hold what an If chooses."""
    session.refuse_in_try("a condition on tensors")
    a = outcome(session, "then", then, variables)
    try:
        b = outcome(session, "else", orelse, variables)
    except BaseException:
        a.region.abandon()
        raise
    try:
        _joined(session, test, a, b, then, orelse, variables)
    except BaseException:
        for each in (b, a):
            each.region.abandon()
        raise


def _joined(
    session: Session,
    test: Number,
    a: Outcome,
    b: Outcome,
    then: Callable[[], Any],
    orelse: Callable[[], Any],
    variables: Variables,
) -> None:
    """One If of two sides."""
    if a.region.raised is not None or b.region.raised is not None:
        _one_sided(session, test, a, b, then, orelse)
        return
    merge = Merge(a.region, b.region, session.sources())
    plans = _plans(session, merge, a, b, variables)
    outputs = _if(session, test, merge)
    if outputs is None:
        for each in (b, a):
            each.region.abandon()
    _take(session, plans, outputs or [], variables, merge)


def _plans(session: Session, merge: Merge, a: Outcome, b: Outcome, variables: Variables) -> dict[Key, Any]:
    left, right = _returned(a), _returned(b)
    plans: dict[Key, Any] = {}
    for name in variables.live:
        x, y = a.values[name], b.values[name]
        if name == RESULT:
            x, y = (IGNORED if left is False else x), (IGNORED if right is False else y)
            x, y = (a.values[name], b.values[name]) if x is IGNORED and y is IGNORED else (x, y)
        elif name != RETURNED and (left is True) != (right is True):
            x, y = (IGNORED if left is True else x), (IGNORED if right is True else y)
        plans[name] = merge.plan(name, x, y)
    for key in dict.fromkeys([*a.changed, *b.changed]):
        before = present(session, key)
        plans[key] = merge.contents(str(key), a.changed.get(key, before), b.changed.get(key, before))
        if isinstance(plans[key], Unusable):
            raise plans[key].refusal()
    return plans


def _returned(side: Outcome) -> Any:
    """Whether the function has returned at the end of this side: True, False, or an open number."""
    return side.values.get(RETURNED)


def _if(session: Session, test: Number, merge: Merge) -> list[Tensor] | None:
    """The results of an If; None where neither side does anything."""
    then, other = merge.then.definition.graph, merge.other.definition.graph
    then_values, other_values = merge.returned
    if not then_values and not any(map(has_checks, (then, other))):
        return None
    if not then_values:  # ONNX wants a result; the checks inside are what matters
        then_values.append(merge.then.returned(session.true()))
        other_values.append(merge.other.returned(session.true()))
    merge.other.finish(other_values)
    merge.then.finish(then_values)
    made = apply(op.If(then_branch=then, else_branch=other), test.tensor, count=len(then_values))
    return list(made) if isinstance(made, tuple) else [made]


def _take(
    session: Session, plans: dict[Key, Any], outputs: list[Tensor], variables: Variables, merge: Merge
) -> None:
    values = variables.values()
    shared = merge.shared()
    for thing, _ in merge.chosen if shared else ():
        session.freeze(thing)
    for key, plan in plans.items():
        value = resolved(plan, outputs, session.freeze if shared else lambda made: made)
        if isinstance(key, str):
            values[key] = value
        else:
            store(session, key, value)
    variables.set(values)


def _one_sided(
    session: Session,
    test: Number,
    a: Outcome,
    b: Outcome,
    then: Callable[[], Any],
    orelse: Callable[[], Any],
) -> None:
    """One side always raises: that the other is taken becomes a check, and the other runs here."""
    for each in (b, a):
        each.region.abandon()
    first, second = a.region.raised, b.region.raised
    if first is not None and second is not None:
        session.check(test, first)
        session.reraise(second)
    if first is not None:
        session.check(session.negated(test), first)
        orelse()
    elif second is not None:
        session.check(test, second)
        then()


def choice(session: Session, test: Number, then: Callable[[], Any], orelse: Callable[[], Any]) -> Any:
    """then() if test else orelse()."""
    held: list[Any] = [None]

    def into(function: Callable[[], Any]) -> Callable[[], None]:
        def run() -> None:
            held[0] = function()

        return run

    def put(values: tuple[Any, ...]) -> None:
        held[0] = values[0]

    name = "the value of this expression"
    branch(session, test, into(then), into(orelse), Variables((name,), (name,), lambda: (held[0],), put))
    return session.usable(name, held[0])
