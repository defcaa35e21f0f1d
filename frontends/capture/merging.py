"""Merging what two branches leave behind: for every variable a plan of what the If must give out.

Values that are the same on both sides stay as they are. Tensors become outputs of the If; so do Python's numbers,
which stay numbers of Python. Containers are merged part by part. What cannot be merged may not be read afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from irkit.frontends.capture.markers import UNDEFINED, Maybe, Unusable, shown_name
from irkit.frontends.capture.open_lists import item_type, rows
from irkit.frontends.capture.regions import Region
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
from irkit.ir.source import caller

if TYPE_CHECKING:
    from irkit.ir import TensorType, Value


class Ignored:
    """In the place of a value that nobody will read: the other side decides."""


IGNORED = Ignored()


@dataclass(frozen=True, slots=True)
class Output:
    """In the place of a value that the If gives out: its number, and what it is to the program."""

    index: int
    kind: Kind


@dataclass(frozen=True, slots=True)
class Chosen:
    """In the place of a container that stands for one of two objects."""

    plan: Any


class Conflict(Exception):
    """Two values cannot be one."""

    def __init__(self, why: str, *facts: str, cure: str = "") -> None:
        super().__init__(why)
        self.facts, self.cure = facts, cure


@dataclass(eq=False, slots=True)
class Merge:
    """Collects what both sides return. sources: tensors that tell open sizes."""

    then: Region
    other: Region
    sources: tuple[SymbolicTensor, ...]
    returned: tuple[list[Value], list[Value]] = field(default_factory=lambda: ([], []))
    chosen: list[tuple[Any, Region]] = field(default_factory=list)  # containers, and where they come from

    def plan(self, name: str, a: Any, b: Any) -> Any:
        """What the variable will be: a value, in which Output stands for results of the If; or Unusable."""
        for marker in (a, b):
            if isinstance(marker, Unusable):
                return marker
        try:
            return (
                self._maybe(a, b) if UNDEFINED in (a, b) or Maybe in (type(a), type(b)) else self._plan(a, b)
            )
        except Conflict as conflict:
            why = f"{shown_name(name)} would be one thing or another, by the condition at {caller()}: {conflict}"
            return Unusable(name, why, conflict.facts, conflict.cure)

    def contents(self, name: str, a: Any, b: Any) -> Any:
        """As `plan`, of what an object holds: it stays the same object."""
        mine, theirs = children(a), children(b)
        if mine is None or theirs is None or mine[0] != theirs[0]:
            return self.plan(name, a, b)
        parts = [self.plan(name, x, y) for x, y in zip(mine[1], theirs[1], strict=True)]
        return next((p for p in parts if isinstance(p, Unusable)), rebuilt(a, parts))

    def _maybe(self, a: Any, b: Any) -> Any:
        """Values that may not be set: whether they are is merged as well."""
        if a is b:
            return a
        (x, first), (y, second) = _with_flag(a), _with_flag(b)
        flag = self._plan(first, second)
        if flag is True:
            return self._plan(x, y)
        return UNDEFINED if flag is False else Maybe(self._plan(x, y), flag)

    def _plan(self, a: Any, b: Any) -> Any:
        if a is IGNORED or b is IGNORED:
            return a if a is b else self._other(a, b)
        mine, theirs = children(a), children(b)
        if mine is None and theirs is None:
            return self._leaf(a, b)
        if a is b:
            return a
        if type(a) is list and type(b) is list and len(a) != len(b):
            return self._lists(a, b)
        if mine is None or theirs is None or mine[0] != theirs[0]:
            raise Conflict("its form differs.", f"then: {described(a)}", f"else: {described(b)}")
        plan = rebuilt(a, [self._plan(x, y) for x, y in zip(mine[1], theirs[1], strict=True)])
        return plan if isinstance(a, tuple | Rows) else self._chosen(plan, a, b)

    def _chosen(self, plan: Any, a: Any, b: Any) -> Chosen:
        self.chosen += [(a, self.then), (b, self.other)]
        return Chosen(plan)

    def shared(self) -> bool:
        """Whether somebody else may hold one of the containers between which the If chooses."""
        ids = [id(x) for x, _ in self.chosen]
        return len(set(ids)) < len(ids) or any(id(x) not in region.made for x, region in self.chosen)

    def _lists(self, a: list[Any], b: list[Any]) -> Any:
        """Lists of which one side has appended more: what they have in common, and the rest as rows."""
        common = next(
            (i for i, (x, y) in enumerate(zip(a, b, strict=False)) if not same(x, y)), min(len(a), len(b))
        )
        item = item_type([*a[common:], *b[common:]])
        if item is None:
            raise Conflict("its form differs.", f"then: {described(a)}", f"else: {described(b)}")
        with self.then.entered():
            x = rows(a[common:], item, self.sources)
        with self.other.entered():
            y = rows(b[common:], item, self.sources)
        return self._chosen([*a[:common], self._plan(x, y)], a, b)

    def _other(self, a: Any, b: Any) -> Any:
        """One side is never read: it gives zeros where the other gives something computed."""
        value = b if a is IGNORED else a
        found = children(value)
        if found is not None:
            return rebuilt(value, [self._other(*((p, b) if b is IGNORED else (a, p))) for p in found[1]])
        if not isinstance(value, SymbolicTensor) and not is_open(value):
            return value
        type_ = type_of_leaf(value)
        if a is IGNORED:
            return self._output(self._zeros(self.then, type_), as_tensor_in(self.other, b), kind(b) or "")
        return self._output(as_tensor_in(self.then, a), self._zeros(self.other, type_), kind(a) or "")

    def _zeros(self, region: Region, type_: Any) -> Tensor:
        with region.entered():
            return zeros(type_, self.sources)

    def _leaf(self, a: Any, b: Any) -> Any:
        if same(a, b):
            return a
        kinds = kind(a), kind(b)
        if None in kinds:
            raise Conflict(
                "a graph cannot choose between these.", f"then: {described(a)}", f"else: {described(b)}"
            )
        x, y = as_tensor_in(self.then, a), as_tensor_in(self.other, b)
        if kinds[0] == kinds[1] != "tensor":
            return self._output(x, y, kinds[0] or "")
        if "tensor" not in kinds:
            raise Conflict(
                "its type differs.", f"then: {kinds[0]}", f"else: {kinds[1]}", cure="Use one type."
            )
        x, y = self._alike(a, b, x, y)
        return self._output(x, y, "tensor")

    def _alike(self, a: Any, b: Any, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        """Tensors of one dtype and rank; a number of Python joins a tensor that can hold it."""
        if x.type.rank != y.type.rank:
            raise Conflict(
                "its rank differs.",
                f"then: {described(a)}",
                f"else: {described(b)}",
                cure="Give both sides the same number of axes.",
            )
        if not is_tensor(a) and holds(y.type, a):
            with self.then.entered():
                x = cast_to(x, y.type.dtype)
        elif not is_tensor(b) and holds(x.type, b):
            with self.other.entered():
                y = cast_to(y, x.type.dtype)
        if x.type.dtype is not y.type.dtype:
            raise Conflict(
                "its dtype differs.",
                f"then: {described(a)}",
                f"else: {described(b)}",
                cure="Cast one of them: irkit.ops.cast.",
            )
        return x, y

    def _output(self, x: Tensor, y: Tensor, kind: Kind) -> Output:
        self.returned[0].append(self.then.returned(x))
        self.returned[1].append(self.other.returned(y))
        return Output(len(self.returned[0]) - 1, kind)


def _with_flag(x: Any) -> tuple[Any, Any]:
    """A variable's value, and whether it is set."""
    if x is UNDEFINED:
        return IGNORED, False
    if isinstance(x, Maybe):
        return x.value, x.flag
    return x, IGNORED if x is IGNORED else True


def is_open(x: Any) -> bool:
    """Whether `x` is a number of Python that has no value now."""
    return kind(x) not in (None, "tensor") and not isinstance(x, bool | int | float)


def as_tensor_in(region: Region, x: Any) -> Tensor:
    """The tensor that stands for a leaf inside of `region`."""
    with region.entered():
        return as_tensor(x)


def holds(type_: TensorType, number: Any) -> bool:
    """Whether a tensor of this dtype can stand for a number of Python without changing it."""
    dtype = str(type_.dtype)
    mine = "bool" if dtype == "bool" else "float" if "float" in dtype else "int" if "int" in dtype else ""
    wanted = kind(number)
    return mine == wanted or (mine == "float" and wanted == "int")


def resolved(plan: Any, outputs: Sequence[Tensor], chosen: Callable[[Any], Any]) -> Any:
    """A plan with the results of the If in place. chosen: is told of containers that stand for one of two."""
    if isinstance(plan, Chosen):
        parts = (children(plan.plan) or (None, []))[1]
        return chosen(rebuilt(plan.plan, [resolved(p, outputs, chosen) for p in parts]))
    if isinstance(plan, Output):
        return wrapped(outputs[plan.index], plan.kind)
    if isinstance(plan, Maybe):
        return Maybe(resolved(plan.value, outputs, chosen), resolved(plan.flag, outputs, chosen))
    found = children(plan)
    return (
        plan
        if found is None or not _has_output(plan)
        else rebuilt(plan, [resolved(p, outputs, chosen) for p in found[1]])
    )


def _has_output(plan: Any) -> bool:
    found = children(plan)
    return isinstance(plan, Output | Chosen) if found is None else any(map(_has_output, found[1]))
