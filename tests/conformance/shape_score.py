"""How much irkit infers of the shapes of ONNX's node cases, and whether it is true.

    python -m tests.conformance.shape_score            printed
    python -m tests.conformance.shape_score --write    and written to tests/conformance/scores/shapes.md

All shapes but those of the inputs are taken away, and the model is imported: with the inputs' sizes ("static"), with
small inputs of integers as constants besides ("constants"), and with a symbol for every size of every input
("symbolic"; "symbolic with constants": but for vectors of integers, which stay constants). What is inferred is compared
with the outputs that the case expects.
"""

from __future__ import annotations

import sys
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import onnx
from onnx import numpy_helper

from irkit.errors import IrkitError
from irkit.frontends.onnx_import import graph_model
from irkit.ir import Dim, GraphModel, SequenceType, TensorType, Type, dims
from tests.conformance.modes import assert_type_holds, is_full
from tests.conformance.score import SCORES
from tests.conformance.suite import SuiteCase, suite_cases
from tests.conformance.undecided import witness

MODES = ("static", "constants", "symbolic", "symbolic with constants")
SMALL = 2**12  # elements of an input that may be a constant
GRADES = ("full", "rank only", "none", "refused", "wrong")


class Grade(NamedTuple):
    """How much is known of a case's outputs in one mode."""

    name: str
    mode: str
    grade: str
    message: str


def told(model: onnx.ModelProto, inputs: Sequence[Any], mode: str) -> tuple[onnx.ModelProto, dict[str, Dim]]:
    """The model as the mode tells it, and the true sizes of the symbols in it."""
    stripped = onnx.ModelProto()
    stripped.CopyFrom(model)
    graph = stripped.graph
    del graph.value_info[:]
    for info in graph.output:
        info.ClearField("type")
    sizes: dict[str, Dim] = {}
    for i, (info, value) in enumerate(zip(graph.input, inputs, strict=False)):
        if isinstance(value, np.ndarray) and info.type.HasField("tensor_type"):
            if _is_constant(value, mode):
                graph.initializer.append(numpy_helper.from_array(value, info.name))
            else:
                _tell(info.type.tensor_type, value, f"n{i}" if mode.startswith("symbolic") else "", sizes)
        elif (
            isinstance(value, list)
            and value
            and len({v.shape for v in value}) == 1
            and not mode.startswith("symbolic")
        ):
            _tell(_element(info.type), value[0], "", sizes)
    return stripped, sizes


def _is_constant(value: np.ndarray, mode: str) -> bool:
    if value.dtype.kind not in "biufOV" or value.size > SMALL:
        return False
    is_sizes = value.dtype.name in ("int64", "int32") and value.ndim <= 1
    return mode == "constants" or (mode == "symbolic with constants" and is_sizes)


def _element(type_: onnx.TypeProto) -> onnx.TypeProto.Tensor:
    while not type_.HasField("tensor_type"):
        type_ = (
            type_.sequence_type.elem_type
            if type_.HasField("sequence_type")
            else type_.optional_type.elem_type
        )
    return type_.tensor_type


def _tell(tensor: onnx.TypeProto.Tensor, value: np.ndarray, stem: str, sizes: dict[str, Dim]) -> None:
    tensor.ClearField("shape")
    tensor.shape.SetInParent()
    for axis, size in enumerate(value.shape):
        if stem:
            tensor.shape.dim.add().dim_param = f"{stem}_{axis}"
            sizes[f"{stem}_{axis}"] = size
        else:
            tensor.shape.dim.add().dim_value = size


def graded(case: SuiteCase, mode: str) -> Grade:
    """What is inferred of the case's outputs."""
    model, sets = case.load()
    inputs, expected = sets[0]
    stripped, sizes = told(model, inputs, mode)
    try:
        made = graph_model(stripped)
    except IrkitError as error:
        return Grade(case.name, mode, "refused", str(error).replace("\n", " ")[:300])
    try:
        _check(made, expected, dict(sizes))
    except AssertionError as error:
        return Grade(case.name, mode, "wrong", str(error)[:300])
    types = [v.type for v in made.graph.outputs]
    worst = max((_rank(t, sizes) for t in types), default=0)
    return Grade(case.name, mode, GRADES[worst], ", ".join(map(str, types))[:200])


def _check(model: GraphModel, expected: Sequence[Any], sizes: dict[str, Dim]) -> None:
    """Raises AssertionError unless every type and constraint holds of the outputs that the case expects."""
    for value, result in zip(model.graph.outputs, expected, strict=True):
        assert_type_holds(value.type, result, sizes)
    for constraint in model.graph.constraints:
        left, right = (dims.substitute(d, sizes) for d in (constraint.left, constraint.right))
        assert dims.equal(left, right) is not False, f"demands {constraint}, but {left} is not {right}"


def _rank(type_: Type, sizes: dict[str, Dim]) -> int:
    """The place in GRADES: 0 when all that can be said is said."""
    if is_full(type_, sizes):
        return 0
    while not isinstance(type_, TensorType):
        if (
            isinstance(type_, SequenceType)
            and isinstance(type_.element, TensorType)
            and type_.element.shape is None
        ):
            return 2
        type_ = type_.element
    return 2 if type_.shape is None else 1


def grades(cases: Sequence[SuiteCase]) -> Iterator[Grade]:
    """Of every node case in every mode."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for mode in MODES:
            for case in cases:
                if case.kind == "node":
                    yield graded(case, mode)


def undecided(cases: Sequence[SuiteCase]) -> dict[str, str | None]:
    """Of each case, a change of contents alone that changes an output's shape, or None when none was found."""
    found = {}
    for case in cases:
        model, sets = case.load()
        found[case.name] = witness(case.name, told(model, sets[0][0], "static")[0], sets[0][0])
    return found


def unknown(cases: Sequence[SuiteCase], found: Sequence[Grade]) -> list[SuiteCase]:
    """The cases of which static inference does not know all sizes."""
    names = {g.name for g in found if g.mode == "static" and g.grade in ("rank only", "none")}
    return [case for case in cases if case.name in names]


def _ceiling(found: Sequence[Grade], witnesses: dict[str, str | None]) -> list[str]:
    full = sum(g.mode == "static" and g.grade == "full" for g in found)
    shown = sum(text is not None for text in witnesses.values())
    return [
        "## What static inference could know",
        "",
        f"Static inference does not know all sizes of {len(witnesses)} cases. {shown} of them were shown to have no",
        "definite answer: on inputs of the same types and shapes but other contents the same model makes an output of",
        f"another shape (tests/conformance/undecided.py). At most {full + len(witnesses) - shown} can be known.",
        "",
    ]


def table(found: Sequence[Grade], expanded: Sequence[Grade], witnesses: dict[str, str | None]) -> str:
    """Totals of each mode, then what is not fully known."""
    lines = ["# Inferred shapes", "", "Made by `python -m tests.conformance.shape_score --write`.", ""]
    for title, part in (("Cases of one operator", found), ("The same as functions of others", expanded)):
        lines += [
            f"## {title}",
            "",
            f"| mode | cases | {' | '.join(GRADES)} |",
            "| --- " * (len(GRADES) + 2) + "|",
        ]
        for mode in MODES:
            counts = Counter(g.grade for g in part if g.mode == mode)
            lines.append(f"| {mode} | {counts.total()} | {' | '.join(str(counts[g]) for g in GRADES)} |")
        lines.append("")
    lines += _ceiling(found, witnesses)
    lines += ["## Not fully known", "", "| case | mode | grade | inferred |", "| --- | --- | --- | --- |"]
    lines += [f"| {g.name} | {g.mode} | {g.grade} | {g.message} |" for g in found if g.grade != "full"]
    return "\n".join(lines) + "\n"


def known_gaps() -> set[tuple[str, str, str]]:
    """(case, mode, grade) of everything that the committed table lists as not fully known."""
    lines = (SCORES / "shapes.md").read_text().splitlines()
    cells = [line.strip("| ").split(" | ") for line in lines if line.startswith("| test_")]
    return {(c[0], c[1], c[2]) for c in cells}


def main(arguments: Sequence[str]) -> None:
    cases = suite_cases()
    everything = list(grades(cases))
    found = [g for g in everything if "_expanded" not in g.name]
    text = table(found, [g for g in everything if "_expanded" in g.name], undecided(unknown(cases, found)))
    print(text)
    if "--write" in arguments:
        Path(SCORES / "shapes.md").write_text(text)


if __name__ == "__main__":
    main(sys.argv[1:])
