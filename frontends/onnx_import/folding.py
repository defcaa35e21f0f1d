"""Nodes whose sizes depend on data, computed at import where that data is known: Unique, NonZero… of constants.

Shape rules follow integers by themselves; this is for the rest. Only small tensors are computed.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from irkit.errors import IrkitError
from irkit.ir import Array, TensorType, Value
from irkit.operators import Operator
from irkit.operators.registry import FAMILIES

MAX_FOLDED = 2**14  # elements
_CHANCE = frozenset(FAMILIES["chance"])
_ALWAYS = frozenset({"Cast"})  # on the way to a Range of floats, for example


def folded(op: Operator, inputs: Sequence[Value | None], count: int | None) -> list[Array] | None:
    """The outputs, when they follow from constants and their sizes would not be known otherwise; else None."""
    if not inputs or (op.shape_arithmetic and op.name not in _ALWAYS | {"Range"}):
        return None
    if op.name in _CHANCE or op.subgraphs or not all(v is None or _is_small(v.known) for v in inputs):
        return None
    try:
        types, _ = op.infer_outputs(
            [None if v is None else v.type for v in inputs],
            [None if v is None else v.known for v in inputs],
            count,
        )
        if op.name not in _ALWAYS and all(not isinstance(t, TensorType) or t.is_static for t in types):
            return None
        if op.name == "ImageDecoder" and not _is_small_picture(inputs):
            return None
        results = _run(op, inputs, count)[: len(types)]
    except (IrkitError, ArithmeticError, ImportError, LookupError, OSError, TypeError, ValueError):
        return None  # the node itself will say what is wrong
    fits = all(isinstance(r, np.ndarray) and r.size <= MAX_FOLDED for r in results)
    return results if fits and all(isinstance(t, TensorType) for t in types) else None


def _is_small(known: Array | None) -> bool:
    if known is None or known.size > MAX_FOLDED:
        return False
    return known.dtype != object or all(isinstance(x, str) for x in known.flat)


def _is_small_picture(inputs: Sequence[Value | None]) -> bool:
    """By its header: a few bytes may unfold into a picture that fills the memory."""
    from PIL import Image  # noqa: PLC0415  # an optional package, which ImageDecoder needs anyway

    data = inputs[0].known if inputs[0] is not None else None
    if data is None:
        return False
    with Image.open(io.BytesIO(data.tobytes())) as picture:
        return picture.width * picture.height * 4 <= MAX_FOLDED


def _run(op: Operator, inputs: Sequence[Value | None], count: int | None) -> list[Any]:
    arrays = [None if v is None else v.known for v in inputs]
    extra = {"count": count} if op.parameters.wants_count and count is not None else {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        result = op.run(*arrays, **extra)
    return list(result) if isinstance(result, tuple) else [result]
