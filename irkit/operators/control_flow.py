"""If, Loop and Scan: operators that run sub-graphs. Sub-graphs may read values of the graphs around them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np

from irkit.errors import AttributeRangeError, GraphError, ShapeError
from irkit.ir import Array, Dim, DType, Graph, TensorType, Type, as_tensor, unify
from irkit.operators.attributes import attribute
from irkit.operators.base import Operator, operator
from irkit.operators.rules import axis_in, fresh, sizes_in
from irkit.operators.subgraphs import Entry, either

__all__ = ["If", "Loop", "Scan"]

Execute: TypeAlias = Callable[[Graph, Sequence[Any]], Sequence[Any]]  # values: arrays, lists of them, None
Known: TypeAlias = Sequence[Array | None]
BOOL, INT64 = frozenset({DType.bool}), frozenset({DType.int64})


def output_types(graph: Graph) -> tuple[Type, ...]:
    """The types of what a graph returns."""
    return tuple(v.type for v in graph.outputs)


@operator(since=23)
class If(Operator):
    """One of two sub-graphs, by a condition.  https://onnx.ai/onnx/operators/onnx__If.html

    `cond` () bool → what the branch returns. Sizes in which the branches differ are known only when it runs.
    """

    else_branch: Graph
    then_branch: Graph
    dtypes = {"cond": BOOL}

    def infer(self, cond: TensorType, *, known: Known = (None,)) -> tuple[Type, ...]:
        for branch in (self.then_branch, self.else_branch):
            Entry(branch, (), "If")
        then, other = output_types(self.then_branch), output_types(self.else_branch)
        if len(then) != len(other):
            raise GraphError(
                f"the branches of If return {len(then)} and {len(other)} values; they must agree."
            )
        if known[0] is not None and known[0].dtype != object:
            return then if known[0].all() else other
        return tuple(either(a, b) for a, b in zip(then, other, strict=True))

    def run(self, cond: Array, *, execute: Execute) -> tuple[Any, ...]:
        return tuple(execute(self.then_branch if cond.reshape(-1)[0] else self.else_branch, ()))


@operator(since=23)
class Loop(Operator):
    """A sub-graph again and again: at most M times, and as long as its condition holds.
    https://onnx.ai/onnx/operators/onnx__Loop.html

    `M` () int64, `cond` () bool, carried values → their last values, then scan outputs (turns, …).
    body: (turn () int64, condition () bool, carried…) → (condition, carried…, a slice of each scan output…)
    """

    body: Graph
    dtypes = {"M": INT64, "cond": BOOL}

    def infer(
        self, M: TensorType | None = None, cond: TensorType | None = None, *v_initial: Type, known: Known = ()
    ) -> tuple[Type, ...]:
        flag = TensorType(DType.bool, ())
        entry = Entry(self.body, (TensorType(DType.int64, ()), flag, *v_initial), "Loop")
        made = output_types(self.body)
        if len(made) < 1 + len(v_initial):
            raise GraphError(f"the body of Loop returns {len(made)} values; {len(v_initial)} are carried.")
        if as_tensor(made[0]).dtype is not DType.bool:
            raise ShapeError(f"the body of Loop must return its condition first, not {made[0]}.")
        carried = entry.again(2, made[1 : 1 + len(v_initial)])
        turns = self._turns(M, cond, known)
        scans = (as_tensor(entry.outside(t)) for t in made[1 + len(v_initial) :])
        return (*carried, *(t.with_shape(None if t.shape is None else [turns, *t.shape]) for t in scans))

    def _turns(self, M: TensorType | None, cond: TensorType | None, known: Known) -> Dim:
        """How often the body runs, when that is certain before."""
        limit = sizes_in(known[0]) if M is not None and known else None
        first = known[1] if cond is not None and known else None
        if first is not None and not first.all():
            return 0
        result, asked = self.body.outputs[0], self.body.inputs[1]
        while result.producer is not None and result.producer.op.name == "Identity":
            result = result.producer.inputs[0] or result
        goes_on = result is asked or (result.known is not None and bool(result.known.all()))
        if limit is None or not goes_on or (cond is not None and first is None):
            return fresh("turns")
        return max(0, limit[0]) if isinstance(limit[0], int) else limit[0]

    def run(
        self,
        M: Array | None = None,
        cond: Array | None = None,
        *v_initial: Any,  # noqa: ANN401  # any kind of value
        execute: Execute,
    ) -> tuple[Any, ...]:
        limit = None if M is None else int(M.reshape(-1)[0])
        goes_on = np.asarray(True) if cond is None else cond.reshape(())
        carried: Sequence[Any] = v_initial
        scans: list[list[Array]] = [[] for _ in self.body.outputs[1 + len(v_initial) :]]
        turn = 0
        while goes_on and (limit is None or turn < limit):
            made = execute(self.body, (np.asarray(turn, np.int64), goes_on, *carried))
            goes_on, carried = np.asarray(made[0]).reshape(()), made[1 : 1 + len(v_initial)]
            for scan, piece in zip(scans, made[1 + len(v_initial) :], strict=True):
                scan.append(piece)
            turn += 1
        kinds = output_types(self.body)[1 + len(v_initial) :]
        return (*carried, *(stacked(s, as_tensor(t), 0) for s, t in zip(scans, kinds, strict=True)))


def stacked(pieces: Sequence[Array], type_: TensorType, axis: int) -> Array:
    """Slices put together along a new axis; without any, an empty tensor whose unknown sizes are 0."""
    if pieces:
        return np.stack(pieces, axis)
    sizes = [d if isinstance(d, int) else 0 for d in type_.shape or ()]
    return np.zeros([*sizes[:axis], 0, *sizes[axis:]], type_.dtype.numpy)


@operator(since=23)
class Scan(Operator):
    """A sub-graph for each slice of the scanned inputs, with states handed on.
    https://onnx.ai/onnx/operators/onnx__Scan.html

    states, then `num_scan_inputs` tensors (…, turns, …) → last states, then scan outputs (…, turns, …).
    body: (states…, a slice of each scan input…) → (states…, a slice of each scan output…).
    Directions: 1 is backwards.
    """

    body: Graph
    num_scan_inputs: int = attribute(at_least=1)
    scan_input_axes: tuple[int, ...] | None = None
    scan_input_directions: tuple[int, ...] | None = attribute(None, one_of=(0, 1))
    scan_output_axes: tuple[int, ...] | None = None
    scan_output_directions: tuple[int, ...] | None = attribute(None, one_of=(0, 1))

    def infer(self, *initial_state_and_scan_inputs: Type) -> tuple[Type, ...]:
        count = len(initial_state_and_scan_inputs) - self.num_scan_inputs
        if count < 0:
            raise GraphError(
                f"Scan needs {self.num_scan_inputs} scan inputs; {count + self.num_scan_inputs} are given."
            )
        states = initial_state_and_scan_inputs[:count]
        turns, slices = self._slices([as_tensor(t) for t in initial_state_and_scan_inputs[count:]])
        entry, made = Entry(self.body, (*states, *slices), "Scan"), output_types(self.body)
        if len(made) < count:
            raise GraphError(f"the body of Scan returns {len(made)} values; it has {count} states.")
        last = entry.again(0, made[:count])
        outputs = [as_tensor(entry.outside(t)) for t in made[count:]]
        axes = self._per_output(self.scan_output_axes, len(outputs), "scan_output_axes")
        self._per_output(self.scan_output_directions, len(outputs), "scan_output_directions")
        return (*last, *(_with_axis(t, axis, turns) for t, axis in zip(outputs, axes, strict=True)))

    def _slices(self, scanned: Sequence[TensorType]) -> tuple[Dim, list[TensorType]]:
        """How many slices there are, and their types."""
        axes = self._per_output(self.scan_input_axes, len(scanned), "scan_input_axes")
        self._per_output(self.scan_input_directions, len(scanned), "scan_input_directions")
        turns: Dim | None = None
        slices = []
        for type_, axis in zip(scanned, axes, strict=True):
            if type_.shape is None:
                slices.append(type_)
                continue
            at = axis_in(axis, len(type_.shape), "scan input axis")
            turns = type_.shape[at] if turns is None else unify(turns, type_.shape[at])
            slices.append(type_.with_shape([*type_.shape[:at], *type_.shape[at + 1 :]]))
        return fresh("turns") if turns is None else turns, slices

    def _per_output(self, values: tuple[int, ...] | None, count: int, name: str) -> tuple[int, ...]:
        if values is not None and len(values) != count:
            raise AttributeRangeError(
                f"{name} of Scan has {len(values)} elements; there are {count} tensors."
            )
        return (0,) * count if values is None else values

    def run(self, *initial_state_and_scan_inputs: Any, execute: Execute) -> tuple[Any, ...]:  # noqa: ANN401
        count = len(initial_state_and_scan_inputs) - self.num_scan_inputs
        states: Sequence[Any] = initial_state_and_scan_inputs[:count]
        scanned = self._moved(initial_state_and_scan_inputs[count:])
        outputs: list[list[Array]] = [[] for _ in self.body.outputs[count:]]
        for slices in zip(*scanned, strict=True):
            made = execute(self.body, (*states, *map(np.asarray, slices)))
            states = made[:count]
            for output, piece in zip(outputs, made[count:], strict=True):
                output.append(piece)
        return (*states, *self._stacked(outputs, output_types(self.body)[count:]))

    def _moved(self, scanned: Sequence[Array]) -> list[Array]:
        """Scan inputs with their axis in front, in the order in which they are read."""
        axes = self._per_output(self.scan_input_axes, len(scanned), "scan_input_axes")
        backwards = self._per_output(self.scan_input_directions, len(scanned), "scan_input_directions")
        moved = [np.moveaxis(x, axis, 0) for x, axis in zip(scanned, axes, strict=True)]
        return [x[::-1] if back else x for x, back in zip(moved, backwards, strict=True)]

    def _stacked(self, outputs: Sequence[list[Array]], types: Sequence[Type]) -> list[Array]:
        axes = self._per_output(self.scan_output_axes, len(outputs), "scan_output_axes")
        backwards = self._per_output(self.scan_output_directions, len(outputs), "scan_output_directions")
        ordered = [pieces[::-1] if back else pieces for pieces, back in zip(outputs, backwards, strict=True)]
        return [
            stacked(
                pieces, as_tensor(t), axis_in(axis, len(as_tensor(t).shape or ()) + 1) if axis < 0 else axis
            )
            for pieces, t, axis in zip(ordered, types, axes, strict=True)
        ]


def _with_axis(type_: TensorType, axis: int, size: Dim) -> TensorType:
    if type_.shape is None:
        return type_
    at = axis_in(axis, len(type_.shape) + 1, "scan output axis")
    return type_.with_shape([*type_.shape[:at], size, *type_.shape[at:]])
