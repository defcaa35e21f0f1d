"""The layer tree: what the user wrote, whatever style it was written in. A part of every model and every file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from irkit.ir.source import UNKNOWN, Source

if TYPE_CHECKING:
    from irkit.ir.graph import Value
    from irkit.ir.weights import Weight

Json: TypeAlias = bool | int | float | str | list["Json"] | Mapping[str, "Json"] | None


@dataclass(eq=False, slots=True)
class Call:
    """One use of a layer: the tensors that went in and came out, and where the user wrote it."""

    inputs: tuple[Value, ...]
    outputs: tuple[Value, ...]
    source: Source = UNKNOWN


@dataclass(eq=False, slots=True)
class LayerNode:
    """A layer (or model inside a model). name: unique among its siblings. config: get_config(), or None."""

    name: str
    class_name: str
    config: Mapping[str, Json] | None = None
    children: dict[str, LayerNode] = field(default_factory=dict)
    weights: list[Weight] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    trainable: bool = True

    def walk(self, path: str = "") -> Iterator[tuple[str, LayerNode]]:
        """(path, layer) of every layer below this one, parents first. A path joins names by "/"."""
        pending = [(path, self)]
        while pending:
            prefix, layer = pending.pop()
            if layer is not self:
                yield prefix, layer
            below = f"{prefix}/" if prefix else ""
            pending.extend((below + child.name, child) for child in reversed(layer.children.values()))

    def find(self, path: str) -> LayerNode | None:
        """The layer at `path` below this one, or None."""
        layer: LayerNode | None = self
        for name in path.split("/") if path else ():
            layer = layer.children.get(name) if layer else None
        return layer

    def all_weights(self) -> list[Weight]:
        """Weights of this layer and all below it, each once, in the order of the tree."""
        found = dict.fromkeys(self.weights)
        for _, layer in self.walk():
            found.update(dict.fromkeys(layer.weights))
        return list(found)
