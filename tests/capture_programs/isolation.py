"""Work in a child process that is replaced when it dies or hangs, so that one program costs one result."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection
from typing import TypeVar

Item, Result = TypeVar("Item"), TypeVar("Result")
TIMEOUT = 120.0  # seconds for one item


def isolated(
    work: Callable[[Item], Result],
    items: Sequence[Item],
    lost: Callable[[Item, str], Result],
    timeout: float = TIMEOUT,
) -> Iterator[Result]:
    """work(item) for all items, in order; lost(item, why) for those that killed the process or took too long."""
    done = 0
    while done < len(items):
        receiver, sender = multiprocessing.Pipe(duplex=False)
        child = multiprocessing.get_context("fork").Process(target=_all, args=(work, items[done:], sender))
        child.start()
        sender.close()
        why = ""
        while done < len(items) and not why:
            try:
                if receiver.poll(timeout):
                    yield receiver.recv()
                    done += 1
                else:
                    why = "timeout"
            except EOFError:
                child.join()
                why = f"exit code {child.exitcode}"
        child.kill()
        child.join()
        if done < len(items):
            yield lost(items[done], why)
            done += 1


def _all(work: Callable[[Item], Result], items: Sequence[Item], sender: Connection) -> None:
    for item in items:
        sender.send(work(item))
    sender.close()
