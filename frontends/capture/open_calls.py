"""Python's builtins given tensors or open numbers: range, enumerate, zip, int, float, bool, len, abs, min, max…"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from irkit import operators as op
from irkit.errors import CaptureError
from irkit.frontends.capture import conditions, iteration
from irkit.frontends.capture.branches import choice
from irkit.frontends.capture.speculation import decided
from irkit.frontends.ops.sizes import size_tensor
from irkit.frontends.tensors.apply import apply_one
from irkit.frontends.tensors.number import KINDS, Number, is_plain
from irkit.frontends.tensors.size import OpenNumber, Size
from irkit.frontends.tensors.tensor import EagerTensor, SymbolicTensor, Tensor
from irkit.frontends.tensors.variable import Variable
from irkit.ir.source import caller

if TYPE_CHECKING:
    from irkit.frontends.capture.runtime import Session


_INT_END = 2.0**63


def find(function: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Callable[..., Any] | None:
    """What does the work of a builtin for these arguments; None where Python's own will do."""
    try:
        rule = _RULES.get(function)
    except TypeError:  # not hashable
        return None
    return rule if rule is not None and any(map(_is_open, (*args, *kwargs.values()))) else None


def _is_open(x: Any) -> bool:
    if isinstance(x, list | tuple):
        return any(isinstance(v, OpenNumber) for v in x)
    return isinstance(x, OpenNumber | iteration.Items | SymbolicTensor | Variable)


def _converted(kind: str) -> Callable[..., Any]:
    def made(session: Session, x: Any) -> Any:
        if isinstance(x, Tensor | Variable):
            return _scalar(x, kind)
        if isinstance(x, iteration.Items):
            raise TypeError(f"{kind}() argument must be a number")
        if kind == "bool":
            return conditions.truth(x)
        if isinstance(x, Size):
            x = Number("int", size_tensor(x)) if kind != "int" else x
        if isinstance(x, Size) or x.kind == kind:
            return x
        if kind == "int" and x.kind == "float":
            return Number("int", _whole(x.tensor))
        return Number(kind, apply_one(op.Cast(to=KINDS[kind]), x.tensor))

    return made


def _scalar(x: Any, kind: str) -> Any:
    if kind == "bool":
        return conditions.truth(x)
    one = conditions.one_element(x)
    if kind == "int" and "float" in x.dtype:
        return decided(Number(kind, _whole(one)))
    whole = one if one.type.dtype is KINDS[kind] else apply_one(op.Cast(to=KINDS[kind]), one)
    return decided(Number(kind, whole))


def _whole(x: Tensor) -> Tensor:
    """int(x) of a float: towards zero; an end of the run for what has no int."""
    wide = apply_one(op.Cast(to=KINDS["float"]), x)
    fits = apply_one(op.Less(), apply_one(op.Abs(), wide), EagerTensor(np.asarray(_INT_END)))
    checked = apply_one(op.Assert(message="ValueError: this float cannot become an int"), fits, wide)
    return apply_one(op.Cast(to=KINDS["int"]), checked)


def item(x: SymbolicTensor) -> Any:
    """x.item(): its only element, as a number of Python."""
    name = x.dtype
    return _scalar(x, "bool" if name == "bool" else "float" if "float" in name else "int")


def _length(session: Session, x: Any) -> Any:
    if isinstance(x, iteration.Items):
        return x.length
    if not x.shape:
        raise TypeError("len() of unsized object")
    return x.shape[0]


def _absolute(session: Session, x: Any) -> Any:
    return abs(Number("int", size_tensor(x)) if isinstance(x, Size) else x)


def _extreme(symbol: str, plain: Callable[..., Any]) -> Callable[..., Any]:
    """min and max: the first of equals, as Python."""

    def made(session: Session, *args: Any, **kwargs: Any) -> Any:
        xs = list(args[0] if len(args) == 1 else args)
        if kwargs or not all(map(is_plain, xs)):
            from irkit.frontends.capture import foreign  # noqa: PLC0415

            return foreign.call(session, plain, args, kwargs)
        best = xs[0]
        for x in xs[1:]:
            best = _better(session, symbol, x, best)
        return best

    return made


def _better(session: Session, symbol: str, x: Any, best: Any) -> Any:
    test = conditions.truth(conditions.compared(symbol, x, best))
    if isinstance(test, Number):
        return choice(session, test, lambda: x, lambda: best)
    return x if test else best


def _isinstance(session: Session, x: Any, kinds: Any) -> bool:
    if isinstance(x, Number | Size):
        return issubclass(x.python_type if isinstance(x, Number) else int, kinds)
    from irkit.frontends.capture import foreign  # noqa: PLC0415

    return bool(foreign.call(session, isinstance, (x, kinds), {}))


def _type(session: Session, x: Any) -> Any:
    if isinstance(x, OpenNumber):
        return x.python_type if isinstance(x, Number) else int
    raise CaptureError(
        "type() of a tensor is not the same when run eagerly.", source=str(caller()), cure="Use isinstance."
    )


def _sum(session: Session, xs: Any, start: Any = 0) -> Any:
    total = start
    for x in iteration.through(xs):
        total = total + x
    return total


def _listed(kind: Callable[..., Any]) -> Callable[..., Any]:
    def made(session: Session, x: Any) -> Any:
        return session.made(kind(iteration.through(x)))

    return made


_RULES: Final[Mapping[Any, Callable[..., Any]]] = {
    abs: _absolute,
    bool: _converted("bool"),
    enumerate: lambda session, x, start=0: iteration.enumerated(x, start),
    float: _converted("float"),
    int: _converted("int"),
    isinstance: _isinstance,
    len: _length,
    list: _listed(list),
    max: _extreme(">", max),
    min: _extreme("<", min),
    range: iteration.counted,
    reversed: lambda session, x: iteration.backwards(x),
    sum: _sum,
    tuple: _listed(tuple),
    type: _type,
    zip: lambda session, *xs, strict=False: iteration.zipped(*xs, strict=strict),
}
