"""What a `for` may go through: rows of tensors, ranges with open ends, and enumerate, zip and reversed of these."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from irkit import operators as op
from irkit.errors import CaptureError
from irkit.frontends.capture import open_lists
from irkit.frontends.capture.present import session
from irkit.frontends.tensors.apply import apply_one
from irkit.frontends.tensors.number import Number, converted, is_plain, number
from irkit.frontends.tensors.size import OpenNumber
from irkit.frontends.tensors.tensor import EagerTensor, SymbolicTensor, Tensor, TensorMethods
from irkit.frontends.tensors.variable import Variable
from irkit.ir import DType
from irkit.ir.source import caller

if TYPE_CHECKING:
    from irkit.frontends.capture.runtime import Session


@dataclass(frozen=True, eq=False, slots=True)
class Items:
    """Something to go through by number. length: an int, or an open one. at: the item of that number."""

    length: Any
    at: Callable[[Any], Any]

    def __iter__(self) -> Iterator[Any]:
        if not isinstance(self.length, int):
            raise CaptureError(
                "how many items these are is known only when the graph runs.",
                source=str(caller()),
                cure="Use a for statement, which becomes a loop of the graph.",
            )
        return (self.at(i) for i in range(self.length))


def items(x: Any) -> Items | None:
    """`x` as something to go through by number, where it is a tensor or made of tensors; None for other things."""
    if isinstance(x, Items):
        return x
    if open_lists.is_open(x):
        return Items(open_lists.length(x), lambda i: open_lists.item_at(session(), x, i))
    if not isinstance(x, TensorMethods):
        return None
    shape = x.shape  # type: ignore[attr-defined]  # of tensors and variables
    if not shape:
        raise CaptureError("a scalar tensor has no rows to go through.", source=str(caller()))
    return Items(shape[0], lambda i: x[i])


def counted(session: Session, *args: Any) -> Any:
    """range(…) of which an end is open, or a tensor."""
    ends = [_as_int(a) for a in args]
    if not any(isinstance(e, OpenNumber) for e in ends):
        return range(*ends)
    start, stop, step = (0, ends[0], 1) if len(ends) == 1 else (*ends, 1)[:3]
    if isinstance(step, OpenNumber) or step == 0:
        raise CaptureError(
            "the step of a range must be known.", source=str(caller()), cure="Compute the item from a count."
        )
    distance = stop - start if step > 0 else start - stop
    width = abs(step)
    turns = distance if width == 1 else (distance + (width - 1)) // width
    return Items(_at_least_zero(turns), lambda i: start + i * step)


def _as_int(x: Any) -> Any:
    """A whole number from a tensor, as range takes it."""
    if not isinstance(x, Tensor | Variable):
        return x
    if "int" not in x.dtype or x.shape:
        raise CaptureError(
            f"a range needs whole numbers, not a tensor of {x.type}.",
            source=str(caller()),
            cure="Cast it to int64.",
        )
    if isinstance(x, EagerTensor):
        return int(x)
    return Number("int", apply_one(op.Cast(to=DType.int64), x))


def _at_least_zero(turns: Any) -> Any:
    if isinstance(turns, int):
        return max(turns, 0)
    if not isinstance(turns, Number):
        return turns  # a size
    zero = converted(0, "int")
    return Number("int", apply_one(op.Max(), turns.tensor, zero))


def enumerated(x: Any, start: Any = 0) -> Any:
    """enumerate(x) of tensors."""
    inner = items(x)
    assert inner is not None
    return Items(inner.length, lambda i: (i + start if start else i, inner.at(i)))


def zipped(*xs: Any, strict: bool = False) -> Any:
    """zip(…) where one is a tensor: as long as the shortest."""
    parts = [_parts(x) for x in xs]
    lengths = [p.length for p in parts]
    shortest = lengths[0]
    for length in lengths[1:]:
        shortest = _smaller(shortest, length)
    return Items(shortest, lambda i: tuple(p.at(i) for p in parts))


def _parts(x: Any) -> Items:
    found = items(x)
    if found is not None:
        return found
    listed = list(x)
    return Items(len(listed), lambda i: listed[i])


def _smaller(a: Any, b: Any) -> Any:
    if isinstance(a, int) and isinstance(b, int):
        return min(a, b)
    if not isinstance(a, int) and not isinstance(b, int) and str(a) == str(b):
        return a
    return Number("int", apply_one(op.Min(), number(a).tensor, number(b).tensor))


def backwards(x: Any) -> Any:
    """reversed(x) of tensors."""
    inner = items(x)
    assert inner is not None
    return Items(inner.length, lambda i: inner.at(inner.length - 1 - i))


def through(x: Any) -> Any:
    """What Python goes through in the place of `x`."""
    found = items(x)
    return x if found is None else found


def is_open(x: Any) -> bool:
    """Whether a builtin that goes through `x` must be ours."""
    return isinstance(x, Items | SymbolicTensor | Variable)


def any_open(xs: Sequence[Any]) -> bool:
    """Whether one of `xs` is a tensor or a number that is not known."""
    return any(is_open(x) or (is_plain(x) and isinstance(x, OpenNumber)) for x in xs)
