"""Sizes that are known only by name, as users meet them in ``x.shape``."""

from __future__ import annotations

import importlib
import operator
from typing import TYPE_CHECKING, Any, NoReturn

from irkit.errors import CaptureError
from irkit.frontends.tensors.definition import current_scope
from irkit.ir import Dim, Expression, dims
from irkit.ir.source import caller

if TYPE_CHECKING:
    from irkit.frontends.tensors.tensor import SymbolicTensor, Tensor


class OpenNumber:
    """A number of Python that has no value while a graph is made. kind: bool, int or float.

    tensor: the scalar in the graph that holds it, in bool, int64 or float64 (of a Size: made when it is needed).
    """

    __slots__ = ()
    kind: str
    tensor: Tensor

    def __array_ufunc__(
        self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any
    ) -> NoReturn:  # numpy's protocol
        raise CaptureError(
            f"numpy.{ufunc.__name__} cannot be used on a number that is known only when the graph runs.",
            source=str(caller()),
            cure="Use Python's operators, or functions of irkit.ops.",
        )


class Size(OpenNumber):
    """One symbolic size, e.g. the batch. Arithmetic gives sizes again; use it in reshape, zeros, arange, range…

    Comparing gives True or False where that is decided for every value, and raises CaptureError otherwise: nothing
    about it is baked into a graph. ``size == None`` is True, since Keras writes None for such a size.

    tensors: those whose shapes it was taken from, so that a graph can compute it.
    """

    __slots__ = ("expression", "tensors")
    kind = "int"

    def __init__(self, expression: Expression, tensors: tuple[SymbolicTensor, ...] = ()) -> None:
        self.expression, self.tensors = expression, tensors

    def __add__(self, other: object) -> Any:  # Size, int, or a tensor by its own method
        return self._with(other, lambda a, b: a + b)

    __radd__ = __add__

    def __sub__(self, other: object) -> Any:
        return self._with(other, lambda a, b: a - b)

    def __rsub__(self, other: object) -> Any:
        return self._with(other, lambda a, b: b - a)

    def __mul__(self, other: object) -> Any:
        return self._with(other, lambda a, b: a * b)

    __rmul__ = __mul__

    def __floordiv__(self, other: object) -> Any:
        return self._divided(other, dims.floordiv, operator.floordiv)

    def __rfloordiv__(self, other: object) -> Any:
        return self._divided(other, lambda a, b: dims.floordiv(b, a), lambda a, b: b // a)

    def __mod__(self, other: object) -> Any:
        return self._divided(other, dims.mod, operator.mod)

    def __rmod__(self, other: object) -> Any:
        return self._divided(other, lambda a, b: dims.mod(b, a), lambda a, b: b % a)

    def __neg__(self) -> int | Size:
        return as_size(-1 * self.expression, self.tensors)

    def __pos__(self) -> Size:
        return self

    def __abs__(self) -> Any:
        return self if self >= 0 else abs(self._open())

    def __truediv__(self, other: object) -> Any:
        return self._open() / other if isinstance(other, int | float | OpenNumber) else NotImplemented

    def __rtruediv__(self, other: object) -> Any:
        return other / self._open() if isinstance(other, int | float | OpenNumber) else NotImplemented

    def __pow__(self, other: object) -> Any:
        return self._open() ** other

    def _open(self) -> Any:  # a Number
        """As a number of Python that only the run knows: for what sizes have no way to write."""
        return importlib.import_module("irkit.frontends.tensors.number").number(
            self
        )  # which stands above this file

    def _divided(self, other: object, exact: Any, checked: Any) -> Any:
        """A division. Under capture, by a size that may be 0: as Python, which raises then; a Dim would not."""
        if current_scope().capturing is None or (
            isinstance(other, int) and exact in (dims.floordiv, dims.mod)
        ):
            return self._with(other, exact)
        return checked(self._open(), other) if isinstance(other, int | float | OpenNumber) else NotImplemented

    def _with(self, other: object, operation: Any) -> Any:
        if isinstance(other, float) or (isinstance(other, OpenNumber) and not isinstance(other, Size)):
            return operation(self._open(), other)
        if not isinstance(other, int | Size):
            return NotImplemented
        tensors = self.tensors + (other.tensors if isinstance(other, Size) else ())
        return as_size(operation(self.expression, as_dim(other)), tuple(dict.fromkeys(tensors)))

    def __eq__(self, other: object) -> bool:
        if other is None:
            return True
        if not isinstance(other, int | Size):
            return NotImplemented
        verdict = dims.equal(self.expression, as_dim(other))
        return self._refuse(f"== {other}") if verdict is None else verdict

    def __ge__(self, other: object) -> bool:
        if not isinstance(other, int | Size):
            return NotImplemented  # a tensor knows
        verdict = dims.at_least(self.expression, as_dim(other))
        return self._refuse(f">= {other}") if verdict is None else verdict

    def __lt__(self, other: object) -> bool:
        return not self >= other if isinstance(other, int | Size) else NotImplemented

    def __gt__(self, other: object) -> bool:
        return self >= other + 1 if isinstance(other, int | Size) else NotImplemented

    def __le__(self, other: object) -> bool:
        return not self > other if isinstance(other, int | Size) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.expression)

    def __bool__(self) -> bool:
        return self > 0

    def __int__(self) -> int:
        self._refuse("as a number")

    __index__ = __int__

    def __str__(self) -> str:
        return str(self.expression)

    def __repr__(self) -> str:
        return f"Size({self.expression})"

    def _refuse(self, what: str) -> NoReturn:
        raise CaptureError(
            f"The size {self.expression} is symbolic; {what} is not known while the model is defined.",
            source=str(caller()),
            cure="Give Input a fixed size, or compute with irkit.ops.shape(x), which is a tensor.",
        )


def as_dim(size: int | Size | None) -> Dim:
    """A user's size as the IR writes it."""
    if isinstance(size, Size):
        return size.expression
    assert size is not None
    return int(size)


def as_size(dim: Dim, tensors: tuple[SymbolicTensor, ...] = ()) -> int | Size:
    """A size of the IR as users meet it. tensors: whose shapes have its symbols."""
    return dim if isinstance(dim, int) else Size(dim, tensors)


def shown_size(dim: Dim | Size) -> str:
    """As Keras shows it: None for a symbolic size."""
    return str(dim) if isinstance(dim, int) else "None"
