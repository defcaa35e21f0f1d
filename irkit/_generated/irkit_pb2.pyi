# Made by scripts/generate.sh from proto/irkit.proto (sha256 a04b72ae55b5066d7dbc616a63afbcf373915ae269d140b624ccad4d06d762c5) with protoc 3.21.12; never edited.
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Iterable as _Iterable, Mapping as _Mapping, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Assumption(_message.Message):
    __slots__ = ["input", "text"]
    INPUT_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    input: int
    text: str
    def __init__(self, text: _Optional[str] = ..., input: _Optional[int] = ...) -> None: ...

class Attribute(_message.Message):
    __slots__ = ["f", "floats", "graph", "i", "ints", "name", "s", "strings", "tensor", "type"]
    FLOATS_FIELD_NUMBER: _ClassVar[int]
    F_FIELD_NUMBER: _ClassVar[int]
    GRAPH_FIELD_NUMBER: _ClassVar[int]
    INTS_FIELD_NUMBER: _ClassVar[int]
    I_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    STRINGS_FIELD_NUMBER: _ClassVar[int]
    S_FIELD_NUMBER: _ClassVar[int]
    TENSOR_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    f: float
    floats: Floats
    graph: Graph
    i: int
    ints: Ints
    name: int
    s: bytes
    strings: Strings
    tensor: Tensor
    type: int
    def __init__(self, name: _Optional[int] = ..., i: _Optional[int] = ..., f: _Optional[float] = ..., s: _Optional[bytes] = ..., tensor: _Optional[_Union[Tensor, _Mapping]] = ..., graph: _Optional[_Union[Graph, _Mapping]] = ..., ints: _Optional[_Union[Ints, _Mapping]] = ..., floats: _Optional[_Union[Floats, _Mapping]] = ..., strings: _Optional[_Union[Strings, _Mapping]] = ..., type: _Optional[int] = ...) -> None: ...

class Call(_message.Message):
    __slots__ = ["file", "inputs", "line", "outputs"]
    FILE_FIELD_NUMBER: _ClassVar[int]
    INPUTS_FIELD_NUMBER: _ClassVar[int]
    LINE_FIELD_NUMBER: _ClassVar[int]
    OUTPUTS_FIELD_NUMBER: _ClassVar[int]
    file: int
    inputs: _containers.RepeatedScalarFieldContainer[int]
    line: int
    outputs: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, inputs: _Optional[_Iterable[int]] = ..., outputs: _Optional[_Iterable[int]] = ..., file: _Optional[int] = ..., line: _Optional[int] = ...) -> None: ...

class Constraint(_message.Message):
    __slots__ = ["left", "origin", "right"]
    LEFT_FIELD_NUMBER: _ClassVar[int]
    ORIGIN_FIELD_NUMBER: _ClassVar[int]
    RIGHT_FIELD_NUMBER: _ClassVar[int]
    left: Dim
    origin: str
    right: Dim
    def __init__(self, left: _Optional[_Union[Dim, _Mapping]] = ..., right: _Optional[_Union[Dim, _Mapping]] = ..., origin: _Optional[str] = ...) -> None: ...

class Dim(_message.Message):
    __slots__ = ["expression", "size"]
    EXPRESSION_FIELD_NUMBER: _ClassVar[int]
    SIZE_FIELD_NUMBER: _ClassVar[int]
    expression: str
    size: int
    def __init__(self, size: _Optional[int] = ..., expression: _Optional[str] = ...) -> None: ...

class Entry(_message.Message):
    __slots__ = ["key", "value"]
    KEY_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    key: str
    value: str
    def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...

class Floats(_message.Message):
    __slots__ = ["values"]
    VALUES_FIELD_NUMBER: _ClassVar[int]
    values: _containers.RepeatedScalarFieldContainer[float]
    def __init__(self, values: _Optional[_Iterable[float]] = ...) -> None: ...

class Graph(_message.Message):
    __slots__ = ["inputs", "name", "nodes", "output_names", "outputs"]
    INPUTS_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    NODES_FIELD_NUMBER: _ClassVar[int]
    OUTPUTS_FIELD_NUMBER: _ClassVar[int]
    OUTPUT_NAMES_FIELD_NUMBER: _ClassVar[int]
    inputs: _containers.RepeatedCompositeFieldContainer[Port]
    name: str
    nodes: _containers.RepeatedCompositeFieldContainer[Node]
    output_names: _containers.RepeatedScalarFieldContainer[str]
    outputs: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, inputs: _Optional[_Iterable[_Union[Port, _Mapping]]] = ..., outputs: _Optional[_Iterable[int]] = ..., output_names: _Optional[_Iterable[str]] = ..., nodes: _Optional[_Iterable[_Union[Node, _Mapping]]] = ..., name: _Optional[str] = ...) -> None: ...

class Ints(_message.Message):
    __slots__ = ["values"]
    VALUES_FIELD_NUMBER: _ClassVar[int]
    values: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, values: _Optional[_Iterable[int]] = ...) -> None: ...

class Layer(_message.Message):
    __slots__ = ["calls", "children", "class_name", "config", "name", "trainable", "weights"]
    CALLS_FIELD_NUMBER: _ClassVar[int]
    CHILDREN_FIELD_NUMBER: _ClassVar[int]
    CLASS_NAME_FIELD_NUMBER: _ClassVar[int]
    CONFIG_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    TRAINABLE_FIELD_NUMBER: _ClassVar[int]
    WEIGHTS_FIELD_NUMBER: _ClassVar[int]
    calls: _containers.RepeatedCompositeFieldContainer[Call]
    children: _containers.RepeatedCompositeFieldContainer[Layer]
    class_name: int
    config: str
    name: int
    trainable: bool
    weights: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, name: _Optional[int] = ..., class_name: _Optional[int] = ..., config: _Optional[str] = ..., children: _Optional[_Iterable[_Union[Layer, _Mapping]]] = ..., weights: _Optional[_Iterable[int]] = ..., calls: _Optional[_Iterable[_Union[Call, _Mapping]]] = ..., trainable: bool = ...) -> None: ...

class Model(_message.Message):
    __slots__ = ["constraints", "exact_broadcast", "graph", "layers", "metadata", "name", "opset", "producer", "signature", "states", "strings", "types", "weights"]
    CONSTRAINTS_FIELD_NUMBER: _ClassVar[int]
    EXACT_BROADCAST_FIELD_NUMBER: _ClassVar[int]
    GRAPH_FIELD_NUMBER: _ClassVar[int]
    LAYERS_FIELD_NUMBER: _ClassVar[int]
    METADATA_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    OPSET_FIELD_NUMBER: _ClassVar[int]
    PRODUCER_FIELD_NUMBER: _ClassVar[int]
    SIGNATURE_FIELD_NUMBER: _ClassVar[int]
    STATES_FIELD_NUMBER: _ClassVar[int]
    STRINGS_FIELD_NUMBER: _ClassVar[int]
    TYPES_FIELD_NUMBER: _ClassVar[int]
    WEIGHTS_FIELD_NUMBER: _ClassVar[int]
    constraints: _containers.RepeatedCompositeFieldContainer[Constraint]
    exact_broadcast: bool
    graph: Graph
    layers: Layer
    metadata: _containers.RepeatedCompositeFieldContainer[Entry]
    name: str
    opset: int
    producer: str
    signature: Signature
    states: _containers.RepeatedScalarFieldContainer[int]
    strings: _containers.RepeatedScalarFieldContainer[str]
    types: _containers.RepeatedCompositeFieldContainer[Type]
    weights: _containers.RepeatedCompositeFieldContainer[Weight]
    def __init__(self, opset: _Optional[int] = ..., producer: _Optional[str] = ..., name: _Optional[str] = ..., strings: _Optional[_Iterable[str]] = ..., types: _Optional[_Iterable[_Union[Type, _Mapping]]] = ..., weights: _Optional[_Iterable[_Union[Weight, _Mapping]]] = ..., graph: _Optional[_Union[Graph, _Mapping]] = ..., layers: _Optional[_Union[Layer, _Mapping]] = ..., signature: _Optional[_Union[Signature, _Mapping]] = ..., constraints: _Optional[_Iterable[_Union[Constraint, _Mapping]]] = ..., metadata: _Optional[_Iterable[_Union[Entry, _Mapping]]] = ..., exact_broadcast: bool = ..., states: _Optional[_Iterable[int]] = ...) -> None: ...

class Node(_message.Message):
    __slots__ = ["attributes", "domain", "file", "inputs", "layer", "line", "op", "outputs"]
    ATTRIBUTES_FIELD_NUMBER: _ClassVar[int]
    DOMAIN_FIELD_NUMBER: _ClassVar[int]
    FILE_FIELD_NUMBER: _ClassVar[int]
    INPUTS_FIELD_NUMBER: _ClassVar[int]
    LAYER_FIELD_NUMBER: _ClassVar[int]
    LINE_FIELD_NUMBER: _ClassVar[int]
    OP_FIELD_NUMBER: _ClassVar[int]
    OUTPUTS_FIELD_NUMBER: _ClassVar[int]
    attributes: _containers.RepeatedCompositeFieldContainer[Attribute]
    domain: int
    file: int
    inputs: _containers.RepeatedScalarFieldContainer[int]
    layer: int
    line: int
    op: int
    outputs: _containers.RepeatedCompositeFieldContainer[Port]
    def __init__(self, op: _Optional[int] = ..., domain: _Optional[int] = ..., inputs: _Optional[_Iterable[int]] = ..., outputs: _Optional[_Iterable[_Union[Port, _Mapping]]] = ..., attributes: _Optional[_Iterable[_Union[Attribute, _Mapping]]] = ..., layer: _Optional[int] = ..., file: _Optional[int] = ..., line: _Optional[int] = ...) -> None: ...

class Port(_message.Message):
    __slots__ = ["name", "type"]
    NAME_FIELD_NUMBER: _ClassVar[int]
    TYPE_FIELD_NUMBER: _ClassVar[int]
    name: str
    type: int
    def __init__(self, name: _Optional[str] = ..., type: _Optional[int] = ...) -> None: ...

class Signature(_message.Message):
    __slots__ = ["assumptions", "inputs_structure", "outputs_structure"]
    ASSUMPTIONS_FIELD_NUMBER: _ClassVar[int]
    INPUTS_STRUCTURE_FIELD_NUMBER: _ClassVar[int]
    OUTPUTS_STRUCTURE_FIELD_NUMBER: _ClassVar[int]
    assumptions: _containers.RepeatedCompositeFieldContainer[Assumption]
    inputs_structure: str
    outputs_structure: str
    def __init__(self, inputs_structure: _Optional[str] = ..., outputs_structure: _Optional[str] = ..., assumptions: _Optional[_Iterable[_Union[Assumption, _Mapping]]] = ...) -> None: ...

class Strings(_message.Message):
    __slots__ = ["values"]
    VALUES_FIELD_NUMBER: _ClassVar[int]
    values: _containers.RepeatedScalarFieldContainer[bytes]
    def __init__(self, values: _Optional[_Iterable[bytes]] = ...) -> None: ...

class Tensor(_message.Message):
    __slots__ = ["dims", "dtype", "in_weights", "inline", "length", "offset"]
    DIMS_FIELD_NUMBER: _ClassVar[int]
    DTYPE_FIELD_NUMBER: _ClassVar[int]
    INLINE_FIELD_NUMBER: _ClassVar[int]
    IN_WEIGHTS_FIELD_NUMBER: _ClassVar[int]
    LENGTH_FIELD_NUMBER: _ClassVar[int]
    OFFSET_FIELD_NUMBER: _ClassVar[int]
    dims: _containers.RepeatedScalarFieldContainer[int]
    dtype: int
    in_weights: bool
    inline: bytes
    length: int
    offset: int
    def __init__(self, dtype: _Optional[int] = ..., dims: _Optional[_Iterable[int]] = ..., inline: _Optional[bytes] = ..., offset: _Optional[int] = ..., length: _Optional[int] = ..., in_weights: bool = ...) -> None: ...

class Type(_message.Message):
    __slots__ = ["dims", "dtype", "element", "has_rank", "kind"]
    class Kind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = []
    DIMS_FIELD_NUMBER: _ClassVar[int]
    DTYPE_FIELD_NUMBER: _ClassVar[int]
    ELEMENT_FIELD_NUMBER: _ClassVar[int]
    HAS_RANK_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    OPTIONAL: Type.Kind
    SEQUENCE: Type.Kind
    TENSOR: Type.Kind
    dims: _containers.RepeatedCompositeFieldContainer[Dim]
    dtype: int
    element: Type
    has_rank: bool
    kind: Type.Kind
    def __init__(self, kind: _Optional[_Union[Type.Kind, str]] = ..., dtype: _Optional[int] = ..., has_rank: bool = ..., dims: _Optional[_Iterable[_Union[Dim, _Mapping]]] = ..., element: _Optional[_Union[Type, _Mapping]] = ...) -> None: ...

class Weight(_message.Message):
    __slots__ = ["name", "path", "tensor", "trainable"]
    NAME_FIELD_NUMBER: _ClassVar[int]
    PATH_FIELD_NUMBER: _ClassVar[int]
    TENSOR_FIELD_NUMBER: _ClassVar[int]
    TRAINABLE_FIELD_NUMBER: _ClassVar[int]
    name: str
    path: int
    tensor: Tensor
    trainable: bool
    def __init__(self, path: _Optional[int] = ..., tensor: _Optional[_Union[Tensor, _Mapping]] = ..., trainable: bool = ..., name: _Optional[str] = ...) -> None: ...
