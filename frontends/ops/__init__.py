"""irkit.ops: the functions of Keras 3, with its names, arguments and results: https://keras.io/api/ops/

Each has one implementation, which composes operators: on values it computes at once, on symbolic tensors it adds
nodes. `linalg`, `image`, `nn` and `numpy` are parts of it under Keras's names.
"""

from __future__ import annotations

from irkit.frontends.ops import (
    activation,
    arithmetic,
    attention,
    bitwise,
    blocks,
    comparison,
    complexes,
    control,
    convolution,
    core,
    creation,
    ctc,
    diagonals,
    elimination,
    encoding,
    factors,
    functions,
    gathering,
    indexing,
    integers,
    joining,
    linalg,
    missing,
    normalization,
    pooling,
    products,
    quantiles,
    rearranging,
    reduction,
    running,
    segments,
    sequences,
    shaping,
    sorting,
    special,
    spectral,
    statistics,
    windows,
)
from irkit.frontends.ops import image as image
from irkit.frontends.ops import nn as nn
from irkit.frontends.ops import numpy as numpy
from irkit.frontends.ops.activation import *
from irkit.frontends.ops.activation import mish as mish
from irkit.frontends.ops.arithmetic import *
from irkit.frontends.ops.attention import *
from irkit.frontends.ops.bitwise import *
from irkit.frontends.ops.blocks import *
from irkit.frontends.ops.comparison import *
from irkit.frontends.ops.complexes import *
from irkit.frontends.ops.control import *
from irkit.frontends.ops.convolution import *
from irkit.frontends.ops.core import *
from irkit.frontends.ops.creation import *
from irkit.frontends.ops.ctc import *
from irkit.frontends.ops.diagonals import *
from irkit.frontends.ops.elimination import *
from irkit.frontends.ops.encoding import *
from irkit.frontends.ops.factors import *
from irkit.frontends.ops.functions import *
from irkit.frontends.ops.gathering import *
from irkit.frontends.ops.indexing import *
from irkit.frontends.ops.integers import *
from irkit.frontends.ops.joining import *
from irkit.frontends.ops.linalg import *
from irkit.frontends.ops.methods import array_namespace as array_namespace
from irkit.frontends.ops.methods import divmod_method as divmod_method
from irkit.frontends.ops.methods import matrix_transpose_method as matrix_transpose_method
from irkit.frontends.ops.missing import *
from irkit.frontends.ops.normalization import *
from irkit.frontends.ops.pooling import *
from irkit.frontends.ops.products import *
from irkit.frontends.ops.quantiles import *
from irkit.frontends.ops.rearranging import *
from irkit.frontends.ops.reduction import *
from irkit.frontends.ops.running import *
from irkit.frontends.ops.segments import *
from irkit.frontends.ops.sequences import *
from irkit.frontends.ops.shaping import *
from irkit.frontends.ops.shaping import reshape_method as reshape_method
from irkit.frontends.ops.shaping import transpose_method as transpose_method
from irkit.frontends.ops.sorting import *
from irkit.frontends.ops.special import *
from irkit.frontends.ops.spectral import *
from irkit.frontends.ops.statistics import *
from irkit.frontends.ops.windows import *

_PARTS = (
    activation,
    arithmetic,
    attention,
    bitwise,
    blocks,
    comparison,
    complexes,
    control,
    convolution,
    core,
    creation,
    ctc,
    diagonals,
    elimination,
    encoding,
    factors,
    functions,
    gathering,
    indexing,
    integers,
    joining,
    linalg,
    missing,
    normalization,
    pooling,
    products,
    quantiles,
    rearranging,
    reduction,
    running,
    segments,
    sequences,
    shaping,
    sorting,
    special,
    spectral,
    statistics,
    windows,
)
__all__ = sorted({"image", "linalg", "nn", "numpy", *(name for part in _PARTS for name in part.__all__)})  # noqa: PLE0605  # the parts' own lists
