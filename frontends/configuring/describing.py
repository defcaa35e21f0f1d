"""The architecture of a functional model as a configuration: its layers, and what each was called on. Keras's form.

Functions used outside of layers stand there as ONNX's operators, under the module "irkit.operators".
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from irkit.errors import UnsupportedError
from irkit.frontends.base.layer import Layer
from irkit.frontends.base.naming import free_name
from irkit.frontends.configuring.objects import serialize_keras_object
from irkit.frontends.tensors.definition import LayerStep, NodeStep, Step
from irkit.frontends.tensors.tensor import SymbolicTensor
from irkit.ir import DType, TensorType, Value

# (layer's name, which of its calls, which of the call's tensors)
Place = tuple[str, int, int]


def described_functional(
    layers: Sequence[Layer], steps: Sequence[Step], inputs: Sequence[Value]
) -> tuple[list[dict[str, Any]], dict[Value, Place]]:
    """The entry of every layer and operator, and the place of every tensor.

    Raises UnsupportedError for branches and loops outside of layers.
    """
    places = {v: (layer.name, 0, 0) for v, layer in zip(inputs, layers, strict=False)}
    entries = {layer.name: _entry(layer) for layer in layers}
    calls: Counter[str] = Counter()
    for step in steps:
        name = step.layer.name if isinstance(step, LayerStep) else _named_operator(step, entries)
        call = calls[name]
        calls[name] += 1
        entries[name]["inbound_nodes"].append(_arguments(step, places))
        places.update({v: (name, call, i) for i, v in enumerate(step.outputs)})
    return list(entries.values()), places


def _entry(layer: Layer) -> dict[str, Any]:
    return {**serialize_keras_object(layer), "name": layer.name, "inbound_nodes": []}


def _named_operator(step: Any, entries: dict[str, dict[str, Any]]) -> str:  # a NodeStep
    """Add an entry for an operator; its name."""
    op = step.node.op
    if op.subgraphs:
        raise UnsupportedError(
            f"{op.name} outside of a layer cannot stand in a configuration.",
            source=str(step.source),
            cure="Save the model as .irk, or write a layer whose call() holds it.",
        )
    name = free_name(op.name.lower(), entries)
    config = {f.name: attribute_described(getattr(op, f.name)) for f in dataclasses.fields(op)}
    entries[name] = {
        "module": "irkit.operators",
        "class_name": op.name,
        "config": config,
        "registered_name": None,
        "name": name,
        "inbound_nodes": [],
    }
    return name


def attribute_described(value: Any) -> Any:  # what JSON can hold
    """An operator's attribute."""
    if isinstance(value, DType):
        return {"class_name": "__dtype__", "config": value.name}
    if isinstance(value, np.ndarray):
        return {"class_name": "__numpy__", "config": {"value": value.tolist(), "dtype": str(value.dtype)}}
    return [attribute_described(v) for v in value] if isinstance(value, tuple) else value


def _arguments(step: Step, places: dict[Value, Place]) -> dict[str, Any]:
    if isinstance(step, NodeStep):
        count = len(step.outputs)
        return {"args": [_tensor(v, places) for v in step.node.inputs], "kwargs": {}, "outputs": count}
    return {
        "args": [_with_places(a, places) for a in step.args],
        "kwargs": {k: _with_places(a, places) for k, a in step.kwargs.items()},
    }


def _with_places(tree: Any, places: dict[Value, Place]) -> Any:  # the same structure
    if isinstance(tree, SymbolicTensor):
        return _tensor(tree.value, places)
    if isinstance(tree, list | tuple):
        return [_with_places(x, places) for x in tree]
    if isinstance(tree, dict):
        return {k: _with_places(x, places) for k, x in tree.items()}
    return serialize_keras_object(tree)


def _tensor(value: Value | None, places: dict[Value, Place]) -> Any:  # an entry, or None
    if value is None:
        return None
    if value not in places:
        raise UnsupportedError(
            "a weight is used outside of a layer, which a configuration cannot say.",
            cure="Use it in a layer's call(), or save the model as .irk.",
        )
    type_ = value.type
    assert isinstance(type_, TensorType)  # a functional model's inputs, and what layers made of them
    shape = [d if isinstance(d, int) else None for d in type_.shape or ()]
    config = {"shape": shape, "dtype": str(type_.dtype), "keras_history": list(places[value])}
    return {"class_name": "__keras_tensor__", "config": config}
