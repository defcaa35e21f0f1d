"""What each kernel of onnxruntime takes, from the profile that onnxruntime itself writes."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from irkit.backends.onnxruntime import OnnxRuntime
from irkit.backends.profiling import Event

if TYPE_CHECKING:
    from irkit.backends.lowering import Lowered
    from irkit.backends.program import NodeP
    from irkit.ir import GraphModel

# Nodes are called "layer|graph.number"; those that onnxruntime makes of several, after the value that they give.
_NODE = re.compile(r"\|(?P<graph>\d+)\.(?P<number>\d+)")
_VALUE = re.compile(r"_v(?P<value>\d+)_")


def timed_runs(model: GraphModel, inputs: Sequence[Any], runs: int, warming: int) -> list[Event]:
    """The events of `runs` runs."""
    with tempfile.TemporaryDirectory() as folder:
        prepared = OnnxRuntime().prepare(model, profile=str(Path(folder) / "ort"))
        for _ in range(warming + runs):
            prepared.run(inputs)
        file = Path(prepared.session.end_profiling())
        entries = json.loads(file.read_text(encoding="utf-8"))
    return _events(entries, prepared.lowered, warming)


def _events(entries: Sequence[dict[str, Any]], lowered: Lowered, warming: int) -> list[Event]:
    """Kernels, in runs; a run ends with an entry of its own, behind its kernels."""
    kernels = [e for e in entries if e["name"].endswith("_kernel_time")]
    ends = sorted(e["ts"] + e["dur"] for e in entries if e["name"] == "model_run")
    start = ends[warming - 1] if warming else min((e["ts"] for e in kernels), default=0)
    found: list[Event] = []
    for entry in kernels:
        run = sum(1 for end in ends if end <= entry["ts"]) - warming
        if run >= 0:
            found.append(_event(entry, lowered, (entry["ts"] - start) / 1e6, run))
    return found


def _event(entry: dict[str, Any], lowered: Lowered, begin: float, run: int) -> Event:
    node = _node(entry["name"], lowered)
    strings = lowered.program.strings
    layer = strings[node.layer] if node is not None else ""
    source = strings[node.source] if node is not None else ""
    return Event(entry["args"]["op_name"], layer, source, begin, entry["dur"] / 1e6, run)


def _node(name: str, lowered: Lowered) -> NodeP | None:
    """The node of the program that a kernel ran, or the last of those it ran; None for what onnxruntime added."""
    match = _NODE.search(name)
    if match is not None:
        return lowered.node(int(match["graph"]), int(match["number"]))
    match = _VALUE.match(name)
    number = int(match["value"]) if match is not None else -1
    nodes = (n for graph in lowered.program.graphs for n in graph.nodes)
    return next((n for n in nodes if number in n.outputs), None)
