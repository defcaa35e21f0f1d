"""Weights with the same contents: one is enough, once their contents are the truth (see frozen.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from irkit.passes.report import Witness
from irkit.passes.rewriting import known

if TYPE_CHECKING:
    from collections.abc import Hashable

    from irkit.ir import Graph, Value
    from irkit.passes.report import Report


def share_weights(graph: Graph, report: Report) -> bool:
    """Let one value stand for all weights that hold the same numbers. Weights that are not known can be set apart."""
    count = len(report.witnesses)
    first: dict[Hashable, Value] = {}
    for value in list(graph.weights.values()):
        array = known(value)
        if array is None or not value.uses:
            continue
        twin = first.setdefault(report.contents.key(array), value)
        if twin is not value:
            report.replaced[value] = twin
            witness = Witness("share_weights", (value.name,), (twin.name,), "both hold the same numbers")
            report.witnesses.append(witness)
            graph.replace_uses(value, twin)
    return len(report.witnesses) > count
