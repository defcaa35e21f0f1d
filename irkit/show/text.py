"""A model as text: one line a node, the same text for the same graph. ``text_parser.parse`` reads it back.

    model "mlp"(%x: float32[batch, 4]) -> output
      weight @dense/kernel: float32[4, 2]
      weight @dense/bias: float32[2]
      %0 = Gemm(%x, @dense/kernel, @dense/bias) : float32[batch, 2]  # dense  model.py:12
      return %0

Values that nodes make are numbered in order, so that the text tells nothing of their names. ``_`` is an
omitted input. Sub-graphs stand indented below the line of their node, which then ends in ``with``.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, cast

import numpy as np

from irkit.ir import DType, Graph

if TYPE_CHECKING:
    from irkit.ir import Array, GraphModel, Node, Value
    from irkit.operators import Operator

SHOWN = 16  # elements of a constant; of longer ones stands a hash, unless all contents are asked for
_PLAIN = re.compile(r"[A-Za-z_][\w/.\-]*")


def to_text(model: GraphModel, *, layers: bool = True, sources: bool = True, contents: bool = False) -> str:
    """The text of `model`. layers, sources: behind each node, whose and from which line. contents: of all
    constants and weights, so that ``parse`` gives a model that runs."""
    return "\n".join(_Printer(layers, sources, contents).model(model)) + "\n"


class _Printer:
    def __init__(self, layers: bool, sources: bool, contents: bool) -> None:
        self.layers, self.sources, self.contents = layers, sources, contents
        self.names: dict[Value, str] = {}
        self.count = 0

    def model(self, model: GraphModel) -> Iterator[str]:
        graph = model.graph
        self.names.update((v, f"%{quoted(v.name)}") for v in graph.inputs)
        self.names.update((v, f"@{quoted(v.name)}") for v in graph.weights.values())
        inputs = ", ".join(f"{self.names[v]}: {v.type}" for v in model.user_inputs)
        outputs = ", ".join(map(quoted, model.signature.output_names))
        yield f"model {json.dumps(model.name)}({inputs}) -> {outputs}"
        if graph.constraints.exact_broadcast:
            yield "  exact broadcast"
        for weight, value in sorted(graph.weights.items(), key=lambda item: item[1].name):
            frozen = "" if weight.trainable else " frozen"
            data = f" = {tensor_text(weight.data, True)}" if self.contents else ""
            yield f"  weight {self.names[value]}: {weight.type}{frozen}{data}"
        for weight, value in zip(model.states, graph.inputs[len(model.user_inputs) :], strict=True):
            data = f" = {tensor_text(weight.data, True)}" if self.contents else ""
            yield f"  state {self.names[value]}: {weight.type}{data}"
        for constraint in graph.constraints:
            origin = f"  # {constraint.origin}" if constraint.origin and self.sources else ""
            yield f"  demand {constraint.left} == {constraint.right}{origin}"
        yield from self.body(graph)

    def body(self, graph: Graph, indent: str = "  ") -> Iterator[str]:
        """The lines of a graph. Calls itself for graphs inside, whose depth is bounded."""
        for node in graph.nodes:
            blocks: list[str] = []
            for name, inner in self.attributes(
                node
            ):  # their values are numbered before the node's own outputs
                if isinstance(inner, Graph):
                    blocks += [f"{indent}  {self.head(name, inner)}", *self.body(inner, indent + "    ")]
            yield indent + self.node(node)
            yield from blocks
        yield f"{indent}return {', '.join(self.names[v] for v in graph.outputs)}".rstrip()

    def head(self, name: str, graph: Graph) -> str:
        self.number(graph.inputs)
        return f"{name}({', '.join(f'{self.names[v]}: {v.type}' for v in graph.inputs)}):"

    def number(self, values: Sequence[Value]) -> None:
        for value in values:
            self.names[value] = f"%{self.count}"
            self.count += 1

    def attributes(self, node: Node) -> list[tuple[str, object]]:
        return sorted(cast("Operator", node.op).attributes().items())

    def node(self, node: Node) -> str:
        self.number(node.outputs)
        given = ["_" if v is None else self.names[v] for v in node.inputs]
        attributes = self.attributes(node)
        given += [f"{k}={self.attribute(v)}" for k, v in attributes if not isinstance(v, Graph)]
        domain = f"{node.op.domain}." if node.op.domain else ""
        outputs = ", ".join(self.names[v] for v in node.outputs)
        types = ", ".join(str(v.type) for v in node.outputs)
        block = " with" if any(isinstance(v, Graph) for _, v in attributes) else ""
        line = f"{outputs} = {domain}{node.op.name}({', '.join(given)}) : {types}{block}"
        return line + self.comment(node)

    def comment(self, node: Node) -> str:
        layer = node.layer if self.layers else ""
        source = str(node.source) if self.sources else ""
        return f"  # {layer}  {source}".rstrip() if layer or source else ""

    def attribute(self, value: object) -> str:
        if isinstance(value, np.ndarray):
            return tensor_text(value, self.contents)
        if isinstance(value, tuple):
            return f"[{', '.join(map(self.attribute, value))}]"
        return scalar_text(value)


def quoted(name: str) -> str:
    """A name as it is, or in quotes when it has characters that could be taken for something else."""
    return name if _PLAIN.fullmatch(name) else json.dumps(name)


def scalar_text(value: object) -> str:
    """A bool, number, element type or string."""
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    if isinstance(value, DType):
        return str(value)
    return json.dumps(value) if isinstance(value, str) else str(value)


def tensor_text(array: Array, contents: bool) -> str:
    """dtype, shape and contents of a tensor; a hash in the place of long contents."""
    dtype = DType.of(array.dtype)
    head = f"{dtype}[{', '.join(map(str, array.shape))}]"
    if array.size > SHOWN and not contents:
        data = repr(array.tolist()).encode() if dtype is DType.string else array.tobytes()
        return f"{head}{{#{hashlib.blake2b(data, digest_size=8).hexdigest()}}}"
    exact = array.astype(np.float32) if dtype.numpy.kind == "V" else array  # ml_dtypes' floats
    return f"{head}{{{', '.join(map(scalar_text, exact.reshape(-1)))}}}"
