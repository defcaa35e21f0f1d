"""What recurrent layers and their cells share: the weights, one step, and the functions that ONNX knows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

import numpy as np

from irkit.frontends import ops
from irkit.frontends.base.layer import Layer
from irkit.frontends.layers.arguments import Named, activated
from irkit.frontends.tensors.tensor import Tensor
from irkit.frontends.tensors.variable import Variable
from irkit.ir import Array

# Keras's activation → ONNX's name, alpha and beta, where it has them.
GATE_FUNCTIONS: Mapping[str, tuple[str, float | None, float | None]] = {
    "tanh": ("Tanh", None, None),
    "sigmoid": ("Sigmoid", None, None),
    "relu": ("Relu", None, None),
    "linear": ("Affine", 1.0, 0.0),
    "hard_sigmoid": ("HardSigmoid", 1 / 6, 0.5),
    "softsign": ("Softsign", None, None),
    "softplus": ("Softplus", None, None),
    "elu": ("Elu", 1.0, None),
}


def known_to_onnx(activation: Named) -> bool:
    """Whether ONNX's recurrent operators have this function."""
    return getattr(activation, "__name__", "") in GATE_FUNCTIONS


def gate_attributes(*activations: Named) -> dict[str, Any]:
    """Attributes of ONNX's operators for these activations; alphas and betas of those that have them."""
    found = [GATE_FUNCTIONS[getattr(a, "__name__", "")] for a in activations]
    alphas = tuple(alpha for _, alpha, _ in found if alpha is not None)
    betas = tuple(beta for _, _, beta in found if beta is not None)
    attributes: dict[str, Any] = {"activations": tuple(name for name, _, _ in found)}
    attributes |= {"activation_alpha": alphas} if alphas else {}
    return attributes | ({"activation_beta": betas} if betas else {})


class Gated(Layer):
    """Base of recurrent layers and cells: the fields that make their weights, and one step."""

    units: int
    activation: Named
    use_bias: bool
    kernel: Variable
    recurrent_kernel: Variable
    bias: Variable | None = None
    gates: ClassVar[int]
    states: ClassVar[int] = 1

    @property
    def bias_shape(self) -> tuple[int, ...]:
        return (self.gates * self.units,)

    @property
    def state_size(self) -> Any:  # Keras's: a number, or a list of numbers
        """Sizes of the states."""
        return self.units if self.states == 1 else [self.units] * self.states

    def step(self, x: Tensor, states: Sequence[Tensor]) -> list[Tensor]:
        """The states after one step; the first of them is the output."""
        raise NotImplementedError

    def _products(self, x: Tensor, state: Tensor) -> list[Tensor]:
        """x·kernel + state·recurrent_kernel + bias, for each gate."""
        total = ops.add(ops.matmul(x, self.kernel), ops.matmul(state, self.recurrent_kernel))
        return ops.split(total if self.bias is None else ops.add(total, self.bias), self.gates, axis=-1)

    def add_gates(self, features: int, prefix: str = "") -> None:
        """Make kernel, recurrent_kernel and bias of `gates` blocks of `units` columns."""
        width = self.gates * self.units
        self.kernel = self._gate_weight("kernel", (features, width), prefix)
        self.recurrent_kernel = self._gate_weight("recurrent", (self.units, width), prefix)
        if self.use_bias:
            self.bias = self._gate_weight("bias", self.bias_shape, prefix)

    def _gate_weight(self, kind: str, shape: Sequence[int], prefix: str) -> Variable:
        """kind: as the fields that describe it begin."""
        initializer = getattr(self, f"{kind}_initializer")
        if kind == "bias" and getattr(self, "unit_forget_bias", False):
            initializer = forgetting(initializer, self.units)
        return self.add_weight(
            shape,
            initializer,
            regularizer=getattr(self, f"{kind}_regularizer"),
            constraint=getattr(self, f"{kind}_constraint"),
            name=prefix + ("recurrent_kernel" if kind == "recurrent" else kind),
        )


def forgetting(initializer: Callable[..., Any], units: int) -> Callable[..., Array]:
    """LSTM's bias with ones for the second gate: a new cell forgets nothing. Jozefowicz et al. 2015"""

    def draw(shape: Sequence[int], dtype: str | None = None) -> Array:
        parts = [initializer((units,), dtype=dtype), np.ones(units), initializer((2 * units,), dtype=dtype)]
        return np.concatenate([np.asarray(p) for p in parts]).astype(np.asarray(parts[0]).dtype)

    return draw


class SimpleGates(Gated):
    """h ← activation(x·kernel + h·recurrent_kernel + bias)"""

    gates = 1

    def step(self, x: Tensor, states: Sequence[Tensor]) -> list[Tensor]:
        return [activated(self.activation, self._products(x, states[0])[0])]


class GRUGates(Gated):
    """h ← z·h + (1 − z)·candidate; gates z: what stays, r: what of h the candidate sees. Cho et al. 2014"""

    gates = 3
    recurrent_activation: Named
    reset_after: bool

    @property
    def bias_shape(self) -> tuple[int, ...]:
        return (2, 3 * self.units) if self.reset_after else (3 * self.units,)

    def step(self, x: Tensor, states: Sequence[Tensor]) -> list[Tensor]:
        h = states[0]
        of_x, of_h = self._sides(x, h)
        z = activated(self.recurrent_activation, ops.add(of_x[0], of_h[0]))
        r = activated(self.recurrent_activation, ops.add(of_x[1], of_h[1]))
        if self.reset_after:
            seen = ops.multiply(r, of_h[2])
        else:
            seen = ops.matmul(ops.multiply(r, h), self.recurrent_kernel[:, 2 * self.units :])
        candidate = activated(self.activation, ops.add(of_x[2], seen))
        return [ops.add(ops.multiply(z, h), ops.multiply(ops.subtract(1.0, z), candidate))]

    def _sides(self, x: Tensor, h: Tensor) -> tuple[list[Tensor], list[Tensor]]:
        """What the input and the state add to each gate."""
        of_x, of_h = ops.matmul(x, self.kernel), ops.matmul(h, self.recurrent_kernel)
        if self.bias is not None:
            of_x = ops.add(of_x, self.bias[0] if self.reset_after else self.bias)
            of_h = ops.add(of_h, self.bias[1]) if self.reset_after else of_h
        return ops.split(of_x, 3, axis=-1), ops.split(of_h, 3, axis=-1)


class LSTMGates(Gated):
    """c ← f·c + i·candidate, h ← o·activation(c). Hochreiter & Schmidhuber 1997"""

    gates = 4
    states = 2
    recurrent_activation: Named

    def step(self, x: Tensor, states: Sequence[Tensor]) -> list[Tensor]:
        h, c = states
        i, f, candidate, o = self._products(x, h)
        kept = ops.multiply(activated(self.recurrent_activation, f), c)
        new = ops.multiply(activated(self.recurrent_activation, i), activated(self.activation, candidate))
        c = ops.add(kept, new)
        return [ops.multiply(activated(self.recurrent_activation, o), activated(self.activation, c)), c]
