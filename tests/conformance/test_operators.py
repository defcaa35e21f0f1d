"""What must hold of every operator, asked of every case: ONNX's node cases and those of the families."""

from __future__ import annotations

import pytest

from irkit.operators.registry import FAMILIES, all_operators
from tests.conformance import oracles
from tests.conformance.cases import Case, family_cases
from tests.conformance.criteria import assert_equal
from tests.conformance.modes import MODES, Question, assert_true_of
from tests.conformance.node_cases import is_supported, node_cases

FROM_ONNX = [c for c in node_cases() if is_supported(c)]
OUR_OWN = family_cases()
CHANCE = {
    "Bernoulli",
    "Multinomial",
    "RandomNormal",
    "RandomNormalLike",
    "RandomUniform",
    "RandomUniformLike",
}


def named(cases: list[Case]) -> list[object]:
    return [pytest.param(c, id=f"{i}-{c}") for i, c in enumerate(cases)]


@pytest.mark.parametrize("case", named(FROM_ONNX))
def test_kernel_gives_what_onnx_expects(case: Case) -> None:
    results = Question(case, "constants").run()
    assert case.expected is not None
    for got, expected in zip(results, case.expected, strict=False):
        if case.operator not in CHANCE:
            assert_equal(case.operator, got, expected, case.tolerance, atol=1e-7)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("case", named(FROM_ONNX + OUR_OWN))
def test_what_a_shape_rule_says_is_true(case: Case, mode: str) -> None:
    question = Question(case, mode)
    assert_true_of(question, question.run()[: len(question.outputs)])


@pytest.mark.parametrize("oracle", ["reference", "onnxruntime"])
@pytest.mark.parametrize("case", named(OUR_OWN))
def test_kernel_agrees_with(case: Case, oracle: str) -> None:
    if oracle in case.mistaken or case.varies:
        pytest.skip(case.mistaken.get(oracle, "the result depends on chance"))
    if (expected := oracles.answer(oracle, case)) is None:
        pytest.skip(f"{oracle} does not do this")
    for got, answer in zip(Question(case, "constants").run(), expected, strict=False):
        assert_equal(case.operator, got, answer, case.tolerance)


@pytest.mark.parametrize("case", named([c for c in OUR_OWN if c.expected is not None]))
def test_kernel_gives_the_expected_values(case: Case) -> None:
    for got, expected in zip(Question(case, "constants").run(), case.expected or (), strict=False):
        assert_equal(case.operator, got, expected, case.tolerance)


def test_every_operator_has_a_case() -> None:
    seen = {(c.domain, c.operator) for c in [*FROM_ONNX, *OUR_OWN]}
    missing = [cls.__name__ for cls in all_operators() if (cls.domain, cls.__name__) not in seen]
    assert not missing, f"write cases in tests/conformance/cases for {', '.join(missing)}"


def test_every_operator_is_listed_in_the_registry() -> None:
    listed = {name for names in FAMILIES.values() for name in names}
    assert {cls.__name__ for cls in all_operators()} == listed
