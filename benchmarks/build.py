"""The cost of defining a model: ResNet50 written by Keras's own source file, on irkit and on Keras, in one process.

    python benchmarks/build.py [--rounds 5] [--zoo]

Time of this process's CPU is counted, so that what else the machine does hits nobody. irkit draws weights when they
are first needed, Keras at once; a second row for each says what the definition costs with and without them. Without
Keras, the files that define the models are not there, and nothing can be measured. --zoo: all forty models on irkit.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
os.environ.setdefault("KERAS_BACKEND", "jax")
warnings.simplefilter("ignore")

import irkit  # noqa: E402  # after the path is set
from tests.conformance.keras_applications import constructors  # noqa: E402


def seconds(build: Callable[[], object]) -> float:
    """CPU seconds that one call takes; what it built is thrown away after the clock was read."""
    irkit.backend.clear_session()
    start = time.process_time()
    kept = build()
    taken = time.process_time() - start
    del kept
    return taken


def with_graph() -> None:
    """Define ResNet50, and make its graph."""
    assert constructors()["ResNet50"](weights=None).graph_model is not None


def with_weights() -> None:
    """Define ResNet50, and draw its weights."""
    constructors()["ResNet50"](weights=None).get_weights()


def rows() -> dict[str, Callable[[], object]]:
    """What is measured, by name."""
    ours = constructors()["ResNet50"]
    found: dict[str, Callable[[], object]] = {
        "irkit, definition": lambda: ours(weights=None),
        "irkit, definition and graph": with_graph,
        "irkit, definition and weights": with_weights,
    }
    import keras  # the peer, slow to import

    def lazily() -> None:
        with keras.StatelessScope(initialize_variables=False):
            keras.applications.ResNet50(weights=None)

    name = f"Keras on {keras.config.backend()}, definition"
    return {**found, name: lazily, f"{name} and weights": lambda: keras.applications.ResNet50(weights=None)}


def zoo() -> None:
    """Print what each of the models costs on irkit."""
    times = {name: seconds(lambda c=c: c(weights=None)) for name, c in constructors().items()}
    print("\n| model | CPU seconds |\n|---|---|")
    for name, taken in times.items():
        print(f"| {name} | {taken:.3f} |")
    print(f"| all {len(times)} | {sum(times.values()):.2f} |")


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--zoo", action="store_true")
    arguments = options.parse_args()
    try:
        constructors()
    except ImportError as missing:
        raise SystemExit(f"{missing} Its files define the models: pip install keras jax") from None
    measured = rows()
    times = {row: [seconds(build) for _ in range(arguments.rounds)] for row, build in measured.items()}
    base = min(times["irkit, definition"])
    print(f"Python {platform.python_version()}; ResNet50, CPU seconds, least of {arguments.rounds}\n")
    print("| who | least | first | × irkit's definition |\n|---|---|---|---|")
    for row, taken in times.items():
        print(f"| {row} | {min(taken):.3f} | {taken[0]:.3f} | {min(taken) / base:.1f} |")
    if arguments.zoo:
        zoo()


if __name__ == "__main__":
    main()
