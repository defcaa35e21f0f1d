"""Optimising a model, and planning its memory, for people: what `model.optimize()` and `irkit.plan(model)` do."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from irkit.errors import ArgumentError
from irkit.frontends.models.loaded import LoadedModel
from irkit.frontends.models.model import Model
from irkit.ir import GraphModel
from irkit.ir.source import caller
from irkit.passes import LEVELS, optimized
from irkit.passes.folding import BUDGET
from irkit.planning import MemoryPlan, plan_memory


def optimize(model: Model | GraphModel, level: int = 3, *, budget: int = BUDGET) -> LoadedModel:
    """A copy of `model` with fewer and quicker operations; the model itself stays as it is.

    Args:
        model: in whatever style it was written.
        level: 0: as it is; 1: nothing superfluous; 2: nothing twice, and few transposes, which is what runtimes
            get in any case; 3: also the numbers in the weights are combined (BatchNormalization into the convolution
            before it, for example), which rounds differently, and after which the weights are no longer the layers'.
        budget: how many bytes of constants one operation may be replaced by.

    `metadata["optimized"]` of the result says what was done, and it is saved with it.
    Raises ArgumentError for another level.
    """
    if level not in range(len(LEVELS)):
        raise ArgumentError(
            f"There is no level {level!r} of optimisation.",
            source=str(caller()),
            cure=f"There are 0 to {len(LEVELS) - 1}.",
        )
    return LoadedModel(optimized(_graph_model(model), level, budget=budget)[0])


def plan(
    model: Model | GraphModel,
    sizes: Mapping[str, int] | None = None,
    *,
    in_place: bool = True,
    aliasing: bool = True,
    reorder: bool = True,
    donated: Collection[str] = (),
) -> MemoryPlan:
    """What memory the intermediate results of `model` need, and where each may lie. Print it.

    Args:
        model: in whatever style it was written.
        sizes: what symbolic sizes are, {"batch": 8}; 1 for those not given.
        in_place: results may take the place of operands.
        aliasing: Reshape, Split and Concat need not copy.
        reorder: operations may run in another order.
        donated: names of inputs that may be overwritten.

    Raises ArgumentError for names that the model has not.
    """
    return plan_memory(
        _graph_model(model), sizes, in_place=in_place, aliasing=aliasing, reorder=reorder, donated=donated
    )


def _graph_model(model: Model | GraphModel) -> GraphModel:
    return model.graph_model if isinstance(model, Model) else model
