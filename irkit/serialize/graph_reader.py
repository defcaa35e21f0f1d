"""Graphs from irkit.v1.Graph: every node is added anew, so that its types are inferred again and must agree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TypeAlias

from irkit._generated import irkit_pb2 as pb
from irkit.errors import FormatError, IrkitError, LimitError, UnsupportedError
from irkit.ir import Constraints, Dim, Graph, Source, TensorType, Type, Value, dims, limits
from irkit.ir.source import UNKNOWN
from irkit.ir.types import symbols_of
from irkit.operators import Operator, find, make
from irkit.operators.attributes import AttributeSpec
from irkit.serialize.attributes import AttributeReader
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
    """Reads one model's graphs. values: by number, those of finished sub-graphs included; number 0 is an omitted one."""

    def __init__(
        self,
        strings: Sequence[str],
        types: Sequence[Type],
        attributes: AttributeReader,
        known_symbols: Mapping[str, None],
    ) -> None:
        """known_symbols: those of the model's inputs; all others were made by the shape rule of some node."""
        self.strings, self.types, self.attributes = strings, types, attributes
        self.values: list[Value | None] = [None]
        self._visible: list[Value | None] = [None]  # the same, without those of finished sub-graphs
        self._fresh_in = [[s for s in symbols_of(t) if s not in known_symbols] for t in types]
        self._defined: set[str] = set()  # symbols met so far
        self._source = cache(Source)
        self._operators: dict[tuple[int, int], Operator] = {}  # those without attributes
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
            self._defined.update(self._fresh_in[port.type])
            self.define(graph.input(checked_name(port.name), self.types[port.type]))
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
        inputs = [visible[n] for n in message.inputs]
        if None in inputs:
            self._check_omitted(message)
        ports = [(checked_name(port.name), port.type) for port in message.outputs]
        new = [s for _, t in ports for s in self._fresh_in[t] if s not in self._defined]
        if new:
            graph.constraints.foresee(dict.fromkeys(new))
            self._defined.update(new)
        made = graph.add(
            op,
            inputs,
            count=len(ports),
            names=[name for name, _ in ports],
            layer=self.strings[message.layer],
            source=self.source(message),
        )
        if new:
            graph.constraints.foresee(())
        for value, (name, number) in zip(made, ports, strict=True):
            stored = types[number]
            if value.type is not stored:
                _agree(value, stored, graph.constraints, new)
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
        if message.attributes:
            return self._read_op_with_attributes(message, graph)
        key = message.domain, message.op
        op = self._operators.get(key)
        if op is None:
            op = self._operators[key] = make(self.strings[key[0]], self.strings[key[1]], {})
        return op

    def _read_op_with_attributes(self, message: pb.Node, graph: Graph) -> Operator:
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
        if not spec.is_graph:
            return self.attributes.read(spec, message)
        if message.WhichOneof("value") != "graph":
            raise FormatError(f"attribute '{spec.name}' must be of kind graph.")
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


def _agree(value: Value, stored: Type, constraints: Constraints, new: Sequence[str]) -> None:
    """Let `value` have its stored type, which must be the inferred one, maybe in other words. Raises FormatError."""
    if value.type != stored and not _same(value.type, stored, constraints, set(new)):
        raise FormatError(f"the file says that '{value.name}' is {stored}; it is {value.type}.")
    value.type = stored


Names: TypeAlias = set[str]


def _same(inferred: Type, stored: Type, constraints: Constraints, new: Names) -> bool:
    while not isinstance(inferred, TensorType) and not isinstance(stored, TensorType):
        if type(inferred) is not type(stored):
            return False
        inferred, stored = inferred.element, stored.element
    if not isinstance(inferred, TensorType) or not isinstance(stored, TensorType):
        return False
    if inferred.dtype is not stored.dtype or inferred.rank != stored.rank:
        return False
    pairs = zip(inferred.shape or (), stored.shape or (), strict=True)
    return all(_same_size(a, b, constraints, new) for a, b in pairs)


def _same_size(inferred: Dim, stored: Dim, constraints: Constraints, new: Names) -> bool:
    """Whether the sizes are equal by what the model demands, or the stored one is a symbol that is defined just here:
    such a symbol claims nothing. (The model now knows all its constraints; when it was built it knew fewer.)"""
    if dims.equal(constraints.simplified(inferred), constraints.simplified(stored)) is True:
        return True
    names = list(dims.symbols(stored))
    return len(names) == 1 and names[0] in new and stored == dims.symbol(names[0])
