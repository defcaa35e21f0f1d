"""What layers are called with: structures of tensors, arrays and plain values."""

from __future__ import annotations

from typing import Any

import numpy as np

from irkit import operators as op
from irkit.frontends.tensors.apply import apply_one
from irkit.frontends.tensors.definition import Definition
from irkit.frontends.tensors.tensor import EagerTensor, SymbolicTensor, Tensor
from irkit.frontends.tensors.variable import Variable
from irkit.ir import DType, TensorType, symbol

_PLAIN = frozenset({type(None), bool, int, float, str})


def tensors_in(tree: object) -> list[Any]:
    """All tensors and variables in a structure, in order."""
    found: list[Any] = []
    _gather(tree, found)
    return found


def _gather(tree: object, found: list[Any]) -> None:
    if isinstance(tree, Tensor | Variable):
        found.append(tree)
    elif isinstance(tree, list | tuple):
        for item in tree:
            if type(item) not in _PLAIN:
                _gather(item, found)
    elif isinstance(tree, dict):
        for item in tree.values():
            if type(item) not in _PLAIN:
                _gather(item, found)


def converted(tree: Any) -> Any:  # any structure of arguments
    """Arrays as eager tensors; everything else as it is."""
    if isinstance(tree, np.ndarray | np.generic):
        return EagerTensor(np.asarray(tree))
    if isinstance(tree, tuple) and hasattr(tree, "_fields"):  # a namedtuple
        return type(tree)(*map(converted, tree))
    if isinstance(tree, list | tuple):
        return type(tree)(map(converted, tree))
    if isinstance(tree, dict):
        return {k: converted(v) for k, v in tree.items()}
    if hasattr(tree, "__array__") and not isinstance(tree, Tensor | Variable):  # tensors of other libraries
        return EagerTensor(np.asarray(tree))
    return tree


def plain(args: tuple[Any, ...]) -> Any:
    """Keras's way to show the arguments: one alone, several as a tuple."""
    return args[0] if len(args) == 1 else args


def shapes_of(tree: object) -> Any:  # the same structure, of shapes
    """Keras's shapes: None for a symbolic size."""
    if isinstance(tree, Tensor | Variable):
        return tuple(d if isinstance(d, int) else None for d in tree.shape)
    if isinstance(tree, list | tuple):
        return [shapes_of(t) for t in tree]
    if isinstance(tree, dict):
        return {k: shapes_of(t) for k, t in tree.items()}
    return None


def copied_inputs(result: Any, inputs: list[Any]) -> Any:  # a structure of tensors
    """A layer that returns its very input (Dropout at inference) still gets a value of its own, to be seen."""
    if isinstance(result, SymbolicTensor):
        same = any(isinstance(x, SymbolicTensor) and x.value is result.value for x in inputs)
        return apply_one(op.Identity(), result) if same else result
    if isinstance(result, list | tuple) and not hasattr(result, "_fields"):
        return type(result)(copied_inputs(r, inputs) for r in result)
    return result


def symbolic_like(shape: Any, dtype: str) -> Any:  # a shape or a structure of shapes
    """Symbolic tensors of these shapes, in their structure; None is any size."""
    if isinstance(shape, list | tuple) and all(d is None or isinstance(d, int) for d in shape):
        definition = Definition()
        sizes = tuple(symbol(f"size_{i}") if d is None else d for i, d in enumerate(shape))
        return SymbolicTensor(definition.graph.input("x", TensorType(DType.of(dtype), sizes)), definition)
    if isinstance(shape, dict):
        return {k: symbolic_like(s, dtype) for k, s in shape.items()}
    return [symbolic_like(s, dtype) for s in shape]
