"""irkit.ops: the functions of Keras 3, with its names, arguments and results: https://keras.io/api/ops/

Each has one implementation, which composes operators: on values it computes at once, on symbolic tensors it adds
nodes. `linalg`, `image`, `nn` and `numpy` are parts of it under Keras's names.
"""

from __future__ import annotations

from irkit.frontends.ops import image as image
from irkit.frontends.ops import (
    activation,
    arithmetic,
    bitwise,
    comparison,
    convolution,
    core,
    creation,
    control,
    elimination,
    encoding,
    functions,
    gathering,
    indexing,
    joining,
    normalization,
    pooling,
    products,
    reduction,
    sequences,
    shaping,
)
from irkit.frontends.ops.activation import *
from irkit.frontends.ops.activation import mish as mish
from irkit.frontends.ops.arithmetic import *
from irkit.frontends.ops.bitwise import *
from irkit.frontends.ops.comparison import *
from irkit.frontends.ops.control import *
from irkit.frontends.ops.convolution import *
from irkit.frontends.ops.core import *
from irkit.frontends.ops.creation import *
from irkit.frontends.ops.elimination import *
from irkit.frontends.ops.encoding import *
from irkit.frontends.ops.functions import *
from irkit.frontends.ops.gathering import *
from irkit.frontends.ops.indexing import *
from irkit.frontends.ops.joining import *
from irkit.frontends.ops.normalization import *
from irkit.frontends.ops.pooling import *
from irkit.frontends.ops.products import *
from irkit.frontends.ops.reduction import *
from irkit.frontends.ops.sequences import *
from irkit.frontends.ops.shaping import *
from irkit.frontends.ops.shaping import reshape_method as reshape_method
from irkit.frontends.ops.shaping import transpose_method as transpose_method

_PARTS = (
    activation,
    arithmetic,
    bitwise,
    comparison,
    convolution,
    core,
    creation,
    control,
    elimination,
    encoding,
    functions,
    gathering,
    indexing,
    joining,
    normalization,
    pooling,
    products,
    reduction,
    sequences,
    shaping,
)
__all__ = sorted({name for part in _PARTS for name in part.__all__})  # noqa: PLE0605  # the parts' own lists
