"""capture: a function or model, and examples or specs of its arguments → a graph that equals it, or a refusal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from irkit.errors import CaptureError
from irkit.frontends.base.layer import Layer
from irkit.frontends.base.naming import to_snake_case
from irkit.frontends.capture import open_lists
from irkit.frontends.capture.captured import Captured as Captured
from irkit.frontends.capture.captured import Place, placed
from irkit.frontends.capture.guards import Guards
from irkit.frontends.capture.parameters import Parameters
from irkit.frontends.capture.report import KEY
from irkit.frontends.capture.runtime import Session, capturing
from irkit.frontends.capture.values import Rows, children, each, rebuilt
from irkit.frontends.models.model import Model
from irkit.frontends.models.tracing import completed, node_of
from irkit.frontends.tensors.definition import Definition, Scope, scope
from irkit.frontends.tensors.number import number
from irkit.frontends.tensors.size import OpenNumber
from irkit.frontends.tensors.tensor import EagerTensor, SymbolicTensor
from irkit.frontends.tensors.variable import Variable
from irkit.ir import Graph, LayerNode, Signature
from irkit.ir.source import caller
from irkit.ir.structure import Structure


def capture(target: Callable[..., Any], *args: Any, **kwargs: Any) -> Captured:
    """`target` as one graph, which equals it on every input that it takes.

    target is a function, method, layer, model, or any other callable; args and kwargs are its arguments: arrays fix
    dtype and sizes, TensorSpecs leave sizes open that are None or names; lists, tuples, dicts, named tuples and
    dataclasses may hold them. Everything else is fixed.

    Raises CaptureError where the program cannot become such a graph, naming the line; what the program itself raises.
    """
    function = target.call if isinstance(target, Model) else target
    name = _name(target)
    definition = Definition(Graph(name))
    session = Session(definition)
    parameters = Parameters.of(function, args, kwargs)
    positional, named = parameters.symbolic(definition)
    session.watch.outside((positional, named))
    with capturing(session), scope(Scope(capturing=definition)):
        result = session.call(function, positional, named)
        leaves, structure, template = _results(result)
        if not leaves:  # a graph has outputs: numbers that are always the same will do
            leaves, structure, template = _results(each(_as_number, result))
    if not leaves:
        raise CaptureError(
            f"{name} returns no tensor and no number.", source=str(caller()), cure="Does it end in `return`?"
        )
    root = node_of(target, name) if isinstance(target, Model) else LayerNode(name, "Function")
    model = completed(definition, root, leaves, Signature(parameters.structure, structure))
    model.metadata[KEY] = session.report.to_json()
    guards = Guards(session.watch.reads.values(), session.watch.layers)
    return Captured(function, model, session.report, guards, partial(placed, template))


def _name(target: Any) -> str:
    if isinstance(target, Layer):
        return target.name
    name = getattr(target, "__name__", None) or to_snake_case(type(target).__name__)
    return "function" if name == "<lambda>" else name


def _as_number(x: Any) -> Any:
    return number(x) if isinstance(x, bool | int | float) else x


def _results(result: Any) -> tuple[list[tuple[str, Any]], Structure, Any]:
    """The tensors that a program returned, each with its path; the structure around them, for the file and here."""
    leaves: list[tuple[str, Any]] = []
    structure, template = _result(result, "", leaves)
    return leaves, structure, template


def _result(x: Any, path: str, leaves: list[tuple[str, Any]]) -> tuple[Structure, Any]:
    if isinstance(x, SymbolicTensor | EagerTensor | Variable | np.ndarray | np.generic):
        leaves.append((path, x))
        return {"kind": "tensor", "index": len(leaves) - 1}, Place(len(leaves) - 1, "tensor")
    if isinstance(x, OpenNumber):
        found = number(x)
        leaves.append((path, found.tensor))
        place = Place(len(leaves) - 1, found.kind)
        return {"kind": "number", "type": found.kind, "index": place.index}, place
    if open_lists.is_open(x) or isinstance(x, Rows):
        raise CaptureError(
            "the program returns a list whose length only the run knows.",
            source=str(caller()),
            cure="Return irkit.ops.stack(…) of it.",
        )
    parts = children(x)
    if parts is None:
        return _fixed(x, path), x
    steps = _steps(x)
    made = [_result(p, path + s, leaves) for p, s in zip(parts[1], steps, strict=True)]
    return _container(x, [m[0] for m in made]), rebuilt(x, [m[1] for m in made])


def _fixed(x: Any, path: str) -> Structure:
    if x is None:
        return {"kind": "none"}
    if isinstance(x, bool | int | float | str):
        return {"kind": "static", "value": x}
    where = f" (at {path})" if path else ""
    raise CaptureError(
        f"the program returns a {type(x).__name__}{where}, which cannot come out of a graph.",
        source=str(caller()),
        cure="Return tensors, numbers, texts, None, and lists, tuples, dicts or dataclasses of them.",
    )


def _steps(x: Any) -> list[str]:
    if isinstance(x, dict):
        return [f"[{k!r}]" for k in x]
    names = getattr(x, "_fields", None) or getattr(x, "__dataclass_fields__", None)
    return [f".{n}" for n in names] if names else [f"[{i}]" for i in range(len(x))]


def _container(x: Any, parts: Sequence[Structure]) -> Structure:
    if isinstance(x, dict):
        if not all(isinstance(k, str) for k in x):
            raise CaptureError("a dict that is returned must have texts as keys.", source=str(caller()))
        return {"kind": "dict", "items": dict(zip(x, parts, strict=True)), "order": list(x)}
    names = getattr(x, "_fields", None) or getattr(x, "__dataclass_fields__", None)
    if names:
        return {"kind": "record", "name": type(x).__name__, "fields": dict(zip(names, parts, strict=True))}
    return {"kind": "list" if isinstance(x, list) else "tuple", "items": list(parts)}
