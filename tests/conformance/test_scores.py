"""ONNX's conformance scores never fall: what passes in the committed tables passes, and nothing crashes.

`python -m tests.conformance.score --write` makes the tables anew.
"""

from __future__ import annotations

import pytest

from tests.conformance.score import COLUMNS, known_failures, outcomes
from tests.conformance.suite import SuiteCase, suite_cases


@pytest.fixture(scope="module")
def cases() -> list[SuiteCase]:
    return suite_cases()


@pytest.mark.parametrize("column", COLUMNS)
def test_no_case_that_passed_before_fails_now(column, cases, request):
    if column.startswith("cpp"):
        request.getfixturevalue("runtime")
    known = known_failures(column)
    assert "NOT EXPLAINED" not in "".join(known)
    lost = [r for r in outcomes(cases, column) if r.state not in ("pass", "outside") and r.name not in known]
    assert not lost, "\n".join(f"{r.name}: {r.state}: {r.message}" for r in lost)
