"""The graphs of a PROGRAM (proto/README.md §4, rules 5 to 12): numbering, scopes, and the closed table of operators."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from irkit.backends.program import ABSENT, AttributeKind
from irkit.errors import FormatError, GraphError, IrkitError, LimitError, UnsupportedError
from irkit.ir import limits
from irkit.operators import find
from irkit.operators.rows import OperatorRow, row_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from irkit.backends.program import AttributeP, GraphP, NodeP, Program

_DOMAINS = ("", "ai.onnx.ml")
_FIELDS = {
    AttributeKind.FLOAT: "f",
    AttributeKind.INT: "i",
    AttributeKind.STRING: "s",
    AttributeKind.TENSOR: "i",
    AttributeKind.GRAPH: "i",
    AttributeKind.FLOATS: "floats",
    AttributeKind.INTS: "ints",
    AttributeKind.STRINGS: "strings",
}
_OTHERS = {kind: {"i", "f", "s", "ints", "floats", "strings"} - {field} for kind, field in _FIELDS.items()}
_EMPTY: dict[str, object] = {"i": 0, "f": 0.0, "s": b"", "ints": (), "floats": (), "strings": ()}
_NOBODY = -1  # the graph of an initializer or input, which no node puts out


def check_graphs(program: Program) -> None:
    """Raises FormatError, GraphError, LimitError, UnsupportedError."""
    if not program.graphs:
        raise GraphError("no graph.")
    _Graphs(program).run()


class _Graphs:
    """Goes through the graphs as they are numbered.

    owners: of each value, the graph whose node puts it out. visible: whether it may be read here and now.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        self.owners: list[int] = []
        self.visible: list[bool] = []
        self.met = self.nodes = self.tensor_bytes = 0

    def run(self) -> None:
        initializers = self.program.initializers
        count = len(self.program.tensors)
        if len(set(initializers)) != len(initializers) or any(n >= count for n in initializers):
            raise FormatError("an initializer is unknown, or given twice.")
        self.define(tuple(range(len(initializers))), _NOBODY)
        self.graph(0, 0)
        if self.met != len(self.program.graphs):
            raise GraphError("a sub-graph that no node holds.")
        main = self.program.graphs[0]
        if len(main.inputs) != len(self.program.inputs) or len(main.outputs) != len(self.program.outputs):
            raise GraphError("the main graph has other inputs or outputs than the signature.")

    def define(self, numbers: Sequence[int], graph: int) -> None:
        for number in numbers:
            if number != len(self.owners):
                raise GraphError(f"value {len(self.owners)} comes next, found {number}.")
            if number == limits.VALUES:
                raise LimitError(f"more than {limits.VALUES:,} values.")
            self.owners.append(graph)
            self.visible.append(True)

    def graph(self, number: int, depth: int) -> None:
        """The depth bounds this recursion."""
        if depth > limits.GRAPH_DEPTH:
            raise LimitError(f"sub-graphs are nested more than {limits.GRAPH_DEPTH} deep.")
        self.met += 1
        graph, first = self.program.graphs[number], len(self.owners)
        self.define(graph.inputs, _NOBODY)
        for node in graph.nodes:
            self.node(node, number, depth)
        self.check_outputs(graph, number)
        if number:
            self.visible[first:] = [False] * (len(self.visible) - first)

    def check_outputs(self, graph: GraphP, number: int) -> None:
        end = len(self.owners)
        if len(set(graph.outputs)) != len(graph.outputs):
            raise GraphError(f"graph {number} puts out a value twice.")
        for value in graph.outputs:
            if not 0 <= value < end or self.owners[value] != number:
                raise GraphError(f"output {value} of graph {number} comes from no node of it.")

    # ---- nodes

    def node(self, node: NodeP, graph: int, depth: int) -> None:
        self.nodes += 1
        if self.nodes > limits.NODES:
            raise LimitError(f"more than {limits.NODES:,} nodes.")
        strings = self.program.strings
        if max(node.op, node.domain, node.layer, node.source) >= len(strings):
            raise FormatError("a node refers to a string that is not there.")
        name = strings[node.op]
        row = _row(strings[node.domain], name)
        try:
            if row.since > self.program.opset:
                raise GraphError(f"{name} needs opset {row.since}, the program says {self.program.opset}.")
            self.check_inputs(node, row)
            if node.attributes or row.required:
                self.check_attributes(node, row, depth)
            _check_count(node.outputs, row.least_outputs, row.most_outputs, "outputs")
        except IrkitError as error:
            raise error.at(source=strings[node.source], layer=strings[node.layer]) from None
        self.define([n for n in node.outputs if n != ABSENT], graph)

    def check_inputs(self, node: NodeP, row: OperatorRow) -> None:
        _check_count(node.inputs, row.least_inputs, row.most_inputs, "inputs")
        visible = self.visible
        for place, number in enumerate(node.inputs):
            if number == ABSENT:
                if not row.needed_inputs <= place < row.omissible_end:
                    raise GraphError(f"input {place} must not be omitted.")
            elif not 0 <= number < len(visible) or not visible[number]:
                raise GraphError(f"it reads value {number}, which is not defined there.")

    def check_attributes(self, node: NodeP, row: OperatorRow, depth: int) -> None:
        before, strings = "", self.program.strings
        names = set[str]()
        for attribute in node.attributes:
            if attribute.name >= len(strings):
                raise FormatError("an attribute refers to a string that is not there.")
            name = strings[attribute.name]
            if name not in row.attributes:
                raise GraphError(f"it has no attribute '{name}'.")
            spec = row.attributes[name]
            if spec.kind != attribute.kind:
                raise GraphError(f"attribute '{name}' is of the wrong kind.")
            if name <= before:
                raise GraphError("its attributes are not sorted.")
            before = name
            names.add(name)
            self.check_fields(attribute, name, depth)
            if not spec.allows(_value_of(attribute)):
                raise GraphError(f"attribute '{name}' lies outside of its range.")
        if not row.required <= names:
            raise GraphError("it lacks an attribute that it needs.")
        self.check_bodies(node)

    def check_fields(self, attribute: AttributeP, name: str, depth: int) -> None:
        kind = AttributeKind(attribute.kind)
        for field in _OTHERS[kind]:
            value = getattr(attribute, field)
            if value != _EMPTY[field] or str(value) == "-0.0":
                raise FormatError(f"attribute '{name}' uses fields of another kind.")
        if kind is AttributeKind.TENSOR:
            self.check_tensor(attribute.i)
        if kind is AttributeKind.GRAPH:
            if attribute.i != self.met or self.met >= len(self.program.graphs):
                raise GraphError(f"graph {self.met} comes next, found {attribute.i}.")
            self.graph(attribute.i, depth + 1)

    def check_tensor(self, number: int) -> None:
        if not 0 <= number < len(self.program.tensors):
            raise GraphError("it holds no known tensor.")
        length = self.program.tensors[number].length
        self.tensor_bytes += length
        if length > limits.TENSOR_ATTRIBUTE_BYTES or self.tensor_bytes > limits.TENSOR_ATTRIBUTES_BYTES:
            raise LimitError("the tensors in attributes have too many bytes.")

    def check_bodies(self, node: NodeP) -> None:
        """What If, Loop and Scan demand of their bodies."""
        name = self.program.strings[node.op]
        inputs = 0 if name == "If" else len(node.inputs)
        outputs = len(node.outputs) + (name == "Loop")
        for attribute in node.attributes:
            if attribute.kind == AttributeKind.GRAPH:
                body = self.program.graphs[attribute.i]
                if len(body.inputs) != inputs or len(body.outputs) != outputs:
                    raise GraphError(f"a body of {name} has the wrong number of inputs or outputs.")


def _check_count(numbers: Sequence[int], least: int, most: int | None, what: str) -> None:
    if len(numbers) < least or (most is not None and len(numbers) > most):
        raise GraphError(f"it has {len(numbers)} {what}.")
    if numbers and numbers[-1] == ABSENT:
        raise GraphError(f"it omits the last of its {what}.")


def _value_of(attribute: AttributeP) -> tuple[object, ...]:
    """The value, or the elements of the list."""
    if attribute.kind == AttributeKind.STRINGS:
        return tuple(text.data for text in attribute.strings)
    value = getattr(attribute, _FIELDS[AttributeKind(attribute.kind)])
    return value if isinstance(value, tuple) else (value,)


@cache
def _row(domain: str, name: str) -> OperatorRow:
    cls = find(domain, name) if domain in _DOMAINS else None
    if cls is None:
        raise UnsupportedError(f"unknown operator '{name}' of domain '{domain}'.", cure="Update irkit.")
    return row_of(cls)
