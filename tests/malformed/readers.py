"""Both readers on one malformed file after another, in a process of their own: `python readers.py SOUND_FILE FILE…`.

Prints for each file and reader a line of JSON: the kind of error ("" when it opens), the message, seconds, and the
peak of memory above what was used before. A crash is seen as a line that is missing.
"""

from __future__ import annotations

import ctypes
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from irkit import serialize
from irkit.backends.native_abi import Library
from irkit.errors import IrkitError


def python(path: str) -> None:
    serialize.load(path)


def cpp(path: str) -> None:
    library, opened = _library(), ctypes.c_void_p()
    library.check(library.open(path.encode(), None, ctypes.byref(opened)))
    library.free_model(opened)


def _library() -> Library:
    if not _libraries:
        _libraries.append(Library())
    return _libraries[0]


_libraries: list[Library] = []


def looked_at(reader: Callable[[str], None], path: str) -> dict[str, object]:
    before = _peak_of_memory(reset=True)
    start, kind, message = time.process_time(), "", ""
    try:
        reader(path)
    except IrkitError as error:
        kind, message = type(error).__name__, error.problem
    seconds = time.process_time() - start
    memory = _peak_of_memory(reset=False) - before
    return {"reader": reader.__name__, "kind": kind, "message": message, "seconds": seconds, "memory": memory}


def _peak_of_memory(*, reset: bool) -> int:
    """Bytes. Linux counts the peak anew when asked."""
    if reset:
        Path("/proc/self/clear_refs").write_text("5")
    lines = Path("/proc/self/status").read_text().splitlines()
    return 1024 * int(next(line.split()[1] for line in lines if line.startswith("VmHWM")))


def main() -> None:
    readers = [python, cpp] if os.environ.get("IRKIT_READERS", "") != "python" else [python]
    warm_up, *paths = sys.argv[1:]
    for reader in readers:  # what a first call imports is not the file's fault
        reader(warm_up)
    for path in paths:
        for reader in readers:
            print(path, json.dumps(looked_at(reader, path)), flush=True)


if __name__ == "__main__":
    main()
