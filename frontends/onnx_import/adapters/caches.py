"""TensorScatter (opset 24), CumProd (26) and CausalConvWithState (27)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from irkit.frontends.onnx_import.adapters.swish import swish_of
from irkit.frontends.onnx_import.use import Use, adapter
from irkit.ir import DType, Graph, Value
from irkit.operators.rules import axis_in

_END = np.iinfo(np.int64).max


@adapter("TensorScatter")
def tensor_scatter(use: Use) -> Sequence[Value]:
    """Each sample's update goes to the places that begin at its index, around the end when circular."""
    cache, update, start = use.value(0), use.value(1), use.optional(2)
    axis, rank = axis_in(use.take("axis", -2), use.rank(0)), use.rank(0)
    count = use.add("Squeeze", use.add("Shape", update, start=axis, end=axis + 1))
    steps = use.add("Range", use.number(0, DType.int64), count, use.number(1, DType.int64))
    places = use.add("Reshape", steps, use.integers([-1 if i == axis else 1 for i in range(rank)]))
    if start is not None:
        column = use.add("Reshape", start, use.integers([-1 if i == 0 else 1 for i in range(rank)]))
        places = use.add("Add", places, column)
    if use.take("mode", "linear") == "circular":
        places = use.add("Mod", places, use.add("Squeeze", use.add("Shape", cache, start=axis, end=axis + 1)))
    everywhere = use.add("Expand", places, use.add("Shape", update))
    return [use.add("ScatterElements", cache, everywhere, update, axis=axis)]


@adapter("CumProd")
def cumulative_product(use: Use) -> Sequence[Value]:
    """A Scan over the middle of (before, n, after), since the axis may be known only when the model runs."""
    x, dtype = use.value(0), use.type(0).dtype
    reverse, exclusive = use.take("reverse", 0), use.take("exclusive", 0)
    sizes, rank = use.add("Shape", x), use.integers([use.rank(0)])
    axis = use.add(
        "Mod", use.add("Cast", use.add("Reshape", use.value(1), use.integers([1])), to=DType.int64), rank
    )
    behind = use.add("Add", axis, use.integers([1]))
    parts = [(use.integers([0]), axis), (axis, behind), (behind, rank)]
    cut = [use.add("ReduceProd", use.add("Slice", sizes, a, b), keepdims=1) for a, b in parts]
    cube = use.add("Reshape", x, use.add("Concat", *cut, axis=0), allowzero=1)
    ones = use.add("Expand", use.number(1, dtype), use.add("Concat", cut[0], cut[2], axis=0))
    made = use.many(
        "Scan",
        [ones, cube],
        2,
        body=_product(use, ones, exclusive=exclusive),
        num_scan_inputs=1,
        scan_input_axes=(1,),
        scan_output_axes=(1,),
        scan_input_directions=(reverse,),
        scan_output_directions=(reverse,),
    )
    return [use.add("Reshape", made[1], sizes, allowzero=1)]


def _product(use: Use, like: Value, *, exclusive: int) -> Graph:
    """(product so far, x) → (product, what is told of it)"""
    graph = Graph("product", use.graph)
    inner = use.inside(graph)
    so_far, x = (graph.input(graph.free_name(name), like.type) for name in ("so_far", "x"))
    product = inner.add("Mul", so_far, x)
    graph.set_outputs([product, inner.add("Identity", so_far if exclusive else product)])
    return graph


@adapter("CausalConvWithState")
def causal_convolution(use: Use) -> Sequence[Value]:
    """Convolution over what was and what is, channel by channel; the last k − 1 places are handed on."""
    x, weight, bias, past = use.value(0), use.value(1), use.optional(2), use.optional(3)
    channels = next(
        (s[i] for s, i in ((use.type(1).shape, 0), (use.type(0).shape, 1)) if s and len(s) == 3), None
    )
    if not isinstance(channels, int):
        raise use.unsupported("needs a known number of channels.")
    before = use.add("Sub", use.add("Shape", weight, start=2, end=3), use.integers([1]))
    if past is None:
        padded = use.add(
            "Pad", x, use.add("Concat", before, use.integers([0]), axis=0), None, use.integers([2])
        )
    else:
        padded = use.add("Concat", past, x, axis=2)
    result = use.add("Conv", padded, weight, bias, group=channels)
    if use.take("activation", "none") in ("silu", "swish"):
        result = swish_of(use, result)
    length = use.add("Shape", padded, start=2, end=3)
    start = use.add("Sub", length, before)
    return [result, use.add("Slice", padded, start, use.integers([_END]), use.integers([2]))][: use.count]
