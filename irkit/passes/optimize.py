"""Passes in rounds until nothing changes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from irkit.check import problems
from irkit.errors import ArgumentError, GraphError
from irkit.passes.absorbing import absorb_affine
from irkit.passes.biases import join_biases
from irkit.passes.dead import dead_code
from irkit.passes.einsums import multiply_einsums
from irkit.passes.folding import BUDGET, fold_constants
from irkit.passes.hoisting import hoist_invariants
from irkit.passes.inlining import inline_known
from irkit.passes.noops import remove_noops
from irkit.passes.pads import join_pads
from irkit.passes.patterns import recognise
from irkit.passes.report import Pass, Report
from irkit.passes.reshapes import cancel_reshapes
from irkit.passes.sharing import share_common
from irkit.passes.simplify import simplify
from irkit.passes.transposes import sink_transposes
from irkit.passes.weight_sharing import share_weights

if TYPE_CHECKING:
    from irkit.ir import Graph

_CLEANING: tuple[Pass, ...] = (dead_code, remove_noops, simplify, fold_constants, inline_known)
_SHARING: tuple[Pass, ...] = (
    *_CLEANING,
    multiply_einsums,
    hoist_invariants,
    share_common,
    cancel_reshapes,
    sink_transposes,
    join_pads,
    join_biases,
)
# before sharing, since what two nodes read can go into neither of them
_COMBINING: tuple[Pass, ...] = (
    *_CLEANING,
    recognise,
    absorb_affine,
    share_weights,
    *_SHARING[len(_CLEANING) :],
)

# 0: as it is. 1: nothing superfluous. 2: nothing twice, and few transposes (the default). 3: also numbers
# that were constants are combined and formulas become operators, which rounds differently.
LEVELS: tuple[tuple[Pass, ...], ...] = ((), _CLEANING, _SHARING, _COMBINING)
MAX_ROUNDS = 10  # real models need two or three; each further one costs a look at every node


def optimize(graph: Graph, level: int = 2, *, verify: bool = False, budget: int = BUDGET) -> Report:
    """Rewrite `graph`, an outermost one, in place. verify: check the graph after each pass that changed it.
    budget: how many bytes of constants one node may turn into.

    Raises ArgumentError for another level; GraphError when a pass broke the graph, which is irkit's mistake.
    """
    if not 0 <= level < len(LEVELS):
        raise ArgumentError(f"There is no level {level} of optimisation; there are 0 to {len(LEVELS) - 1}.")
    report = Report(nodes_before=_count(graph))
    changed = bool(LEVELS[level])
    while changed and report.rounds < MAX_ROUNDS:
        changed = False
        report.rounds += 1
        for each in LEVELS[level]:
            run = partial(fold_constants, budget=budget) if each is fold_constants else each
            if run(graph, report):
                changed = True
                if verify:
                    _verify(graph, each)
    report.nodes_after = _count(graph)
    return report


def _count(graph: Graph) -> int:
    return sum(1 for _ in graph.walk())


def _verify(graph: Graph, last: Pass) -> None:
    found = problems(graph)
    if found:
        raise GraphError(
            f"The pass {last.__name__} broke the graph: {found[0].problem}", facts=[str(e) for e in found[1:]]
        )
