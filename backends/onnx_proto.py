"""Program → onnx.ModelProto, field by field as proto/README.md §7 says.

The C++ runtime writes the same bytes (cpp_runtime/src/model_writer.cpp): what differs between the two is a
defect of one of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import onnx

from irkit.backends.program import ABSENT, AttributeKind, DimOp, TypeKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from irkit.backends.program import AttributeP, DimP, PortP, Program, TensorP, TypeP

EXTERNAL_FROM = 256  # bytes; a shorter initializer stands in the model itself
LOCATION = "w"  # the name under which onnxruntime is handed the WEIGHTS section
OTHER_DOMAINS = {"ai.onnx.ml": 5, "com.microsoft": 1}  # and their versions; all of ai.onnx has Program.opset
STRING = 8


def model_proto(program: Program, weights: memoryview | bytes, *, inline: bool = False) -> onnx.ModelProto:
    """The model for onnxruntime; `model_bytes` gives the bytes to hand on.

    weights: the WEIGHTS section, to which large initializers refer (they are all in the model when `inline`).
    """
    return _Writer(program, memoryview(weights), inline).model()


def model_bytes(model: onnx.ModelProto) -> bytes:
    """The bytes of a model, always the same for the same model."""
    data: bytes = model.SerializeToString(deterministic=True)
    return data


class _Writer:
    """One pass over a program."""

    def __init__(self, program: Program, weights: memoryview, inline: bool) -> None:
        self.program = program
        self.weights = weights
        self.inline = inline
        main = program.graphs[0]
        self.names = {k: f"_w{k}" for k in range(len(program.initializers))}
        self.names |= {value: port.name for value, port in zip(main.inputs, program.inputs, strict=True)}
        self.names |= {value: port.name for value, port in zip(main.outputs, program.outputs, strict=True)}
        self.names[ABSENT] = ""

    def name(self, value: int) -> str:
        return self.names.get(value) or ("" if value == ABSENT else f"_v{value}")

    def model(self) -> onnx.ModelProto:
        program = self.program
        model = onnx.ModelProto(ir_version=program.onnx_ir_version, producer_name=program.producer)
        model.opset_import.add(domain="", version=program.opset)
        used = {program.strings[node.domain] for graph in program.graphs for node in graph.nodes}
        for domain, version in OTHER_DOMAINS.items():
            if domain in used:
                model.opset_import.add(domain=domain, version=version)
        self.main_graph(model.graph)
        return model

    def main_graph(self, to: onnx.GraphProto) -> None:
        program = self.program
        to.name = program.name or "main"
        self.nodes(0, to)
        for k, number in enumerate(program.initializers):
            to.initializer.append(self.tensor(program.tensors[number], self.name(k)))
        for ports, add in ((program.inputs, to.input.add), (program.outputs, to.output.add)):
            self.ports(ports, add)

    def ports(self, ports: tuple[PortP, ...], add: Callable[..., onnx.ValueInfoProto]) -> None:
        for port in ports:
            assert port.type is not None
            self.type(port.type, add(name=port.name).type)

    def sub_graph(self, number: int, to: onnx.GraphProto, *, of_loop: bool) -> None:
        graph = self.program.graphs[number]
        to.name = f"graph{number}"
        self.nodes(number, to)
        for value in graph.inputs:
            to.input.add(name=self.name(value))
        for value in graph.outputs:
            to.output.add(name=self.name(value))
        if of_loop:
            # The trip's number and the condition, scalars: no input of the Loop tells their types when omitted.
            for info, dtype in zip(to.input, (onnx.TensorProto.INT64, onnx.TensorProto.BOOL), strict=False):
                info.type.tensor_type.elem_type = dtype
                info.type.tensor_type.shape.SetInParent()

    def nodes(self, number: int, to: onnx.GraphProto) -> None:
        strings = self.program.strings
        for k, node in enumerate(self.program.graphs[number].nodes):
            message = to.node.add(
                input=map(self.name, node.inputs),
                output=map(self.name, node.outputs),
                name=f"{strings[node.layer]}|{number}.{k}",
                op_type=strings[node.op],
            )
            if node.domain:
                message.domain = strings[node.domain]
            for attribute in node.attributes:
                self.attribute(attribute, message.attribute.add(), of_loop=message.op_type == "Loop")

    def attribute(self, attribute: AttributeP, to: onnx.AttributeProto, *, of_loop: bool) -> None:
        to.name = self.program.strings[attribute.name]
        to.type = cast("onnx.AttributeProto.AttributeType", attribute.kind)
        match attribute.kind:
            case AttributeKind.FLOAT:
                to.f = attribute.f
            case AttributeKind.INT:
                to.i = attribute.i
            case AttributeKind.STRING:
                to.s = attribute.s
            case AttributeKind.TENSOR:
                to.t.CopyFrom(self.tensor(self.program.tensors[attribute.i]))
            case AttributeKind.GRAPH:
                self.sub_graph(attribute.i, to.g, of_loop=of_loop)
            case AttributeKind.FLOATS:
                to.floats.extend(attribute.floats)
            case AttributeKind.INTS:
                to.ints.extend(attribute.ints)
            case AttributeKind.STRINGS:
                to.strings.extend(string.data for string in attribute.strings)

    def tensor(self, tensor: TensorP, name: str = "") -> onnx.TensorProto:
        """An initializer, or without a name the value of an attribute."""
        message = onnx.TensorProto(dims=tensor.dims, data_type=tensor.dtype)
        if name:
            message.name = name
        if tensor.dtype == STRING:
            message.string_data.extend(_strings(self.data(tensor)))
        elif name and tensor.length >= EXTERNAL_FROM and not self.inline:
            facts = {"location": LOCATION, "offset": str(tensor.offset), "length": str(tensor.length)}
            for key, value in facts.items():
                message.external_data.add(key=key, value=value)
            message.data_location = onnx.TensorProto.EXTERNAL
        else:
            message.raw_data = bytes(self.data(tensor))
        return message

    def data(self, tensor: TensorP) -> memoryview:
        return self.weights[tensor.offset : tensor.offset + tensor.length]

    def type(self, type_: TypeP, to: onnx.TypeProto) -> None:
        if type_.kind == TypeKind.SEQUENCE:
            self.tensor_type(type_, to.sequence_type.elem_type)
        elif type_.kind == TypeKind.TENSOR:
            self.tensor_type(type_, to)
        elif type_.element_kind == TypeKind.SEQUENCE:
            self.tensor_type(type_, to.optional_type.elem_type.sequence_type.elem_type)
        else:
            self.tensor_type(type_, to.optional_type.elem_type)

    def tensor_type(self, type_: TypeP, to: onnx.TypeProto) -> None:
        to.tensor_type.elem_type = type_.dtype
        if type_.has_rank:
            to.tensor_type.shape.SetInParent()
        for dim in type_.dims:
            self.dimension(dim, to.tensor_type.shape.dim.add())

    def dimension(self, dim: DimP, to: onnx.TensorShapeProto.Dimension) -> None:
        if len(dim.tokens) != 1:
            return
        value, op = dim.tokens[0]
        if op == DimOp.CONST:
            to.dim_value = value
        elif op == DimOp.SYMBOL:
            to.dim_param = self.program.symbols[value]


def _strings(data: memoryview) -> Iterator[bytes]:
    start = 0
    while start < len(data):
        end = start + 4 + int.from_bytes(data[start : start + 4], "little")
        yield bytes(data[start + 4 : end])
        start = end
