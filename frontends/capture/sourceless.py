"""Functions whose source cannot be had (typed at a prompt, made by exec): run as they are, watched from around.

Their bytecode tells which globals, closure variables and attributes of these and of the arguments they read; all of
it is looked at before they run, and becomes facts. They may call irkit, layers, and pure functions. What else they
might do unseen is refused: changing objects, calling other functions of the user's, reading attributes of objects
that come from nowhere. A condition on a tensor refuses by itself, since nothing of it is rewritten.
"""

from __future__ import annotations

import builtins
import dis
import inspect
from collections.abc import Iterator, Mapping, Sequence
from types import CodeType, FrameType, FunctionType
from typing import TYPE_CHECKING, Any, TypeAlias

from irkit.errors import CaptureError
from irkit.frontends.capture import foreign, policy
from irkit.frontends.capture.net import Net
from irkit.frontends.tensors.size import Size
from irkit.frontends.tensors.tensor import Tensor
from irkit.ir.source import Source

if TYPE_CHECKING:
    from irkit.frontends.capture.runtime import Session

# "global", "free" or "argument", the name, and attributes of it.
Chain: TypeAlias = tuple[str, str, tuple[str, ...]]

_WRITING = {
    "STORE_ATTR": "sets an attribute",
    "DELETE_ATTR": "deletes an attribute",
    "STORE_SUBSCR": "sets an item",
    "STORE_SLICE": "sets items",
    "DELETE_SUBSCR": "deletes an item",
    "STORE_GLOBAL": "sets a global",
    "DELETE_GLOBAL": "deletes a global",
    "IMPORT_NAME": "imports a module",
}
_QUIET = frozenset({"CACHE", "EXTENDED_ARG", "NOP", "PRECALL", "PUSH_NULL", "RESUME"})
# Attributes that may be read of what is not known to be a tensor or a container, but mostly is one.
_HARMLESS = frozenset(n for kind in (Tensor, Size, str, list, dict, tuple) for n in dir(kind)) - frozenset(
    n for names in policy.CHANGING.values() for n in names
)


def run(
    session: Session, function: FunctionType, args: Sequence[Any], kwargs: Mapping[str, Any], why: str
) -> Any:
    """function(*args, **kwargs), as it is. Raises CaptureError for what could go unseen. why: there is no source."""
    try:
        reads = dict.fromkeys(_reads(function.__code__, inner=False))
        _look(session, function, reads, args, kwargs)
        with _Inside(session, function):
            return function(*args, **kwargs)
    except CaptureError as error:
        raise error.at(
            str(Source(function.__code__.co_filename.rpartition("/")[2], function.__code__.co_firstlineno)),
            facts=[f"{function.__qualname__} runs as it is: {why}."],
        ) from None


def _reads(code: CodeType, *, inner: bool) -> Iterator[Chain]:
    """What `code` reads, and functions and comprehensions in it. inner: its variables are not arguments."""
    parameters = set() if inner else _unchanged_parameters(code)
    chain: Chain | None = None
    for step in dis.get_instructions(code):
        if step.opname in _WRITING or (step.opname == "STORE_DEREF" and step.argval in code.co_freevars):
            what = _WRITING.get(step.opname, "sets a variable outside")
            raise CaptureError(
                f"{code.co_name} {what}, which cannot be watched without its source.",
                cure="Write it to a file.",
            )
        if step.opname in _QUIET:
            continue
        if step.is_jump_target:
            chain = None
        chain = _next(chain, step, code, parameters, inner)
        if chain is not None:
            yield chain
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _reads(constant, inner=True)


def _unchanged_parameters(code: CodeType) -> set[str]:
    count = code.co_argcount + code.co_kwonlyargcount
    stored = {s.argval for s in dis.get_instructions(code) if s.opname in ("STORE_FAST", "DELETE_FAST")}
    return set(code.co_varnames[:count]) - stored


def _next(
    chain: Chain | None, step: dis.Instruction, code: CodeType, parameters: set[str], inner: bool
) -> Chain | None:
    """What stands on top of the stack after `step`, if that has a name."""
    name, operation = step.argval, step.opname
    if operation in ("LOAD_GLOBAL", "LOAD_NAME"):
        return "global", name, ()
    if operation in ("LOAD_DEREF", "LOAD_CLASSDEREF") and not inner and name in code.co_freevars:
        return "free", name, ()
    if operation.startswith("LOAD_FAST") and name in parameters:
        return "argument", name, ()
    if operation in ("LOAD_ATTR", "LOAD_METHOD"):
        if chain is not None:
            return chain[0], chain[1], (*chain[2], name)
        if name not in _HARMLESS:
            raise CaptureError(
                f"{code.co_name} reads .{name} of an object that cannot be watched without its source.",
                cure="Write it to a file.",
            )
    return None


def _look(
    session: Session,
    function: FunctionType,
    reads: Mapping[Chain, None],
    args: Sequence[Any],
    kwargs: Mapping[str, Any],
) -> None:
    """Make facts of what is read."""
    bound = inspect.signature(function).bind(*args, **kwargs)
    bound.apply_defaults()
    cells = dict(zip(function.__code__.co_freevars, function.__closure__ or (), strict=True))
    for place, name, attributes in reads:
        if place == "argument":
            value = bound.arguments[name]
        elif place == "free":
            value = session.watch.free_read(cells[name], name, cells[name].cell_contents)
        elif name in function.__globals__ or hasattr(builtins, name):
            found = function.__globals__.get(name, getattr(builtins, name, None))
            value = session.watch.global_read(function.__globals__, name, found)
        else:
            continue  # a NameError, should it come to that
        for attribute in attributes:
            try:
                value = session.watch.attribute(value, attribute)
            except AttributeError:
                break


class _Inside(Net):
    """The net around such a function: it may run, other code of the user's may not; what it calls in C is judged."""

    def __init__(self, session: Session, function: FunctionType) -> None:
        super().__init__(session, function.__qualname__)
        self._own = {function.__code__, *_inner_codes(function.__code__)}

    def event(self, frame: FrameType, event: str, called: Any) -> None:
        super().event(frame, event, called)
        if event == "c_call" and frame.f_code in self._own and not self.imports:
            name = getattr(called, "__name__", "")
            foreign.check_policy(self._session, called, getattr(called, "__self__", None), name)

    def is_foreign(self, code: CodeType, frame: FrameType) -> bool:
        return code not in self._own and super().is_foreign(code, frame)


def _inner_codes(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _inner_codes(constant)
