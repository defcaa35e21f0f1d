"""What a file says about types against what the shape rules say, while a graph is built again from the file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set

from irkit.errors import FormatError
from irkit.ir import Constraint, Constraints, Dim, TensorType, Type, Value, dims, substituted
from irkit.ir.types import substituted_array, symbols_of


class Agreement:
    """Compares node by node, and lets what the file says stand where both say the same.

    Shape rules make up symbols for sizes that only running can tell. When a graph is built again they get other names
    than in the file, and the first type in which the file has them tells which is which. A size that the file merely
    names there claims nothing, so it is true whatever the rule says: the model now knows all its constraints, when it
    was built it knew fewer.

    inputs: symbols of the model's inputs. saved: all symbols in the file.
    """

    def __init__(self, constraints: Constraints, inputs: Set[str], saved: Set[str]) -> None:
        self._constraints, self._inputs, self._saved = constraints, inputs, saved
        self._demands = len(constraints)
        self._said: Constraints | None = None  # what the file demands, and nothing else; made when needed
        self._defined = set(inputs)
        self._fresh = bool(saved - inputs)

    def define(self, type_: Type) -> None:
        """From here on the symbols of `type_` mean something."""
        if self._fresh:
            self._defined.update(symbols_of(type_))

    def settle(self, values: Sequence[Value], stored: Sequence[Type]) -> None:
        """Let `values`, which were just made, have the types `stored`. Raises FormatError unless these are right."""
        settled = len(self._constraints) == self._demands
        for value, type_ in zip(values, stored, strict=True):
            if value.type == type_:
                value.type = type_  # one object for equal types
            else:
                settled = False
        if not settled:
            self._translate(values, stored)
        if self._fresh:
            for type_ in stored:
                self._defined.update(symbols_of(type_))

    def _translate(self, values: Sequence[Value], stored: Sequence[Type]) -> None:
        names = self._names_of_made_up(values, stored)
        for value, type_ in zip(values, stored, strict=True):
            if not self._same(substituted(value.type, names), type_):
                raise FormatError(f"the file says that '{value.name}' is {type_}; it is {value.type}.")
            value.type = type_
            if value.known is not None and names:
                value.known = substituted_array(value.known, names)
        for constraint in self._constraints.withdraw(self._demands):
            self._check_demand(constraint, names)

    def _names_of_made_up(self, values: Sequence[Value], stored: Sequence[Type]) -> dict[str, Dim]:
        """What the file calls the symbols that the rule has just made up."""
        names: dict[str, Dim] = {}
        for value, type_ in zip(values, stored, strict=True):
            for inferred, size in _pairs(value.type, type_):
                for made_up, name in zip(dims.symbols(inferred), dims.symbols(size), strict=False):
                    if made_up not in self._saved and name not in self._defined:
                        names.setdefault(made_up, dims.symbol(name))
        return names

    def _is_new(self, size: Dim) -> bool:
        """Whether the file defines `size` just here."""
        name = _name(size)
        return name is not None and name not in self._defined

    def _same(self, inferred: Type, stored: Type) -> bool:
        if _outline(inferred) != _outline(stored):
            return False
        return all(self._is_new(b) or self._follows(a, b) for a, b in _pairs(inferred, stored))

    def _follows(self, a: Dim, b: Dim) -> bool:
        """Whether a == b by what the file says."""
        if self._said is None:
            self._said = Constraints()
            said = list(self._constraints)[: self._demands]
            self._said.restore(said, [name for name in self._saved if name not in self._inputs])
        return self._said.implies(a, b)

    def _check_demand(self, constraint: Constraint, names: Mapping[str, Dim]) -> None:
        """The rule demanded something new: the file must say it, unless it is about a size that nothing shows."""
        left, right = (dims.substitute(d, names) for d in (constraint.left, constraint.right))
        if any(name not in self._saved for name in (*dims.symbols(left), *dims.symbols(right))):
            return
        if not self._follows(left, right):
            raise FormatError(f"the model demands {constraint}, which the file does not say.")


def _pairs(inferred: Type, stored: Type) -> Iterator[tuple[Dim, Dim]]:
    """The sizes of two types side by side, as far as they fit."""
    while not isinstance(inferred, TensorType) and not isinstance(stored, TensorType):
        inferred, stored = inferred.element, stored.element
    if isinstance(inferred, TensorType) and isinstance(stored, TensorType):
        yield from zip(inferred.shape or (), stored.shape or (), strict=False)


def _outline(type_: Type) -> tuple[object, ...]:
    """All that a type says but its sizes."""
    around = []
    while not isinstance(type_, TensorType):
        around.append(type(type_))
        type_ = type_.element
    return (*around, type_.dtype, type_.rank)


def _name(size: Dim) -> str | None:
    """The symbol that `size` is."""
    names = list(dims.symbols(size))
    return names[0] if len(names) == 1 and size == dims.symbol(names[0]) else None
