"""Writing a file so that at every moment, also after a power cut, there is the old one or the new one, whole."""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Iterable
from pathlib import Path

from irkit.errors import ArgumentError
from irkit.serialize.hashing import Buffer

_AT_ONCE = 512  # buffers handed to the kernel in one call


def write_atomically(path: str | os.PathLike[str], pieces: Iterable[Buffer]) -> None:
    """Let `path` hold `pieces`, one after another: a temporary file beside it, synced, takes its name.

    A symbolic link stays and its target is replaced. A file that is replaced hands its permissions on; a new one
    gets the usual ones. Raises OSError as `open` does, ArgumentError for a directory or device.
    """
    target = Path(os.path.realpath(path))
    mode = _mode_of(target)
    temporary = target.with_name(f".{target.name[:200]}.{secrets.token_hex(8)}.tmp")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
    try:
        try:
            if mode is not None:
                os.fchmod(descriptor, mode)
            _write(descriptor, pieces)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        temporary.replace(target)
    except BaseException:  # also when the user presses Ctrl-C
        temporary.unlink(missing_ok=True)
        raise
    _sync_directory(target.parent)


def _mode_of(target: Path) -> int | None:
    """Permissions of the file that will be replaced."""
    try:
        mode = target.stat().st_mode
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(mode):
        raise ArgumentError(
            f"'{target}' is not a file and cannot be replaced by one.", cure="Give another name."
        )
    return stat.S_IMODE(mode)


def _write(descriptor: int, pieces: Iterable[Buffer]) -> None:
    waiting: list[memoryview] = []
    for piece in pieces:
        if len(piece):
            waiting.append(memoryview(piece).cast("B"))
        if len(waiting) == _AT_ONCE:
            _write_all(descriptor, waiting)
            waiting = []
    _write_all(descriptor, waiting)


def _write_all(descriptor: int, waiting: list[memoryview]) -> None:
    first = 0
    while first < len(waiting):
        written = os.writev(descriptor, waiting[first:])
        while first < len(waiting) and written >= len(waiting[first]):
            written -= len(waiting[first])
            first += 1
        if written:
            waiting[first] = waiting[first][written:]


def _sync_directory(directory: Path) -> None:
    """Make the new name durable."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
