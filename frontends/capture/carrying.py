"""What a loop carries from turn to turn, found by trying: a guess, one turn captured with it, and a better guess.

A variable whose value does not change stays as it is. Tensors are carried, with open sizes where these change; Python's
numbers that change are carried as open numbers. What cannot be carried may not be read in a later turn, nor after.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from irkit.errors import CaptureError
from irkit.frontends.capture.markers import UNDEFINED, Maybe, Unusable, shown_name
from irkit.frontends.capture.merging import Conflict, Output, holds, is_open
from irkit.frontends.capture.open_lists import item_type, rows
from irkit.frontends.capture.regions import Region
from irkit.frontends.capture.rewriting.building import RESULT
from irkit.frontends.capture.values import (
    Kind,
    Rows,
    as_tensor,
    children,
    described,
    is_tensor,
    kind,
    rebuilt,
    same,
    type_of_leaf,
    wrapped,
    zeros,
)
from irkit.frontends.ops.operands import cast_to
from irkit.frontends.tensors.tensor import SymbolicTensor, Tensor
from irkit.ir import Dim, TensorType
from irkit.ir.constraints import fresh, recording
from irkit.ir.constraints import same as same_size
from irkit.ir.source import caller

if TYPE_CHECKING:
    from irkit.frontends.capture.runtime import Session
    from irkit.frontends.capture.variables import Key
    from irkit.ir import Value


@dataclass(eq=False, slots=True)
class Slot:
    """One tensor that is carried. start: before the first turn; None: zeros, which nobody reads."""

    type: TensorType
    kind: Kind
    start: Any
    changing: set[Dim] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Same:
    """In a plan: an object that stays the same one. What changes in it is carried under a name of its own."""

    thing: Any


class Carried:
    """The variables of one loop: for each a plan, in which Output stands for a slot."""

    def __init__(self, session: Session, start: dict[Key, Any]) -> None:
        self.session = session
        self.slots: list[Slot] = []
        self.plans: dict[Key, Any] = {}
        self.after: dict[Key, Unusable] = {}  # what may not be read after the loop
        for key, value in start.items():
            self.add(key, value)

    def add(self, key: Key, value: Any) -> None:
        """Carry one more variable, whose value before the loop is `value`."""
        self.plans[key] = self._first_guess(value) if isinstance(key, str) else self._parts(value)

    def _first_guess(self, value: Any) -> Any:
        found = children(value)
        if found is None:
            return self._slot(value) if is_tensor(value) else value
        return self._parts(value) if isinstance(value, tuple | Rows) else Same(value)

    def _parts(self, value: Any) -> Any:
        found = children(value)
        return (
            self._first_guess(value)
            if found is None
            else rebuilt(value, [self._first_guess(p) for p in found[1]])
        )

    def _slot(self, value: Any, like: Any = None) -> Output:
        """A new slot, of the type of `like`."""
        like = value if like is None else like
        self.slots.append(Slot(type_of_leaf(like), kind(like) or "", value))
        return Output(len(self.slots) - 1, self.slots[-1].kind)

    # ---- entering

    def entering(self, tensors: Sequence[Tensor]) -> dict[Key, Any]:
        """The variables as a turn finds them."""
        return {key: self._filled(plan, tensors) for key, plan in self.plans.items()}

    def _filled(self, plan: Any, tensors: Sequence[Tensor]) -> Any:
        if isinstance(plan, Output):
            return wrapped(tensors[plan.index], plan.kind)
        if isinstance(plan, Maybe):
            return Maybe(self._filled(plan.value, tensors), self._filled(plan.flag, tensors))
        if isinstance(plan, Same):
            return plan.thing
        found = children(plan)
        if found is None:
            return plan
        return self.session.freeze(rebuilt(plan, [self._filled(p, tensors) for p in found[1]]))

    def starts(self, sources: tuple[SymbolicTensor, ...]) -> list[Tensor]:
        """What the slots hold before the first turn."""
        return [
            zeros(s.type, sources) if s.start is None else cast_to(as_tensor(s.start), s.type.dtype)
            for s in self.slots
        ]

    # ---- leaving

    def improved(self, ends: dict[Key, Any], region: Region) -> bool:
        """Whether what a turn left behind demands a better guess, which is then made."""
        changed = False
        for key, end in ends.items():
            plan = self.plans[key]
            if key in self.after:
                continue
            try:
                self.plans[key], better = self._improved(str(key), plan, end, region)
            except Conflict as conflict:
                self._give_up(key, plan, conflict)
                better = True
            changed = changed or better
        return changed

    def _give_up(self, key: Key, plan: Any, conflict: Conflict) -> None:
        name = str(key)
        if not isinstance(key, str):
            raise CaptureError(
                f"{name} that is changed in the loop: {conflict}",
                source=str(caller()),
                facts=conflict.facts,
                cure=conflict.cure,
            )
        why = f"{shown_name(name)} changes its kind in the loop at {caller()}: {conflict}"
        self.after[key] = Unusable(name, why, conflict.facts, conflict.cure)
        self.plans[key] = UNDEFINED if plan is UNDEFINED else self.after[key]

    def _improved(self, name: str, plan: Any, end: Any, region: Region) -> tuple[Any, bool]:
        if isinstance(end, Unusable):
            raise Conflict(end.why, *end.facts, cure=end.cure)
        if isinstance(plan, Same):
            return (plan, False) if end is plan.thing else (self._parts(plan.thing), True)
        if isinstance(plan, Output):
            return plan, self._slot_improved(self.slots[plan.index], end, region)
        if type(plan) is list and type(end) is list:
            if len(end) > len(plan) and not any(isinstance(p, Rows) for p in plan):
                return [*plan, self._growing(plan, end)], True
            end = self._folded(plan, end, region)
        mine, theirs = children(plan), children(end)
        if plan is UNDEFINED and end is not UNDEFINED:
            return self._set_inside(name, end)
        if isinstance(plan, Maybe):
            if end is UNDEFINED:
                raise Conflict("it is deleted in the loop.")
            value = end.value if isinstance(end, Maybe) else end
            inner, better = self._improved(name, plan.value, value, region)
            return Maybe(inner, plan.flag), better
        if mine is not None and theirs is not None and mine[0] == theirs[0]:
            pairs = [self._improved(name, p, e, region) for p, e in zip(mine[1], theirs[1], strict=True)]
            return rebuilt(plan, [p for p, _ in pairs]), any(b for _, b in pairs)
        if mine is None and theirs is None:
            return self._leaf_improved(plan, end)
        raise Conflict(
            "its form differs.", f"before: {described(plan)}", f"after a turn: {described(end)}",
            cure="Give it its final form before the loop."
        )  # fmt: skip

    def _growing(self, plan: list[Any], end: list[Any]) -> Rows:
        """In the plan of a list: what turns append."""
        item = item_type(end[len(plan) :])
        if item is None or item[1].shape is None:
            raise Conflict(
                "its form differs.", f"before: {described(plan)}", f"after a turn: {described(end)}"
            )
        count = fresh("carried")
        type_ = item[1].with_shape([count, *item[1].shape])
        self.slots.append(Slot(type_, "tensor", None, {count}))
        return Rows(item[0], Output(len(self.slots) - 1, "tensor"))

    def _folded(self, plan: list[Any], end: list[Any], region: Region) -> list[Any]:
        """The list after a turn, with all that was appended as rows, where the plan has them."""
        at = next((i for i, p in enumerate(plan) if isinstance(p, Rows)), None)
        if at is None or len(end) == len(plan):
            return end
        item = item_type(end[at:])
        if item is None:
            raise Conflict("its items have several types or shapes.", *map(described, end[at:][:4]))
        with region.entered():
            return [*end[:at], rows(end[at:], item, region.session.sources())]

    def _set_inside(self, name: str, end: Any) -> tuple[Any, bool]:
        if name == RESULT:  # read only once the function has returned
            return self._unread(end), True
        value = end.value if isinstance(end, Maybe) else end
        return Maybe(self._unread(value), self._slot(False)), True

    def _unread(self, end: Any) -> Any:
        found = children(end)
        if found is not None:
            return rebuilt(end, [self._unread(p) for p in found[1]])
        return self._slot(None, end) if is_tensor(end) or is_open(end) else end

    def _leaf_improved(self, plan: Any, end: Any) -> tuple[Any, bool]:
        if same(plan, end):
            return plan, False
        before, after = kind(plan), kind(end)
        if before is not None and before == after:
            return self._slot(plan), True
        if after == "tensor" and before is not None and end.type.rank == 0 and holds(end.type, plan):
            return self._slot(plan, end), True
        raise Conflict(
            "a graph cannot carry that.", f"before: {described(plan)}", f"after a turn: {described(end)}",
            cure="Let it begin with the dtype and shape that it has later, e.g. irkit.ops.zeros."
        )  # fmt: skip

    def _slot_improved(self, slot: Slot, end: Any, region: Region) -> bool:
        """Whether the type of a slot had to become wider."""
        if kind(end) is None or (slot.kind != "tensor" and kind(end) != slot.kind):
            raise Conflict(
                "its type differs.", f"before: {slot.kind} {slot.type}", f"after a turn: {described(end)}"
            )
        if not is_tensor(end) and slot.kind == "tensor":
            if slot.type.rank != 0 or not holds(slot.type, end):
                raise Conflict("its type differs.", f"before: {slot.type}", f"after a turn: {described(end)}")
            return False
        type_ = type_of_leaf(end)
        if type_.dtype is not slot.type.dtype or type_.rank != slot.type.rank or type_.rank is None:
            raise Conflict(
                "its type differs.", f"before: {slot.type}", f"after a turn: {type_}",
                cure="Let it begin with the dtype and shape that it has later, e.g. irkit.ops.zeros.",
            )  # fmt: skip
        wider = self._wider(slot, type_, region)
        better, slot.type = wider != slot.type, wider
        return better

    def _wider(self, slot: Slot, made: TensorType, region: Region) -> TensorType:
        """Each size that changes becomes a symbol of the loop's own; so this ends after as many tries as sizes."""
        sizes: list[Dim] = []
        with recording(region.definition.graph.root.constraints):
            for old, new in zip(slot.type.shape or (), made.shape or (), strict=True):
                steady = old in slot.changing or same_size(old, new)
                sizes.append(old if steady else fresh("carried"))
                if not steady:
                    slot.changing.add(sizes[-1])
        return slot.type.with_shape(sizes)

    def leaving(self, ends: dict[Key, Any], region: Region) -> list[Value]:
        """What a turn returns for the slots."""
        found: list[Tensor | None] = [None] * len(self.slots)
        for key, plan in self.plans.items():
            self._collect(plan, ends.get(key), found, region)
        assert all(x is not None for x in found)
        return [region.returned(x) for x in found if x is not None]

    def _collect(self, plan: Any, end: Any, found: list[Tensor | None], region: Region) -> None:
        if isinstance(plan, Output):
            with region.entered():
                found[plan.index] = cast_to(as_tensor(end), self.slots[plan.index].type.dtype)
            return
        if isinstance(plan, Maybe):
            value, flag = (end.value, end.flag) if isinstance(end, Maybe) else (end, end is not UNDEFINED)
            self._collect(plan.flag, flag, found, region)
            self._collect(plan.value, value, found, region)
            return
        if type(plan) is list and type(end) is list:
            end = self._folded(plan, end, region)
        mine, theirs = children(plan), children(end)
        if mine is not None and theirs is not None:
            for p, e in zip(mine[1], theirs[1], strict=True):
                self._collect(p, e, found, region)
