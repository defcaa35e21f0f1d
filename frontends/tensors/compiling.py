"""Expressions of symbols, compiled: fed by name, evaluated as far as the wanted results need."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from irkit import execution, serialize
from irkit.errors import ArgumentError, ShapeError
from irkit.frontends.models.tracing import completed
from irkit.frontends.ops.operands import tensor
from irkit.frontends.tensors.definition import Definition, Scope, scope
from irkit.frontends.tensors.input import TensorSpec
from irkit.frontends.tensors.symbols import Symbol, ordered, placeholders
from irkit.frontends.tensors.tensor import EagerTensor, SymbolicTensor
from irkit.ir import Array, DType, Graph, GraphModel, LayerNode, Signature, TensorType, type_of
from irkit.ir.layers import Json
from irkit.ir.source import caller
from irkit.ir.structure import Structure, flatten, unflatten

_KEPT = 64  # combinations of shapes, of each set of results


def compile(
    fetches: Any, *, backend: str = "interpreter"
) -> Compiled:  # a Symbol, or a list, tuple or dict of them
    """A function of the symbols that `fetches` is made of: ``irkit.compile(D)(A=…, B=…)`` gives D.

    backend: who computes: "interpreter", "onnxruntime", or a third party's.
    """
    return Compiled(fetches, backend)


class Compiled:
    """Made by `irkit.compile`. Its graph is made, and checked, for each combination of shapes that is fed."""

    def __init__(self, fetches: Any, backend: str = "interpreter") -> None:
        self._backend = backend
        self._fetches, self._structure = _symbols_in(fetches)
        self._ready: dict[object, tuple[list[str], execution.Executable]] = {}

    @property
    def arguments(self) -> list[str]:
        """Names of the symbols that it must be fed."""
        return list(placeholders(ordered(self._fetches)))

    def __call__(self, **feed: Any) -> Any:  # arrays, laid out as the fetches are
        """The results for these arrays. Raises ArgumentError naming what is missing, ShapeError with the line."""
        return unflatten(self._structure, self._run(self._fetches, feed))

    def run(
        self, fetches: Any, feed: Mapping[Symbol | str, Any]
    ) -> Any:  # symbols; arrays laid out as they are
        """The values of some symbols, computing only what they need, and asking only for what these are made of."""
        wanted, structure = _symbols_in(fetches)
        named = {k.name if isinstance(k, Symbol) else k: v for k, v in feed.items()}
        needed = placeholders(ordered(wanted))
        known = {**needed, **placeholders(ordered(self._fetches))}
        _check_names(named, known, needed)
        return unflatten(structure, self._run(wanted, {n: named[n] for n in needed}))

    def _run(self, wanted: Sequence[Symbol], feed: Mapping[str, Any]) -> list[Any]:
        arrays = {name: _array(x) for name, x in feed.items()}
        key = tuple(wanted), tuple((n, a.dtype, a.shape) for n, a in sorted(arrays.items()))
        ready = self._ready.get(key)
        if ready is None:
            model = bound(wanted, {n: type_of(a) for n, a in arrays.items()})
            if len(self._ready) >= _KEPT:
                self._ready.clear()
            ready = list(model.inputs), execution.backend(self._backend).prepare(model)
            self._ready[key] = ready
        names, executable = ready
        return executable.run([arrays[n] for n in names])

    def trace(self, **feed: Any) -> GraphModel:
        """The graph for arrays or TensorSpecs like these; a spec's open sizes stay open."""
        types = {n: x.type(n) if isinstance(x, TensorSpec) else type_of(_array(x)) for n, x in feed.items()}
        model = bound(self._fetches, types)
        model.signature.outputs = self._structure
        return model

    def save(self, filepath: str | os.PathLike[str], **feed: Any) -> None:
        """Write the graph for arrays or TensorSpecs like these to a `.irk` file."""
        serialize.save(self.trace(**feed), filepath)


def bound(wanted: Sequence[Symbol], types: Mapping[str, TensorType]) -> GraphModel:
    """The graph of what `wanted` needs, for placeholders of these types.

    Raises ArgumentError for one that is missing or unknown, ShapeError with the line of the operation that cannot be.
    """
    symbols = ordered(wanted)
    needed = placeholders(symbols)
    _check_names(types, needed, needed)
    definition = Definition(Graph("compiled"))
    values: dict[Symbol, Any] = {}
    for name, symbol in needed.items():
        _check_declared(symbol, types[name])
        values[symbol] = SymbolicTensor(definition.graph.input(name, types[name]), definition)
    for symbol in symbols:
        if symbol.function is not None:
            values[symbol] = _evaluated(symbol, values, definition)
    return _model(definition, [values[s] for s in wanted], [s.name for s in wanted])


def _evaluated(
    symbol: Symbol, values: Mapping[Symbol, Any], definition: Definition
) -> Any:  # a tensor, or several
    assert symbol.function is not None
    with scope(Scope(capturing=definition, source=symbol.source)):
        return symbol.function(*_filled(symbol.args, values), **_filled(symbol.kwargs, values))


def _filled(tree: Any, values: Mapping[Symbol, Any]) -> Any:  # the same structure, with tensors for symbols
    if isinstance(tree, Symbol):
        return values[tree]
    if isinstance(tree, list | tuple):
        return type(tree)(_filled(x, values) for x in tree)
    return {k: _filled(v, values) for k, v in tree.items()} if isinstance(tree, dict) else tree


def _model(definition: Definition, results: Sequence[Any], names: Sequence[str]) -> GraphModel:
    with scope(Scope(capturing=definition)):
        leaves = [(f"['{name}']", tensor(result)) for name, result in zip(names, results, strict=True)]
    fed: dict[str, Json] = {v.name: _leaf(i) for i, v in enumerate(definition.graph.inputs)}
    given: list[Json] = [_leaf(i) for i in range(len(leaves))]
    signature = Signature({"kind": "dict", "items": fed}, {"kind": "list", "items": given})
    return completed(definition, LayerNode("compiled", "Compiled"), leaves, signature)


def _leaf(index: int) -> Structure:
    return {"kind": "tensor", "index": index}


def _symbols_in(fetches: Any) -> tuple[list[Symbol], Structure]:
    leaves, structure = flatten(fetches, lambda x: isinstance(x, Symbol))
    if not leaves:
        raise ArgumentError(
            f"there is no symbol in {fetches!r}.",
            source=str(caller()),
            cure="Compute with irkit.Variable('A') first.",
        )
    return [x for _, x in leaves], structure


def _array(x: Any) -> Array:  # whatever the user feeds
    array = x.array if isinstance(x, EagerTensor) else np.asarray(x)
    DType.of(array.dtype)  # refuses what is no tensor
    return array


def _check_names(
    given: Mapping[str, object], known: Mapping[str, Symbol], needed: Mapping[str, Symbol]
) -> None:
    for name, symbol in needed.items():
        if name not in given:
            raise ArgumentError(
                f"the symbol '{name}' is not fed.",
                source=str(caller()),
                facts=[f"made at {symbol.source}"],
                cure=f"Give {', '.join(f'{n}=…' for n in needed)}.",
            )
    unknown = [n for n in given if n not in known]
    if unknown:
        raise ArgumentError(
            f"there is no symbol called '{unknown[0]}' in what is computed.",
            source=str(caller()),
            cure=f"There are {', '.join(known)}.",
        )


def _check_declared(symbol: Symbol, type_: TensorType) -> None:
    shape, dtype = symbol.declared.shape, symbol.declared.dtype
    found = type_.shape or ()
    fits = shape is None or (
        len(found) == len(shape) and all(d is None or d == n for d, n in zip(shape, found, strict=True))
    )
    if not fits or dtype not in (None, type_.dtype):
        said = f"{dtype or ''}{list(shape) if shape is not None else ''}"
        raise ShapeError(
            f"the symbol '{symbol.name}' was declared as {said} and is fed {type_}.",
            source=str(caller()),
            facts=[f"declared at {symbol.source}"],
            cure="Convert what you feed, or declare it otherwise.",
        )
