"""Where the time of a call goes: what each operation and each layer takes, and a trace that browsers draw.

events = profile(model, [x], "onnxruntime", runs=10)
print(table(events))
write_trace(events, "trace.json")      # opens in chrome://tracing and ui.perfetto.dev
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from irkit.errors import ArgumentError, UnsupportedError

if TYPE_CHECKING:
    from irkit.ir import GraphModel

_WARMING = 2  # runs that are not counted: memory is fetched, weights are packed
_SHOWN = 30  # layers in the table


@dataclass(frozen=True, slots=True)
class Event:
    """One operation in one run. begin, seconds: begin since the first counted run began. run: its number."""

    op: str
    layer: str
    source: str
    begin: float
    seconds: float
    run: int = 0


def profile(
    model: GraphModel, inputs: Sequence[Any], backend: str = "onnxruntime", *, runs: int = 10
) -> list[Event]:
    """What each operation took in each of `runs` runs. Raises ArgumentError, and UnsupportedError for backends that
    cannot tell."""
    if runs < 1:
        raise ArgumentError(f"{runs} runs cannot be measured.", cure="Measure at least one.")
    if backend == "interpreter":
        from irkit.backends.interpreter.timing import timed_runs  # noqa: PLC0415  # one of two is needed

        return timed_runs(model, inputs, runs, _WARMING)
    if backend == "onnxruntime":
        from irkit.backends.ort_profile import timed_runs as of_onnxruntime  # noqa: PLC0415  # imports onnxruntime

        return of_onnxruntime(model, inputs, runs, _WARMING)
    raise UnsupportedError(
        f"The backend {backend!r} does not tell what each operation takes.",
        cure="There are interpreter and onnxruntime.",
    )


def by_layer(events: Sequence[Event]) -> dict[str, tuple[float, tuple[str, ...]]]:
    """Layer → its seconds in one run, on average, and its operators; the costliest first."""
    runs = len({e.run for e in events}) or 1
    seconds: dict[str, float] = {}
    ops: dict[str, dict[str, None]] = {}
    for event in events:
        seconds[event.layer] = seconds.get(event.layer, 0.0) + event.seconds / runs
        ops.setdefault(event.layer, {})[event.op] = None
    order = sorted(seconds, key=lambda layer: -seconds[layer])
    return {layer: (seconds[layer], tuple(ops[layer])) for layer in order}


def table(events: Sequence[Event], shown: int = _SHOWN) -> str:
    """The costliest layers, as text."""
    layers = by_layer(events)
    total = sum(seconds for seconds, _ in layers.values()) or 1.0
    lines = [f"{'layer':<40} {'ms':>10} {'share':>7}  operators"]
    for layer, (seconds, ops) in list(layers.items())[:shown]:
        name = layer or "(outside of layers)"
        lines.append(f"{name:<40} {seconds * 1e3:>10.4f} {seconds / total:>7.1%}  {', '.join(ops)}")
    rest = list(layers.values())[shown:]
    if rest:
        seconds = sum(s for s, _ in rest)
        name = f"… and {len(rest)} more"
        lines.append(f"{name:<40} {seconds * 1e3:>10.4f} {seconds / total:>7.1%}")
    return "\n".join([*lines, f"{'all operations of one run':<40} {total * 1e3:>10.4f}"])


def trace(events: Sequence[Event], backend: str = "") -> Mapping[str, object]:
    """The events in the form that chrome://tracing and Perfetto read; times in microseconds."""
    found = [
        {
            "name": f"{e.layer}: {e.op}" if e.layer else e.op,
            "cat": backend or "irkit",
            "ph": "X",
            "ts": e.begin * 1e6,
            "dur": e.seconds * 1e6,
            "pid": 0,
            "tid": 0,
            "args": {"layer": e.layer, "operator": e.op, "source": e.source, "run": e.run},
        }
        for e in events
    ]
    return {"traceEvents": found, "displayTimeUnit": "ms"}


def write_trace(events: Sequence[Event], path: str, backend: str = "") -> None:
    """Write `trace(events)` as a file. Raises OSError."""
    Path(path).write_text(json.dumps(trace(events, backend)), encoding="utf-8")
