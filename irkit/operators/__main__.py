"""python -m irkit.operators: the table of all operators; with --cpp, as the C++ runtime reads it."""

from __future__ import annotations

import argparse

from irkit.operators.table import cpp, markdown


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(prog="python -m irkit.operators", description=__doc__)
    parser.add_argument("--cpp", action="store_true", help="print cpp_runtime/src/operator_table.inc")
    print(cpp() if parser.parse_args().cpp else markdown())


if __name__ == "__main__":
    main()
