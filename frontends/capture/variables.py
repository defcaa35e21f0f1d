"""All that a branch or loop may change: local variables, objects that the program made, and irkit.Variables."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from irkit.frontends.capture import contents
from irkit.frontends.capture.equalities import Equalities
from irkit.frontends.capture.regions import Region
from irkit.frontends.tensors import state
from irkit.frontends.tensors.tensor import SymbolicTensor

if TYPE_CHECKING:
    from irkit.frontends.capture.runtime import Session
    from irkit.ir import Dim, Weight


@dataclass(frozen=True, slots=True)
class Held:
    """Names the contents of an object that the program made."""

    thing: Any

    def __hash__(self) -> int:
        return id(self.thing)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Held) and self.thing is other.thing

    def __str__(self) -> str:
        return f"the {type(self.thing).__name__}"


@dataclass(frozen=True, slots=True)
class Stored:
    """Names an irkit.Variable."""

    weight: Weight

    def __str__(self) -> str:
        return f"the variable '{self.weight.path}'"


Key = str | Held | Stored


@dataclass(frozen=True, slots=True)
class Variables:
    """The local variables that a statement sets. names: all of them. live: those that are read afterwards."""

    names: Sequence[str]
    live: Sequence[str]
    get: Callable[[], tuple[Any, ...]]
    put: Callable[[tuple[Any, ...]], None]

    def values(self) -> dict[Key, Any]:
        """By name."""
        return dict(zip(self.names, self.get(), strict=True))

    def set(self, values: Mapping[Key, Any]) -> None:
        """All of them."""
        self.put(tuple(values[n] for n in self.names))


@dataclass(eq=False, slots=True)
class Outcome:
    """What a region left behind. changed: objects and irkit.Variables that it changed, by key."""

    region: Region
    values: dict[Key, Any]
    changed: dict[Key, Any] = field(default_factory=dict)


def outcome(session: Session, name: str, function: Callable[[], Any], variables: Variables) -> Outcome:
    """What comes of `function` as the inside of a branch. Everything is as before afterwards."""
    equal: dict[str, Dim] = {}
    while True:
        region = Region(session, name)
        try:
            found = _outcome(region, function, variables, equal)
            more = region.equal_inputs()
        except BaseException:
            region.abandon()
            raise
        if not more:
            return found
        equal = {**equal, **more}
        region.abandon()


def _outcome(
    region: Region, function: Callable[[], Any], variables: Variables, equal: Mapping[str, Dim]
) -> Outcome:
    if equal:
        Equalities(region, equal)
    with undone(variables):
        try:
            region.run(function)
        finally:
            changed = changes(region)
        return Outcome(region, variables.values(), changed)


@contextmanager
def undone(variables: Variables) -> Iterator[None]:
    """While it lasts, variables may change; then they are as before."""
    before = variables.values()
    try:
        yield
    finally:
        variables.set(before)


def changes(region: Region) -> dict[Key, Any]:
    """What was changed in `region`, with what it holds in the end; objects are as before afterwards."""
    found: dict[Key, Any] = {Held(thing): held for thing, held in region.take_back().values()}
    for weight in state.written(region.definition):
        value = state.value_of(weight, region.definition)
        found[Stored(weight)] = SymbolicTensor(value, region.definition)
    return found


def present(session: Session, key: Key) -> Any:
    """What an object or irkit.Variable holds now, where the program is."""
    if isinstance(key, Held):
        return contents.of(key.thing)
    assert isinstance(key, Stored)
    return SymbolicTensor(state.value_of(key.weight, session.home), session.home)


def store(session: Session, key: Key, value: Any) -> None:
    """Let an object or irkit.Variable hold `value`."""
    if isinstance(key, Held):
        session.touch(key.thing)
        contents.put(key.thing, value)
    elif isinstance(key, Stored):
        assert isinstance(value, SymbolicTensor)
        state.write(key.weight, value, session.home)
