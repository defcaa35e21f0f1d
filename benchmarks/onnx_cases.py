"""Time over ONNX's own cases: irkit's interpreter beside onnx.reference, case by case in turn.

    python -m benchmarks.onnx_cases                    node cases and light models, as in GOALS
    python -m benchmarks.onnx_cases --kind node        only those; also: light, simple, pytorch-converted, ...

Each case is read once; then both import it, prepare it and run it on its inputs. Cases that either cannot run are left
out of both sums. A ratio below 1 means that irkit is faster.
"""

from __future__ import annotations

import argparse
import time
import warnings
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

import onnx
from onnx.reference import ReferenceEvaluator

from tests.conformance.adapters import interpreter
from tests.conformance.suite import SuiteCase, suite_cases

Runner = Callable[[onnx.ModelProto, list[Any]], list[Any]]


def reference(model: onnx.ModelProto, inputs: list[Any]) -> list[Any]:
    """Prepared and run by onnx.reference."""
    evaluator = ReferenceEvaluator(model)
    return list(evaluator.run(None, dict(zip(evaluator.input_names, inputs, strict=False))))


def timed(run: Runner, model: onnx.ModelProto, inputs: list[Any]) -> float | None:
    """Seconds, or None where it cannot."""
    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    start = time.perf_counter()
    try:
        run(copy, inputs)
    except Exception:  # noqa: BLE001  # whatever a peer raises, the case is left out
        return None
    return time.perf_counter() - start


def sums(cases: Sequence[SuiteCase]) -> dict[str, tuple[int, float, float]]:
    """Kind → number of cases, seconds of onnx.reference, seconds of irkit."""
    found: dict[str, tuple[int, float, float]] = defaultdict(lambda: (0, 0.0, 0.0))
    for case in cases:
        model, sets = case.load()
        theirs, ours = (timed(run, model, sets[0][0]) for run in (reference, interpreter))
        if theirs is not None and ours is not None:
            count, a, b = found[case.kind]
            found[case.kind] = (count + 1, a + theirs, b + ours)
    return found


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kind", action="append", help="of cases; node and light unless told")
    kinds = parser.parse_args().kind or ["node", "light"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = sums([case for case in suite_cases() if case.kind in kinds])
    found["all"] = tuple(sum(column) for column in zip(*found.values(), strict=True))  # type: ignore[assignment]
    print(f"{'cases':>20} {'number':>7} {'reference s':>12} {'irkit s':>9} {'ratio':>6}")
    for kind, (count, theirs, ours) in found.items():
        print(f"{kind:>20} {count:>7} {theirs:>12.2f} {ours:>9.2f} {ours / theirs:>6.2f}")


if __name__ == "__main__":
    main()
