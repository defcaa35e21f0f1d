"""What each step of the interpreter takes."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from irkit.backends.interpreter.interpreter import PlannedModel
from irkit.backends.profiling import Event

if TYPE_CHECKING:
    from irkit.backends.interpreter.steps import Frame, Step
    from irkit.ir import GraphModel, Node


def timed_runs(model: GraphModel, inputs: Sequence[Any], runs: int, warming: int) -> list[Event]:
    """The events of `runs` runs. Operations that were folded into one are one event, with the names of all."""
    planned = PlannedModel(model, float64=False)
    watch = _Watch()
    plan = planned._plan
    for i, step in enumerate(plan.steps):
        plan.steps[i] = timed = watch.timed(step, plan.nodes_of(step))
        plan.node_of[timed] = plan.node_of[step]
    for i in range(-warming, runs):
        watch.begin(i)
        planned.run(inputs)
    return watch.events


class _Watch:
    def __init__(self) -> None:
        self.events: list[Event] = []
        self._run, self._start = 0, 0.0

    def begin(self, run: int) -> None:
        """The next run is number `run`; negative ones are not kept."""
        self._run = run
        if run <= 0:
            self._start = time.perf_counter()

    def timed(self, step: Step, nodes: Sequence[Node]) -> Step:
        op = "+".join(n.op.name for n in nodes)
        layer, source = nodes[-1].layer, str(nodes[-1].source)

        def run(frame: Frame) -> None:
            begin = time.perf_counter()
            step(frame)
            end = time.perf_counter()
            if self._run >= 0:
                self.events.append(Event(op, layer, source, begin - self._start, end - begin, self._run))

        return run
