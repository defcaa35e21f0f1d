"""Python's builtins whose meaning for tensors, or for what is watched, is not what C would do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import FunctionType
from typing import TYPE_CHECKING, Any, Final

from irkit.errors import CaptureError
from irkit.frontends.capture.origin import is_users
from irkit.frontends.capture.reads import MISSING
from irkit.frontends.capture.report import Kind
from irkit.frontends.size import OpenNumber
from irkit.frontends.tensor import EagerTensor, SymbolicTensor
from irkit.frontends.variable import Variable
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
    if isinstance(x, SymbolicTensor) and x.shape:
        return x.shape[0]  # a Size where it is not fixed
    return _by_method(session, "__len__", len, x)


def _abs(session: Session, x: Any) -> Any:
    return _by_method(session, "__abs__", abs, x)


def _next(session: Session, iterator: Any, *default: Any) -> Any:
    session.watch.about_to_change(iterator)
    return next(iterator, *default)


def _by_method(session: Session, name: str, function: Callable[[Any], Any], x: Any) -> Any:
    """function(x), by rewritten code where a class of the user's says how."""
    method = getattr(type(x), name, None)
    if isinstance(method, FunctionType) and is_users(method):
        return session.call(method, (x,), {})
    return function(x)


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


def _extreme(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """Python's min and max. Of symbolic tensors with one element, by `where`, which keeps the first of equals."""

    def chosen(session: Session, *args: Any, **kwargs: Any) -> Any:
        items = list(args) if len(args) > 1 else list(args[0]) if args else []
        if kwargs or not any(isinstance(x, SymbolicTensor | OpenNumber) for x in items):
            return function(*args, **{k: _calling(session, v) for k, v in kwargs.items()})
        kinds = {_kind_of(x) for x in items}
        if len(kinds) > 1:
            raise _refused(
                session,
                f"{name} chooses between {' and '.join(sorted(kinds))}: the type of its result depends on the values.",
                f"Use irkit.ops.{name}imum, or cast first.",
            )
        return _chosen(items, name)

    return chosen


def _kind_of(x: Any) -> str:
    if isinstance(x, OpenNumber):
        return x.kind
    return str(x.dtype) if isinstance(x, SymbolicTensor | EagerTensor) else type(x).__name__


def _chosen(items: list[Any], name: str) -> Any:
    from irkit.frontends import ops  # noqa: PLC0415  # loaded when tensors are first computed with

    best = items[0]
    for x in items[1:]:
        better = x < best if name == "min" else x > best
        best = ops.where(better, x, best)
    return best


def _calling(session: Session, given: Any) -> Any:
    if not isinstance(given, FunctionType):
        return given
    return lambda *args: session.call(given, args, {})


SPECIAL: Final[Mapping[object, Callable[..., Any]]] = {
    abs: _abs,
    delattr: _delattr,
    getattr: _getattr,
    hasattr: _hasattr,
    isinstance: _isinstance,
    len: _len,
    max: _extreme("max", max),
    min: _extreme("min", min),
    next: _next,
    print: _print,
    repr: _text(repr),
    format: _text(format),
    setattr: _setattr,
    str: _text(str),
    type: _type,
    vars: _vars,
}
