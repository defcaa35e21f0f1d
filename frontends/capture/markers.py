"""What a variable holds when it has no value that may be read: it was not set, or its value depends on the branch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from irkit.errors import CaptureError
from irkit.frontends.capture.rewriting.building import RESULT
from irkit.ir.source import caller


class Undefined:
    """Of a variable that the program has not set yet."""

    def __repr__(self) -> str:
        return "nothing"


UNDEFINED = Undefined()


@dataclass(frozen=True, slots=True)
class Unusable:
    """Of a variable that control flow left without one meaning. why: a sentence; facts: lines that tell more."""

    name: str
    why: str
    facts: tuple[str, ...] = ()
    cure: str = ""

    def refusal(self) -> CaptureError:
        """What reading the variable raises."""
        return CaptureError(self.why, source=str(caller()), facts=self.facts, cure=self.cure)


@dataclass(frozen=True, slots=True)
class Maybe:
    """Of a variable that was set on some ways only. flag: an open bool, whether it was; value: zeros where not."""

    value: Any
    flag: Any


def shown_name(name: str) -> str:
    """A variable as messages name it."""
    return "what the function returns" if name == RESULT else f"'{name}'"


def usable(name: str, value: Any) -> Any:
    """The value of a variable. Raises UnboundLocalError as Python does, or CaptureError."""
    if value is UNDEFINED:
        raise UnboundLocalError(
            f"cannot access local variable '{name}' where it is not associated with a value"
        )
    if isinstance(value, Unusable):
        raise value.refusal()
    assert not isinstance(value, Maybe), "the session turns these into checks"
    return value
