"""Convolutions over 1, 2 or 3 spatial axes. Keras: https://keras.io/api/layers/convolution_layers/

x ∗ kernel + bias, with Keras's kernels: (*window, inputs/groups, filters).
"""

from __future__ import annotations

from typing import ClassVar

from irkit.errors import ArgumentError, ShapeError
from irkit.frontends import ops
from irkit.frontends.backend_config import data_format_or_default
from irkit.frontends.base.layer import Layer, layer
from irkit.frontends.layers.arguments import (
    Named,
    Shape,
    Sizes,
    activated,
    known_size,
    need_rank,
    need_size,
    one_of,
    sizes,
    whole,
)
from irkit.frontends.layers.reshaping import image_axes, with_spatial
from irkit.frontends.tensors.tensor import Tensor
from irkit.frontends.tensors.variable import Variable

__all__ = [
    "Conv1D",
    "Conv2D",
    "Conv3D",
    "DepthwiseConv1D",
    "DepthwiseConv2D",
    "SeparableConv1D",
    "SeparableConv2D",
]


def biased(x: Tensor, bias: Variable, data_format: str | None) -> Tensor:
    """x + bias, one number for each channel."""
    if data_format == "channels_first":
        return ops.add(x, ops.reshape(bias, (-1, *(1,) * (x.ndim - 2))))
    return ops.add(x, bias)


class WindowLayer(Layer):
    """Base: what all layers with a window over `rank` spatial axes have in common."""

    rank: ClassVar[int]
    PADDINGS: ClassVar[tuple[str, ...]] = ("valid", "same")

    kernel_size: Sizes
    strides: Sizes
    padding: str
    data_format: str | None
    dilation_rate: Sizes
    built_channels: int  # of the input that the kernel was made for; set by build

    def setup(self) -> None:
        self.kernel_size = sizes("kernel_size", self.kernel_size, self.rank)
        self.strides = sizes("strides", self.strides, self.rank)
        self.dilation_rate = sizes("dilation_rate", self.dilation_rate, self.rank)
        self.padding = one_of("padding", self.padding, self.PADDINGS)
        self.data_format = data_format_or_default(self.data_format)
        if max(self.strides) > 1 and max(self.dilation_rate) > 1:
            raise ArgumentError(
                f"strides {self.strides} and dilation_rate {self.dilation_rate} cannot both exceed 1."
            )

    @property
    def channel_axis(self) -> int:
        return 1 if self.data_format == "channels_first" else -1

    def channels(self, input_shape: Shape) -> int:
        return known_size(input_shape, self.channel_axis, "channels")

    def check_inputs(self, inputs: object) -> None:
        need_rank(inputs, self.rank + 2, image_axes(self.rank, self.data_format))
        if self.built:
            need_size(
                inputs,
                self.channel_axis,
                self.built_channels,
                "kernel expects {expected} channels, the input has {size}.",
                "Give it an input with as many channels, or another data_format.",
            )


@layer
class Conv(WindowLayer):
    """Base of Conv1D, Conv2D, Conv3D.

    (batch, *sizes, channels) → (batch, *new sizes, filters); channels_first: the channels come second
    """

    filters: int
    kernel_size: Sizes
    strides: Sizes = 1
    padding: str = "valid"
    data_format: str | None = None
    dilation_rate: Sizes = 1
    groups: int = 1
    activation: Named = None
    use_bias: bool = True
    kernel_initializer: Named = "glorot_uniform"
    bias_initializer: Named = "zeros"
    kernel_regularizer: Named = None
    bias_regularizer: Named = None
    activity_regularizer: Named = None
    kernel_constraint: Named = None
    bias_constraint: Named = None

    def setup(self) -> None:
        super().setup()
        self.filters, self.groups = whole("filters", self.filters), whole("groups", self.groups)
        if self.filters % self.groups:
            raise ArgumentError(
                f"filters must be a multiple of groups. Received: {self.filters} and {self.groups}."
            )

    def build(self, input_shape: Shape) -> None:
        channels = self.built_channels = self.channels(input_shape)
        if channels % self.groups:
            raise ShapeError(f"the input has {channels} channels, which {self.groups} groups cannot share.")
        assert isinstance(self.kernel_size, tuple)
        self.kernel = self.add_weight(
            (*self.kernel_size, channels // self.groups, self.filters),
            self.kernel_initializer,
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
            name="kernel",
        )
        if self.use_bias:
            self.bias = self.add_weight(
                (self.filters,),
                self.bias_initializer,
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
                name="bias",
            )

    def _padded(self, inputs: Tensor) -> tuple[Tensor, str]:
        """What to convolve, and with which padding: "causal" is zeros before the first step."""
        if self.padding != "causal":
            return inputs, self.padding
        assert isinstance(self.kernel_size, tuple)
        assert isinstance(self.dilation_rate, tuple)
        before = self.dilation_rate[0] * (self.kernel_size[0] - 1)
        return ops.pad(inputs, with_spatial([(before, 0)], (0, 0), self.data_format)), "valid"  # type: ignore[arg-type]  # pairs

    def call(self, inputs: Tensor) -> Tensor:
        x, padding = self._padded(inputs)
        x = ops.conv(x, self.kernel, self.strides, padding, self.data_format, self.dilation_rate)
        return activated(self.activation, biased(x, self.bias, self.data_format) if self.use_bias else x)


class Conv1D(Conv):
    """Convolution along steps. padding: "valid", "same", "causal"."""

    rank = 1
    PADDINGS = ("valid", "same", "causal")


class Conv2D(Conv):
    """Convolution over rows and columns."""

    rank = 2


class Conv3D(Conv):
    """Convolution over depth, rows and columns."""

    rank = 3


@layer
class DepthwiseConv(WindowLayer):
    """Base: each channel convolved on its own, with depth_multiplier kernels.

    (batch, *sizes, channels) → (batch, *new sizes, channels·depth_multiplier)
    """

    kernel_size: Sizes
    strides: Sizes = 1
    padding: str = "valid"
    depth_multiplier: int = 1
    data_format: str | None = None
    dilation_rate: Sizes = 1
    activation: Named = None
    use_bias: bool = True
    depthwise_initializer: Named = "glorot_uniform"
    bias_initializer: Named = "zeros"
    depthwise_regularizer: Named = None
    bias_regularizer: Named = None
    activity_regularizer: Named = None
    depthwise_constraint: Named = None
    bias_constraint: Named = None

    def setup(self) -> None:
        super().setup()
        self.depth_multiplier = whole("depth_multiplier", self.depth_multiplier)

    def build(self, input_shape: Shape) -> None:
        channels = self.built_channels = self.channels(input_shape)
        assert isinstance(self.kernel_size, tuple)
        self.kernel = self.add_weight(
            (*self.kernel_size, channels, self.depth_multiplier),
            self.depthwise_initializer,
            regularizer=self.depthwise_regularizer,
            constraint=self.depthwise_constraint,
            name="kernel",
        )
        if self.use_bias:
            self.bias = self.add_weight(
                (channels * self.depth_multiplier,),
                self.bias_initializer,
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
                name="bias",
            )

    def call(self, inputs: Tensor) -> Tensor:
        x = ops.depthwise_conv(
            inputs, self.kernel, self.strides, self.padding, self.data_format, self.dilation_rate
        )
        return activated(self.activation, biased(x, self.bias, self.data_format) if self.use_bias else x)


class DepthwiseConv1D(DepthwiseConv):
    """Each channel convolved along steps on its own."""

    rank = 1


class DepthwiseConv2D(DepthwiseConv):
    """Each channel convolved over rows and columns on its own."""

    rank = 2


@layer
class SeparableConv(WindowLayer):
    """Base: a depthwise convolution, then one with a window of 1 that mixes the channels."""

    filters: int
    kernel_size: Sizes
    strides: Sizes = 1
    padding: str = "valid"
    data_format: str | None = None
    dilation_rate: Sizes = 1
    depth_multiplier: int = 1
    activation: Named = None
    use_bias: bool = True
    depthwise_initializer: Named = "glorot_uniform"
    pointwise_initializer: Named = "glorot_uniform"
    bias_initializer: Named = "zeros"
    depthwise_regularizer: Named = None
    pointwise_regularizer: Named = None
    bias_regularizer: Named = None
    activity_regularizer: Named = None
    depthwise_constraint: Named = None
    pointwise_constraint: Named = None
    bias_constraint: Named = None

    def setup(self) -> None:
        super().setup()
        self.filters = whole("filters", self.filters)
        self.depth_multiplier = whole("depth_multiplier", self.depth_multiplier)

    def build(self, input_shape: Shape) -> None:
        channels = self.built_channels = self.channels(input_shape)
        assert isinstance(self.kernel_size, tuple)
        self.depthwise_kernel = self.add_weight(
            (*self.kernel_size, channels, self.depth_multiplier),
            self.depthwise_initializer,
            regularizer=self.depthwise_regularizer,
            constraint=self.depthwise_constraint,
            name="depthwise_kernel",
        )
        self.pointwise_kernel = self.add_weight(
            (*(1,) * self.rank, channels * self.depth_multiplier, self.filters),
            self.pointwise_initializer,
            regularizer=self.pointwise_regularizer,
            constraint=self.pointwise_constraint,
            name="pointwise_kernel",
        )
        if self.use_bias:
            self.bias = self.add_weight(
                (self.filters,),
                self.bias_initializer,
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
                name="bias",
            )

    def call(self, inputs: Tensor) -> Tensor:
        x = ops.depthwise_conv(
            inputs, self.depthwise_kernel, self.strides, self.padding, self.data_format, self.dilation_rate
        )
        x = ops.conv(x, self.pointwise_kernel, 1, "valid", self.data_format)
        return activated(self.activation, biased(x, self.bias, self.data_format) if self.use_bias else x)


class SeparableConv1D(SeparableConv):
    """A depthwise and a pointwise convolution along steps."""

    rank = 1


class SeparableConv2D(SeparableConv):
    """A depthwise and a pointwise convolution over rows and columns."""

    rank = 2
