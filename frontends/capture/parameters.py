"""The arguments of a captured program: examples and specs become inputs of the graph; calls are held against them."""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from irkit.errors import ArgumentError, AssumptionError
from irkit.frontends.capture.values import children, rebuilt
from irkit.frontends.tensors.definition import Definition
from irkit.frontends.tensors.input import TensorSpec
from irkit.frontends.tensors.size import OpenNumber
from irkit.frontends.tensors.tensor import EagerTensor, SymbolicTensor
from irkit.frontends.tensors.variable import Variable
from irkit.ir import Array, DType
from irkit.ir.layers import Json
from irkit.ir.source import caller
from irkit.ir.structure import Structure


@dataclass(eq=False, slots=True)
class Parameters:
    """positional, named: the arguments as they were given. names: of the parameters, in order, for positional ones.
    structure: for the file. specs: of the inputs, each with the name of its input."""

    positional: tuple[Any, ...]
    named: dict[str, Any]
    structure: Structure
    specs: list[tuple[str, TensorSpec]]

    @classmethod
    def of(cls, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Parameters:
        """Bound by name. Raises ArgumentError where the function does not take them, or a graph cannot."""
        bound = bind(function, args, kwargs)
        specs: list[tuple[str, TensorSpec]] = []
        items = {name: _structure(x, name, specs) for name, x in bound.items()}
        positional, defaults = _signature(function)
        for name, value in defaults.items():
            items.setdefault(name, _structure(value, name, specs))
        order: list[Json] = [*itertools.takewhile(items.__contains__, positional)]
        order += [n for n in bound if n not in positional and n not in kwargs]  # of *args
        optional: list[Json] = [n for n in sorted(defaults) if items[n] == _structure(defaults[n], n, [])]
        structure: Structure = {"kind": "arguments", "order": order, "optional": optional, "items": items}
        return cls(args, kwargs, structure, _named_once(specs))

    def symbolic(self, definition: Definition) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """The arguments with a symbolic tensor for each spec or example."""
        made = iter(
            [
                SymbolicTensor(definition.graph.input(name, spec.type(name)), definition)
                for name, spec in self.specs
            ]
        )
        # in the order of `bound`: positional ones come first there, too
        return tuple(_filled(x, made) for x in self.positional), {
            k: _filled(x, made) for k, x in self.named.items()
        }


def bind(function: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments by the names of parameters; those of *args by number. In the order in which they were given."""
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        return {**{f"input_{i}": x for i, x in enumerate(args)}, **kwargs}
    try:
        signature.bind(*args, **kwargs)
    except TypeError as error:
        raise ArgumentError(
            f"the arguments do not fit {getattr(function, '__name__', 'the function')}{signature}: {error}.",
            source=str(caller()),
        ) from None
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    names = [p.name for p in signature.parameters.values() if p.kind in kinds]
    star = next((p.name for p in signature.parameters.values() if p.kind is p.VAR_POSITIONAL), "args")
    names += [f"{star}_{i}" for i in range(len(args) - len(names))]
    return {**dict(zip(names, args, strict=False)), **kwargs}


def _signature(function: Callable[..., Any]) -> tuple[list[str], dict[str, Any]]:
    """The names of positional parameters, and the defaults that a file can hold."""
    try:
        found = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return [], {}
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    plain = (bool, int, float, str, type(None))
    defaults = {p.name: p.default for p in found if type(p.default) in plain}
    return [p.name for p in found if p.kind in kinds], defaults


def bound_by(structure: Structure, args: Sequence[Any], kwargs: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments by name, where only the structure of a file tells the parameters. Raises AssumptionError."""
    order = structure["order"]
    assert isinstance(order, list)
    if len(args) > len(order):
        raise AssumptionError(
            f"the graph was captured with {len(order)} positional arguments; {len(args)} are given.",
            source=str(caller()),
        )
    return {**dict(zip(map(str, order), args, strict=False)), **kwargs}


def is_input(x: object) -> bool:
    """Whether `x` becomes an input of the graph."""
    return isinstance(x, TensorSpec | EagerTensor | np.ndarray | np.generic)


def _structure(x: Any, name: str, specs: list[tuple[str, TensorSpec]]) -> Structure:
    if is_input(x):
        specs.append((name, spec_of(x)))
        return {"kind": "tensor", "index": len(specs) - 1}
    if x is None:
        return {"kind": "none"}
    if isinstance(x, bool | int | float | str):
        return {"kind": "static", "value": x}
    parts = children(x)
    if parts is None or isinstance(x, Variable | SymbolicTensor | OpenNumber):
        raise ArgumentError(
            f"the argument {name} is a {type(x).__name__}, which cannot enter a graph.",
            source=str(caller()),
            cure="Give arrays, tensors, TensorSpecs, numbers, texts, None, or containers of them; let the function "
            "read other objects itself.",
        )
    inner = [_structure(p, f"{name}_{k}", specs) for k, p in zip(_keys(x), parts[1], strict=True)]
    return container(x, inner)


def _keys(x: Any) -> list[str]:
    if isinstance(x, dict):
        return [str(k) for k in x]
    names = getattr(x, "_fields", None) or getattr(x, "__dataclass_fields__", None)
    return list(names) if names else [str(i) for i in range(len(x))]


def container(x: Any, parts: Sequence[Structure]) -> Structure:
    """The structure of a container with these parts."""
    if isinstance(x, dict):
        return {
            "kind": "dict",
            "items": dict(zip(map(str, x), parts, strict=True)),
            "order": [str(k) for k in x],
        }
    if hasattr(x, "_fields") or hasattr(x, "__dataclass_fields__"):
        return {"kind": "record", "name": type(x).__name__, "fields": dict(zip(_keys(x), parts, strict=True))}
    return {"kind": "list" if isinstance(x, list) else "tuple", "items": list(parts)}


def spec_of(x: Any) -> TensorSpec:
    """The spec of an input: of an example, with all sizes fixed."""
    if isinstance(x, TensorSpec):
        return x
    array = x.array if isinstance(x, EagerTensor) else np.asarray(x)
    return TensorSpec(tuple(array.shape), str(DType.of(array.dtype)))


def _named_once(specs: list[tuple[str, TensorSpec]]) -> list[tuple[str, TensorSpec]]:
    taken: set[str] = set()
    found = []
    for stem, spec in specs:
        name = base = spec.name or stem
        count = 0
        while name in taken:
            count += 1
            name = f"{base}_{count}"
        taken.add(name)
        found.append((name, spec))
    return found


def _filled(x: Any, tensors: Any) -> Any:
    if is_input(x):
        return next(tensors)
    parts = children(x)
    return x if parts is None else rebuilt(x, [_filled(p, tensors) for p in parts[1]])


def arrays(structure: Structure, args: Mapping[str, Any], count: int) -> list[Array]:
    """The arrays of one call, in the order of the graph's inputs.

    Raises AssumptionError where the arguments are laid out otherwise than those of the capture.
    """
    items = structure["items"]
    assert isinstance(items, dict)
    optional = structure["optional"]
    assert isinstance(optional, list)
    missing = sorted(set(items) - set(args) - set(optional))
    unknown = sorted(set(args) - set(items))
    if missing or unknown:
        raise AssumptionError(
            f"the graph was captured with the arguments {', '.join(items)}; "
            + (
                f"{', '.join(missing)} is missing."
                if missing
                else f"{', '.join(unknown)} was not among them."
            ),
            source=str(caller()),
            cure="Capture again with these arguments.",
        )
    found: list[Any] = [None] * count
    for name, part in items.items():
        if name not in args:
            continue  # its default was captured
        _match(part, args[name], name, found)
    return found


def _match(structure: Structure, x: Any, path: str, found: list[Any]) -> None:
    """Put the arrays in `x` where the structure wants them."""
    match structure["kind"]:
        case "tensor":
            found[structure["index"]] = _array(x, path)  # type: ignore[index]  # an int
        case "none":
            if x is not None:
                raise _differs(path, "None", x)
        case "static":
            value = structure["value"]
            if type(x) is not type(value) or repr(x) != repr(value):
                raise _differs(path, repr(value), x)
        case _:
            for part, inner, step in _parts(structure, x, path):
                _match(part, inner, path + step, found)


def _parts(structure: Any, x: Any, path: str) -> list[tuple[Structure, Any, str]]:
    """What stands in a container, each part with its structure and the step to it."""
    kind = structure["kind"]
    if kind == "dict":
        items, order = structure["items"], structure.get("order", list(structure["items"]))
        if not isinstance(x, dict) or [str(k) for k in x] != order:
            raise _differs(path, f"a dict with the keys {', '.join(order)}, in this order", x)
        return [(items[str(k)], v, f"[{k!r}]") for k, v in x.items()]
    if kind == "record":
        fields = structure["fields"]
        if isinstance(x, dict | list) or any(not hasattr(x, f) for f in fields):
            raise _differs(path, f"a {structure['name']} with {', '.join(fields)}", x)
        return [(part, getattr(x, name), f".{name}") for name, part in fields.items()]
    if type(x).__name__ != kind or len(x) != len(structure["items"]):
        raise _differs(path, f"a {kind} of {len(structure['items'])}", x)
    return [(part, v, f"[{i}]") for i, (part, v) in enumerate(zip(structure["items"], x, strict=True))]


def _array(x: Any, path: str) -> Array:
    if isinstance(x, EagerTensor):
        return x.array
    if isinstance(x, np.ndarray | np.generic):
        return np.asarray(x)
    if isinstance(x, Variable):
        return np.asarray(x)
    raise _differs(path, "a tensor", x)


def _differs(path: str, expected: str, x: Any) -> AssumptionError:
    parts = children(x)
    shown = f"a {type(x).__name__}" if parts is not None or hasattr(x, "shape") else repr(x)
    return AssumptionError(
        f"the graph was captured with {path} being {expected}; it is {shown:.80}.",
        source=str(caller()),
        cure="Capture again with such an argument, or make it a tensor.",
    )
