"""Python's own numbers that are known only when a graph runs: counters of loops, flags set in branches, int(tensor).

They compute as Python does, in int64, float64 and bool, and take part in promotion weakly, like Python's numbers.
"""

from __future__ import annotations

from typing import Any, NoReturn, TypeAlias

import numpy as np

from irkit import operators as op
from irkit.errors import CaptureError
from irkit.frontends.ops.sizes import size_tensor
from irkit.frontends.tensors.apply import apply_one
from irkit.frontends.tensors.size import OpenNumber, Size
from irkit.frontends.tensors.tensor import EagerTensor, Tensor
from irkit.ir import DType
from irkit.ir.source import caller
from irkit.operators import Operator

KINDS = {"bool": DType.bool, "int": DType.int64, "float": DType.float64}
Plain: TypeAlias = "bool | int | float | Number"

_SMALL = 2**31  # adding less than this needs 2³² turns to leave 64 bits
_SAFE = 2.0**62  # products beyond this are refused when the graph runs: Python's ints have no end, int64 has


class Number(OpenNumber):
    """A bool, int or float of Python without a value now. tensor: of rank 0, in bool, int64 or float64."""

    __slots__ = ("kind", "tensor")

    def __init__(self, kind: str, tensor: Tensor) -> None:
        self.kind, self.tensor = kind, tensor

    @property
    def python_type(self) -> type:
        """What type(x) would be."""
        return {"bool": bool, "int": int, "float": float}[self.kind]

    # ---- arithmetic

    def __add__(self, other: object) -> Any:  # a Number, or what a tensor makes of it
        return _binary("+", self, other)

    def __radd__(self, other: object) -> Any:
        return _binary("+", other, self)

    def __sub__(self, other: object) -> Any:
        return _binary("-", self, other)

    def __rsub__(self, other: object) -> Any:
        return _binary("-", other, self)

    def __mul__(self, other: object) -> Any:
        return _binary("*", self, other)

    def __rmul__(self, other: object) -> Any:
        return _binary("*", other, self)

    def __truediv__(self, other: object) -> Any:
        return _binary("/", self, other)

    def __rtruediv__(self, other: object) -> Any:
        return _binary("/", other, self)

    def __floordiv__(self, other: object) -> Any:
        return _binary("//", self, other)

    def __rfloordiv__(self, other: object) -> Any:
        return _binary("//", other, self)

    def __mod__(self, other: object) -> Any:
        return _binary("%", self, other)

    def __rmod__(self, other: object) -> Any:
        return _binary("%", other, self)

    def __pow__(self, other: object) -> Any:
        if isinstance(other, int) and 0 <= other <= 8:
            return _product([self] * other)
        return self._refuse("** with this exponent")

    def __rpow__(self, other: object) -> NoReturn:
        self._refuse("** with this exponent")

    def __divmod__(self, other: object) -> Any:
        return self // other, self % other

    def __rdivmod__(self, other: object) -> Any:
        return other // self, other % self

    def __lshift__(self, other: object) -> NoReturn:
        self._refuse("Shifting")

    __rshift__ = __rlshift__ = __rrshift__ = __lshift__

    def __invert__(self) -> Number:
        return -self - 1  # type: ignore[no-any-return]  # an int

    def __neg__(self) -> Number:
        return _of(op.Neg(), _number_kind(self), self)

    def __pos__(self) -> Number:
        return Number(_number_kind(self), converted(self, _number_kind(self)))

    def __abs__(self) -> Number:
        return _of(op.Abs(), _number_kind(self), self)

    def __lt__(self, other: object) -> Any:
        return _compared("<", self, other)

    def __le__(self, other: object) -> Any:
        return _compared("<=", self, other)

    def __gt__(self, other: object) -> Any:
        return _compared(">", self, other)

    def __ge__(self, other: object) -> Any:
        return _compared(">=", self, other)

    def __eq__(self, other: object) -> Any:
        return _compared("==", self, other)

    def __ne__(self, other: object) -> Any:
        return _compared("!=", self, other)

    def __and__(self, other: object) -> Any:
        return _logical(op.And(), self, other)

    def __or__(self, other: object) -> Any:
        return _logical(op.Or(), self, other)

    def __xor__(self, other: object) -> Any:
        return _logical(op.Xor(), self, other)

    __rand__, __ror__, __rxor__ = __and__, __or__, __xor__

    # ---- what needs the value

    def _refuse(self, what: str) -> NoReturn:
        raise CaptureError(
            f"{what} of a Python {self.kind} that is known only when the graph runs cannot be captured.",
            source=str(caller()),
            cure="Compute with tensors: irkit.tensor(…) and functions of irkit.ops.",
        )

    def __bool__(self) -> bool:  # noqa: PLE0304  # it raises
        self._refuse("The truth")

    def __int__(self) -> int:
        self._refuse("The value")

    def __float__(self) -> float:
        self._refuse("The value")

    def __index__(self) -> int:  # noqa: PLE0305  # it raises
        self._refuse("The value")

    def __hash__(self) -> int:  # noqa: PLE0309  # it raises
        self._refuse("The hash")

    def __round__(self, digits: int | None = None) -> Number:
        self._refuse("round()")

    def __repr__(self) -> str:
        return f"<{self.kind} known when the graph runs>"


def is_plain(x: object) -> bool:
    """Whether `x` is a number of Python, known or not."""
    return isinstance(x, bool | int | float | OpenNumber) and not isinstance(x, np.generic)


def kind_of(x: object) -> str:
    """bool, int or float."""
    if isinstance(x, Number):
        return x.kind
    return "int" if isinstance(x, Size) else type(x).__name__


def converted(x: Any, kind: str) -> Tensor:
    """A number of Python as the tensor that stands for it among those of `kind`."""
    dtype = KINDS[kind]
    if isinstance(x, Size):
        x = Number("int", size_tensor(x))
    if isinstance(x, Number):
        return x.tensor if x.kind == kind else apply_one(op.Cast(to=dtype), x.tensor)
    if kind == "int" and not -(2**63) <= x < 2**63:
        raise CaptureError(f"The int {x} does not fit into 64 bits.", source=str(caller()))
    return EagerTensor(np.asarray(x, dtype.numpy))


def number(x: Any) -> Number:
    """A number of Python as a Number."""
    return x if isinstance(x, Number) else Number(kind_of(x), converted(x, kind_of(x)))


def _of(operator: Operator, kind: str, *operands: Any) -> Number:
    return Number(kind, apply_one(operator, *(converted(x, kind) for x in operands)))


def _number_kind(*xs: Any) -> str:
    """The kind in which numbers meet: bools count as ints."""
    return "float" if any(kind_of(x) == "float" for x in xs) else "int"


def _binary(symbol: str, a: Any, b: Any) -> Any:  # NotImplemented for what is no number
    if isinstance(a, np.ndarray | np.generic) or isinstance(b, np.ndarray | np.generic):
        raise CaptureError(
            "numpy cannot compute with a Python number that is known only when the graph runs.",
            source=str(caller()),
            cure="Use functions of irkit.ops on tensors.",
        )
    if not is_plain(a) or not is_plain(b):
        return NotImplemented
    kind = _number_kind(a, b)
    if symbol == "/":
        return _of(op.Div(), "float", a, _not_zero(b, "float", "division by zero"))
    if symbol in ("//", "%"):
        divisor = _not_zero(b, kind, "integer division or modulo by zero")
        rest = _remainder(converted(a, kind), divisor, kind)
        return (
            Number(kind, rest)
            if symbol == "%"
            else Number(kind, _quotient(converted(a, kind), divisor, rest, kind))
        )
    if symbol == "*":
        return _product([a, b])
    made = _of(op.Add() if symbol == "+" else op.Sub(), kind, a, b)
    return made if kind == "float" or _is_small(a) or _is_small(b) else _guarded(made, symbol, a, b)


def _is_small(x: Any) -> bool:
    return isinstance(x, int) and abs(x) < _SMALL


def _product(factors: list[Any]) -> Number:
    total = number(factors[0]) if factors else number(1)
    for factor in factors[1:]:
        kind = _number_kind(total, factor)
        made = _of(op.Mul(), kind, total, factor)
        total = made if kind == "float" else _guarded(made, "*", total, factor)
    return total


def _guarded(made: Number, symbol: str, a: Any, b: Any) -> Number:
    """The result of int arithmetic, or an end of the run where it leaves 64 bits."""
    operator = {"+": op.Add(), "-": op.Sub(), "*": op.Mul()}[symbol]
    size = apply_one(op.Abs(), apply_one(operator, converted(a, "float"), converted(b, "float")))
    fits = apply_one(op.Less(), size, EagerTensor(np.asarray(_SAFE)))
    message = "a Python int grew beyond 64 bits, which a graph cannot hold."
    return Number(made.kind, apply_one(op.Assert(message=message), fits, made.tensor))


def _not_zero(x: Any, kind: str, message: str) -> Tensor:
    zero = converted(0, kind)
    if not isinstance(x, OpenNumber):
        if x == 0:
            raise ZeroDivisionError(message)
        return converted(x, kind)
    value = converted(x, kind)
    fine = apply_one(op.Not(), apply_one(op.Equal(), value, zero))
    return apply_one(op.Assert(message=f"ZeroDivisionError: {message}"), fine, value)


def _remainder(a: Tensor, b: Tensor, kind: str) -> Tensor:
    """Of the sign of the divisor."""
    if kind == "int":
        return apply_one(op.Mod(), a, b)
    rest = apply_one(op.Mod(fmod=True), a, b)
    zero = converted(0, "float")
    other_sign = apply_one(op.Less(), apply_one(op.Mul(), rest, b), zero)
    return apply_one(op.Where(), other_sign, apply_one(op.Add(), rest, b), rest)


def _quotient(a: Tensor, b: Tensor, rest: Tensor, kind: str) -> Tensor:
    whole = apply_one(op.Div(), apply_one(op.Sub(), a, rest), b)  # Div truncates; here is nothing to cut off
    return whole if kind == "int" else apply_one(op.Round(), whole)


_COMPARED: dict[str, Operator] = {
    "<": op.Less(), "<=": op.LessOrEqual(), ">": op.Greater(), ">=": op.GreaterOrEqual(), "==": op.Equal(),
}  # fmt: skip


def _compared(symbol: str, a: Any, b: Any) -> Any:  # NotImplemented for what is no number
    if not is_plain(a) or not is_plain(b):
        return NotImplemented if not (b is None or isinstance(b, str)) else symbol == "!="
    kind = _number_kind(a, b)
    if symbol == "!=":
        return Number("bool", apply_one(op.Not(), _of(op.Equal(), kind, a, b).tensor))
    return Number("bool", apply_one(_COMPARED[symbol], converted(a, kind), converted(b, kind)))


def _logical(operator: Operator, a: Any, b: Any) -> Any:  # NotImplemented for what is no bool
    if not is_plain(a) or not is_plain(b):
        return NotImplemented
    if kind_of(a) != "bool" or kind_of(b) != "bool":
        raise CaptureError(
            "bits of Python's ints that are known only when the graph runs cannot be combined.",
            source=str(caller()),
            cure="Use irkit.ops.bitwise_and and its kin on tensors.",
        )
    return _of(operator, "bool", a, b)
