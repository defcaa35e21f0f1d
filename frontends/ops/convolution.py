"""Convolutions of Keras: channels last or first, kernels (…grid, in, out).

ONNX wants channels first and kernels (out, in, …).
"""

from __future__ import annotations

from collections.abc import Sequence

from irkit import operators as op
from irkit.errors import ArgumentError, ShapeError
from irkit.frontends.ops.layout import PerAxis, Window, channels_last, grid_rank, per_axis, to_first, to_last
from irkit.frontends.ops.operands import Operand, int64s, promoted, rank_of, tensor
from irkit.frontends.ops.shaping import permuted, reshape
from irkit.frontends.tensors.apply import apply_one
from irkit.frontends.tensors.tensor import Tensor, TensorLike

__all__ = ["conv", "conv_transpose", "depthwise_conv", "separable_conv"]


def conv(
    inputs: TensorLike,
    kernel: TensorLike,
    strides: PerAxis = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: PerAxis = 1,
) -> Tensor:
    """Convolution over a grid of one to three axes.

    (n, …, c) with kernel (…, c/groups, filters) → (n, …, filters). padding: "valid", "same", or "causal" for one axis.
    """
    return convolved(inputs, kernel, None, strides, padding, data_format, dilation_rate)


def convolved(
    inputs: TensorLike,
    kernel: TensorLike,
    bias: TensorLike | None = None,
    strides: PerAxis = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: PerAxis = 1,
) -> Tensor:
    """`conv` with a bias for each filter, in one operator. Raises ShapeError when channels do not fit the kernel."""
    x, w = promoted(inputs, kernel, also=float)
    last, rank = channels_last(data_format), grid_rank(x)
    if rank_of(w) != rank + 2:
        raise ShapeError(
            f"the kernel must have rank {rank + 2}.", facts=[f"kernel: {w.type}", f"inputs: {x.type}"]
        )
    groups = _groups(x, w, last)
    weights = permuted(w, [rank + 1, rank, *range(rank)])
    return _sliding(x, weights, bias, groups, last, _window(w, rank, strides, dilation_rate), padding)


def _groups(x: Operand, kernel: Operand, last: bool) -> int:
    channels, each = x.shape[-1 if last else 1], kernel.shape[-2]
    if not isinstance(channels, int) or not isinstance(each, int):
        raise ShapeError("a convolution needs a fixed number of channels.", facts=[str(x.type)])
    if channels % each:
        raise ShapeError(
            f"the kernel expects {each} channels, the input has {channels}.",
            facts=[f"inputs: {x.type}", f"kernel: {kernel.type}"],
        )
    return channels // each


def _window(kernel: Operand, rank: int, strides: PerAxis, dilations: PerAxis) -> Window:
    sizes = tuple(d for d in kernel.shape[:rank] if isinstance(d, int))
    if len(sizes) != rank:
        raise ShapeError(f"a kernel needs fixed sizes, not {kernel.type}.")
    return Window(sizes, per_axis(strides, rank, "strides"), per_axis(dilations, rank, "dilation_rate"))


def _sliding(
    x: Operand,
    weights: Tensor,
    bias: TensorLike | None,
    groups: int,
    last: bool,
    window: Window,
    padding: str,
) -> Tensor:
    x = to_first(x, last)
    assert x.type.shape is not None
    auto_pad, pads = window.padding(padding, x.type.shape[2:])
    operator = op.Conv(
        auto_pad=auto_pad,
        dilations=window.dilations,
        group=groups,
        kernel_shape=window.size,
        pads=pads,
        strides=window.strides,
    )
    b = None if bias is None else tensor(bias, x.type.dtype)
    return to_last(apply_one(operator, x, weights, b), last)


def depthwise_conv(
    inputs: TensorLike,
    kernel: TensorLike,
    strides: PerAxis = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: PerAxis = 1,
) -> Tensor:
    """Each channel convolved by itself.  (n, …, c) with kernel (…, c, multiplier) → (n, …, c·multiplier)"""
    return depthwise_convolved(inputs, kernel, None, strides, padding, data_format, dilation_rate)


def depthwise_convolved(
    inputs: TensorLike,
    kernel: TensorLike,
    bias: TensorLike | None = None,
    strides: PerAxis = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: PerAxis = 1,
) -> Tensor:
    """`depthwise_conv` with a bias for each filter, in one operator."""
    x, w = promoted(inputs, kernel, also=float)
    last, rank = channels_last(data_format), grid_rank(x)
    channels = x.shape[-1 if last else 1]
    if rank_of(w) != rank + 2 or channels != w.shape[-2]:
        raise ShapeError(
            f"a depthwise kernel has one entry for each of the {channels} channels.",
            facts=[f"inputs: {x.type}", f"kernel: {w.type}"],
        )
    window = _window(w, rank, strides, dilation_rate)
    weights = permuted(w, [rank, rank + 1, *range(rank)])
    weights = reshape(weights, (-1, 1, *window.size))
    assert isinstance(channels, int)
    return _sliding(x, weights, bias, channels, last, window, padding)


def separable_conv(
    inputs: TensorLike,
    depthwise_kernel: TensorLike,
    pointwise_kernel: TensorLike,
    strides: PerAxis = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: PerAxis = 1,
) -> Tensor:
    """A depthwise convolution, then one over channels only."""
    x = depthwise_conv(inputs, depthwise_kernel, strides, padding, data_format, dilation_rate)
    return conv(x, pointwise_kernel, 1, "valid", data_format)


# ---- transposed


def conv_transpose(
    inputs: TensorLike,
    kernel: TensorLike,
    strides: PerAxis = 1,
    padding: str = "valid",
    output_padding: PerAxis | None = None,
    data_format: str | None = None,
    dilation_rate: PerAxis = 1,
) -> Tensor:
    """The transpose of a convolution, which enlarges: (n, …, c) with kernel (…, filters, c) → (n, …, filters)."""
    return transposed(inputs, kernel, None, strides, padding, output_padding, data_format, dilation_rate)


def transposed(
    inputs: TensorLike,
    kernel: TensorLike,
    bias: TensorLike | None = None,
    strides: PerAxis = 1,
    padding: str = "valid",
    output_padding: PerAxis | None = None,
    data_format: str | None = None,
    dilation_rate: PerAxis = 1,
) -> Tensor:
    """`conv_transpose` with a bias for each filter, in one operator. Raises ShapeError when channels do not fit."""
    x, w = promoted(inputs, kernel, also=float)
    last, rank = channels_last(data_format), grid_rank(x)
    if rank_of(w) != rank + 2 or x.shape[-1 if last else 1] != w.shape[-1]:
        raise ShapeError(
            "the kernel's last axis must be the channels of the input.",
            facts=[f"inputs: {x.type}", f"kernel: {w.type}"],
        )
    if padding not in ("valid", "same"):
        raise ArgumentError(f"padding must be 'valid' or 'same'. Received: {padding!r}.")
    window = _window(w, rank, strides, dilation_rate)
    wanted = None if output_padding is None else per_axis(output_padding, rank, "output_padding", least=0)
    cuts = [_cut(window, i, padding, None if wanted is None else wanted[i]) for i in range(rank)]
    weights = permuted(w, [rank + 1, rank, *range(rank)])
    return to_last(_grown(to_first(x, last), weights, bias, window, cuts), last)


def _cut(window: Window, axis: int, padding: str, output_padding: int | None) -> tuple[int, int]:
    """What is cut off before and after the full transpose, (n − 1)·stride + reach; negative: rows that are added.

    "valid" keeps all, and fills up to the stride; "same" makes n·stride, or what output_padding says.
    """
    reach, stride = window.reach[axis], window.strides[axis]
    if padding == "valid":
        return 0, -(max(reach, stride) - reach if output_padding is None else output_padding)
    extra = (
        stride if output_padding is None else reach % 2 + output_padding
    )  # of the result over (n − 1)·stride
    before = (extra + reach - 2 + 1) // 2  # rows of zeros that a convolution over the spread input would have
    return reach - 1 - min(before, reach - 1), reach - 1 - (extra + reach - 2 - min(before, reach - 1))


def _grown(
    x: Operand, weights: Operand, bias: TensorLike | None, window: Window, cuts: Sequence[tuple[int, int]]
) -> Tensor:
    begin, end = [c[0] for c in cuts], [c[1] for c in cuts]
    extra = [max(0, -e) for e in end]
    b = None if bias is None else tensor(bias, x.type.dtype)
    inside = all(e < s for e, s in zip(extra, window.strides, strict=True))
    operator = op.ConvTranspose(
        dilations=window.dilations,
        kernel_shape=window.size,
        output_padding=tuple(extra) if any(extra) and inside else None,
        pads=(*begin, *(max(0, e) for e in end)),
        strides=window.strides,
    )
    y = apply_one(operator, x, weights, b if inside else None)
    if inside:
        return y
    y = apply_one(
        op.Pad(), y, int64s([0, 0, *[0] * len(extra), 0, 0, *extra])
    )  # ONNX adds less than a stride
    return y if b is None else apply_one(op.Add(), y, reshape(b, (-1, *[1] * len(extra))))
