"""Range of narrow floats, which counts in a wider type (opset 27)."""

from __future__ import annotations

from collections.abc import Sequence

from irkit.frontends.onnx_import.use import Use, adapter
from irkit.ir import DType, Value

_NARROW = frozenset({DType.float16, DType.bfloat16})


@adapter("Range")
def range_(use: Use) -> Sequence[Value]:
    """Since opset 27 also of narrow floats, counted in the type that stash_type says."""
    stash = DType(use.take("stash_type", DType.float32))
    dtype = use.type(0).dtype
    if dtype not in _NARROW:
        return use.same()
    wide = [use.add("Cast", use.value(i), to=stash) for i in range(3)]
    return [use.add("Cast", use.add("Range", *wide), to=dtype)]
