"""The oracle of the suite is judged itself: eager runs give what numpy gives, and the calls of a program differ."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.capture_programs import programs as programs  # enters them
from tests.capture_programs import subjects
from tests.capture_programs.comparing import difference
from tests.capture_programs.judging import results
from tests.capture_programs.program import ENTRIES

NUMPY = [name for name, entry in ENTRIES.items() if entry.make().numpy]


@pytest.mark.parametrize("name", NUMPY)
def test_eager_programs_give_what_numpy_gives(name: str) -> None:
    program, again = ENTRIES[name].make(), ENTRIES[name].make()
    eager = results(subjects.eager(program), program)
    numpy = results(subjects.in_numpy(again), again)
    for expected, found in zip(numpy, eager, strict=True):
        assert expected.error is None and found.error is None
        assert not difference(expected.value, found.value, dtypes=False)


def test_the_suite_has_the_constructs_of_its_issue() -> None:
    families = {entry.family for entry in ENTRIES.values()}
    assert len(ENTRIES) >= 240 and sum(entry.must for entry in ENTRIES.values()) >= 120
    assert families == {path.stem for path in Path(programs.__file__).parent.glob("[a-z]*.py")}
