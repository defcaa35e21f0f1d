"""What a model costs in a C++ process: start, first result, later calls, memory; beside plain onnxruntime.

    python -m benchmarks.runtime [--small] [--rounds 5] [--bench build/cpp_runtime/irkit-bench]

A CNN of 100 MB (ResNet50) and 1 GB of matrices, optimised, saved as .irk and exported as ONNX, with and without
prepacking, each in a process of its own, in turn. One thread. "create" and "first" are CPU time, "call" is time by the
clock, the least of the rounds. "private" is dirty memory beyond that of a process that has onnxruntime loaded; "shared"
is what two such processes at once share. The last table is the cost of a call where the network costs next to nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import tempfile
from pathlib import Path

import irkit as keras
from irkit.backends.native_abi import onnxruntime_library
from irkit.layers import (
    Add,
    BatchNormalization,
    Conv2D,
    Dense,
    GlobalAveragePooling2D,
    Input,
    MaxPooling2D,
    ReLU,
)

VARIANTS = (("prepacked", []), ("not prepacked", ["--no-prepacking"]))


def cnn() -> keras.Model:
    """ResNet50, 102 MB of weights."""

    def convolution(x: keras.KerasTensor, filters: int, size: int = 1, strides: int = 1) -> keras.KerasTensor:
        return BatchNormalization()(Conv2D(filters, size, strides, padding="same", use_bias=False)(x))

    inputs = Input((224, 224, 3))
    x = MaxPooling2D(3, 2, padding="same")(ReLU()(convolution(inputs, 64, 7, 2)))
    for width, blocks in ((64, 3), (128, 4), (256, 6), (512, 3)):
        for block in range(blocks):
            strides = 2 if block == 0 and width > 64 else 1
            y = ReLU()(convolution(x, width, 1, strides))
            y = convolution(ReLU()(convolution(y, width, 3)), 4 * width)
            x = ReLU()(Add()([convolution(x, 4 * width, 1, strides) if block == 0 else x, y]))
    return keras.Model(inputs, Dense(1000)(GlobalAveragePooling2D()(x)), name="cnn")


def matrices(count: int, size: int) -> keras.Model:
    """`count` products with weights of size × size floats."""
    layers = [Dense(size, use_bias=False) for _ in range(count)]
    return keras.Sequential([Input((size,)), *layers], name="matrices")


def tiny() -> keras.Model:
    """A network that costs next to nothing."""
    return keras.Sequential([Input((4,)), Dense(4)], name="tiny")


def measured(bench: Path, file: Path, arguments: list[str]) -> dict[str, float]:
    """What irkit-bench says in one process."""
    done = subprocess.run([bench, file, *arguments], check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def shared_by_two(bench: Path, file: Path, arguments: list[str]) -> float:
    """kB that the second of two processes shares with others while both live."""
    pipe = subprocess.PIPE
    with subprocess.Popen([bench, file, *arguments, "--hold"], stdin=pipe, stdout=pipe, text=True) as first:
        assert first.stdout is not None
        first.stdout.readline()  # it has measured, and waits
        shared = measured(bench, file, arguments)["shared_kb"]
        first.communicate("")
    return shared


def row(bench: Path, file: Path, arguments: list[str], rounds: int) -> str:
    """One line of the table."""
    found = [measured(bench, file, arguments) for _ in range(rounds)]
    least = {key: min(f[key] for f in found) for key in found[0]}
    shared = shared_by_two(bench, file, arguments)
    return (
        f"{least['create_ms']:.1f} | {least['first_ms']:.1f} | {least['min_us'] / 1e3:.2f} | "
        f"{least['private_kb'] / 1e3:.1f} | {shared / 1e3:.1f} |"
    )


def compare(bench: Path, name: str, model: keras.Model, folder: Path, rounds: int, runs: int) -> None:
    """Print a model's lines."""
    ours, theirs = folder / f"{name}.irk", folder / f"{name}.onnx"
    quick = model.optimize()
    quick.save(ours)
    keras.export_onnx(quick, theirs)
    for variant, options in VARIANTS:
        for who, file in (("irkit", ours), ("irkit, extended", ours), ("onnxruntime", theirs)):
            more = ["--extended"] if who.endswith("extended") else []
            arguments = [*options, *more, "--runs", str(runs)]
            print(f"| {name} | {variant} | {who} | {row(bench, file, arguments, rounds)}", flush=True)
    ours.unlink()
    theirs.unlink()


def overhead(bench: Path, folder: Path, rounds: int) -> None:
    """Print what a call costs beyond the C interface of onnxruntime."""
    ours, theirs = folder / "tiny.irk", folder / "tiny.onnx"
    tiny().save(ours)
    keras.export_onnx(tiny(), theirs)
    least = {
        file: min(measured(bench, file, ["--runs", "20000"])["min_us"] for _ in range(rounds))
        for file in (ours, theirs)
    }
    print(f"\n| one call of a tiny network | µs |\n|---|---|\n| irkit | {least[ours]:.2f} |")
    print(
        f"| onnxruntime's C interface | {least[theirs]:.2f} |\n| more | {least[ours] - least[theirs]:.2f} |"
    )


def main() -> None:
    """Print the tables."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--small", action="store_true", help="matrices of 64 MB instead of a gigabyte")
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--bench", type=Path, default=Path("build/cpp_runtime/irkit-bench"))
    arguments = options.parse_args()
    if library := onnxruntime_library():
        os.environ.setdefault("IRKIT_ONNXRUNTIME_LIBRARY", library)
    bench, rounds = arguments.bench.resolve(), arguments.rounds
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print("| model | weights | who | create ms | first ms | call ms | private MB | shared MB |")
        print("|---|---|---|---|---|---|---|---|")
        compare(bench, "cnn", cnn(), folder, rounds, runs=5)
        compare(bench, "matrices", matrices(1 if arguments.small else 16, 4096), folder, rounds, runs=5)
        overhead(bench, folder, rounds)


if __name__ == "__main__":
    main()
