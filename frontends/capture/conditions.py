"""Truth in a graph: of tensors and open numbers; comparisons, and, or, not."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from irkit import operators as op
from irkit.errors import CaptureError
from irkit.frontends.capture import open_lists, protocols
from irkit.frontends.capture.branches import choice
from irkit.frontends.capture.present import session
from irkit.frontends.ops.control import is_symbolic
from irkit.frontends.ops.operands import boolean, values_of
from irkit.frontends.ops.sizes import size_tensor
from irkit.frontends.tensors.apply import apply_one
from irkit.frontends.tensors.number import Number, converted, is_plain
from irkit.frontends.tensors.size import OpenNumber, Size
from irkit.frontends.tensors.tensor import EagerTensor, SymbolicTensor, TensorMethods
from irkit.ir import DType
from irkit.ir.source import caller

if TYPE_CHECKING:
    from irkit.frontends.capture.runtime import Session

_PYTHON: dict[str, Callable[[Any, Any], Any]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "is": lambda a, b: a is b,
    "is not": lambda a, b: a is not b,
    "in": lambda a, b: a in b,
    "not in": lambda a, b: a not in b,
}


def truth(x: Any) -> bool | Number:
    """Whether Python would take `x` for true; an open number where only the run can tell."""
    if open_lists.is_open(x):
        x = open_lists.length(x)
    if isinstance(x, Size):
        return _of_number(Number("int", size_tensor(x)))
    if isinstance(x, Number):
        return _of_number(x)
    if not is_symbolic(x):
        return bool(x) if isinstance(x, bool | int | float | str | None) else _of_object(x)
    known = values_of(x)
    if known is not None:
        return bool(known)
    return Number("bool", one_element(boolean(x)))


def _of_object(x: Any) -> bool | Number:
    """By the methods of its class; the user's are rewritten, and may give an open number."""
    found = protocols.truth(session(), x)
    return bool(x) if found is x else truth(found)


def _of_number(x: Number) -> bool | Number:
    known = values_of(x.tensor)
    if known is not None:
        return bool(known)
    if x.kind == "bool":
        return x
    return Number("bool", apply_one(op.Not(), apply_one(op.Equal(), x.tensor, converted(0, x.kind))))


def one_element(x: Any) -> Any:
    """A tensor of one element as a scalar; of another number of elements, the truth is an error in Python, too."""
    sizes = x.type.shape or ()
    if any(isinstance(d, int) and d != 1 for d in sizes):
        raise CaptureError(
            f"the truth of a tensor with several elements is not clear: {x.type}.",
            source=str(caller()),
            cure="Use irkit.ops.any or irkit.ops.all.",
        )
    if not sizes and x.type.shape is not None:
        return x
    one = apply_one(op.Equal(), apply_one(op.Size(), x), EagerTensor(np.asarray(1, np.int64)))
    checked = apply_one(op.Assert(message="ValueError: the tensor has not one element"), one, x)
    return apply_one(op.Reshape(), checked, EagerTensor(np.zeros(0, np.int64)))


def negated(x: bool | Number) -> bool | Number:
    """not x"""
    return Number("bool", apply_one(op.Not(), x.tensor)) if isinstance(x, Number) else not x


def none_of(flags: tuple[Any, ...]) -> bool | Number:
    """Whether none of the flags is set."""
    if any(f is True for f in flags):
        return False
    some = [f for f in flags if isinstance(f, Number)]
    if not some:
        return True
    total = some[0].tensor
    for flag in some[1:]:
        total = apply_one(op.Or(), total, flag.tensor)
    return negated(Number("bool", total))


def compared(symbol: str, a: Any, b: Any) -> Any:
    """a < b and so on."""
    if (isinstance(a, Size) and is_plain(b)) or (isinstance(b, Size) and is_plain(a)):
        return _sizes(symbol, a, b)
    if symbol in ("is", "is not") and isinstance(a, TensorMethods) and isinstance(b, TensorMethods):
        raise CaptureError(
            "whether two tensors are the same object depends on how the program is run.",
            source=str(caller()),
            cure="Compare their values.",
        )
    if symbol in ("is", "is not") and isinstance(a, Number | Size) | isinstance(b, Number | Size):
        return _identity(symbol, a, b)
    if symbol in ("is", "is not") and {id(a), id(b)} & session().frozen.keys() and None not in (a, b):
        raise CaptureError(
            "which object this is, only the run knows: a condition or loop on tensors chose or carried it.",
            source=str(caller()),
            cure="Compare contents.",
        )
    if symbol in ("in", "not in") and isinstance(a, SymbolicTensor | Number):
        return _contained(symbol, a, b)
    return _by_python(symbol, a, b)


def _by_python(symbol: str, a: Any, b: Any) -> Any:
    found: Any = protocols.ABSENT
    if symbol in ("in", "not in"):
        found = protocols.contains(session(), b, a)
        if found is not protocols.ABSENT:
            found = truth(found) if symbol == "in" else negated(truth(found))
    elif symbol not in ("is", "is not"):
        found = protocols.binary(session(), symbol, a, b)
    return _PYTHON[symbol](a, b) if found is protocols.ABSENT else found


def _sizes(symbol: str, a: Any, b: Any) -> Any:
    """Decided where every value decides alike; else by the run."""
    if symbol in _PYTHON and symbol not in ("in", "not in", "is", "is not"):
        decided = _decided(symbol, a, b)
        if decided is not None:
            return decided
        return _PYTHON[symbol](_open(a), _open(b))
    return _identity(symbol, a, b)


def _decided(symbol: str, a: Any, b: Any) -> bool | None:
    from irkit.ir import dims  # noqa: PLC0415

    if not all(isinstance(x, int | Size) for x in (a, b)):
        return None
    left, right = (x.expression if isinstance(x, Size) else int(x) for x in (a, b))
    match symbol:
        case "==":
            return dims.equal(left, right)
        case "!=":
            found = dims.equal(left, right)
            return None if found is None else not found
        case ">=":
            return dims.at_least(left, right)
        case ">":
            return dims.at_least(left, right + 1)
        case "<":
            found = dims.at_least(left, right)
            return None if found is None else not found
    found = dims.at_least(left, right + 1)
    return None if found is None else not found


def _open(x: Any) -> Any:
    return Number("int", size_tensor(x)) if isinstance(x, Size) else x


def _identity(symbol: str, a: Any, b: Any) -> bool:
    """`is` of a number that is open: it is not None, nor True or any other object that Python might share."""
    other = b if isinstance(a, OpenNumber) else a
    if isinstance(other, bool | int | float | OpenNumber):
        raise CaptureError("`is` of numbers is not defined.", source=str(caller()), cure="Use ==.")
    return symbol == "is not"


def _contained(symbol: str, a: Any, b: Any) -> Any:
    if not isinstance(b, list | tuple | range):
        raise CaptureError(
            "`in` of this kind cannot be captured.", source=str(caller()), cure="Use irkit.ops.any(x == y)."
        )
    found: bool | Number = False
    for x in b:
        same = truth(compared("==", a, x))
        if same is True:
            found = True
            break
        if isinstance(same, Number):
            tensor = (
                apply_one(op.Or(), found.tensor, same.tensor) if isinstance(found, Number) else same.tensor
            )
            found = Number("bool", tensor)
    return found if symbol == "in" else negated(found)


def both(session: Session, first: Any, rest: tuple[Callable[[], Any], ...]) -> Any:
    """first and …: the first that is false, or the last."""
    return _chain(session, first, rest, stop=False)


def either(session: Session, first: Any, rest: tuple[Callable[[], Any], ...]) -> Any:
    """first or …: the first that is true, or the last."""
    return _chain(session, first, rest, stop=True)


def _chain(session: Session, value: Any, rest: tuple[Callable[[], Any], ...], *, stop: bool) -> Any:
    for i, following in enumerate(rest):
        test = truth(value)
        if isinstance(test, Number):
            return _open_chain(session, _as_bool(value, test), test, rest[i:], stop=stop)
        if test is stop:
            return value
        value = following()
    return value


def _open_chain(
    session: Session, value: Any, test: Number, rest: tuple[Callable[[], Any], ...], *, stop: bool
) -> Any:
    def here() -> Any:
        return value

    def others() -> Any:
        return _chain(session, rest[0](), rest[1:], stop=stop)

    return choice(session, test, here, others) if stop else choice(session, test, others, here)


def _as_bool(value: Any, test: Number) -> Any:
    return test if isinstance(value, Number) and value.kind == "bool" else value


def chained(session: Session, left: Any, pairs: tuple[Any, ...]) -> Any:
    """a < b < c."""
    symbol, operand, *rest = pairs
    right = operand()
    found = compared(symbol, left, right)
    if not rest:
        return found
    return both(session, found, (lambda: chained(session, right, tuple(rest)),))


__all__ = ["both", "chained", "compared", "either", "negated", "none_of", "truth", "DType"]
