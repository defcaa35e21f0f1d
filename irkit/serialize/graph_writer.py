"""Graphs into irkit.v1.Graph, with values numbered as irkit.proto says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from irkit._generated import irkit_pb2 as pb
from irkit.errors import GraphError, IrkitError, LimitError
from irkit.ir import Graph, Node, Source, Value, Weight, limits
from irkit.operators import Operator
from irkit.operators.attributes import Kind
from irkit.serialize.attributes import write_attribute
from irkit.serialize.tables import StringTable, TypeTable, checked_name
from irkit.serialize.weights import WeightsLayout

if TYPE_CHECKING:  # its place differs between versions of protobuf
    from google.protobuf.internal.containers import RepeatedCompositeFieldContainer


class GraphWriter:
    """Writes one model's graphs. numbers: of all values written so far; 0 is an omitted one."""

    def __init__(
        self, strings: StringTable, types: TypeTable, layout: WeightsLayout, strip_sources: bool = False
    ) -> None:
        self.strings, self.types, self.layout = strings, types, layout
        self.numbers: dict[Value | None, int] = {None: 0}
        self._next = 1
        self._nodes = self._graphs = 0
        self._strip_sources = strip_sources

    def number_weights(self, weights: Sequence[Weight], graph: Graph) -> None:
        """Weights come first; one that the graph does not read has a number, too."""
        for number, weight in enumerate(weights, 1):
            value = graph.weights.get(weight)
            if value is not None:
                self.numbers[value] = number
        self._next = len(weights) + 1

    def write(self, graph: Graph, message: pb.Graph) -> None:
        """Raises GraphError, AttributeRangeError or LimitError, with layer and source."""
        self._count(graph)
        message.name = checked_name(graph.name)
        for value in graph.inputs:
            self._define(value, message.inputs)
        for node in graph.nodes:
            try:
                self._write_node(node, message.nodes.add())
            except KeyError as missing:
                raise GraphError(
                    f"{node!r} reads {missing.args[0]!r}, which is not defined before it.",
                    source=str(node.source),
                ) from None
            except IrkitError as error:
                raise error.at(str(node.source), f"{node.op.name} in layer '{node.layer}'") from None
        for value in graph.outputs:
            if value not in self.numbers:
                raise GraphError(f"The graph returns {value!r}, which is none of its values.")
            message.outputs.append(self.numbers[value])

    def _count(self, graph: Graph) -> None:
        self._nodes += len(graph)
        self._graphs += 1
        if self._nodes > limits.NODES or self._graphs > limits.GRAPHS:
            raise LimitError(f"A file holds at most {limits.NODES:,} nodes and {limits.GRAPHS:,} graphs.")

    def _define(self, value: Value, ports: RepeatedCompositeFieldContainer[pb.Port]) -> None:
        ports.add(name=checked_name(value.name), type=self.types[value.type])
        self.numbers[value] = self._next
        self._next += 1

    def _write_node(self, node: Node, message: pb.Node) -> None:
        op, strings, source = node.op, self.strings, node.source
        assert isinstance(op, Operator)
        message.op = strings[op.name]
        if op.domain:
            message.domain = strings[op.domain]
        message.inputs.extend([self.numbers[v] for v in node.inputs])
        if op.specs:
            self._write_attributes(op, message)
        for value in node.outputs:
            self._define(value, message.outputs)
        if node.layer:
            message.layer = strings[node.layer]
        self.write_source(source, message)

    def write_source(self, source: Source, message: pb.Node | pb.Call) -> None:
        if source.line and not self._strip_sources:
            message.file, message.line = self.strings[source.file], source.line

    def _write_attributes(self, op: Operator, message: pb.Node) -> None:
        for spec in op.specs:
            value = getattr(op, spec.name)
            if spec.is_default(value):
                continue
            attribute = message.attributes.add(name=self.strings[spec.name])
            if spec.is_graph:
                self._write_subgraph(value, attribute)
            elif spec.kind is Kind.type:
                attribute.type = self.types[value]
            else:
                write_attribute(spec, value, attribute, self.layout)

    def _write_subgraph(self, graph: Graph, attribute: pb.Attribute) -> None:
        """Depth is bounded by the graph's own MAX_DEPTH."""
        self.write(graph, attribute.graph)
        attribute.graph.SetInParent()
