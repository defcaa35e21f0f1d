"""Random programs give what eager gives. `python -m tests.capture_programs.differences` runs as many as one likes."""

from __future__ import annotations

import pytest

import irkit
from tests.capture_programs.differences import outcomes, refused
from tests.capture_programs.generator import program_text

COUNT, DEEP = 120, 30

pytestmark = pytest.mark.skipif(not hasattr(irkit, "function"), reason="hybridizing is not there yet")


def test_random_programs_give_what_eager_gives(runtime: object) -> None:
    found = list(outcomes(range(COUNT), DEEP))
    bad = [o for o in found if o.bad]
    assert not bad, "\n\n".join(f"seed {o.seed}: {o.bad}\n{program_text(o.seed)}" for o in bad[:3])


def test_few_random_programs_are_refused() -> None:
    found = list(outcomes(range(COUNT, COUNT + 60), 0))
    assert sum(map(refused, found)) <= 6
