"""Profiles: every operation is in them, with its layer and line, and the trace is what viewers read."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

import irkit
from irkit.backends.profiling import Event, by_layer, profile, table
from irkit.cli import main
from irkit.errors import ArgumentError, UnsupportedError


def model() -> irkit.Model:
    layers = irkit.layers
    return irkit.Sequential(
        [
            irkit.Input((64,)),
            layers.Dense(256, activation="relu", name="wide"),
            layers.Dense(8, activation="softmax", name="narrow"),
        ]
    )


@pytest.mark.parametrize("backend", ["interpreter", "onnxruntime"])
def test_each_layer_has_its_time_and_line_in_each_run(backend: str) -> None:
    x = np.zeros((32, 64), np.float32)
    events = profile(model().graph_model, [x], backend, runs=3)
    assert {e.run for e in events} == {0, 1, 2}
    assert len({sum(e.run == run for e in events) for run in range(3)}) == 1
    assert {"wide", "narrow"} <= set(by_layer(events))
    assert all(e.seconds >= 0 and e.begin >= 0 for e in events)
    begins = [e.begin for e in events]
    assert begins == sorted(begins)
    assert all("test_profiling.py" in e.source for e in events if e.layer)


def test_convolutions_that_onnxruntime_makes_its_own_are_found() -> None:
    layers = irkit.layers
    convolutions = irkit.Sequential(
        [
            irkit.Input((16, 16, 3)),
            layers.Conv2D(16, 3, activation="relu", name="c1"),
            layers.Conv2D(16, 3, name="c2"),
        ]
    )
    events = profile(convolutions.graph_model, [np.zeros((1, 16, 16, 3), np.float32)], "onnxruntime", runs=1)
    assert {e.layer for e in events if e.op in ("Conv", "FusedConv")} == {"c1", "c2"}


def test_layers_are_averaged_over_runs_and_sorted_by_cost() -> None:
    events = [
        Event("Conv", "a", "", 0.0, 1.0, 0),
        Event("Relu", "b", "", 1.0, 4.0, 0),
        Event("Conv", "a", "", 5.0, 2.0, 1),
        Event("Add", "b", "", 7.0, 4.0, 1),
    ]
    assert by_layer(events) == {"b": (4.0, ("Relu", "Add")), "a": (1.5, ("Conv",))}
    lines = table(events, shown=1).splitlines()
    assert lines[1].split() == ["b", "4000.0000", "72.7%", "Relu,", "Add"]
    assert lines[2].split() == ["…", "and", "1", "more", "1500.0000", "27.3%"]


def test_the_command_writes_a_trace_of_complete_events(tmp_path: Path) -> None:
    file, trace = tmp_path / "m.irk", tmp_path / "trace.json"
    model().save(file)
    done = CliRunner().invoke(
        main,
        ["profile", str(file), "--backend", "interpreter", "--size", "batch=4", "--trace", str(trace)],
    )
    assert done.exit_code == 0, done.output
    assert "wide" in done.output
    events = json.loads(trace.read_text())["traceEvents"]
    assert {e["ph"] for e in events} == {"X"}
    assert {"name", "ts", "dur", "pid", "tid", "args"} <= set(events[0])
    assert any(e["args"]["layer"] == "narrow" for e in events)


def test_what_cannot_be_profiled_is_refused() -> None:
    x = np.zeros((1, 64), np.float32)
    with pytest.raises(UnsupportedError, match="interpreter and onnxruntime"):
        profile(model().graph_model, [x], "native")
    with pytest.raises(ArgumentError, match="0 runs"):
        profile(model().graph_model, [x], "interpreter", runs=0)
