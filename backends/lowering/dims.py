"""Types and sizes in the words of PROGRAM."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from irkit.backends.inputs import lone_symbol
from irkit.backends.program import DimOp, DimP, DimToken, TypeKind, TypeP
from irkit.errors import UnsupportedError
from irkit.ir import OptionalType, SequenceType, TensorType, dims
from irkit.ir.dims import Symbol

if TYPE_CHECKING:
    from irkit.ir import Dim, Type
    from irkit.ir.dims import Atom

MAX_TOKENS = 255
_OPERATIONS = {"//": DimOp.FLOORDIV, "%": DimOp.MOD, "min": DimOp.MIN, "max": DimOp.MAX}


def bindable_symbols(types: Sequence[Type]) -> list[str]:
    """Symbols to which a call of the program gives a value, in order of first appearance: they stand alone
    as a size of an input all of whose sizes can be written with such symbols."""
    shapes = [t.shape for t in types if isinstance(t, TensorType) and t.shape is not None]
    while True:
        bound = {name: None for s in shapes for d in s if (name := lone_symbol(d)) is not None}
        kept = [s for s in shapes if all(dims.symbols(d).keys() <= bound.keys() for d in s)]
        if len(kept) == len(shapes):
            return list(bound)
        shapes = kept


def type_p(type_: Type, symbols: Mapping[str, int]) -> TypeP:
    """The type of a port. A shape with a size that no input binds is left open. Raises UnsupportedError."""
    if isinstance(type_, TensorType):
        return _tensor(type_, symbols, TypeKind.TENSOR)
    element = type_.element
    if isinstance(type_, SequenceType) and isinstance(element, TensorType):
        return _tensor(element, symbols, TypeKind.SEQUENCE)
    if isinstance(type_, OptionalType) and isinstance(element, TensorType):
        return _tensor(element, symbols, TypeKind.OPTIONAL)
    if isinstance(type_, OptionalType) and isinstance(element.element, TensorType):  # type: ignore[union-attr]  # not a tensor
        found = _tensor(element.element, symbols, TypeKind.OPTIONAL)  # type: ignore[union-attr]
        found.element_kind = TypeKind.SEQUENCE
        return found
    raise UnsupportedError(f"no runtime takes or gives a {type_}.")


def _tensor(type_: TensorType, symbols: Mapping[str, int], kind: TypeKind) -> TypeP:
    sizes = None if type_.shape is None else [dim_p(d, symbols) for d in type_.shape]
    if sizes is None or any(d is None for d in sizes):
        return TypeP(kind, type_.dtype, False)
    return TypeP(kind, type_.dtype, True, tuple(d for d in sizes if d is not None))


def dim_p(size: Dim, symbols: Mapping[str, int]) -> DimP | None:
    """`size` in postfix order; None when it has a symbol that is not bound, or is too long."""
    if not dims.symbols(size).keys() <= symbols.keys():
        return None
    tokens = tuple(_tokens(size, symbols))
    return DimP(tokens) if len(tokens) <= MAX_TOKENS else None


def _tokens(size: Dim, symbols: Mapping[str, int]) -> Iterable[DimToken]:
    if isinstance(size, int):
        yield DimToken(size, DimOp.CONST)
        return
    for i, (monomial, coefficient) in enumerate(size.terms):
        count = 0
        if coefficient != 1 or not monomial:
            yield DimToken(coefficient, DimOp.CONST)
            count = 1
        for atom in monomial:
            yield from _atom(atom, symbols)
            if count:
                yield DimToken(0, DimOp.MUL)
            count += 1
        if i:
            yield DimToken(0, DimOp.ADD)


def _atom(atom: Atom, symbols: Mapping[str, int]) -> Iterable[DimToken]:
    if isinstance(atom, Symbol):
        yield DimToken(symbols[atom.name], DimOp.SYMBOL)
        return
    for i, argument in enumerate(atom.arguments):  # as deep as the expression, which is bounded by its length
        yield from _tokens(argument, symbols)
        if i:
            yield DimToken(0, _OPERATIONS[atom.operation])
