"""irkit.ops.image: images, alone (h, w, c) or in batches (n, h, w, c); channels first where data_format says so."""

from __future__ import annotations

import numpy as np

from irkit.errors import ArgumentError, ShapeError
from irkit.frontends.ops.arithmetic import (
    absolute,
    add,
    clip,
    divide,
    maximum,
    minimum,
    mod,
    multiply,
    subtract,
)
from irkit.frontends.ops.comparison import equal, greater, less, where
from irkit.frontends.ops.filters import (
    extract_patches,
    extract_patches_3d,
    gaussian_blur,
    sobel_edges,
    ssim,
)
from irkit.frontends.ops.gathering import slice as block
from irkit.frontends.ops.joining import pad, stack, unstack
from irkit.frontends.ops.layout import channels_last
from irkit.frontends.ops.operands import (
    Operand,
    cast_to,
    floating,
    is_float,
    rank_of,
    result,
    tensor,
)
from irkit.frontends.ops.reduction import sum
from irkit.frontends.ops.resampling import height_axis, image_rank, resize, scale_and_translate
from irkit.frontends.ops.warping import (
    affine_transform,
    elastic_transform,
    map_coordinates,
    perspective_transform,
)
from irkit.frontends.tensors.size import Size
from irkit.frontends.tensors.tensor import Tensor, TensorLike

__all__ = [
    "affine_transform",
    "crop_images",
    "elastic_transform",
    "extract_patches",
    "extract_patches_3d",
    "gaussian_blur",
    "hsv_to_rgb",
    "map_coordinates",
    "pad_images",
    "perspective_transform",
    "resize",
    "rgb_to_grayscale",
    "rgb_to_hsv",
    "scale_and_translate",
    "sobel_edges",
    "ssim",
]

# ---- colours


def rgb_to_grayscale(images: TensorLike, data_format: str | None = None) -> Tensor:
    """0.2989 red + 0.587 green + 0.114 blue, in one channel."""
    x = tensor(images)
    axis = _channel_axis(x, data_format)
    if x.shape[axis] == 1:
        return result(x)
    wide = floating(x)
    weights = np.array([0.2989, 0.587, 0.114]).reshape(
        [3 if i == axis % rank_of(x) else 1 for i in range(rank_of(x))]
    )
    grey = sum(multiply(wide, tensor(weights, wide.type.dtype)), axis, keepdims=True)
    return cast_to(grey, x.type.dtype)


def _channel_axis(x: Operand, data_format: str | None) -> int:
    image_rank(x)
    axis = -1 if channels_last(data_format) else -3
    if x.shape[axis] not in (1, 3):
        raise ShapeError(f"an image has 1 or 3 channels, not {x.shape[axis]}.", facts=[str(x.type)])
    return axis


def rgb_to_hsv(images: TensorLike, data_format: str | None = None) -> Tensor:
    """Hue, saturation and value, each from 0 to 1, of colours from 0 to 1."""
    x = _floats(images)
    axis = _channel_axis(x, data_format)
    tiny = (
        float(np.finfo(np.float32).eps)
        if x.type.dtype.bits == 32
        else 2.0 ** -{16: 10, 64: 52}[x.type.dtype.bits]
    )
    r, g, b = unstack(where(less(absolute(x), tiny), 0.0, x), axis=axis)
    value = maximum(maximum(r, g), b)
    spread = subtract(value, minimum(minimum(r, g), b))
    coloured, lit = greater(spread, 0.0), greater(value, 0.0)
    saturation = where(lit, divide(spread, where(lit, value, 1.0)), 0.0)
    norm = divide(1.0, multiply(where(coloured, spread, 1.0), 6.0))
    from_green = add(multiply(norm, subtract(b, r)), 2 / 6)
    from_blue = add(multiply(norm, subtract(r, g)), 4 / 6)
    hue = where(equal(value, g), from_green, from_blue)
    hue = where(equal(value, r), multiply(norm, subtract(g, b)), hue)
    below = cast_to(less(hue, 0.0), x.type.dtype)
    hue = add(where(coloured, hue, 0.0), below)
    return stack([hue, saturation, value], axis)


def hsv_to_rgb(images: TensorLike, data_format: str | None = None) -> Tensor:
    """Colours from 0 to 1 of hue, saturation and value."""
    x = _floats(images)
    axis = _channel_axis(x, data_format)
    hue, saturation, value = unstack(x, axis=axis)
    sixth = multiply(mod(hue, 1.0), 6.0)
    shares = [
        clip(subtract(absolute(subtract(sixth, 3.0)), 1.0), 0.0, 1.0),
        clip(subtract(2.0, absolute(subtract(sixth, 2.0))), 0.0, 1.0),
        clip(subtract(2.0, absolute(subtract(sixth, 4.0))), 0.0, 1.0),
    ]
    white = subtract(1.0, saturation)
    return stack([multiply(value, add(white, multiply(saturation, s))) for s in shares], axis)


def _floats(images: TensorLike) -> Operand:
    x = tensor(images)
    if not is_float(x):
        raise ArgumentError(f"images must be floats from 0 to 1. Received: {x.type}.")
    return x


# ---- margins


def pad_images(
    images: TensorLike,
    top_padding: int | None = None,
    left_padding: int | None = None,
    bottom_padding: int | None = None,
    right_padding: int | None = None,
    target_height: int | None = None,
    target_width: int | None = None,
    data_format: str | None = None,
) -> Tensor:
    """With margins of zeros: two of top, bottom and target_height are given; and two of left, right, target_width."""
    x = tensor(images)
    height = height_axis(x, data_format)
    margins: list[list[object]] = [[0, 0] for _ in range(rank_of(x))]
    margins[height] = _two_margins(
        x.shape[height], top_padding, bottom_padding, target_height, "top", "bottom"
    )
    margins[height + 1] = _two_margins(
        x.shape[height + 1], left_padding, right_padding, target_width, "left", "right"
    )
    return pad(x, margins)  # type: ignore[arg-type]  # numbers


def _two_margins(
    size: int | Size, before: int | None, after: int | None, target: int | None, *names: str
) -> list[object]:
    if sum_of_given(before, after, target) != 2:
        raise ArgumentError(f"give exactly two of {names[0]}, {names[1]} and the target size.")
    first = before if before is not None else target - after - size  # type: ignore[operator]  # two are given
    last = after if after is not None else target - first - size  # type: ignore[operator]
    for name, margin in zip(names, (first, last), strict=True):
        if isinstance(margin, int) and margin < 0:
            raise ArgumentError(f"the margin {name} would be {margin}.")
    return [first, last]


def sum_of_given(*values: object) -> int:
    """How many are not None."""
    return len([v for v in values if v is not None])


def crop_images(
    images: TensorLike,
    top_cropping: int | None = None,
    left_cropping: int | None = None,
    bottom_cropping: int | None = None,
    right_cropping: int | None = None,
    target_height: int | None = None,
    target_width: int | None = None,
    data_format: str | None = None,
) -> Tensor:
    """Without margins. Two of top, bottom and target_height are given; and two of left, right and target_width."""
    x = tensor(images)
    height = height_axis(x, data_format)
    starts: list[object] = [0] * rank_of(x)
    sizes: list[object] = [-1] * rank_of(x)
    starts[height], sizes[height] = _kept(x.shape[height], top_cropping, bottom_cropping, target_height)
    starts[height + 1], sizes[height + 1] = _kept(
        x.shape[height + 1], left_cropping, right_cropping, target_width
    )
    return block(x, starts, sizes)  # type: ignore[arg-type]  # sizes


def _kept(
    size: int | Size, before: int | None, after: int | None, target: int | None
) -> tuple[object, object]:
    if sum_of_given(before, after, target) != 2:
        raise ArgumentError("give exactly two of the margins before and after, and the target size.")
    start = before if before is not None else size - target - after  # type: ignore[operator]  # two are given
    kept = target if target is not None else size - after - start  # type: ignore[operator]
    for name, number in (("margin", start), ("size", kept)):
        if isinstance(number, int) and number < 0:
            raise ArgumentError(f"the {name} would be {number}.")
    return start, kept
