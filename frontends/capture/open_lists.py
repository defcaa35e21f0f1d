"""Lists that grow in loops and branches: what the run adds stands in them as one tensor, Rows.

    out = []                         [Rows(tensor of n rows)] after the loop
    for row in x:                    ops.stack(out), len(out), out[-1], for y in out … work on it
        out.append(f(row))

All rows have one type and shape. Other uses of such a list are refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from irkit import operators as op
from irkit.errors import CaptureError
from irkit.frontends import ops
from irkit.frontends.capture.raising import Raised
from irkit.frontends.capture.values import Kind, Rows, as_tensor, kind, type_of_leaf, wrapped, zeros
from irkit.frontends.ops.operands import int64s
from irkit.frontends.ops.sizes import size_product
from irkit.frontends.tensors.apply import apply_one
from irkit.frontends.tensors.number import number
from irkit.frontends.tensors.tensor import SymbolicTensor, Tensor
from irkit.ir import TensorType
from irkit.ir.source import caller

if TYPE_CHECKING:
    from irkit.frontends.capture.runtime import Session

_GROWING = frozenset({"append", "extend", "insert", "copy"})


def is_open(x: object) -> bool:
    """Whether `x` is a list (or a tuple made of one) of which only the run knows all items."""
    return isinstance(x, list | tuple) and any(isinstance(p, Rows) for p in x)


def item_type(parts: Sequence[Any]) -> tuple[Kind, TensorType] | None:
    """What the items are, and their type; None where there are none, or they differ or are no tensors."""
    found = {_item_type(p) for p in parts}
    return next(iter(found)) if len(found) == 1 else None


def _item_type(part: Any) -> tuple[Kind, TensorType] | None:
    if isinstance(part, Rows):
        shape = part.tensor.type.shape
        return None if shape is None else (part.kind, part.tensor.type.with_shape(shape[1:]))
    found = kind(part)
    return None if found is None else (found, type_of_leaf(part))


def rows(parts: Sequence[Any], item: tuple[Kind, TensorType], sources: tuple[SymbolicTensor, ...]) -> Rows:
    """All of `parts` in one tensor. item: as `item_type` tells it, for where there are no parts."""
    pieces = [_rows_of(p) for p in parts]
    if not pieces:
        pieces = [zeros(item[1].with_shape([0, *(item[1].shape or ())]), sources)]
    return Rows(item[0], pieces[0] if len(pieces) == 1 else apply_one(op.Concat(axis=0), *pieces))


def _rows_of(part: Any) -> Tensor:
    return part.tensor if isinstance(part, Rows) else apply_one(op.Unsqueeze(), as_tensor(part), int64s([0]))


def together(session: Session, listed: Sequence[Any]) -> Rows:
    """All items of an open list. Raises CaptureError where they are of several types."""
    item = item_type(listed)
    if item is None:
        raise CaptureError(
            "the items of this list, which grows in a loop or branch, have several types or shapes.",
            source=str(caller()),
            cure="Give them one dtype and shape.",
        )
    return rows(listed, item, session.sources())


def length(listed: Sequence[Any]) -> Any:
    """len(listed)"""
    total: Any = sum(not isinstance(p, Rows) for p in listed)
    for part in listed:
        if isinstance(part, Rows):
            total = part.tensor.shape[0] + total
    return total


def item_at(session: Session, listed: Sequence[Any], key: Any) -> Any:
    """listed[key]"""
    if isinstance(key, slice):
        raise _refused("sliced")
    found = together(session, listed)
    return wrapped(found.tensor[key], found.kind)


def call(
    session: Session, function: Any, args: Sequence[Any], kwargs: Mapping[str, Any]
) -> Callable[[], Any] | None:
    """What a call with an open list does; None where it may run as it is. Raises CaptureError where it may not."""
    owner = getattr(function, "__self__", None)
    if is_open(owner):
        if getattr(function, "__name__", "") in _GROWING - {"insert"}:
            return None
        raise _refused(f"changed by {getattr(function, '__name__', function)}")
    if not any(map(is_open, (*args, *kwargs.values()))):
        return None
    rule = _RULES.get(function)
    if rule is not None:
        return lambda: rule(session, *args, **kwargs)
    if function in (list, tuple) or getattr(owner, "extend", None) == function:
        return None
    raise _refused(f"given to {getattr(function, '__name__', function)}")


def _refused(how: str) -> CaptureError:
    return CaptureError(
        f"a list that grows in a loop or branch on tensors is {how}.",
        source=str(caller()),
        cure="Append to it; then use irkit.ops.stack or concatenate, len, an index, or a for loop.",
    )


def _filled(session: Session, listed: Sequence[Any]) -> Rows:
    """All items, of which there must be one: functions of tensors refuse an empty list."""
    count = length(listed)
    if not any(not isinstance(p, Rows) for p in listed):
        session.check(
            number(count) != 0, Raised(ValueError("a list of tensors is needed; it is empty"), caller())
        )
    return together(session, listed)


def _stack(session: Session, x: Any, axis: int = 0) -> Tensor:
    found = _filled(session, x).tensor
    return found if axis == 0 else ops.moveaxis(found, 0, axis)


def _concatenate(session: Session, xs: Any, axis: int = -1) -> Tensor:
    found = _filled(session, xs).tensor
    at = axis % (found.ndim - 1)
    moved = ops.moveaxis(found, 0, at) if at else found
    sizes = list(moved.shape)
    return ops.reshape(moved, [*sizes[:at], size_product(sizes[at : at + 2]), *sizes[at + 2 :]])


_RULES: Mapping[Any, Callable[..., Any]] = {
    len: lambda session, x: length(x),
    bool: lambda session, x: number(length(x)) != 0,
    ops.stack: _stack,
    ops.concatenate: _concatenate,
    ops.array: _stack,
    ops.convert_to_tensor: _stack,
}
