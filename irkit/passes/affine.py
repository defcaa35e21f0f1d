"""Scales and shifts of channels, x·s + t: which nodes are one, with constants s and t."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np

from irkit.ir.types import FLOATS
from irkit.passes.rewriting import known, shape_of

if TYPE_CHECKING:
    from irkit import operators as o
    from irkit.ir import Array, Node, Shape, Value


@dataclass(frozen=True, slots=True)
class Affine:
    """x·scale + shift along one axis of `source`, both float64 of shape (channels,)."""

    source: Value
    scale: Array
    shift: Array

    @property
    def changes_nothing(self) -> bool:
        """Whether x·1 + 0 stays x, but for the sign of zeros."""
        return bool((self.scale == 1).all()) and not self.shift.any()


def affine_of(node: Node, axis: int) -> Affine | None:
    """What `node` does to its input, when it scales and shifts along `axis` (counted from the front)."""
    if node.op.domain or len(node.outputs) != 1:
        return None
    if node.op.name == "BatchNormalization":
        return _batchnorm(node) if axis == 1 else None
    if node.op.name not in ("Add", "Sub", "Mul", "Div"):
        return None
    for position in (0, 1):
        source, array = node.inputs[position], known(node.inputs[1 - position])
        if source is None or array is None or source.type != node.outputs[0].type:
            continue
        factors = channels(array, shape_of(source), axis)
        if factors is not None and getattr(source.type, "dtype", None) in FLOATS:
            return _arithmetic(node.op.name, source, factors, position == 1)
    return None


def parameters(node: Node) -> tuple[Array, Array] | None:
    """scale and shift of a BatchNormalization, in float64, when its parameters are known."""
    arrays = [known(v) for v in node.inputs[1:]]
    op = cast("o.BatchNormalization", node.op)
    if op.training_mode or any(a is None for a in arrays):
        return None
    scale, bias, mean, variance = (cast("Array", a).astype(np.float64) for a in arrays)
    factor = scale / np.sqrt(variance + op.epsilon)
    return factor, bias - mean * factor


def _batchnorm(node: Node) -> Affine | None:
    found = parameters(node)
    return None if found is None or node.inputs[0] is None else Affine(node.inputs[0], *found)


def _arithmetic(kind: str, source: Value, c: Array, constant_first: bool) -> Affine | None:
    """x + c, x − c, c − x, x·c, x / c."""
    one, zero = np.ones_like(c), np.zeros_like(c)
    match kind:
        case "Add":
            return Affine(source, one, c)
        case "Sub":
            return Affine(source, -one, c) if constant_first else Affine(source, one, -c)
        case "Mul":
            return Affine(source, c, zero)
    return None if constant_first or not c.all() else Affine(source, 1 / c, zero)


def channels(array: Array, shape: Shape | None, axis: int) -> Array | None:
    """`array`, which broadcasts to `shape`, as one number for each channel; None when it varies otherwise."""
    if shape is None or array.ndim > len(shape) or not isinstance(shape[axis], int):
        return None
    full = (1,) * (len(shape) - array.ndim) + array.shape
    if any(size != 1 for k, size in enumerate(full) if k != axis) or full[axis] not in (1, shape[axis]):
        return None
    return np.broadcast_to(array.astype(np.float64).reshape(-1), (cast("int", shape[axis]),))
