"""From a graph to a plan: every value has a slot, every node a step, every slot a last reader.

Sub-graphs share the slots of the graph around them, so that reading a captured value costs nothing. Their
steps run when the kernel of If, Loop or Scan calls ``execute(graph, inputs)``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias, cast

import numpy as np

from irkit.backends.interpreter.arena import Arena
from irkit.backends.interpreter.chains import Chain, chain_writer, folded
from irkit.backends.interpreter.failures import located
from irkit.backends.interpreter.kernels import in_float64, kernel_of
from irkit.backends.interpreter.steps import ABSENT, Frame, Kernel, Step, make_step
from irkit.backends.interpreter.views import VIEWS
from irkit.ir import captured
from irkit.passes.rewriting import has_effect

if TYPE_CHECKING:
    from irkit.backends.interpreter.arena import Room, Unit
    from irkit.ir import Array, Graph, Node, Value, Weight
    from irkit.operators import Operator

Observer: TypeAlias = "Callable[[Node, tuple[Any, ...]], None]"  # a node and its results


@dataclass(eq=False, slots=True)
class Body:
    """The plan of a sub-graph."""

    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    steps: list[Step]


class Plan:
    """What PlannedModel needs: steps, where inputs, outputs and weights go, a frame with the constants in it.

    outputs: (slot, whether others may see the same memory). node_of: what each step runs, a chain's first node.
    observe: told what each node made, whenever it ran. donated: inputs that may be overwritten. arena: where results
    of known sizes go, and the slot of each one's view.
    """

    def __init__(
        self,
        graph: Graph,
        float64: bool,
        observe: Observer | None = None,
        donated: frozenset[Value] = frozenset(),
    ) -> None:
        self.float64, self.observe, self.donated = float64, observe, donated
        self.arena: Arena | None = None
        self.views: dict[Value, int] = {}
        self.slot_of: dict[Value, int] = {}
        self.template: Frame = [None]
        self.node_of: dict[Step, Node] = {}
        self.chains: dict[Step, tuple[Node, ...]] = {}
        self.bodies: dict[Graph, Body] = {}
        self.inputs = self._slots(graph.inputs)
        self.weights: list[tuple[Weight, int]] = [(w, self._slot(v)) for w, v in graph.weights.items()]
        self.steps = self._steps(graph)
        first = {v: i for i, v in reversed(list(enumerate(graph.outputs)))}
        self.outputs = [
            (self.slot_of[v], first[v] < i or not _is_own(v)) for i, v in enumerate(graph.outputs)
        ]
        slots = [self.slot_of[v] for v in graph.outputs]
        # what a finished call must not hold on to
        self.handed_over = (*self.inputs, *(slot for slot in slots if self.template[slot] is None))

    def _slot(self, value: Value, content: object = None) -> int:
        self.template.append(content)
        self.slot_of[value] = slot = len(self.template) - 1
        return slot

    def _slots(self, values: Iterable[Value]) -> tuple[int, ...]:
        return tuple(self._slot(v) for v in values)

    def _steps(self, graph: Graph) -> list[Step]:
        nodes = [node for node in graph.nodes if not self._is_constant(node)]
        units: Sequence[Unit] = nodes
        if not self.float64 and self.observe is None:
            units = folded(graph, nodes)
            if graph.parent is None and not any(n.op.subgraphs for n in nodes):
                self.arena = Arena(graph, units, self.donated)
        dying = _dying(graph, units)
        return [self._step(unit, dead) for unit, dead in zip(units, dying, strict=True)]

    def _is_constant(self, node: Node) -> bool:
        """Put what is known without running into the frame."""
        if has_effect(node):  # what an Assert hands on may be known, whether it holds is not
            return False
        contents: Sequence[Array | None] = [v.known for v in node.outputs]
        if node.op.name == "Constant" and not node.op.domain:
            contents = (cast("Operator", node.op).run(),)
        if not node.outputs or any(
            c is None or _is_symbolic(c, v) for c, v in zip(contents, node.outputs, strict=True)
        ):
            return False
        for value, content in zip(node.outputs, contents, strict=True):
            self._slot(value, in_float64(content) if self.float64 else content)
        return True

    def _step(self, unit: Unit, dead: Iterable[Value]) -> Step:
        room = self.arena.rooms.get(unit.outputs[0]) if self.arena is not None and unit.outputs else None
        if isinstance(unit, Chain) or room is not None:
            return self._writing_step(unit, room, dead)
        node = unit
        for inner in node.op.subgraphs:  # depth is bounded by MAX_DEPTH
            inputs = self._slots(inner.inputs)
            steps = self._steps(inner)
            self.bodies[inner] = Body(inputs, tuple(self.slot_of[v] for v in inner.outputs), steps)
        inputs = tuple(ABSENT if v is None else self.slot_of[v] for v in node.inputs)
        while inputs and inputs[-1] == ABSENT:
            inputs = inputs[:-1]
        outputs = self._slots(node.outputs)
        kernel = kernel_of(node, self.float64)
        if self.observe is not None:
            kernel = _observed(kernel, node, self.observe)
        slots = [self.slot_of[v] for v in dead]
        if cast("Operator", node.op).parameters.wants_execute:
            step = self._control_flow(kernel, inputs, outputs, slots)
        else:
            step = make_step(kernel, inputs, outputs, slots)
        self.node_of[step] = node
        return step

    def _writing_step(self, unit: Unit, room: Room | None, dead: Iterable[Value]) -> Step:
        """The place for the result is one more input of the kernel; without one, it makes a new array."""
        place = ABSENT
        if room is not None:
            place = (
                self.slot_of[room.instead] if room.instead is not None else self._view_slot(unit.outputs[0])
            )
        inputs = [self.slot_of[v] for v in unit.inputs if v is not None]
        writer = room.writer if room is not None else chain_writer(cast("Chain", unit))
        outputs = self._slots(unit.outputs)
        step = make_step(writer, (*inputs, place), outputs, [self.slot_of[v] for v in dead])
        self.node_of[step] = unit.nodes[0] if isinstance(unit, Chain) else unit
        if isinstance(unit, Chain):
            self.chains[step] = unit.nodes
        return step

    def nodes_of(self, step: Step) -> tuple[Node, ...]:
        """All nodes that a step runs, in order."""
        return self.chains.get(step) or (self.node_of[step],)

    def _view_slot(self, value: Value) -> int:
        self.template.append(None)
        self.views[value] = slot = len(self.template) - 1
        return slot

    def new_frame(self, template: Frame) -> Frame:
        """A frame for one call at a time, with memory for its results."""
        frame = template.copy()
        if self.views and self.arena is not None:
            for value, view in self.arena.views().items():
                frame[self.views[value]] = view
        return frame

    def _control_flow(
        self, kernel: Kernel, inputs: Sequence[int], outputs: Sequence[int], dead: Sequence[int]
    ) -> Step:
        def step(frame: Frame) -> None:
            def execute(graph: Graph, given: Sequence[Any]) -> list[Any]:
                return self._run_body(frame, self.bodies[graph], given)

            result = kernel(*[frame[slot] for slot in inputs], execute=execute)
            results = result if isinstance(result, tuple) else (result,)
            for slot, one in zip(outputs, results, strict=True):
                frame[slot] = one
            for slot in dead:
                frame[slot] = None

        return step

    def _run_body(self, frame: Frame, body: Body, given: Sequence[Any]) -> list[Any]:
        for slot, one in zip(body.inputs, given, strict=True):
            frame[slot] = np.asarray(one) if isinstance(one, np.generic) else one
        step = None
        try:
            for step in body.steps:
                step(frame)
        except Exception as error:  # noqa: BLE001  # as in PlannedModel.run
            assert step is not None
            raise located(error, self.node_of[step], frame, self.slot_of) from error.__cause__
        return [frame[slot] for slot in body.outputs]


def _observed(kernel: Kernel, node: Node, observe: Observer) -> Kernel:
    def run(*inputs: Any, **options: Any) -> Any:  # noqa: ANN401  # as the kernel
        result = kernel(*inputs, **options)
        observe(node, result if isinstance(result, tuple) else (result,))
        return result

    return run


def _is_symbolic(content: Array, value: Value) -> bool:
    """Whether an array of known contents holds symbolic sizes (arrays of objects; strings are those too)."""
    return content.dtype == object and value.known is content


def _dying(graph: Graph, nodes: Sequence[Unit]) -> list[list[Value]]:
    """For each unit, the values of this graph that nobody reads after it."""
    own = {v for node in nodes for v in node.outputs}
    if graph.parent is not None:
        own.update(graph.inputs)
    seen: set[Value] = set(graph.outputs)
    dying: list[list[Value]] = []
    for node in reversed(nodes):
        touched = dict.fromkeys(
            v for v in (*node.inputs, *_captured(node), *node.outputs) if v in own and v not in seen
        )
        seen.update(touched)
        dying.append(list(touched))
    return dying[::-1]


def _captured(unit: Unit) -> Iterable[Value]:
    return () if isinstance(unit, Chain) else captured(unit)


def _is_own(value: Value) -> bool:
    """Whether a result is memory of its own; else it could be an input, a weight or a constant handed
    through."""
    pending, seen = [value], {value}
    while pending:
        node = pending.pop().producer
        if node is None or node.op.subgraphs or not node.inputs:
            return False
        if node.op.name in VIEWS:
            further = [v for v in node.inputs if v is not None and v not in seen]
            seen.update(further)
            pending += further
    return True
