"""Blocks of images as columns or channels, and back."""

from __future__ import annotations

import numpy as np

from irkit import operators as op
from irkit.errors import ShapeError
from irkit.frontends.ops.layout import PerAxis, channels_last, per_axis, to_first, to_last
from irkit.frontends.ops.operands import Operand, cast_to, floating, int64s, rank_of, tensor
from irkit.frontends.ops.shaping import permuted, reshape
from irkit.frontends.tensors.apply import apply_one
from irkit.frontends.tensors.tensor import Tensor, TensorLike

__all__ = ["depth_to_space", "fold", "space_to_depth", "unfold"]


def unfold(
    x: TensorLike, kernel_size: PerAxis, dilation: PerAxis = 1, padding: PerAxis = 0, stride: PerAxis = 1
) -> Tensor:
    """Every block of (n, c, h, w) as a column: (n, c·kh·kw, blocks)."""
    images = tensor(x)
    channels = images.shape[1] if rank_of(images) == 4 else None
    if not isinstance(channels, int):
        raise ShapeError(f"a batch of images with a fixed number of channels is needed, not {images.type}.")
    size = per_axis(kernel_size, 2, "kernel_size")
    margins = per_axis(padding, 2, "padding", least=0)
    count = size[0] * size[1]
    kernel = np.tile(np.eye(count).reshape(count, 1, *size), (channels, 1, 1, 1))
    wide = floating(images)
    operator = op.Conv(
        dilations=per_axis(dilation, 2, "dilation"),
        group=channels,
        kernel_shape=size,
        pads=(*margins, *margins),
        strides=per_axis(stride, 2, "stride"),
    )
    made = apply_one(operator, wide, tensor(kernel, wide.type.dtype))
    return cast_to(reshape(made, (images.shape[0], channels * count, -1)), images.type.dtype)


def fold(
    x: TensorLike,
    output_size: PerAxis,
    kernel_size: PerAxis,
    dilation: PerAxis = 1,
    padding: PerAxis = 0,
    stride: PerAxis = 1,
) -> Tensor:
    """The inverse of `unfold`; where blocks overlap they are added: (n, c·kh·kw, blocks) → (n, c, h, w)."""
    margins = per_axis(padding, 2, "padding", least=0)
    operator = op.Col2Im(
        dilations=per_axis(dilation, 2, "dilation"),
        pads=(*margins, *margins),
        strides=per_axis(stride, 2, "stride"),
    )
    sizes = (
        int64s(per_axis(v, 2, n)) for v, n in ((output_size, "output_size"), (kernel_size, "kernel_size"))
    )
    return apply_one(operator, tensor(x), *sizes)


def depth_to_space(x: TensorLike, block_size: int, data_format: str = "channels_last") -> Tensor:
    """Channels become blocks of pixels: (n, h, w, c·b²) → (n, h·b, w·b, c)."""
    last = channels_last(data_format)
    images = _checked(tensor(x))
    # channels first, Keras has the block's place behind the channel: ONNX's CRD
    operator = op.DepthToSpace(blocksize=block_size, mode="DCR" if last else "CRD")
    return to_last(apply_one(operator, to_first(images, last)), last)


def space_to_depth(x: TensorLike, block_size: int, data_format: str = "channels_last") -> Tensor:
    """Blocks of pixels become channels: (n, h·b, w·b, c) → (n, h, w, c·b²)."""
    last, b = channels_last(data_format), block_size
    images = _checked(tensor(x))
    if last:
        return to_last(apply_one(op.SpaceToDepth(blocksize=b), to_first(images, last)), last)
    n, c, h, w = images.shape
    apart = reshape(images, (n, c, h // b, b, w // b, b))
    return reshape(permuted(apart, (0, 1, 3, 5, 2, 4)), (n, c * b * b, h // b, w // b))


def _checked(x: Operand) -> Operand:
    if rank_of(x) != 4:
        raise ShapeError(f"a batch of images is needed, not {x.type}.")
    return x
