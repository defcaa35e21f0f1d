"""while and for statements: as Python runs them, as long as it can tell when they end; from there on as a Loop."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from irkit.errors import CaptureError, IrkitError
from irkit.frontends.capture.branches import branch
from irkit.frontends.capture.conditions import truth
from irkit.frontends.capture.iteration import Items, items
from irkit.frontends.capture.loops import loop
from irkit.frontends.capture.report import Kind
from irkit.frontends.capture.speculation import decided
from irkit.frontends.capture.variables import Variables
from irkit.frontends.tensors.number import Number, number
from irkit.ir.source import caller

if TYPE_CHECKING:
    from irkit.frontends.capture.runtime import Session

UNROLLED = 32  # so many rows of a tensor are unrolled at once; more become a Loop, where that is possible
MOST_TURNS = 10_000  # of a loop that Python runs


def while_loop(
    session: Session, test: Callable[[], Any], body: Callable[[], Any], variables: Variables
) -> None:
    """Turns whose test Python can decide are unrolled; from the first other one on, it is a Loop."""
    turns = 0
    while True:
        goes_on = decided(truth(test()))
        if isinstance(goes_on, Number):
            break
        if not goes_on:
            _unrolled(session, turns, "while")
            return
        body()
        turns = _counted(turns)
    _unrolled(session, turns, "while")
    loop(session, variables, lambda _: body(), lambda: truth(test()), None, goes_on)


def for_loop(
    session: Session,
    through: Any,
    test: Callable[[], Any],
    body: Callable[[Any], Any],
    variables: Variables,
) -> None:
    """Through tensors and open ranges by a Loop, or unrolled where they are short; through other things as Python."""
    found = items(through)
    if found is None:
        _each(session, through, test, body, variables)
    elif not isinstance(found.length, int):
        _looped(session, found, test, body, variables, strict=False)
    elif found.length <= UNROLLED or not _tried(session, found, test, body, variables):
        _each(session, found, test, body, variables)


def _each(
    session: Session, through: Any, test: Callable[[], Any], body: Callable[[Any], Any], variables: Variables
) -> None:
    turns = 0
    for item in through:
        goes_on = truth(test())
        if goes_on is False:
            break
        if goes_on is True:
            body(item)
        else:
            branch(session, goes_on, lambda item=item: body(item), lambda: None, variables)  # type: ignore[misc]
        turns = _counted(turns)
    _unrolled(session, turns, "for")


def _looped(
    session: Session,
    found: Items,
    test: Callable[[], Any],
    body: Callable[[Any], Any],
    variables: Variables,
    *,
    strict: bool,
) -> None:
    first = truth(test())
    if first is False:
        return
    start = None if first is True else first
    turns = number(found.length).tensor
    loop(session, variables, lambda i: body(found.at(i)), lambda: truth(test()), turns, start, strict=strict)


def _tried(
    session: Session, found: Items, test: Callable[[], Any], body: Callable[[Any], Any], variables: Variables
) -> bool:
    """Whether a long loop could be made a Loop. If not, it is unrolled."""
    refusal, raising = session.refusal, session.raising
    try:
        _looped(session, found, test, body, variables, strict=True)
    except (IrkitError, TypeError, ValueError, LookupError, AttributeError):
        session.refusal, session.raising = refusal, raising
        return False
    return True


def _counted(turns: int) -> int:
    if turns >= MOST_TURNS:
        raise CaptureError(
            f"a loop of Python ran {turns} times while the graph was made, and each turn is a part of the graph.",
            source=str(caller()),
            cure="Let its end depend on a tensor, so that it becomes a loop of the graph.",
        )
    return turns + 1


def _unrolled(session: Session, turns: int, what: str) -> None:
    if turns:
        session.report.add(Kind.UNROLLED, f"{turns} turns of the {what} loop")
