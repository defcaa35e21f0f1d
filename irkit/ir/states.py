"""States: tensors that a model keeps from call to call. See `GraphModel.states`."""

from __future__ import annotations

from collections.abc import Iterator

from irkit.errors import GraphError, IrkitError, ShapeError
from irkit.ir.model import GraphModel


def state_errors(model: GraphModel) -> Iterator[IrkitError]:
    """What is wrong with the states of `model`: each is a weight that nobody reads as such, and its values before and
    after a call have the weight's type."""
    graph, count = model.graph, len(model.states)
    if count > min(len(graph.inputs), len(graph.outputs)):
        yield GraphError(
            f"the model has {count} states; its graph has {len(graph.inputs)} inputs and {len(graph.outputs)} outputs."
        )
        return
    if len(set(model.states)) < count:
        yield GraphError("one weight is the beginning of two states.")
    after_inputs, after_outputs = len(model.user_inputs), len(model.user_outputs)
    for i, weight in enumerate(model.states):
        before, after = graph.inputs[after_inputs + i], graph.outputs[after_outputs + i]
        if weight in graph.weights:
            yield GraphError(f"'{weight.path}' is a state, and the graph reads it as a weight.")
        for when, value in (("before", before), ("after", after)):
            if value.type != weight.type:
                yield ShapeError(
                    f"the state '{weight.path}' is {weight.type}; its value {when} a call is {value.type}.",
                    source=str(value.producer.source) if value.producer else "",
                )
