"""GraphModel: a graph with its layer tree, weights and signature. What is checked, shown, lowered, run and saved."""

from __future__ import annotations

from dataclasses import dataclass, field

from irkit.ir.graph import Graph, Value
from irkit.ir.layers import LayerNode
from irkit.ir.structure import SINGLE, Structure
from irkit.ir.types import Type
from irkit.ir.weights import Weight


@dataclass(frozen=True, slots=True)
class Assumption:
    """A fact that was true at capture and must hold at run time. text: for people. input: its number, or -1."""

    text: str
    input: int = -1


@dataclass(slots=True)
class Signature:
    """How Python arguments and results map to the graph's inputs and outputs."""

    inputs: Structure = field(default_factory=lambda: SINGLE)
    outputs: Structure = field(default_factory=lambda: SINGLE)
    output_names: tuple[str, ...] = ("output",)
    assumptions: tuple[Assumption, ...] = ()


@dataclass(
    eq=False, slots=True, weakref_slot=True
)  # backends keep what they made for a model as long as it lives
class GraphModel:
    """name: of the model. metadata: free texts for people, never interpreted.

    states: tensors kept from call to call, each by the weight that it starts as. Their values before and after a call
    are the graph's last inputs and outputs, in this order; users neither give nor get them, and the signature does not
    count them.
    """

    name: str
    graph: Graph
    layers: LayerNode
    signature: Signature = field(default_factory=Signature)
    metadata: dict[str, str] = field(default_factory=dict)
    states: tuple[Weight, ...] = ()

    @property
    def user_inputs(self) -> tuple[Value, ...]:
        """Inputs of the graph without those of states."""
        return self.graph.inputs[: len(self.graph.inputs) - len(self.states)]

    @property
    def user_outputs(self) -> tuple[Value, ...]:
        """Outputs of the graph without those of states."""
        return self.graph.outputs[: len(self.graph.outputs) - len(self.states)]

    @property
    def inputs(self) -> dict[str, Type]:
        return {v.name: v.type for v in self.user_inputs}

    @property
    def outputs(self) -> dict[str, Type]:
        return {n: v.type for n, v in zip(self.signature.output_names, self.user_outputs, strict=True)}

    @property
    def state_names(self) -> tuple[str, ...]:
        """What the states are called: the paths of their weights."""
        paths = self.weight_paths() if self.states else {}
        return tuple(paths[w] for w in self.states)

    @property
    def weights(self) -> list[Weight]:
        """In the order of the layer tree (Keras's order), then those that no layer owns."""
        return list(dict.fromkeys([*self.layers.all_weights(), *self.graph.weights, *self.states]))

    def weight_paths(self) -> dict[Weight, str]:
        """Each weight's name in this model, "encoder/dense/kernel": the path of the first layer that owns it, and its
        own name. Unique: a layer may be called otherwise in another model, and two layers may be called alike."""
        paths: dict[Weight, str] = {}
        taken: set[str] = set()
        owned = [(p, w) for p, layer in [("", self.layers), *self.layers.walk()] for w in layer.weights]
        for prefix, weight in [*owned, *((None, w) for w in (*self.graph.weights, *self.states))]:
            if weight not in paths:
                stem = weight.path if prefix is None else f"{prefix}/{weight.name}".lstrip("/")
                paths[weight] = _free(stem, taken)
        return paths


def _free(stem: str, taken: set[str]) -> str:
    """`stem`, or `stem_1`, `stem_2`… when it is taken; what is returned is taken from now on."""
    name, count = stem, 0
    while name in taken:
        count += 1
        name = f"{stem}_{count}"
    taken.add(name)
    return name
