"""One node of a stranger's model on its way to irkit's operators, and the table of adapters that know the old forms."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

import numpy as np

from irkit.errors import GraphError, UnsupportedError
from irkit.frontends.onnx_import.folding import folded
from irkit.ir import Array, DType, Graph, TensorType, Type, Value, as_tensor
from irkit.ir.source import UNKNOWN
from irkit.operators import OPSET, Operator, make

if TYPE_CHECKING:
    import onnx

_NARROW = frozenset({DType.float16, DType.bfloat16})

# Adds the nodes of the graph in an attribute to the node's own graph, for these inputs, and returns its outputs.
Inline: TypeAlias = Callable[["onnx.GraphProto", "Sequence[Value]"], "list[Value]"]


class Body(Protocol):
    """Builds the graph in an attribute."""

    def __call__(
        self, proto: onnx.GraphProto, types: Sequence[Type], name: str, inside: Graph | None = None
    ) -> Graph:
        """For inputs of these types. inside: the graph around it, where that is not the node's own."""


@dataclass
class Use:
    """A node: what it is called, the opset that it is written in, and what it reads. Adapters change it and add nodes.

    names: of its outputs. count: how many outputs it has. layer: path of the layer that its nodes belong to.
    """

    operator: str
    domain: str
    version: int
    graph: Graph
    inputs: list[Value | None]
    attributes: dict[str, Any]
    names: Sequence[str]
    layer: str
    body: Body
    inline: Inline

    @property
    def count(self) -> int:
        return len(self.names)

    def value(self, position: int) -> Value:
        """The input at `position`, which must be there."""
        found = self.optional(position)
        if found is None:
            raise GraphError(f"{self.operator} needs its input {position}.")
        return found

    def optional(self, position: int) -> Value | None:
        return self.inputs[position] if position < len(self.inputs) else None

    def type(self, position: int) -> TensorType:
        """Of the input at `position`, which must be a tensor."""
        return as_tensor(self.value(position).type)

    def rank(self, position: int = 0) -> int:
        """Of an input, where the operator's form cannot be changed without it."""
        found = self.type(position).rank
        if found is None:
            raise UnsupportedError(
                f"{self.operator} of opset {self.version} cannot be written at opset 23 for an input of unknown rank."
            )
        return found

    def take(self, attribute: str, default: Any = None) -> Any:  # of any kind
        """An attribute's value; it is not there any more afterwards."""
        return self.attributes.pop(attribute, default)

    def drop(self, *attributes: str) -> None:
        """Forget attributes that have no meaning (any more)."""
        for attribute in attributes:
            self.attributes.pop(attribute, None)

    def place(self, position: int, value: Value | None) -> None:
        """Let the node read `value` at `position`."""
        self.inputs += [None] * (position + 1 - len(self.inputs))
        self.inputs[position] = value

    # ---- adding nodes

    def same(self, operator: str = "") -> Sequence[Value]:
        """This node, as it now is."""
        while self.inputs and self.inputs[-1] is None:
            self.inputs.pop()
        op = make(self.domain, operator or self.operator, self.attributes)
        narrow = self._widen(op) if self.version > OPSET else None
        made = self._added(op, self.inputs, self.count, self.names)
        return made if narrow is None else [self._narrowed(v, narrow) for v in made]

    def _widen(self, op: Operator) -> DType | None:
        """Later opsets let more operators take narrow floats: computed on float32, which holds each of them exactly."""
        narrow: DType | None = None
        for i, value in enumerate(self.inputs if op.accepted else ()):
            accepted = op.accepted[min(i, len(op.accepted) - 1)]
            if value is None or not isinstance(value.type, TensorType) or value.type.dtype in accepted:
                continue
            if value.type.dtype in _NARROW:
                narrow = value.type.dtype
                self.inputs[i] = self.add("Cast", value, to=DType.float32)
        return narrow

    def _narrowed(self, value: Value, dtype: DType) -> Value:
        is_wide = isinstance(value.type, TensorType) and value.type.dtype is DType.float32
        return self.add("Cast", value, to=dtype) if is_wide else value

    def add(self, operator: str, *inputs: Value | None, domain: str = "", **attributes: object) -> Value:
        """A node with one output."""
        op = make(domain, operator, attributes)
        return self._added(op, inputs, 1)[0]

    def many(
        self, operator: str, inputs: Sequence[Value | None], count: int | None = None, **attributes: object
    ) -> Sequence[Value]:
        """A node of any number of outputs."""
        return self._added(make("", operator, attributes), inputs, count)

    def _added(
        self, op: Operator, inputs: Sequence[Value | None], count: int | None, names: Sequence[str] = ()
    ) -> Sequence[Value]:
        results = folded(op, inputs, count)
        if results is None:
            return self.graph.add(op, inputs, count=count, names=names, layer=self.layer, source=UNKNOWN)
        ops = [make("", "Constant", {"value": array}) for array in results]
        given = [*names, *[""] * len(ops)]
        return [
            self.graph.add(o, names=[n] if n else (), layer=self.layer, source=UNKNOWN)[0]
            for o, n in zip(ops, given, strict=False)
        ]

    def constant(self, array: Array) -> Value:
        return self.add("Constant", value=array)

    def integers(self, numbers: Sequence[int]) -> Value:
        """A vector of int64."""
        return self.constant(np.array(numbers, np.int64))

    def number(self, number: float, dtype: DType) -> Value:
        """A scalar."""
        return self.constant(np.array(number, dtype.numpy))

    def unsupported(self, what: str) -> UnsupportedError:
        return UnsupportedError(f"{self.operator} of opset {self.version} {what}")

    def inside(self, graph: Graph) -> Use:
        """The same node, for adding to a graph inside."""
        return replace(self, graph=graph, inputs=[], attributes={})


Adapter: TypeAlias = Callable[[Use], Sequence[Value]]
ADAPTERS: dict[tuple[str, str], Adapter] = {}


def adapter(*operators: str, domain: str = "") -> Callable[[Adapter], Adapter]:
    """Enter a function as the way to write these operators with irkit's."""

    def enter(function: Adapter) -> Adapter:
        for operator in operators:
            assert (domain, operator) not in ADAPTERS, f"two adapters for {operator}"
            ADAPTERS[domain, operator] = function
        return function

    return enter
