"""Malformed files in eleven groups: both readers refuse each with the right kind of error, soon, in little memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from irkit.backends.native_abi import Library
from irkit.errors import UnsupportedError
from tests.malformed import builder
from tests.malformed.groups import CASES, GROUPS

MEMORY = 64 * 2**20
READERS = Path(__file__).with_name("readers.py")

Findings = dict[tuple[str, str], dict[str, Any]]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("malformed")
    made = [folder / f"{number:03}.irk" for number in range(len(CASES))]
    for path, (_, case) in zip(made, CASES, strict=True):
        path.write_bytes(case.file())
    return made


@pytest.fixture(scope="module")
def findings(files: list[Path]) -> Findings:
    """By name of the file and reader. Whoever crashes says nothing about the file that did it."""
    sound = files[0].with_name("sound")
    sound.write_bytes(builder.sound("dense"))
    command = [sys.executable, str(READERS), str(sound), *map(str, files)]
    environment = os.environ if is_built() else os.environ | {"IRKIT_READERS": "python"}
    run = subprocess.run(
        command, capture_output=True, text=True, timeout=300, cwd=Path(__file__).parents[2], env=environment
    )
    found = dict(_lines(run.stdout))
    assert run.returncode == 0, f"after {list(found)[-1:]}: {run.stderr[-2000:]}"
    return found


def is_built() -> bool:
    try:
        return bool(Library())
    except UnsupportedError:
        return False


def _lines(text: str) -> Iterator[tuple[tuple[str, str], dict[str, Any]]]:
    for line in text.splitlines():
        path, _, told = line.partition(" ")
        read = json.loads(told)
        yield (Path(path).name, read["reader"]), read


def test_there_are_at_least_150_cases_in_eleven_groups() -> None:
    assert len(GROUPS) == 11 and len(CASES) >= 150
    assert len({case.what for _, case in CASES}) == len(CASES)


@pytest.mark.parametrize("name", ["dense", "attributes", "branching", "dtypes"])
def test_files_that_are_only_taken_apart_stay_as_they_are(name: str) -> None:
    assert builder.parts(name).bytes() == builder.sound(name)


@pytest.mark.parametrize("reader", ["python", "cpp"])
@pytest.mark.parametrize("number", range(len(CASES)), ids=[f"{g}: {c.what}" for g, c in CASES])
def test_it_is_refused(number: int, reader: str, findings: Findings, files: list[Path]) -> None:
    _, case = CASES[number]
    if (files[number].name, reader) not in findings:
        pytest.skip("scripts/build_runtime.sh has not run")
    found = findings[files[number].name, reader]
    expected = case.kind if reader == "python" else case.cpp_kind
    assert found["kind"] == expected, found["message"]
    assert bool(found["message"]) == bool(expected)
    assert found["seconds"] < 1
    assert found["memory"] < MEMORY + files[number].stat().st_size
