"""The optimizers of ai.onnx.preview.training: one step, for any number of tensors.

Inputs: learning rate, number of the step, then all tensors, all gradients, and each kind of state, in groups.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from irkit.errors import GraphError
from irkit.frontends.onnx_import.use import Use, adapter
from irkit.ir import DType, Value

TRAINING = "ai.onnx.preview.training"


def _groups(use: Use, kinds: int) -> list[list[Value]]:
    """For each tensor: itself, its gradient, its states."""
    count, rest = divmod(len(use.inputs) - 2, kinds)
    if rest or count < 1:
        raise GraphError(f"{use.operator} takes two numbers and {kinds} inputs for each tensor.")
    return [[use.value(2 + kind * count + i) for kind in range(kinds)] for i in range(count)]


def _in_groups(made: Sequence[Sequence[Value]]) -> list[Value]:
    return [value for kind in zip(*made, strict=True) for value in kind]


def _number(use: Use, attribute: str, default: float) -> Value:
    return use.number(use.take(attribute, default), use.type(2).dtype)


def _regularized(use: Use, x: Value, gradient: Value, norm: Value) -> Value:
    return use.add("Add", use.add("Mul", norm, x), gradient)


@adapter("Momentum", domain=TRAINING)
def momentum(use: Use) -> Sequence[Value]:
    alpha, beta, norm = (_number(use, name, 0.0) for name in ("alpha", "beta", "norm_coefficient"))
    nesterov = use.take("mode", "standard") == "nesterov"
    rate, step = use.value(0), use.value(1)
    one = use.number(1.0, use.type(2).dtype)
    is_later = use.add("Greater", step, use.number(0, use.type(1).dtype))
    made = []
    for x, gradient, velocity in _groups(use, 3):
        slope = _regularized(use, x, gradient, norm)
        weighed = use.add("Mul", use.add("Where", is_later, beta, one), slope)
        new = use.add("Add", use.add("Mul", alpha, velocity), weighed)
        way = use.add("Add", slope, use.add("Mul", alpha, new)) if nesterov else new
        made.append((use.add("Sub", x, use.add("Mul", rate, way)), new))
    return _in_groups(made)


@adapter("Adagrad", domain=TRAINING)
def adagrad(use: Use) -> Sequence[Value]:
    decay, epsilon, norm = (
        _number(use, name, default)
        for name, default in (("decay_factor", 0.0), ("epsilon", 1e-6), ("norm_coefficient", 0.0))
    )
    one = use.number(1.0, use.type(2).dtype)
    steps = use.add("Cast", use.value(1), to=use.type(2).dtype)
    rate = use.add("Div", use.value(0), use.add("Add", one, use.add("Mul", steps, decay)))
    made = []
    for x, gradient, squares in _groups(use, 3):
        slope = _regularized(use, x, gradient, norm)
        new = use.add("Add", squares, use.add("Mul", slope, slope))
        way = use.add("Div", slope, use.add("Add", use.add("Sqrt", new), epsilon))
        made.append((use.add("Sub", x, use.add("Mul", rate, way)), new))
    return _in_groups(made)


@adapter("Adam", domain=TRAINING)
def adam(use: Use) -> Sequence[Value]:
    dtype = use.type(2).dtype
    numbers = (
        ("alpha", 0.9),
        ("beta", 0.999),
        ("epsilon", 1e-6),
        ("norm_coefficient", 0.0),
        ("norm_coefficient_post", 0.0),
    )
    alpha, beta, epsilon, norm, after = (_number(use, name, default) for name, default in numbers)
    one, made = use.number(1.0, dtype), []
    rate = _corrected_rate(use, alpha, beta, dtype)
    for x, gradient, first, second in _groups(use, 4):
        slope = _regularized(use, x, gradient, norm)
        v = _mixed(use, alpha, first, slope, one)
        h = _mixed(use, beta, second, use.add("Mul", slope, slope), one)
        way = use.add("Div", v, use.add("Add", use.add("Sqrt", h), epsilon))
        new = use.add("Sub", x, use.add("Mul", rate, way))
        made.append((use.add("Mul", use.add("Sub", one, after), new), v, h))
    return _in_groups(made)


def _mixed(use: Use, share: Value, old: Value, new: Value, one: Value) -> Value:
    return use.add("Add", use.add("Mul", share, old), use.add("Mul", use.add("Sub", one, share), new))


def _corrected_rate(use: Use, alpha: Value, beta: Value, dtype: DType) -> Value:
    """rate · √(1 − betaᵗ) / (1 − alphaᵗ), from the second step on."""
    step, one = use.value(1), use.number(1.0, dtype)
    powers = [use.add("Sub", one, use.add("Pow", b, use.add("Cast", step, to=dtype))) for b in (alpha, beta)]
    is_later = use.add("Greater", step, use.constant(np.array(0, use.type(1).dtype.numpy)))
    factor = use.add("Div", use.add("Sqrt", powers[1]), powers[0])
    return use.add("Mul", use.value(0), use.add("Where", is_later, factor, one))
