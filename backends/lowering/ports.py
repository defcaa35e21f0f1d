"""What the inputs and outputs of a program are called, and where each stands among Python's arguments and
results."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from irkit.errors import GraphError

if TYPE_CHECKING:
    from irkit.ir import GraphModel
    from irkit.ir.structure import Structure

RESERVED = re.compile(r"_[vw][0-9]+")


def port_names(model: GraphModel) -> tuple[list[str], list[str]]:
    """Names of inputs and of outputs, all different: an output that is called like an input, or twice, gets
    a number. Those of states come last: `counter`, and `counter:next`.

    Raises GraphError for an input whose name the format reserves.
    """
    inputs = [v.name for v in model.user_inputs]
    for name in inputs:
        if not name or RESERVED.fullmatch(name):
            raise GraphError(f"An input must not be called {name!r}: names like that are reserved.")
    given = model.signature.output_names
    taken = set(inputs)
    outputs = []
    for i in range(len(model.user_outputs)):
        stem = given[i] if i < len(given) and given[i] else "output"
        outputs.append(_free(stem, taken))
        taken.add(outputs[-1])
    for state in model.state_names:
        for ports, stem in ((inputs, state), (outputs, f"{state}:next")):
            ports.append(_free(stem, taken))
            taken.add(ports[-1])
    return inputs, outputs


def _free(stem: str, taken: set[str]) -> str:
    stem = f"output{stem}" if RESERVED.fullmatch(stem) else stem
    name, number = stem, 0
    while name in taken:
        number += 1
        name = f"{stem}_{number}"
    return name


def structure_paths(structure: Structure, count: int) -> list[str]:
    """For each tensor of a structure its path, like "[0]['mask']"; "" for a single tensor."""
    paths = [""] * count
    pending: list[tuple[object, str]] = [(structure, "")]
    while pending:
        part, path = pending.pop()
        match part:
            case {"kind": "tensor", "index": int(index)} if 0 <= index < count:
                paths[index] = path
            case {"kind": "list" | "tuple", "items": Sequence() as items}:
                pending += [(item, f"{path}[{i}]") for i, item in enumerate(items)]
            case {"kind": "dict", "items": dict(items)}:
                pending += [(item, f"{path}[{key!r}]") for key, item in items.items()]
            case {"kind": "record", "fields": dict(fields)}:
                pending += [(item, f"{path}.{key}") for key, item in fields.items()]
    return paths
