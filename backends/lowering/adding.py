"""What the rules of the lowering are, and how they add nodes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from irkit.ir import Node, Operation, Value

# Gets a node, adds others to its graph, and returns what replaces the node's outputs; None leaves it alone.
Rule: TypeAlias = Callable[["Node"], "Sequence[Value] | None"]


def add(node: Node, op: Operation, *inputs: Value, layer: str | None = None) -> Value:
    """A new node in the place of `node`; its only output."""
    assert node.graph is not None
    layer = node.layer if layer is None else layer
    return node.graph.add(op, inputs, count=1, layer=layer, source=node.source)[0]
