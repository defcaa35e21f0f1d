"""The floors of the house: who may import whom (pyproject.toml, [tool.importlinter])."""

import subprocess
import sys
from pathlib import Path
from shutil import copytree, ignore_patterns

ROOT = Path(__file__).resolve().parents[2]


def lint_imports(cwd: Path) -> subprocess.CompletedProcess[str]:
    code = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    command = [sys.executable, "-c", code, "--no-cache"]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True)


def copy_of_package(to: Path) -> Path:
    copy = to / "copy"
    for folder in ("irkit", "frontends", "backends"):
        copytree(ROOT / folder, copy / folder, symlinks=True, ignore=ignore_patterns("__pycache__"))
    (copy / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text())
    return copy


def test_imports_go_down_only() -> None:
    result = lint_imports(ROOT)
    assert result.returncode == 0, result.stdout + result.stderr


def test_the_linter_sees_an_upward_import_in_a_linked_folder(tmp_path: Path) -> None:
    # The links are the risk: a linter that does not follow them would pass everything.
    copy = copy_of_package(tmp_path)
    (copy / "backends" / "wrong.py").write_text("import irkit.frontends\n")
    result = lint_imports(copy)
    assert result.returncode == 1
    assert "irkit.backends.wrong -> irkit.frontends" in result.stdout
