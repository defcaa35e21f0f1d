"""The net: while code runs that is not rewritten, a call of a function of the user's is noticed, and refused.

`sorted` may call a `__lt__`; what that reads, nobody would watch. Python tells a profile function of each call.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from types import CodeType, FrameType, MethodType
from typing import TYPE_CHECKING, Any

from irkit.errors import CaptureError
from irkit.frontends.capture.origin import KNOWN_ROOTS, is_generated
from irkit.frontends.capture.rewriting.functions import is_rewritten
from irkit.ir.source import caller

if TYPE_CHECKING:
    from irkit.frontends.capture.runtime import Session


class Net:
    """Used as a statement.  name: of the function that runs, for messages."""

    def __init__(self, session: Session, name: str) -> None:
        self._session, self._name = session, name
        self.imports = 0  # that are going on: what irkit imports when it is first needed is not our business

    def __enter__(self) -> None:
        # somebody profiles this program: there can be one such function only
        self._spread = sys.getprofile() is None
        if self._spread:
            sys.setprofile(self.event)

    def __exit__(self, *_: object) -> None:
        if self._spread:
            sys.setprofile(None)

    def event(self, frame: FrameType, event: str, called: object) -> None:
        """Python's profile function."""
        if frame.f_code.co_name == "_find_and_load":
            self.imports += (event == "call") - (event == "return")
        elif event == "call" and not self.imports and self.is_foreign(frame.f_code, frame):
            sys.setprofile(None)
            name = frame.f_code.co_qualname
            raise self._session.watch.refused(
                CaptureError(
                    f"{self._name} calls {name}, whose reads and writes cannot be watched there.",
                    source=str(caller()),
                    cure=f"Call {name} yourself.",
                )
            )

    def is_foreign(self, code: CodeType, frame: FrameType) -> bool:
        """Whether a frame runs code of the user's that is not rewritten."""
        if is_rewritten(code) or is_generated(code) or _is_collectors(code):
            return False
        root = str(frame.f_globals.get("__name__", "")).partition(".")[0]
        return root != "irkit" and root not in KNOWN_ROOTS


def _is_collectors(code: CodeType) -> bool:
    """Whether the garbage collector calls it, which may happen at any moment and is no act of the program."""
    return code.co_name == "__del__" or any(getattr(f, "__code__", None) is code for f in gc.callbacks)


class off:  # noqa: N801  # used as a statement
    """While it lasts, rewritten code runs inside of a call that is watched by the net."""

    def __enter__(self) -> None:
        self._was: Callable[..., Any] | None = sys.getprofile()
        if isinstance(self._was, MethodType) and isinstance(self._was.__self__, Net):
            sys.setprofile(None)

    def __exit__(self, *_: object) -> None:
        if isinstance(self._was, MethodType) and isinstance(self._was.__self__, Net):
            sys.setprofile(self._was)
