"""JANUS's eleven kinds of program: eager calls beside hybridized ones, and beside the file's graph in onnxruntime.

    python -m benchmarks.hybridized [--rounds 7] [--turns 3] [--only TreeRNN]

All take turns in every round, so that the machine's load hits all alike. Printed are the least and the median of the
rounds, in milliseconds per call, over the calls of each program; the last columns compare the least times.
JANUS reports 1.06 to 47.6 times TensorFlow's eager mode on its own machines (training, so only the spirit compares).
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any

import irkit
from examples.janus import Case
from examples.janus.every import cases
from irkit import execution
from irkit.frontends.tensors.tensor import EagerTensor
from irkit.ir.structure import flatten

Runs = dict[str, Callable[[], object]]


def tensors(case: Case) -> list[tuple[Any, ...]]:
    """The arguments of all calls, as eager tensors."""
    return [tuple(map(_tensor, call)) for call in case.calls]


def _tensor(tree: object) -> object:
    return tuple(map(_tensor, tree)) if isinstance(tree, tuple) else irkit.ops.convert_to_tensor(tree)


def subjects(case: Case) -> Runs:
    """What takes turns. The graph alone gets arrays in the graph's order, without guards."""
    calls = tensors(case)
    hybrid = irkit.function(case.function)
    runs: Runs = {
        "eager": lambda: [case.function(*call) for call in calls],
        "hybridized": lambda: [hybrid(*call) for call in calls],
    }
    if case.examples is not None:
        runs |= _of_one_graph(case, calls)
    return runs


def _of_one_graph(case: Case, calls: Sequence[Any]) -> Runs:
    captured = irkit.capture(case.function, *case.examples)
    graph = execution.backend("onnxruntime").prepare(captured.graph_model)
    arrays = [[leaf.array for _, leaf in flatten(call, _is_tensor)[0]] for call in calls]
    return {
        "captured": lambda: [captured(*call) for call in calls],
        "graph alone": lambda: [graph.run(given) for given in arrays],
    }


def _is_tensor(x: object) -> bool:
    return isinstance(x, EagerTensor)


def measured(runs: Runs, rounds: int, turns: int) -> dict[str, list[float]]:
    """Seconds of one pass over the calls, for each round; the first pass captures and is not counted."""
    for run in runs.values():
        run()
        run()
    times: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            start = time.perf_counter()
            for _ in range(turns):
                run()
            times[name].append((time.perf_counter() - start) / turns)
    return times


def row(case: Case, times: dict[str, list[float]]) -> str:
    """A line of the table."""
    each = {name: [t / len(case.calls) * 1e3 for t in found] for name, found in times.items()}
    cells = [f"{case.name:20}"]
    for name in ("eager", "hybridized", "captured", "graph alone"):
        found = each.get(name)
        cells.append(f"{min(found):8.3f} {statistics.median(found):8.3f}" if found else " " * 17)
    least = {name: min(found) for name, found in each.items()}
    cells.append(f"{least['eager'] / least['hybridized']:7.1f}×")
    if "graph alone" in least:
        cells.append(f"{(least['hybridized'] - least['graph alone']) * 1e3:8.1f} µs")
    return "  ".join(cells)


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--rounds", type=int, default=7)
    options.add_argument("--turns", type=int, default=3, help="passes over a program's calls in each round")
    options.add_argument("--only", default="", help="programs whose names hold this")
    given = options.parse_args()
    columns = "eager", "hybridized", "captured", "graph alone"
    print(
        f"{'ms per call':20}  " + "  ".join(f"{c + ': min, median':>17}" for c in columns), "  gain  overhead"
    )
    for case in cases():
        if given.only in case.name:
            print(row(case, measured(subjects(case), given.rounds, given.turns)), flush=True)


if __name__ == "__main__":
    main()
