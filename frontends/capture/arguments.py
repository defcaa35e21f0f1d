"""The arguments of one call of a captured function: its tensors, and a key for everything else about them.

Two calls with the same key differ in the sizes and contents of their tensors only: the key tells dtypes, ranks, the
containers around the tensors (with the order of a dict's keys, which a program can see), and all plain values.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Hashable, Mapping
from typing import Any, NamedTuple

import numpy as np

from irkit.errors import ArgumentError
from irkit.frontends.capture.fingerprints import fingerprint
from irkit.frontends.tensors.tensor import EagerTensor, SymbolicTensor
from irkit.ir import Array

_MAX_NESTING = 32
_ATOMS = (bool, int, str, bytes, type(None), type(Ellipsis))


class Call(NamedTuple):
    """What one call gives. key: see above. shapes: of the arrays."""

    key: Hashable
    shapes: tuple[tuple[int, ...], ...]
    arrays: list[Array]


def read(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Call:
    """The arrays and the key of a call. Raises ArgumentError for what is nested too deeply."""
    arrays: list[Array] = []
    key = tuple([_key(x, arrays, 0) for x in args])
    if kwargs:
        key += (tuple([(name, _key(kwargs[name], arrays, 0)) for name in sorted(kwargs)]),)
    return Call(key, tuple([a.shape for a in arrays]), arrays)


def _key(x: Any, arrays: list[Array], depth: int) -> Hashable:
    kind = x.__class__
    if kind is EagerTensor:
        x = x.array
    elif kind is not np.ndarray:
        return _key_of_other(x, kind, arrays, depth)
    arrays.append(x)
    return x.dtype, x.ndim


def _key_of_other(x: Any, kind: Any, arrays: list[Array], depth: int) -> Hashable:
    if kind in _ATOMS:
        return kind, x
    if kind is float:
        return kind, repr(x)  # 0.0 is not −0.0, nan is nan
    if isinstance(x, np.ndarray | np.generic):
        return _key(np.asarray(x), arrays, depth)
    if depth > _MAX_NESTING:
        raise ArgumentError(f"the arguments are nested more than {_MAX_NESTING} deep.")
    parts = children(x)
    if parts is None:
        return "object", fingerprint(x)
    return kind, tuple([(name, _key(part, arrays, depth + 1)) for name, part in parts])


def children(x: Any) -> list[tuple[Hashable, Any]] | None:
    """(name, part) of the containers that may stand around tensors; None for what is none of them."""
    if isinstance(x, tuple) and hasattr(x, "_fields"):
        return list(zip(x._fields, x, strict=True))
    if type(x) in (list, tuple):
        return [(None, part) for part in x]
    if isinstance(x, Mapping):
        return list(x.items())
    if dataclasses.is_dataclass(x) and not isinstance(x, type):
        return [(f.name, getattr(x, f.name)) for f in dataclasses.fields(x)]
    return None


def mapped(function: Callable[[Any], Any], x: Any) -> Any:
    """`x` with `function` of every tensor and array in place of it, in the order in which `read` finds them."""
    if isinstance(x, EagerTensor | np.ndarray | np.generic):
        return function(x)
    parts = children(x)
    if parts is None:
        return x
    made = [mapped(function, part) for _, part in parts]
    if isinstance(x, tuple) and hasattr(x, "_fields"):
        return type(x)(*made)
    if isinstance(x, Mapping):
        items = dict(zip([name for name, _ in parts], made, strict=True))
        return items if type(x) is dict else type(x)(items)  # type: ignore[call-arg]  # any other mapping
    if isinstance(x, list | tuple):
        return type(x)(made)
    return dataclasses.replace(x, **{str(name): part for (name, _), part in zip(parts, made, strict=True)})


def any_symbolic(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> bool:
    """Whether one of the arguments is, or holds, a symbolic tensor."""
    pending = [*args, *kwargs.values()]
    while pending:
        x = pending.pop()
        if isinstance(x, SymbolicTensor):
            return True
        pending += [part for _, part in children(x) or ()]
    return False


def mapped_call(
    function: Callable[[Any], Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """`mapped` over the arguments of a call."""
    positional = tuple([mapped(function, x) for x in args])
    return positional, {name: mapped(function, kwargs[name]) for name in sorted(kwargs)}


def as_tensor(x: Any) -> EagerTensor:
    """A tensor or array as an eager tensor."""
    return x if isinstance(x, EagerTensor) else EagerTensor(np.asarray(x))
