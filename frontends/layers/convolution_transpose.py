"""Transposed convolutions, which make images larger. Keras: https://keras.io/api/layers/convolution_layers/"""

from __future__ import annotations

from irkit.errors import ArgumentError
from irkit.frontends import ops
from irkit.frontends.base.layer import layer
from irkit.frontends.layers.arguments import Named, Shape, Sizes, activated, sizes, whole
from irkit.frontends.layers.convolution import WindowLayer, biased
from irkit.frontends.tensors.tensor import Tensor

__all__ = ["Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose"]


@layer
class ConvTranspose(WindowLayer):
    """Base: the transpose of a convolution. kernel: (*window, filters, channels).

    output_padding: how much longer each axis comes out than the shortest that would convolve to the input.
    """

    filters: int
    kernel_size: Sizes
    strides: Sizes = 1
    padding: str = "valid"
    output_padding: Sizes | None = None
    data_format: str | None = None
    dilation_rate: Sizes = 1
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
        self.filters = whole("filters", self.filters)
        if self.output_padding is not None:
            self._check_output_padding()

    def _check_output_padding(self) -> None:
        assert isinstance(self.strides, tuple)
        self.output_padding = sizes("output_padding", self.output_padding, self.rank, least=0)
        if any(p >= s for p, s in zip(self.output_padding, self.strides, strict=True)):
            raise ArgumentError(
                f"strides must exceed output_padding. Received: {self.strides} and {self.output_padding}."
            )

    def build(self, input_shape: Shape) -> None:
        channels = self.built_channels = self.channels(input_shape)
        assert isinstance(self.kernel_size, tuple)
        self.kernel = self.add_weight(
            (*self.kernel_size, self.filters, channels),
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

    def call(self, inputs: Tensor) -> Tensor:
        x = ops.conv_transpose(
            inputs,
            self.kernel,
            self.strides,
            self.padding,
            self.output_padding,
            self.data_format,
            self.dilation_rate,
        )
        return activated(self.activation, biased(x, self.bias, self.data_format) if self.use_bias else x)


class Conv1DTranspose(ConvTranspose):
    """The transpose of a convolution along steps."""

    rank = 1


class Conv2DTranspose(ConvTranspose):
    """The transpose of a convolution over rows and columns."""

    rank = 2


class Conv3DTranspose(ConvTranspose):
    """The transpose of a convolution over depth, rows and columns."""

    rank = 3
