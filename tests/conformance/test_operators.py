"""What must hold of every operator, asked of every case: ONNX's node cases and those of the families."""

from __future__ import annotations

import numpy as np
import pytest

from irkit.operators.registry import FAMILIES, all_operators
from tests.conformance import oracles
from tests.conformance.cases import Case, family_cases
from tests.conformance.criteria import assert_equal
from tests.conformance.modes import MODES, Question, assert_true_of
from tests.conformance.node_cases import is_supported, node_cases

NOT_RUN = {"ImageDecoder"}  # irkit has no codecs
FROM_ONNX = [c for c in node_cases() if is_supported(c) and c.operator not in NOT_RUN]
OUR_OWN = family_cases()
ROUNDED_INSIDE = {"QuantizeLinear", "DynamicQuantizeLinear", "Cast", "CastLike"}  # rounding is what they do
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


@pytest.mark.parametrize("case", named([c for c in FROM_ONNX if c.operator not in CHANCE | ROUNDED_INSIDE]))
def test_kernel_computes_in_float64_when_asked(case: Case) -> None:
    """The referee: all floats are float64, also where ONNX's types do not allow it."""
    results = Question(case, "constants").run(as_float64)
    for got, expected in zip(results, case.expected or (), strict=False):
        if isinstance(expected, np.ndarray) and is_float(expected):
            assert isinstance(got, np.ndarray)
            assert got.dtype in (np.float64, expected.dtype)
            size = np.abs(expected[np.isfinite(expected)].astype(np.float64)).max(initial=1e-6)
            np.testing.assert_allclose(
                got.astype(np.float64), expected.astype(np.float64), rtol=2e-2, atol=2e-2 * size
            )


def is_float(array: np.ndarray) -> bool:
    return array.dtype.kind == "f" or array.dtype.name == "bfloat16"


def as_float64(array: np.ndarray) -> np.ndarray:
    return array.astype(np.float64) if array.dtype.name in ("float16", "float32", "bfloat16") else array


@pytest.mark.parametrize("case", named(FROM_ONNX + OUR_OWN))
def test_what_a_shape_rule_says_is_true(case: Case) -> None:
    """Told all, or sizes as constants, or symbols, or no rank: it may say less, never something wrong."""
    results: list[object] | None = None
    for mode in MODES:
        try:
            question = Question(case, mode)
            results = results or question.run()
            assert_true_of(question, results[: len(question.outputs)])
        except Exception as error:
            error.add_note(f"in mode '{mode}'")
            raise


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
    missing = {c.__name__ for c in all_operators() if (c.domain, c.__name__) not in seen} - NOT_RUN
    assert not missing, f"write cases in tests/conformance/cases for {', '.join(sorted(missing))}"


def test_every_operator_is_listed_in_the_registry() -> None:
    listed = {name for names in FAMILIES.values() for name in names}
    assert {cls.__name__ for cls in all_operators()} == listed
