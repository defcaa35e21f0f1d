"""Every use of every operator, in every mode of telling its types: saved and loaded it is the same, to the byte."""

from __future__ import annotations

import pytest

from irkit import operators
from irkit.errors import UnsupportedError
from irkit.ir import GraphModel
from irkit.operators import make
from irkit.serialize import proto
from irkit.serialize.weights import WeightsLayout
from tests.conformance.cases import Case, family_cases
from tests.conformance.modes import MODES, Question
from tests.conformance.node_cases import is_supported, node_cases
from tests.sample_models import modelled

ALL = [*filter(is_supported, node_cases()), *family_cases()]
TOO_NEW = [c for c in ALL if c.operator == "TwoBits"]  # int2 and uint2 came after the format
CASES = [c for c in ALL if c.operator != "TwoBits"]


class Saveable(Question):
    """A question whose known inputs are constants of the graph: what is known of an input is not saved."""

    def __post_init__(self) -> None:
        self.graph.constraints.exact_broadcast = True
        self.inputs = [
            self.graph.add(operators.Constant(value=x), ())[0] if self._is_constant(x) else self._input(i)
            for i, x in enumerate(self.case.inputs)
        ]
        attributes = self.case.attributes
        made = attributes(self.graph, self.inputs) if callable(attributes) else attributes
        self.op = make(self.case.domain, self.case.operator, made)
        self.outputs = self.graph.add(self.op, self.inputs, count=self.case.outputs)


def saved(model: GraphModel) -> tuple[bytes, bytes]:
    layout = WeightsLayout()
    return proto.to_bytes(model, layout, "irkit"), b"".join(layout.parts)


@pytest.mark.parametrize("case", CASES, ids=[f"{i}-{c}" for i, c in enumerate(CASES)])
def test_it_comes_back(case: Case) -> None:
    for mode in MODES:
        graph = (question := Saveable(case, mode)).graph
        graph.set_outputs(question.outputs)
        ir, weights = saved(modelled(graph))
        loaded = proto.from_bytes(ir, memoryview(weights))
        assert saved(loaded) == (ir, weights), mode
        assert [v.type for v in loaded.graph.outputs] == [v.type for v in graph.outputs], mode


@pytest.mark.parametrize("case", TOO_NEW, ids=str)
def test_elements_newer_than_the_format_are_refused(case: Case) -> None:
    graph = (question := Saveable(case, "static")).graph
    graph.set_outputs(question.outputs)
    with pytest.raises(UnsupportedError, match="elements are too new"):
        saved(modelled(graph))
