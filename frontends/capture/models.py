"""Models that subclass Model: their `call`, run once on symbolic tensors as a captured program, becomes a graph."""

from __future__ import annotations

from collections.abc import Sequence

from irkit.errors import ArgumentError
from irkit.frontends.capture.guards import Guards
from irkit.frontends.capture.runtime import Session, capturing
from irkit.frontends.capture.values import each
from irkit.frontends.models.model import Model
from irkit.frontends.models.tracing import completed, is_leaf, node_of
from irkit.frontends.tensors.definition import Definition, Scope, scope
from irkit.frontends.tensors.input import TensorSpec
from irkit.frontends.tensors.number import number
from irkit.frontends.tensors.size import OpenNumber
from irkit.frontends.tensors.tensor import SymbolicTensor
from irkit.ir import Graph, GraphModel, Signature
from irkit.ir.structure import Structure, flatten, unflatten


def trace(
    model: Model, names: Sequence[str], specs: Sequence[TensorSpec], structure: Structure
) -> tuple[GraphModel, Guards]:
    """The graph of `model` for inputs like `specs`, laid out as `structure` says, and the facts that it was made from.

    Raises CaptureError where the program asks for values, and what layers raise.
    """
    definition = Definition(Graph(model.name))
    tensors = [
        SymbolicTensor(definition.graph.input(name, spec.type(name)), definition)
        for name, spec in zip(names, specs, strict=True)
    ]
    session = Session(definition)
    with capturing(session), scope(Scope(capturing=definition, training=False)):
        result = session.call(model.call, (unflatten(structure, tensors),), {})
        result = each(lambda x: number(x).tensor if isinstance(x, OpenNumber) else x, result)
    leaves, out_structure = flatten(result, is_leaf)
    if not leaves:
        raise ArgumentError(
            "call() returned no tensor.",
            source=str(model.source),
            layer=model.shown,
            cure="Does it end in `return`?",
        )
    made = completed(definition, node_of(model, model.name), leaves, Signature(structure, out_structure))
    return made, Guards(session.watch.reads.values(), session.watch.layers)
