"""One block of memory for the intermediate results of a call, when their sizes are known before.

Steps whose kernels can write get a view of the block; what goes to the caller has memory of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from irkit.backends.interpreter.chains import Chain, chain_writer
from irkit.backends.interpreter.views import FRESH
from irkit.backends.interpreter.writing import elementwise_writer, other_writer
from irkit.ir import TensorType, captured
from irkit.planning import Interval, place

if TYPE_CHECKING:
    from irkit.backends.interpreter.writing import Writer
    from irkit.ir import Array, Graph, Node, Value

Unit: TypeAlias = "Node | Chain"


@dataclass(frozen=True, slots=True)
class Room:
    """Where a result goes: `offset` in the block, or into the array of the input `instead`, which was given away."""

    writer: Writer
    type: TensorType
    offset: int
    instead: Value | None = None


class Arena:
    """rooms: by value, for results that are written into the block of `bytes` bytes."""

    def __init__(self, graph: Graph, units: Sequence[Unit], donated: frozenset[Value]) -> None:
        self._end, self._donated = len(units), donated
        self._last = _last_uses(graph, units)
        self._intervals: dict[Value, Interval] = {}
        self._kept_for: dict[Value, Value] = {}  # value → whose memory it has
        found = [self._room(unit, step) for step, unit in enumerate(units)]
        self.bytes = place(list(self._intervals.values()))
        self.rooms: Mapping[Value, Room] = {
            v: Room(w, t, self._intervals[self._root(v)].offset if i is None else 0, i)
            for v, w, t, i in (f for f in found if f is not None)
        }

    def _root(self, value: Value) -> Value:
        while value in self._kept_for:
            value = self._kept_for[value]
        return value

    def _room(self, unit: Unit, step: int) -> tuple[Value, Writer, TensorType, Value | None] | None:
        """What a unit's result is written with, once it is decided where."""
        writer, replaceable = writer_of(unit)
        output = unit.outputs[0] if len(unit.outputs) == 1 else None
        if writer is None or output is None or not isinstance(output.type, TensorType):
            return None
        dying = [v for v in replaceable if v.type == output.type and self._last.get(self._root(v)) == step]
        given = next((v for v in dying if self._root(v) in self._donated), None)
        if given is not None:
            self._take_over(output, given)
            return output, writer, output.type, self._root(given)
        if self._last[output] >= self._end or not output.type.is_static:
            return None  # the caller gets it, or a view of it
        mine = next((v for v in dying if self._root(v) in self._intervals), None)
        if mine is not None:
            self._take_over(output, mine)
        else:
            self._intervals[output] = Interval(_bytes(output.type), step, self._last[output])
        return output, writer, output.type, None

    def _take_over(self, output: Value, source: Value) -> None:
        root = self._root(source)
        self._kept_for[output] = root
        self._last[root] = self._last.get(output, -1)
        if root in self._intervals:
            self._intervals[root].last = max(self._intervals[root].last, self._last[root])

    def views(self) -> dict[Value, Array]:
        """A new block, seen as each of the results in it."""
        block = np.empty(self.bytes, np.uint8)
        return {value: _view(block, room) for value, room in self.rooms.items() if room.instead is None}


def writer_of(unit: Unit) -> tuple[Writer | None, Sequence[Value]]:
    """The writing kernel of a unit, and the inputs that it may overwrite."""
    if isinstance(unit, Chain):
        return chain_writer(unit), unit.fresh
    writer = elementwise_writer(unit)
    if writer is not None:
        return writer, [v for v in unit.inputs if v is not None]
    return other_writer(unit), ()


def _last_uses(graph: Graph, units: Sequence[Unit]) -> dict[Value, int]:
    """The last step that needs a value, or a value that may be a view of it."""
    last: dict[Value, int] = dict.fromkeys(graph.outputs, len(units))
    for step in range(len(units) - 1, -1, -1):
        unit = units[step]
        end = max((last.get(v, step) for v in unit.outputs), default=step)
        reach = end if _may_be_view(unit) else step
        for value in _read(unit):
            last[value] = max(last.get(value, -1), reach)
        for value in unit.outputs:  # several may be views of each other
            last[value] = end
    return last


def _may_be_view(unit: Unit) -> bool:
    if isinstance(unit, Chain) or (not unit.op.domain and unit.op.name in FRESH):
        return False
    return writer_of(unit)[0] is None


def _read(unit: Unit) -> Iterable[Value]:
    inside = () if isinstance(unit, Chain) else captured(unit)
    return [v for v in (*unit.inputs, *inside) if v is not None]


def _bytes(type_: TensorType) -> int:
    size = type_.size
    assert isinstance(size, int)
    return (
        max(1, -(-size * type_.dtype.numpy.itemsize // 64)) * 64
    )  # so that all begin at a line of the cache


def _view(block: Array, room: Room) -> Array:
    type_ = room.type
    size = type_.size
    assert isinstance(size, int)
    end = room.offset + size * type_.dtype.numpy.itemsize
    view: Array = block[room.offset : end].view(type_.dtype.numpy).reshape(type_.shape)  # type: ignore[arg-type]  # static
    return view
