"""What recurrent layers and their cells share: the weights, and the functions that ONNX knows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from irkit.errors import UnsupportedError
from irkit.frontends.layer import Layer
from irkit.frontends.layers.arguments import Named
from irkit.frontends.variable import Variable
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


def gate_function(activation: Named) -> tuple[str, float | None, float | None]:
    """(name, alpha, beta) of an activation as ONNX's recurrent operators know it. Raises UnsupportedError."""
    name = getattr(activation, "__name__", type(activation).__name__)
    if name not in GATE_FUNCTIONS:
        raise UnsupportedError(
            f"the activation {name!r} is not supported in a recurrent layer.",
            cure=f"Use one of {', '.join(GATE_FUNCTIONS)}, or RNN with a cell of your own.",
        )
    return GATE_FUNCTIONS[name]


def gate_attributes(*activations: Named) -> dict[str, Any]:
    """Attributes of ONNX's operators for these activations; alphas and betas of those that have them."""
    found = [gate_function(a) for a in activations]
    alphas = tuple(alpha for _, alpha, _ in found if alpha is not None)
    betas = tuple(beta for _, _, beta in found if beta is not None)
    attributes: dict[str, Any] = {"activations": tuple(name for name, _, _ in found)}
    attributes |= {"activation_alpha": alphas} if alphas else {}
    return attributes | ({"activation_beta": betas} if betas else {})


class Gated(Layer):
    """Base of recurrent layers and cells: the fields that make their weights."""

    units: int
    use_bias: bool
    kernel: Variable
    recurrent_kernel: Variable
    bias: Variable

    def add_gates(self, features: int, gates: int, bias_shape: Sequence[int], prefix: str = "") -> None:
        """Make kernel, recurrent_kernel and bias of `gates` blocks of `units` columns."""
        width = gates * self.units
        self.kernel = self._gate_weight("kernel", (features, width), prefix)
        self.recurrent_kernel = self._gate_weight("recurrent", (self.units, width), prefix)
        if self.use_bias:
            self.bias = self._gate_weight("bias", bias_shape, prefix)

    def _gate_weight(self, kind: str, shape: Sequence[int], prefix: str) -> Variable:
        """kind: as the fields that describe it begin."""
        initializer = getattr(self, f"{kind}_initializer")
        if kind == "bias" and getattr(self, "unit_forget_bias", False):
            initializer = _forgetting(initializer, self.units)
        return self.add_weight(
            shape,
            initializer,
            regularizer=getattr(self, f"{kind}_regularizer"),
            constraint=getattr(self, f"{kind}_constraint"),
            name=prefix + ("recurrent_kernel" if kind == "recurrent" else kind),
        )


def _forgetting(initializer: Callable[..., Any], units: int) -> Callable[..., Array]:
    """LSTM's bias with ones for the second gate: a new cell forgets nothing. Jozefowicz et al. 2015"""

    def draw(shape: Sequence[int], dtype: str | None = None) -> Array:
        parts = [initializer((units,), dtype=dtype), np.ones(units), initializer((2 * units,), dtype=dtype)]
        return np.concatenate([np.asarray(p) for p in parts]).astype(np.asarray(parts[0]).dtype)

    return draw
