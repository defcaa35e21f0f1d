"""One configuration of a layer, built by Keras and by irkit with the same weights: what the tests compare."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

os.environ.setdefault("KERAS_BACKEND", "jax")
keras = pytest.importorskip("keras", reason="Keras is the oracle for layers and is not installed")
pytest.importorskip(keras.config.backend(), reason="Keras computes with it")

import irkit  # noqa: E402  # after Keras was found


@dataclass(frozen=True)
class Inner:
    """A layer as an argument of another."""

    cls: str
    arguments: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{self.cls}({','.join(f'{k}={v}' for k, v in self.arguments.items())})"

    __repr__ = __str__


def made(library: Any, value: Any) -> Any:
    """`value`, with layers of that library for the inner ones."""
    if isinstance(value, Inner):
        return getattr(library.layers, value.cls)(**value.arguments)
    return [made(library, v) for v in value] if isinstance(value, list) else value


def make(library: Any, case: Case) -> Any:
    """The layer of `case`."""
    return getattr(library.layers, case.cls)(**{k: made(library, v) for k, v in case.arguments.items()})


@dataclass(frozen=True)
class Case:
    """A layer's class and arguments, the shapes of its inputs without the batch, and what to call it with."""

    cls: str
    arguments: Mapping[str, Any]
    shapes: tuple[tuple[int, ...], ...]
    integers: int = 0  # > 0: inputs are whole numbers below it
    positive: bool = False
    largest: float = 0.0  # > 0: inputs are spread evenly from 0 to it, as pixels are
    call: Mapping[str, Any] | None = None
    spread: bool = False  # inputs are separate arguments, not a list

    def __str__(self) -> str:
        shown = ",".join(f"{k}={v}" for k, v in self.arguments.items())
        return f"{self.cls}({shown})".replace(" ", "")

    def inputs(self, batch: int = 3) -> Any:
        """Arrays, one or a list, the same in every run."""
        rng = np.random.default_rng(7)
        arrays = [self._array(rng, (batch, *shape)) for shape in self.shapes]
        return arrays[0] if len(arrays) == 1 else arrays

    def _array(self, rng: np.random.Generator, shape: Sequence[int]) -> Any:
        if self.integers:
            return rng.integers(0, self.integers, shape).astype("int32")
        if self.largest:
            return rng.uniform(0, self.largest, shape).astype("float32")
        values = rng.standard_normal(shape).astype("float32")
        return np.abs(values) + np.float32(0.1) if self.positive else values


@dataclass(frozen=True)
class Pair:
    """Both layers, both functional models around them, and Keras's answer."""

    theirs: Any
    ours: Any
    model: Any
    inputs: Any
    expected: list[Any]
    their_config: Any  # before they were built: Keras's LayerNormalization changes its own then
    our_config: Any


def build(case: Case) -> Pair:
    """Both libraries' layer and model for `case`, with the weights that Keras drew made less regular."""
    keras.backend.clear_session()
    irkit.backend.clear_session()
    theirs, ours = make(keras, case), make(irkit, case)
    their_config, our_config = plain(theirs.get_config()), plain(ours.get_config())
    their_model = _model(keras, theirs, case)
    our_model = _model(irkit, ours, case)
    rng = np.random.default_rng(11)
    weights = [_weight(rng, w) for w in theirs.weights]
    theirs.set_weights(weights)
    ours.set_weights(weights)
    inputs = case.inputs()
    try:
        expected = arrays(their_model(inputs, training=False))
    except TypeError as error:  # JAX's attention, where value_dim is not key_dim
        pytest.skip(f"Keras on {keras.config.backend()} cannot compute it itself: {str(error)[:60]!r}")
    return Pair(theirs, ours, our_model, inputs, expected, their_config, our_config)


def _weight(rng: np.random.Generator, weight: Any) -> Any:
    values = rng.standard_normal(weight.shape).astype("float32") * 0.5
    return np.abs(values) + 0.5 if "variance" in weight.name else values


def _model(library: Any, layer: Any, case: Case) -> Any:
    dtype = "int32" if case.integers else "float32"
    several = [library.Input(shape, dtype=dtype) for shape in case.shapes]
    inputs = several[0] if len(several) == 1 else several
    return library.Model(inputs, called(case, layer, inputs))


def called(case: Case, layer: Any, inputs: Any) -> Any:
    """The layer's output."""
    return layer(*inputs if case.spread else (inputs,), **(case.call or {}))


def arrays(tree: Any) -> list[Any]:
    """All tensors of a structure, as arrays."""
    return [a for x in tree for a in arrays(x)] if isinstance(tree, list | tuple) else [np.asarray(tree)]


def assert_equal(case: Case, got: list[Any], expected: list[Any], what: str) -> None:
    """Same shapes and dtypes; |a − r| ≤ 1e-5·max|r| (DESIGN §12: contractions in float32)."""
    assert len(got) == len(expected), what
    for a, r in zip(got, expected, strict=True):
        assert a.shape == r.shape, f"{what}: {a.shape} instead of {r.shape}"
        assert a.dtype == r.dtype, f"{what}: {a.dtype} instead of {r.dtype}"
        np.testing.assert_allclose(
            a, r, rtol=0, atol=1e-5 * max(1.0, float(np.abs(r).max(initial=0))), err_msg=f"{case} {what}"
        )


# Keys that only one side has, each for a reason.
IGNORED = {
    "trainable",  # some of Keras's layers without weights do not take it
    "dtype",  # Keras writes a policy, irkit the name of the type
    "activity_regularizer",  # Keras leaves it out of some layers where it is None
}


def plain(config: Mapping[str, Any]) -> Any:
    """A configuration as JSON gives it back, with objects reduced to class and arguments."""
    text = json.dumps(
        {k: v for k, v in config.items() if k not in IGNORED},
        default=lambda o: getattr(o, "__name__", str(o)),
    )
    return json.loads(text, object_hook=_reduced)


def _reduced(config: dict[str, Any]) -> dict[str, Any]:
    return {
        k: v for k, v in config.items() if k not in ("module", "registered_name", "build_config", *IGNORED)
    }
