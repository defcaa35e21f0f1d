"""Cost per node of everything that walks over a model, from 1,000 to 100,000 nodes. It should not grow.

    python benchmarks/growth.py [--sizes 1000 10000 100000] [--repeat 3]

The model is a chain of elementwise operators with a weight every tenth node, each node in a layer of its own with a
source line, as a real definition makes them. Times are the least CPU time of the repetitions, in microseconds per node:
what else the machine does costs little of it.
"""

from __future__ import annotations

import argparse
import gc
import platform
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from irkit import execution, operators, passes, serialize, show
from irkit.check import check
from irkit.ir import Call, Graph, GraphModel, LayerNode, Weight, symbol, tensor
from irkit.ir.extract import extract

NODES_PER_LAYER = 10


def chain(count: int) -> GraphModel:
    """A model of `count` nodes in layers of ten."""
    graph, root = Graph("chain"), LayerNode("chain", "Model")
    value = graph.input("x", tensor("float32", (symbol("batch"), 16)))
    kinds = (operators.Relu(), operators.Neg(), operators.Sigmoid())
    for i in range(0, count, NODES_PER_LAYER):
        layer = LayerNode(f"layer_{i}", "Layer")
        weight = Weight(f"layer_{i}/scale", tensor("float32", (16,)), np.ones(16, np.float32))
        before, layer.weights = value, [weight]
        (value,) = graph.add(operators.Mul(), [value, graph.weight(weight)], layer=layer.name)
        for k in range(NODES_PER_LAYER - 1):
            (value,) = graph.add(kinds[k % 3], [value], layer=layer.name)
        layer.calls.append(Call((before,), (value,)))
        root.children[layer.name] = layer
    graph.set_outputs([value])
    return GraphModel("chain", graph, root)


def least(action: Callable[[], object], repeat: int) -> float:
    """The shortest of several runs, in seconds."""
    times = []
    for _ in range(repeat):
        gc.collect()
        start = time.process_time()
        action()
        times.append(time.process_time() - start)
    return min(times)


def measure(count: int, repeat: int, folder: Path) -> dict[str, float]:
    """Seconds for each step on a model of `count` nodes."""
    model, file = chain(count), folder / "chain.irk"
    x = np.ones((1, 16), np.float32)
    steps: dict[str, Callable[[], object]] = {
        "build": lambda: chain(count),
        "check": lambda: check(model),
        "summary": lambda: show.summary(model),
        "copy": lambda: extract(model.graph, model.graph.inputs, model.graph.outputs),
        "optimise": lambda: passes.optimize(extract(model.graph, model.graph.inputs, model.graph.outputs)[0]),
        "lower": lambda: execution.lower(model),
        "save": lambda: serialize.save(model, file),
        "load": lambda: serialize.load(file),
        "plan": lambda: execution.backend("interpreter").prepare(model),
    }
    seconds = {name: least(action, repeat) for name, action in steps.items()}
    ready = execution.backend("interpreter").prepare(model)
    seconds["run"] = least(lambda: ready.run([x]), repeat)
    return seconds


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    options.add_argument("--repeat", type=int, default=3)
    arguments = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        table = {n: measure(n, arguments.repeat, Path(folder)) for n in arguments.sizes}
    print(f"Python {platform.python_version()}, {platform.processor() or platform.machine()}; µs per node\n")
    print("| step | " + " | ".join(f"{n:,} nodes" for n in table) + " | last / first |")
    print("|---|" + "---|" * (len(table) + 1))
    for step in next(iter(table.values())):
        costs = [seconds[step] / n * 1e6 for n, seconds in table.items()]
        print(f"| {step} | " + " | ".join(f"{c:.1f}" for c in costs) + f" | {costs[-1] / costs[0]:.2f} |")


if __name__ == "__main__":
    main()
