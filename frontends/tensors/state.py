"""State: what variables are while a model is defined, once the program has assigned them.

A capture computes with symbols, so ``v.assign(x)`` cannot change `v`. It writes `x` into the table of the definition
being made, and whoever reads `v` from then on gets `x`. When the definition is complete, a variable that was assigned
becomes a *state* of the model: an input (its value before the call) and an output (after it); see GraphModel.states.

The inside of a branch or loop is a definition of its own with a table of its own: reading looks outwards, writing
stays inside. Who builds an If or Loop hands on what was written inside:

    written(inner)                 what the inside assigned: to be given out of the branch, carried by the loop
    value_of(weight, inner)        what a variable is there now
    write(weight, tensor, outer)   and what it is after the If or Loop

irkit.ops.cond, while_loop and their kin do so.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from irkit.frontends.tensors.tensor import SymbolicTensor

if TYPE_CHECKING:
    from irkit.execution import Executable
    from irkit.frontends.tensors.definition import Definition
    from irkit.ir import GraphModel, Value, Weight


def value_of(weight: Weight, definition: Definition) -> Value:
    """What the variable of `weight` is at this point of `definition`: what was assigned last, or the weight itself."""
    for each in definition.around():
        found = each.states.get(weight)
        if found is not None:
            return found
    return definition.graph.weight(weight)


def write(weight: Weight, tensor: SymbolicTensor, definition: Definition) -> None:
    """From here on, `weight` is `tensor` in `definition`."""
    definition.find().states[weight] = tensor.value


def written(definition: Definition) -> list[Weight]:
    """What was assigned directly in `definition`, in the order of the first assignments."""
    return list(definition.find().states)


def become_states(definition: Definition) -> tuple[tuple[Weight, ...], list[Value]]:
    """Turn the weights that were assigned into inputs of the graph: the model's states, and their values after a call,
    which are its last outputs."""
    states = written(definition)
    for weight in states:
        definition.graph.turn_into_input(weight)
    return tuple(states), [definition.states[w] for w in states]


def run(executable: Executable, model: GraphModel, inputs: Sequence[Any]) -> list[Any]:
    """executable.run(inputs), where the variables are the state: it reads them first, and writes them in the end."""
    if not model.states:
        return executable.run(inputs)
    states = executable.states
    for name, weight in zip(states, model.states, strict=True):
        states[name] = weight.data
    results = executable.run(inputs)
    for name, weight in zip(states, model.states, strict=True):
        weight.data = states[name]
    return results
