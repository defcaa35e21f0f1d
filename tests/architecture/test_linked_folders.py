"""The two folders that stand at the top of the repository and are linked into the package."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("frontends", "backends")

needs_git = pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a git checkout")


def git(*arguments: str, cwd: Path = ROOT) -> str:
    # safe.directory: a checkout mounted into a container often belongs to somebody else.
    command = ["git", "-c", "safe.directory=*", *arguments]
    return subprocess.run(command, cwd=cwd, check=True, capture_output=True, text=True).stdout


@pytest.mark.parametrize("folder", FOLDERS)
def test_link_is_relative_and_leads_to_the_folder(folder: str) -> None:
    link = ROOT / "irkit" / folder
    assert link.readlink() == Path("..") / folder
    assert link.resolve() == ROOT / folder


@needs_git
@pytest.mark.parametrize("folder", FOLDERS)
def test_git_stores_the_link_as_a_link(folder: str) -> None:
    assert git("ls-files", "--stage", f"irkit/{folder}").startswith("120000 ")


@needs_git
def test_links_survive_a_fresh_clone(tmp_path: Path) -> None:
    # A file:// clone packs and unpacks as one over the network does.
    git("clone", "--quiet", "--depth=1", ROOT.as_uri(), str(tmp_path / "clone"))
    for folder in FOLDERS:
        assert (tmp_path / "clone" / "irkit" / folder).is_symlink()
        assert (tmp_path / "clone" / "irkit" / folder / "__init__.py").is_file()


@pytest.mark.parametrize("folder", FOLDERS)
def test_bare_import_is_refused_and_names_the_right_one(folder: str) -> None:
    result = subprocess.run(
        [sys.executable, "-c", f"import {folder}"], cwd=ROOT, capture_output=True, text=True
    )
    assert result.returncode == 1
    assert (
        f"ImportError: This folder is the package irkit.{folder}. Write: import irkit.{folder}"
        in result.stderr
    )
