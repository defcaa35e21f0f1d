"""Graphs from GraphProto: node by node, every type inferred here, and nothing believed but the inputs'."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from irkit.errors import GraphError, IrkitError, LimitError
from irkit.frontends.onnx_import.attributes import attributes_of, resolved
from irkit.frontends.onnx_import.naming import Paths
from irkit.frontends.onnx_import.order import ordered
from irkit.frontends.onnx_import.ports import Sizes
from irkit.frontends.onnx_import.reading import ExternalData
from irkit.frontends.onnx_import.scan import Functions, domain_of, versions_of
from irkit.frontends.onnx_import.scopes import Scope
from irkit.frontends.onnx_import.use import ADAPTERS, Use
from irkit.ir import Graph, Type, Value, limits
from irkit.ir.source import UNKNOWN
from irkit.operators import make

if TYPE_CHECKING:
    import onnx

MAX_CALLS = 32  # functions that call functions

# What a shape rule may raise when a stranger's node makes no sense and the rule did not expect it.
_SURPRISES = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    MemoryError,
    RecursionError,
    TypeError,
    ValueError,
)


@dataclass(frozen=True)
class Place:
    """Where nodes are being built: in which graph and layer, with which opsets, inside which function calls.

    layer: path that all nodes have; None: each has its own. around: path of the function call.
    """

    graph: Graph
    scope: Scope
    versions: Mapping[str, int]
    layer: str | None = None
    around: str = ""
    attributes: Mapping[str, onnx.AttributeProto] = field(default_factory=dict)
    calls: tuple[tuple[str, str, str], ...] = ()


class Builder:
    """Builds the graph of one model."""

    def __init__(self, functions: Functions, external: ExternalData, sizes: Sizes, paths: Paths) -> None:
        self._functions, self._external, self._sizes, self._paths = functions, external, sizes, paths
        self._budget = limits.NODES

    def nodes(self, nodes: Sequence[onnx.NodeProto], place: Place) -> None:
        """Add nodes to a graph. Raises GraphError, ShapeError…, naming the node."""
        for node in ordered(nodes):
            self._budget -= 1
            if self._budget < 0:
                raise LimitError(
                    f"with its functions and loops written out the model has more than {limits.NODES} nodes."
                )
            try:
                self._node(node, place)
            except IrkitError as error:
                raise _blamed(error, node) from None
            except _SURPRISES as error:
                raise _blamed(
                    GraphError(f"it makes no sense ({type(error).__name__}: {error})."), node
                ) from error

    def _node(self, node: onnx.NodeProto, place: Place) -> None:
        key = domain_of(node.domain), node.op_type, node.overload
        if key[:2] == ("", "Constant") and len(node.attribute) == 1 and node.attribute[0].name == "value":
            place.scope.declare(_only_output(node), node.attribute[0].t)
            return
        layer = self._paths.of(node, place.around) if place.layer is None else place.layer
        inputs = [
            place.scope.find(name, node.op_type, i, layer)
            if name and not place.scope.is_absent(name)
            else None
            for i, name in enumerate(node.input)
        ]
        names = list(node.output)
        while names and not names[-1]:
            names.pop()
        if key in self._functions:
            made: Sequence[Value] = self._call(
                node, key, inputs, replace(place, around=layer if place.layer is None else "")
            )
        else:
            made = self._operator(node, inputs, names, layer, place)
        for name, value in zip(names, made, strict=False):
            if name:
                place.scope.define(name, value)
        if len(made) < len(names):
            raise GraphError(f"it has {len(made)} outputs, not {len(names)}.")

    def _operator(
        self, node: onnx.NodeProto, inputs: list[Value | None], names: list[str], layer: str, place: Place
    ) -> Sequence[Value]:
        domain = domain_of(node.domain)
        if domain not in place.versions:
            raise GraphError(f"the model does not say which opset of domain '{domain or 'ai.onnx'}' it uses.")
        attributes = attributes_of(node.attribute, place.attributes, self._external, self._sizes)

        def body(
            proto: onnx.GraphProto, types: Sequence[Type], name: str, inside: Graph | None = None
        ) -> Graph:
            return self.body(
                proto,
                types,
                name,
                replace(place, layer=layer, graph=place.graph if inside is None else inside),
            )

        def inline(proto: onnx.GraphProto, given: Sequence[Value]) -> list[Value]:
            return self.inline(proto, given, replace(place, layer=layer))

        version = place.versions[domain]
        use = Use(node.op_type, domain, version, place.graph, inputs, attributes, names, layer, body, inline)
        if use.domain == "" and use.version < 6:
            use.drop("consumed_inputs")
        adapter = ADAPTERS.get((domain, node.op_type))
        if adapter is None:
            return use.same()
        made = adapter(use)
        for name, value in zip(names, made, strict=False):
            if name and value not in inputs:
                place.graph.rename(value, name)
        return made

    # ---- graphs inside

    def body(self, proto: onnx.GraphProto, types: Sequence[Type], name: str, place: Place) -> Graph:
        """The graph in an attribute, for inputs of these types."""
        if len(proto.input) != len(types):
            raise GraphError(f"its {name} takes {len(proto.input)} inputs; {len(types)} are given.")
        graph = Graph(proto.name or name, place.graph)
        scope = Scope(graph, self._external, place.scope, [proto])
        for info, type_ in zip(proto.input, types, strict=True):
            scope.define(info.name, graph.input(graph.free_name(info.name), type_))
        self.nodes(proto.node, replace(place, graph=graph, scope=scope))
        outputs = [scope.find(info.name) for info in proto.output]
        graph.set_outputs([_own(graph, value) for value in outputs])
        return graph

    def inline(self, proto: onnx.GraphProto, given: Sequence[Value], place: Place) -> list[Value]:
        """The nodes of the graph in an attribute in the place of the node itself."""
        if len(proto.input) != len(given):
            raise GraphError(f"its graph takes {len(proto.input)} inputs; {len(given)} are given.")
        scope = Scope(place.graph, self._external, place.scope, [proto])
        for info, value in zip(proto.input, given, strict=True):
            scope.define(info.name, value)
        self.nodes(proto.node, replace(place, scope=scope))
        return [scope.find(info.name) for info in proto.output]

    # ---- functions

    def _call(
        self, node: onnx.NodeProto, key: tuple[str, str, str], inputs: list[Value | None], place: Place
    ) -> list[Value]:
        """The nodes of a function in the place of its call."""
        if key in place.calls or len(place.calls) >= MAX_CALLS:
            raise GraphError(
                f"function '{node.op_type}' calls itself, or functions call each other too deep."
            )
        function = self._functions[key]
        if len(inputs) > len(function.input):
            raise GraphError(
                f"function '{node.op_type}' takes {len(function.input)} inputs, not {len(inputs)}."
            )
        scope = Scope(place.graph, self._external)
        for name, value in zip(function.input, inputs, strict=False):
            if value is not None:
                scope.define(name, value)
        scope.leave_out(name for name in function.input if not scope.has_value(name))
        defaults = {a.name: a for a in function.attribute_proto}
        given = {a.name: a for a in resolved(node.attribute, place.attributes)}
        inner = replace(
            place,
            scope=scope,
            versions=versions_of(function.opset_import, f"function '{node.op_type}'"),
            attributes={**defaults, **given},
            calls=(*place.calls, key),
        )
        self.nodes(function.node, inner)
        return [scope.find(name) for name in function.output]


def _only_output(node: onnx.NodeProto) -> str:
    if len(node.output) != 1 or node.input:
        raise GraphError("a Constant has no inputs and one output.")
    return node.output[0]


def _own(graph: Graph, value: Value) -> Value:
    """`value`, when the graph inside may return it, else a copy: it returns what it makes itself."""
    if value in graph.inputs or (value.producer is not None and value.producer.graph is graph):
        return value
    return graph.add(make("", "Identity", {}), [value], source=UNKNOWN)[0]


def _blamed(error: IrkitError, node: onnx.NodeProto) -> IrkitError:
    """`error`, saying which node it is about."""
    name = node.name or next((o for o in node.output if o), "")
    who = f"node '{name[:200]}' ({node.op_type[:60]})"
    error.layer = who if not error.layer or not error.layer.startswith("node '") else f"{who}, {error.layer}"
    return error
