"""Values that share memory: views of others, results in the place of what died, parts of a later whole."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from irkit.ir import TensorType, captured
from irkit.passes.elementwise import ELEMENTWISE

if TYPE_CHECKING:
    from irkit.ir import Node, Value

# Operators whose output is their first input, seen otherwise.
VIEWS = frozenset({"Dropout", "Flatten", "Identity", "Reshape", "Squeeze", "Unsqueeze"})


@dataclass(frozen=True, slots=True)
class Sharing:
    """views: Reshape and the like. in_place: elementwise results in the place of an operand that dies. parts: inputs
    of Concat are written where they belong, outputs of Split are read where they lie."""

    views: bool = False
    in_place: bool = False
    parts: bool = False


class Places:
    """For each value, which value's memory it lies in, and how many bytes from its beginning. last: of each such
    memory, the last step that needs it."""

    def __init__(self, last: dict[Value, int], bytes_of: Callable[[Value], int]) -> None:
        self._parent: dict[Value, tuple[Value, int]] = {}
        self.last, self.bytes_of = last, bytes_of

    def of(self, value: Value) -> tuple[Value, int]:
        path: list[Value] = []
        while value in self._parent:
            path.append(value)
            value = self._parent[value][0]
        shift = 0
        for each in reversed(path):  # from the root down, so that the next look-up is one step
            shift += self._parent[each][1]
            self._parent[each] = (value, shift)
        return value, shift

    def put(self, value: Value, into: Value, shift: int = 0) -> None:
        """Let the memory of `value`, which must be one of its own, be a part of that of `into`."""
        root, base = self.of(into)
        own, offset = self.of(value)
        assert own is not root
        assert offset == 0
        self._parent[own] = (root, base + shift)
        self.last[root] = max(self.last.get(root, -1), self.last.get(own, -1))


def last_uses(nodes: Sequence[Node], outputs: Iterable[Value]) -> dict[Value, int]:
    """The last step at which each value is read; one after the end for what is returned."""
    last: dict[Value, int] = {}
    for i, node in enumerate(nodes):
        for value in (*node.inputs, *captured(node)):
            if value is not None:
                last[value] = i
        for value in node.outputs:
            last.setdefault(value, i)
    last.update(dict.fromkeys(outputs, len(nodes)))
    return last


def share(
    nodes: Sequence[Node],
    movable: Callable[[Value], bool],
    places: Places,
    how: Sharing,
    kept: frozenset[Value],
) -> None:
    """Decide who shares memory. movable: whether the planner places the value. kept: values that go to the caller, in
    memory of their own."""
    for i, node in enumerate(nodes):
        if node.op.domain or not node.outputs or not movable(node.outputs[0]):
            continue
        if how.views and node.op.name in VIEWS:
            _view(node, movable, places, kept)
        elif how.in_place and node.op.name in ELEMENTWISE:
            _in_place(node, i, movable, places, kept)
        elif how.parts and node.op.name == "Concat":
            _concat(node, movable, places, kept)
        elif how.parts and node.op.name == "Split":
            _split(node, movable, places, kept)


def _view(node: Node, movable: Callable[[Value], bool], places: Places, kept: frozenset[Value]) -> None:
    source, output = node.inputs[0], node.outputs[0]
    if source is not None and movable(source) and not {source, output} & kept:
        places.put(output, source)


def _in_place(
    node: Node, step: int, movable: Callable[[Value], bool], places: Places, kept: frozenset[Value]
) -> None:
    output = node.outputs[0]
    size = places.bytes_of(output)
    for source in node.inputs:
        if source is None or not movable(source) or source in kept or source.type != output.type:
            continue
        root, shift = places.of(source)
        if (
            places.last.get(root, -1) == step
            and not shift
            and places.bytes_of(root) == size
            and root not in kept
        ):
            places.put(output, source)
            return


def _concat(node: Node, movable: Callable[[Value], bool], places: Places, kept: frozenset[Value]) -> None:
    output = node.outputs[0]
    inputs = [v for v in node.inputs if v is not None]
    roots = [places.of(v) if movable(v) else (v, -1) for v in inputs]
    if not _is_outermost(output, cast("Any", node.op).axis) or len({root for root, _ in roots}) < len(inputs):
        return
    if any(
        shift or root in kept or places.bytes_of(root) != places.bytes_of(v)
        for (root, shift), v in zip(roots, inputs, strict=True)
    ):
        return
    shift = 0
    for value in inputs:
        places.put(value, output, shift)
        shift += places.bytes_of(value)


def _split(node: Node, movable: Callable[[Value], bool], places: Places, kept: frozenset[Value]) -> None:
    source = node.inputs[0]
    if source is None or not movable(source) or kept & {source, *node.outputs}:
        return
    if not _is_outermost(source, cast("Any", node.op).axis):
        return
    shift = 0
    for value in node.outputs:
        places.put(value, source, shift)
        shift += places.bytes_of(value)


def _is_outermost(value: Value, axis: int) -> bool:
    """Whether slices along `axis` lie one behind the other: all axes before have one element."""
    shape = value.type.shape if isinstance(value.type, TensorType) else None
    before = shape[: axis % len(shape)] if shape else None
    return (
        before is not None and all(isinstance(n, int) for n in before) and math.prod(cast("Any", before)) == 1
    )
