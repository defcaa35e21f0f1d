"""A program that is killed while it saves leaves the old file or the new one, whole."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

KILLS = 200
# Forks a child that saves two models by turns for ever, kills it at a random moment, and looks at the file.
PROGRAM = """
import os, random, signal, sys, time
import numpy as np
from irkit.ir import Weight, tensor
from irkit.serialize import load, save
from tests.sample_models import dense_model

path, kills, chance = sys.argv[1], int(sys.argv[2]), random.Random(1)
models = []
for units in (3, 5):
    model = dense_model(units)
    big = np.full((512, 512), units, np.float32)  # a megabyte, so that writing takes a while
    model.layers.weights.append(Weight("big", tensor("float32", big.shape), big))
    models.append(model)
start = time.perf_counter()
for model in (*models, *models):
    save(model, path)
period = (time.perf_counter() - start) / 2
for _ in range(kills):
    child = os.fork()
    if child == 0:
        while True:
            for model in models:
                save(model, path)
    time.sleep(chance.random() * 1.5 * period)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    loaded = load(path, verify="always")
    weights = {w.name: w.data for w in loaded.weights}
    units = len(weights["bias"])
    assert units in (3, 5) and weights["big"].shape == (512, 512) and (weights["big"] == units).all()
    seen = globals().setdefault("seen", set())
    seen.add(units)
assert seen == {3, 5}, "the children did not save"
"""


@pytest.mark.slow
def test_the_file_is_whole_after_each_of_two_hundred_kills(tmp_path: Path) -> None:
    command = [sys.executable, "-c", PROGRAM, str(tmp_path / "m.irk"), str(KILLS)]
    result = subprocess.run(
        command, cwd=Path(__file__).parents[2], capture_output=True, text=True, timeout=600
    )
    assert result.returncode == 0, result.stderr
