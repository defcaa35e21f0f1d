"""Recurrent networks of one layer. Time runs along the first axis, or the second with layout 1.

Where the sequences of a batch have lengths of their own, steps beyond the end give 0 and leave the state as
it is, and the reverse direction begins at each sequence's last step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar, TypeAlias

import numpy as np

from irkit.errors import AttributeRangeError, ShapeError
from irkit.ir import Array, Dim, DType, TensorType, unify
from irkit.ir.types import FLOATS
from irkit.operators.attributes import attribute
from irkit.operators.base import Operator, operator
from irkit.operators.rules import fresh_shape, rounded, same_dtype, show, widened

__all__ = ["GRU", "LSTM", "RNN"]

Function: TypeAlias = Callable[[Array], Array]
# (what the input adds to the gates, states before) → states after; the first of them is the output.
Step: TypeAlias = Callable[[Array, tuple[Array, ...]], tuple[Array, ...]]

# name → (default alpha and beta, None where it has none, f(x, alpha, beta)). The defaults are those of ONNX's
# operators of the same name; onnxruntime takes 0 for all of them.
FUNCTIONS: Mapping[str, tuple[float | None, float | None, Callable[[Array, float, float], Array]]] = {
    "Affine": (1.0, 0.0, lambda x, a, b: a * x + b),
    "Elu": (1.0, None, lambda x, a, b: np.where(x >= 0, x, a * np.expm1(np.minimum(x, 0)))),
    "HardSigmoid": (0.2, 0.5, lambda x, a, b: np.clip(a * x + b, 0, 1)),
    "LeakyRelu": (0.01, None, lambda x, a, b: np.where(x >= 0, x, a * x)),
    "Relu": (None, None, lambda x, a, b: np.maximum(x, 0)),
    "ScaledTanh": (1.0, 1.0, lambda x, a, b: a * np.tanh(b * x)),
    "Sigmoid": (None, None, lambda x, a, b: 1 / (1 + np.exp(-x))),
    "Softplus": (None, None, lambda x, a, b: np.logaddexp(x, 0).astype(x.dtype)),
    "Softsign": (None, None, lambda x, a, b: x / (1 + np.abs(x))),
    "Tanh": (None, None, lambda x, a, b: np.tanh(x)),
    "ThresholdedRelu": (1.0, None, lambda x, a, b: np.where(x >= a, x, 0)),
}


@dataclass(frozen=True)
class Recurrent(Operator):
    """What all recurrent operators have."""

    activation_alpha: tuple[float, ...] | None = None
    activation_beta: tuple[float, ...] | None = None
    activations: tuple[str, ...] | None = attribute(None, one_of=tuple(FUNCTIONS))
    clip: float | None = attribute(None, at_least=0)
    direction: str = attribute("forward", one_of=("forward", "reverse", "bidirectional"))
    hidden_size: int | None = attribute(None, at_least=1)
    layout: int = attribute(0, one_of=(0, 1))

    least_outputs = 0
    gates: ClassVar[int]
    usual: ClassVar[tuple[str, ...]]  # the activations of one direction
    unclipped: ClassVar[int] = -1  # which of them `clip` does not concern

    dtypes = dict.fromkeys(("X", "W", "R", "B", "initial_h", "initial_c", "P"), FLOATS) | {
        "sequence_lens": frozenset({DType.int32})
    }

    def __post_init__(self) -> None:
        super().__post_init__()
        wanted = self.directions * len(self.usual)
        given = self.activations
        # RNN's default in the schema is for two directions, also where there is one
        if given and len(given) != wanted and given != type(self).activations:
            raise AttributeRangeError(f"{self.name} takes {wanted} activations. Received: {given}.")

    @property
    def directions(self) -> int:
        return 2 if self.direction == "bidirectional" else 1

    def functions(self) -> list[Function]:
        """The activations, with alphas and betas dealt out to those that take them."""
        alphas, betas = iter(self.activation_alpha or ()), iter(self.activation_beta or ())
        names = self.activations or self.usual * self.directions
        bounds = [None if i % len(self.usual) == self.unclipped else self.clip for i in range(len(names))]
        return [_function(n, alphas, betas, bound) for n, bound in zip(names, bounds, strict=True)]

    def shapes(
        self,
        X: TensorType,
        W: TensorType,
        R: TensorType,
        B: TensorType | None,
        sequence_lens: TensorType | None,
        states: dict[str, TensorType | None],
    ) -> tuple[TensorType, TensorType]:
        """Types of Y and of the last state. Raises ShapeError."""
        dtype = same_dtype(X, W, R, B, *states.values())
        x = self._ranked("X", X)
        time, batch = (x[1], x[0]) if self.layout else (x[0], x[1])
        hidden = self._hidden(R)
        wide = hidden * self.gates
        last = (batch, self.directions, hidden) if self.layout else (self.directions, batch, hidden)
        _check("W", W, (self.directions, wide, x[2]))
        _check("R", R, (self.directions, wide, hidden))
        _check("B", B, (self.directions, 2 * wide))
        _check("sequence_lens", sequence_lens, (batch,))
        for name, type_ in states.items():
            _check(name, type_, last)
        y = (batch, time, self.directions, hidden) if self.layout else (time, self.directions, batch, hidden)
        return TensorType(dtype, y), TensorType(dtype, last)

    def _ranked(self, name: str, type_: TensorType) -> tuple[Dim, ...]:
        if type_.shape is None:
            return fresh_shape(name.lower(), 3)
        if len(type_.shape) != 3:
            raise ShapeError(f"{name} of {self.name} must have 3 axes; its shape is {show(type_.shape)}.")
        return type_.shape

    def _hidden(self, R: TensorType) -> Dim:
        hidden = self._ranked("R", R)[2]
        return hidden if self.hidden_size is None else unify(self.hidden_size, hidden)

    def scan(
        self,
        X: Array,
        W: Array,
        B: Array | None,
        sequence_lens: Array | None,
        states: tuple[Array | None, ...],
        step: Callable[[int, list[Function]], Step],
    ) -> tuple[Array, ...]:
        """Y and the last states. `step(d, functions)` makes the step of direction d."""
        x = widened(X.swapaxes(0, 1) if self.layout else X)
        hidden, functions = W.shape[1] // self.gates, self.functions()
        runs = []
        with np.errstate(over="ignore", invalid="ignore"):  # exp(−x) of a saturated gate
            for d in range(self.directions):
                before = tuple(self._first(s, d, (x.shape[1], hidden), x.dtype) for s in states)
                order = None if d == 0 and self.direction != "reverse" else _reversed(x, sequence_lens)
                mine = functions[d * len(self.usual) : (d + 1) * len(self.usual)]
                added = _projected(x if order is None else x[order], W[d], B[d] if B is not None else None)
                runs.append(_run(added, sequence_lens, before, step(d, mine), order))
        y = np.stack([r[0] for r in runs], axis=1)
        y = y.transpose(2, 0, 1, 3) if self.layout else y
        last = (np.stack(s, axis=self.layout) for s in zip(*(r[1] for r in runs), strict=True))
        return tuple(rounded(a, X.dtype) for a in (y, *last))

    def _first(
        self, state: Array | None, d: int, shape: tuple[int, int], dtype: np.dtype[np.generic]
    ) -> Array:
        if state is None:
            return np.zeros(shape, dtype)
        return widened(state[:, d] if self.layout else state[d])


def _function(name: str, alphas: Iterator[float], betas: Iterator[float], bound: float | None) -> Function:
    """An activation; alpha and beta are taken from the iterators where it has them."""
    alpha, beta, apply = FUNCTIONS[name]
    a = 0.0 if alpha is None else next(alphas, alpha)
    b = 0.0 if beta is None else next(betas, beta)
    if bound is None:
        return lambda x: apply(x, a, b)
    return lambda x: apply(np.clip(x, -bound, bound), a, b)


def _check(name: str, type_: TensorType | None, wanted: tuple[Dim, ...]) -> None:
    if type_ is None or type_.shape is None:
        return
    try:
        for a, b in zip(type_.shape, wanted, strict=True):
            unify(a, b)
    except ValueError:  # other sizes, or another number of them
        raise ShapeError(f"{name} must have the shape {show(wanted)}, not {show(type_.shape)}.") from None


def _reversed(x: Array, lengths: Array | None) -> tuple[Array, Array]:
    """An index that turns each sequence round and leaves what lies behind its end; it is its own inverse."""
    steps = np.arange(x.shape[0])[:, None]
    ends = np.full((1, x.shape[1]), x.shape[0]) if lengths is None else lengths[None, :]
    return np.where(steps < ends, ends - 1 - steps, steps), np.arange(x.shape[1])[None, :]


def _projected(x: Array, w: Array, b: Array | None) -> Array:
    """What the input adds to the gates at every step: (time, batch, gates · hidden)."""
    added: Array = np.matmul(x.reshape(-1, x.shape[2]), widened(w).T).reshape(*x.shape[:2], -1)
    if b is not None:
        added += widened(b[: w.shape[0]])
    return added


def _run(
    added: Array,
    lengths: Array | None,
    states: tuple[Array, ...],
    step: Step,
    order: tuple[Array, Array] | None,
) -> tuple[Array, tuple[Array, ...]]:
    """(time, batch, gates · hidden) → outputs of all steps (time, batch, hidden), and the last states."""
    y = np.zeros((*added.shape[:2], states[0].shape[1]), added.dtype)
    for t in range(added.shape[0]):
        after = step(added[t], states)
        if lengths is None:
            states, y[t] = after, after[0]
            continue
        runs = (t < lengths)[:, None]
        states = tuple(np.where(runs, new, old) for new, old in zip(after, states, strict=True))
        y[t] = np.where(runs, after[0], 0)
    if lengths is not None:  # a sequence of no steps ends in 0, as in onnxruntime
        states = tuple(np.where((lengths > 0)[:, None], s, 0) for s in states)
    return (y if order is None else y[order]), states


def _recurrent_bias(B: Array | None, d: int, size: int) -> Array:
    """The second half of the biases of direction d."""
    return np.zeros((), np.float32) if B is None else widened(B[d, size:])


@operator(since=22)
class RNN(Recurrent):
    """Hₜ = f(Xₜ·Wᵀ + Hₜ₋₁·Rᵀ + Wb + Rb).  https://onnx.ai/onnx/operators/onnx__RNN.html

    (time, batch, in), (dirs, hidden, in), (dirs, hidden, hidden), (dirs, 2·hidden), (batch),
    (dirs, batch, hidden)
    → all steps (time, dirs, batch, hidden), the last (dirs, batch, hidden); floats, int32
    """

    activations: tuple[str, ...] | None = attribute(("Tanh", "Tanh"), one_of=tuple(FUNCTIONS))

    gates = 1
    usual = ("Tanh",)

    def __post_init__(self) -> None:
        if (
            self.directions == 1
            and self.activations is not None
            and tuple(self.activations) == ("Tanh", "Tanh")
        ):
            pass  # the schema's default is for two directions
        else:
            super().__post_init__()

    def infer(
        self,
        X: TensorType,
        W: TensorType,
        R: TensorType,
        B: TensorType | None = None,
        sequence_lens: TensorType | None = None,
        initial_h: TensorType | None = None,
    ) -> tuple[TensorType, TensorType]:
        return self.shapes(X, W, R, B, sequence_lens, {"initial_h": initial_h})

    def run(
        self,
        X: Array,
        W: Array,
        R: Array,
        B: Array | None = None,
        sequence_lens: Array | None = None,
        initial_h: Array | None = None,
    ) -> tuple[Array, ...]:
        def step_of(d: int, functions: list[Function]) -> Step:
            r, rb, (f,) = widened(R[d]).T, _recurrent_bias(B, d, R.shape[1]), functions
            return lambda x, states: (f(x + (states[0] @ r + rb)),)

        return self.scan(X, W, B, sequence_lens, (initial_h,), step_of)


@operator(since=22)
class GRU(Recurrent):
    """Gated recurrent unit: gates z, r, h.  https://onnx.ai/onnx/operators/onnx__GRU.html

    z, r = f(Xₜ·Wᵀ + Hₜ₋₁·Rᵀ + Wb + Rb);  Hₜ = (1 − z) ⊙ h + z ⊙ Hₜ₋₁
    h = g(Xₜ·Wₕᵀ + (r ⊙ Hₜ₋₁)·Rₕᵀ + Rbₕ + Wbₕ), or with linear_before_reset
    h = g(Xₜ·Wₕᵀ + r ⊙ (Hₜ₋₁·Rₕᵀ + Rbₕ) + Wbₕ)

    (time, batch, in), (dirs, 3·hidden, in), (dirs, 3·hidden, hidden), (dirs, 6·hidden), (batch),
    (dirs, batch, hidden)
    → all steps (time, dirs, batch, hidden), the last (dirs, batch, hidden); floats, int32
    """

    linear_before_reset: bool = False

    gates = 3
    usual = ("Sigmoid", "Tanh")

    def infer(
        self,
        X: TensorType,
        W: TensorType,
        R: TensorType,
        B: TensorType | None = None,
        sequence_lens: TensorType | None = None,
        initial_h: TensorType | None = None,
    ) -> tuple[TensorType, TensorType]:
        return self.shapes(X, W, R, B, sequence_lens, {"initial_h": initial_h})

    def run(
        self,
        X: Array,
        W: Array,
        R: Array,
        B: Array | None = None,
        sequence_lens: Array | None = None,
        initial_h: Array | None = None,
    ) -> tuple[Array, ...]:
        def step_of(d: int, functions: list[Function]) -> Step:
            r, rb = widened(R[d]).T, np.broadcast_to(_recurrent_bias(B, d, R.shape[1]), R.shape[1:2])
            return lambda x, states: (self._step(x, states[0], r, rb, functions),)

        return self.scan(X, W, B, sequence_lens, (initial_h,), step_of)

    def _step(self, x: Array, before: Array, R: Array, b: Array, functions: list[Function]) -> Array:
        (f, g), n = functions, before.shape[1]
        z, r = np.split(f(x[:, : 2 * n] + (before @ R[:, : 2 * n] + b[: 2 * n])), 2, axis=1)
        if self.linear_before_reset:
            h = g(x[:, 2 * n :] + r * (before @ R[:, 2 * n :] + b[2 * n :]))
        else:
            h = g(x[:, 2 * n :] + ((r * before) @ R[:, 2 * n :] + b[2 * n :]))
        return np.asarray((1 - z) * h + z * before)


@operator(since=22)
class LSTM(Recurrent):
    """Long short-term memory. Gates i (input), o (output), f (forget), c (cell).

    i, f = f(Xₜ·Wᵀ + Hₜ₋₁·Rᵀ + P ⊙ Cₜ₋₁ + Wb + Rb);  c = g(…, without P);  Cₜ = f ⊙ Cₜ₋₁ + i ⊙ c
    o = f(… + P ⊙ Cₜ …);  Hₜ = o ⊙ h(Cₜ); with input_forget, f is 1 − i

    (time, batch, in), (dirs, 4·hidden, in), (dirs, 4·hidden, hidden), (dirs, 8·hidden), (batch),
    2 × (dirs, batch, hidden), (dirs, 3·hidden) → all steps (time, dirs, batch, hidden), the last H and C
    (dirs, batch, hidden); floats, int32  https://onnx.ai/onnx/operators/onnx__LSTM.html
    """

    input_forget: bool = False

    gates = 4
    usual = ("Sigmoid", "Tanh", "Tanh")
    unclipped = 2  # h(C): clip bounds what goes into the gates, as in onnxruntime

    def infer(
        self,
        X: TensorType,
        W: TensorType,
        R: TensorType,
        B: TensorType | None = None,
        sequence_lens: TensorType | None = None,
        initial_h: TensorType | None = None,
        initial_c: TensorType | None = None,
        P: TensorType | None = None,
    ) -> tuple[TensorType, TensorType, TensorType]:
        y, last = self.shapes(X, W, R, B, sequence_lens, {"initial_h": initial_h, "initial_c": initial_c})
        same_dtype(X, P)
        _check("P", P, (self.directions, 3 * self._hidden(R)))
        return y, last, last

    def run(
        self,
        X: Array,
        W: Array,
        R: Array,
        B: Array | None = None,
        sequence_lens: Array | None = None,
        initial_h: Array | None = None,
        initial_c: Array | None = None,
        P: Array | None = None,
    ) -> tuple[Array, ...]:
        def step_of(d: int, functions: list[Function]) -> Step:
            r, rb = widened(R[d]).T, _recurrent_bias(B, d, R.shape[1])
            p = np.zeros(3 * R.shape[2], r.dtype) if P is None else widened(P[d])
            peep = np.split(p, 3)
            return lambda x, states: self._step(x + (states[0] @ r + rb), states[1], peep, functions)

        return self.scan(X, W, B, sequence_lens, (initial_h, initial_c), step_of)

    def _step(
        self, sums: Array, cell: Array, peep: list[Array], functions: list[Function]
    ) -> tuple[Array, Array]:
        (f, g, h), (pi, po, pf) = functions, peep
        i, o, forget, c = np.split(sums, 4, axis=1)
        i = f(i + pi * cell)
        forget = 1 - i if self.input_forget else f(forget + pf * cell)
        cell = forget * cell + i * g(c)
        return f(o + po * cell) * h(cell), cell
