"""Random programs, each run eagerly and captured; what differs is printed as a program made as small as it gets.

    python -m tests.capture_programs.differences --count 1000 --seed 0 [--deep 20] [--refusals]

Every program runs in one subject, by default as a saved file in the interpreter; every `--deep`th in all.
"""

from __future__ import annotations

import argparse
import importlib.util
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from tests.capture_programs import subjects
from tests.capture_programs.generator import arguments, program_text
from tests.capture_programs.isolation import isolated
from tests.capture_programs.judging import AT_CAPTURE, BAD, CRASH, RIGHT, Verdict, judged
from tests.capture_programs.program import Entry, Program, call, spec
from tests.capture_programs.reducing import reduced

CALLS = 4


class Outcome(NamedTuple):
    """What became of a program: the verdict of each subject that ran it."""

    seed: int
    verdicts: dict[str, Verdict]

    @property
    def bad(self) -> dict[str, Verdict]:
        return {s: v for s, v in self.verdicts.items() if v.kind in BAD}

    @property
    def reason(self) -> str:
        """What is wrong, without the numbers."""
        return next((f"{v.kind} {v.told.partition('expected')[0][:40]}" for v in self.bad.values()), "")


def program(text: str, seed: int, folder: Path, calls: int = CALLS) -> Program:
    """The program written in `text`, with a file of its own, as capture needs the source."""
    examples = (
        spec("n"),
        spec(3),
        spec("rows", 3),
        spec(),
        spec(dtype="int64"),
        spec(dtype="int32"),
        spec(dtype="bool"),
    )
    path = folder / f"generated_{seed}_{time.monotonic_ns()}.py"
    path.write_text(text)
    found = importlib.util.spec_from_file_location(path.stem, path)
    assert found is not None and found.loader is not None
    module: Any = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return Program(
        module.f,
        [call(*arguments(seed, k)) for k in range(calls)],
        examples,
        outside=lambda: float(module.TOTAL.numpy()),
    )


def verdicts(text: str, seed: int, names: Sequence[str], calls: int = CALLS) -> dict[str, Verdict]:
    """How subjects fare."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "files").mkdir()
        entry = Entry(f"seed {seed}", "generated", "", True, partial(program, text, seed, place, calls))
        return judged(entry, names, place / "files")


def outcome(seed: int, deep: int, calls: int = CALLS, subject: str = "interpreter") -> Outcome:
    """How program number `seed` fares; deep: every how many programs all subjects run."""
    names = subjects.SUBJECTS if deep and seed % deep == 0 else (subject,)
    text = program_text(seed)
    return Outcome(seed, verdicts(text, seed, names, calls))


def outcomes(
    seeds: Sequence[int], deep: int, calls: int = CALLS, subject: str = "interpreter"
) -> Iterator[Outcome]:
    """As `outcome`, in a process of their own."""
    work = partial(outcome, deep=deep, calls=calls, subject=subject)
    return isolated(work, seeds, lambda seed, why: Outcome(seed, {subject: Verdict(CRASH, why)}))


def smallest(found: Outcome, calls: int = CALLS) -> str:
    """The program, reduced as long as the same subject fares as badly, and what it said."""
    subject, before = next(iter(found.bad.items()))

    def shows(text: str) -> bool:
        try:
            after = verdicts(text, found.seed, [subject], calls)[subject]
        except Exception:  # noqa: BLE001  # a line too many was taken out
            return False
        return after.kind == before.kind and _alike(before.told, after.told)

    text = program_text(found.seed)
    # what kills the process would kill this one
    text = text if before.kind == CRASH and "exit code" in before.told else reduced(text, shows)
    return f"# seed {found.seed}, {subject}: {before.kind}: {before.told}\n{text}"


def _alike(before: str, after: str) -> bool:
    """Whether two texts tell the same kind of failure; a name that is gone is another."""
    gone = "NameError" in after or "UnboundLocalError" in after
    return not gone and before.partition("expected")[0][:30] == after.partition("expected")[0][:30]


def main() -> None:
    """Run many and print the figures."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--count", type=int, default=1000)
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--calls", type=int, default=CALLS)
    options.add_argument(
        "--deep", type=int, default=20, help="every how many programs all subjects run; 0: never"
    )
    options.add_argument("--subject", default="interpreter", choices=subjects.SUBJECTS)
    options.add_argument("--refusals", action="store_true", help="print why programs were refused")
    options.add_argument(
        "--show", type=int, default=2, help="how many differences of one kind are reduced and printed"
    )
    given = options.parse_args()
    start, done = time.perf_counter(), []
    shown: Counter[str] = Counter()
    seeds = range(given.seed, given.seed + given.count)
    for found in outcomes(seeds, given.deep, given.calls, given.subject):
        done.append(found)
        reason = found.reason
        shown[reason] += 1
        if reason and shown[reason] <= given.show:
            print(smallest(found, given.calls), flush=True)
    print(figures(done, given.calls, time.perf_counter() - start, refusals=given.refusals))


def figures(done: Sequence[Outcome], calls: int, seconds: float, *, refusals: bool) -> str:
    """How many programs fared how, in each subject."""
    lines = [f"{len(done)} programs × {calls} inputs in {seconds:.0f} s"]
    for subject in subjects.SUBJECTS:
        mine = [o.verdicts[subject] for o in done if subject in o.verdicts]
        kinds = Counter(v.kind for v in mine).most_common()
        lines.append(f"{subject:12} " + ", ".join(f"{kind}: {count}" for kind, count in kinds))
        if refusals:
            why = Counter(_reason(v.told) for v in mine if v.kind not in (RIGHT, *BAD))
            lines += [f"    {count:5}  {text}" for text, count in why.most_common(25)]
    lines.append("seeds that differ: " + (", ".join(str(o.seed) for o in done if o.bad) or "none"))
    return "\n".join(lines)


def _reason(told: str) -> str:
    """The problem without the line and the names in it."""
    text = told.splitlines()[0]
    kind, _, rest = text.partition(": ")
    return f"{kind}: {rest.partition('  ')[2] or rest}"[:110]


def refused(found: Outcome) -> bool:
    """Whether capture refused the program."""
    return any(v.kind == AT_CAPTURE for v in found.verdicts.values())


if __name__ == "__main__":
    main()
