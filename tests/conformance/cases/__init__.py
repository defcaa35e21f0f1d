"""Cases: uses of operators on concrete inputs, one file for a family. test_operators.py asks much of each.

ONNX's own node cases are taken from the onnx package (node_cases.py), so a family's file holds only what
those do not cover: other dtypes, corners, empty tensors, attributes that ONNX forgot. A file
`cases/<family>.py` defines

    CASES = [
        Case("Concat", [x, y], {"axis": 1}),
        Case("Concat", [empty, y], {"axis": 0}, name="with an empty one"),
        Case("TopK", [x, k], {"axis": 0}, outputs=2),
        Case("Mod", [a, b], mistaken={"onnxruntime": "dies of a zero divisor"}),
    ]

and nothing else: it is found by its place. Inputs come from literals or from ``random(seed)``, never from the
clock. A case needs no expected values where onnx.reference or onnxruntime knows the answer; where both are
wrong, write ``expected`` from the operator's definition, and ``mistaken`` for each oracle with the reason.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from irkit.ir import Graph, Value


@dataclass(frozen=True, eq=False)
class Case:
    """One use of one operator.

    operator:   ONNX's name of it.
    inputs:     numpy arrays (of objects for strings), lists of arrays for sequences, None for an omitted one.
    attributes: as the operator's class takes them: True for a flag, DType for an element type; where there
                are sub-graphs, a function (outer graph, its input values) → attributes that builds them.
    outputs:    how many; None: as many as the operator makes when not told.
    name:       what is special about it.
    expected:   the outputs, from elsewhere than our kernel; None: the oracles know.
    mistaken:   oracles ("reference", "onnxruntime") that are not asked, and why.
    tolerance:  replaces the operator's criterion (criteria.py): |a - r| <= tolerance · max|r|.
    varies:     the values depend on chance: only types are compared.
    types:      types of the inputs where the values do not tell them (an empty sequence, an absent optional).
    """

    operator: str
    inputs: Sequence[Any]
    attributes: Mapping[str, Any] | Callable[[Graph, Sequence[Value | None]], Mapping[str, Any]] = field(
        default_factory=dict
    )
    outputs: int | None = None
    name: str = ""
    domain: str = ""
    expected: Sequence[Any] | None = None
    mistaken: Mapping[str, str] = field(default_factory=dict)
    tolerance: float | None = None
    varies: bool = False
    types: Sequence[Any] | None = None

    def __str__(self) -> str:
        shapes = ",".join(
            "x".join(map(str, np.shape(x))) if isinstance(x, np.ndarray) else "" for x in self.inputs
        )
        given = {} if callable(self.attributes) else self.attributes
        attributes = ",".join(f"{k}={v}" for k, v in given.items() if len(str(v)) < 20)
        return " ".join(filter(None, [self.operator, self.name or f"{shapes} {attributes}".strip()])).replace(
            " ", "-"
        )


def random(seed: int) -> np.random.Generator:
    """Random numbers that are the same in every run."""
    return np.random.default_rng(seed)


def family_cases() -> list[Case]:
    """The cases of all families, in the order of the files' names."""
    names = sorted(m.name for m in pkgutil.iter_modules(__path__))
    return [case for name in names for case in importlib.import_module(f"{__name__}.{name}").CASES]
