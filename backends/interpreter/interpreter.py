"""Backend and Executable over a plan."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from irkit.backends.inputs import InputCheck
from irkit.backends.interpreter.failures import located
from irkit.backends.interpreter.kernels import in_float64
from irkit.backends.interpreter.plan import Observer, Plan
from irkit.backends.states import SessionStates
from irkit.errors import ArgumentError
from irkit.ir.weights import Weight

if TYPE_CHECKING:
    from irkit.backends.interpreter.steps import Frame
    from irkit.ir import Array, GraphModel


class Interpreter:
    """The backend called "interpreter"."""

    def prepare(
        self,
        model: GraphModel,
        *,
        float64: bool = False,
        observe: Observer | None = None,
        donated: Collection[str] = (),
        **_: object,
    ) -> PlannedModel:
        """`model`, planned. The model's graph must not change afterwards; its weights may.

        float64: be the referee. observe: is told what each node made, whenever it ran. donated: names of inputs whose
        arrays a call may overwrite, and give back as results.
        """
        return PlannedModel(model, float64, observe, frozenset(donated))


class PlannedModel:
    """A model with its plan. Calls may overlap in several threads: each has a frame of its own."""

    def __init__(
        self,
        model: GraphModel,
        float64: bool,
        observe: Observer | None = None,
        donated: frozenset[str] = frozenset(),
    ) -> None:
        self._check = InputCheck(model, referee=float64)
        given = frozenset(v for v in model.user_inputs if v.name in donated)
        if len(given) < len(donated):
            known = ", ".join(model.inputs)
            raise ArgumentError(
                f"not all of {', '.join(sorted(donated))} are inputs of the model.",
                cure=f"Its inputs are {known}.",
            )
        self._plan = plan = Plan(model.graph, float64, observe, given)
        self._frames: list[Frame] = []  # of finished calls, whose memory the next ones use
        self._float64 = float64
        self._inputs = slice(1, 1 + len(plan.inputs))  # the planner gives the inputs the first slots
        self._template: Frame = plan.template
        self._writes: object = None
        self.states = SessionStates(model, in_float64) if float64 else SessionStates(model)
        self._stateful = bool(model.states)

    def run(self, inputs: Sequence[Any]) -> list[Any]:
        """Arrays in the order of the user's inputs → the user's outputs. See irkit.execution.Executable."""
        taken = self._check(inputs)
        return self.states.run(self._run, taken) if self._stateful else self._run(taken)

    def _run(self, taken: Sequence[Any]) -> list[Any]:
        if self._writes is not Weight.writes:
            self._read_weights()
        plan, frames = self._plan, self._frames
        try:
            frame = frames.pop()
        except IndexError:
            frame = plan.new_frame(self._template)
        frame[self._inputs] = taken
        step = None
        try:
            with np.errstate(all="ignore"):
                for step in plan.steps:
                    step(frame)
        except Exception as error:  # noqa: BLE001  # whatever a kernel raised is told with its place
            assert step is not None
            raise located(error, plan.node_of[step], frame, plan.slot_of) from error.__cause__
        results = [_own(frame[slot]) if shared else frame[slot] for slot, shared in plan.outputs]
        if plan.views:
            for slot in plan.handed_over:
                frame[slot] = None
            frames.append(frame)
        return results

    def _read_weights(self) -> None:
        """Take the weights' data of this moment, since some weight somewhere was written."""
        for weight, _ in self._plan.weights:
            weight.data  # noqa: B018  # drawn now, since drawing a lazy weight counts as a write
        writes, template = Weight.writes, self._template.copy()
        for weight, slot in self._plan.weights:
            template[slot] = in_float64(weight.data) if self._float64 else weight.data
        self._template, self._writes, self._frames = template, writes, []


def _own(result: Array | list[Array] | None) -> Any:  # noqa: ANN401
    """A result that nobody else can see: a graph may hand out its inputs, weights and constants."""
    if isinstance(result, np.ndarray):
        return result.copy()
    return [_own(x) for x in result] if isinstance(result, list) else result
