"""Calls of what has no Python source that could be rewritten: builtins, numpy, C functions, irkit itself.

What policy.py names as pure runs as it is, once, while the graph is made. What changes its object or argument may do
so to what the program made itself. What draws numbers, reads clocks or files, or is unknown, is refused. While Python's
or numpy's code runs, a net is spread: should it call a function of the user's behind our back (a `__lt__` in `sorted`),
the capture is refused, for nobody would have watched that function.
"""

from __future__ import annotations

import functools
import operator
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import BuiltinMethodType, MethodType, ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np

from irkit.errors import CaptureError
from irkit.frontends.base.layer import Layer
from irkit.frontends.capture import net, policy
from irkit.frontends.capture.builtin_calls import SPECIAL
from irkit.frontends.capture.origin import is_ours, is_users, module_of
from irkit.frontends.capture.report import Kind
from irkit.frontends.tensors.size import OpenNumber
from irkit.frontends.tensors.tensor import EagerTensor, SymbolicTensor
from irkit.frontends.tensors.variable import Variable
from irkit.ir.source import caller

if TYPE_CHECKING:
    from irkit.frontends.capture.runtime import Session

_READING_WEIGHTS = frozenset({"numpy", "item", "tolist", "__array__", "__float__", "__int__", "__bool__"})
_OUTSIDE_A_GRAPH = frozenset(
    {
        "add_loss",
        "add_weight",
        "capture",
        "compile",
        "evaluate",
        "export",
        "export_onnx",
        "fit",
        "get_weights",
        "hybridize",
        "import_onnx",
        "load",
        "load_weights",
        "predict",
        "save",
        "save_weights",
        "set_floatx",
        "set_image_data_format",
        "set_random_seed",
        "set_weights",
        "summary",
        "trace",
    }
)
_HIGHER = (map, filter, sorted, functools.reduce, min, max, iter)
_GOING_THROUGH = (
    list,
    tuple,
    set,
    frozenset,
    dict,
    sorted,
    sum,
    any,
    all,
    min,
    max,
    enumerate,
    zip,
    map,
    filter,
    iter,
)


class StandsFor:
    """A callable of irkit's that stands for a function of the user's: within a capture, that function is meant."""

    python: Callable[..., Any]


def call(session: Session, function: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    """function(*args, **kwargs), or CaptureError where a graph could not do the same on every input."""
    if isinstance(function, functools.partial):
        return session.call(function.func, (*function.args, *args), {**function.keywords, **kwargs})
    if isinstance(function, functools._lru_cache_wrapper):  # what it kept would hide what is read
        return session.call(function.__wrapped__, args, kwargs)
    if isinstance(function, operator.attrgetter | operator.itemgetter | operator.methodcaller):
        return _looked_up(session, function, *args)
    if isinstance(function, StandsFor):
        return session.call(function.python, args, kwargs)
    if isinstance(function, Layer):
        return _layer(session, function, args, kwargs)
    special = SPECIAL.get(function) if isinstance(function, BuiltinMethodType | type) else None
    if special is not None:
        return special(session, *args, **kwargs)
    if is_ours(function.__func__ if isinstance(function, MethodType) else function):
        return _ours(session, function, args, kwargs)
    return _known(session, function, args, kwargs)


def _looked_up(session: Session, getter: Any, thing: Any) -> Any:
    """What attrgetter("a.b"), itemgetter(1) and methodcaller("f", 2) do, with what they read watched."""
    made, given = getter.__reduce__()[:2]
    if made is operator.itemgetter:
        found = tuple([session.watch.item(thing, key) for key in given])
    elif made is operator.attrgetter:
        found = tuple([functools.reduce(session.watch.attribute, path.split("."), thing) for path in given])
    else:  # methodcaller; with keywords, a partial of it
        kwargs = made.keywords if isinstance(made, functools.partial) else {}
        everything = [*getattr(made, "args", ()), *given]
        return session.call(session.watch.attribute(thing, everything[0]), everything[1:], kwargs)
    return found if len(found) > 1 else found[0]


# ---- irkit's own


def _layer(session: Session, layer: Layer, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    result = layer(*args, **kwargs)
    session.watch.layer(layer)
    return result


def _ours(session: Session, function: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    """One of irkit's functions: those that the user hands to it (a branch of ops.cond) are rewritten, too."""
    owner = getattr(function, "__self__", None)
    name = getattr(function, "__name__", "")
    if isinstance(function, type) and issubclass(function, Layer | Variable):
        raise _refused(
            session,
            f"a {function.__name__} is made while the program is captured: each call would make new weights.",
            "Make it in __init__ or outside, and call it here.",
        )
    if isinstance(owner, Variable) and name in _READING_WEIGHTS:
        raise _refused(
            session,
            f"the value of the variable '{owner.path}' is read as numbers; the graph would keep this one for ever.",
            "Use the variable itself, as a tensor.",
        )
    if name in _OUTSIDE_A_GRAPH and (owner is None or isinstance(owner, Layer | ModuleType)):
        raise _refused(
            session, f"{name} has no place in a graph.", "Call it outside of the captured program."
        )
    result = function(
        *(_rewritten(session, a) for a in args), **{k: _rewritten(session, v) for k, v in kwargs.items()}
    )
    if isinstance(owner, Layer) and name == "call":
        session.watch.layer(owner)
    return result


def _rewritten(session: Session, given: Any) -> Any:
    """A function of the user's as one that runs in the session; everything else as it is."""
    if isinstance(given, list | tuple) and any(_is_users_function(x) for x in given):
        return [_rewritten(session, x) for x in given]
    if not _is_users_function(given):
        return given

    def watched(*args: Any, **kwargs: Any) -> Any:
        with net.off():
            return session.call(given, args, kwargs)

    return watched


def _is_users_function(given: object) -> bool:
    return is_users(given.__func__ if isinstance(given, MethodType) else given) and not isinstance(
        given, type
    )


# ---- Python's and numpy's


def _known(session: Session, function: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    name, owner = getattr(function, "__name__", ""), getattr(function, "__self__", None)
    check_policy(session, function, owner, name)
    for changed in _changed(function, owner, name, args, kwargs):
        session.watch.about_to_change(changed)
    _check_arguments(session, function, name, [*args, *kwargs.values()])
    if function in _GOING_THROUGH:
        args = [session.watch.iterable(a) for a in args]
    if function in _HIGHER or module_of(function) == "itertools" or name == "sort":
        args = [_rewritten(session, a) for a in args]
        kwargs = {k: _rewritten(session, v) for k, v in kwargs.items()}
    with net.Net(session, name):
        result = function(*args, **kwargs)
    return _result(session, function, result, args)


def check_policy(session: Session, function: Any, owner: object, name: str) -> None:
    """Raise CaptureError unless the policy lets `function` be called."""
    module = module_of(function.__func__ if isinstance(function, MethodType) else function)
    of = type(owner).__module__ if owner is not None and not isinstance(owner, ModuleType | type) else module
    cure = policy.refusal(module, name) or policy.refusal(of, name)
    if not isinstance(function, MethodType):
        module = of
    shown = f"{module}.{name}" if module not in ("", "builtins") else name or repr(function)
    if cure is not None:
        raise _refused(session, f"{shown} is called, which a graph cannot repeat.", cure)
    if isinstance(function, type) and is_users(function):
        return
    if module in policy.TELLING or module.partition(".")[0] in policy.TELLING:
        session.report.add(Kind.PRINTED, f"{shown} ran once")
    elif module.partition(".")[0] not in policy.PURE_MODULES:
        raise _refused(
            session,
            f"{shown or 'a function'} is called, which has no Python source: nobody knows what it reads.",
            "Call it outside and pass the result as an input, or write it with irkit.ops.",
        )


def _changed(
    function: Any, owner: object, name: str, args: Sequence[Any], kwargs: Mapping[str, Any]
) -> Iterator[object]:
    """What the call would change."""
    thing = owner if owner is not None and not isinstance(owner, ModuleType | type) else None
    if thing is None and hasattr(function, "__objclass__") and args:
        thing = args[0]  # list.append(xs, x)
    if isinstance(thing, np.ndarray):
        if name in policy.CHANGING_ARRAYS | policy.CHANGING_ANY:
            yield thing
    elif thing is not None:
        kinds = (names for kind, names in policy.CHANGING.items() if isinstance(thing, kind))
        if name in policy.CHANGING_ANY or any(name in names for names in kinds) or _pops(thing, name):
            yield thing
    firsts = policy.CHANGING_FIRST.get(module_of(function), frozenset())
    if args and (name in firsts or (isinstance(owner, np.ufunc) and name == "at")):
        yield args[0]
    if kwargs.get("out") is not None:
        yield from kwargs["out"] if isinstance(kwargs["out"], tuple) else (kwargs["out"],)


def _pops(thing: object, name: str) -> bool:
    return isinstance(thing, deque) and name in policy.CHANGING[list]


def _check_arguments(session: Session, function: Any, name: str, given: Sequence[Any]) -> None:
    for x in given:
        if isinstance(x, Variable) and (
            module_of(function).partition(".")[0] in ("numpy", "math") or name == "array"
        ):
            raise _refused(
                session,
                f"{name} takes the value of the variable '{x.path}' out of the graph.",
                "Use functions of irkit.ops.",
            )
        if isinstance(x, Iterator):
            session.watch.iterable(x)
        if isinstance(x, SymbolicTensor | OpenNumber) and _is_of_text(function):
            raise _refused(
                session,
                f"a value of the graph becomes text by str.{name}, which has other contents when run eagerly.",
                "Format the result after the call.",
            )


def _is_of_text(function: Any) -> bool:
    """Whether `function` is a method of a str."""
    return (
        isinstance(getattr(function, "__self__", None), str) or getattr(function, "__objclass__", None) is str
    )


def _result(session: Session, function: Any, result: Any, args: Sequence[Any]) -> Any:
    if isinstance(result, Iterator) or (isinstance(function, type) and type(result) is function):
        session.watch.made(result)
    if isinstance(result, np.ndarray):
        for x in args:
            if isinstance(x, EagerTensor):  # numpy may have given the tensor's own memory
                session.watch.outside(x.array)
    return result


def _refused(session: Session, problem: str, cure: str) -> CaptureError:
    return session.watch.refused(CaptureError(problem, source=str(caller()), cure=cure))
