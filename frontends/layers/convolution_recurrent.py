"""LSTM over images: its products are convolutions. Keras: https://keras.io/api/layers/recurrent_layers/

Shi et al. 2015
"""

from __future__ import annotations

from typing import Any, ClassVar

from irkit.errors import ArgumentError, ShapeError, UnsupportedError
from irkit.frontends import ops
from irkit.frontends.backend_config import data_format_or_default
from irkit.frontends.base.layer import Layer, layer
from irkit.frontends.layers.arguments import (
    Named,
    Shape,
    Sizes,
    activated,
    fraction,
    known_size,
    need_rank,
    one_of,
    sizes,
    whole,
)
from irkit.frontends.layers.convolution import biased
from irkit.frontends.layers.gates import forgetting
from irkit.frontends.layers.reshaping import image_axes
from irkit.frontends.layers.walking import refuse_stateful, step_mask, walked, with_states
from irkit.frontends.tensors.tensor import Tensor
from irkit.frontends.tensors.variable import Variable

__all__ = ["ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"]


@layer
class ConvLSTM(Layer):
    """Base: c ← f·c + i·candidate, h ← o·activation(c), each gate a convolution of the step and one of h.

    (batch, steps, *sizes, channels) → (batch, *new sizes, filters), or all steps where return_sequences
    """

    filters: int
    kernel_size: Sizes
    strides: Sizes = 1
    padding: str = "valid"
    data_format: str | None = None
    dilation_rate: Sizes = 1
    activation: Named = "tanh"
    recurrent_activation: Named = "sigmoid"
    use_bias: bool = True
    kernel_initializer: Named = "glorot_uniform"
    recurrent_initializer: Named = "orthogonal"
    bias_initializer: Named = "zeros"
    unit_forget_bias: bool = True
    kernel_regularizer: Named = None
    recurrent_regularizer: Named = None
    bias_regularizer: Named = None
    activity_regularizer: Named = None
    kernel_constraint: Named = None
    recurrent_constraint: Named = None
    bias_constraint: Named = None
    dropout: float = 0.0
    recurrent_dropout: float = 0.0
    seed: int | None = None
    return_sequences: bool = False
    return_state: bool = False
    go_backwards: bool = False
    stateful: bool = False
    unroll: bool = False
    zero_output_for_mask: bool = False

    rank: ClassVar[int]

    def setup(self) -> None:
        self.filters = whole("filters", self.filters)
        self.bias: Variable | None = None
        for name in ("kernel_size", "strides", "dilation_rate"):
            setattr(self, name, sizes(name, getattr(self, name), self.rank))
        self.padding = one_of("padding", self.padding, ("valid", "same"))
        self.data_format = data_format_or_default(self.data_format)
        self.dropout = fraction("dropout", self.dropout)
        self.recurrent_dropout = fraction("recurrent_dropout", self.recurrent_dropout)
        refuse_stateful(self.stateful)
        if max(self.strides) > 1 and max(self.dilation_rate) > 1:  # type: ignore[arg-type]  # tuples by now
            raise ArgumentError("strides and dilation_rate cannot both exceed 1.")

    def build(self, input_shape: Shape) -> None:
        axis = 2 if self.data_format == "channels_first" else -1
        channels = known_size(input_shape, axis, "channels")
        kernel: Any = self.kernel_size
        width = 4 * self.filters
        self.kernel = self._gates("kernel", (*kernel, channels, width))
        self.recurrent_kernel = self._gates("recurrent", (*kernel, self.filters, width))
        if self.use_bias:
            self.bias = self._gates("bias", (width,))

    def _gates(self, kind: str, shape: tuple[int, ...]) -> Variable:
        draw = getattr(self, f"{kind}_initializer")
        return self.add_weight(
            shape,
            forgetting(draw, self.filters) if kind == "bias" and self.unit_forget_bias else draw,
            regularizer=getattr(self, f"{kind}_regularizer"),
            constraint=getattr(self, f"{kind}_constraint"),
            name="recurrent_kernel" if kind == "recurrent" else kind,
        )

    def check_inputs(self, sequences: object, *_: object) -> None:
        axes = image_axes(self.rank, self.data_format).replace("batch", "batch, steps", 1)
        need_rank(sequences, self.rank + 3, axes)

    def call(
        self,
        sequences: Tensor,
        initial_state: Any = None,  # two tensors
        mask: Tensor | None = None,
        training: bool = False,
    ) -> Any:  # a tensor; a list where return_state
        if training and (self.dropout or self.recurrent_dropout):
            raise UnsupportedError("dropout inside a recurrent layer is not supported with training=True.")
        states = list(initial_state or [self._no_state(sequences)] * 2)
        if len(states) != 2:
            raise ArgumentError(f"initial_state needs 2 tensors. Received: {len(states)}.")
        output, last = walked(
            self._step, sequences, states, mask, self.go_backwards, self.zero_output_for_mask
        )
        if self.go_backwards:
            output = ops.flip(output, axis=1)
        result = output if self.return_sequences else output[:, -1]
        return with_states(result, last, self.return_state)

    def compute_mask(self, sequences: Any, previous_mask: Any = None) -> Any:  # masks or None
        """Of the steps, where they are returned; states have none."""
        return step_mask(previous_mask, self.return_sequences, 2 if self.return_state else 0)

    def _no_state(self, sequences: Tensor) -> Tensor:
        """Zeros in the shape that one step's output has."""
        spatial = sequences.shape[3:] if self.data_format == "channels_first" else sequences.shape[2:-1]
        if not all(isinstance(d, int) for d in spatial):
            raise ShapeError(
                f"needs to know the size of images. Received: {sequences.shape}.",
                cure="Give the sizes in Input.",
            )
        return ops.zeros_like(self._convolved(sequences[:, 0], self.kernel[..., : self.filters]))

    def _step(self, x: Tensor, states: list[Tensor]) -> tuple[Tensor, list[Tensor]]:
        h, c = states
        of_x = self._convolved(x, self.kernel)
        of_h = ops.conv(h, self.recurrent_kernel, padding="same", data_format=self.data_format)
        total = ops.add(of_x if self.bias is None else biased(of_x, self.bias, self.data_format), of_h)
        axis = 1 if self.data_format == "channels_first" else -1
        i, f, candidate, o = ops.split(total, 4, axis=axis)
        kept = ops.multiply(activated(self.recurrent_activation, f), c)
        new = ops.multiply(activated(self.recurrent_activation, i), activated(self.activation, candidate))
        c = ops.add(kept, new)
        h = ops.multiply(activated(self.recurrent_activation, o), activated(self.activation, c))
        return h, [h, c]

    def _convolved(self, x: Tensor, kernel: Any) -> Tensor:  # a variable, or a part of it
        return ops.conv(
            x,
            kernel,
            strides=self.strides,
            padding=self.padding,
            data_format=self.data_format,
            dilation_rate=self.dilation_rate,
        )


class ConvLSTM1D(ConvLSTM):
    """LSTM over rows of numbers."""

    rank = 1


class ConvLSTM2D(ConvLSTM):
    """LSTM over images."""

    rank = 2


class ConvLSTM3D(ConvLSTM):
    """LSTM over volumes."""

    rank = 3
