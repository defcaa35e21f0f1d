"""Each call to the system that saving makes may fail. Then the old file is whole, and nothing else is left behind."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from irkit import serialize
from tests import sample_models

CALLS = ("open", "fchmod", "writev", "fsync", "close")


def failing(call: Callable[..., Any], at: int, count: list[int]) -> Callable[..., Any]:
    """`call`, which fails the `at`-th time, having done what it does where that must happen (close)."""

    def instead(*arguments: Any, **options: Any) -> Any:
        count[0] += 1
        if count[0] != at:
            return call(*arguments, **options)
        if call is os.close:
            call(*arguments)
        raise OSError(errno.EIO, "this test lets it fail")

    return instead


def save_with_failure(name: str, at: int, path: Path) -> tuple[bool, int]:
    """Whether saving failed, and how often the call was made."""
    count = [0]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, name, failing(getattr(os, name), at, count))
        try:
            serialize.save(sample_models.dense_model(5), path)
        except OSError as error:
            return error.errno == errno.EIO, count[0]
    return False, count[0]


@pytest.mark.parametrize("name", CALLS)
def test_whichever_call_fails_the_file_is_the_old_or_the_new_one_whole(name: str, tmp_path: Path) -> None:
    path = tmp_path / "m.irk"
    serialize.save(sample_models.dense_model(3), path)
    old = path.read_bytes()
    serialize.save(sample_models.dense_model(5), path)
    new = path.read_bytes()
    _, calls = save_with_failure(name, 0, path)
    assert calls > 0
    for at in range(1, calls + 1):
        path.write_bytes(old)
        failed, _ = save_with_failure(name, at, path)
        assert failed
        assert path.read_bytes() in (old, new)
        assert list(tmp_path.iterdir()) == [path]


def test_a_rename_that_fails_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "m.irk"
    serialize.save(sample_models.dense_model(3), path)
    old = path.read_bytes()

    def refused(self: Path, target: Path) -> Path:
        raise OSError(errno.ENOSPC, "no space")

    monkeypatch.setattr(Path, "replace", refused)
    with pytest.raises(OSError, match="no space"):
        serialize.save(sample_models.dense_model(5), path)
    assert path.read_bytes() == old and list(tmp_path.iterdir()) == [path]


def test_a_disk_that_takes_a_few_bytes_at_a_time_gets_the_whole_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "m.irk"
    serialize.save(sample_models.dense_model(3), path)
    expected = path.read_bytes()
    write = os.writev
    monkeypatch.setattr(os, "writev", lambda file, buffers: write(file, [buffers[0][:7]]))
    serialize.save(sample_models.dense_model(3), path)
    assert path.read_bytes() == expected
