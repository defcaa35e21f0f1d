"""When two results of a program are the same: structure, dtypes, shapes, and values up to rounding."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import numpy as np

from irkit.ops import convert_to_tensor

RTOL, ATOL = 2e-5, 1e-6
_NUMBERS = (bool, int, float)


def as_tensors(tree: Any) -> Any:
    """The same structure with eager tensors for its arrays: what a user hands to an eager program."""
    if isinstance(tree, np.ndarray):
        return convert_to_tensor(tree)
    if isinstance(tree, np.generic):
        return convert_to_tensor(np.asarray(tree))
    return _mapped(as_tensors, tree)


def copied(tree: Any) -> Any:
    """The same structure with its own arrays and containers."""
    return np.array(tree) if isinstance(tree, np.ndarray | np.generic) else _mapped(copied, tree)


def _mapped(f: Any, tree: Any) -> Any:
    if isinstance(tree, tuple) and hasattr(tree, "_fields"):
        return type(tree)(*map(f, tree))
    if isinstance(tree, list | tuple):
        return type(tree)(map(f, tree))
    if isinstance(tree, Mapping):
        return {k: f(v) for k, v in tree.items()}
    if dataclasses.is_dataclass(tree) and not isinstance(tree, type):
        fields = dataclasses.fields(tree)
        return type(tree)(**{x.name: f(getattr(tree, x.name)) for x in fields})
    return tree


def plain(tree: Any) -> Any:
    """Lists, tuples, dictionaries, arrays and Python values only, whoever made the result."""
    if isinstance(tree, tuple) and hasattr(tree, "_fields"):
        return {"record": {k: plain(getattr(tree, k)) for k in tree._fields}}
    if isinstance(tree, list | tuple):
        return type(tree)(map(plain, tree))
    if isinstance(tree, Mapping):
        return {k: plain(v) for k, v in tree.items()}
    if isinstance(tree, SimpleNamespace) or dataclasses.is_dataclass(tree):
        return {"record": {k: plain(v) for k, v in vars(tree).items()}}
    if tree is None or isinstance(tree, str | bytes | bool | int | float):
        return tree
    return np.array(tree)


def difference(
    expected: Any, found: Any, *, dtypes: bool = True, scale: float = 0.0, where: str = "result"
) -> str:
    """What differs first, or "". Both are plain. scale: how much of the largest element rounding may cost, for whole
    models; 0: a few units of each element."""
    if isinstance(expected, dict | list | tuple):
        return _container_difference(expected, found, dtypes, scale, where)
    if expected is None or isinstance(expected, str | bytes):
        return "" if type(found) is type(expected) and found == expected else _told(where, expected, found)
    if not isinstance(found, np.ndarray | np.generic | bool | int | float):
        return _told(where, expected, found)
    return _value_difference(expected, found, dtypes, scale, where)


def _container_difference(expected: Any, found: Any, dtypes: bool, scale: float, where: str) -> str:
    if type(found) is not type(expected) or len(found) != len(expected):
        return _told(where, expected, found)
    if isinstance(expected, dict) and set(expected) != set(found):
        return _told(where, sorted(expected), sorted(found))
    keys = expected if isinstance(expected, dict) else range(len(expected))
    parts = (
        difference(expected[k], found[k], dtypes=dtypes, scale=scale, where=f"{where}[{k!r}]") for k in keys
    )
    return next(filter(None, parts), "")


def _value_difference(expected: Any, found: Any, dtypes: bool, scale: float, where: str) -> str:
    a, b = np.asarray(expected), np.asarray(found)
    # a number of Python has no dtype, and its type only a weak meaning: 0 may come out of a graph as 0.0
    python = isinstance(expected, _NUMBERS) or isinstance(found, _NUMBERS)
    alike = (a.dtype.kind == "b") == (b.dtype.kind == "b") if python else a.dtype == b.dtype
    if a.shape != b.shape or (dtypes and not alike):
        return _told(where, expected, found)
    if a.dtype.kind in "biu" and b.dtype.kind in "biu":
        same = bool(np.array_equal(a, b))
    else:
        atol = scale * float(np.abs(a).max(initial=0)) if scale else ATOL
        same = bool(np.allclose(b.astype("float64"), a.astype("float64"), RTOL, atol, equal_nan=True))
    return "" if same else _told(where, expected, found)


def _told(where: str, expected: Any, found: Any) -> str:
    return f"{where}: expected {_shown(expected)}, found {_shown(found)}"


def _shown(x: Any) -> str:
    text = f"{x.dtype}{list(x.shape)} {x.tolist()}" if isinstance(x, np.ndarray) else repr(x)
    return text[:160]
