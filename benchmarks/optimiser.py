"""How many nodes are left of ONNX's nine light models: irkit beside onnxruntime, onnxsim and onnxslim.

    python benchmarks/optimiser.py [--checked]          # peers that are not installed are left out
    pip install onnxsim onnxslim                         # the extra "benchmarks"

Constants are not counted, in nobody's result: they are stored, not run. onnxruntime's extended level puts several
operations into one of its own, which no other runtime has; it is shown, and not compared with. --checked: the results
of each optimised model beside those of the original, in onnxruntime.
"""

from __future__ import annotations

import argparse
import platform
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort

from irkit.execution import backend
from irkit.frontends.onnx_import import graph_model
from irkit.passes import optimized

LIGHT = Path(onnx.__file__).parent / "backend/test/data/light"
BUDGET = 1 << 30  # the light models compute their weights from their shapes: those are constants to everybody


def counted(graph: onnx.GraphProto) -> int:
    """Nodes of a graph and those inside it, without constants."""
    inner = [a.g for n in graph.node for a in n.attribute if a.HasField("g")]
    return sum(n.op_type not in ("Constant", "ConstantOfShape") for n in graph.node) + sum(
        map(counted, inner)
    )


def by_irkit(file: str, level: int) -> int:
    model, _ = optimized(graph_model(file), level, budget=BUDGET)
    return sum(n.op.name not in ("Constant", "ConstantOfShape") for n in model.graph.walk())


def by_onnxruntime(file: str, level: str) -> int:
    with tempfile.TemporaryDirectory() as folder:
        settings = ort.SessionOptions()
        settings.graph_optimization_level = getattr(ort.GraphOptimizationLevel, f"ORT_ENABLE_{level}")
        settings.optimized_model_filepath = str(Path(folder) / "out.onnx")
        settings.log_severity_level = 4
        ort.InferenceSession(file, settings, providers=["CPUExecutionProvider"])
        return counted(onnx.load(settings.optimized_model_filepath).graph)


def by_onnxsim(file: str) -> int:
    import onnxsim

    return counted(onnxsim.simplify(onnx.load(file))[0].graph)


def by_onnxslim(file: str) -> int:
    import onnxslim

    return counted(onnxslim.slim(onnx.load(file)).graph)


WAYS: dict[str, Callable[[str], int]] = {
    "original": lambda file: counted(onnx.load(file).graph),
    "irkit 2": lambda file: by_irkit(file, 2),
    "irkit 3": lambda file: by_irkit(file, 3),
    "onnxsim": by_onnxsim,
    "onnxslim": by_onnxslim,
    "onnxruntime basic": lambda file: by_onnxruntime(file, "BASIC"),
    "onnxruntime extended": lambda file: by_onnxruntime(file, "EXTENDED"),
}


def row(file: str) -> list[str]:
    """Nodes and seconds of each way."""
    cells = []
    for way in WAYS.values():
        start = time.process_time()
        try:
            cells.append(f"{way(file)} ({time.process_time() - start:.2f} s)")
        except ImportError:
            cells.append("not installed")
        except Exception as error:  # noqa: BLE001  # a peer that fails on a model is part of the result
            cells.append(type(error).__name__)
    return cells


def largest_difference(file: str) -> float:
    """Between the outputs of the original and of the optimised model, relative to the largest output."""
    model = graph_model(file)
    shape = [int(d) for d in model.graph.inputs[0].type.shape]  # type: ignore[union-attr, arg-type]
    x = np.random.default_rng(0).random(shape, np.float32)
    (a,) = backend("onnxruntime").prepare(model).run([x])
    (b,) = backend("onnxruntime").prepare(optimized(model, 3, budget=BUDGET)[0]).run([x])
    return float(np.abs(a - b).max() / np.abs(a).max())


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--checked", action="store_true", help="also compare results")
    arguments = options.parse_args()
    print(f"Python {platform.python_version()}, onnxruntime {ort.__version__}; nodes (CPU seconds)\n")
    print("| model | " + " | ".join(WAYS) + " |" + (" difference |" if arguments.checked else ""))
    print("|---|" + "---|" * (len(WAYS) + arguments.checked))
    for file in sorted(LIGHT.glob("*.onnx")):
        cells = row(str(file)) + ([f"{largest_difference(str(file)):.1e}"] if arguments.checked else [])
        print(f"| {file.stem.removeprefix('light_')} | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
