"""irkit.ops.nn: what neural networks are made of, under Keras's name for that part of irkit.ops."""

from __future__ import annotations

from irkit.frontends.ops import (
    activation,
    attention,
    blocks,
    convolution,
    ctc,
    encoding,
    normalization,
    pooling,
)
from irkit.frontends.ops.activation import *
from irkit.frontends.ops.attention import *
from irkit.frontends.ops.blocks import *
from irkit.frontends.ops.complexes import polar as polar
from irkit.frontends.ops.convolution import *
from irkit.frontends.ops.ctc import *
from irkit.frontends.ops.encoding import *
from irkit.frontends.ops.normalization import *
from irkit.frontends.ops.pooling import *

_PARTS = (activation, attention, blocks, convolution, ctc, encoding, normalization, pooling)
__all__ = sorted(["polar", *(name for part in _PARTS for name in part.__all__)])  # noqa: PLE0605  # the parts' own lists
