"""Make the files that every later irkit must be able to read: `python -m tests.files.make FOLDER`.

Run once for each version of the format, into a folder of its own; what is there already is never made again.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

import irkit
from irkit import layers, serialize
from tests import sample_models


class Total(irkit.Model):
    """Sums its inputs from call to call."""

    def __init__(self) -> None:
        super().__init__(name="total_model")
        self.total = irkit.Variable(np.zeros(3, np.float32), trainable=False, name="total")

    def call(self, x: irkit.KerasTensor) -> object:
        self.total.assign_add(irkit.ops.sum(x, axis=0))
        return self.total.value


def images(path: Path) -> None:
    """Sequential, with weights, test vectors and the ONNX section."""
    irkit.utils.set_random_seed(1)
    model = irkit.Sequential(
        [
            irkit.Input((6, 6, 1), name="image"),
            layers.Conv2D(2, 3, activation="relu"),
            layers.Flatten(),
            layers.Dense(3, activation="softmax"),
        ],
        name="images",
    )
    model.save(path, samples=np.linspace(-1, 1, 72, dtype=np.float32).reshape(2, 6, 6, 1), onnx=True)


def states(path: Path) -> None:
    model = Total()
    model(np.ones((2, 3), np.float32))
    model.trace(np.ones((2, 3), np.float32))
    model.save(path)


def branches(path: Path) -> None:
    """Control flow: an If within an If."""
    serialize.save(
        sample_models.branching_model(),
        path,
        samples=[[np.ones(3, np.float32), np.bool_(flag)] for flag in (0, 1)],
    )


def constants(path: Path) -> None:
    """Attributes and constants of every kind, strings among them."""
    serialize.save(sample_models.attributes_model(), path)


def sizes(path: Path) -> None:
    """Symbolic sizes, a constraint, and a size that only running tells."""
    samples = [[np.ones((2, 3), np.float32)] * 2, [np.zeros((1, 4), np.float32)] * 2]
    serialize.save(sample_models.equal_sizes_model(), path, samples=samples)


def dense(path: Path) -> None:
    """Everything that a layer tree can carry."""
    serialize.save(sample_models.dense_model(), path, samples=[np.ones((2, 4), np.float32)])


FILES: Mapping[str, Callable[[Path], None]] = {
    "branches": branches,
    "constants": constants,
    "dense": dense,
    "images": images,
    "sizes": sizes,
    "states": states,
}


def main() -> None:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name, make in FILES.items():
        path = folder / f"{name}.irk"
        if not path.exists():
            make(path)
            print(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}")


if __name__ == "__main__":
    main()
