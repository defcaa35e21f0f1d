"""irkit.ops.numpy: what numpy has as well, under Keras's name for that part of irkit.ops."""

from __future__ import annotations

from irkit.frontends.ops import (
    arithmetic,
    bitwise,
    comparison,
    complexes,
    creation,
    diagonals,
    functions,
    gathering,
    indexing,
    integers,
    joining,
    missing,
    products,
    quantiles,
    reduction,
    running,
    shaping,
    sorting,
    special,
    statistics,
    windows,
)
from irkit.frontends.ops.arithmetic import *
from irkit.frontends.ops.bitwise import *
from irkit.frontends.ops.comparison import *
from irkit.frontends.ops.complexes import *
from irkit.frontends.ops.core import ndim as ndim
from irkit.frontends.ops.core import size as size
from irkit.frontends.ops.core import view as view
from irkit.frontends.ops.creation import *
from irkit.frontends.ops.diagonals import *
from irkit.frontends.ops.elimination import slogdet as slogdet
from irkit.frontends.ops.functions import *
from irkit.frontends.ops.gathering import *
from irkit.frontends.ops.indexing import *
from irkit.frontends.ops.integers import *
from irkit.frontends.ops.joining import *
from irkit.frontends.ops.missing import *
from irkit.frontends.ops.products import *
from irkit.frontends.ops.quantiles import *
from irkit.frontends.ops.reduction import *
from irkit.frontends.ops.running import *
from irkit.frontends.ops.sequences import vectorize as vectorize
from irkit.frontends.ops.shaping import *
from irkit.frontends.ops.sorting import *
from irkit.frontends.ops.special import *
from irkit.frontends.ops.statistics import *
from irkit.frontends.ops.windows import *

_PARTS = (
    arithmetic,
    bitwise,
    comparison,
    complexes,
    creation,
    diagonals,
    functions,
    gathering,
    indexing,
    integers,
    joining,
    missing,
    products,
    quantiles,
    reduction,
    running,
    shaping,
    sorting,
    special,
    statistics,
    windows,
)
_MORE = ("ndim", "size", "slogdet", "vectorize", "view")
__all__ = sorted({*_MORE, *(name for part in _PARTS for name in part.__all__)})  # noqa: PLE0605  # the parts' own lists
