"""Numbers for graphs, values, tensors and strings: the last step from a lowered graph to a Program
(proto/README.md §4)."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, cast

import numpy as np

from irkit.backends.lowering.dims import bindable_symbols, dim_p, type_p
from irkit.backends.lowering.lowered import Lowered
from irkit.backends.lowering.outputs import is_constant
from irkit.backends.lowering.ports import port_names, structure_paths
from irkit.backends.lowering.tensors import TensorTable
from irkit.backends.program import (
    ABSENT,
    AssumptionP,
    AttributeKind,
    AttributeP,
    BytesP,
    ConstraintP,
    EntryP,
    GraphP,
    NodeP,
    PortP,
    Program,
    StateP,
)
from irkit.errors import LimitError, UnsupportedError
from irkit.ir import DType, TensorType
from irkit.ir.graph import who
from irkit.operators.catalogue import oldest

if TYPE_CHECKING:
    from irkit.ir import Graph, GraphModel, Node, Value
    from irkit.operators import Operator
    from irkit.passes import Report

LEAST_OPSET = 21
_LATE = frozenset({DType.bfloat16, DType.float4e2m1})  # many operators take them only since opset 22 or 23
MAX_TENSOR_ATTRIBUTE = 65536

# Outputs from this one on may be left out where nobody reads them. Compared with ONNX's schemas by a test.
OPTIONAL_OUTPUTS = {
    "Attention": 1,
    "BatchNormalization": 1,
    "Dropout": 1,
    "GRU": 0,
    "LSTM": 0,
    "LayerNormalization": 1,
    "MaxPool": 1,
    "RNN": 0,
    "SoftmaxCrossEntropyLoss": 1,
    "Unique": 1,
}


def emit(model: GraphModel, graph: Graph, report: Report) -> Lowered:
    """The program of `graph`, which was made from `model` and has become what ONNX can express."""
    return _Emitter(model, graph).lowered(report)


class _Emitter:
    def __init__(self, model: GraphModel, graph: Graph) -> None:
        self.model, self.graph = model, graph
        self.tensors = TensorTable(model.weight_paths())
        self.strings: dict[str, int] = {"": 0}
        self.graphs: list[GraphP] = []
        self.number: dict[Value, int] = {}
        self.defined = 0
        self.opset = LEAST_OPSET

    def lowered(self, report: Report) -> Lowered:
        initializers = self.initializers()
        self.main_graph()
        symbols = bindable_symbols([v.type for v in self.model.user_inputs])
        states = self.states()
        program = Program(
            producer=producer(),
            name=self.model.name,
            onnx_ir_version=10 if self.opset < 23 else 11,
            opset=self.opset,
            symbols=tuple(symbols),
            constraints=self.constraints(symbols),
            assumptions=tuple(AssumptionP(a.text, a.input) for a in self.model.signature.assumptions),
            states=states,
            strings=tuple(self.strings),
            tensors=tuple(self.tensors.entries),
            initializers=initializers,
            graphs=tuple(self.graphs),
            metadata=tuple(EntryP(k, v) for k, v in sorted(self.model.metadata.items(), key=_bytewise)),
        )
        self.ports(program, symbols)
        names = {number: value.name for value, number in self.number.items()}
        return Lowered(program, self.tensors.arrays, names, self.ranks(program), report)

    def ranks(self, program: Program) -> dict[str, int]:
        values = [*self.model.graph.inputs, *self.model.graph.outputs]
        ports = [*program.inputs, *program.outputs]
        shapes = [
            (p.name, v.type.shape)
            for p, v in zip(ports, values, strict=True)
            if isinstance(v.type, TensorType)
        ]
        return {name: len(shape) for name, shape in shapes if shape is not None}

    # ---- values

    def initializers(self) -> tuple[int, ...]:
        """Give weights and constants the first numbers; equal constants share one. Returns their tensors'
        numbers."""
        read = self.graph.weights
        ordered = [
            w for w in self.model.weights if w in read
        ]  # of the layer tree: the same before and after saving
        tensors = {read[w]: self.tensors.weight(w) for w in ordered if read[w].uses}
        for node in self.graph.walk():
            if is_constant(node) and node.outputs[0].uses:
                array = np.asarray(cast("Operator", node.op).run())
                tensors[node.outputs[0]] = self.tensors.constant(array)
        first: dict[int, int] = {}
        for value, tensor in tensors.items():
            self.number[value] = first.setdefault(tensor, len(first))
        self.defined = len(first)
        return tuple(first)

    def define(self, value: Value) -> int:
        self.number[value] = number = self.defined
        self.defined += 1
        return number

    def string(self, text: str) -> int:
        return self.strings.setdefault(text, len(self.strings))

    # ---- graphs and nodes

    def main_graph(self) -> None:
        self.sub_graph(self.graph)

    def sub_graph(self, graph: Graph) -> int:
        """Append `graph` and those inside it; returns its number. Recursion is bounded by MAX_DEPTH."""
        index = len(self.graphs)
        self.graphs.append(GraphP())
        inputs = tuple(map(self.define, graph.inputs))
        nodes = tuple(self.node(node) for node in graph.nodes if not is_constant(node))
        self.graphs[index] = GraphP(inputs, tuple(self.number[v] for v in graph.outputs), nodes)
        return index

    def node(self, node: Node) -> NodeP:
        op = cast("Operator", node.op)
        self.opset = max(self.opset, _opset(node, op))
        inputs = [ABSENT if v is None else self.number[v] for v in node.inputs]
        while inputs and inputs[-1] == ABSENT:
            inputs.pop()
        attributes = tuple(
            self.attribute(name, value, node) for name, value in sorted(op.attributes().items())
        )
        return NodeP(
            self.string(op.name),
            self.string(op.domain),
            tuple(inputs),
            self.outputs(node),
            attributes,
            self.string(node.layer),
            self.string(str(node.source)),
        )

    def outputs(self, node: Node) -> tuple[int, ...]:
        optional = OPTIONAL_OUTPUTS.get(node.op.name) if node.op.domain == "" else None
        returned = set(node.graph.outputs) if optional is not None and node.graph else ()
        numbers = [
            self.define(v) if optional is None or i < optional or v.uses or v in returned else ABSENT
            for i, v in enumerate(node.outputs)
        ]
        while numbers and numbers[-1] == ABSENT:
            numbers.pop()
        return tuple(numbers)

    def attribute(self, name: str, value: object, node: Node) -> AttributeP:
        kind = next(s.kind for s in cast("Operator", node.op).specs if s.name == name)
        if int(kind) not in set(AttributeKind):
            raise UnsupportedError(
                f"the attribute '{name}' is a {kind.name}, which no program can hold.",
                source=str(node.source),
                layer=who(node.op, node.layer),
                cure="The interpreter runs it.",
            )
        made = AttributeP(self.string(name), AttributeKind(int(kind)))
        match made.kind, value:
            case AttributeKind.INT, int():
                made.i = int(value)
            case AttributeKind.FLOAT, float():
                made.f = float(np.float32(value))
            case AttributeKind.STRING, str():
                made.s = value.encode()
            case AttributeKind.TENSOR, np.ndarray():
                self.check_tensor(value, node)
                made.i = self.tensors.constant(value)
            case AttributeKind.INTS, tuple():
                made.ints = tuple(map(int, value))
            case AttributeKind.FLOATS, tuple():
                made.floats = tuple(float(np.float32(x)) for x in value)
            case AttributeKind.STRINGS, tuple():
                made.strings = tuple(BytesP(x.encode()) for x in value)
            case _:
                made.i = self.sub_graph(cast("Graph", value))
        return made

    def check_tensor(self, array: np.ndarray, node: Node) -> None:
        if array.nbytes > MAX_TENSOR_ATTRIBUTE:
            raise LimitError(
                f"a tensor attribute has {array.nbytes} bytes; at most {MAX_TENSOR_ATTRIBUTE} are allowed.",
                source=str(node.source),
                layer=who(node.op, node.layer),
            )

    # ---- around the graph

    def states(self) -> tuple[StateP, ...]:
        """They stand behind the user's inputs and outputs."""
        inputs, outputs = len(self.model.user_inputs), len(self.model.user_outputs)
        return tuple(
            StateP(name, inputs + i, outputs + i, self.tensors.weight(weight))
            for i, (name, weight) in enumerate(zip(self.model.state_names, self.model.states, strict=True))
        )

    def ports(self, program: Program, symbols: list[str]) -> None:
        model, numbers = self.model, {name: i for i, name in enumerate(symbols)}
        inputs, outputs = port_names(model)
        program.inputs = tuple(
            PortP(name, type_p(value.type, numbers), path)
            for name, value, path in zip(
                inputs, model.graph.inputs, structure_paths(model.signature.inputs, len(inputs)), strict=True
            )
        )
        program.outputs = tuple(
            PortP(name, type_p(value.type, numbers), path)
            for name, value, path in zip(
                outputs,
                model.graph.outputs,
                structure_paths(model.signature.outputs, len(outputs)),
                strict=True,
            )
        )

    def constraints(self, symbols: list[str]) -> tuple[ConstraintP, ...]:
        numbers = {name: i for i, name in enumerate(symbols)}
        sides = [
            (dim_p(c.left, numbers), dim_p(c.right, numbers), c.origin) for c in self.model.graph.constraints
        ]
        return tuple(ConstraintP(a, b, origin) for a, b, origin in sides if a is not None and b is not None)


def _bytewise(item: tuple[str, str]) -> bytes:
    return item[0].encode()


@cache
def producer() -> str:
    """Who made a program: "irkit 0.1.0"."""
    import importlib.metadata  # noqa: PLC0415  # slow to import, and needed only where a program is made

    try:
        return f"irkit {importlib.metadata.version('irkit')}"
    except importlib.metadata.PackageNotFoundError:
        return "irkit"


def _opset(node: Node, op: Operator) -> int:
    """The oldest opset that has this operator for these types."""
    if op.domain != "":
        return 0
    values = (*(v for v in node.inputs if v is not None), *node.outputs)
    is_new = any(isinstance(v.type, TensorType) and v.type.dtype in _LATE for v in values)
    return op.since if is_new else oldest(op.name, op.since)
