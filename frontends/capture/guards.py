"""Guards: whether what a capture read from outside still stands there. Looked at before each use of its graph.

A guard that finds the very objects of last time is done: one C loop compares identities for all names of a module, all
attributes of an object. Only what differs is looked at closely. Contents of lists, dicts and arrays are always looked
at, since they change in place. Fields of irkit's layers are looked at when any attribute of any layer was set.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from operator import attrgetter, is_, itemgetter
from typing import Any, NamedTuple

from irkit.errors import AssumptionError
from irkit.frontends.base.changes import LAYERS
from irkit.frontends.base.layer import Layer
from irkit.frontends.capture.fingerprints import fingerprint, is_mutable_content, shown
from irkit.frontends.capture.glances import glance
from irkit.frontends.capture.reads import MISSING, InCell, InNamespace, OfObject, Own, Read
from irkit.frontends.models.model import Model

# What a layer keeps for itself, and changes while it works.
_BOOKKEEPING = frozenset({"_nodes", "_own_arguments", "_tracked", "_plans", "source", "built"})
# What a model of irkit's computes with; the rest is of training and of graphs made before.
_OF_MODELS = frozenset({"_layers", "_steps", "trainable"})


class _Group:
    """Reads of one module, object or cell: `get` fetches all their values at once, in a tuple."""

    __slots__ = ("contents", "expected", "get", "glances", "holder", "reads")

    def __init__(self, get: Callable[[Any], tuple[object, ...]], holder: object, reads: list[Read]) -> None:
        self.get, self.holder, self.reads = get, holder, reads
        self.expected = tuple(r.value for r in reads)
        self.glances = [glance(v) if is_mutable_content(v) else None for v in self.expected]
        self.contents = [(i, g) for i, g in enumerate(self.glances) if g is not None]

    def holds(self) -> bool:
        try:
            found = self.get(self.holder)
        except (KeyError, AttributeError, ValueError):
            return False
        if not all(map(is_, found, self.expected)) and not self._still_equal(found):
            return False
        if not self.contents:  # a generator takes as long as the rest
            return True
        return all(known.same(found[i]) or self._counts(i, found[i]) for i, known in self.contents)

    def _still_equal(self, found: tuple[object, ...]) -> bool:
        """Whether other objects that count the same stand there; they are the ones to expect from now on. Those
        whose contents may change are looked at afterwards."""
        for i, (now, then) in enumerate(zip(found, self.expected, strict=True)):
            if now is not then and self.glances[i] is None and not self._counts(i, now):
                return False
        self.expected = found
        return True

    def _counts(self, i: int, now: object) -> bool:
        return fingerprint(now) == self.reads[i].token


class _LayerFields(NamedTuple):
    """What the fields of one of irkit's layers were."""

    layer: Layer
    token: object


class Guards:
    """The facts of one capture, ready to be looked at.  reads: of the watch. layers: irkit's own, that were called."""

    __slots__ = ("_absent", "_groups", "_layers", "_reads", "_seen_changes")

    def __init__(self, reads: Iterable[Read], layers: Iterable[Layer] = ()) -> None:
        self._reads = list(reads)
        self._groups = list(_grouped([r for r in self._reads if r.value is not MISSING]))
        self._absent = [r.place for r in self._reads if r.value is MISSING]
        self._layers = [_LayerFields(x, _fields(x)) for x in layers]
        self._seen_changes = LAYERS.count

    def __len__(self) -> int:
        return len(self._reads) + len(self._layers)

    def hold(self) -> bool:
        """Whether every fact is still one."""
        for group in self._groups:
            if not group.holds():
                return False
        for place in self._absent:
            if place.look() is not MISSING:
                return False
        return self._seen_changes == LAYERS.count or self._layers_hold()

    def _layers_hold(self) -> bool:
        count = LAYERS.count
        if all(_fields(layer) == token for layer, token in self._layers):
            self._seen_changes = count
            return True
        return False

    def broken(self) -> list[str]:
        """What no longer holds, a line for each: where it was read, what it was, what it is."""
        told = [
            f"{r.what} {r.path}, read in {r.source}, {r.difference()}" for r in self._reads if not r.holds()
        ]
        for layer, token in self._layers:
            told += _field_differences(layer, token)
        return told

    def demand(self) -> None:
        """Raise AssumptionError unless every fact still holds."""
        if not self.hold():
            broken = [r for r in self._reads if not r.holds()]
            told = self.broken()
            raise AssumptionError(
                f"what was captured no longer holds: {told[0] if told else 'something changed'}.",
                source=str(broken[0].source) if broken else "",
                facts=told[1:],
                cure="Capture again; or pass the value as an input, or keep it in an irkit.Variable.",
            )


def _grouped(reads: Sequence[Read]) -> Iterable[_Group]:
    """Reads of the same holder together."""
    namespaces: dict[int, list[Read]] = {}
    objects: dict[int, list[Read]] = {}
    for fact in reads:
        place = fact.place
        if isinstance(place, InNamespace):
            namespaces.setdefault(id(place.namespace), []).append(fact)
        elif isinstance(place, OfObject):
            objects.setdefault(id(place.thing), []).append(fact)
        elif isinstance(place, InCell):
            yield _Group(_tuples(attrgetter, ["cell_contents"]), place.cell, [fact])
        else:
            assert isinstance(place, Own), "an attribute that is there is read from its object"
            yield _Group(_tuples(attrgetter, [place.name]), place.thing, [fact])
    for facts in namespaces.values():
        names = [f.place.name for f in facts if isinstance(f.place, InNamespace)]
        yield _Group(_tuples(itemgetter, names), _holder(facts[0]), facts)
    for facts in objects.values():
        names = [f.place.name for f in facts if isinstance(f.place, OfObject)]
        yield _Group(_tuples(attrgetter, names), _holder(facts[0]), facts)


def _holder(fact: Read) -> object:
    place = fact.place
    if isinstance(place, InNamespace):
        return place.namespace
    assert isinstance(place, OfObject)
    return place.thing


def _tuples(getter: Any, names: Sequence[str]) -> Callable[[Any], tuple[object, ...]]:
    """operator's getter of several names, which gives a tuple also of one."""
    get = getter(*names)
    return get if len(names) > 1 else lambda holder: (get(holder),)


def _fields(layer: Layer) -> object:
    """Fingerprints of all that a layer of irkit's computes with, by name."""
    return {name: fingerprint(value) for name, value in vars(layer).items() if _matters(layer, name)}


def _matters(layer: Layer, name: str) -> bool:
    if isinstance(layer, Model):
        return name in _OF_MODELS
    return name not in _BOOKKEEPING and not name.startswith("_irkit_")


def _field_differences(layer: Layer, token: Any) -> list[str]:
    now = _fields(layer)
    assert isinstance(now, dict)
    names = [n for n in {**token, **now} if token.get(n) != now.get(n)]
    return [f"{layer.shown}: {n} changed, now it is {shown(getattr(layer, n, MISSING))}" for n in names]
