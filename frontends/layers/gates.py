"""What recurrent layers and their cells share: the weights, and the functions that ONNX knows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from irkit.frontends.layer import Layer
from irkit.ir import Array

# Keras's activation → ONNX's name, alpha and beta (0 where there is none).
GATE_FUNCTIONS: Mapping[str, tuple[str, float, float]] = {
    "tanh": ("Tanh", 0.0, 0.0),
    "sigmoid": ("Sigmoid", 0.0, 0.0),
    "relu": ("Relu", 0.0, 0.0),
    "linear": ("Affine", 1.0, 0.0),
    "hard_sigmoid": ("HardSigmoid", 1 / 6, 0.5),
    "softsign": ("Softsign", 0.0, 0.0),
    "softplus": ("Softplus", 0.0, 0.0),
    "elu": ("Elu", 1.0, 0.0),
}


def add_gates(owner: Any, features: int, gates: int, bias_shape: Sequence[int], prefix: str = "") -> None:  # noqa: ANN401  # a layer with Keras's fields of a recurrent cell
    """Make kernel, recurrent_kernel and bias of `gates` blocks of `units` columns."""
    assert isinstance(owner, Layer)
    width = gates * owner.units
    for name, shape in (("kernel", (features, width)), ("recurrent_kernel", (owner.units, width)), ("bias", bias_shape)):
        if name == "bias" and not owner.use_bias:
            continue
        short = name.removesuffix("_kernel")  # the names of its arguments
        initializer = getattr(owner, f"{short}_initializer")
        weight = owner.add_weight(
            shape,
            _forgetting(initializer, owner.units) if name == "bias" and getattr(owner, "unit_forget_bias", False) else initializer,
            regularizer=getattr(owner, f"{short}_regularizer"),
            constraint=getattr(owner, f"{short}_constraint"),
            name=prefix + name,
        )
        setattr(owner, name, weight)


def _forgetting(initializer: Callable[..., Any], units: int) -> Callable[..., Array]:
    """LSTM's bias with ones for the second gate, so that a new cell forgets nothing. Jozefowicz et al. 2015"""

    def draw(shape: Sequence[int], dtype: str | None = None) -> Array:
        parts = [initializer((units,), dtype=dtype), np.ones(units), initializer((2 * units,), dtype=dtype)]
        return np.concatenate([np.asarray(p) for p in parts]).astype(np.asarray(parts[0]).dtype)

    return draw
