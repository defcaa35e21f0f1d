"""The ways in which a captured program runs. Each is made from a program once and then called as the program is."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import irkit
from tests.capture_programs.comparing import as_tensors, copied
from tests.capture_programs.program import Call, Program

FILES = ("interpreter", "onnxruntime", "native")
SUBJECTS = ("function", "captured", *FILES)
LOADED = (irkit.capture, irkit.function, irkit.load)  # now, so that processes made later share them


class Subject(NamedTuple):
    """run: one call. report: what capture says that it fixed or assumed. eagerly: why calls did not run as graphs."""

    run: Callable[[Call], Any]
    report: Callable[[], str]
    eagerly: Callable[[], str] = str


def eager(program: Program) -> Subject:
    """The oracle: the function itself on tensors that have values."""
    function = program.function

    def run(call: Call) -> Any:
        args, kwargs = as_tensors((list(call.args), dict(call.kwargs)))
        return function(*args, **kwargs)

    return Subject(run, str)


def in_numpy(program: Program) -> Subject:
    """The second oracle: the function itself on numpy's arrays."""
    function = program.function

    def run(call: Call) -> Any:
        args, kwargs = copied((list(call.args), dict(call.kwargs)))
        return function(*args, **kwargs)

    return Subject(run, str)


def function(program: Program) -> Subject:
    """irkit.function(f), which may capture again or run eagerly."""
    hybrid = irkit.function(program.function)

    def eagerly() -> str:
        stats = hybrid.stats()
        return "; ".join(stats.refused) or "for no reason" if stats.eager_calls else ""

    return Subject(eager(Program(hybrid, program.calls)).run, str, eagerly)


def captured(program: Program) -> Subject:
    """irkit.capture(f, *examples) in this process."""
    made = _capture(program)
    return Subject(eager(Program(made, program.calls)).run, lambda: str(made.report))


def saved(program: Program, folder: Path) -> Path:
    """A file of the captured program."""
    path = folder / f"{len(os.listdir(folder))}.irk"
    _capture(program).save(path)
    return path


def from_file(path: Path, program: Program, backend: str) -> Subject:
    """The saved file, loaded by somebody who knows nothing of the function."""
    loaded = irkit.load(path, backend=backend)
    weights = " ".join(w.path for w in loaded.graph_model.weights)  # what a file holds of a layer
    return Subject(in_numpy(Program(loaded, program.calls)).run, lambda: f"{loaded.report} {weights}")


def _capture(program: Program) -> Any:
    first = program.calls[0]
    if program.examples is not None:
        return irkit.capture(program.function, *program.examples, **program.options)
    args, kwargs = copied((list(first.args), dict(first.kwargs)))
    return irkit.capture(program.function, *args, **kwargs)
