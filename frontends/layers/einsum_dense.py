"""EinsumDense: a product with a kernel, along the axes that an equation names.

Keras: https://keras.io/api/layers/core_layers/einsum_dense/
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from irkit.errors import ArgumentError, ShapeError
from irkit.frontends import ops
from irkit.frontends.base.layer import Layer, layer
from irkit.frontends.layers.arguments import Named, Shape, activated
from irkit.frontends.layers.core import refuse_adapters
from irkit.frontends.tensors.tensor import Tensor

__all__ = ["EinsumDense"]

_EQUATION = re.compile(r"((?:\.\.\.)?[a-zA-Z]+(?:\.\.\.)?),([a-zA-Z]+)->((?:\.\.\.)?[a-zA-Z]+(?:\.\.\.)?)")


@layer
class EinsumDense(Layer):
    """activation(einsum(equation, x, kernel) + bias)

    equation: "abc,cd->abd" is a Dense over three axes; "..." stands for axes that pass through.
    output_shape: without the batch; None for sizes of the input. bias_axes: letters of the output.
    """

    equation: str
    output_shape: int | Sequence[int | None]
    activation: Named = None
    bias_axes: str | None = None
    kernel_initializer: Named = "glorot_uniform"
    bias_initializer: Named = "zeros"
    kernel_regularizer: Named = None
    bias_regularizer: Named = None
    kernel_constraint: Named = None
    bias_constraint: Named = None
    lora_rank: int | None = None
    lora_alpha: float | None = None
    gptq_unpacked_column_size: int | None = None
    quantization_config: object = None
    activity_regularizer: Named = None
    _hidden = frozenset({"lora_rank", "lora_alpha", "gptq_unpacked_column_size"})

    def setup(self) -> None:
        refuse_adapters(self.lora_rank, self.quantization_config)
        given = self.output_shape
        self.output_shape = (given,) if isinstance(given, int) else tuple(given)
        match = _EQUATION.fullmatch(self.equation.replace(" ", ""))
        if match is None:
            raise ArgumentError(f"the equation {self.equation!r} is not of the form 'ab,bc->ac'.")
        self._input, self._kernel, self._output = match.groups()
        unknown = set(self.bias_axes or "") - set(self._output)
        if unknown:
            raise ArgumentError(
                f"bias_axes {self.bias_axes!r} must be letters of the output '{self._output}'."
            )

    def build(self, input_shape: Shape) -> None:
        known = self._sizes(input_shape)
        self.kernel = self.add_weight(
            [_known(known, letter) for letter in self._kernel],
            self.kernel_initializer,
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
            name="kernel",
        )
        self.bias = None
        if self.bias_axes:
            self.bias = self.add_weight(
                self._bias_shape(known, len(input_shape)),
                self.bias_initializer,
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
                name="bias",
            )

    def _sizes(self, input_shape: Shape) -> Mapping[str, int | None]:
        """Letter → size: those of the input, then those of output_shape."""
        assert isinstance(self.output_shape, tuple)
        letters = self._output.replace(".", "")
        given: Shape = self.output_shape
        from_end = self._output.startswith("...") or len(given) >= len(letters)
        outputs = (
            zip(reversed(letters), reversed(given), strict=False)
            if from_end
            else zip(letters[1:], given, strict=False)
        )
        return dict(outputs) | dict(_aligned(self._input, input_shape))

    def _bias_shape(self, known: Mapping[str, int | None], rank: int) -> list[int]:
        letters = self._output.replace(".", "")
        first = min(letters.index(letter) for letter in self.bias_axes or "")
        shape = [_known(known, c) if c in (self.bias_axes or "") else 1 for c in letters[first:]]
        passing = rank - len(self._input.replace(".", "")) if self._output.endswith("...") else 0
        return shape + [1] * passing

    def call(self, inputs: Tensor) -> Tensor:
        x = ops.einsum(f"{self._input},{self._kernel}->{self._output}", inputs, self.kernel)
        return activated(self.activation, x if self.bias is None else ops.add(x, self.bias))


def _aligned(letters: str, shape: Shape) -> list[tuple[str, int | None]]:
    if letters.startswith("..."):
        return list(zip(reversed(letters[3:]), reversed(shape), strict=False))
    return list(zip(letters.removesuffix("..."), shape, strict=False))


def _known(sizes: Mapping[str, int | None], letter: str) -> int:
    size = sizes.get(letter)
    if size is None:
        raise ShapeError(
            f"the kernel needs to know the size that '{letter}' stands for.",
            cure="Give it in output_shape, or give that axis of Input a number.",
        )
    return size
