"""All cases. `python -m tests.malformed.groups FOLDER` writes their files."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.malformed import contents, inside, outside
from tests.malformed.case import Case

GROUPS: dict[str, list[Case]] = {
    "container and truncation": outside.CONTAINER,
    "fields of the prelude": outside.PRELUDE,
    "offsets and sizes": outside.SIZES,
    "shapes and dtypes": inside.SHAPES,
    "graph structure": inside.GRAPHS,
    "operators and attributes": inside.OPERATORS,
    "values reaching kernels": contents.VALUES,
    "text and names": contents.TEXTS,
    "protobuf and flatbuffers": contents.LAYERS,
    "integrity and references": inside.REFERENCES,
    "complexity": contents.COMPLEXITY,
}
CASES = [(group, case) for group, cases in GROUPS.items() for case in cases]


def main() -> None:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for number, (_, case) in enumerate(CASES):
        (folder / f"{number:03}.irk").write_bytes(case.file())


if __name__ == "__main__":
    main()
