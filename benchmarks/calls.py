"""The cost of one call: the survey's Figure 12 network, an MLP 512→256→128→2 on one sample, one thread.

    python benchmarks/calls.py [--calls 2000] [--rounds 7] [--runtime build/cpp_runtime/irkit-run]

Competitors take turns in every round, so that the machine's load hits all alike. The least and the median of the
rounds are printed in microseconds per call, with the ratio to the peer that a row is measured against.
"""

from __future__ import annotations

import argparse
import platform
import re
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnxruntime as ort

import irkit as keras
from irkit import execution
from irkit.layers import Dense, Input


def network() -> keras.Model:
    """The MLP with random weights."""
    keras.utils.set_random_seed(0)
    layers = [Dense(256, activation="relu"), Dense(128, activation="relu"), Dense(2)]
    return keras.Sequential([Input((512,), name="x"), *layers], name="mlp")


class Subclassed(keras.Model):
    """The same layers in a model whose `call` is Python, run at each call."""

    def __init__(self, layers: list[keras.Layer]) -> None:
        super().__init__(name="subclassed")
        self.inner = layers

    def call(self, x: object) -> object:
        for layer in self.inner:
            x = layer(x)
        return x


def operations(weights: list[np.ndarray], x: np.ndarray) -> Callable[[], object]:
    """The same network as eight eager operations on tensors."""
    w1, b1, w2, b2, w3, b3 = map(keras.tensor, weights)
    start, ops = keras.tensor(x), keras.ops

    def call() -> object:
        h = ops.relu(start @ w1 + b1)
        h = ops.relu(h @ w2 + b2)
        return h @ w3 + b3

    return call


def by_hand(weights: list[np.ndarray]) -> Callable[[np.ndarray], np.ndarray]:
    """The same network as three lines of numpy."""
    w1, b1, w2, b2, w3, b3 = weights

    def call(x: np.ndarray) -> np.ndarray:
        h = np.maximum(x @ w1 + b1, 0)
        h = np.maximum(h @ w2 + b2, 0)
        return h @ w3 + b3

    return call


def session(model: keras.Model, folder: Path) -> ort.InferenceSession:
    """onnxruntime on the exported file, without irkit."""
    keras.export_onnx(model, folder / "mlp.onnx")
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    return ort.InferenceSession(str(folder / "mlp.onnx"), options, providers=["CPUExecutionProvider"])


def seconds_per_call(call: Callable[[], object], calls: int) -> float:
    """Mean of `calls` calls."""
    start = time.perf_counter()
    for _ in range(calls):
        call()
    return (time.perf_counter() - start) / calls


def in_cpp(runtime: Path, file: Path, x: Path, calls: int) -> float:
    """What irkit-run measures of itself, per call."""
    command = [runtime, file, "--input", x, "--repeat", str(calls), "--threads", "1"]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found = re.search(r"([0-9.]+) *(µs|us)", printed)
    if found is None:
        raise RuntimeError(f"irkit-run printed no time: {printed!r}")
    return float(found.group(1)) * 1e-6


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--calls", type=int, default=2000)
    options.add_argument("--rounds", type=int, default=7)
    options.add_argument("--runtime", type=Path, default=Path("build/cpp_runtime/irkit-run"))
    arguments = options.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        model = network()
        x = np.random.default_rng(1).random((1, 512), dtype=np.float32)
        model.save(folder / "mlp.irk")
        np.save(folder / "x.npy", x)
        peer, hand = session(model, folder), by_hand(model.get_weights())
        written = Subclassed(model.layers)
        ready = execution.backend("onnxruntime").prepare(model.graph_model, threads=1)
        hybrid = network()
        hybrid.set_weights(model.get_weights())
        hybrid.hybridize(threads=1)
        planned = execution.backend("interpreter").prepare(model.graph_model)
        rows: dict[str, tuple[Callable[[], object], str]] = {
            "numpy by hand": (lambda: hand(x), ""),
            "onnxruntime, Python": (lambda: peer.run(None, {"x": x}), ""),
            "irkit onnxruntime backend": (lambda: ready.run([x]), "onnxruntime, Python"),
            "irkit interpreter": (lambda: planned.run([x]), "numpy by hand"),
            "irkit predict": (lambda: model.predict(x, verbose=0), "onnxruntime, Python"),
            "irkit eager, model(x)": (lambda: model(x), "numpy by hand"),
            "irkit eager, subclassed": (lambda: written(x), "numpy by hand"),
            "irkit eager, irkit.ops": (operations(model.get_weights(), x), "numpy by hand"),
            "irkit hybridized, guards on": (lambda: hybrid(x), "onnxruntime, Python"),
        }
        times: dict[str, list[float]] = {row: [] for row in rows}
        for _ in range(arguments.rounds):
            for row, (call, _) in rows.items():
                times[row].append(seconds_per_call(call, arguments.calls))
            if arguments.runtime.exists():
                measured = in_cpp(arguments.runtime, folder / "mlp.irk", folder / "x.npy", arguments.calls)
                times.setdefault("irkit C++ runtime", []).append(measured)
    print(f"Python {platform.python_version()}, onnxruntime {ort.__version__}; µs per call\n")
    print("| who | least | median | ratio |\n|---|---|---|---|")
    peers = {row: peer for row, (_, peer) in rows.items()} | {"irkit C++ runtime": "onnxruntime, Python"}
    for row, found in times.items():
        against = peers[row]
        ratio = f"{min(found) / min(times[against]):.2f} × {against}" if against else ""
        print(f"| {row} | {min(found) * 1e6:.1f} | {statistics.median(found) * 1e6:.1f} | {ratio} |")


if __name__ == "__main__":
    main()
