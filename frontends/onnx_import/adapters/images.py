"""Defaults and words of image operators that have changed."""

from __future__ import annotations

from collections.abc import Sequence

from irkit.frontends.onnx_import.use import Use, adapter
from irkit.ir import Value

_MODES = {"bilinear": "linear", "bicubic": "cubic"}


@adapter("GridSample")
def grid_sample(use: Use) -> Sequence[Value]:
    if use.version < 20:
        mode = use.take("mode", "bilinear")
        use.attributes["mode"] = _MODES.get(mode, mode)
    return use.same()


@adapter("RoiAlign")
def roi_align(use: Use) -> Sequence[Value]:
    if use.version < 16:
        use.attributes.setdefault("coordinate_transformation_mode", "output_half_pixel")
    return use.same()


@adapter("LpPool", "GlobalLpPool")
def lp_pool(use: Use) -> Sequence[Value]:
    """p was a number with a fraction in opset 1."""
    if use.version < 2 and "p" in use.attributes:
        p = use.take("p")
        if p != int(p):
            raise use.unsupported(f"with p = {p} has no form at opset 23.")
        use.attributes["p"] = int(p)
    return use.same()


@adapter("SpaceToDepth")
def space_to_depth(use: Use) -> Sequence[Value]:
    """From opset 28 on the depth may be ordered column, row, depth… as that of DepthToSpace."""
    mode = use.take("mode", "DCR")
    if mode == "DCR":
        return use.same()
    x, size = use.value(0), use.take("blocksize", 1)
    n, c, h, w = (use.add("Shape", x, start=i, end=i + 1) for i in range(4))
    block = use.integers([size])
    tall, wide = use.add("Div", h, block), use.add("Div", w, block)
    cut = use.add("Reshape", x, use.add("Concat", n, c, tall, block, wide, block, axis=0))
    moved = use.add("Transpose", cut, perm=(0, 1, 3, 5, 2, 4))
    deep = use.add("Mul", c, use.integers([size * size]))
    return [use.add("Reshape", moved, use.add("Concat", n, deep, tall, wide, axis=0))]
