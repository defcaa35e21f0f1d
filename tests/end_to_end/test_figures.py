"""The programs of the survey's figures, as examples/figures.py has them."""

from __future__ import annotations

import runpy
from collections.abc import Callable
from pathlib import Path

import pytest

FIGURES = runpy.run_path(str(Path(__file__).parents[2] / "examples" / "figures.py"))["FIGURES"]


@pytest.mark.parametrize("figure", FIGURES, ids=lambda f: f.__name__)
def test_the_program_of_the_figure_runs_and_shows_what_it_should(figure: Callable[[], None]) -> None:
    figure()
