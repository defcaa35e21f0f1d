"""A program with the data that it refers to: what a file's PROGRAM and WEIGHTS are made of, and what
onnxruntime gets."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from irkit.backends.program import AttributeKind, TensorP, to_flatbuffer
from irkit.errors import AssertionFailed, ExecutionError, IrkitError
from irkit.serialize.tensors import encode

if TYPE_CHECKING:
    from onnx import ModelProto

    from irkit.backends.program import AttributeP, GraphP, NodeP, Program
    from irkit.execution import StoredTensor
    from irkit.ir import Array
    from irkit.passes import Report

_ALIGNMENT = 64


@dataclass(eq=False, slots=True)
class Lowered:
    """program: offsets of its tensors are 0 until a file is laid out. tensors: their data, in the same order.

    names: of values in the IR, by number. ranks: of inputs and outputs, where known; a program leaves a
    shape open that has a size which only running tells. report: what the passes did.
    """

    program: Program
    tensors: Sequence[Array]
    names: Mapping[int, str]
    ranks: Mapping[str, int]
    report: Report

    def to_bytes(self, ir_hash: int, table: Sequence[StoredTensor], numbers: Sequence[int]) -> bytes:
        """The PROGRAM section. table: all tensors of WEIGHTS. numbers: for each of ours, its line of the
        table."""
        tensors = tuple(TensorP(t.name, t.dtype, tuple(t.dims), t.offset, t.length) for t in table)
        return to_flatbuffer(
            dataclasses.replace(renumbered(self.program, numbers), ir_hash=ir_hash, tensors=tensors)
        )

    def laid_out(self, least: int = 0) -> tuple[Program, bytes]:
        """The program with places, and the bytes of WEIGHTS up to the last tensor shorter than `least` bytes
        (0: all).

        Shorter tensors come first, so that what an ONNX model must hold itself stands in a small buffer.
        """
        encoded = [encode(array) for array in self.tensors]
        short = [memoryview(e).nbytes < least or not least for e in encoded]
        places = [(0, 0)] * len(encoded)
        data = bytearray()
        for i, (chunk, inside) in enumerate(zip(encoded, short, strict=True)):
            if inside:
                data += bytes(-len(data) % _ALIGNMENT)
                places[i] = (len(data), memoryview(chunk).nbytes)
                data += chunk
        end = len(data)
        for i, (chunk, inside) in enumerate(zip(encoded, short, strict=True)):
            if not inside:
                end += -end % _ALIGNMENT
                places[i] = (end, memoryview(chunk).nbytes)
                end += places[i][1]
        program = copy.copy(self.program)
        program.tensors = tuple(
            dataclasses.replace(t, offset=o, length=n)
            for t, (o, n) in zip(program.tensors, places, strict=True)
        )
        return program, bytes(data)

    def model_proto(self, *, inline: bool = True) -> ModelProto:
        """The ONNX model. inline: with all weights in it; else those of 256 bytes and more stand outside, at
        "w"."""
        # onnx takes 0.1 s to import, and saving a model does not need it
        from irkit.backends.onnx_proto import EXTERNAL_FROM, model_proto  # noqa: PLC0415

        program, weights = self.laid_out(0 if inline else EXTERNAL_FROM)
        return model_proto(program, weights, inline=inline)

    def onnx_bytes(self) -> bytes:
        """The ONNX model as a file, for others: the IR's names, everything inside."""
        from irkit.backends.onnx_export import exported  # noqa: PLC0415  # imports onnx, as above

        return exported(self)

    def node(self, graph: int, index: int) -> NodeP | None:
        """The node that an ONNX model calls `…|graph.index`."""
        graphs = self.program.graphs
        return (
            graphs[graph].nodes[index] if graph < len(graphs) and index < len(graphs[graph].nodes) else None
        )

    def failure(self, graph: int, index: int, problem: str) -> IrkitError:
        """The error to raise when that node failed: AssertionFailed for an Assert, else ExecutionError."""
        from irkit.backends.lowering.rules import ASSERT  # noqa: PLC0415

        node = self.node(graph, index)
        if node is None:
            return ExecutionError(problem)
        strings = self.program.strings
        layer, source, op = strings[node.layer], strings[node.source], strings[node.op]
        if layer.startswith(ASSERT):
            _, layer, message = layer.split("\t", 2)
            return AssertionFailed(
                message or "an assertion of the model does not hold.",
                source=source,
                layer=_who("Assert", layer),
            )
        return ExecutionError(problem, source=source, layer=_who(op, layer))


def _who(op: str, layer: str) -> str:
    return f"{op} in layer '{layer}'" if layer else op


def renumbered(program: Program, numbers: Sequence[int]) -> Program:
    """A copy of `program` that calls tensor i `numbers[i]`."""
    if list(numbers) == list(range(len(numbers))):
        return program
    return dataclasses.replace(
        program,
        initializers=tuple(numbers[i] for i in program.initializers),
        states=tuple(dataclasses.replace(s, initial=numbers[s.initial]) for s in program.states),
        graphs=tuple(_renumbered(g, numbers) for g in program.graphs),
    )


def _renumbered(graph: GraphP, numbers: Sequence[int]) -> GraphP:
    return dataclasses.replace(graph, nodes=tuple(_renumbered_node(n, numbers) for n in graph.nodes))


def _renumbered_node(node: NodeP, numbers: Sequence[int]) -> NodeP:
    if not any(a.kind == AttributeKind.TENSOR for a in node.attributes):
        return node
    return dataclasses.replace(
        node, attributes=tuple(_renumbered_attribute(a, numbers) for a in node.attributes)
    )


def _renumbered_attribute(attribute: AttributeP, numbers: Sequence[int]) -> AttributeP:
    if attribute.kind != AttributeKind.TENSOR:
        return attribute
    return dataclasses.replace(attribute, i=numbers[attribute.i])
