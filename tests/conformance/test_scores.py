"""ONNX's conformance scores never fall: what passes in the committed tables passes, and nothing crashes.

`python -m tests.conformance.score --write` and `python -m tests.conformance.shape_score --write` make them anew.
"""

from __future__ import annotations

import pytest

from tests.conformance.score import COLUMNS, SCORES, known_failures, outcomes
from tests.conformance.shape_score import grades, known_gaps, undecided
from tests.conformance.suite import SuiteCase, suite_cases


@pytest.fixture(scope="module")
def cases() -> list[SuiteCase]:
    return suite_cases()


@pytest.mark.parametrize("column", COLUMNS)
def test_no_case_that_passed_before_fails_now(column, cases, request):
    if column.startswith("cpp"):
        request.getfixturevalue("runtime")
    assert "NOT EXPLAINED" not in (SCORES / f"{column}.md").read_text()
    known = known_failures(column)
    lost = [r for r in outcomes(cases, column) if r.state not in ("pass", "outside") and r.name not in known]
    assert not lost, "\n".join(f"{r.name}: {r.state}: {r.message}" for r in lost)


def test_no_shape_that_was_inferred_before_is_unknown_now_and_none_is_wrong(cases):
    known = known_gaps()
    plain = [case for case in cases if not case.is_expanded]
    lost = [g for g in grades(plain) if g.grade != "full" and (g.name, g.mode, g.grade) not in known]
    assert not lost, "\n".join(f"{g.name}: {g.mode}: {g.grade}: {g.message}" for g in lost)
    assert not [gap for gap in known if gap[2] == "wrong"]


def test_what_static_inference_does_not_know_depends_on_the_contents_of_the_inputs(cases):
    gaps = {name for name, mode, grade in known_gaps() if mode == "static" and grade in ("rank only", "none")}
    some = [case for case in cases if case.name in gaps][::5]  # the command that writes the table tries all
    assert len(some) >= 40
    assert not [name for name, text in undecided(some).items() if text is None]
