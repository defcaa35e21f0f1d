"""Looking into a graph while it runs: beside the eager run, node by node; and at what a layer gave.

    model.debug(x), captured.debug(x)        the first node whose result eager does not give, with layer and line
    model.intermediate(x, "encoder/dense")   what that layer gave

Both run the graph in the interpreter, where every node can be watched.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from irkit import execution
from irkit.errors import ArgumentError
from irkit.frontends.tensors import state
from irkit.frontends.tensors.tensor import EagerTensor, Tensor
from irkit.frontends.tensors.variable import Variable
from irkit.frontends.tensors.watching import watched
from irkit.ir import Array, GraphModel, type_of
from irkit.ir.graph import Node, who
from irkit.ir.source import Source, caller
from irkit.ir.structure import flatten

if TYPE_CHECKING:
    from irkit.frontends.tensors.definition import Scope
    from irkit.operators import Operator

_TOLERANCE = {"f": 1e-4, "c": 1e-4}  # by kind of dtype, relative to the largest element; else exact
_Place = tuple[str, Source]  # an operator and the user's line: where eager and graph meet


@dataclass(frozen=True)
class Difference:
    """The first result that eager does not give. node: None where it is an output of the whole."""

    node: Node | None
    name: str
    expected: Array
    found: Array

    def __str__(self) -> str:
        where, layer = (
            ("", "output")
            if self.node is None
            else (str(self.node.source), who(self.node.op, self.node.layer))
        )
        gap = _gap(self.expected, self.found)
        facts = [f"eager: {_shown(self.expected)}", f"graph: {_shown(self.found)}", *([gap] if gap else [])]
        return "\n  ".join([f"{where}  {layer}: '{self.name}' differs from eager.".strip(), *facts])


@dataclass(frozen=True)
class Comparison:
    """What a run beside eager showed.

    compared: results of nodes that eager gave too. alone: those of nodes that have no counterpart in eager (control
    flow, shapes). first: the first difference, in the order in which the graph runs.
    """

    compared: int
    alone: int
    first: Difference | None

    def __str__(self) -> str:
        if self.first is not None:
            return str(self.first)
        return f"{self.compared} results are those of eager; {self.alone} belong to the graph alone."


def compared(model: GraphModel, arrays: Sequence[Any], run: Callable[[], object]) -> Comparison:
    """`model` on `arrays` in the interpreter, beside `run`, the same program eagerly."""
    log = _EagerLog()
    with _restored(model), watched(log.note):
        expected = run()
    judge = _Judge(log)
    with _restored(model):
        outputs = state.run(_watched_by(model, judge.look), model, arrays)
    if judge.first is None:
        judge.look_at_outputs(model, expected, outputs)
    return Comparison(judge.compared, judge.alone, judge.first)


def _watched_by(model: GraphModel, look: Callable[[Node, tuple[Any, ...]], None]) -> execution.Executable:
    return execution.backend("interpreter").prepare(model, observe=look)


@contextmanager
def _restored(model: GraphModel) -> Iterator[None]:
    """Whatever is assigned meanwhile is undone: looking must not change anything."""
    before = {weight: weight.data for weight in model.states}
    try:
        yield
    finally:
        for weight, data in before.items():
            weight.data = data


class _EagerLog:
    """The results of an eager run by place, in order."""

    def __init__(self) -> None:
        self.results: dict[_Place, deque[tuple[Array, ...]]] = defaultdict(deque)

    def note(self, operator: Operator, where: Scope, results: Sequence[Tensor]) -> None:
        arrays = tuple(r.array for r in results if isinstance(r, EagerTensor))
        self.results[operator.name, where.source or caller()].append(arrays)


class _Judge:
    """Looks at each result of the graph for the first that eager did not give at that place.

    Eager may have more results at a place, e.g. what was computed once and for all when the graph was made: those that
    the graph passes over are left out.
    """

    def __init__(self, log: _EagerLog) -> None:
        self.log, self.first = log, None
        self.compared = self.alone = 0

    first: Difference | None

    def look(self, node: Node, results: tuple[Any, ...]) -> None:
        waiting = self.log.results.get((node.op.name, node.source))
        if self.first is not None or node.op.subgraphs or not waiting:
            self.alone += 1
            return
        found = [np.asarray(r) for r in results[: len(node.outputs)]]
        here = next((i for i, expected in enumerate(waiting) if _all_close(expected, found)), None)
        if here is None:
            self._differs(node, waiting[0], found)
            return
        for _ in range(here + 1):
            waiting.popleft()
        self.compared += 1

    def _differs(self, node: Node, expected: Sequence[Array], found: Sequence[Array]) -> None:
        pairs = zip(node.outputs, expected, found, strict=False)
        self.first = next(
            (Difference(node, v.name, a, b) for v, a, b in pairs if not _close(a, b)),
            Difference(node, node.outputs[0].name, np.array(len(expected)), np.array(len(found))),
        )

    def look_at_outputs(self, model: GraphModel, expected: object, found: Sequence[Any]) -> None:
        leaves = flatten(expected, lambda x: isinstance(x, Tensor | Variable | np.ndarray | np.generic))[0]
        arrays = [np.asarray(leaf) for _, leaf in leaves]
        if len(arrays) != len(found):
            return  # Python numbers that the graph made tensors of; their own nodes were compared
        for name, a, b in zip(model.signature.output_names, arrays, found, strict=True):
            if self.first is None and not _close(a, np.asarray(b)):
                self.first = Difference(None, name, a, np.asarray(b))


def _all_close(expected: Sequence[Array], found: Sequence[Array]) -> bool:
    return len(expected) == len(found) and all(map(_close, expected, found))


def _close(a: Array, b: Array) -> bool:
    if a.shape != b.shape or a.dtype != b.dtype:
        return False
    tolerance = _TOLERANCE.get(a.dtype.kind)
    if tolerance is None:
        return bool(np.array_equal(a, b))
    finite = a[np.isfinite(a)]
    largest = float(np.abs(finite).max()) if finite.size else 0.0
    return bool(np.allclose(b, a, rtol=0, atol=tolerance * max(largest, 1e-6), equal_nan=True))


def _gap(a: Array, b: Array) -> str:
    """How far two arrays of numbers are apart, and where most."""
    if a.shape != b.shape or a.dtype.kind not in "fiu" or not a.size:
        return ""
    gaps = np.abs(a.astype(np.float64) - b.astype(np.float64))
    place = np.unravel_index(int(np.nan_to_num(gaps, nan=np.inf).argmax()), a.shape)
    return f"furthest apart: {gaps[place]:.6g} at {[int(i) for i in place]}"


def _shown(array: Array) -> str:
    values = np.array2string(array.reshape(-1)[:6], separator=", ", precision=6)
    return f"{type_of(array)} {values[:-1] + ', …]' if array.size > 6 else values}"


def intermediate(model: GraphModel, arrays: Sequence[Any], layer: str) -> Any:
    """What `layer`, a path in the layer tree, gave: an array, a tuple of them for several outputs, a list for several
    calls. Raises ArgumentError with the layers that there are."""
    found = model.layers.find(layer)
    if found is None or not found.calls:
        known = ", ".join(path for path, node in model.layers.walk() if node.calls)
        raise ArgumentError(
            f"the model has no layer {layer!r} that was called.",
            source=str(caller()),
            cure=f"It has {known}.",
        )
    calls = _Calls([call.outputs for call in found.calls])
    with _restored(model):
        state.run(_watched_by(model, calls.look), model, arrays)
    return calls.made[0] if len(calls.made) == 1 else calls.made


class _Calls:
    """Collects what calls of a layer gave, whenever they run."""

    def __init__(self, outputs: Sequence[tuple[Any, ...]]) -> None:
        self.outputs = outputs
        self.of = {value: number for number, values in enumerate(outputs) for value in values}
        self.open: dict[int, dict[Any, Array]] = {}
        self.made: list[Any] = []

    def look(self, node: Node, results: tuple[Any, ...]) -> None:
        for value, result in zip(node.outputs, results, strict=False):
            number = self.of.get(value)
            if number is not None:
                self._take(number, value, result)

    def _take(self, number: int, value: object, result: Any) -> None:
        parts = self.open.setdefault(number, {})
        parts[value] = np.array(result)
        wanted = self.outputs[number]
        if len(parts) == len(set(wanted)):
            whole = tuple(parts[v] for v in wanted)
            self.made.append(whole[0] if len(whole) == 1 else whole)
            del self.open[number]
