"""Random programs give what eager gives. `python -m tests.capture_programs.differences` runs as many as one likes."""

from __future__ import annotations

from tests.capture_programs.differences import outcomes, refused
from tests.capture_programs.generator import program_text

COUNT, DEEP = 80, 20


def test_random_programs_give_what_eager_gives_and_few_are_refused(runtime: object) -> None:
    found = list(outcomes(range(COUNT), DEEP))
    bad = [o for o in found if o.bad]
    assert not bad, "\n\n".join(f"seed {o.seed}: {o.bad}\n{program_text(o.seed)}" for o in bad[:3])
    assert sum(map(refused, found)) <= COUNT // 10
