"""Shapes as arguments: ints, symbolic sizes, scalar tensors, −1; and the tensors that ONNX wants in their place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any, TypeAlias, TypeGuard

import numpy as np

from irkit import operators as op
from irkit.errors import ArgumentError, CaptureError
from irkit.frontends.tensors.apply import apply_one
from irkit.frontends.tensors.size import OpenNumber, Size
from irkit.frontends.tensors.tensor import EagerTensor, SymbolicTensor, Tensor
from irkit.ir import Array, Dim, DType, Expression, TensorType, dims
from irkit.ir.dims import Atom, Symbol
from irkit.ir.source import caller

# One size, as users write it: also a scalar tensor of integers.
SizeArgument: TypeAlias = int | OpenNumber | Tensor | np.integer[Any]
ShapeArgument: TypeAlias = SizeArgument | Sequence[SizeArgument] | Array
# One size, looked at: an int wherever it is known now.
Known: TypeAlias = int | Size | SymbolicTensor


def sizes_of(shape: ShapeArgument) -> list[Known]:
    """The sizes in `shape`. Raises ArgumentError for what is no size, CaptureError where even their number is open."""
    if isinstance(shape, SymbolicTensor) and shape.ndim == 1:
        return [_size(apply_one(op.Gather(), shape, _scalar(i))) for i in range(_length(shape))]
    if isinstance(shape, EagerTensor):
        shape = shape.array
    if isinstance(shape, np.ndarray):
        shape = shape.tolist()
    listed = shape if isinstance(shape, list | tuple) else (shape,)
    return [_size(d) for d in listed]


def _length(shape: SymbolicTensor) -> int:
    length = shape.shape[0]
    if not isinstance(length, int):
        raise CaptureError(
            "The number of sizes is not known while the model is defined.", source=str(caller())
        )
    return length


def _size(size: object) -> Known:
    if isinstance(size, SymbolicTensor):
        known = dim_of(size)
        return known if isinstance(known, int) else size
    if isinstance(size, Size):
        return size
    if isinstance(size, OpenNumber) and isinstance(size.tensor, SymbolicTensor):
        return _size(size.tensor)
    if size is None:
        raise ArgumentError(
            "a size must not be None here.",
            cure="Take it from irkit.ops.shape(x), whose sizes may be open, or write -1 in reshape.",
        )
    try:
        return int(size.__index__())  # type: ignore[attr-defined]  # refused below
    except (AttributeError, TypeError):
        raise ArgumentError(
            f"{size!r} is not a size.", cure="Use ints, sizes from x.shape, or integer tensors."
        ) from None


def dim_of(size: Known) -> Dim | None:
    """A size as the IR writes it; None for one that is known only when the model runs."""
    if isinstance(size, Size):
        return size.expression
    if isinstance(size, int):
        return size
    known = size.value.known
    if known is None:
        return None
    found = known.reshape(-1)[0]
    return found if isinstance(found, Expression) else int(found)


def dims_of(sizes: Sequence[Known]) -> list[Dim] | None:
    """All of them as the IR writes them; None where one is known only when the model runs."""
    found = [dim_of(d) for d in sizes]
    return None if any(d is None for d in found) else found  # type: ignore[return-value]  # none is None


def size_product(sizes: Sequence[int | Size]) -> int | Size:
    """How many elements a tensor of these sizes has."""
    total: int | Size = 1
    for size in sizes:
        total = total * size
    return total


def static(sizes: Sequence[Known]) -> TypeGuard[Sequence[int]]:
    """Whether all sizes are ints."""
    return all(isinstance(d, int) for d in sizes)


def shape_tensor(shape: ShapeArgument) -> Tensor:
    """The sizes of `shape` as a vector of int64: a constant, or made from Shape, Gather and Concat operators."""
    if isinstance(shape, SymbolicTensor) and shape.ndim == 1:
        return _int64(shape)
    pieces: list[Tensor] = []
    numbers: list[int] = []
    for size in sizes_of(shape):
        if isinstance(size, int):
            numbers.append(size)
            continue
        pieces += [_vector(numbers)] if numbers else []
        numbers = []
        pieces.append(apply_one(op.Reshape(), size_tensor(size), _vector([1])))
    pieces += [_vector(numbers)] if numbers or not pieces else []
    return pieces[0] if len(pieces) == 1 else apply_one(op.Concat(axis=0), *pieces)


def size_tensor(size: Known) -> Tensor:
    """A size as a scalar tensor of int64, computed from the shapes of the tensors that it was taken from.

    Raises CaptureError when they do not have the symbols it is made of.
    """
    if isinstance(size, int):
        return _scalar(size)
    if isinstance(size, SymbolicTensor):
        return _int64(size)
    return _computed(size.expression, size.tensors)


def _computed(size: Dim, tensors: Sequence[SymbolicTensor]) -> Tensor:
    if isinstance(size, int):
        return _scalar(size)
    found = _axis_with(size, tensors)
    if found is not None:
        return found
    terms = [_term(monomial, coefficient, size, tensors) for monomial, coefficient in size.terms]
    total = terms[0]
    for term in terms[1:]:
        total = apply_one(op.Add(), total, term)
    return total


def _axis_with(size: Expression, tensors: Iterable[SymbolicTensor]) -> Tensor | None:
    """The size, read off an axis that has it."""
    for tensor in tensors:
        for axis, dim in enumerate(tensor.type.shape or ()):
            if dim == size:
                return apply_one(
                    op.Squeeze(), apply_one(op.Shape(start=axis, end=axis + 1), tensor), _vector([0])
                )
    return None


def _all_tensors(tensors: Sequence[SymbolicTensor]) -> Iterator[SymbolicTensor]:
    """Inputs first, then everything else that can be read beside `tensors`: where a symbol stands alone that their
    shapes have only inside of expressions."""
    for home in dict.fromkeys(d for t in tensors for d in t.definition.around()):
        for value in (*home.graph.inputs, *(v for n in home.graph.nodes for v in n.outputs)):
            if isinstance(value.type, TensorType):
                yield SymbolicTensor(value, home)


def _term(
    monomial: Sequence[Atom], coefficient: int, size: Expression, tensors: Sequence[SymbolicTensor]
) -> Tensor:
    factors = [_atom(atom, size, tensors) for atom in monomial]
    if coefficient != 1 or not factors:
        factors.append(_scalar(coefficient))
    term = factors[0]
    for factor in factors[1:]:
        term = apply_one(op.Mul(), term, factor)
    return term


def _atom(atom: Atom, size: Expression, tensors: Sequence[SymbolicTensor]) -> Tensor:
    if isinstance(atom, Symbol):
        alone = dims.symbol(atom.name)
        found = _axis_with(alone, chain(tensors, _all_tensors(tensors)))
        if found is None:
            raise CaptureError(
                f"Nothing says where the size {size} comes from.",
                source=str(caller()),
                cure="Take sizes from the shape of a tensor of the model: irkit.ops.shape(x)[0].",
            )
        return found
    arguments = [_computed(a, tensors) for a in atom.arguments]
    if atom.operation in ("min", "max"):
        return apply_one(op.Min() if atom.operation == "min" else op.Max(), *arguments)
    if atom.operation == "//" and dims.at_least(atom.arguments[0], 0):
        return apply_one(op.Div(), *arguments)
    rest = apply_one(op.Mod(), *arguments)
    if atom.operation == "%":
        return rest
    whole = apply_one(op.Sub(), arguments[0], rest)  # so that Div, which truncates, has nothing to cut off
    return apply_one(op.Div(), whole, arguments[1])


def _scalar(number: int) -> Tensor:
    return EagerTensor(np.array(number, np.int64))


def _vector(numbers: Sequence[int]) -> Tensor:
    return EagerTensor(np.array(numbers, np.int64))


def _int64(x: Tensor) -> Tensor:
    return x if x.type.dtype is DType.int64 else apply_one(op.Cast(to=DType.int64), x)
