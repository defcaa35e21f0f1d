"""What looks at the pixels around each pixel: patches, blur, edges, likeness."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from irkit.frontends.ops.arithmetic import add, divide, multiply, square, subtract
from irkit.frontends.ops.convolution import conv, depthwise_conv
from irkit.frontends.ops.creation import eye
from irkit.frontends.ops.joining import pad, stack
from irkit.frontends.ops.layout import PerAxis, channels_last
from irkit.frontends.ops.operands import Operand, cast_to, floating, is_float, rank_of, tensor
from irkit.frontends.ops.reduction import mean
from irkit.frontends.ops.resampling import height_axis, image_rank
from irkit.frontends.ops.shaping import expand_dims, moveaxis, reshape, squeeze
from irkit.frontends.tensors.tensor import Tensor, TensorLike
from irkit.ir import DType

__all__ = ["extract_patches", "extract_patches_3d", "gaussian_blur", "sobel_edges", "ssim"]


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
    height = height_axis(x, data_format)
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
