"""Session: one capture in progress. Rewritten code reaches it through the hooks of `rewriting`.

What rewritten code does, and where it goes:
    f(x)            session.call(f, (x,), {})          calls.py; without Python source: foreign.call
    a.b, a[k]       watch.attribute, watch.item        also on tensors, lists, modules, inside objects
    a.b = v …       watch.about_to_change(a), then set
    a global's name watch.global_read(namespace, name, value)
    a free name     watch.free_read(cell, name, value)   of functions outside of the captured one only
    x = [..], {..}, f() of a class …                    watch.made(thing)
    if, while, for, and, or, not, ?:, assert            conditions.py, branches.py, looping.py, loops.py
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from irkit import errors
from irkit import operators as op
from irkit.errors import CaptureError
from irkit.frontends.capture import calls, markers, open_calls
from irkit.frontends.capture.outside import Watch
from irkit.frontends.capture.present import current as current
from irkit.frontends.capture.present import in_progress
from irkit.frontends.capture.present import session as session
from irkit.frontends.capture.regions import Raised, Region
from irkit.frontends.capture.report import CaptureReport, Kind
from irkit.frontends.tensors.apply import apply_one, symbolic_value
from irkit.frontends.tensors.definition import current_scope, scope, through
from irkit.frontends.tensors.number import Number
from irkit.frontends.tensors.size import OpenNumber
from irkit.frontends.tensors.tensor import EagerTensor, SymbolicTensor, Tensor
from irkit.ir import TensorType
from irkit.ir.source import caller, is_own

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from irkit.frontends.tensors.definition import Definition

MOST_CALLS = 200  # of functions inside each other


class Session:
    """One capture in progress.

    definition: the outermost graph. report: what the user is told. watch: reads and writes outside.
    refusal: the first CaptureError; raised by `capture` whatever the program does with it.
    region: the inside of a branch or loop where the program is. raising: an exception on its way.
    """

    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        self.report = CaptureReport()
        self.watch = Watch(self)
        self.refusal: CaptureError | None = None
        self.region: Region | None = None
        self.raising: Raised | None = None
        self.frozen: dict[int, object] = {}  # containers that may stand for several objects of an eager run
        self.tries = 0  # how many try statements with handlers are open outside of all regions
        self.calls = 0  # how many calls of rewritten functions are open

    # ---- where the program is

    @property
    def home(self) -> Definition:
        """The definition to which operators are added now."""
        found = current_scope().capturing
        return self.definition.find() if found is None else found.find()

    def sources(self) -> tuple[SymbolicTensor, ...]:
        """The inputs of the whole graph: their shapes tell what open sizes are."""
        root = self.definition.find()
        return tuple(SymbolicTensor(v, root) for v in root.graph.inputs if isinstance(v.type, TensorType))

    def true(self) -> Tensor:
        """A constant."""
        return EagerTensor(np.asarray(True))

    def symbolic(self, x: Tensor) -> SymbolicTensor:
        """`x` as a value of the graph where the program is."""
        value = symbolic_value(x, self.home)
        assert value is not None
        return SymbolicTensor(value, self.home)

    # ---- calls and objects

    def call(self, function: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """function(*args, **kwargs), rewritten where that is the user's Python code."""
        return calls.call(self, function, args, kwargs)

    def called(self, function: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """As `call`, where irkit itself is the caller: its own functions run as they are."""
        code = getattr(function, "__code__", None) or getattr(type(function).__call__, "__code__", None)
        return (
            function(*args, **kwargs) if code is None or is_own(code) else self.call(function, args, kwargs)
        )

    @contextmanager
    def calling(self) -> Iterator[None]:
        """Around a call of a rewritten function. Raises CaptureError where there are too many inside each other."""
        if self.calls >= MOST_CALLS:
            raise CaptureError(
                f"functions call each other {MOST_CALLS} deep.",
                source=str(caller()),
                cure="Recursion must end by values of Python; what depends on tensors must be a loop.",
            )
        self.calls += 1
        try:
            yield
        finally:
            self.calls -= 1

    def attribute(self, thing: Any, name: str) -> Any:
        """thing.name"""
        if name == "item" and isinstance(thing, SymbolicTensor):
            return lambda: open_calls.item(thing)
        return self.watch.attribute(thing, name)

    def made(self, thing: Any) -> Any:
        """`thing`, which the program made here and may change."""
        self.watch.made(thing)
        if self.region is not None:
            self.region.made.add(id(thing))
        return thing

    def touch(self, thing: object) -> None:
        """`thing`, which the program made, is about to change: its contents are kept for the other branch."""
        if id(thing) in self.frozen:
            raise CaptureError(
                f"this {type(thing).__name__} was chosen or carried by a condition or loop on tensors; which object it "
                "is, and who else holds it, only the run knows. It cannot be changed.",
                source=str(caller()),
                cure="Change a copy: list(…), dict(…), or build a new one.",
            )
        if self.region is not None and id(thing) not in self.region.made:
            self.region.touch(thing)

    def freeze(self, thing: Any) -> Any:
        """`thing`, which must not change from now on: it stands for several objects of an eager run."""
        if isinstance(thing, list | dict) or hasattr(thing, "__dict__"):
            self.frozen[id(thing)] = thing
        return thing

    def inner_write(self, name: str, closure: Any) -> None:
        """A function inside sets a variable of a captured function around it."""

    def formatted(self, value: Any) -> Any:
        """A value in an f-string. Raises CaptureError for tensors: their text is not what it is when run eagerly."""
        if isinstance(value, SymbolicTensor | OpenNumber):
            raise CaptureError(
                "the text of a tensor is not known while the program is captured.",
                source=str(caller()),
                cure="Format the result after the call. print, assert and raise may show tensors.",
            )
        return value

    # ---- checks

    def set_value(self, name: str, maybe: markers.Maybe) -> Any:
        """The value of a variable that may not be set; that it is set becomes a check."""
        error = UnboundLocalError(
            f"cannot access local variable '{name}' where it is not associated with a value"
        )
        self.check(maybe.flag, Raised(error, caller()))
        return maybe.value

    def usable(self, name: str, value: Any) -> Any:
        """The value of a variable, see markers.py."""
        return markers.usable(name, value)

    def negated(self, test: Number) -> Number:
        """not test"""
        return Number("bool", apply_one(op.Not(), test.tensor))

    def asserted(self, test: bool | Number, message: Callable[[], Any] | None) -> None:
        """The statement `assert`."""
        if test is True:
            return
        raised = Raised(AssertionError(*([] if message is None else [message()])), caller())
        if isinstance(test, Number):
            self.check(test, raised)
            return
        self.raising = raised
        raise raised.error

    def check(self, test: Number, raised: Raised) -> None:
        """When the graph runs, `test` must hold; else the run ends with the exception's text."""
        self.refuse_in_try("a check of tensors")
        with scope_of(raised):
            apply_one(op.Assert(message=raised.message), test.tensor, self.true())
        self.report.add(Kind.CHECK, raised.message, raised.source)

    def raised(self, error: Any) -> Any:
        """The exception of a `raise`, on its way."""
        made = error() if isinstance(error, type) else error
        if isinstance(made, BaseException):
            self.raising = Raised(made, caller())
        return made

    def reraise(self, raised: Raised) -> NoReturn:
        """`raised` goes on to whoever is around."""
        self.raising = raised
        raise raised.error

    @contextmanager
    def guarded(self) -> Iterator[None]:
        """Around the body of a `try` that has handlers."""
        place: Any = self.region or self
        place.tries += 1
        try:
            yield
        finally:
            place.tries -= 1

    def refuse_in_try(self, what: str) -> None:
        """Raises CaptureError inside of a `try`: an exception in the graph would not reach the handler."""
        region = self.region
        while region is not None and not region.tries:
            region = region.around
        if region is not None or self.tries:
            raise CaptureError(
                f"{what} stands in a try statement: exceptions of the graph would not reach its handlers.",
                source=str(caller()),
                cure="Take it out of the try statement.",
            )


@contextmanager
def scope_of(raised: Raised) -> Iterator[None]:
    """While it lasts, operators are said to come from the line that raises."""
    import dataclasses  # noqa: PLC0415

    with scope(dataclasses.replace(current_scope(), source=raised.source)):
        yield


@contextmanager
def capturing(new: Session) -> Iterator[Session]:
    """While it lasts, `new` is the capture in progress. Raises its refusal in the end, whatever became of it."""
    token, before = in_progress.set(new), through.set(new.called)
    try:
        yield new
    finally:
        through.reset(before)
        in_progress.reset(token)
    if new.refusal is not None:
        raise new.refusal


def _witness(error: CaptureError) -> None:
    found = in_progress.get()
    if found is not None and found.refusal is None:
        found.refusal = error


errors.witness = _witness
