"""Operators on values.

What the shape rule said of dtypes and shapes once is not asked again, so that an operation costs little more than
numpy's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from irkit.errors import ExecutionError, IrkitError
from irkit.frontends.tensors.tensor import EagerTensor
from irkit.ir import Array, type_of
from irkit.ir.source import caller
from irkit.operators.plain import PLAIN, is_plain

if TYPE_CHECKING:
    from irkit.frontends.tensors.definition import Scope
    from irkit.operators import Operator

_KEPT = 4096  # so many combinations of operator, dtypes and shapes are remembered
_SHORT = 64  # bytes of a tensor of integers that a shape rule may look into

# How an operator computes inputs of some types: numpy's own function or None for `run`, how many outputs are wanted,
# and whether `run` asks for that number.
Way: TypeAlias = "tuple[Any, int, bool]"
_ways: dict[object, Way] = {}


def compute(
    operator: Operator, arrays: Sequence[Array | None], count: int | None, where: Scope
) -> list[EagerTensor]:
    """operator.run(*arrays), after its shape rule agreed. Raises ShapeError and its kin, ExecutionError."""
    key = _key(operator, arrays, count)
    way = _ways.get(key) if key is not None else None
    try:
        if way is None:
            way = _way(operator, arrays, count)
            if key is not None:
                _remember(key, way)
        function, wanted, counted = way
        with np.errstate(all="ignore"):
            if function is not None:
                return [EagerTensor(function(*arrays))]
            result = operator.run(*arrays, count=wanted) if counted else operator.run(*arrays)
    except IrkitError as error:
        raise error.at(
            str(where.source or caller()), who(operator, where), _facts(operator, arrays)
        ) from None
    except (ArithmeticError, ValueError, TypeError, IndexError) as error:
        source = str(where.source or caller())
        raise ExecutionError(str(error), source=source, layer=who(operator, where)) from error
    if result.__class__ is tuple:
        return [EagerTensor(np.asarray(r)) for r in result[:wanted]]
    return [EagerTensor(result if result.__class__ is np.ndarray else np.asarray(result))]


def _key(operator: Operator, arrays: Sequence[Array | None], count: int | None) -> object:
    """All that the shape rule can see; None where that is much. (Attributes are compared, not their kernels bound: -0.0
    equals 0.0.)"""
    if len(arrays) == 2 and not operator.specs and not operator.parameters.wants_known:  # the usual case
        a, b = arrays
        if a is not None and b is not None:
            return operator.__class__, count, a.dtype, a.shape, b.dtype, b.shape
    parts: list[object] = [operator if operator.specs else operator.__class__, count]
    try:
        for a in arrays:
            parts += (None,) if a is None else (a.dtype, a.shape)
        key = tuple(parts)
        hash(key)
    except TypeError:  # an attribute is an array
        return None
    if operator.parameters.wants_known:
        contents = _contents(arrays)
        return None if contents is None else (key, contents)
    return key


def _contents(arrays: Sequence[Array | None]) -> tuple[bytes, ...] | None:
    """Of the tensors of integers, which may be sizes; None where one is long."""
    found = []
    for a in arrays:
        if a is not None and a.dtype.kind in "ib":
            if a.nbytes > _SHORT:
                return None
            found.append(a.tobytes())
    return tuple(found)


def _way(operator: Operator, arrays: Sequence[Array | None], count: int | None) -> Way:
    types = [None if a is None else type_of(a) for a in arrays]
    outputs, _ = operator.infer_outputs(types, arrays, count)
    plain = PLAIN.get(operator.name) if operator.domain == "" else None
    if plain is not None and is_plain([*types, *outputs]):
        return plain, 1, False
    return None, len(outputs), operator.parameters.wants_count


def _remember(key: object, way: Way) -> None:
    if len(_ways) >= _KEPT:
        _ways.clear()
    _ways[key] = way


def _facts(operator: Operator, arrays: Sequence[Array | None]) -> list[str]:
    return [f"{operator.parameters.name_of(i)}: {type_of(a)}" for i, a in enumerate(arrays) if a is not None]


def who(operator: Operator, where: Scope) -> str:
    """Who is at work, for errors."""
    return f"{operator.name} in layer '{where.layer}'" if where.path else operator.name
