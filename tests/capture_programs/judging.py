"""The verdict on a program and a subject: right, refused, or one of the kinds of wrong."""

from __future__ import annotations

import contextlib
import io
import itertools
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import irkit
from tests.capture_programs import subjects
from tests.capture_programs.comparing import difference, plain
from tests.capture_programs.program import Call, Entry, Program

RIGHT, EAGERLY, AT_RUN, BAKED, AT_CAPTURE, ERROR, CRASH, WRONG = VERDICTS = (
    "right",
    "right, eagerly",
    "refused at run time",
    "baked, reported",
    "refused at capture",
    "error",
    "crash",
    "SILENTLY WRONG",
)
BAD = (ERROR, CRASH, WRONG)
Made = TypeVar("Made")
_REFUSALS = (irkit.CaptureError, irkit.AssumptionError, irkit.UnsupportedError)


class Verdict(NamedTuple):
    """What became of a program in one subject; the worst of its calls counts."""

    kind: str
    told: str = ""

    def __lt__(self, other: Any) -> bool:
        return VERDICTS.index(self.kind) < VERDICTS.index(other.kind)


class Result(NamedTuple):
    """What a call gave: a value or an error, and the state outside after it."""

    value: Any
    error: Exception | None
    outside: Any


def judged(entry: Entry, names: Sequence[str], folder: Path) -> dict[str, Verdict]:
    """The verdicts on one program run by subjects: by the oracle and each of them made anew, but for files, which all
    runtimes share."""
    reference = entry.make()
    expected = results(subjects.eager(reference), reference)
    makers: dict[str, Callable[[Program], subjects.Subject]] = {
        "function": subjects.function,
        "captured": subjects.captured,
    }
    verdicts = {n: _judged(entry.make(), n, makers[n], expected) for n in names if n in makers}
    backends = [n for n in names if n in subjects.FILES]
    return verdicts | (_files_judged(entry.make(), backends, folder, expected) if backends else {})


def _files_judged(
    program: Program, backends: Sequence[str], folder: Path, expected: list[Result]
) -> dict[str, Verdict]:
    path = _made(program, lambda p: subjects.saved(p, folder), expected)
    if isinstance(path, Verdict):
        return dict.fromkeys(backends, path)
    return {
        name: _judged(program, name, partial(subjects.from_file, path, backend=name), expected)
        for name in backends
    }


def _judged(
    program: Program, name: str, make: Callable[[Program], subjects.Subject], expected: list[Result]
) -> Verdict:
    made = _made(program, make, expected)
    if isinstance(made, Verdict):
        return made
    return _verdict(program, made, name, expected, results(made, program))


def _made(program: Program, make: Callable[[Program], Made], expected: list[Result]) -> Made | Verdict:
    if program.calls[0].before:
        program.calls[0].before()
    try:
        with _silence():
            return make(program)
    except Exception as error:  # noqa: BLE001  # whatever it is, it is this program's result
        if all(type(r.error) is type(error) for r in expected):
            return Verdict(AT_CAPTURE, f"as eager: {error!r}")  # the program always fails
        return _of_failure(error, AT_CAPTURE)


def results(subject: subjects.Subject, program: Program) -> list[Result]:
    """What the calls give, in order."""
    return [_result(subject, program, call) for call in program.calls]


def _result(subject: subjects.Subject, program: Program, call: Call) -> Result:
    if call.before:
        call.before()
    value, error = None, None
    with _silence():
        try:
            value = plain(subject.run(call))
        except Exception as e:  # noqa: BLE001  # a program may raise what it likes
            error = e
    return Result(value, error, program.outside() if program.outside else None)


def _silence() -> contextlib.redirect_stdout[io.StringIO]:
    return contextlib.redirect_stdout(io.StringIO())


def _verdict(
    program: Program,
    made: subjects.Subject,
    subject: str,
    expected: list[Result],
    found: list[Result],
) -> Verdict:
    if program.varies:
        return _varying(found)
    calls = zip(program.calls, expected, found, strict=True)
    verdicts = [_of_call(program, made, subject, *one) for one in calls]
    # a refusal of what was never promised is as it should be
    kept = [
        Verdict(RIGHT) if v.kind == AT_RUN and not c.fits and subject != "function" else v
        for c, v in zip(program.calls, verdicts, strict=True)
    ]
    worst = max(kept, key=lambda v: VERDICTS.index(v.kind))
    return Verdict(EAGERLY, made.eagerly()) if worst.kind == RIGHT and made.eagerly() else worst


def _varying(found: list[Result]) -> Verdict:
    """Results that eager draws anew in each call: two that are equal were drawn at capture."""
    failed = next((r.error for r in found if r.error), None)
    if failed is not None:
        return _of_failure(failed, AT_RUN)
    pairs = itertools.combinations(found, 2)
    if any(not difference(a.value, b.value) for a, b in pairs):
        return Verdict(WRONG, "the same in two calls")
    return Verdict(RIGHT)


def _of_call(
    program: Program, made: subjects.Subject, subject: str, call: Call, expected: Result, found: Result
) -> Verdict:
    if expected.error is not None:
        return _of_expected_failure(expected.error, found, in_order=subject in ("function", "interpreter"))
    if found.error is not None:
        return _of_failure(found.error, AT_RUN)
    told = difference(expected.value, found.value)
    if not told and expected.outside != found.outside and subject not in subjects.FILES:
        told = f"outside: expected {expected.outside}, found {found.outside}"
    if not told:
        return Verdict(RIGHT)
    seen = call.changed and any(name in made.report() for name in program.reads)
    return Verdict(BAKED if seen and subject != "function" else WRONG, told)


def _of_expected_failure(expected: Exception, found: Result, *, in_order: bool) -> Verdict:
    """in_order: whether the first of two checks that fail must be told; onnxruntime begins with what it likes."""
    if found.error is None:
        return Verdict(WRONG, f"expected {type(expected).__name__}: {expected}; found {found.value}"[:300])
    kind = type(expected).__name__  # a program made anew has exceptions of its own anew
    if not isinstance(found.error, irkit.IrkitError) and type(found.error).__name__ != kind:
        return Verdict(CRASH, f"{type(found.error).__name__}: {found.error}"[:300])
    if isinstance(found.error, (*_REFUSALS, irkit.ShapeError)):
        return Verdict(RIGHT)  # no result here, none there; for another reason that is told as well
    if isinstance(found.error, irkit.AssertionFailed) and not in_order:
        return Verdict(RIGHT)
    if isinstance(expected, ArithmeticError) and kind in str(found.error):
        return Verdict(RIGHT)
    if str(expected).partition("Tensor(")[0].partition("\n")[0] in str(found.error) or isinstance(
        expected, irkit.IrkitError | LookupError
    ):
        return Verdict(RIGHT)
    return Verdict(ERROR, f"another message: {found.error}"[:300])


def _of_failure(error: Exception, refusal: str) -> Verdict:
    told = f"{type(error).__name__}: {error}"[:400]
    if isinstance(error, _REFUSALS):
        return Verdict(refusal, told)
    if refusal == AT_RUN and isinstance(error, irkit.ShapeError | irkit.AssertionFailed):
        return Verdict(
            AT_RUN, told
        )  # sizes and dtypes are assumptions too, and so is what a graph checks by itself
    return Verdict(ERROR if isinstance(error, irkit.IrkitError) else CRASH, told)
