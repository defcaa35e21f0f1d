"""What irkit says to those who made a mistake: mistakes.txt shows each mistake's program and its message.

To write the file anew after a message was changed: python tests/golden/test_mistakes.py
"""

from __future__ import annotations

import inspect
import os
import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import pytest

from irkit.errors import IrkitError
from irkit.frontends.base import naming
from tests.golden import mistakes_defining, mistakes_using

GOLDEN = Path(__file__).with_name("mistakes.txt")
OUR_OWN = r"Traceback|NoneType|KeyError|object at 0x|site-packages|/tmp/"
PREAMBLE = """\
What irkit says to those who made a mistake. Each program is followed by its message; "program.py:2" is its second line.
Written by tests/golden/test_mistakes.py.
"""


def mistakes() -> dict[str, Callable[[], object]]:
    """All of them, in the order in which they are written, by name."""
    return {
        name: value
        for module in (mistakes_defining, mistakes_using)
        for name, value in vars(module).items()
        if _is_mistake(module, name, value)
    }


def _is_mistake(module: ModuleType, name: str, value: object) -> bool:
    return inspect.isfunction(value) and value.__module__ == module.__name__ and bool(value.__doc__)


class Told(NamedTuple):
    """A mistake and what was said to it."""

    program: str
    kind: str
    error: IrkitError
    message: str


def told(mistake: Callable[[], object]) -> Told:
    """Make the mistake in an empty folder."""
    naming.reset_uids()
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        try:
            os.chdir(folder)
            (Path(folder) / "work").mkdir()
            os.chdir("work")
            mistake()
        except IrkitError as error:
            return Told(_program(mistake), type(error).__name__, error, _message(mistake, error, folder))
        finally:
            os.chdir(before)
    raise AssertionError(f"{mistake.__name__} is no mistake")


def _program(mistake: Callable[[], object]) -> str:
    lines = inspect.getsource(mistake).splitlines()[2:]  # without the def and its docstring
    return "\n".join(line.removeprefix("    ").split("  # noqa")[0] for line in lines).strip()


def _message(mistake: Callable[[], object], error: IrkitError, folder: str) -> str:
    """Lines count from the first of the program; those before it belong to the model that it begins with."""
    lines, first = inspect.getsourcelines(mistake)
    begin = first + 2 + (not lines[2].strip())
    file = re.escape(Path(inspect.getsourcefile(mistake) or "").name)

    def line_of(found: re.Match[str]) -> str:
        line = int(found[1]) - begin + 1
        return f"program.py:{line}" if 0 < line <= len(lines) else "model.py:1"

    return re.sub(rf"{file}:(\d+)", line_of, str(error)).replace(os.path.realpath(folder), "…")


def shown(mistake: Callable[[], object]) -> str:
    """A paragraph of the golden file."""
    heading, found = mistake.__doc__, told(mistake)
    program = "\n".join(f"    {line}".rstrip() for line in found.program.splitlines())
    message = "\n".join(f"  {line}" for line in found.message.splitlines())
    return f"{heading}\n\n{program}\n\n  {found.kind}\n{message}\n"


def everything() -> str:
    return "\n\n".join([PREAMBLE, *(shown(m) for m in mistakes().values())])


def test_messages_are_those_of_the_golden_file() -> None:
    assert everything() == GOLDEN.read_text()


def test_there_are_more_than_thirty_of_them() -> None:
    assert len(mistakes()) > 130


@pytest.mark.parametrize("name", mistakes())
def test_a_message_names_the_users_line_and_what_to_do(name: str) -> None:
    mistake = mistakes()[name]
    error = told(mistake).error
    assert Path(inspect.getsourcefile(mistake) or "").name + ":" in str(error).splitlines()[0]
    assert error.cure
    assert error.cure.rstrip("….").strip()
    assert not re.search(OUR_OWN, str(error).replace(tempfile.gettempdir(), "")), str(error)


if __name__ == "__main__":
    GOLDEN.write_text(everything())
