"""A case as a ModelProto of one node, for the oracles. It shares nothing with irkit's own lowering."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import onnx
from onnx import TypeProto, helper, numpy_helper

from irkit.ir import Graph, OptionalType, SequenceType, TensorType, Type, Value
from irkit.operators import ONNX_IR_VERSION, OPSET, Operator
from irkit.operators.attributes import Kind
from tests.conformance.cases import Case
from tests.conformance.modes import Question


def model_of(case: Case) -> tuple[onnx.ModelProto, dict[str, Any]]:
    """The model, and its inputs by name."""
    question = Question(case, "static")
    inputs = [v for v in question.inputs if v is not None]
    node = node_of(question.op, question.inputs, question.outputs)
    graph = helper.make_graph(
        [node], "case", [_info(v) for v in inputs], [_info(v) for v in question.outputs]
    )
    opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid("ai.onnx.ml", 5)]
    feeds = {v.name: x for v, x in zip(question.inputs, case.inputs, strict=True) if v is not None}
    return helper.make_model(graph, opset_imports=opsets, ir_version=ONNX_IR_VERSION), feeds


def node_of(op: Operator, inputs: Any, outputs: tuple[Value, ...]) -> onnx.NodeProto:
    names = [v.name if v is not None else "" for v in inputs]
    while names and not names[-1]:
        names.pop()
    node = helper.make_node(op.name, names, [v.name for v in outputs], domain=op.domain)
    kinds: Mapping[str, Kind] = {s.name: s.kind for s in op.specs}
    for name, value in op.attributes().items():
        node.attribute.append(_attribute(name, kinds[name], value))
    return node


def _attribute(name: str, kind: Kind, value: Any) -> onnx.AttributeProto:
    if isinstance(value, np.ndarray):
        return helper.make_attribute(name, tensor_of(value))
    if isinstance(value, Graph):
        return helper.make_attribute(name, graph_of(value))
    if isinstance(value, TensorType | SequenceType | OptionalType):
        return helper.make_attribute(name, type_proto(value))
    if isinstance(value, tuple):
        return helper.make_attribute(name, list(value), attr_type=int(kind))
    return helper.make_attribute(name, value, attr_type=int(kind))


def tensor_of(array: np.ndarray) -> onnx.TensorProto:
    if array.dtype == object:
        return helper.make_tensor("", onnx.TensorProto.STRING, array.shape, [s.encode() for s in array.flat])
    return numpy_helper.from_array(array)


def graph_of(graph: Graph) -> onnx.GraphProto:
    nodes = [node_of(n.op, n.inputs, n.outputs) for n in graph.nodes if isinstance(n.op, Operator)]
    return helper.make_graph(
        nodes, graph.name or "graph", [_info(v) for v in graph.inputs], [_info(v) for v in graph.outputs]
    )


def _info(value: Value) -> onnx.ValueInfoProto:
    return helper.make_value_info(value.name, type_proto(value.type))


def type_proto(type_: Type) -> TypeProto:
    if isinstance(type_, SequenceType):
        return helper.make_sequence_type_proto(type_proto(type_.element))
    if isinstance(type_, OptionalType):
        return helper.make_optional_type_proto(type_proto(type_.element))
    sizes = None if type_.shape is None else [d if isinstance(d, int) else None for d in type_.shape]
    return helper.make_tensor_type_proto(int(type_.dtype), sizes)
