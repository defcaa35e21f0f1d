"""Images in another size: by ONNX's Resize, or by a matrix of weights for each axis where Resize lacks the kernel."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import numpy as np

from irkit import operators as op
from irkit.errors import ArgumentError, ShapeError
from irkit.frontends.ops.arithmetic import absolute, add, clip, divide, maximum, multiply, subtract
from irkit.frontends.ops.comparison import greater, greater_equal, less_equal, logical_and, where
from irkit.frontends.ops.core import saturate_cast
from irkit.frontends.ops.creation import arange
from irkit.frontends.ops.functions import sin
from irkit.frontends.ops.indexing import getitem
from irkit.frontends.ops.joining import pad
from irkit.frontends.ops.layout import channels_last
from irkit.frontends.ops.operands import (
    Operand,
    axis_of,
    cast_to,
    common,
    floating,
    is_float,
    rank_of,
    result,
    tensor,
)
from irkit.frontends.ops.products import tensordot
from irkit.frontends.ops.reduction import sum
from irkit.frontends.ops.shaping import expand_dims, moveaxis, permuted, squeeze
from irkit.frontends.ops.sizes import shape_tensor, size_tensor
from irkit.frontends.tensors.apply import apply_one
from irkit.frontends.tensors.size import Size
from irkit.frontends.tensors.tensor import EagerTensor, Tensor, TensorLike
from irkit.ir import DType

__all__ = ["resize", "scale_and_translate"]

INTERPOLATIONS = ("bilinear", "nearest", "lanczos3", "lanczos5", "bicubic")


def resize(
    images: TensorLike,
    size: Sequence[int],
    interpolation: str = "bilinear",
    antialias: bool = False,
    crop_to_aspect_ratio: bool = False,
    pad_to_aspect_ratio: bool = False,
    fill_mode: str = "constant",
    fill_value: float = 0.0,
    data_format: str | None = None,
) -> Tensor:
    """Images of another height and width.  (h, w, c) or (n, h, w, c) → the same with `size`.

    interpolation: "nearest", "bilinear", "bicubic", "lanczos3" or "lanczos5". antialias: blur before shrinking.
    crop_to_aspect_ratio, pad_to_aspect_ratio: keep proportions by cutting off, or by margins of fill_value.
    """
    _check(size, interpolation, crop_to_aspect_ratio and pad_to_aspect_ratio, fill_mode)
    x = tensor(images)
    last = channels_last(data_format)
    rank = image_rank(x)
    height = rank - 3 if last else rank - 2
    if crop_to_aspect_ratio:
        x = _cropped(x, height, size)
    if pad_to_aspect_ratio:
        x = _framed(x, height, size, fill_value)
    return _resized(x, (height, height + 1), tuple(size), interpolation, antialias)


def _check(size: Sequence[int], interpolation: str, both: bool, fill_mode: str) -> None:
    if interpolation not in INTERPOLATIONS:
        raise ArgumentError(f"interpolation must be one of {INTERPOLATIONS}. Received: {interpolation!r}.")
    if len(size) != 2:
        raise ArgumentError(f"size must be (height, width). Received: {size!r}.")
    if both:
        raise ArgumentError("only one of crop_to_aspect_ratio and pad_to_aspect_ratio may be set.")
    if fill_mode != "constant":
        raise ArgumentError(f"fill_mode must be 'constant'. Received: {fill_mode!r}.")


def image_rank(x: Operand) -> int:
    """3 for an image, 4 for a batch of them. Raises ShapeError."""
    if rank_of(x) not in (3, 4):
        raise ShapeError(f"an image has rank 3, a batch of images rank 4; this is {x.type}.")
    return rank_of(x)


def height_axis(x: Operand, data_format: str | None) -> int:
    """Which axis is the height; the width comes next."""
    rank = image_rank(x)
    return rank - 3 if channels_last(data_format) else rank - 2


def _fixed(x: Operand, height: int) -> tuple[int, int]:
    sizes = x.shape[height], x.shape[height + 1]
    if not all(isinstance(d, int) for d in sizes):
        raise ShapeError("images must have a fixed height and width here.", facts=[str(x.type)])
    return sizes  # type: ignore[return-value]  # ints


def _cropped(x: Operand, height: int, size: Sequence[int]) -> Operand:
    h, w = _fixed(x, height)
    kept_h = max(min(h, int(float(w * size[0]) / size[1])), 1)
    kept_w = max(min(w, int(float(h * size[1]) / size[0])), 1)
    top, left = (h - kept_h) // 2, (w - kept_w) // 2
    index = (*[slice(None)] * height, slice(top, top + kept_h), slice(left, left + kept_w))
    return getitem(x, index)


def _framed(x: Operand, height: int, size: Sequence[int], fill_value: float) -> Operand:
    h, w = _fixed(x, height)
    top = int(float(max(h, int(float(w * size[0]) / size[1])) - h) / 2)
    left = int(float(max(w, int(float(h * size[1]) / size[0])) - w) / 2)
    margins = [[0, 0]] * rank_of(x)
    margins[height] = [top, top]
    if top == 0:
        margins[height + 1] = [left, left]
    return pad(x, margins, constant_values=fill_value)


# ---- Resize


def _resized(
    x: Operand, axes: tuple[int, int], size: tuple[int, ...], interpolation: str, antialias: bool
) -> Tensor:
    if tuple(x.shape[a] for a in axes if isinstance(x.shape[a], int)) == size:
        return result(x)
    if interpolation == "nearest":
        return _in_first(x, axes, size, op.Resize(mode="nearest", nearest_mode="round_prefer_ceil"))
    # runtimes differ about Resize's antialias at edges, and onnxruntime 1.31 refuses cubic beside a Transpose
    fixed = all(isinstance(x.shape[a], int) for a in axes)
    if antialias or interpolation.startswith("lanczos") or (interpolation == "bicubic" and fixed):
        return _by_weights(x, axes, size, interpolation, antialias)
    mode = "linear" if interpolation == "bilinear" else "cubic"
    operator = op.Resize(mode=mode, cubic_coeff_a=-0.5, exclude_outside=mode == "cubic")
    if is_float(x):
        return _in_first(x, axes, size, operator)
    made = _in_first(cast_to(x, DType.float32), axes, size, operator)
    return saturate_cast(apply_one(op.Round(), made), x.type.dtype)


def _in_first(x: Operand, axes: tuple[int, int], size: tuple[int, ...], operator: op.Operator) -> Tensor:
    """Resize with height and width last and a batch in front, which is what runtimes are quick at."""
    rank = rank_of(x)
    x = expand_dims(x, 0) if rank == 3 else x
    h = axes[0] + (rank == 3)
    order = [0, *(a for a in (1, 2, 3) if a not in (h, h + 1)), h, h + 1]
    first = permuted(x, order)
    made = permuted(apply_one(operator, first, None, *_scales_or_sizes(first, size)), list(np.argsort(order)))
    return squeeze(made, 0) if rank == 3 else made


def _scales_or_sizes(x: Operand, size: Sequence[int]) -> tuple[Tensor | None, Tensor | None]:
    """Whole scales where that is possible: they need not know the batch. (onnxruntime refuses `axes` with sizes.)"""
    old = x.shape[2:]
    whole = [n // d for n, d in zip(size, old, strict=True) if isinstance(d, int) and n % d == 0]
    if len(whole) == 2:
        return EagerTensor(np.array([1, 1, *whole], np.float32)), None
    return None, shape_tensor([*x.shape[:2], *size])


# ---- weights for each axis


def _by_weights(x: Operand, axes: Sequence[int], size: Sequence[int], method: str, antialias: bool) -> Tensor:
    sizes = _fixed(x, axes[0])
    scale = [new / old for new, old in zip(size, sizes, strict=True)]
    shape = [size[axes.index(a)] if a in axes else d for a, d in enumerate(x.shape)]
    return scale_and_translate(x, shape, scale, [0.0] * len(axes), axes, method, antialias)  # type: ignore[arg-type]  # sizes


def _lanczos(radius: float, x: Tensor) -> Tensor:
    product = multiply(multiply(sin(multiply(x, np.pi)), sin(multiply(x, np.pi / radius))), radius)
    safe = where(greater(x, 1e-3), x, 1.0)
    weight = where(greater(x, 1e-3), divide(product, multiply(multiply(safe, safe), np.pi**2)), 1.0)
    return where(greater(x, radius), 0.0, weight)


def _triangle(x: Tensor) -> Tensor:
    return maximum(subtract(1.0, absolute(x)), 0.0)


def _cubic(x: Tensor) -> Tensor:
    """Keys' kernel with a = −1/2."""
    near = add(multiply(multiply(subtract(multiply(x, 1.5), 2.5), x), x), 1.0)
    far = add(multiply(subtract(multiply(add(multiply(x, -0.5), 2.5), x), 4.0), x), 2.0)
    return where(greater_equal(x, 2.0), 0.0, where(greater_equal(x, 1.0), far, near))


_KERNELS: Mapping[str, Callable[[Tensor], Tensor]] = {
    **dict.fromkeys(("linear", "bilinear", "trilinear", "triangle"), _triangle),
    **dict.fromkeys(("cubic", "bicubic", "tricubic"), _cubic),
    "lanczos3": partial(_lanczos, 3.0),
    "lanczos5": partial(_lanczos, 5.0),
}


def scale_and_translate(
    images: TensorLike,
    output_shape: Sequence[int],
    scale: TensorLike,
    translation: TensorLike,
    spatial_dims: Sequence[int],
    method: str,
    antialias: bool = True,
) -> Tensor:
    """Stretched by `scale` and moved by `translation` along `spatial_dims`, into a tensor of output_shape."""
    if method not in _KERNELS:
        raise ArgumentError(f"method must be one of {tuple(_KERNELS)}. Received: {method!r}.")
    x = tensor(images)
    dtype = common(scale, translation, also=float)
    scales, moves = tensor(scale, dtype), tensor(translation, dtype)
    wide = x if is_float(x) else floating(x)
    for i, a in enumerate(spatial_dims):
        axis = axis_of(x, a)
        weights = _weights(
            x.shape[axis], output_shape[axis], getitem(scales, i), getitem(moves, i), method, antialias
        )
        wide = moveaxis(tensordot(wide, cast_to(weights, wide.type.dtype), [[axis], [0]]), -1, axis)
    if is_float(x):
        return result(wide)
    return _rounded_like(wide, x)


def _rounded_like(made: Operand, x: Operand) -> Tensor:
    """Integers again, within the range of those that were there."""
    low, high = (
        cast_to(apply_one(o, x), made.type.dtype)
        for o in (op.ReduceMin(keepdims=False), op.ReduceMax(keepdims=False))
    )
    return cast_to(clip(apply_one(op.Round(), made), low, high), x.type.dtype)


def _weights(
    old: int | Size, new: int | Size, scale: Tensor, move: Tensor, method: str, antialias: bool
) -> Tensor:
    """(old, new): how much each old pixel counts in each new one; columns sum to 1, or are 0 outside of the image."""
    dtype = scale.type.dtype
    inverse = divide(1.0, scale)
    spread = maximum(inverse, 1.0) if antialias else tensor(1.0, dtype)
    places = arange(new, dtype=dtype)
    centre = subtract(subtract(multiply(add(places, 0.5), inverse), multiply(move, inverse)), 0.5)
    pixels = arange(old, dtype=dtype)
    distance = divide(absolute(subtract(expand_dims(centre, 0), expand_dims(pixels, 1))), spread)
    weights = _KERNELS[method](distance)
    total = sum(weights, 0, keepdims=True)
    enough = greater(absolute(total), 1000.0 * float(np.finfo(np.float32).eps))
    weights = where(enough, divide(weights, where(enough, total, 1.0)), 0.0)
    inside = logical_and(
        greater_equal(centre, -0.5),
        less_equal(centre, subtract(cast_to(size_tensor(old), dtype), 0.5)),
    )
    return where(expand_dims(inside, 0), weights, 0.0)
