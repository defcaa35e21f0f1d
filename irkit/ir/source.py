"""Where in the user's program something was made: file and line of the innermost frame that is not irkit's own."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import CodeType, FrameType
from typing import NamedTuple

from irkit import errors


class Source(NamedTuple):
    """A line of the user's program. Line 0 with an empty file: unknown."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.file else ""


UNKNOWN = Source("", 0)

# Both real folders of the package: the linked ones are seen by their target's path, or by the link's.
_PACKAGE = Path(__file__).parent.parent
_OWN = tuple(
    str(path) + os.sep
    for path in {_PACKAGE, *((_PACKAGE / d).resolve() for d in ("", "frontends", "backends"))}
)
_is_own: dict[str, bool] = {}  # by file: hashing a code object costs more than all the rest of `caller`
_sources: dict[tuple[str, int], Source] = {}


def caller() -> Source:
    """The line of the user's program that led here; UNKNOWN when there is none."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        code = frame.f_code
        if not is_own(code):
            place = code.co_filename, frame.f_lineno
            return _sources.get(place) or _sources.setdefault(place, Source(_shown(place[0]), place[1]))
        frame = frame.f_back
    return UNKNOWN


errors.locate = caller


def is_own(code: CodeType) -> bool:
    """Whether `code` stands in irkit's own files."""
    file = code.co_filename
    own = _is_own.get(file)
    if own is None:
        own = _is_own[file] = file.startswith(_OWN)
    # the __init__ that dataclass writes for a layer belongs to no file
    return own or (file == "<string>" and code.co_name == "__init__")


def _shown(path: str) -> str:
    """Base name only: a saved file must not tell the folders of its maker."""
    return path.rpartition(os.sep)[2]
