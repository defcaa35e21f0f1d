"""irkit.activations: functions that layers take by name. Keras: https://keras.io/api/layers/activations/

Most are those of irkit.ops; a few have Keras's other defaults here.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from typing import TypeAlias

from irkit.errors import ArgumentError
from irkit.frontends import ops
from irkit.frontends.ops import (
    celu,
    elu,
    glu,
    hard_shrink,
    hard_sigmoid,
    hard_silu,
    hard_swish,
    hard_tanh,
    leaky_relu,
    log_sigmoid,
    log_softmax,
    relu6,
    selu,
    sigmoid,
    silu,
    soft_shrink,
    softmax,
    softplus,
    softsign,
    sparse_plus,
    sparse_sigmoid,
    sparsemax,
    squareplus,
    swish,
    tanh,
    tanh_shrink,
    threshold,
)
from irkit.frontends.ops.operands import result, tensor
from irkit.frontends.tensors.tensor import Tensor, TensorLike

__all__ = [
    "celu",
    "deserialize",
    "elu",
    "exponential",
    "gelu",
    "get",
    "glu",
    "hard_shrink",
    "hard_sigmoid",
    "hard_silu",
    "hard_swish",
    "hard_tanh",
    "leaky_relu",
    "linear",
    "log_sigmoid",
    "log_softmax",
    "mish",
    "relu",
    "relu6",
    "selu",
    "serialize",
    "sigmoid",
    "silu",
    "soft_shrink",
    "softmax",
    "softplus",
    "softsign",
    "sparse_plus",
    "sparse_sigmoid",
    "sparsemax",
    "squareplus",
    "swish",
    "tanh",
    "tanh_shrink",
    "threshold",
]

# From a tensor to one of the same shape (`glu` halves an axis).
Activation: TypeAlias = Callable[..., Tensor]


def linear(x: TensorLike) -> Tensor:
    """x itself."""
    return result(tensor(x))


def exponential(x: TensorLike) -> Tensor:
    """eˣ."""
    return ops.exp(x)


def mish(x: TensorLike) -> Tensor:
    """x · tanh(ln(1 + eˣ)).  https://arxiv.org/abs/1908.08681"""
    return ops.mish(x)


def gelu(x: TensorLike, approximate: bool = False) -> Tensor:
    """x · Φ(x) with the normal distribution Φ; exact by default, unlike irkit.ops.gelu."""
    return ops.gelu(x, approximate)


def relu(
    x: TensorLike, negative_slope: float = 0.0, max_value: float | None = None, threshold: float = 0.0
) -> Tensor:
    """x above threshold, negative_slope · (x − threshold) below it; at most max_value."""
    x = tensor(x)
    if threshold == 0.0 and max_value is None:
        return ops.leaky_relu(x, negative_slope) if negative_slope else ops.relu(x)
    if threshold == 0.0 and max_value == 6 and not negative_slope:
        return ops.relu6(x)
    x = x if ops.dtype(x).startswith(("float", "bfloat", "int")) else ops.cast(x, "float32")
    above = ops.threshold(x, threshold, 0.0) if threshold else ops.relu(x)
    above = above if max_value is None else ops.minimum(above, max_value)
    if not negative_slope:
        return above
    return ops.subtract(above, ops.multiply(ops.relu(ops.subtract(threshold, x)), negative_slope))


_BY_NAME: Mapping[str, Activation] = {
    name: globals()[name] for name in __all__ if name not in ("deserialize", "get", "serialize")
}


def get(identifier: object) -> Activation:
    """The activation meant by a name, a configuration, a function, or None (linear).

    Raises ArgumentError that names similar ones.
    """
    if identifier is None:
        return linear
    if isinstance(identifier, Mapping):
        return deserialize(identifier)
    if isinstance(identifier, str):
        return _named(identifier)
    if callable(identifier):
        return identifier
    raise ArgumentError(
        f"an activation is a name, a function or None. Received: {identifier!r}.", cure=_all_names()
    )


def _named(name: str) -> Activation:
    found = _BY_NAME.get(name)
    if found is not None:
        return found
    near = difflib.get_close_matches(name.lower().replace(" ", "_"), _BY_NAME, n=3, cutoff=0.5)
    cure = f"Did you mean {' or '.join(map(repr, near))}?" if near else _all_names()
    raise ArgumentError(f"There is no activation called {name!r}.", cure=cure)


def _all_names() -> str:
    return f"Known are {', '.join(sorted(_BY_NAME))}."


def serialize(activation: Activation) -> str | dict[str, object]:
    """The name of one of these activations; the configuration of an object that has one."""
    name = str(getattr(activation, "__name__", ""))
    if _BY_NAME.get(name) is activation:
        return name
    if hasattr(activation, "get_config"):
        return {"class_name": type(activation).__name__, "config": activation.get_config()}
    raise ArgumentError(
        f"{activation!r} has no name by which it could be found again.",
        cure="Use one of irkit.activations, or an object with get_config().",
    )


def deserialize(
    config: str | Mapping[str, object], custom_objects: Mapping[str, Activation] | None = None
) -> Activation:
    """The activation that `serialize` described. custom_objects: more names."""
    if isinstance(config, Mapping):
        inner = config.get("config")
        name = inner if isinstance(inner, str) else config.get("class_name")
    else:
        name = config
    if not isinstance(name, str):
        raise ArgumentError(f"this describes no activation: {config!r}.")
    return custom_objects[name] if custom_objects and name in custom_objects else _named(name)
