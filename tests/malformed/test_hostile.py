"""Sound files that would do harm when they run in the C++ runtime: refused, or harmless; and those that are not yet."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from irkit.backends.native_abi import Library
from irkit.errors import UnsupportedError
from tests.malformed.hostile import HOSTILE

# docs/security.md names them: onnxruntime 1.31 dies of these, and the C++ loader, which infers no types and shapes,
# lets them through. A model that irkit itself lowers holds none: it guards integer divisions.
DEADLY = {
    "Div of int64 by -1",
    "Div of int32 by -1",
    "Mod of int64 by -1",
}
# They take seconds, or gigabytes.
COSTLY = {
    "Reshape by a shape of 2³¹ numbers",
    "Expand by a shape of 2³¹ numbers",
    "a bomb of 1 GiB in a few bytes",
    "a bomb of 2⁶² bytes",
}
HARMLESS = [name for name in HOSTILE if name not in DEADLY | COSTLY]
REFUSED_WHEN_OPENED = {
    "LayerNormalization without its scale",
    "LayerNormalization with its last input omitted",
    "Min of nothing",
    "Split of nothing",
    "GatherND with negative batch dims",
    "Attention without heads",
    "Attention with too many heads",
    "Conv of no group",
    "DepthToSpace by 0",
}


def run(*names: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.malformed.hostile", *names]
    return subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[2])


@pytest.fixture(scope="module", autouse=True)
def library() -> None:
    try:
        Library()
    except UnsupportedError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def endings() -> dict[str, dict[str, Any]]:
    """All in one process, which none of them ends."""
    done = run(*HARMLESS)
    found = {told["name"]: told for told in map(json.loads, done.stdout.splitlines())}
    assert done.returncode == 0, f"it died after {list(found)[-1:]}: {done.stderr[-1000:]}"
    return found


@pytest.mark.parametrize("name", HARMLESS)
def test_it_is_refused_or_does_no_harm(name: str, endings: dict[str, dict[str, Any]]) -> None:
    found = endings[name]
    assert found["end"].split(":")[0] in (
        "refused when opened",
        "refused as a session",
        "refused when run",
        "ran",
    )
    assert found["end"].startswith("refused when opened: GraphError") == (name in REFUSED_WHEN_OPENED)
    assert found["seconds"] < 2


@pytest.mark.parametrize("name", sorted(DEADLY))
def test_what_onnxruntime_dies_of_is_known(name: str) -> None:
    """When one of these is refused one day, it moves to the others."""
    assert run(name).returncode == -signal.SIGFPE


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(COSTLY))
def test_what_costs_gigabytes_ends_in_an_error_or_a_result_under_a_limit_of_memory(name: str) -> None:
    done = run(name)
    if "cannot allocate memory" in done.stderr:  # the C library's own end, before anybody could tell
        return
    assert done.returncode == 0
    assert json.loads(done.stdout)["end"].split(":")[0] in ("refused as a session", "refused when run", "ran")
