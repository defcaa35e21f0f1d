"""Documents that a command makes say what the command says today."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

DOCS = Path(__file__).parent.parent.parent / "docs"


def test_the_table_of_operators_is_up_to_date():
    command = [sys.executable, "-m", "irkit.operators"]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert (DOCS / "operators.md").read_text().endswith(printed), (
        "python -m irkit.operators > docs/operators.md"
    )
