"""The order in which Keras lists the layers of a functional model: by distance from the outputs, far ones first.

Weights are listed, and copied between models, in this order, so it must be Keras's.
Source: the behaviour of keras.Model.layers (Keras 3); the algorithm is a longest-path layering.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from irkit.frontends.base.layer import Layer
from irkit.frontends.tensors.definition import LayerStep, NodeStep, Step
from irkit.ir import Value


def keras_order(
    input_layers: Sequence[Layer], steps: Sequence[Step], inputs: Sequence[Value], outputs: Sequence[Value]
) -> list[Layer]:
    """All layers among `steps`, and the input layers, each once."""
    maker: dict[Value, Step | Layer] = {v: s for s in steps for v in s.outputs}
    maker.update(zip(inputs, input_layers, strict=True))
    visited, finished = _visit(outputs, maker)
    depth = _depths(finished, maker)
    first_seen: dict[Layer, int] = {}
    for step in visited:
        found = _layer(step)
        if found is not None:
            first_seen.setdefault(found, len(first_seen))
    for unconnected in input_layers:
        first_seen.setdefault(unconnected, -1)
    return sorted(first_seen, key=lambda x: (-depth.get(x, 0), first_seen[x]))


def _layer(step: Step | Layer) -> Layer | None:
    if isinstance(step, NodeStep):
        return None
    return step.layer if isinstance(step, LayerStep) else step


def _before(step: Step | Layer, maker: Mapping[Value, Step | Layer]) -> list[Step | Layer]:
    """The steps that made the inputs of `step`."""
    read = () if isinstance(step, Layer) else step.inputs
    return [maker[v] for v in read if v in maker]


def _visit(
    outputs: Sequence[Value], maker: Mapping[Value, Step | Layer]
) -> tuple[list[Step | Layer], list[Step | Layer]]:
    """Depth first from the outputs: the steps as they are met, and as they are finished (inputs before readers)."""
    met: dict[Step | Layer, None] = {}
    finished: dict[Step | Layer, None] = {}
    for output in outputs:
        pending = [(maker[output], False)] if output in maker else []
        while pending:
            step, done = pending.pop()
            if done:
                finished[step] = None
            elif step not in met:
                met[step] = None
                pending.append((step, True))
                pending.extend((s, False) for s in reversed(_before(step, maker)))
    return list(met), list(finished)


def _depths(finished: Sequence[Step | Layer], maker: Mapping[Value, Step | Layer]) -> dict[Layer, int]:
    """Longest way from each layer to an output; a layer used several times counts the longest."""
    of_step: dict[Step | Layer, int] = {}
    of_layer: dict[Layer, int] = {}
    for step in reversed(finished):
        layer = _layer(step)
        depth = max(of_step.get(step, 0), of_layer.get(layer, 0) if layer else 0)
        of_step[step] = depth
        if layer is not None:
            of_layer[layer] = depth
        for earlier in _before(step, maker):
            of_step[earlier] = max(of_step.get(earlier, 0), depth + 1)
    return of_layer
