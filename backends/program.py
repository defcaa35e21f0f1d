"""The PROGRAM section as dataclasses, one for each table of proto/program.fbs, field by field in its order.

What the fields mean stands there; what a reader demands of them stands in proto/README.md §4. Lowering
fills a `Program`, `to_flatbuffer` gives the section's bytes, `irkit.backends.onnx_proto` what onnxruntime
gets.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Annotated, NamedTuple

from irkit.backends import flatbuffer
from irkit.backends.flatbuffer import Bool, Float, Int, Long, UByte, UInt, ULong
from irkit.ir import limits

IDENTIFIER = b"IRKP"
ABSENT = -1  # the number of an omitted input or output of a node


class DimOp(IntEnum):
    """What a token of a size does."""

    CONST = 0
    SYMBOL = 1
    ADD = 2
    MUL = 3
    FLOORDIV = 4
    MOD = 5
    MIN = 6
    MAX = 7


class TypeKind(IntEnum):
    """A tensor, or something that holds tensors."""

    TENSOR = 0
    SEQUENCE = 1
    OPTIONAL = 2


class AttributeKind(IntEnum):
    """Which field of an `AttributeP` is used; onnx.AttributeProto's numbers."""

    FLOAT = 1
    INT = 2
    STRING = 3
    TENSOR = 4
    GRAPH = 5
    FLOATS = 6
    INTS = 7
    STRINGS = 8


class DimToken(NamedTuple):
    """A constant or symbol number with its DimOp, or an operation with value 0."""

    value: int
    op: int


@dataclass(slots=True)
class DimP:
    """One size in postfix order: `(DimToken(784, DimOp.CONST),)`, `(DimToken(0, DimOp.SYMBOL),)`, …"""

    tokens: Annotated[tuple[DimToken, ...], "qB7x"] = ()


@dataclass(slots=True)
class TypeP:
    """Type of a value; dtype is an onnx.TensorProto.DataType."""

    kind: UByte = TypeKind.TENSOR
    dtype: UByte = 0
    has_rank: Bool = True
    dims: tuple[DimP, ...] = ()
    element_kind: UByte = TypeKind.TENSOR


@dataclass(slots=True)
class TensorP:
    """An entry of the table of contents of WEIGHTS."""

    name: str = ""
    dtype: UByte = 0
    dims: tuple[Long, ...] = ()
    offset: ULong = 0
    length: ULong = 0


@dataclass(slots=True)
class BytesP:
    """One string of a list of strings."""

    data: bytes = b""


@dataclass(slots=True)
class AttributeP:
    """An attribute: only the field of its kind is set."""

    name: UInt = 0
    kind: UByte = 0
    i: Long = 0
    f: Float = 0.0
    s: bytes = b""
    ints: tuple[Long, ...] = ()
    floats: tuple[Float, ...] = ()
    strings: tuple[BytesP, ...] = ()


@dataclass(slots=True)
class NodeP:
    """One operator call; inputs and outputs are value numbers or ABSENT."""

    op: UInt = 0
    domain: UInt = 0
    inputs: tuple[Int, ...] = ()
    outputs: tuple[Int, ...] = ()
    attributes: tuple[AttributeP, ...] = ()
    layer: UInt = 0
    source: UInt = 0


@dataclass(slots=True)
class GraphP:
    """The main graph (number 0) or a sub-graph."""

    inputs: tuple[Int, ...] = ()
    outputs: tuple[Int, ...] = ()
    nodes: tuple[NodeP, ...] = ()


@dataclass(slots=True)
class PortP:
    """An input or output of the model, as users name it."""

    name: str = ""
    type: TypeP | None = None
    structure: str = ""


@dataclass(slots=True)
class ConstraintP:
    """left == right must hold for the sizes bound from the inputs."""

    left: DimP | None = None
    right: DimP | None = None
    origin: str = ""


@dataclass(slots=True)
class AssumptionP:
    """A fact about the inputs that must hold at run time."""

    text: str = ""
    input: Int = -1


@dataclass(slots=True)
class StateP:
    """A variable kept from call to call."""

    name: str = ""
    input: Int = 0
    output: Int = 0
    initial: Int = -1


@dataclass(slots=True)
class EntryP:
    """A line of metadata."""

    key: str = ""
    value: str = ""


@dataclass(slots=True)
class Program:
    """The whole section."""

    ir_hash: ULong = 0
    producer: str = ""
    name: str = ""
    onnx_ir_version: UInt = 0
    opset: UInt = 0
    symbols: tuple[str, ...] = ()
    inputs: tuple[PortP, ...] = ()
    outputs: tuple[PortP, ...] = ()
    constraints: tuple[ConstraintP, ...] = ()
    assumptions: tuple[AssumptionP, ...] = ()
    states: tuple[StateP, ...] = ()
    strings: tuple[str, ...] = ()
    tensors: tuple[TensorP, ...] = ()
    initializers: tuple[UInt, ...] = ()
    graphs: tuple[GraphP, ...] = ()
    metadata: tuple[EntryP, ...] = ()


def to_flatbuffer(program: Program) -> bytes:
    """The bytes of the PROGRAM section, canonical."""
    return flatbuffer.write(program, IDENTIFIER)


def from_flatbuffer(data: bytes) -> Program:
    """The Program in the bytes of a PROGRAM section. Raises FormatError, LimitError, UnsupportedError."""
    return flatbuffer.read(Program, data, IDENTIFIER, _MOST)


# Elements, or bytes of a text: the limits of proto/README.md §5, refused before anything is made of them.
_MOST = {
    "Program.producer": limits.NAME_BYTES,
    "Program.name": limits.NAME_BYTES,
    "Program.symbols": limits.SYMBOLS,
    "Program.symbols[]": limits.NAME_BYTES,
    "Program.inputs": limits.PORTS,
    "Program.outputs": limits.PORTS,
    "Program.constraints": limits.ENTRIES,
    "Program.assumptions": limits.ENTRIES,
    "Program.states": limits.PORTS,
    "Program.strings": limits.STRINGS,
    "Program.strings[]": limits.NAME_BYTES,
    "Program.tensors": limits.TENSORS,
    "Program.initializers": limits.TENSORS,
    "Program.graphs": limits.GRAPHS,
    "Program.metadata": limits.ENTRIES,
    "DimP.tokens": limits.DIM_TOKENS,
    "TypeP.dims": limits.RANK,
    "TensorP.name": limits.NAME_BYTES,
    "TensorP.dims": limits.RANK,
    "BytesP.data": limits.STRING_BYTES,
    "AttributeP.s": limits.STRING_BYTES,
    "AttributeP.ints": limits.LIST_ELEMENTS,
    "AttributeP.floats": limits.LIST_ELEMENTS,
    "AttributeP.strings": limits.LIST_ELEMENTS,
    "NodeP.inputs": limits.NODE_PORTS,
    "NodeP.outputs": limits.NODE_PORTS,
    "NodeP.attributes": limits.ATTRIBUTES,
    "GraphP.inputs": limits.NODE_PORTS,
    "GraphP.outputs": limits.NODE_PORTS + 1,  # of a Loop's body: those of the Loop, and the condition
    "GraphP.nodes": limits.NODES,
    "PortP.name": limits.NAME_BYTES,
    "PortP.structure": limits.TEXT_BYTES,
    "ConstraintP.origin": limits.TEXT_BYTES,
    "AssumptionP.text": limits.TEXT_BYTES,
    "StateP.name": limits.NAME_BYTES,
    "EntryP.key": limits.TEXT_BYTES,
    "EntryP.value": limits.TEXT_BYTES,
}
