"""Running a stranger's model in a process of its own, with limits that the system enforces."""

from __future__ import annotations

import resource
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence

from irkit.errors import ExecutionError, LimitError

_FILES = 64  # open at once
_PATIENCE = 10  # seconds beyond the limit of computing time, for a process that sleeps instead


def run_in_sandbox(arguments: Sequence[str], seconds: int, megabytes: int) -> int:
    """Run `irkit` with these arguments; returns its exit code.

    seconds: of computing, on all processors together. megabytes: of addresses, and of each file that is written.
    Raises LimitError or ExecutionError when the process did not end by itself.
    """
    command = [sys.executable, "-m", "irkit.cli", *arguments]
    try:
        done = subprocess.run(
            command,
            preexec_fn=_limits(seconds, megabytes),  # this process has one thread
            timeout=seconds + _PATIENCE,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except subprocess.TimeoutExpired:
        raise _stopped(seconds) from None
    if done.returncode < 0:
        raise _death(signal.Signals(-done.returncode), seconds)
    return done.returncode


def _limits(seconds: int, megabytes: int) -> Callable[[], None]:
    def limit() -> None:
        size = megabytes * 2**20
        for what, value in (
            (resource.RLIMIT_AS, size),
            (resource.RLIMIT_FSIZE, size),
            (resource.RLIMIT_CPU, seconds),
            (resource.RLIMIT_NOFILE, _FILES),
            (resource.RLIMIT_CORE, 0),
        ):
            resource.setrlimit(what, (value, value))

    return limit


def _stopped(seconds: int) -> LimitError:
    limit = f"{seconds} seconds of computing, {seconds + _PATIENCE} by the clock"
    return LimitError(f"the model was stopped: its limit is {limit}.", cure="Give it more --seconds.")


def _death(cause: signal.Signals, seconds: int) -> LimitError | ExecutionError:
    if cause in (signal.SIGXCPU, signal.SIGKILL):
        return _stopped(seconds)
    if cause is signal.SIGXFSZ:
        return LimitError("the model wrote more than the limit.", cure="Give it more --megabytes.")
    return ExecutionError(
        f"the model made the process die ({cause.name}).", cure="Do not run it without --sandbox."
    )
