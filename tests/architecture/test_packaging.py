"""What users install: wheel and sdist hold every file of the package, also those behind the two links."""

import subprocess
import sys
import tarfile
import zipfile
from importlib.metadata import entry_points
from pathlib import Path
from shutil import copytree, ignore_patterns

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy without leftovers of tools, since setuptools would pack what lies in build/."""
    copy = tmp_path_factory.mktemp("source") / "irkit"
    leftovers = ignore_patterns(
        ".git", ".venv", "build", "dist", "*.egg-info", "__pycache__", ".*_cache", ".hypothesis"
    )
    copytree(ROOT, copy, symlinks=True, ignore=leftovers)
    return copy


def build(kind: str, source: Path) -> Path:
    """Build with the installed setuptools, as `python -m build --no-isolation` does."""
    code = f"from setuptools import build_meta; print(build_meta.build_{kind}('dist'))"
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=source, check=True, capture_output=True, text=True
    )
    return source / "dist" / result.stdout.split()[-1]


@pytest.fixture(scope="module")
def wheel_files(source: Path) -> set[str]:
    return set(zipfile.ZipFile(build("wheel", source)).namelist())


@pytest.fixture(scope="module")
def sdist(source: Path) -> Path:
    return build("sdist", source)


def package_files(source: Path) -> set[str]:
    files = {"irkit/py.typed"}
    for folder, prefix in (("irkit", ""), ("frontends", "irkit/"), ("backends", "irkit/")):
        for pattern in ("*.py", "*.pyi"):
            files |= {
                prefix + path.relative_to(source).as_posix() for path in (source / folder).rglob(pattern)
            }
    return files


def test_wheel_holds_every_file_once(source: Path, wheel_files: set[str]) -> None:
    packed = {name for name in wheel_files if ".dist-info/" not in name}
    assert packed == package_files(source)


def test_sdist_holds_the_package_the_schemas_and_the_runtime(source: Path, sdist: Path) -> None:
    with tarfile.open(sdist) as archive:
        files = {name.partition("/")[2] for name in archive.getnames()}
    assert package_files(source) <= files
    assert {"proto/irkit.proto", "proto/program.fbs", "CMakeLists.txt", "LICENSE"} <= files
    assert {path.relative_to(source).as_posix() for path in (source / "cpp_runtime").rglob("*.cpp")} <= files


def test_wheel_made_from_the_sdist_equals_the_one_made_here(
    sdist: Path, wheel_files: set[str], tmp_path: Path
) -> None:
    # pip does this when it installs an sdist, in which the links have become folders.
    # Not by tarfile: Debian 12's Python 3.11.2 does not know `filter=`, newer ones warn without it.
    subprocess.run(["tar", "--extract", "--file", sdist, "--directory", tmp_path], check=True)
    (unpacked,) = tmp_path.iterdir()
    assert set(zipfile.ZipFile(build("wheel", unpacked)).namelist()) == wheel_files


def test_the_three_backends_are_announced_and_load() -> None:
    found = {entry.name: entry.load() for entry in entry_points(group="irkit.backends")}
    assert {"interpreter", "native", "onnxruntime"} <= set(found)
