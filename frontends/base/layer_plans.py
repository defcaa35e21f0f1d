"""Eager calls that repeat: irkit's own layers are planned once for each dtype and shape, and then run from the plan.

Nothing in the code of these layers can be seen from outside (no print, no user's line), so a plan that gives the same
bits is as good as calling it, and costs a tenth of the time. Layers of the user's, and whatever holds a function of the
user's, are always called.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from irkit import execution
from irkit.errors import IrkitError
from irkit.frontends.base.changes import LAYERS
from irkit.frontends.random import SeedGenerator
from irkit.frontends.tensors import watching
from irkit.frontends.tensors.definition import Definition, Scope, current_scope, scope
from irkit.frontends.tensors.symbols import Symbol
from irkit.frontends.tensors.tensor import EagerTensor, SymbolicTensor
from irkit.frontends.tensors.variable import Variable
from irkit.ir import Array, DType, Graph, GraphModel, LayerNode, type_of
from irkit.ir.source import is_own

if TYPE_CHECKING:
    from irkit.frontends.base.layer import Layer

REPEATS = 3  # calls of one kind, after which a plan is worth its price
_KEPT = 8  # kinds of calls that are planned, per layer
_PLAIN = (bool, int, float, complex, str, bytes, DType, np.dtype, Variable, type(None))
_QUIET = frozenset({"source", "regularizer"})


class LayerPlans:
    """Of one layer. changes: what LAYERS counted when they were made; later they are out of date.

    seen: how often a kind of call happened. ready: the plans.
    """

    __slots__ = ("changes", "ready", "seen")

    def __init__(self, changes: int) -> None:
        self.changes = changes
        self.seen: dict[object, int] = {}
        self.ready: dict[object, execution.Executable] = {}

    def __reduce__(self) -> tuple[type, tuple[int]]:
        """A copy of a layer makes plans of its own."""
        return LayerPlans, (-1,)


def answer(layer: Layer, args: Sequence[Any], kwargs: Mapping[str, Any]) -> EagerTensor | Symbol | None:
    """layer(*args, **kwargs) by a plan; None where there is none. Of a symbol: another symbol."""
    if len(args) == 1 and args[0].__class__ is Symbol:
        return Symbol(layer.name, layer, args, kwargs)
    plans: LayerPlans | None = layer.__dict__.get("_plans")
    if plans is None or plans.changes != LAYERS.count or kwargs or len(args) != 1:
        return None
    array = _array(args[0])
    if array is None:
        return None
    ready = plans.ready.get((array.dtype, array.shape))
    if ready is None or not _is_eager(current_scope()):
        return None
    try:
        return EagerTensor(ready.run((array,))[0])
    except IrkitError:  # the layer itself tells it better, with the line of this call
        return None


def _array(x: object) -> Array | None:
    if x.__class__ is EagerTensor:
        return None if getattr(x, "_keras_mask", None) is not None else x.array
    return x if x.__class__ is np.ndarray else None


def _is_eager(where: Scope) -> bool:
    return where.capturing is None and where.home is None and not where.training and watching.look is None


def note(layer: Layer, args: Sequence[Any], kwargs: Mapping[str, Any], result: object, where: Scope) -> None:
    """`layer` was called on values and gave `result`: perhaps a plan is worth while now."""
    # a layer inside one of ours is part of that one's plan
    if kwargs or len(args) != 1 or result.__class__ is not EagerTensor or where.source is not None:
        return
    array = _array(args[0])
    if array is None or getattr(result, "_keras_mask", None) is not None or not _is_eager(where):
        return
    plans = layer.__dict__.get("_plans")
    if plans is None or plans.changes != LAYERS.count:
        plans = layer.__dict__["_plans"] = LayerPlans(LAYERS.count)
    key = array.dtype, array.shape
    plans.seen[key] = count = plans.seen.get(key, 0) + 1
    if count == REPEATS and len(plans.ready) < _KEPT and _is_ours(layer):
        ready = _planned(layer, array)
        if ready is not None and _same(ready, array, result.array):
            plans.ready[key] = ready


def _planned(layer: Layer, array: Array) -> execution.Executable | None:
    definition = Definition(Graph(layer.name))
    x = SymbolicTensor(definition.graph.input("x", type_of(array)), definition)
    try:
        with scope(Scope(capturing=definition)):
            y = layer(x)
    except IrkitError:  # what a graph cannot express is called as before
        return None
    if not isinstance(y, SymbolicTensor) or getattr(y, "_keras_mask", None) is not None or definition.states:
        return None
    definition.graph.set_outputs([y.value])
    from irkit.passes import Report, dead_code  # noqa: PLC0415  # most programs never come here

    dead_code(definition.graph, Report())
    model = GraphModel(layer.name, definition.graph, LayerNode(layer.name, layer.class_name))
    return execution.backend("interpreter").prepare(model)


def _same(ready: execution.Executable, array: Array, expected: Array) -> bool:
    """Whether the plan gives the same bits."""
    try:
        (found,) = ready.run((array,))
    except IrkitError:
        return False
    same_type = found.dtype == expected.dtype and found.shape == expected.shape
    return same_type and (found.tobytes() == expected.tobytes() if found.dtype != object else False)


# ---- whose code it is


def _is_ours(layer: Layer) -> bool:
    """Whether all code that calling `layer` runs is irkit's."""
    pending, seen = [layer], {layer}
    while pending:
        one = pending.pop()
        if not type(one).__module__.startswith("irkit."):
            return False
        if not all(_is_plain(v) for k, v in vars(one).items() if k[0] != "_" and k not in _QUIET):
            return False
        inside = [x for x in one.sublayers() if x not in seen]
        seen.update(inside)
        pending += inside
    return True


def _is_plain(value: object, depth: int = 4) -> bool:
    """Whether no function of the user's is in an attribute, nor anything random or open to change."""
    if isinstance(value, _PLAIN):
        return True
    if isinstance(value, list | tuple | dict):
        inside = value.values() if isinstance(value, dict) else value
        return depth > 0 and all(_is_plain(v, depth - 1) for v in inside)
    code = getattr(value, "__code__", None)
    if code is not None:
        return is_own(code) and value.__closure__ is None  # type: ignore[attr-defined]  # a function
    return type(value).__module__.startswith("irkit.") and not isinstance(value, SeedGenerator)
