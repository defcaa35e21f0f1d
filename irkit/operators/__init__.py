"""The IR's vocabulary: ONNX's operators at opset 23, and a few of irkit's own. One class each, one file for a family.

``python -m irkit.operators`` prints the table of what each can do. Families are imported when one of their operators
is first asked for, by ``operators.Conv`` or by ``find``: making 200 classes takes longer than importing numpy.

To add an operator: write its class in a family's file, name it in that file's ``__all__`` and in FAMILIES below.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from irkit.operators.base import Operator, operator
from irkit.operators.registry import FAMILIES, ONNX_IR_VERSION, OPSET, find, make

if (
    TYPE_CHECKING
):  # the star of a family is its __all__: one line each, so that type checkers see every operator
    from irkit.operators.acoustics import *
    from irkit.operators.along_axis import *
    from irkit.operators.arithmetic import *
    from irkit.operators.attention import *
    from irkit.operators.bits import *
    from irkit.operators.bitwise import *
    from irkit.operators.casts import *
    from irkit.operators.chance import *
    from irkit.operators.comparison import *
    from irkit.operators.constants import *
    from irkit.operators.control_flow import *
    from irkit.operators.convolution import *
    from irkit.operators.deformable import *
    from irkit.operators.elementary import *
    from irkit.operators.error_function import *
    from irkit.operators.extrema import *
    from irkit.operators.fourier import *
    from irkit.operators.identity import *
    from irkit.operators.indexing import *
    from irkit.operators.integer_products import *
    from irkit.operators.joining import *
    from irkit.operators.linear import *
    from irkit.operators.logic import *
    from irkit.operators.losses import *
    from irkit.operators.ngrams import *
    from irkit.operators.normalisation import *
    from irkit.operators.optionals import *
    from irkit.operators.ordering import *
    from irkit.operators.pooling import *
    from irkit.operators.quantization import *
    from irkit.operators.rearranging import *
    from irkit.operators.rectifiers import *
    from irkit.operators.recurrent import *
    from irkit.operators.reductions import *
    from irkit.operators.regions import *
    from irkit.operators.resize import *
    from irkit.operators.sampling import *
    from irkit.operators.scattering import *
    from irkit.operators.sequences import *
    from irkit.operators.shape import *
    from irkit.operators.sigmoids import *
    from irkit.operators.slicing import *
    from irkit.operators.softmax import *
    from irkit.operators.strings import *

__all__ = ["FAMILIES", "ONNX_IR_VERSION", "OPSET", "Operator", "find", "make", "operator"]


def __getattr__(name: str) -> type[Operator]:
    for family, names in FAMILIES.items():
        if name in names:
            cls: type[Operator] = getattr(importlib.import_module(f"irkit.operators.{family}"), name)
            globals()[name] = cls
            return cls
    raise AttributeError(f"irkit.operators has no operator {name!r}")
