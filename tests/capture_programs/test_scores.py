"""No program is silently wrong, every *must* is right, and what was right stays right.

`python -m tests.capture_programs.score --write` makes the table anew.
"""

from __future__ import annotations

import pytest

from tests.capture_programs.judging import BAD, RIGHT, VERDICTS
from tests.capture_programs.program import ENTRIES
from tests.capture_programs.score import Row, known, rows, told

# Those that may be refused run in one runtime only; the command that writes the table runs them in all.
SOME = ("function", "captured", "interpreter")


@pytest.fixture(scope="module")
def results(runtime: object) -> list[Row]:
    musts = [name for name, entry in ENTRIES.items() if entry.must]
    others = [name for name, entry in ENTRIES.items() if not entry.must]
    return [*rows(musts), *rows(others, SOME)]


def test_no_program_is_silently_wrong_or_fails_in_an_unforeseen_way(results: list[Row]) -> None:
    bad = [(n, {s: v for s, v in verdicts.items() if v.kind in BAD}) for n, verdicts in results]
    assert not any(verdicts for _, verdicts in bad), "\n".join(told([r for r in bad if r[1]]))


def test_programs_of_must_constructs_are_right_everywhere(results: list[Row]) -> None:
    allowed = {n for n, kinds in known().items() if ENTRIES[n].must}
    lost = [r for r in results if ENTRIES[r[0]].must and r[0] not in allowed and _worst(r) != RIGHT]
    assert not lost, "\n".join(told(lost))


def test_no_program_fares_worse_than_the_committed_table_says(results: list[Row]) -> None:
    before = known()
    worse = [
        (n, {s: v for s, v in verdicts.items() if _rank(v.kind) > _rank(before.get(n, {}).get(s, RIGHT))})
        for n, verdicts in results
    ]
    assert not any(verdicts for _, verdicts in worse), "\n".join(told([r for r in worse if r[1]]))


def test_the_committed_table_has_nothing_bad() -> None:
    kinds = {kind for verdicts in known().values() for kind in verdicts.values()}
    assert kinds <= set(VERDICTS) - set(BAD)


def _rank(kind: str) -> int:
    return VERDICTS.index(kind)


def _worst(result: Row) -> str:
    return VERDICTS[max(_rank(v.kind) for v in result[1].values())]
