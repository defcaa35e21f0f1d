"""A definition: the graph that grows while the user applies layers and functions to symbolic tensors.

Every ``Input`` begins a definition of its own; when tensors of two are combined, the two become one. A definition also
keeps a log of its *steps*, the layer calls and operators that the user wrote at the top level, so that a model cut out
of it can be called again on other tensors; and the *records* of all layer calls, from which the layer tree is made.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from irkit.ir import Graph, Node, Source, Value, Weight
from irkit.ir.graph import captured

if TYPE_CHECKING:
    from irkit.frontends.base.layer import Layer

_clock = itertools.count()


@dataclass(eq=False, slots=True)
class LayerStep:
    """A layer called by the user on symbolic tensors. order: of steps, over all definitions."""

    layer: Layer
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    inputs: tuple[Value, ...]
    outputs: tuple[Value, ...]
    source: Source
    order: int


@dataclass(eq=False, slots=True)
class NodeStep:
    """An operator applied by the user outside of any layer."""

    node: Node
    order: int

    @property
    def inputs(self) -> tuple[Value, ...]:
        """What it reads, also from inside its branches and loops."""
        return (*(v for v in self.node.inputs if v is not None), *captured(self.node))

    @property
    def outputs(self) -> tuple[Value, ...]:
        return self.node.outputs

    @property
    def source(self) -> Source:
        return self.node.source


Step = LayerStep | NodeStep


@dataclass(eq=False, slots=True)
class Record:
    """One call of one layer, at any depth. path: names of the layers around it and its own."""

    path: tuple[str, ...]
    layer: Layer
    inputs: tuple[Value, ...]
    outputs: tuple[Value, ...]
    source: Source


class Definition:
    """The graph, steps and records of everything connected to a set of inputs.

    outer: for the inside of a branch or loop, the definition around it, whose tensors may be read there.
    """

    __slots__ = (
        "_into",
        "_named",
        "_open",
        "checks",
        "graph",
        "makers",
        "outer",
        "records",
        "stand_in",
        "states",
    )

    def __init__(self, graph: Graph | None = None, outer: Definition | None = None) -> None:
        self.graph = Graph() if graph is None else graph  # an empty graph is false
        self.outer = outer
        self._open = 0  # branches and loops being written just now: their graphs know ours
        self.makers: dict[Value, Step] = {}  # value → the step that made it
        self.records: list[Record] = []
        self.states: dict[Weight, Value] = {}  # variables that were assigned here: see state.py
        self._named: dict[tuple[tuple[str, ...], str], Layer] = {}
        self._into: Definition | None = None
        self.checks: list[Value] = []  # conditions of the Asserts that were added here
        # what is read in place of a value from around, in a branch in which more is known about its sizes
        self.stand_in: Callable[[Value], Value] | None = None if outer is None else outer.stand_in

    def find(self) -> Definition:
        """This definition, or the one that it became a part of."""
        found = self
        while found._into is not None:
            found = found._into
        return found

    def name_of(self, layer: Layer, path: tuple[str, ...]) -> str:
        """What `layer` is called among the layers at `path`: its name, or `name_1`… when another one has it."""
        name, count = layer.name, 0
        while self._named.setdefault((path, name), layer) is not layer:
            count += 1
            name = f"{layer.name}_{count}"
        return name

    def around(self) -> Iterator[Definition]:
        """This definition and those around it, from the inside out."""
        found: Definition | None = self.find()
        while found is not None:
            yield found
            found = found.outer.find() if found.outer is not None else None

    @contextmanager
    def inside(self, name: str) -> Iterator[Definition]:
        """While it lasts, a definition for the inside of a branch or loop. Its layer calls are recorded here."""
        mine = self.find()
        inner = Definition(Graph(name, parent=mine.graph), mine)
        mine._open += 1
        try:
            yield inner
        finally:
            mine._open -= 1
        mine.find().records += inner.records

    def merge(self, other: Definition) -> Definition:
        """Make two definitions one, moving the smaller into the larger. Of an inner and an outer one: the inner."""
        a, b = self.find(), other.find()
        if a in b.around():
            return b
        if b in a.around():
            return a
        if a.outer is not None or b.outer is not None:
            inner, stranger = (a, b) if a.outer is not None else (b, a)
            list(inner.around())[-1].merge(list(stranger.around())[-1])
            return inner
        if b._open or (len(b.graph) > len(a.graph) and not a._open):
            a, b = b, a
        a.graph.absorb(b.graph)
        a.makers.update(b.makers)
        a.records += b.records
        a.states.update(b.states)
        b._into = a
        return a

    def log_node(self, node: Node) -> None:
        step = NodeStep(node, next(_clock))
        self.makers.update(dict.fromkeys(node.outputs, step))

    def log_layer(self, layer: Layer, args: tuple[Any, ...], kwargs: dict[str, Any], record: Record) -> None:
        step = LayerStep(layer, args, kwargs, record.inputs, record.outputs, record.source, next(_clock))
        self.makers.update(dict.fromkeys(record.outputs, step))


@dataclass(frozen=True, slots=True)
class Scope:
    """Where the program is: inside which layers, and which definition is being captured.

    source: the user's line to name, where irkit itself is the caller; None: the nearest line that is not irkit's.
    training: what layers are told that do not say it themselves.
    home: the definition of the tensors that the layer at work was called on; what it computes of weights alone belongs
    there too.
    """

    path: tuple[str, ...] = ()
    source: Source | None = None
    capturing: Definition | None = None
    training: bool | None = None
    home: Definition | None = None

    @property
    def layer(self) -> str:
        return "/".join(self.path)


# How functions of the user's are called: irkit.frontends.capture sets it while it captures.
through: ContextVar[Callable[[Callable[..., Any], Sequence[Any], Mapping[str, Any]], Any] | None] = (
    ContextVar("through", default=None)
)


def called(function: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    """A function that the user may have written, called by irkit: under capture it is rewritten first."""
    call = through.get()
    return function(*args, **kwargs) if call is None else call(function, args, kwargs)


_TOP = Scope()
_scope: ContextVar[Scope] = ContextVar("scope", default=_TOP)


def current_scope() -> Scope:
    """Where the program is now."""
    return _scope.get()


class scope:  # noqa: N801  # used as a statement; a class, since a generator takes longer than a small kernel
    """Be in a scope while it lasts: ``with scope(new): …``"""

    __slots__ = ("_new", "_token")

    def __init__(self, new: Scope) -> None:
        self._new = new

    def __enter__(self) -> None:
        self._token = _scope.set(self._new)

    def __exit__(self, *_: object) -> None:
        _scope.reset(self._token)
