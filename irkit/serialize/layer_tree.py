"""The layer tree, between LayerNode and irkit.v1.Layer. Its depth is bounded, so these functions may recurse."""

from __future__ import annotations

from collections.abc import Sequence

from irkit._generated import irkit_pb2 as pb
from irkit.errors import FormatError, GraphError, LimitError
from irkit.ir import Call, LayerNode, Value, Weight, limits
from irkit.serialize.graph_reader import GraphReader
from irkit.serialize.graph_writer import GraphWriter
from irkit.serialize.json_text import from_json, to_json


class LayerWriter:
    """Writes one model's layers. weights: the numbers of its weights."""

    def __init__(self, graphs: GraphWriter, weights: dict[Weight, int]) -> None:
        self._graphs, self._weights = graphs, weights

    def write(self, layer: LayerNode, message: pb.Layer, depth: int = 0) -> None:
        """Raises ArgumentError, GraphError or LimitError."""
        if depth > limits.LAYER_DEPTH:
            raise LimitError(f"Layers are nested more than {limits.LAYER_DEPTH} deep.")
        strings = self._graphs.strings
        message.name, message.class_name = strings[layer.name], strings[layer.class_name]
        message.trainable = layer.trainable
        if layer.config is not None:
            message.config = to_json(layer.config, f"The config of {layer.class_name} '{layer.name}'")
            if len(message.config.encode()) > limits.STRING_BYTES:
                raise LimitError(f"The config of '{layer.name}' has more than {limits.STRING_BYTES:,} bytes.")
        message.weights.extend([self._weights[w] for w in layer.weights])
        for call in layer.calls:
            self._write_call(call, message.calls.add())
        if len({child.name for child in layer.children.values()}) != len(layer.children):
            raise GraphError(f"Two layers in '{layer.name}' have the same name.")
        for child in layer.children.values():
            self.write(child, message.children.add(), depth + 1)

    def _write_call(self, call: Call, message: pb.Call) -> None:
        message.inputs.extend(self._numbers(call.inputs))
        message.outputs.extend(self._numbers(call.outputs))
        self._graphs.write_source(call.source, message)

    def _numbers(self, values: Sequence[Value]) -> list[int]:
        """Of those values that are still in the graph."""
        numbers = self._graphs.numbers
        return [numbers[v] for v in values if v in numbers]


def read_layer(
    message: pb.Layer, graphs: GraphReader, weights: Sequence[Weight], depth: int = 0
) -> LayerNode:
    """The tree below `message`. Raises FormatError or LimitError."""
    if depth > limits.LAYER_DEPTH:
        raise LimitError(f"layers are nested more than {limits.LAYER_DEPTH} deep.")
    name, class_name = graphs.strings[message.name], graphs.strings[message.class_name]
    what = f"the config of {class_name} '{name}'"
    layer = LayerNode(
        name,
        class_name,
        from_json(message.config, what, limits.STRING_BYTES) if message.config else None,
        weights=[weights[i] for i in message.weights],
        calls=[_read_call(call, graphs) for call in message.calls],
        trainable=message.trainable,
    )
    for child in message.children:
        made = read_layer(child, graphs, weights, depth + 1)
        if made.name in layer.children:
            raise FormatError(f"layer '{name}' has two children called '{made.name}'.")
        layer.children[made.name] = made
    return layer


def _read_call(message: pb.Call, graphs: GraphReader) -> Call:
    inputs, outputs = (
        [_read_value(n, graphs) for n in numbers] for numbers in (message.inputs, message.outputs)
    )
    return Call(tuple(inputs), tuple(outputs), graphs.source(message))


def _read_value(number: int, graphs: GraphReader) -> Value:
    value = graphs.values[number]
    if value is None:
        raise FormatError(f"a layer is called with value {number}, which the graph has not.")
    return value
