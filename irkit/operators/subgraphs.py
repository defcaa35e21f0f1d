"""How the types around a sub-graph meet those inside it.

The inputs of a sub-graph have types of their own. A symbol in them that no input of the whole model has is
the sub-graph's own: it stands for whatever size comes in, in a loop for another one in each turn. So a loop
that grows a tensor is written with such a symbol: the body takes `k` rows and returns `k + 1`.
"""

from __future__ import annotations

from collections.abc import Sequence

from irkit.errors import GraphError, ShapeError
from irkit.ir import Dim, Graph, OptionalType, SequenceType, TensorType, Type, dims, substituted, unify
from irkit.ir.constraints import same
from irkit.ir.types import symbols_of
from irkit.operators.rules import fresh

__all__ = ["Entry", "either", "element_of", "loop_type"]


def either(a: Type, b: Type) -> Type:
    """The type of a value of one of two types; sizes that differ become new symbols. Raises ShapeError."""
    if isinstance(a, OptionalType) or isinstance(b, OptionalType):
        return OptionalType(either(_present(a), _present(b)))
    if isinstance(a, SequenceType) and isinstance(b, SequenceType):
        return a if _same_type(a, b) else SequenceType(element_of(a.element, b.element))
    if not isinstance(a, TensorType) or not isinstance(b, TensorType) or a.dtype is not b.dtype:
        raise ShapeError(f"a value cannot be {a} in one case and {b} in another.")
    if a.shape is None or b.shape is None or len(a.shape) != len(b.shape):
        return a.with_shape(None)
    return a.with_shape([x if same(x, y) else fresh("either") for x, y in zip(a.shape, b.shape, strict=True)])


loop_type = either  # what a body must take where a value enters as one type and comes back as another


def _present(type_: Type) -> Type:
    return type_.element if isinstance(type_, OptionalType) else type_


def element_of(a: Type, b: Type) -> Type:
    """The element type of a sequence of both. A symbol for sizes that differ would make them equal."""
    if not isinstance(a, TensorType) or not isinstance(b, TensorType) or a.dtype is not b.dtype:
        raise ShapeError(f"one sequence cannot hold {a} and {b}.")
    return a if _same_type(a, b) else a.with_shape(None)


def _same_type(a: Type, b: Type) -> bool:
    if isinstance(a, TensorType) and isinstance(b, TensorType):
        if a.shape is None or b.shape is None:
            return a == b
        fits = a.dtype is b.dtype and len(a.shape) == len(b.shape)
        return fits and all(map(same, a.shape, b.shape))
    if isinstance(a, TensorType) or isinstance(b, TensorType):
        return False
    return type(a) is type(b) and _same_type(a.element, b.element)


class Entry:
    """The values that enter one sub-graph, and what its own symbols mean outside."""

    def __init__(self, body: Graph, given: Sequence[Type], who: str) -> None:
        """Let values of types `given` enter. Raises GraphError for their number, else ShapeError."""
        if len(given) != len(body.inputs):
            raise GraphError(
                f"the sub-graph of {who} takes {len(body.inputs)} inputs; {len(given)} are given."
            )
        self.body, self.given = body, tuple(given)
        self._foreign = {name for v in body.root.inputs for name in symbols_of(v.type)}
        self.sizes: dict[str, Dim] = {}
        for value, type_ in zip(body.inputs, given, strict=True):
            self._enter(value.name, type_, value.type)

    def _enter(self, name: str, given: Type, inside: Type) -> None:
        if isinstance(inside, OptionalType):
            given, inside = _present(given), inside.element
        if isinstance(given, TensorType) and isinstance(inside, TensorType) and given.dtype is inside.dtype:
            if given.shape is not None and inside.shape is not None:
                self._enter_shape(name, given, inside)
        elif not _covers(inside, given):
            raise ShapeError(f"input '{name}' of the sub-graph is {inside}; it is given {given}.")

    def _enter_shape(self, name: str, given: TensorType, inside: TensorType) -> None:
        assert given.shape is not None
        assert inside.shape is not None
        if len(given.shape) != len(inside.shape):
            raise ShapeError(f"input '{name}' of the sub-graph is {inside}; it is given {given}.")
        for size, inner in zip(given.shape, inside.shape, strict=True):
            own = self._own(inner)
            if own is None or own in self.sizes:
                unify(self.sizes[own] if own else inner, size)
            else:
                self.sizes[own] = size

    def _own(self, size: Dim) -> str | None:
        """The name of a symbol that is the sub-graph's own."""
        names = list(dims.symbols(size))
        alone = len(names) == 1 and names[0] not in self._foreign and size == dims.symbol(names[0])
        return names[0] if alone else None

    def again(self, start: int, produced: Sequence[Type]) -> tuple[Type, ...]:
        """Types after any number of turns in which `produced` become the inputs from `start` on.

        Raises ShapeError where the body cannot take back what it made.
        """
        turns: dict[str, Dim] = {}
        for value, type_ in zip(self.body.inputs[start:], produced, strict=False):
            self._reenter(value.name, type_, value.type, turns)
        for name, size in turns.items():
            if not same(size, dims.symbol(name)):
                self.sizes[name] = fresh("carried")  # it changes from turn to turn
        return tuple(either(g, self.outside(p)) for g, p in zip(self.given[start:], produced, strict=False))

    def _reenter(self, name: str, produced: Type, inside: Type, turns: dict[str, Dim]) -> None:
        if isinstance(inside, OptionalType):
            produced, inside = _present(produced), inside.element
        if (
            isinstance(inside, TensorType)
            and isinstance(produced, TensorType)
            and inside.rank == produced.rank
        ):
            pairs = zip(produced.shape or (), inside.shape or (), strict=True)
            fits = inside.dtype is produced.dtype and all(self._turns(n, o, turns) for n, o in pairs)
        else:
            fits = _covers(inside, produced)
        if not fits:
            raise ShapeError(
                f"'{name}' enters each turn as {inside} and leaves it as {produced}.",
                cure="Give the body's input a new symbol for each size that changes, or an unknown shape.",
            )

    def _turns(self, new: Dim, old: Dim, turns: dict[str, Dim]) -> bool:
        own = self._own(old)
        return same(new, old) if own is None else same(turns.setdefault(own, new), new)

    def outside(self, type_: Type) -> Type:
        """A type made inside, as it is seen from outside."""
        return substituted(type_, self.sizes)


def _covers(inside: Type, given: Type) -> bool:
    """Whether every value of type `given` is one of type `inside`."""
    if isinstance(inside, OptionalType):
        return _covers(inside.element, _present(given))
    if isinstance(inside, TensorType):
        same_dtype = isinstance(given, TensorType) and inside.dtype is given.dtype
        return same_dtype and (inside.shape is None or _same_type(inside, given))
    return isinstance(given, SequenceType) and _covers(inside.element, given.element)
