"""Python's builtins whose meaning for tensors, or for what is watched, is not what C would do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from irkit.errors import CaptureError
from irkit.frontends.capture import protocols
from irkit.frontends.capture.reads import MISSING
from irkit.frontends.capture.report import Kind
from irkit.frontends.tensors.size import OpenNumber
from irkit.frontends.tensors.tensor import EagerTensor, SymbolicTensor
from irkit.frontends.tensors.variable import Variable
from irkit.ir.source import caller

if TYPE_CHECKING:
    from irkit.frontends.capture.runtime import Session

_PYTHON: Final[Mapping[str, type]] = {"bool": bool, "int": int, "float": float}


def _refused(session: Session, problem: str, cure: str) -> CaptureError:
    return session.watch.refused(CaptureError(problem, source=str(caller()), cure=cure))


def _getattr(session: Session, thing: Any, name: str, default: Any = MISSING) -> Any:
    if default is MISSING:
        return session.watch.attribute(thing, name)
    try:
        return session.watch.attribute(thing, name)
    except AttributeError:
        return default


def _hasattr(session: Session, thing: Any, name: str) -> bool:
    return _getattr(session, thing, name, None) is not None or _getattr(session, thing, name, 0) is None


def _setattr(session: Session, thing: Any, name: str, value: Any) -> None:
    session.watch.about_to_change(thing)
    setattr(thing, name, value)


def _delattr(session: Session, thing: Any, name: str) -> None:
    session.watch.about_to_change(thing)
    delattr(thing, name)


def _vars(session: Session, thing: Any) -> Any:
    return session.watch.attribute(thing, "__dict__")


def _print(session: Session, *args: Any, **kwargs: Any) -> None:
    if kwargs.get("file") is not None:
        session.watch.about_to_change(kwargs["file"])
    session.report.add(Kind.PRINTED, "print ran once, while the graph was made")
    print(*args, **kwargs)  # noqa: T201  # the user's own print


def _len(session: Session, x: Any) -> Any:
    own = protocols.method(x, "__len__")
    return len(x) if own is None else session.call(own, (x,), {})


def _abs(session: Session, x: Any) -> Any:
    own = protocols.method(x, "__abs__")
    return abs(x) if own is None else session.call(own, (x,), {})


def _next(session: Session, iterator: Any, *default: Any) -> Any:
    session.watch.about_to_change(iterator)
    own = protocols.method(iterator, "__next__")
    if own is None:
        return next(iterator, *default)
    try:
        return session.call(own, (iterator,), {})
    except StopIteration:
        if default:
            return default[0]
        raise


def _isinstance(session: Session, x: Any, kinds: Any) -> bool:
    listed = kinds if isinstance(kinds, tuple) else (kinds,)
    if isinstance(x, SymbolicTensor | EagerTensor) and any(
        k in (SymbolicTensor, EagerTensor) for k in listed
    ):
        raise _refused(
            session,
            "isinstance asks whether a tensor has values: it has, when run eagerly, and has not in a graph.",
            "Ask for irkit.Tensor.",
        )
    if isinstance(x, OpenNumber):  # eagerly it is a number of Python
        return any(issubclass(_PYTHON[x.kind], k) for k in listed)
    return isinstance(x, kinds)


def _type(session: Session, x: Any, *rest: Any) -> Any:
    return _PYTHON[x.kind] if isinstance(x, OpenNumber) else type(x, *rest)


def _text(kind: Callable[..., str]) -> Callable[..., str]:
    def made(session: Session, *args: Any, **kwargs: Any) -> str:
        if any(isinstance(x, SymbolicTensor | Variable | OpenNumber) for x in args):
            raise _refused(
                session,
                "a value of the graph becomes text, which has other contents when run eagerly.",
                "Print it when run eagerly, or return it.",
            )
        return kind(*args, **kwargs)

    return made


SPECIAL: Final[Mapping[object, Callable[..., Any]]] = {
    abs: _abs,
    delattr: _delattr,
    getattr: _getattr,
    hasattr: _hasattr,
    isinstance: _isinstance,
    len: _len,
    next: _next,
    print: _print,
    repr: _text(repr),
    format: _text(format),
    setattr: _setattr,
    str: _text(str),
    type: _type,
    vars: _vars,
}
