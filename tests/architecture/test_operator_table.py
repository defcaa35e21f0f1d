"""The C++ runtime's closed table of operators is the one that irkit's registry makes today."""

from pathlib import Path

from irkit.operators.table import cpp

TABLE = Path(__file__).parents[2] / "cpp_runtime" / "src" / "operator_table.inc"


def test_the_table_of_the_cpp_runtime_is_up_to_date() -> None:
    cure = f"run: python -m irkit.operators --cpp > {TABLE.relative_to(TABLE.parents[2])}"
    assert TABLE.read_text() == cpp() + "\n", cure
