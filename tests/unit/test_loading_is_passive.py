"""Loading reads one file and does nothing else: watched by the interpreter's own audit events."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests import sample_models
from tests.malformed.builder import parts, sound

# In a process of its own: an audit hook cannot be taken away again. What irkit itself imports when first needed is
# imported before; from then on every event is the file's doing.
WATCH = """
import sys
import ml_dtypes
from irkit import serialize
from irkit.operators.registry import all_operators

other, path = sys.argv[1:]
all_operators()
for weight in serialize.load(other).weights:
    weight.data
events, modules = [], set(sys.modules)
sys.addaudithook(lambda event, arguments: events.append((event, arguments)))
for weight in serialize.load(path).weights:
    weight.data
shown = {"open", "mmap.__new__"}
counted = [event if event not in shown else f"{event} {arguments[0]}" for event, arguments in events]
print([event for event in counted if event not in {"builtins.id", "object.__getattr__"}], set(sys.modules) - modules)
"""


def watched(data: bytes, folder: Path) -> None:
    other, path = folder / "other.irk", folder / "m.irk"
    other.write_bytes(sound("dtypes"))
    path.write_bytes(data)
    command = [sys.executable, "-c", WATCH, str(other), str(path)]
    run = subprocess.run(command, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    assert re.fullmatch(rf"\['open {re.escape(str(path))}', 'mmap.__new__ \d+'\] set\(\)\n", run.stdout), (
        run.stdout
    )


@pytest.mark.parametrize("name", sample_models.ALL)
def test_loading_opens_its_file_and_does_nothing_else(name: str, tmp_path: Path) -> None:
    watched(sound(name), tmp_path)


def test_names_of_classes_and_files_in_a_file_are_only_names(tmp_path: Path) -> None:
    hostile = parts("dense")
    strings = hostile.ir.strings
    for old, new in (("Sequential", "os.system"), ("Dense", "builtins.eval"), ("model.py", "/etc/passwd")):
        strings[list(strings).index(old)] = new
    hostile.ir.layers.config = '{"module":"subprocess","registered_name":"Popen"}'
    watched(hostile.bytes(), tmp_path)
