"""irkit.ops.image: images, alone (h, w, c) or in batches (n, h, w, c); channels first where data_format says so."""

from __future__ import annotations

from collections.abc import Sequence

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
    square,
    subtract,
)
from irkit.frontends.ops.comparison import equal, greater, less, where
from irkit.frontends.ops.convolution import conv, depthwise_conv
from irkit.frontends.ops.creation import eye
from irkit.frontends.ops.gathering import slice as block
from irkit.frontends.ops.joining import pad, stack, unstack
from irkit.frontends.ops.layout import PerAxis, channels_last
from irkit.frontends.ops.operands import (
    Operand,
    cast_to,
    floating,
    is_float,
    rank_of,
    result,
    tensor,
)
from irkit.frontends.ops.reduction import mean, sum
from irkit.frontends.ops.resampling import image_rank, resize, scale_and_translate
from irkit.frontends.ops.shaping import expand_dims, moveaxis, reshape, squeeze
from irkit.frontends.ops.warping import (
    affine_transform,
    elastic_transform,
    map_coordinates,
    perspective_transform,
)
from irkit.frontends.size import Size
from irkit.frontends.tensor import Tensor, TensorLike
from irkit.ir import DType

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
    height = _height_axis(x, data_format)
    margins: list[list[object]] = [[0, 0] for _ in range(rank_of(x))]
    margins[height] = _two_margins(
        x.shape[height], top_padding, bottom_padding, target_height, "top", "bottom"
    )
    margins[height + 1] = _two_margins(
        x.shape[height + 1], left_padding, right_padding, target_width, "left", "right"
    )
    return pad(x, margins)  # type: ignore[arg-type]  # numbers


def _height_axis(x: Operand, data_format: str | None) -> int:
    rank = image_rank(x)
    return rank - 3 if channels_last(data_format) else rank - 2


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
    height = _height_axis(x, data_format)
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


# ---- patches


def extract_patches(
    images: TensorLike,
    size: PerAxis,
    strides: PerAxis | None = None,
    dilation_rate: PerAxis = 1,
    padding: str = "valid",
    data_format: str | None = None,
) -> Tensor:
    """The blocks of an image, each as one long channel vector, `strides` apart (by default beside each other)."""
    rank = 3 if not isinstance(size, int) and len(size) == 3 else 2
    return _patches(images, size, strides, dilation_rate, padding, data_format, rank)


def extract_patches_3d(
    volumes: TensorLike,
    size: PerAxis,
    strides: PerAxis | None = None,
    dilation_rate: PerAxis = 1,
    padding: str = "valid",
    data_format: str | None = None,
) -> Tensor:
    """The blocks of a volume, each as one long channel vector."""
    return _patches(volumes, size, strides, dilation_rate, padding, data_format, 3)


def _patches(
    images: TensorLike,
    size: PerAxis,
    strides: PerAxis | None,
    dilation_rate: PerAxis,
    padding: str,
    data_format: str | None,
    rank: int,
) -> Tensor:
    """A convolution whose kernel picks each pixel of the window once."""
    x = tensor(images)
    window = (size,) * rank if isinstance(size, int) else tuple(size)
    alone = rank_of(x) == rank + 1
    x = expand_dims(x, 0) if alone else x
    channels = x.shape[-1 if channels_last(data_format) else 1]
    assert isinstance(channels, int)
    count = int(np.prod(window)) * channels
    kernel = reshape(eye(count, dtype=x.type.dtype), (*window, channels, count))
    made = conv(x, kernel, window if strides is None else strides, padding, data_format, dilation_rate)
    return squeeze(made, 0) if alone else made


# ---- filters


def gaussian_blur(
    images: TensorLike,
    kernel_size: Sequence[int] = (3, 3),
    sigma: Sequence[float] = (1.0, 1.0),
    data_format: str | None = None,
) -> Tensor:
    """Each pixel the mean of those around it, weighted by the normal distribution; zeros lie outside."""
    x = tensor(images)
    image_rank(x)
    last = channels_last(data_format)
    wide = x if is_float(x) and x.type.dtype.bits >= 32 else cast_to(x, DType.float32)
    window = np.outer(_bell(kernel_size[1], sigma[1]), _bell(kernel_size[0], sigma[0]))
    return cast_to(_filtered(wide, window[:, :, None], last), x.type.dtype)


def _bell(size: int, sigma: float) -> np.ndarray:
    x = np.arange(int(size)) - (int(size) - 1) / 2
    weights = np.exp(-0.5 * (x / float(sigma)) ** 2)
    return np.asarray(weights / weights.sum())


def _filtered(x: Operand, windows: np.ndarray, last: bool, padding: str = "same") -> Tensor:
    """Each channel with each of the windows (h, w, count)."""
    alone = rank_of(x) == 3
    x = expand_dims(x, 0) if alone else x
    channels = x.shape[-1 if last else 1]
    kernel = np.repeat(windows[:, :, None, :], int(channels), axis=2)
    data_format = "channels_last" if last else "channels_first"
    made = depthwise_conv(x, tensor(kernel, x.type.dtype), 1, padding, data_format)
    return squeeze(made, 0) if alone else made


_SOBEL = np.array([[-1, -2, -1], [0, 0, 0], [1, 2, 1]], np.float32)


def sobel_edges(images: TensorLike, data_format: str | None = None) -> Tensor:
    """How the image changes downwards and to the right, in a new last axis; mirrored at the edge."""
    x = tensor(images)
    last = channels_last(data_format)
    height = _height_axis(x, data_format)
    margins = [[1, 1] if a in (height, height + 1) else [0, 0] for a in range(rank_of(x))]
    wide = pad(floating(x), margins, mode="reflect")
    down = _filtered(wide, _SOBEL[:, :, None], last, "valid")
    right = _filtered(wide, _SOBEL.T[:, :, None], last, "valid")
    return cast_to(stack([down, right], -1), x.type.dtype)


def ssim(
    image1: TensorLike,
    image2: TensorLike,
    max_val: float = 1.0,
    filter_size: int = 11,
    filter_sigma: float = 1.5,
    k1: float = 0.01,
    k2: float = 0.03,
    data_format: str | None = None,
) -> Tensor:
    """How alike two images look, from 0 to 1.  https://doi.org/10.1109/TIP.2003.819861"""
    a, b = floating(image1), floating(image2)
    alone, last = image_rank(a) == 3, channels_last(data_format)
    a, b = (expand_dims(v, 0) if alone else v for v in (a, b))
    a, b = (v if last else moveaxis(v, 1, -1) for v in (a, b))
    bell = _bell(filter_size, filter_sigma)
    window = np.outer(bell, bell)[:, :, None]

    def blurred(x: Operand) -> Tensor:
        return _filtered(x, window, last=True, padding="valid")

    mean_a, mean_b = blurred(a), blurred(b)
    both, squares = multiply(mean_a, mean_b), (square(mean_a), square(mean_b))
    spread = [subtract(blurred(square(v)), s) for v, s in zip((a, b), squares, strict=True)]
    shared = subtract(blurred(multiply(a, b)), both)
    c1, c2 = (k1 * max_val) ** 2, (k2 * max_val) ** 2
    alike = multiply(add(multiply(both, 2.0), c1), add(multiply(shared, 2.0), c2))
    whole = multiply(add(add(*squares), c1), add(add(*spread), c2))
    made = mean(divide(alike, whole), [1, 2, 3])
    return cast_to(squeeze(made, 0) if alone else made, tensor(image1).type.dtype)
