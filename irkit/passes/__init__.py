"""Rewriting a graph into a smaller or quicker one that computes the same.

A pass is a function (graph, report) → whether it changed something. Each rewrite leaves a Witness in the
report.
"""

from irkit.passes.absorbing import absorb_affine
from irkit.passes.dead import dead_code
from irkit.passes.folding import fold_constants
from irkit.passes.frozen import optimized
from irkit.passes.hoisting import hoist_invariants
from irkit.passes.inlining import inline_known
from irkit.passes.noops import remove_noops
from irkit.passes.optimize import LEVELS, optimize
from irkit.passes.report import Pass, Report, Witness
from irkit.passes.sharing import share_common
from irkit.passes.transposes import sink_transposes

__all__ = [
    "LEVELS",
    "Pass",
    "Report",
    "Witness",
    "dead_code",
    "absorb_affine",
    "fold_constants",
    "hoist_invariants",
    "inline_known",
    "optimize",
    "optimized",
    "remove_noops",
    "share_common",
    "sink_transposes",
]
