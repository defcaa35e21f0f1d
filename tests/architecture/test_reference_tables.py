"""The tables in docs/ are those that irkit's functions and layers make today."""

from __future__ import annotations

from pathlib import Path

import pytest

from irkit.frontends.reference import TABLES, functions, reason_against

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("name", TABLES)
def test_the_table_is_up_to_date(name: str) -> None:
    cure = f"run: python -m irkit.frontends.reference {name} > docs/{name}.md"
    assert (DOCS / f"{name}.md").read_text() == TABLES[name]() + "\n", cure


def test_at_least_320_functions_work() -> None:
    assert sum(not reason_against(f) for f in functions().values()) >= 320
