"""Calls in captured programs: the user's functions are rewritten; builtins that meet open numbers are ours."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import FunctionType, MethodType
from typing import TYPE_CHECKING, Any

from irkit.errors import CaptureError
from irkit.frontends.base.layer import Layer
from irkit.frontends.capture import foreign, open_calls, open_lists, sourceless
from irkit.frontends.capture.origin import is_known
from irkit.frontends.capture.rewriting.definitions import NoSource
from irkit.frontends.capture.rewriting.functions import is_rewritten, rewritten
from irkit.frontends.tensors.variable import Variable
from irkit.ir.source import caller

if TYPE_CHECKING:
    from irkit.frontends.capture.runtime import Session


def call(session: Session, function: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    """function(*args, **kwargs), rewritten where that is the user's Python code."""
    on_list = open_lists.call(session, function, args, kwargs)
    if on_list is not None:
        return on_list()
    if isinstance(function, FunctionType):
        return _function(session, function, args, kwargs)
    if isinstance(function, MethodType):
        if isinstance(function.__func__, FunctionType) and not is_known(function.__func__):
            return call(session, function.__func__, (function.__self__, *args), kwargs)
        return foreign.call(session, function, args, kwargs)
    if isinstance(function, type):
        return _class(session, function, args, kwargs)
    special = open_calls.find(function, args, kwargs)
    if special is not None:
        return special(session, *args, **kwargs)
    own = getattr(type(function), "__call__", None)  # noqa: B004  # the function itself is wanted
    if isinstance(own, FunctionType) and not is_known(own) and not isinstance(function, Layer):
        return call(session, own, (function, *args), kwargs)
    return foreign.call(session, function, args, kwargs)


def _function(
    session: Session, function: FunctionType, args: Sequence[Any], kwargs: Mapping[str, Any]
) -> Any:
    if is_rewritten(function.__code__):
        with session.calling():
            return function(*args, **kwargs)
    if is_known(function):
        return foreign.call(session, function, args, kwargs)
    return called(session, function, args, kwargs)


def called(session: Session, function: FunctionType, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    """A user's function, rewritten; as it is where its source cannot be had."""
    from irkit.frontends.capture.hooks import Hooks  # noqa: PLC0415

    session.watch.entered(function)
    try:
        made: Callable[..., Any] = rewritten(function, Hooks)
    except NoSource as error:
        return sourceless.run(session, function, args, kwargs, str(error))
    with session.calling():
        return made(*args, **kwargs)


def _class(session: Session, cls: type, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    special = open_calls.find(cls, args, kwargs)
    if special is not None:
        return special(session, *args, **kwargs)
    if issubclass(cls, Layer | Variable):
        raise CaptureError(
            f"{cls.__name__} is made inside of a captured function, in every call anew.",
            source=str(caller()),
            cure="Make it once, outside: in __init__, or before the function.",
        )
    init = cls.__init__
    plain = type(cls) is type and cls.__new__ is object.__new__ and isinstance(init, FunctionType)
    if not plain or is_known(cls) or is_known(init) or init.__code__.co_filename == "<string>":
        return session.made(foreign.call(session, cls, args, kwargs))
    made = session.made(cls.__new__(cls))
    session.call(init, (made, *args), kwargs)
    return made
