"""What values are to a graph: tensors, open numbers, or fixed; and containers around them, taken apart and rebuilt."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np

from irkit import operators as op
from irkit.frontends.ops.operands import result
from irkit.frontends.ops.sizes import shape_tensor
from irkit.frontends.tensors.apply import apply_one
from irkit.frontends.tensors.number import KINDS, Number, is_plain, kind_of, number
from irkit.frontends.tensors.size import OpenNumber, Size, as_size
from irkit.frontends.tensors.tensor import EagerTensor, SymbolicTensor, Tensor
from irkit.frontends.tensors.variable import Variable
from irkit.ir import DType, TensorType

# How a value enters and leaves a graph: "tensor", or a number of Python of that kind.
Kind: TypeAlias = str


@dataclasses.dataclass(frozen=True, slots=True)
class Rows:
    """In a list: any number of items, which only the run knows, in one tensor. kind: of each item."""

    kind: Kind
    tensor: Any


def children(x: Any) -> tuple[object, list[Any]] | None:
    """The shape of a container (equal for containers that can be merged) and what stands in it; None for others."""
    if isinstance(x, Rows):
        return (Rows, x.kind), [x.tensor]
    if isinstance(x, tuple) and hasattr(x, "_fields"):
        return (type(x), len(x)), list(x)
    if type(x) in (list, tuple):
        return (type(x), len(x)), list(x)
    if type(x) is dict:
        return (dict, tuple(x)), list(x.values())
    if (
        dataclasses.is_dataclass(x)
        and not isinstance(x, type)
        and not type(x).__module__.startswith("irkit.")
    ):
        names = tuple(f.name for f in dataclasses.fields(x))
        return (type(x), names), [getattr(x, n) for n in names]
    return None


def rebuilt(x: Any, parts: Sequence[Any]) -> Any:
    """A container like `x` with other contents."""
    if isinstance(x, Rows):
        return Rows(x.kind, parts[0])
    if isinstance(x, tuple) and hasattr(x, "_fields"):
        return type(x)(*parts)
    if isinstance(x, list | tuple):
        return type(x)(parts)
    if isinstance(x, dict):
        return dict(zip(x, parts, strict=True))
    made = copy.copy(x)
    for field, part in zip(dataclasses.fields(x), parts, strict=True):
        object.__setattr__(made, field.name, part)
    return made


def each(f: Callable[[Any], Any], x: Any) -> Any:
    """`x` with f of every leaf in its place."""
    found = children(x)
    return f(x) if found is None else rebuilt(x, [each(f, part) for part in found[1]])


def leaves(x: Any) -> list[Any]:
    """All that stands in `x` and is no container."""
    found = children(x)
    return [x] if found is None else [leaf for part in found[1] for leaf in leaves(part)]


def same(a: Any, b: Any) -> bool:
    """Whether two leaves are certainly the same, so that no graph has to choose."""
    if a is b:
        return True
    if isinstance(a, SymbolicTensor) and isinstance(b, SymbolicTensor):
        return a.value is b.value
    if isinstance(a, Number) and isinstance(b, Number):
        return a.kind == b.kind and same(a.tensor, b.tensor)
    if isinstance(a, Size) and isinstance(b, Size):
        return a.expression == b.expression
    if type(a) is not type(b) or isinstance(a, OpenNumber):
        return False
    if isinstance(a, EagerTensor | np.ndarray | np.generic):
        x, y = np.asarray(a), np.asarray(b)
        return x.dtype == y.dtype and x.shape == y.shape and x.tobytes() == y.tobytes() and x.dtype != object
    if isinstance(a, float | complex):
        return repr(a) == repr(b)  # 0.0 is not -0.0 here, and nan is nan
    return isinstance(a, bool | int | str | bytes | type(None)) and a == b


def is_tensor(x: object) -> bool:
    """Whether a graph can choose between `x` and another one."""
    return isinstance(x, Tensor | Variable)


def kind(x: object) -> Kind | None:
    """How `x` can be computed in a graph, or None where it cannot."""
    if is_tensor(x):
        return "tensor"
    return kind_of(x) if is_plain(x) else None


def as_tensor(x: Any) -> Tensor:
    """The tensor that stands for a leaf in a graph."""
    return number(x).tensor if is_plain(x) else result(x)


def wrapped(tensor: Tensor, kind: Kind) -> Any:
    """What the program holds for a tensor of that kind."""
    return tensor if kind == "tensor" else Number(kind, tensor)


def type_of_leaf(x: Any) -> TensorType:
    """The type that a leaf has in a graph."""
    return x.type if is_tensor(x) else TensorType(KINDS[kind_of(x)], ())


def zeros(type_: TensorType, sources: tuple[SymbolicTensor, ...]) -> Tensor:
    """Something of that type that nobody reads. sources: tensors that may tell its open sizes; others are 0."""
    known = {name for s in sources for d in s.type.shape or () for name in _symbols(d)}
    sizes = [
        d if isinstance(d, int) else as_size(d, sources) if _symbols(d) <= known else 0
        for d in type_.shape or ()
    ]
    if type_.dtype is DType.string:
        return apply_one(op.Expand(), EagerTensor(np.array("", object)), shape_tensor(sizes))
    fill = np.zeros(1, type_.dtype.numpy)
    if not sizes:
        return EagerTensor(fill.reshape(()))
    return apply_one(op.ConstantOfShape(value=fill), shape_tensor(sizes))


def _symbols(size: Any) -> set[str]:
    from irkit.ir import dims  # noqa: PLC0415

    return set() if isinstance(size, int) else set(dims.symbols(size))


def described(x: Any) -> str:
    """A value for messages."""
    if is_tensor(x):
        return f"a tensor {x.type}"
    if isinstance(x, OpenNumber):
        return f"an open {x.kind}"
    found = children(x)
    if found is not None:
        inside = ", ".join(described(p) for p in found[1][:4])
        return (
            f"a {type(x).__name__} of {len(found[1])}: {inside}"
            if found[1]
            else f"an empty {type(x).__name__}"
        )
    return f"a {type(x).__name__}: {x!r:.40}" if isinstance(x, str | int | float) else type(x).__name__
