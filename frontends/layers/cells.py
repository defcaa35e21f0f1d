"""Cells: one step of a recurrent layer, and RNN, which walks along a sequence with any cell.

Keras: https://keras.io/api/layers/recurrent_layers/
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from irkit.errors import ArgumentError, UnsupportedError
from irkit.frontends import ops
from irkit.frontends.base.layer import Layer, layer
from irkit.frontends.layers.arguments import Named, Shape, known_size, whole
from irkit.frontends.layers.gates import Gated, GRUGates, LSTMGates, SimpleGates
from irkit.frontends.layers.inner import inner_layer
from irkit.frontends.layers.walking import refuse_stateful, step_mask, walked, with_states, zero_state
from irkit.frontends.tensors.tensor import Tensor

__all__ = ["GRUCell", "LSTMCell", "RNN", "SimpleRNNCell", "StackedRNNCells"]


class Cell(Gated):
    """Base: (x, states) → (output, new states)."""

    dropout: float
    recurrent_dropout: float

    def setup(self) -> None:
        self.units = whole("units", self.units)

    def build(self, input_shape: Shape) -> None:
        self.add_gates(known_size(input_shape, -1, "features"))

    @property
    def output_size(self) -> int:
        return self.units

    def call(
        self, inputs: Tensor, states: Any, training: bool = False
    ) -> tuple[Tensor, Any]:  # a tensor or a list
        if training and (self.dropout or self.recurrent_dropout):
            raise UnsupportedError("dropout inside a cell is not supported with training=True.")
        listed = list(states) if isinstance(states, list | tuple) else [states]
        new = self.step(inputs, listed)
        return new[0], new if isinstance(states, list | tuple) else new[0]


@layer
class SimpleRNNCell(SimpleGates, Cell):
    """One step of SimpleRNN."""

    units: int
    activation: Named = "tanh"
    use_bias: bool = True
    kernel_initializer: Named = "glorot_uniform"
    recurrent_initializer: Named = "orthogonal"
    bias_initializer: Named = "zeros"
    kernel_regularizer: Named = None
    recurrent_regularizer: Named = None
    bias_regularizer: Named = None
    kernel_constraint: Named = None
    recurrent_constraint: Named = None
    bias_constraint: Named = None
    dropout: float = 0.0
    recurrent_dropout: float = 0.0
    seed: int | None = None


@layer
class GRUCell(GRUGates, Cell):
    """One step of GRU."""

    units: int
    activation: Named = "tanh"
    recurrent_activation: Named = "sigmoid"
    use_bias: bool = True
    kernel_initializer: Named = "glorot_uniform"
    recurrent_initializer: Named = "orthogonal"
    bias_initializer: Named = "zeros"
    kernel_regularizer: Named = None
    recurrent_regularizer: Named = None
    bias_regularizer: Named = None
    kernel_constraint: Named = None
    recurrent_constraint: Named = None
    bias_constraint: Named = None
    dropout: float = 0.0
    recurrent_dropout: float = 0.0
    reset_after: bool = True
    seed: int | None = None


@layer
class LSTMCell(LSTMGates, Cell):
    """One step of LSTM."""

    units: int
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
    kernel_constraint: Named = None
    recurrent_constraint: Named = None
    bias_constraint: Named = None
    dropout: float = 0.0
    recurrent_dropout: float = 0.0
    seed: int | None = None


@layer
class StackedRNNCells(Layer):
    """Cells one above the other: each takes the output of the one before."""

    cells: Sequence[Layer]

    def setup(self) -> None:
        self.cells = [inner_layer(cell) for cell in self.cells]

    @property
    def state_size(self) -> list[Any]:
        """Sizes of the states of each cell."""
        return [cell.state_size for cell in self.cells]

    def build(self, input_shape: Shape) -> None:
        for cell in self.cells:
            if not cell.built:
                cell.build(input_shape)
                cell.built = True
            input_shape = (*input_shape[:-1], _sizes(cell.state_size)[0])

    def call(self, inputs: Tensor, states: Sequence[Any], training: bool = False) -> tuple[Tensor, list[Any]]:
        new = []
        for cell, state in zip(self.cells, states, strict=True):
            inputs, after = cell(inputs, state)
            new.append(after)
        return inputs, new


def _sizes(state_size: Any) -> list[int]:  # a number, or a list of numbers or lists
    """All sizes of states in one list."""
    return (
        [n for s in state_size for n in _sizes(s)] if isinstance(state_size, list | tuple) else [state_size]
    )


@layer
class RNN(Layer):
    """Walks along a sequence with a cell: a layer with state_size and call(x, states) → (output, states).

    (batch, steps, …) → (batch, …), or (batch, steps, …) where return_sequences
    """

    cell: Any
    return_sequences: bool = False
    return_state: bool = False
    go_backwards: bool = False
    stateful: bool = False
    unroll: bool = False
    zero_output_for_mask: bool = False

    def setup(self) -> None:
        if isinstance(self.cell, list | tuple):
            self.cell = StackedRNNCells(self.cell)
        self.cell = inner_layer(self.cell)
        if not hasattr(self.cell, "state_size"):
            raise ArgumentError(f"a cell has a state_size. Received: {self.cell!r}.")
        refuse_stateful(self.stateful)

    def build(self, input_shape: Shape) -> None:
        if not self.cell.built:
            self.cell.build((input_shape[0], *input_shape[2:]))
            self.cell.built = True

    def call(
        self,
        sequences: Tensor,
        initial_state: Any = None,  # a tensor, or a list of them
        mask: Tensor | None = None,
        training: bool = False,
    ) -> Any:  # a tensor; a list where return_state
        sizes = _sizes(self.cell.state_size)
        given = initial_state if initial_state is not None else [zero_state(sequences, n) for n in sizes]
        flat = _flat(given)
        if len(flat) != len(sizes):
            raise ArgumentError(f"initial_state needs {len(sizes)} tensors. Received: {len(flat)}.")
        output, last = walked(self._step, sequences, flat, mask, self.go_backwards, self.zero_output_for_mask)
        if self.go_backwards:
            output = ops.flip(output, axis=1)
        result = output if self.return_sequences else output[:, -1]
        return with_states(result, last, self.return_state)

    def compute_mask(self, sequences: Any, previous_mask: Any = None) -> Any:  # masks or None
        """Of the steps, where they are returned; states have none."""
        states = len(_sizes(self.cell.state_size)) if self.return_state else 0
        return step_mask(previous_mask, self.return_sequences, states)

    def _step(self, x: Tensor, states: list[Tensor]) -> tuple[Tensor, list[Tensor]]:
        output, new = self.cell(x, _shaped(self.cell.state_size, list(states)))
        return output, _flat(new)


def _flat(states: Any) -> list[Tensor]:  # a tensor, or lists of them
    return [t for s in states for t in _flat(s)] if isinstance(states, list | tuple) else [states]


def _shaped(state_size: Any, flat: list[Tensor]) -> Any:  # as a cell takes its states
    """The states as the cell has them: a list for one size too, as Keras gives it."""
    if not isinstance(state_size, list | tuple):
        return [flat.pop(0)]
    if any(isinstance(s, list | tuple) for s in state_size):
        return [_shaped(s, flat) for s in state_size]
    return [flat.pop(0) for _ in state_size]
