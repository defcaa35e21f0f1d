"""Kernels that onnxruntime lacks for some types or attributes, written with those that it has; more rules.

Measured with onnxruntime 1.31: no Min and Max of 16-bit integers, no Pow with an unsigned exponent, no recurrent
layers with layout 1, no reductions of empty tensors of bools.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, cast

from irkit import operators as o
from irkit.backends.lowering.adding import Rule, add
from irkit.ir import DType, TensorType
from irkit.ir.types import FLOATS

if TYPE_CHECKING:
    from irkit.ir import Node, Value

_SHORT = frozenset({DType.int16, DType.uint16})
_UNSIGNED = frozenset({DType.uint8, DType.uint16, DType.uint32, DType.uint64})


def _extremum(node: Node) -> Sequence[Value] | None:
    """Of 16 bits: computed in 32."""
    dtype = _dtype(node.outputs[0])
    if dtype not in _SHORT:
        return None
    wide = [add(node, o.Cast(to=DType.int32), cast("Value", v)) for v in node.inputs]
    return [add(node, o.Cast(to=dtype), add(node, node.op, *wide))]


def _power(node: Node) -> Sequence[Value] | None:
    """A float to an unsigned power: the power as a float64, which holds all that make a difference."""
    base, power = cast("tuple[Value, Value]", node.inputs)
    if _dtype(power) not in _UNSIGNED or _dtype(base) not in FLOATS:
        return None
    return [add(node, node.op, base, add(node, o.Cast(to=DType.float64), power))]


def _bool_extremum(node: Node) -> Sequence[Value] | None:
    """Of bools: of the bytes 0 and 1, of which empty tensors have the same neutral elements."""
    x = cast("Value", node.inputs[0])
    if _dtype(x) is not DType.bool:
        return None
    axes = [cast("Value", v) for v in node.inputs[1:]]
    reduced = add(node, node.op, add(node, o.Cast(to=DType.uint8), x), *axes)
    return [add(node, o.Cast(to=DType.bool), reduced)]


# Orders of the axes that lead from layout 1 to layout 0, for each input, and back, for each output.
_INPUTS = {0: (1, 0, 2), 5: (1, 0, 2), 6: (1, 0, 2)}  # X, initial_h, initial_c
_OUTPUTS = {0: (2, 0, 1, 3), 1: (1, 0, 2), 2: (1, 0, 2)}  # Y, Y_h, Y_c


def _recurrent(node: Node) -> Sequence[Value] | None:
    """Of layout 1: of layout 0, between transpositions."""
    op = cast("o.LSTM", node.op)
    if not op.layout:
        return None
    assert node.graph is not None
    inputs = [
        add(node, o.Transpose(perm=_INPUTS[i]), v) if v is not None and i in _INPUTS else v
        for i, v in enumerate(node.inputs)
    ]
    made = node.graph.add(
        dataclasses.replace(op, layout=0),
        inputs,
        count=len(node.outputs),
        layer=node.layer,
        source=node.source,
    )
    return [add(node, o.Transpose(perm=_OUTPUTS[i]), v) for i, v in enumerate(made)]


def _dtype(value: Value) -> DType | None:
    return value.type.dtype if isinstance(value.type, TensorType) else None


GAPS: Mapping[tuple[str, str], Rule] = {
    ("", "Max"): _extremum,
    ("", "Min"): _extremum,
    ("", "Pow"): _power,
    ("", "ReduceMax"): _bool_extremum,
    ("", "ReduceMin"): _bool_extremum,
    ("", "GRU"): _recurrent,
    ("", "LSTM"): _recurrent,
    ("", "RNN"): _recurrent,
}
