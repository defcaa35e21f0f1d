"""The one bridge between models in memory and the IR section of a file: GraphModel ↔ irkit.v1.Model ↔ bytes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set

from google.protobuf.message import DecodeError, EncodeError

from irkit._generated import irkit_pb2 as pb
from irkit.errors import ArgumentError, FormatError, GraphError, IrkitError, LimitError, UnsupportedError
from irkit.execution import StoredTensor
from irkit.ir import (
    Assumption,
    Constraint,
    Graph,
    GraphModel,
    LayerNode,
    Signature,
    Type,
    Value,
    Weight,
    dims,
    limits,
    structure,
)
from irkit.ir.states import state_errors
from irkit.ir.structure import Structure
from irkit.operators import OPSET
from irkit.serialize.agreement import Agreement
from irkit.serialize.attributes import AttributeReader
from irkit.serialize.graph_reader import GraphReader
from irkit.serialize.graph_writer import GraphWriter
from irkit.serialize.json_text import from_json, to_json
from irkit.serialize.layer_tree import LayerWriter, read_layer
from irkit.serialize.tables import (
    StringTable,
    TypeTable,
    all_symbols,
    checked_name,
    read_dim,
    read_strings,
    read_types,
    write_dim,
)
from irkit.serialize.tensor_messages import TensorReader, write_stored
from irkit.serialize.weights import WeightsLayout

_SOURCE = re.compile(
    r" \([^()]*:[0-9]+\)$"
)  # at the end of a constraint's origin: "Add in layer 'add' (model.py:12)"

# ---- writing


def to_bytes(
    model: GraphModel, layout: WeightsLayout, producer: str, *, strip_sources: bool = False
) -> bytes:
    """The IR section of `model`; its weights and long constants are placed into `layout`.

    Raises an IrkitError that says what cannot be saved.
    """
    message = pb.Model(opset=OPSET, producer=producer, name=checked_name(model.name))
    strings, types = StringTable(message), TypeTable(message)
    paths = model.weight_paths()
    _write_weights(paths, model.graph, message, strings, layout)
    graphs = GraphWriter(strings, types, layout, strip_sources)
    graphs.number_weights(list(paths), model.graph)
    graphs.write(model.graph, message.graph)
    message.graph.output_names.extend(_checked_names(model))
    numbers = {w: i for i, w in enumerate(paths)}
    message.states.extend(numbers[w] for w in model.states)
    LayerWriter(graphs, numbers).write(model.layers, message.layers)
    _write_signature(model.signature, message.signature)
    _write_constraints(model.graph, message, strip_sources)
    for key in sorted(model.metadata):
        message.metadata.add(key=_text(key), value=_text(model.metadata[key]))
    try:
        data: bytes = message.SerializeToString(deterministic=True)
    except (EncodeError, ValueError) as error:
        raise LimitError(f"The model is too large for the IR section of a file: {error}.") from None
    return data


def _write_weights(
    paths: Mapping[Weight, str],
    graph: Graph,
    message: pb.Model,
    strings: StringTable,
    layout: WeightsLayout,
) -> None:
    for weight, path in paths.items():
        value = graph.weights.get(weight)
        name = "" if value is None or value.name == path else checked_name(value.name)
        made = message.weights.add(path=strings[path], trainable=weight.trainable, name=name)
        write_stored(weight.data, made.tensor, layout, path)


def _checked_names(model: GraphModel) -> tuple[str, ...]:
    names = model.signature.output_names
    if len(names) != len(model.user_outputs):
        raise GraphError(f"The model has {len(model.user_outputs)} outputs and {len(names)} names for them.")
    return tuple(map(checked_name, names))


def _write_signature(signature: Signature, message: pb.Signature) -> None:
    message.inputs_structure = to_json(signature.inputs, "The structure of the inputs")
    message.outputs_structure = to_json(signature.outputs, "The structure of the outputs")
    for assumption in signature.assumptions:
        message.assumptions.add(text=_text(assumption.text), input=assumption.input)


def _write_constraints(graph: Graph, message: pb.Model, strip_sources: bool) -> None:
    message.exact_broadcast = graph.constraints.exact_broadcast
    for constraint in graph.constraints:
        origin = _SOURCE.sub("", constraint.origin) if strip_sources else constraint.origin
        made = message.constraints.add(origin=_text(origin))
        write_dim(constraint.left, made.left)
        write_dim(constraint.right, made.right)


def _text(text: str) -> str:
    if len(text) > limits.TEXT_BYTES // 4 and len(text.encode()) > limits.TEXT_BYTES:
        raise LimitError(f"The text '{text[:60]}…' has more than {limits.TEXT_BYTES:,} bytes.")
    return text


# ---- reading


def from_bytes(
    data: bytes,
    weights: memoryview,
    start: int = 0,
    weights_start: int = 0,
    table: Sequence[StoredTensor] | None = None,
) -> GraphModel:
    """The model in an IR section. weights: the WEIGHTS section, which the model's weights are views of.

    start, weights_start: where the sections begin in their file, for errors. table: what stands in WEIGHTS,
    already checked. Raises FormatError, LimitError or
    UnsupportedError, whatever `data` holds.
    """
    try:
        return _read_model(_parsed(data), TensorReader(weights, weights_start, table))
    except IrkitError as error:
        kind = type(error) if isinstance(error, FormatError | LimitError | UnsupportedError) else FormatError
        problem = f"Section IR, bytes {start} to {start + len(data)}: {error.problem}"
        raise kind(problem, facts=error.facts, cure=error.cure) from error
    except (LookupError, RecursionError, ValueError) as error:
        problem = f"Section IR, bytes {start} to {start + len(data)}: a number refers to nothing ({error})."
        raise FormatError(problem) from error


def _parsed(data: bytes) -> pb.Model:
    message = pb.Model()
    try:
        message.ParseFromString(data)
        message.DiscardUnknownFields()
        again = message.SerializeToString(deterministic=True)
    except (DecodeError, EncodeError, RecursionError, ValueError) as error:
        raise FormatError(f"not a model ({error}).") from None
    if again != data:
        raise FormatError(
            "the model is not written canonically, or has fields that this irkit does not know."
        )
    if message.opset != OPSET:
        raise UnsupportedError(f"the model needs operator set {message.opset}; this irkit has {OPSET}.")
    return message


def _read_model(message: pb.Model, tensors: TensorReader) -> GraphModel:
    _check_counts(message)
    strings, types = read_strings(message), read_types(message)
    graph = Graph(checked_name(message.graph.name))
    inputs = all_symbols([types[p.type] for p in message.graph.inputs]).keys()
    saved = _restore_constraints(message, graph, types, inputs)
    agreement = Agreement(graph.constraints, inputs, saved)
    graphs = GraphReader(strings, types, AttributeReader(tensors), agreement)
    weights = _read_weights(message, strings, tensors)
    states = tuple(weights[number] for number in message.states)
    kept = set(states)
    for weight, stored in zip(weights, message.weights, strict=True):
        graphs.define(None if weight in kept else _weight_value(graph, weight, stored.name))
    graphs.read(message.graph, graph)
    layers = read_layer(message.layers, graphs, weights)
    _drop_unread(graph, layers)
    model = GraphModel(checked_name(message.name), graph, layers, states=states)
    for error in state_errors(model):
        raise FormatError(error.problem)
    model.signature = _read_signature(message, model)
    model.metadata = {_text(e.key): _text(e.value) for e in message.metadata}
    if list(model.metadata) != sorted(model.metadata) or len(model.metadata) != len(message.metadata):
        raise FormatError("the metadata is not sorted.")
    return model


def _check_counts(message: pb.Model) -> None:
    signature, graph = message.signature, message.graph
    for what, count, most in (
        ("weights", len(message.weights), limits.TENSORS),
        ("types", len(message.types), limits.VALUES),
        ("inputs", len(graph.inputs), limits.PORTS),
        ("outputs", len(graph.outputs), limits.PORTS),
        ("states", len(message.states), limits.PORTS),
        ("constraints", len(message.constraints), limits.ENTRIES),
        ("assumptions", len(signature.assumptions), limits.ENTRIES),
        ("metadata entries", len(message.metadata), limits.ENTRIES),
    ):
        if count > most:
            raise LimitError(f"{count:,} {what}; at most {most:,} are allowed.")


def _restore_constraints(
    message: pb.Model, graph: Graph, types: Sequence[Type], inputs: Set[str]
) -> Set[str]:
    """Let the graph demand what the file says; returns all symbols in the file."""
    constraints, read = graph.constraints, []
    constraints.exact_broadcast = message.exact_broadcast
    constraints.take(inputs)
    saved = all_symbols(types)
    for stored in message.constraints:
        left, right = (read_dim(d, "a constraint") for d in (stored.left, stored.right))
        read.append(Constraint(left, right, _text(stored.origin)))
        saved |= dims.symbols(left) | dims.symbols(right)
    constraints.restore(read, [name for name in saved if name not in inputs])
    return saved.keys()


def _read_weights(message: pb.Model, strings: Sequence[str], tensors: TensorReader) -> list[Weight]:
    weights = []
    for stored in message.weights:
        type_, data = tensors.stored(stored.tensor)
        weights.append(Weight(strings[stored.path], type_, data, trainable=stored.trainable))
    if len({w.path for w in weights}) != len(weights):
        raise FormatError("two weights have the same path.")
    return weights


def _weight_value(graph: Graph, weight: Weight, name: str) -> Value:
    value = graph.weight(weight, checked_name(name))
    if value.name != (name or weight.path) or name == weight.path:
        raise FormatError(f"two values are called '{name or weight.path}'.")
    return value


def _drop_unread(graph: Graph, layers: LayerNode) -> None:
    """Weights that only a layer knows have no value in the graph."""
    owned = set(layers.all_weights())
    unread = {v: w for w, v in graph.weights.items() if w in owned and not v.uses}
    if not unread:
        return
    mentioned = {
        *graph.outputs,
        *(v for _, la in layers.walk() for c in la.calls for v in (*c.inputs, *c.outputs)),
    }
    for value, weight in unread.items():
        if value not in mentioned:
            graph.drop_weight(weight)


def _read_signature(message: pb.Model, model: GraphModel) -> Signature:
    stored, names = message.signature, tuple(map(checked_name, message.graph.output_names))
    inputs, outputs = len(model.user_inputs), len(model.user_outputs)
    if len(names) != outputs or len(set(names)) != len(names):
        raise FormatError(f"the model has {outputs} outputs, called {names}.")
    assumptions = tuple(Assumption(_text(a.text), a.input) for a in stored.assumptions)
    if any(not -1 <= a.input < inputs for a in assumptions):
        raise FormatError("an assumption is about an input that the model has not.")
    return Signature(
        _read_structure(stored.inputs_structure, "the structure of the inputs", inputs),
        _read_structure(stored.outputs_structure, "the structure of the outputs", outputs),
        names,
        assumptions,
    )


def _read_structure(text: str, what: str, count: int) -> Structure:
    read = from_json(text, what, limits.TEXT_BYTES)
    try:
        structure.check(read, count)
    except ArgumentError as error:
        raise FormatError(f"{what}: {error.problem}") from None
    return read
