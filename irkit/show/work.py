"""How much a layer computes and keeps: floating-point operations and bytes of its results, for one sample.

An estimate, as such figures are: a multiplication and an addition count as two, any other function of an element as
one, what only moves numbers as none. Sizes that are not fixed count as 1. Branches and loops count one turn of each.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping

from irkit.ir import GraphModel, Node, TensorType, Value
from irkit.ir.dims import substitute, symbols

# Operators that move, pick or describe numbers.
_MOVING = frozenset(
    {
        "Cast",
        "Concat",
        "Constant",
        "ConstantOfShape",
        "DepthToSpace",
        "Expand",
        "Flatten",
        "Gather",
        "GatherElements",
        "GatherND",
        "Identity",
        "Pad",
        "Range",
        "Reshape",
        "Shape",
        "Size",
        "Slice",
        "SpaceToDepth",
        "Split",
        "Squeeze",
        "Tile",
        "Transpose",
        "Unsqueeze",
        "Where",
    }
)
_NORMALIZING = {"BatchNormalization": 2, "LayerNormalization": 8, "GroupNormalization": 8, "Softmax": 4}


def sizes(value: Value | None) -> tuple[int, ...]:
    """Sizes of a tensor for one sample; () for what is none."""
    type_ = value.type if value is not None else None
    if not isinstance(type_, TensorType) or type_.shape is None:
        return ()
    return tuple(d if isinstance(d, int) else _of_one(d) for d in type_.shape)


def _of_one(size: object) -> int:
    """A size that is not fixed, where each of its symbols is 1."""
    found = substitute(size, dict.fromkeys(symbols(size), 1))  # type: ignore[arg-type]  # a Dim
    return found if isinstance(found, int) else 1


def _elements(value: Value | None) -> int:
    return math.prod(sizes(value))


def _of_matmul(node: Node) -> int:
    return 2 * _elements(node.outputs[0]) * (sizes(node.inputs[0]) or (1,))[-1]


def _of_gemm(node: Node) -> int:
    inner = math.isqrt(
        _elements(node.inputs[0]) * _elements(node.inputs[1]) // max(_elements(node.outputs[0]), 1)
    )
    return 2 * _elements(node.outputs[0]) * inner


def _of_convolution(node: Node) -> int:
    return 2 * _elements(node.outputs[0]) * math.prod(sizes(node.inputs[1])[1:])


def _of_transposed(node: Node) -> int:
    return 2 * _elements(node.inputs[0]) * math.prod(sizes(node.inputs[1])[1:])


def _of_pooling(node: Node) -> int:
    return _elements(node.outputs[0]) * math.prod(getattr(node.op, "kernel_shape", ()) or (1,))


def _of_recurrence(node: Node) -> int:
    """The products of the input and of the state, at each step and for each direction."""
    steps, batch = (sizes(node.inputs[0]) or (1, 1))[:2]
    return 2 * steps * batch * (_elements(node.inputs[1]) + _elements(node.inputs[2]))


def _of_attention(node: Node) -> int:
    """Scores, and means weighted by them."""
    query, key = sizes(node.inputs[0]), sizes(node.inputs[1])
    return 4 * math.prod(query) * (key[-2] if len(key) > 1 else 1)


def _of_einsum(node: Node) -> int:
    """Every combination of the letters."""
    equation = str(getattr(node.op, "equation", "")).replace(" ", "").partition("->")[0]
    size: dict[str, int] = {}
    for letters, value in zip(equation.split(","), node.inputs, strict=False):
        size.update(
            zip(letters.replace("...", ""), sizes(value)[-len(letters.replace("...", "")) :], strict=False)
        )
    return 2 * math.prod(size.values())


_RULES: Mapping[str, Callable[[Node], int]] = {
    "Attention": _of_attention,
    "AveragePool": _of_pooling,
    "Conv": _of_convolution,
    "ConvTranspose": _of_transposed,
    "Einsum": _of_einsum,
    "GRU": _of_recurrence,
    "Gemm": _of_gemm,
    "LSTM": _of_recurrence,
    "MatMul": _of_matmul,
    "MaxPool": _of_pooling,
    "RNN": _of_recurrence,
}


def operations(node: Node) -> int:
    """What one node computes, with what stands inside its branches and loops."""
    inside = sum(operations(n) for graph in node.op.subgraphs for n in graph.nodes)
    name = node.op.name
    if name in _MOVING or all(v.known is not None for v in node.outputs):
        return inside
    if name in _RULES:
        return inside + _RULES[name](node)
    if name.startswith(("Reduce", "GlobalAverage", "GlobalMax")):
        return inside + _elements(node.inputs[0])
    return inside + _NORMALIZING.get(name, 1) * sum(_elements(v) for v in node.outputs)


def work_by_layer(model: GraphModel) -> Mapping[str, int]:
    """Operations under each path of the layer tree; "" is the whole model. What only weights need counts for none."""
    total: dict[str, int] = {}
    for node in _depending_on_inputs(model):
        count = operations(node)
        path = node.layer
        total[""] = total.get("", 0) + count
        while path:
            total[path] = total.get(path, 0) + count
            path = path.rpartition("/")[0]
    return total


def _depending_on_inputs(model: GraphModel) -> Iterator[Node]:
    """Nodes that a run must compute; those of weights alone are computed once."""
    moving = set(model.graph.inputs)
    for node in model.graph.nodes:
        if node.op.subgraphs or any(v in moving for v in node.inputs if v is not None):
            moving.update(node.outputs)
            yield node


def bytes_of(values: tuple[Value, ...]) -> int:
    """Memory that these results take, for one sample."""
    return sum(_elements(v) * v.type.dtype.bits // 8 for v in values if isinstance(v.type, TensorType))
