"""Which function runs a node: the operator's `run`, or a shorter one that its attributes and types allow."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias, cast

import numpy as np

from irkit.ir import DType, TensorType
from irkit.operators import Operator
from irkit.operators.attributes import Kind
from irkit.operators.plain import PLAIN, is_plain

if TYPE_CHECKING:
    from irkit.backends.interpreter.steps import Kernel
    from irkit.ir import Array, Node

Shortcut: TypeAlias = Callable[["Node", Operator], "Kernel | None"]

_NARROW = frozenset({DType.float16, DType.bfloat16, DType.float32})


def kernel_of(node: Node, float64: bool) -> Kernel:
    """The function from the node's inputs to its output, or to a tuple of its outputs. (Control flow also
    wants `execute`, which the plan adds.)"""
    op = cast("Operator", node.op)
    if float64:
        return _refereed(_with_count(_in_float64(op), node))
    shortcut = SHORTCUTS.get(op.name) if op.domain == "" else None
    found = shortcut(node, op) if shortcut else None
    return found or _with_count(op, node)


def _with_count(op: Operator, node: Node) -> Kernel:
    return partial(op.run, count=len(node.outputs)) if op.parameters.wants_count else op.run


# ---- shorter ways


def _ufunc(function: Callable[..., Array]) -> Shortcut:
    """numpy's own function, on float32 and float64. (Of rank 0 numpy would make numbers, no arrays.)"""
    return lambda node, _: function if _is_plain(node) else None


def _gemm(node: Node, op: Operator) -> Kernel | None:
    a = cast("Any", op)
    if not _is_plain(node) or a.alpha != 1 or a.beta != 1 or a.transA or len(node.inputs) != 3:
        return None
    return _dense_transposed if a.transB else _dense


def _dense(x: Array, w: Array, b: Array) -> Array:
    y: Array = np.matmul(x, w)
    return np.add(y, b, y)


def _dense_transposed(x: Array, w: Array, b: Array) -> Array:
    y: Array = np.matmul(x, w.T)
    return np.add(y, b, y)


def _relu(node: Node, _: Operator) -> Kernel | None:
    if not _is_plain(node):
        return None
    zero = cast("TensorType", node.outputs[0].type).dtype.numpy.type(0)
    return lambda x: np.maximum(x, zero)


def _is_plain(node: Node) -> bool:
    types = [v.type for v in (*node.inputs, *node.outputs) if v is not None]
    return len(node.outputs) == 1 and is_plain(types)


SHORTCUTS: Mapping[str, Shortcut] = {
    **{name: _ufunc(function) for name, function in PLAIN.items()},
    "Relu": _relu,
    "Gemm": _gemm,
}


# ---- the referee


def in_float64(x: Any) -> Any:  # noqa: ANN401  # arrays, lists of them, None
    """`x` with floats of 16 and 32 bits as float64. Those of 8 and 4 bits stay: their grid is what
    quantising means."""
    if isinstance(x, np.ndarray | np.generic):
        return x.astype(np.float64) if DType.of(x.dtype) in _NARROW else x
    return [in_float64(e) for e in x] if isinstance(x, list) else x


def _refereed(kernel: Kernel) -> Kernel:
    def run(*inputs: object, **extra: object) -> object:
        result = kernel(*inputs, **extra)
        return tuple(map(in_float64, result)) if isinstance(result, tuple) else in_float64(result)

    return run


def _in_float64(op: Operator) -> Operator:
    """`op` with attributes that name a float's type (Cast's `to`) naming float64."""
    changed = {
        s.name: DType.float64
        for s in op.specs
        if s.kind is Kind.int and isinstance(v := getattr(op, s.name), DType) and v in _NARROW
    }
    return dataclasses.replace(op, **changed) if changed else op  # type: ignore[type-var]  # operators are dataclasses
