"""How the suite's programs fare in each subject: the table, and the command that makes it anew.

python -m tests.capture_programs.score                 all programs, printed
python -m tests.capture_programs.score --write         and written to tests/capture_programs/scores.md
python -m tests.capture_programs.score NAME…           these programs, with what was said
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from tests.capture_programs import programs as programs  # enters them
from tests.capture_programs.isolation import isolated
from tests.capture_programs.judging import BAD, CRASH, RIGHT, VERDICTS, Verdict, judged
from tests.capture_programs.program import ENTRIES, Entry
from tests.capture_programs.subjects import SUBJECTS

TABLE = Path(__file__).parent / "scores.md"
Row = tuple[str, dict[str, Verdict]]


def row(name: str, subjects: Sequence[str] = SUBJECTS) -> Row:
    """The verdicts of all subjects on a program."""
    with tempfile.TemporaryDirectory() as folder:
        return name, judged(ENTRIES[name], subjects, Path(folder))


def rows(names: Sequence[str], subjects: Sequence[str] = SUBJECTS) -> Iterator[Row]:
    """As `row`, in a process of their own."""
    return isolated(
        partial(row, subjects=subjects),
        names,
        lambda name, why: (name, dict.fromkeys(subjects, Verdict(CRASH, why))),
    )


def table(results: Sequence[Row]) -> str:
    """Totals, then all programs that are not right everywhere."""
    subjects = list(results[0][1])
    lines = ["# Capture: small programs", "", "Made by `python -m tests.capture_programs.score --write`."]
    for must, title in ((True, "must be right"), (False, "right or refused")):
        mine = [r for r in results if ENTRIES[r[0]].must is must]
        lines += ["", f"{len(mine)} programs that {title}:", "", *_totals(mine, subjects)]
    lines += [
        "",
        "Those that are not right everywhere:",
        "",
        f"| program | construct | {' | '.join(SUBJECTS)} |",
    ]
    lines += ["| --- " * (len(SUBJECTS) + 2) + "|"]
    for name, verdicts in results:
        if any(v.kind != RIGHT for v in verdicts.values()):
            kinds = " | ".join(verdicts[s].kind for s in subjects)
            lines.append(f"| {name} | {_construct(ENTRIES[name])} | {kinds} |")
    return "\n".join(lines) + "\n"


def _construct(entry: Entry) -> str:
    return f"**must**: {entry.construct}" if entry.must else entry.construct


def _totals(results: Sequence[Row], subjects: Sequence[str]) -> list[str]:
    lines = [f"| subject | {' | '.join(VERDICTS)} |", "| --- " * (len(VERDICTS) + 1) + "|"]
    for subject in subjects:
        counts = Counter(verdicts[subject].kind for _, verdicts in results)
        lines.append(f"| {subject} | {' | '.join(str(counts[v]) for v in VERDICTS)} |")
    return lines


def known() -> dict[str, dict[str, str]]:
    """What the committed table says of the programs that are not right everywhere."""
    found = {}
    for line in TABLE.read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == len(SUBJECTS) + 2 and cells[0] in ENTRIES:
            found[cells[0]] = dict(zip(SUBJECTS, cells[2:], strict=True))
    return found


def told(results: Sequence[Row]) -> Iterator[str]:
    """Why programs are not right, the bad ones first; subjects that say the same are told together."""
    together: dict[tuple[str, str, str], list[str]] = {}
    for name, verdicts in results:
        for subject, v in verdicts.items():
            if v.kind != RIGHT:
                together.setdefault((v.kind, name, v.told), []).append(subject)
    for (kind, name, text), subjects in sorted(together.items(), key=lambda c: -VERDICTS.index(c[0][0])):
        must = "must, " if ENTRIES[name].must else ""
        yield f"{kind}: {name} ({must}{', '.join(subjects)})\n    {text}"


def main(arguments: Sequence[str]) -> None:
    """Make the table."""
    names = [a for a in arguments if not a.startswith("-")]
    subjects = [s for s in SUBJECTS if f"-{s}" in arguments] or SUBJECTS
    results = list(rows(names or list(ENTRIES), subjects))
    shown = [r for r in results if names or "--all" in arguments or any(v.kind in BAD for v in r[1].values())]
    print(*told(shown), table(results), sep="\n")
    if "--write" in arguments and not names:
        TABLE.write_text(table(results))


if __name__ == "__main__":
    main(sys.argv[1:])
