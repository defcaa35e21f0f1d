"""Operators that name axes, on untransposed tensors: the same operator with other axes.

A transposed input x has x[axis k] = y[axis perm[k]]. Each rule gets the untransposed sources y, and returns
the new values, with the permutation that still has to follow.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias, cast

import numpy as np

from irkit import operators as o
from irkit.passes.rewriting import add_beside, constant_beside, graph_of, integers

if TYPE_CHECKING:
    from irkit.ir import Node, Value

Perm: TypeAlias = tuple[int, ...]
Made: TypeAlias = "tuple[Sequence[Value], Perm] | None"


@dataclass(frozen=True, slots=True)
class AxisRule:
    """rewrite: (node, untransposed tensors, perm) → what is made. all_inputs: tensors are all inputs, else
    the first."""

    rewrite: Callable[[Node, Sequence[Value], Perm], Made]
    all_inputs: bool = False

    def tensors(self, node: Node) -> Sequence[Value | None]:
        return node.inputs if self.all_inputs else node.inputs[:1]


def _with(node: Node, **attributes: object) -> o.Operator:
    """The operator of `node` with other attributes."""
    return dataclasses.replace(cast("Any", node.op), **attributes)  # type: ignore[no-any-return]  # the same class


def _numbers(node: Node, numbers: Sequence[int]) -> Value:
    return constant_beside(node, np.array(numbers, np.int64))


def _concat(node: Node, sources: Sequence[Value], perm: Perm) -> Made:
    axis = perm[cast("o.Concat", node.op).axis]
    return add_beside(node, _with(node, axis=axis), *sources), perm


def _split(node: Node, sources: Sequence[Value], perm: Perm) -> Made:
    op = _with(node, axis=perm[cast("o.Split", node.op).axis])
    made = graph_of(node).add(
        op, (sources[0], *node.inputs[1:]), count=len(node.outputs), layer=node.layer, source=node.source
    )
    return made, perm


def _reduced(perm: Perm, axes: Sequence[int], keepdims: bool) -> Perm:
    """The permutation that still follows a reduction along `axes` of the transposed tensor."""
    if keepdims:
        return perm
    kept = [perm[k] for k in range(len(perm)) if k not in axes]
    return tuple(sorted(kept).index(axis) for axis in kept)


def _reduce(node: Node, sources: Sequence[Value], perm: Perm) -> Made:
    op = cast("Any", node.op)
    given = integers(node.inputs[1]) if len(node.inputs) > 1 else []
    if given is None or (not given and op.noop_with_empty_axes):
        return None
    axes = [k % len(perm) for k in given] or list(range(len(perm)))
    inputs = [sources[0], *([_numbers(node, sorted(perm[k] for k in axes))] if given else [])]
    return add_beside(node, node.op, *inputs), _reduced(perm, axes, op.keepdims)


def _arg_extreme(node: Node, sources: Sequence[Value], perm: Perm) -> Made:
    op = cast("Any", node.op)
    axis = op.axis % len(perm)
    return add_beside(node, _with(node, axis=perm[axis]), sources[0]), _reduced(perm, [axis], op.keepdims)


def _pad(node: Node, sources: Sequence[Value], perm: Perm) -> Made:
    pads, rank = integers(node.inputs[1]), len(perm)
    if pads is None or (len(node.inputs) > 3 and node.inputs[3] is not None) or len(pads) != 2 * rank:
        return None
    moved = [0] * (2 * rank)
    for k, axis in enumerate(perm):
        moved[axis], moved[rank + axis] = pads[k], pads[rank + k]
    return add_beside(node, node.op, sources[0], _numbers(node, moved), *node.inputs[2:3]), perm


def _slice(node: Node, sources: Sequence[Value], perm: Perm) -> Made:
    starts = integers(node.inputs[1])
    axes = integers(node.inputs[3]) if len(node.inputs) > 3 and node.inputs[3] is not None else None
    if axes is None:
        if starts is None or (len(node.inputs) > 3 and node.inputs[3] is not None):
            return None
        axes = list(range(len(starts)))
    moved = _numbers(node, [perm[k] for k in axes])
    return add_beside(node, node.op, sources[0], *node.inputs[1:3], moved, *node.inputs[4:]), perm


def _resize(node: Node, sources: Sequence[Value], perm: Perm) -> Made:
    """Only where the factors or sizes of all axes are known, and no region is given."""
    op = cast("Any", node.op)
    if op.axes is not None or (
        node.inputs[1] is not None and op.coordinate_transformation_mode == "tf_crop_and_resize"
    ):
        return None
    which = next((i for i in (2, 3) if len(node.inputs) > i and node.inputs[i] is not None), 0)
    given = cast("Value", node.inputs[which]).known if which else None
    if given is None or given.dtype == object or given.shape != (len(perm),):
        return None
    back = np.argsort(perm)
    inputs: list[Value | None] = [sources[0], None, None, None]
    inputs[which] = constant_beside(node, given[back])
    return add_beside(node, node.op, *inputs[: which + 1]), perm


AXIS_RULES: Mapping[str, AxisRule] = {
    "ArgMax": AxisRule(_arg_extreme),
    "ArgMin": AxisRule(_arg_extreme),
    "Concat": AxisRule(_concat, all_inputs=True),
    "Pad": AxisRule(_pad),
    "Resize": AxisRule(_resize),
    "Slice": AxisRule(_slice),
    "Split": AxisRule(_split),
    **dict.fromkeys(
        (
            f"Reduce{kind}"
            for kind in ("L1", "L2", "LogSum", "LogSumExp", "Max", "Mean", "Min", "Prod", "Sum", "SumSquare")
        ),
        AxisRule(_reduce),
    ),
}
