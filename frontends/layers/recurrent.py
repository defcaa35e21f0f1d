"""SimpleRNN, GRU and LSTM, as ONNX's operators of the same names compute them.

Keras: https://keras.io/api/layers/recurrent_layers/. Keras's weights are what users see;
the graph turns them round to ONNX's order of gates, by operators that are folded when the model is saved.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, ClassVar

import numpy as np

from irkit import operators as op
from irkit.errors import ArgumentError, ShapeError, UnsupportedError
from irkit.frontends import ops
from irkit.frontends.base.layer import layer
from irkit.frontends.base.layer_facts import made_by
from irkit.frontends.layers.arguments import Named, Shape, fraction, known_size, need_rank, need_size, whole
from irkit.frontends.layers.gates import (
    Gated,
    GRUGates,
    LSTMGates,
    SimpleGates,
    gate_attributes,
    known_to_onnx,
)
from irkit.frontends.layers.walking import step_mask, walked, with_states, zero_state
from irkit.frontends.tensors.apply import apply
from irkit.frontends.tensors.tensor import Tensor
from irkit.frontends.tensors.variable import Variable
from irkit.ir import DType, TensorType
from irkit.operators import Operator

__all__ = ["GRU", "LSTM", "SimpleRNN"]


def _need_steps(sequences: object) -> None:
    """Raises ShapeError for the last step alone that a recurrent layer gave."""
    maker = made_by(sequences)
    if maker is None or not hasattr(maker.layer, "return_sequences") or maker.layer.return_sequences:
        return
    if isinstance(sequences, Tensor) and sequences.ndim == 2:
        raise ShapeError(
            f"needs all steps of a sequence, (batch, steps, features), and {maker.layer.shown} gives its last one.",
            cure=f"Write return_sequences=True in {maker.layer.shown} ({maker.source}).",
        )


class Recurrent(Gated):
    """Base: walks along the steps of a sequence, keeping one state (or several) of `units` numbers.

    (batch, steps, features) → (batch, units), or (batch, steps, units) where return_sequences

    return_state: the last states as well. go_backwards: from the last step to the first, in that order.
    """

    dropout: float
    recurrent_dropout: float
    return_sequences: bool
    return_state: bool
    go_backwards: bool
    stateful: bool
    zero_output_for_mask: bool
    seed: int | None

    gate_order: ClassVar[tuple[int, ...]]  # which of Keras's gates stands at each place of ONNX's
    cell_name: ClassVar[str]

    def setup(self) -> None:
        self.units = whole("units", self.units)
        self.dropout = fraction("dropout", self.dropout)
        self.recurrent_dropout = fraction("recurrent_dropout", self.recurrent_dropout)
        self.__dict__["_kept"] = []  # variables, but no weights: Keras neither counts nor saves them as such

    def build(self, input_shape: Shape) -> None:
        features = known_size(input_shape, -1, "features")
        self.add_gates(features, f"{self.cell_name}/")
        if self.stateful:
            self._keep_states(input_shape[0])

    def _keep_states(self, batch: int | None) -> None:
        if batch is None:
            raise ArgumentError(
                "stateful=True needs a fixed number of samples: each has a state of its own.",
                cure="Give it: Input(batch_shape=(samples, steps, features)).",
            )
        type_ = TensorType(DType.of(self.dtype), (batch, self.units))
        zeros = partial(np.zeros, type_.shape, type_.dtype.numpy)
        self._kept[:] = [
            Variable.drawn(f"{self.name}/rnn_state", type_, zeros, trainable=False)
            for _ in range(self.states)
        ]

    def reset_states(self) -> None:
        """Begin the next call from zero again, where stateful=True."""
        for variable in self._kept:
            variable.assign(np.zeros(variable.shape))

    reset_state = reset_states

    def check_inputs(self, sequences: object, *_: object) -> None:
        _need_steps(sequences)
        need_rank(sequences, 3, "batch, steps, features")
        if self.built:
            expected = self.kernel.shape[0]
            need_size(
                sequences,
                -1,
                expected,
                "kernel expects {expected} features a step, the input has {size}.",
                "",
            )

    def call(
        self,
        sequences: Tensor,
        initial_state: Any = None,  # a tensor, or a list of them
        mask: Tensor | None = None,
        training: bool = False,
    ) -> Any:  # a tensor; a list where return_state
        if training and (self.dropout or self.recurrent_dropout):
            raise UnsupportedError("dropout inside a recurrent layer is not supported with training=True.")
        states = self._initial(initial_state)
        if mask is None and all(map(known_to_onnx, self.functions)):
            output, last = self.walk(sequences, states, reverse=self.go_backwards)
        else:
            given = [zero_state(sequences, self.units) if s is None else s for s in states]
            output, last = walked(
                self._step, sequences, given, mask, self.go_backwards, self.zero_output_for_mask
            )
        for variable, state in zip(self._kept, last, strict=False):  # none are kept unless stateful
            variable.assign(state)
        if self.return_sequences and self.go_backwards:
            output = ops.flip(output, axis=1)  # Keras shows the steps in the order in which they were walked
        result = output if self.return_sequences else last[0]
        return with_states(result, last, self.return_state)

    def compute_mask(self, sequences: Any, previous_mask: Any = None) -> Any:  # masks or None
        """Of the steps, where they are returned; states have none."""
        return step_mask(previous_mask, self.return_sequences, self.states if self.return_state else 0)

    def _step(self, x: Tensor, states: list[Tensor]) -> tuple[Tensor, list[Tensor]]:
        new = self.step(x, states)
        return new[0], new

    @property
    def functions(self) -> tuple[Named, ...]:
        """Activations, in ONNX's order."""
        raise NotImplementedError

    def _initial(self, given: Any) -> list[Tensor | None]:  # as in call
        if given is None:
            return [v.value for v in self._kept] or [None] * self.states
        states = list(given) if isinstance(given, list | tuple) else [given]
        if len(states) != self.states:
            raise ArgumentError(f"initial_state needs {self.states} tensors. Received: {len(states)}.")
        for state in states:
            if isinstance(state, Tensor) and (state.ndim != 2 or state.shape[-1] not in (self.units, None)):
                raise ShapeError(f"initial_state must be (batch, {self.units}). Received: {state.shape}.")
        return states

    def walk(
        self, sequences: Tensor, initial: Sequence[Tensor | None], *, reverse: bool
    ) -> tuple[Tensor, list[Tensor]]:
        """Outputs of all steps, in the order of the steps, and the last states."""
        steps_first = ops.transpose(sequences, (1, 0, 2))
        weights = [ops.expand_dims(w, 0) if w is not None else None for w in self.onnx_weights()]
        states = [None if s is None else ops.expand_dims(s, 0) for s in initial]
        results = apply(
            self.operator("reverse" if reverse else "forward"), steps_first, *weights, None, *states
        )
        output, *last = results
        # (steps, 1, batch, units) → (batch, steps, units)
        return ops.transpose(ops.squeeze(output, 1), (1, 0, 2)), [ops.squeeze(s, 0) for s in last]

    def operator(self, direction: str) -> Operator:
        """ONNX's operator with this layer's functions."""
        raise NotImplementedError

    def onnx_weights(self) -> list[Tensor | None]:
        """W, R and B as ONNX has them, for one direction."""
        bias = self.onnx_bias() if self.bias is not None else None
        return [self._gates_as_rows(self.kernel), self._gates_as_rows(self.recurrent_kernel), bias]

    def onnx_bias(self) -> Tensor:
        """Biases of the inputs, then zeros for those of the state, which Keras lacks."""
        assert self.bias is not None
        own = self._reordered(ops.convert_to_tensor(self.bias), 0)
        return ops.concatenate([own, ops.zeros_like(own)], axis=0)

    def _gates_as_rows(self, kernel: Variable) -> Tensor:
        return self._reordered(ops.transpose(kernel), 0)

    def _reordered(self, x: Tensor, axis: int) -> Tensor:
        """Blocks of `units` rows, in ONNX's order of gates."""
        if self.gate_order == tuple(range(len(self.gate_order))):
            return x
        gates = ops.split(x, len(self.gate_order), axis=axis)
        return ops.concatenate([gates[g] for g in self.gate_order], axis=axis)


@layer
class SimpleRNN(SimpleGates, Recurrent):
    """h ← activation(x·kernel + h·recurrent_kernel + bias)"""

    units: int
    activation: Named = "tanh"
    use_bias: bool = True
    kernel_initializer: Named = "glorot_uniform"
    recurrent_initializer: Named = "orthogonal"
    bias_initializer: Named = "zeros"
    kernel_regularizer: Named = None
    recurrent_regularizer: Named = None
    bias_regularizer: Named = None
    activity_regularizer: Named = None
    kernel_constraint: Named = None
    recurrent_constraint: Named = None
    bias_constraint: Named = None
    dropout: float = 0.0
    recurrent_dropout: float = 0.0
    return_sequences: bool = False
    return_state: bool = False
    go_backwards: bool = False
    stateful: bool = False
    unroll: bool = False
    seed: int | None = None
    zero_output_for_mask: bool = False
    _hidden = frozenset({"seed"})  # Keras shows none for this layer

    gate_order = (0,)
    cell_name = "simple_rnn_cell"

    @property
    def functions(self) -> tuple[Named, ...]:
        return (self.activation,)

    def operator(self, direction: str) -> Operator:
        return op.RNN(hidden_size=self.units, direction=direction, **gate_attributes(*self.functions))


@layer
class GRU(GRUGates, Recurrent):
    """Gated recurrent unit: gates z (how much stays) and r (how much of the state the candidate sees).

    h ← z·h + (1 − z)·candidate. reset_after: r multiplies the state after its matrix product, as cuDNN does.
    Cho et al. 2014
    """

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
    reset_after: bool = True
    use_cudnn: bool | str = "auto"
    zero_output_for_mask: bool = False
    _hidden = frozenset({"use_cudnn"})

    gate_order = (0, 1, 2)  # z, r, candidate: the same in both
    cell_name = "gru_cell"

    def onnx_bias(self) -> Tensor:
        if not self.reset_after or self.bias is None:
            return super().onnx_bias()
        return ops.reshape(self.bias, (6 * self.units,))

    @property
    def functions(self) -> tuple[Named, ...]:
        return self.recurrent_activation, self.activation

    def operator(self, direction: str) -> Operator:
        return op.GRU(
            hidden_size=self.units,
            direction=direction,
            linear_before_reset=self.reset_after,
            **gate_attributes(*self.functions),
        )


@layer
class LSTM(LSTMGates, Recurrent):
    """Long short-term memory: a cell state c behind gates i (in), f (keep) and o (out).

    c ← f·c + i·candidate, h ← o·activation(c). Hochreiter & Schmidhuber 1997
    """

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
    use_cudnn: bool | str = "auto"
    zero_output_for_mask: bool = False
    _hidden = frozenset({"use_cudnn"})

    gate_order = (0, 3, 1, 2)  # ONNX: i, o, f, candidate; Keras: i, f, candidate, o
    cell_name = "lstm_cell"

    @property
    def functions(self) -> tuple[Named, ...]:
        return self.recurrent_activation, self.activation, self.activation

    def operator(self, direction: str) -> Operator:
        return op.LSTM(
            hidden_size=self.units,
            direction=direction,
            **gate_attributes(*self.functions),
        )
