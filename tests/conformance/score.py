"""How many of ONNX's own cases each of irkit's runtimes passes.

    python -m tests.conformance.score                     all columns, printed
    python -m tests.conformance.score --write             and written to tests/conformance/scores/
    python -m tests.conformance.score cpp-23              one column

A column is an adapter and an opset: "interpreter-all" runs every case as it is, "cpp-23" those cases that mean the same
at opset 23, stamped so. Cases run in a child process, so that one that dies costs one case.
"""

from __future__ import annotations

import multiprocessing
import sys
import time
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NamedTuple

from tests.conformance import adapters
from tests.conformance.reasons import reason
from tests.conformance.suite import SuiteCase, assert_as_expected, pinned, suite_cases

SCORES = Path(__file__).parent / "scores"
COLUMNS = ("interpreter-all", "interpreter-23", "onnxruntime-23", "cpp-23")
STATES = ("pass", "fail", "error", "unsupported", "crash", "timeout")
TIMEOUT = 60  # seconds for one case
OUTSIDE = "outside"  # the case means something else at the column's opset


class Outcome(NamedTuple):
    """What became of a case."""

    name: str
    kind: str
    state: str
    message: str
    seconds: float


def outcome(case: SuiteCase, column: str) -> Outcome:
    """Run one case here."""
    adapter, _, opset = column.partition("-")
    start = time.perf_counter()
    state, message = "pass", ""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model, sets = case.load()
            stamped = model if opset == "all" else pinned(model, int(opset)) if case.kind == "node" else None
            if stamped is None:
                return Outcome(case.name, case.kind, OUTSIDE, "", 0.0)
            start = time.perf_counter()
            for inputs, expected in sets:
                found = list(getattr(adapters, adapter)(stamped, inputs))
                assert_as_expected(expected, found, case.rtol, case.atol)
    except NotImplementedError as error:
        state, message = "unsupported", str(error)
    except AssertionError as error:
        state, message = "fail", str(error)
    except Exception as error:  # noqa: BLE001  # whatever it is, it is this case's result
        state, message = "error", f"{type(error).__name__}: {error}"
    return Outcome(case.name, case.kind, state, " ".join(message.split())[:300], time.perf_counter() - start)


def outcomes(cases: Sequence[SuiteCase], column: str) -> Iterator[Outcome]:
    """What becomes of all cases, in a child process that is replaced when it dies."""
    done = 0
    while done < len(cases):
        receiver, sender = multiprocessing.Pipe(duplex=False)
        child = multiprocessing.get_context("fork").Process(target=_work, args=(cases[done:], column, sender))
        child.start()
        sender.close()
        state = "crash"
        while done < len(cases):
            if not receiver.poll(TIMEOUT):
                state = "timeout"
                break
            try:
                yield receiver.recv()
            except EOFError:
                break
            done += 1
        child.kill()
        child.join()
        if done < len(cases):
            yield Outcome(cases[done].name, cases[done].kind, state, f"exit code {child.exitcode}", 0.0)
            done += 1


def _work(cases: Sequence[SuiteCase], column: str, sender: Connection) -> None:
    for case in cases:
        sender.send(outcome(case, column))
    sender.close()


def table(column: str, results: Sequence[Outcome]) -> str:
    """The score as text: totals, then every case that does not pass, with the reason."""
    counted = [r for r in results if r.state != OUTSIDE]
    head = ["kind", "cases", *STATES]
    lines = [f"# {column}", "", f"Made by `python -m tests.conformance.score {column} --write`.", ""]
    lines += [f"| {' | '.join(head)} |", "| --- " * len(head) + "|"]
    for kind in dict.fromkeys(r.kind for r in counted):
        lines.append(_row(kind, [r for r in counted if r.kind == kind]))
    lines += [_row("total", counted), "", "| case | state | why |", "| --- | --- | --- |"]
    for r in counted:
        if r.state != "pass":
            lines.append(
                f"| {r.name} | {r.state} | {reason(column, r.name) or 'NOT EXPLAINED: ' + r.message} |"
            )
    return "\n".join(lines) + "\n"


def _row(kind: str, results: Sequence[Outcome]) -> str:
    states = Counter(r.state for r in results)
    return f"| {kind} | {len(results)} | {' | '.join(str(states[s]) for s in STATES)} |"


def known_failures(column: str) -> set[str]:
    """The cases that the committed table lists as not passing."""
    lines = (SCORES / f"{column}.md").read_text().splitlines()
    return {line.split(" | ")[0].removeprefix("| ") for line in lines if line.startswith("| test_")}


def main(arguments: Sequence[str]) -> None:
    columns = [a for a in arguments if not a.startswith("-")] or COLUMNS
    cases = suite_cases()
    for column in columns:
        start = time.perf_counter()
        results = list(outcomes(cases, column))
        text = table(column, results)
        print(text, f"{time.perf_counter() - start:.1f} s", sep="\n", flush=True)
        if "--write" in arguments:
            SCORES.mkdir(exist_ok=True)
            (SCORES / f"{column}.md").write_text(text)


if __name__ == "__main__":
    main(sys.argv[1:])
