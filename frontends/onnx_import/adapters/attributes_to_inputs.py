"""Operators whose attributes became inputs: axes, splits, bounds, shapes, counts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from irkit.frontends.onnx_import.use import Use, adapter
from irkit.ir import Value

_REDUCTIONS = (
    "ReduceL1",
    "ReduceL2",
    "ReduceLogSum",
    "ReduceLogSumExp",
    "ReduceMax",
    "ReduceMean",
    "ReduceMin",
    "ReduceProd",
    "ReduceSumSquare",
)
_LOWEST, _HIGHEST = float(np.finfo(np.float32).min), float(np.finfo(np.float32).max)


@adapter("Squeeze", "Unsqueeze", "ReduceSum")
def axes_until_12(use: Use) -> Sequence[Value]:
    return _axes(use, 13)


@adapter(*_REDUCTIONS)
def axes_until_17(use: Use) -> Sequence[Value]:
    return _axes(use, 18)


def _axes(use: Use, since: int) -> Sequence[Value]:
    """axes is an input from opset `since` on."""
    if use.version < since and (axes := use.take("axes")) is not None:
        use.place(1, use.integers(axes))
    return use.same()


@adapter("Split")
def split(use: Use) -> Sequence[Value]:
    if use.version < 13 and (sizes := use.take("split")) is not None:
        use.place(1, use.integers(sizes))
    if use.version < 2:
        use.attributes.setdefault("axis", 0)
    if use.version < 18 and use.optional(1) is None:
        use.attributes["num_outputs"] = use.count
    return use.same()


@adapter("Clip")
def clip(use: Use) -> Sequence[Value]:
    if use.version < 11:
        lowest, highest = use.take("min", _LOWEST), use.take("max", _HIGHEST)
        dtype = use.type(0).dtype
        use.inputs = use.inputs[:1]
        if lowest > _LOWEST:
            use.place(1, use.number(lowest, dtype))
        if highest < _HIGHEST:
            use.place(2, use.number(highest, dtype))
    return use.same()


@adapter("Slice")
def slice_(use: Use) -> Sequence[Value]:
    if use.version < 10:
        starts, ends, axes = use.take("starts", ()), use.take("ends", ()), use.take("axes")
        use.place(1, use.integers(starts))
        use.place(2, use.integers(ends))
        use.place(3, None if axes is None else use.integers(axes))
    return use.same()


@adapter("Pad")
def pad(use: Use) -> Sequence[Value]:
    if use.version < 11:
        pads = use.take("paddings" if use.version < 2 else "pads", ())
        use.place(1, use.integers(pads))
        use.place(2, use.number(use.take("value", 0.0), use.type(0).dtype))
    return use.same()


@adapter("TopK")
def top_k(use: Use) -> Sequence[Value]:
    if use.version < 10:
        use.place(1, use.integers([use.take("k", 0)]))
    return use.same()


@adapter("Reshape")
def reshape(use: Use) -> Sequence[Value]:
    if use.version < 5:
        use.place(1, use.integers(use.take("shape", ())))
    return use.same()


@adapter("DFT")
def fourier(use: Use) -> Sequence[Value]:
    if use.version < 20:
        use.place(2, use.constant(np.array(use.take("axis", 1), np.int64)))
    return use.same()


@adapter("Dropout")
def dropout(use: Use) -> Sequence[Value]:
    """Models are imported for inference; before opset 12 Dropout could not train, but for its is_test of opset 6."""
    dtype = use.type(0).dtype
    if use.version < 12:
        use.place(1, use.number(use.take("ratio", 0.5), dtype))
        use.drop("is_test")
    made = list(use.same())
    if use.version < 10 and len(made) > 1:
        made[1] = use.add("Cast", made[1], to=dtype)  # the mask was of the data's type
    return made


@adapter("Upsample")
def upsample(use: Use) -> Sequence[Value]:
    if use.version < 7:
        scales = (1.0, 1.0, use.take("height_scale"), use.take("width_scale"))
        use.place(2, use.constant(np.array(scales, np.float32)))
    elif use.version < 9:
        use.place(2, use.constant(np.array(use.take("scales", ()), np.float32)))
    else:
        use.place(2, use.optional(1))
    return _as_resize_10(use)


@adapter("Resize")
def resize(use: Use) -> Sequence[Value]:
    if use.version < 11:
        use.place(2, use.optional(1))
        return _as_resize_10(use)
    if use.attributes.get("coordinate_transformation_mode") == "tf_half_pixel_for_nn":
        raise use.unsupported(
            "with coordinate_transformation_mode 'tf_half_pixel_for_nn' cannot be written at opset 23."
        )
    return use.same()


def _as_resize_10(use: Use) -> Sequence[Value]:
    """Resize as it was before opset 11: coordinates are divided by the scale and rounded down."""
    use.place(1, None)
    mode = use.take("mode", "nearest")
    use.attributes = {
        "mode": "linear" if mode == "bilinear" else mode,
        "coordinate_transformation_mode": "asymmetric",
        "nearest_mode": "floor",
    }
    return use.same("Resize")
