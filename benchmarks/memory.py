"""What memory the intermediate results of ONNX's nine light models need, by plan; in MiB.

    python benchmarks/memory.py

naive: each result has memory of its own. bound: what lives at one moment, which no placement can undercut; greedy by
size: the usual placement (TensorFlow Lite's, among others). The first three columns of irkit change nothing but the
placement and the order; the last also lets results take the place of operands, and Reshape, Split and Concat not copy.
"""

from __future__ import annotations

import platform
import time
from pathlib import Path

import onnx

from irkit.frontends.onnx_import import graph_model
from irkit.ir import GraphModel
from irkit.passes import optimized
from irkit.planning import Interval, MemoryPlan, plan_memory
from irkit.planning.offsets import in_order

LIGHT = Path(onnx.__file__).parent / "backend/test/data/light"
BUDGET = 1 << 30  # the light models compute their weights from their shapes: those are constants to everybody
MIB = 2**20


def greedy_by_size(plan: MemoryPlan) -> int:
    """The bytes when the largest buffers are placed first."""
    intervals = [Interval(each.size, each.first, each.last) for _, each in plan.arrays]
    return in_order(sorted(intervals, key=lambda each: (-each.size, each.first)))


def row(model: GraphModel) -> list[str]:
    """The figures of one model."""
    start = time.process_time()
    plain = plan_memory(model, in_place=False, aliasing=False, reorder=False)
    ordered = plan_memory(model, in_place=False, aliasing=False)
    shared = plan_memory(model)
    seconds = time.process_time() - start
    figures = [plain.naive, plain.bound, greedy_by_size(plain), plain.bytes, ordered.bytes, shared.bytes]
    return [f"{figure / MIB:.3f}" for figure in figures] + [f"{seconds:.2f}"]


def main() -> None:
    """Print the table."""
    print(f"Python {platform.python_version()}\n")
    columns = (
        "naive",
        "bound",
        "greedy by size",
        "irkit",
        "irkit, reordered",
        "irkit, sharing",
        "s, all three",
    )
    print("| model | " + " | ".join(columns) + " |")
    print("|---|" + "---|" * len(columns))
    for file in sorted(LIGHT.glob("*.onnx")):
        model, _ = optimized(graph_model(str(file)), 3, budget=BUDGET)
        print(f"| {file.stem.removeprefix('light_')} | " + " | ".join(row(model)) + " |", flush=True)


if __name__ == "__main__":
    main()
