"""Speculation: what never changed while a function ran eagerly is assumed to stay, and checked by the graph.

After JANUS (Jeong et al., NSDI 2019, https://www.usenix.org/conference/nsdi19/presentation/jeong). A *profile* tells
what conditions on tensors and int(tensor) gave in the first calls, by the line that asked. What was the same in all of
them, the next capture takes for granted: it follows one branch, unrolls a loop, computes with a number of Python. Each
such answer leaves an Assert. When one fails the call has changed nothing; it runs eagerly, the profile learns, and the
next capture assumes less. So a wrong assumption costs time, never a result.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from types import FrameType
from typing import Any, TypeAlias

import numpy as np

from irkit import operators as op
from irkit.frontends.capture.present import session
from irkit.frontends.capture.report import Kind
from irkit.frontends.tensors.apply import apply_one, constant
from irkit.frontends.tensors.number import KINDS, Number
from irkit.frontends.tensors.tensor import EagerTensor
from irkit.ir.source import Source, caller, is_own

PROFILED_CALLS = 3
MAX_RELAXATIONS = 4  # of one signature; from then on nothing is assumed
_MAX_ANSWERS = 64  # at one line, in one call: a longer loop is better a Loop

# A line of the user's, and what it asked a tensor for: bool or int.
Question: TypeAlias = tuple[Source, str]
Answers: TypeAlias = tuple[Any, ...]

_ASKING = {
    EagerTensor.__bool__.__code__: "bool",
    EagerTensor.__int__.__code__: "int",
}


@dataclass(eq=False, slots=True)
class Profile:
    """What the calls with one signature gave.  calls: how many were looked at. unstable: what once differed."""

    calls: int = 0
    relaxations: int = 0
    answers: dict[Question, Answers] = field(default_factory=dict)
    unstable: set[Question] = field(default_factory=set)

    def run(self, function: Callable[[], Any]) -> Any:
        """function(), which runs eagerly, looked at."""
        if sys.getprofile() is not None:  # somebody else is looking: nothing is learnt
            return function()
        found: dict[Question, list[Any]] = {}
        sys.setprofile(_listener(found))
        try:
            result = function()
        finally:
            sys.setprofile(None)
        self._learn({question: tuple(answers) for question, answers in found.items()})
        return result

    def _learn(self, found: Mapping[Question, Answers]) -> None:
        for question in {**self.answers, **found}:
            before, now = self.answers.get(question), found.get(question)
            if self.calls and before != now:
                self.unstable.add(question)
        self.answers.update(found)
        self.calls += 1

    @property
    def ready(self) -> bool:
        """Whether enough calls were looked at."""
        return self.calls >= PROFILED_CALLS

    def stable(self) -> dict[Question, Answers]:
        """What to assume."""
        if self.relaxations > MAX_RELAXATIONS:
            return {}
        return {
            question: answers
            for question, answers in self.answers.items()
            if question not in self.unstable and len(answers) <= _MAX_ANSWERS
        }

    def relax(self, function: Callable[[], Any], assumed: Mapping[Question, Answers]) -> Any:
        """function(), run eagerly since an assumption may have failed; of those, the wrong ones are not made again."""
        before = len(self.unstable)
        self.relaxations += 1
        try:
            return self.run(function)
        finally:
            if len(self.unstable) == before:
                # asked in another order than answered: these are not understood
                self.unstable.update(q for q, answers in assumed.items() if len(set(answers)) > 1)


def _listener(found: dict[Question, list[Any]]) -> Callable[[FrameType, str, Any], None]:
    """A profile function of Python's, which notes what tensors answered to the user's lines."""

    def listen(frame: FrameType, event: str, result: Any) -> None:
        kind = _ASKING.get(frame.f_code) if event == "return" else None
        asker = frame.f_back
        if kind is None or asker is None or result is None:
            return
        while asker is not None and is_own(asker.f_code):
            asker = asker.f_back
        if asker is not None:
            source = Source(asker.f_code.co_filename.rpartition("/")[2], asker.f_lineno)
            found.setdefault((source, kind), []).append(result)

    return listen


# ---- while a function is captured


class Assumptions:
    """The answers that a capture takes for granted, in order; the last one again and again when all were the same."""

    def __init__(self, answers: Mapping[Question, Answers]) -> None:
        self._answers = answers
        self._asked: dict[Question, int] = {}
        self.made: dict[Question, Answers] = {}

    def answer(self, kind: str) -> Any:
        """What the user's present line was always told; None where nothing is assumed."""
        question = caller(), kind
        answers = self._answers.get(question)
        if answers is None:
            return None
        number = self._asked.get(question, 0)
        self._asked[question] = number + 1
        self.made[question] = answers
        if len(set(answers)) == 1:
            return answers[0]
        return answers[number] if number < len(answers) else None


_assumptions: ContextVar[Assumptions | None] = ContextVar("assumptions", default=None)


@contextmanager
def assuming(answers: Mapping[Question, Answers]) -> Iterator[Assumptions]:
    """While it lasts, captures take `answers` for granted."""
    made = Assumptions(answers)
    token = _assumptions.set(made)
    try:
        yield made
    finally:
        _assumptions.reset(token)


def decided(x: Any) -> Any:
    """An open number of Python as the value that it always had, with a check; as it is where nothing is assumed."""
    assumptions = _assumptions.get()
    if assumptions is None or not isinstance(x, Number) or x.kind == "float":
        return x
    answer = assumptions.answer(x.kind)
    if answer is None:
        return x
    holds = apply_one(op.Equal(), x.tensor, constant(np.asarray(answer), KINDS[x.kind]))
    text = f"assumed to be {answer}, as in the first calls"
    apply_one(op.Assert(message=text), holds, session().true())
    session().report.add(Kind.ASSUMED, text)
    return answer
