"""The graph IR in memory: sizes, types, values, nodes, graphs, weights, the layer tree. It knows no operators."""

from irkit.ir.constraints import Constraint, Constraints, broadcast, fresh, unify
from irkit.ir.dims import Dim, Expression, symbol
from irkit.ir.extract import extract
from irkit.ir.graph import Graph, Node, Operation, Value, captured
from irkit.ir.layers import Call, LayerNode
from irkit.ir.model import Assumption, GraphModel, Signature
from irkit.ir.source import Source
from irkit.ir.types import (
    DType,
    OptionalType,
    SequenceType,
    Shape,
    TensorType,
    Type,
    as_tensor,
    substituted,
    tensor,
    type_of,
)
from irkit.ir.weights import Array, Weight

__all__ = [
    "Array",
    "Assumption",
    "Call",
    "Constraint",
    "Constraints",
    "DType",
    "Dim",
    "Expression",
    "Graph",
    "GraphModel",
    "LayerNode",
    "Node",
    "Operation",
    "OptionalType",
    "SequenceType",
    "Shape",
    "Signature",
    "Source",
    "TensorType",
    "Type",
    "Value",
    "Weight",
    "as_tensor",
    "broadcast",
    "captured",
    "extract",
    "fresh",
    "substituted",
    "symbol",
    "tensor",
    "type_of",
    "unify",
]
