"""Value, Node and Graph: the IR in memory. Links between them are written in this file and nowhere else.

What holds at all times: a node owns its outputs; a value has at most one producer; ``value.uses`` names every
(node, position) that reads it, also from inside sub-graphs; names of values are unique in a graph and its sub-graphs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from irkit.errors import GraphError, IrkitError
from irkit.ir.constraints import Constraints, start_recording, stop_recording
from irkit.ir.source import UNKNOWN, Source, caller
from irkit.ir.types import Type, substituted, substituted_array, symbols_of
from irkit.ir.weights import Array, Weight

MAX_DEPTH = 16  # of sub-graphs inside sub-graphs


class Operation(Protocol):
    """What a node does. ``irkit.operators`` has the classes; the graph needs only this of them."""

    @property
    def name(self) -> str: ...
    @property
    def domain(self) -> str: ...
    @property
    def subgraphs(self) -> tuple[Graph, ...]: ...
    def with_subgraphs(self, graphs: Sequence[Graph]) -> Operation: ...
    def infer_outputs(
        self, types: Sequence[Type | None], known: Sequence[Array | None], count: int | None
    ) -> tuple[tuple[Type, ...], tuple[Array | None, ...]]:
        """Types of the first `count` outputs (None: the usual number), and their contents where they are known."""


@dataclass(eq=False, slots=True)
class Value:
    """One tensor (or sequence, or optional) in a graph.

    producer: the node that makes it; None for inputs and weights. uses: (node, input position) → None, in order.
    known: its contents when they are known without running: constants, and shape arithmetic (whose elements may be
    symbolic sizes, in an array of objects).
    """

    name: str
    type: Type
    producer: Node | None = None
    uses: dict[tuple[Node, int], None] = field(default_factory=dict)
    known: Array | None = None

    @property
    def is_used(self) -> bool:
        return bool(self.uses)

    def __repr__(self) -> str:
        return f"%{self.name}: {self.type}"


@dataclass(eq=False, slots=True)
class Node:
    """One use of an operator. inputs: None stands for an omitted optional input. layer: path of the layer that made
    it. source: the user's line. graph: the graph that holds it; None once it was removed."""

    op: Operation
    inputs: tuple[Value | None, ...]
    outputs: tuple[Value, ...] = ()
    layer: str = ""
    source: Source = UNKNOWN
    graph: Graph | None = None

    def __repr__(self) -> str:
        return f"{', '.join(v.name for v in self.outputs)} = {self.op.name}(…)"


class _Names:
    """Unique names for the values of a graph and its sub-graphs."""

    __slots__ = ("_counts", "_taken")

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._counts: dict[str, int] = {}

    def free(self, name: str) -> str:
        """`name`, or `name_1`, `name_2`… when it is taken."""
        taken, unique = self._taken, name
        while unique in taken:
            count = self._counts.get(name, 0) + 1
            self._counts[name] = count
            unique = f"{name}_{count}"
        return unique

    def take(self, name: str) -> str:
        """A free name, taken."""
        unique = self.free(name) if name in self._taken else name
        self._taken.add(unique)
        return unique


class Graph:
    """A list of nodes in execution order, with inputs, weights and outputs. A sub-graph knows the graph around it."""

    __slots__ = ("_inputs", "_names", "_nodes", "_outputs", "_weights", "constraints", "name", "parent")

    def __init__(self, name: str = "", parent: Graph | None = None) -> None:
        self.name, self.parent = name, parent
        self._inputs: list[Value] = []
        self._outputs: tuple[Value, ...] = ()
        self._nodes: dict[
            Node, None
        ] = {}  # a dict: removal in constant time, and order is part of the meaning
        self._weights: dict[Weight, Value] = {}
        self._names: _Names = parent._names if parent is not None else _Names()
        self.constraints: Constraints = parent.constraints if parent is not None else Constraints()
        if self.depth > MAX_DEPTH:
            raise GraphError(f"Sub-graphs are nested more than {MAX_DEPTH} deep.")

    # ---- reading

    @property
    def inputs(self) -> tuple[Value, ...]:
        return tuple(self._inputs)

    @property
    def outputs(self) -> tuple[Value, ...]:
        return self._outputs

    @property
    def nodes(self) -> Iterable[Node]:
        """In execution order. Copy it (``list(graph.nodes)``) before changing the graph."""
        return self._nodes.keys()

    @property
    def weights(self) -> dict[Weight, Value]:
        """Each weight that the graph refers to, with its value. Only the outermost graph has any."""
        return self._weights

    @property
    def depth(self) -> int:
        depth, graph = 0, self.parent
        while graph is not None:
            depth, graph = depth + 1, graph.parent
        return depth

    @property
    def root(self) -> Graph:
        graph = self
        while graph.parent is not None:
            graph = graph.parent
        return graph

    def __len__(self) -> int:
        return len(self._nodes)

    def walk(self) -> Iterator[Node]:
        """Every node, those of sub-graphs included, each before the nodes inside it."""
        pending = [iter(list(self._nodes))]
        while pending:
            node = next(pending[-1], None)
            if node is None:
                pending.pop()
                continue
            yield node
            pending.extend(iter(list(inner._nodes)) for inner in reversed(node.op.subgraphs))

    # ---- building

    def input(self, name: str, type: Type) -> Value:
        """Add an input. Its name is kept exactly; raises GraphError when it is taken."""
        unique = self._names.take(name)
        if unique != name:
            raise GraphError(f"Two values are called {name!r}.", cure="Give each input a name of its own.")
        value = Value(name, type)
        self.constraints.take(symbols_of(type))
        self._inputs.append(value)
        return value

    def free_name(self, name: str) -> str:
        """`name`, or one made from it, that no value of this graph has yet."""
        return self._names.free(name)

    def weight(self, weight: Weight, name: str = "") -> Value:
        """The value of `weight`, the same however often it is asked for. name: of the value, by default the path."""
        if self.parent is not None:
            return self.root.weight(weight, name)
        value = self._weights.get(weight)
        if value is None:
            value = self._weights[weight] = Value(self._names.take(name or weight.path), weight.type)
        return value

    def rename(self, value: Value, name: str) -> None:
        """Give a value of this graph another name, or one made from it when that is taken."""
        if value.name != name:
            value.name = self._names.take(name)

    def add(
        self,
        op: Operation,
        inputs: Sequence[Value | None] = (),
        *,
        count: int | None = None,
        names: Sequence[str] = (),
        layer: str = "",
        source: Source | None = None,
    ) -> tuple[Value, ...]:
        """Append a node and return its outputs. Types are inferred here, so that a mistake fails where it is made.

        count: how many outputs to make (an operator's trailing ones are often optional). names: of the outputs.
        Raises ShapeError, AttributeRangeError or GraphError, with layer, source line and input types.
        """
        inputs = tuple(inputs)
        if source is None:
            source = caller()
        types = [None if v is None else v.type for v in inputs]
        known = [None if v is None else v.known for v in inputs]
        token = start_recording((self.constraints, lambda: _origin(op, layer, source)))
        try:
            made, contents = op.infer_outputs(types, known, count)
        except IrkitError as error:
            facts = [f"{v.name}: {v.type}{_from(v)}" for v in inputs if v]
            raise error.at(str(source), who(op, layer), facts) from None
        finally:
            stop_recording(token)
        node = Node(op, inputs, (), layer, source, self)
        node.outputs = self._make_outputs(node, made, contents, names)
        for i, value in enumerate(inputs):
            if value is not None:
                value.uses[node, i] = None
        self._nodes[node] = None
        return node.outputs

    def _make_outputs(
        self, node: Node, types: Sequence[Type], contents: Sequence[Array | None], names: Sequence[str]
    ) -> tuple[Value, ...]:
        take, count = self._names.take, len(types)
        if len(names) < count:
            names = [*names, *[node.op.name.lower()] * (count - len(names))]
        if count == 1:
            return (Value(take(names[0]), types[0], node, {}, contents[0]),)
        return tuple(Value(take(names[i]), types[i], node, {}, contents[i]) for i in range(count))

    def set_outputs(self, outputs: Sequence[Value]) -> None:
        """Declare what the graph returns. A sub-graph returns values of its own: pass others through Identity."""
        for value in outputs:
            if self.parent is not None and value not in self._inputs and not self._owns(value):
                raise GraphError(
                    f"Sub-graph '{self.name}' returns {value!r}, which belongs to a graph around it."
                )
        self._outputs = tuple(outputs)

    def _owns(self, value: Value) -> bool:
        return value.producer is not None and value.producer.graph is self

    # ---- changing

    def replace_uses(self, old: Value, new: Value) -> None:
        """Let everything that read `old` read `new`, graph outputs included (also of the graphs inside this one)."""
        if old is new:
            return
        for node, i in list(old.uses):
            self.set_input(node, i, new)
        # only the graph of a node returns its outputs; looking through all would make many replacements quadratic
        made_in = old.producer.graph if old.producer is not None else None
        for graph in self.all_graphs() if made_in is None else (made_in,):
            if old in graph._outputs:
                graph._outputs = tuple(new if v is old else v for v in graph._outputs)

    def all_graphs(self) -> Iterator[Graph]:
        """This graph and every graph inside it."""
        yield self
        pending = [_with_graphs(self)]
        while pending:
            node = next(pending[-1], None)
            if node is None:
                pending.pop()
                continue
            yield from node.op.subgraphs
            pending.extend(map(_with_graphs, reversed(node.op.subgraphs)))

    def set_input(self, node: Node, position: int, value: Value | None) -> None:
        """Let `node` read `value` at `position`."""
        old = node.inputs[position]
        if old is not None:
            del old.uses[node, position]
        node.inputs = (*node.inputs[:position], value, *node.inputs[position + 1 :])
        if value is not None:
            value.uses[node, position] = None

    def remove(self, node: Node) -> None:
        """Take a node out. Raises GraphError while something still reads its outputs."""
        for value in node.outputs:
            if value.uses or value in self._outputs:
                raise GraphError(f"{node!r} is still read and cannot be removed.")
        for inner in node.op.subgraphs:
            for inside in reversed(list(inner.walk())):
                _release(inside)
        _release(node)
        del self._nodes[node]
        node.graph = None

    def abandon(self) -> None:
        """Empty a sub-graph that will not be used: what it read of the graphs around it is read no more."""
        for node in reversed(list(self.walk())):
            _release(node)
            node.graph = None
        self._nodes.clear()
        self._outputs = ()

    def drop_weight(self, weight: Weight) -> None:
        """Forget a weight that nothing reads any more."""
        if self._weights[weight].uses:
            raise GraphError(f"Weight '{weight.path}' is still read.")
        del self._weights[weight]

    def turn_into_input(self, weight: Weight) -> Value:
        """Let what read `weight` read an input instead, which becomes the last one. For states."""
        value = self.weight(weight)
        del self._weights[weight]
        self._inputs.append(value)
        return value

    def sort(self) -> None:
        """Put nodes into execution order: today's, but whatever must run before a node and stands behind it moves
        directly before it. Raises GraphError on a cycle."""
        nodes: dict[Node, None] = {}
        for first in self._nodes:
            path = {} if first in nodes else {first: self._blockers(first)}
            while path:
                node = next(reversed(path))
                blocker = next((b for b in path[node] if b not in nodes), None)
                if blocker is None:
                    nodes[node] = None
                    del path[node]
                elif blocker in path:
                    raise GraphError(f"{node!r} depends on its own result.", source=str(node.source))
                else:
                    path[blocker] = self._blockers(blocker)
        self._nodes = nodes

    def _blockers(self, node: Node) -> Iterator[Node]:
        """Nodes of this graph that must run before `node`: producers of what it, or a graph inside it, reads."""
        for value in (*node.inputs, *captured(node)):
            if value is not None and value.producer is not None and value.producer.graph is self:
                yield value.producer

    # ---- copying

    def absorb(self, other: Graph) -> None:
        """Move everything of `other`, which must share no value with this graph, into this one."""
        renamed = self.constraints.renamed_apart(other.constraints)
        values = [*other._inputs, *other._weights.values(), *(v for n in other.walk() for v in n.outputs)]
        values += [v for g in list(other.all_graphs())[1:] for v in g._inputs]
        for value in values:
            value.name = self._names.take(value.name)
            if renamed:
                value.type = substituted(value.type, renamed)
                value.known = None if value.known is None else substituted_array(value.known, renamed)
        for weight, value in other._weights.items():
            mine = self._weights.get(weight)
            if mine is None:
                self._weights[weight] = value
            else:
                other.replace_uses(value, mine)
        for node in other._nodes:
            node.graph = self
        self._inputs += other._inputs
        self._nodes.update(other._nodes)
        self.constraints.update(other.constraints, renamed)
        for inner in list(other.all_graphs())[1:]:
            inner._names, inner.constraints = self._names, self.constraints
            inner.parent = self if inner.parent is other else inner.parent


def captured(node: Node) -> dict[Value, None]:
    """Values that the sub-graphs of `node` read from around it, in order."""
    if not node.op.subgraphs:
        return {}
    inner = [i for g in node.op.subgraphs for i in (g, *(s for n in g.walk() for s in n.op.subgraphs))]
    inside = {v for g in inner for v in (*g.inputs, *(v for n in g.nodes for v in n.outputs))}
    read = (v for g in inner for n in g.nodes for v in n.inputs)
    return dict.fromkeys(v for v in read if v is not None and v not in inside)


def _with_graphs(graph: Graph) -> Iterator[Node]:
    """The nodes that hold graphs, of which most graphs have none."""
    return iter([node for node in graph.nodes if node.op.subgraphs])


def ends_run(node: Node) -> bool:
    """Whether running the node may end the run: it is an Assert, or one is inside of it. Such nodes are never idle."""
    return node.op.name == "Assert" or any(n.op.name == "Assert" for g in node.op.subgraphs for n in g.walk())


def _release(node: Node) -> None:
    for i, value in enumerate(node.inputs):
        if value is not None:
            value.uses.pop((node, i), None)


def who(op: Operation, layer: str) -> str:
    """Who is at work, for errors: "Gemm in layer 'dense'"."""
    return f"{op.name} in layer '{layer}'" if layer else op.name


def _origin(op: Operation, layer: str, source: Source) -> str:
    return f"{who(op, layer)} ({source})" if source.file else who(op, layer)


def _from(value: Value) -> str:
    node = value.producer
    if node is None:
        return ""
    return f", from {_origin(node.op, node.layer, node.source)}"
