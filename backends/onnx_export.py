"""ONNX files for everybody else: the lowered model with the IR's names, its source lines, and everything
inside.

    export_onnx(model, "m.onnx")
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from irkit.backends.lowering import Lowered, lower
from irkit.backends.lowering.ports import RESERVED
from irkit.backends.onnx_proto import model_bytes
from irkit.errors import LimitError

if TYPE_CHECKING:
    import onnx

    from irkit.ir import GraphModel

MAX_BYTES = 2**31 - 1  # of a protobuf message


def export_onnx(model: GraphModel, path: str | os.PathLike[str]) -> None:
    """Write `model` as an ONNX file. Raises UnsupportedError for what ONNX cannot express, LimitError above
    2 GB."""
    Path(path).write_bytes(exported(lower(model)))


def exported(lowered: Lowered) -> bytes:
    """The bytes of the ONNX file."""
    weights = sum(array.nbytes for array in lowered.tensors)
    if weights > MAX_BYTES:
        raise LimitError(f"An ONNX file holds at most 2 GB; the weights alone have {weights} bytes.")
    proto = lowered.model_proto(inline=True)
    _rename(proto, lowered)
    _show_ranks(proto.graph, lowered)
    for graph_number, graph in enumerate(_graphs(proto.graph)):
        for node, made in zip(graph.node, lowered.program.graphs[graph_number].nodes, strict=True):
            source = lowered.program.strings[made.source]
            if source:
                node.doc_string = source
    for entry in lowered.program.metadata:
        proto.metadata_props.add(key=entry.key, value=entry.value)
    return model_bytes(proto)


def _graphs(main: onnx.GraphProto) -> Iterator[onnx.GraphProto]:
    """The main graph and those inside it, in the order of Program.graphs: each before its own, depth
    first."""
    pending = [main]
    while pending:
        graph = pending.pop()
        yield graph
        inner = [a.g for node in graph.node for a in node.attribute if a.HasField("g")]
        pending.extend(reversed(inner))


def _show_ranks(graph: onnx.GraphProto, lowered: Lowered) -> None:
    """Say of how many sizes a shape consists, even where not all of them are known."""
    for port in (*graph.input, *graph.output):
        tensor = port.type.tensor_type
        if port.type.HasField("tensor_type") and not tensor.HasField("shape") and port.name in lowered.ranks:
            tensor.shape.SetInParent()
            for _ in range(lowered.ranks[port.name]):
                tensor.shape.dim.add()


def _rename(proto: onnx.ModelProto, lowered: Lowered) -> None:
    """Give every value that has only a number its name in the IR, and every node a short name of its own."""
    names = _new_names(lowered)
    for graph in _graphs(proto.graph):
        for node in graph.node:
            node.input[:] = [names.get(name, name) for name in node.input]
            node.output[:] = [names.get(name, name) for name in node.output]
            layer, _, number = node.name.rpartition("|")
            node.name = f"{layer.replace(chr(9), ' ').strip() or node.op_type}/{number}"
        for port in (*graph.input, *graph.output):
            port.name = names.get(port.name, port.name)
        for tensor in graph.initializer:
            tensor.name = names.get(tensor.name, tensor.name)


def _new_names(lowered: Lowered) -> Mapping[str, str]:
    program = lowered.program
    taken = {port.name for port in (*program.inputs, *program.outputs)}
    names: dict[str, str] = {}
    for number, wanted in lowered.names.items():
        is_weight = number < len(program.initializers)
        tensor = program.tensors[program.initializers[number]] if is_weight else None
        name = stem = (tensor.name if tensor else "") or wanted
        count = 0
        while name in taken or RESERVED.fullmatch(name):
            count += 1
            name = f"{stem}_{count}"
        taken.add(name)
        names[f"_{'w' if is_weight else 'v'}{number}"] = name
    return names
