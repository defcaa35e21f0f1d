"""GraphModel: a graph with its layer tree, weights and signature. What is checked, shown, lowered, run and saved."""

from __future__ import annotations

from dataclasses import dataclass, field

from irkit.ir.graph import Graph
from irkit.ir.layers import LayerNode
from irkit.ir.structure import SINGLE, Structure
from irkit.ir.types import Type
from irkit.ir.weights import Weight


@dataclass(frozen=True, slots=True)
class Assumption:
    """A fact that was true at capture and must hold at run time. text: for people. input: which one it concerns, or -1."""

    text: str
    input: int = -1


@dataclass(slots=True)
class Signature:
    """How Python arguments and results map to the graph's inputs and outputs."""

    inputs: Structure = field(default_factory=lambda: SINGLE)
    outputs: Structure = field(default_factory=lambda: SINGLE)
    output_names: tuple[str, ...] = ("output",)
    assumptions: tuple[Assumption, ...] = ()


@dataclass(eq=False, slots=True, weakref_slot=True)  # backends keep what they made for a model as long as it lives
class GraphModel:
    """name: of the model. metadata: free texts for people, never interpreted."""

    name: str
    graph: Graph
    layers: LayerNode
    signature: Signature = field(default_factory=Signature)
    metadata: dict[str, str] = field(default_factory=dict)

    @property
    def inputs(self) -> dict[str, Type]:
        return {v.name: v.type for v in self.graph.inputs}

    @property
    def outputs(self) -> dict[str, Type]:
        return {n: v.type for n, v in zip(self.signature.output_names, self.graph.outputs, strict=True)}

    @property
    def weights(self) -> list[Weight]:
        """In the order of the layer tree (Keras's order), then those that no layer owns."""
        return list(dict.fromkeys([*self.layers.all_weights(), *self.graph.weights]))
