"""Graphs from irkit.v1.Graph: every node is added anew, so that its types are inferred again and must agree."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from irkit._generated import irkit_pb2 as pb
from irkit.errors import FormatError, IrkitError, LimitError, UnsupportedError
from irkit.ir import Graph, Source, Type, Value, limits
from irkit.ir.source import UNKNOWN
from irkit.operators import Operator, find, make
from irkit.operators.attributes import AttributeSpec, Kind
from irkit.serialize.agreement import Agreement
from irkit.serialize.attributes import AttributeReader, check_kind
from irkit.serialize.tables import checked_name

# What a shape rule may raise when a stranger's node makes no sense and the rule did not expect it.
_SURPRISES = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)


class GraphReader:
    """Reads one model's graphs. values: by number, those of finished sub-graphs included; 0 is an omitted one."""

    def __init__(
        self,
        strings: Sequence[str],
        types: Sequence[Type],
        attributes: AttributeReader,
        agreement: Agreement,
    ) -> None:
        self.strings, self.types, self.attributes = strings, types, attributes
        self.values: list[Value | None] = [None]
        self._visible: list[Value | None] = [None]  # the same, without those of finished sub-graphs
        self._agreement = agreement
        self._source = cache(Source)
        self._operators: dict[tuple[int | bytes, ...], Operator] = {}  # by domain, name and attributes
        self._nodes = self._graphs = 0

    def define(self, value: Value | None) -> None:
        """Give `value` the next number."""
        self.values.append(value)
        self._visible.append(value)

    def source(self, message: pb.Node | pb.Call) -> Source:
        return self._source(self.strings[message.file], message.line) if message.line else UNKNOWN

    def read(self, message: pb.Graph, graph: Graph) -> None:
        """Fill `graph`. Raises FormatError, LimitError or UnsupportedError."""
        self._nodes += len(message.nodes)
        self._graphs += 1
        if self._nodes > limits.NODES or self._graphs > limits.GRAPHS or len(self.values) > limits.VALUES:
            raise LimitError("more nodes, values or graphs than the format allows.")
        for port in message.inputs:
            type_ = self.types[port.type]
            self._agreement.define(type_)
            self.define(graph.input(checked_name(port.name), type_))
        for node in message.nodes:
            try:
                self._read_node(node, graph)
            except IrkitError as error:
                raise self._blamed(error, node, graph) from None
            except _SURPRISES as error:
                blame = FormatError(f"it makes no sense ({type(error).__name__}: {error}).")
                raise self._blamed(blame, node, graph) from error
        graph.set_outputs([self._read_value(number) for number in message.outputs])

    def _read_value(self, number: int) -> Value:
        value = self._visible[number]
        if value is None:
            raise FormatError(f"value {number} is not defined here.")
        return value

    def _read_node(self, message: pb.Node, graph: Graph) -> None:
        op = self._read_op(message, graph)
        visible, types = self._visible, self.types
        inputs = [visible[number] for number in message.inputs]
        if None in inputs:
            self._check_omitted(message)
        names, stored = [], []
        for port in message.outputs:
            names.append(checked_name(port.name))
            stored.append(types[port.type])
        layer, source = self.strings[message.layer], self.source(message)
        made = graph.add(op, inputs, count=len(names), names=names, layer=layer, source=source)
        self._agreement.settle(made, stored)
        for value, name in zip(made, names, strict=True):
            if value.name != name:
                raise FormatError(f"two values are called '{name}'.")
        self.values += made
        visible += made

    def _check_omitted(self, message: pb.Node) -> None:
        for number in message.inputs:
            if number and self._visible[number] is None:
                raise FormatError(f"it reads value {number}, which is not defined there.")

    # ---- operators

    def _read_op(self, message: pb.Node, graph: Graph) -> Operator:
        """Nodes with equal attributes share one operator: it cannot change, and is found sooner than made."""
        key: tuple[int | bytes, ...] = (message.domain, message.op)
        if message.attributes:
            key += tuple([a.SerializeToString(deterministic=True) for a in message.attributes])
        op = self._operators.get(key)
        if op is None:
            op = self._make_op(message, graph)
            if not any(a.HasField("graph") or a.HasField("tensor") for a in message.attributes):
                self._operators[key] = op
        return op

    def _make_op(self, message: pb.Node, graph: Graph) -> Operator:
        domain, name = self.strings[message.domain], self.strings[message.op]
        cls = find(domain, name)
        if cls is None:
            raise UnsupportedError(f"operator {domain + '.' if domain else ''}{name} is not supported.")
        specs = {spec.name: spec for spec in cls.specs}
        attributes: dict[str, object] = {}
        before = ""
        for attribute in message.attributes:
            key = self.strings[attribute.name]
            if key not in specs:
                raise FormatError(f"{name} has no attribute '{key}'.")
            if key <= before:
                raise FormatError(f"attribute '{key}' stands in the wrong order.")
            before = key
            attributes[key] = self._read_attribute(specs[key], attribute, graph)
        op = make(domain, name, attributes)
        for key in attributes:
            if specs[key].is_default(getattr(op, key)):
                raise FormatError(f"attribute '{key}' must be left out where it has its default value.")
        return op

    def _read_attribute(self, spec: AttributeSpec, message: pb.Attribute, around: Graph) -> object:
        check_kind(spec, message)
        if spec.kind is Kind.type:
            return self.types[message.type]
        if not spec.is_graph:
            return self.attributes.read(spec, message)
        graph = Graph(checked_name(message.graph.name), around)
        start = len(self._visible)
        self.read(message.graph, graph)
        self._visible[start:] = [None] * (len(self._visible) - start)
        return graph

    def _blamed(self, error: IrkitError, message: pb.Node, graph: Graph) -> IrkitError:
        """`error`, saying which node it is about; of a kind that tells that the file is wrong."""
        kind = type(error) if isinstance(error, FormatError | LimitError | UnsupportedError) else FormatError
        place = f"node {len(graph)}" + (f" of sub-graph '{graph.name}'" if graph.parent else "")
        try:
            who, layer = self.strings[message.op], self.strings[message.layer]
        except IndexError:
            return kind(f"{place}: {error.problem}", facts=error.facts)
        who += f" in layer '{layer}'" if layer else ""
        if error.problem.startswith("node "):  # a sub-graph's node was blamed already
            return kind(f"{place} ({who}), {error.problem}", facts=error.facts)
        return kind(f"{place} ({who}): {error.problem}", facts=error.facts)
