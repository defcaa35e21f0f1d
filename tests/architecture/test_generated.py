"""The generated code is that of today's schemas, and scripts/generate.sh --check notices when it is not."""

import subprocess
from pathlib import Path
from shutil import copytree

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for folder in ("scripts", "proto", "irkit/_generated"):
        copytree(ROOT / folder, tmp_path / folder)
    return tmp_path


def check(tree: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "scripts/generate.sh", "--check"], cwd=tree, capture_output=True, text=True
    )


def test_generated_code_is_up_to_date(copy: Path) -> None:
    result = check(copy)
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize(
    ("schema", "stale"), [("irkit.proto", "irkit_pb2.py"), ("program.fbs", "program_fbs.py")]
)
def test_a_changed_schema_is_noticed(copy: Path, schema: str, stale: str) -> None:
    with (copy / "proto" / schema).open("a") as file:
        file.write("// a change\n")
    result = check(copy)
    assert result.returncode == 1
    assert (
        f"irkit/_generated/{stale} was not made from today's proto/{schema}; run scripts/generate.sh"
        in result.stderr
    )


def test_each_file_says_how_it_was_made() -> None:
    for path in (ROOT / "irkit" / "_generated").glob("*_*.py*"):
        if path.name != "__init__.py":
            assert path.read_text().startswith("# Made by scripts/generate.sh from proto/")
