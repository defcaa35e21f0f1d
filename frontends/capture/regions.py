"""Region: the inside of a branch, or of a turn of a loop, while it is captured. What happens there can be undone."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from irkit import operators as op
from irkit.errors import ArgumentError, CaptureError, IrkitError
from irkit.frontends.capture import contents
from irkit.frontends.capture.raising import Raised as Raised
from irkit.frontends.tensors.apply import apply_one, symbolic_value
from irkit.frontends.tensors.definition import current_scope, scope
from irkit.frontends.tensors.tensor import SymbolicTensor, Tensor
from irkit.ir import dims
from irkit.ir.graph import MAX_DEPTH
from irkit.ir.source import UNKNOWN, Source, caller, is_own
from irkit.ir.types import symbols_of

if TYPE_CHECKING:
    from irkit.frontends.capture.runtime import Session
    from irkit.frontends.tensors.definition import Definition
    from irkit.ir import Constraint, Dim, Value


class Region:
    """One sub-graph being made. definition: its own. raised: the exception with which it always ends, if any."""

    def __init__(self, session: Session, name: str) -> None:
        self.session, self.around = session, session.region
        outer = session.home
        if outer.graph.depth >= MAX_DEPTH:
            raise _too_deep(session.calls)
        self._open = outer.inside(name)
        self.definition: Definition = self._open.__enter__()
        graph = self.definition.graph
        self._demanded = len(graph.constraints)
        self._solved = set(graph.constraints.solutions)
        graph.constraints = graph.constraints.forked()
        self.raised: Raised | None = None
        self.made: set[int] = set()  # ids of what was made in here
        self.before: dict[int, tuple[Any, Any]] = {}  # what was changed in here, and its contents before
        self.closed = False
        self.tries = 0  # how many try statements with handlers are open in here

    @contextmanager
    def entered(self) -> Iterator[None]:
        """While it lasts, operators are added to this region."""
        session, around = self.session, self.session.region
        session.region = self
        try:
            with scope(dataclasses.replace(current_scope(), capturing=self.definition)):
                yield
        finally:
            session.region = around

    def run(self, function: Callable[..., Any], *args: Any) -> Any:
        """What `function` gives inside; None where it raised an exception on purpose, see `raised`."""
        with self.entered():
            try:
                return function(*args)
            except Exception as error:  # noqa: BLE001  # what is not the program's is raised again
                raising = self.session.raising
                if raising is None or error is not raising.error:
                    raising = _as_raised(error)
                self.raised, self.session.raising = raising, None
                return None

    # ---- changes to objects

    def touch(self, thing: object) -> None:
        """`thing` is about to change in here."""
        if id(thing) not in self.made and id(thing) not in self.before:
            self.before[id(thing)] = (thing, contents.of(thing))

    def take_back(self) -> dict[int, tuple[Any, Any]]:
        """Undo all changes. Returns the changed objects with the contents that they had here in the end."""
        changed = {}
        for key, (thing, before) in self.before.items():
            changed[key] = thing, contents.of(thing)
            contents.put(thing, before)
        return changed

    # ---- the end

    def returned(self, x: Tensor) -> Value:
        """The value of `x` as one that this graph owns, and may return."""
        with self.entered():
            value = symbolic_value(x, self.definition)
            assert value is not None
            if value.producer is None or value.producer.graph is not self.definition.graph:
                inside = apply_one(op.Identity(), SymbolicTensor(value, self.definition))
                assert isinstance(inside, SymbolicTensor)
                value = inside.value
            return value

    def finish(self, outputs: Sequence[Value]) -> None:
        """The graph is complete. Raises CaptureError where it demands equal sizes: other inputs need not go here."""
        graph = self.definition.graph
        graph.set_outputs(outputs)
        demands = list(graph.constraints)[self._demanded :]
        if demands:
            raise _demands_sizes(demands[0])
        for inner in graph.all_graphs():
            inner.constraints = graph.root.constraints
        self._close()

    def equal_inputs(self) -> dict[str, Dim]:
        """Open sizes of the model's inputs that were found to be others in here, with these others."""
        constraints = self.definition.graph.constraints
        if len(constraints) == self._demanded:
            return {}
        inputs = {name for v in self.definition.graph.root.inputs for name in symbols_of(v.type)}
        found = [n for n in constraints.solutions if n not in self._solved and n in inputs]
        return {n: constraints.simplified(dims.symbol(n)) for n in found}

    def abandon(self) -> None:
        """The graph will not be used: nothing of it remains. Does nothing where it is finished or abandoned."""
        if not self.closed:
            self.definition.graph.abandon()
            self.definition.records.clear()
            self._close()

    def _close(self) -> None:
        self.closed = True
        self._open.__exit__(None, None, None)


def _as_raised(error: Exception) -> Raised:
    """An error of Python's that the program runs into: as in an eager run, only who comes here meets it."""
    ours = isinstance(error, IrkitError) and not isinstance(error, ArgumentError)
    if ours or not isinstance(error, ArithmeticError | LookupError | ValueError):
        raise error
    return Raised(error, _line_of(error))


def _line_of(error: Exception) -> Source:
    """The last line of the user's that the error came through."""
    found, trace = UNKNOWN, error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        if not is_own(code):
            found = Source(code.co_filename.rpartition("/")[2], trace.tb_lineno)
        trace = trace.tb_next
    return found


def _too_deep(calls: int) -> CaptureError:
    return CaptureError(
        f"conditions and loops on tensors are nested more than {MAX_DEPTH} deep"
        + (
            ", in functions that call each other: recursion must end by values of Python."
            if calls > 4
            else "."
        ),
        source=str(caller()),
        cure="Use a loop, or irkit.ops.where, irkit.ops.switch.",
    )


def _demands_sizes(demand: Constraint) -> CaptureError:
    return CaptureError(
        f"sizes {demand.left} and {demand.right} must be equal here, which runs under a condition only.",
        source=str(caller()),
        facts=[f"demanded by {demand.origin}"] if demand.origin else (),
        cure="Give both sizes the same name in irkit.TensorSpec, or fix them.",
    )
