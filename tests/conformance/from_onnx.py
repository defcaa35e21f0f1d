"""Reading ONNX's node cases: just enough of an importer to make operators of nodes, sub-graphs included.

It shares nothing with irkit's own importer, so that each can show the other wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import onnx
from onnx import numpy_helper

from irkit.ir import Dim, DType, Graph, OptionalType, SequenceType, TensorType, Type, Value, fresh, symbol
from irkit.ir.constraints import recording
from irkit.operators import Operator, find, make


def type_from(proto: onnx.TypeProto) -> Type:
    kind = proto.WhichOneof("value")
    if kind == "sequence_type":
        return SequenceType(type_from(proto.sequence_type.elem_type))
    if kind == "optional_type":
        return OptionalType(type_from(proto.optional_type.elem_type))
    tensor = proto.tensor_type
    shape = [_size(d) for d in tensor.shape.dim] if tensor.HasField("shape") else None
    return TensorType(DType(tensor.elem_type), None if shape is None else tuple(shape))


def _size(dim: onnx.TensorShapeProto.Dimension) -> Dim:
    if dim.WhichOneof("value") == "dim_value":
        return dim.dim_value
    return symbol(dim.dim_param) if dim.dim_param.isidentifier() else fresh("any")


def attributes_from(node: onnx.NodeProto, outer: Graph, names: Mapping[str, Value]) -> dict[str, Any]:
    """The attributes of a node as irkit's class takes them; sub-graphs may read `names`."""
    cls = find(node.domain, node.op_type)
    types = {s.name: s.type for s in cls.specs} if cls else {}
    return {a.name: _attribute(a, types.get(a.name), outer, names) for a in node.attribute}


def _attribute(a: onnx.AttributeProto, wanted: object, outer: Graph, names: Mapping[str, Value]) -> Any:
    if a.type == onnx.AttributeProto.GRAPH:
        return graph_from(a.g, outer, names)
    if a.type == onnx.AttributeProto.TYPE_PROTO:
        return type_from(a.tp)
    value = onnx.helper.get_attribute_value(a)
    if isinstance(value, onnx.TensorProto):
        return array_from(value)
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, list) and value and isinstance(value[0], bytes):
        return tuple(v.decode() for v in value)
    return tuple(value) if isinstance(value, list) else DType(value) if wanted is DType else value


def array_from(tensor: onnx.TensorProto) -> Any:
    array = numpy_helper.to_array(tensor)
    return array.astype(object) if array.dtype.kind in "US" else array


def graph_from(proto: onnx.GraphProto, outer: Graph, names: Mapping[str, Value]) -> Graph:
    graph = Graph(proto.name, outer)
    known = dict(names)
    with recording(graph.constraints):
        for info in proto.input:
            known[info.name] = graph.input(_free(graph, info.name), type_from(info.type))
    for tensor in proto.initializer:
        (known[tensor.name],) = graph.add(make("", "Constant", {"value": array_from(tensor)}))
    for node in proto.node:
        outputs = add_node(graph, node, known)
        known.update(zip(node.output, outputs, strict=True))
    graph.set_outputs([known[v.name] for v in proto.output])
    return graph


def _free(graph: Graph, name: str) -> str:
    """ONNX lets sub-graphs beside each other use the same names; irkit does not."""
    return graph.free_name(name)


def operator_of(node: onnx.NodeProto, graph: Graph, names: Mapping[str, Value]) -> Operator:
    return make(node.domain, node.op_type, attributes_from(node, graph, names))


def add_node(graph: Graph, node: onnx.NodeProto, names: Mapping[str, Value]) -> tuple[Value, ...]:
    inputs = [names[n] if n else None for n in node.input]
    return graph.add(operator_of(node, graph, names), inputs, count=len(node.output))
