"""irkit.ops against keras.ops on drawn inputs, and against itself: computed at once, and as a graph."""

from __future__ import annotations

import importlib.util
import os
from inspect import signature
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from irkit import execution
from irkit.frontends import ops
from irkit.frontends.models.functional import Functional
from irkit.frontends.tensors.input import Input
from irkit.frontends.tensors.tensor import SymbolicTensor
from tests.conformance.keras_ops_cases_more import CASES

KERAS = importlib.util.find_spec("keras") is not None
EXAMPLES = int(os.environ.get("IRKIT_OPS_EXAMPLES", "10"))
# Sums of many products, and what iterates, may end a few units apart.
LOOSE = {
    "erfinv": 1e-3,
    "inv": 1e-2,
    "solve": 1e-2,
    "lstsq": 1e-2,
    "pinv": 1e-2,
    "corrcoef": 1e-4,
    "slogdet": 1e-3,
}
LOOSE |= {"logdet": 1e-3, "det": 1e-3, "cholesky_inverse": 1e-3, "image.perspective_transform": 1e-3}
LOOSE |= {
    "image.resize": 1e-3,  # TensorFlow's lanczos is itself that far from JAX's
    "image.ssim": 1e-3,
    "image.gaussian_blur": 1e-4,
    "logspace": 1e-4,
    "std": 1e-4,
    "var": 1e-4,
    "istft": 1e-3,
}


# Where Keras's own backends disagree, irkit follows JAX and numpy; where those refuse 64 bits, TensorFlow.
ALONE = {
    "jax": {
        "adaptive_average_pool": "has no number for as many parts as pixels",
        "adaptive_max_pool": "has no number for as many parts as pixels",
        "image.gaussian_blur": "shifts the image",
        "image.sobel_edges": "puts zeros around the image",
    },
    "tensorflow": {
        "isclose": "calls infinities of different sign close",
        "istft": "divides by other sums of windows at the edges",
        "logdet": "has no determinants that are not positive",
        "lu_factor": "returns a permutation, not the exchanges",
        "matmul": "keeps int8 for vectors",
        "space_to_depth": "orders channels differently where they come first",
        "vstack": "does not make a row of a single vector",
    },
}


def function(namespace: Any, name: str) -> Any:
    for part in name.split("."):
        namespace = getattr(namespace, part)
    return namespace


def narrowed(dtype: np.dtype) -> np.dtype | None:
    """What JAX, and Keras on numpy, make of 64 bits."""
    if os.environ.get("KERAS_BACKEND") == "tensorflow" or dtype.itemsize != 8:
        return None
    return np.dtype(dtype.name.replace("64", "32"))


def arrays_in(result: Any) -> list[np.ndarray]:
    if isinstance(result, list | tuple):
        return [a for r in result for a in arrays_in(r)]
    return [np.asarray(result)]


def assert_alike(ours: Any, theirs: Any, name: str) -> None:
    found, expected = arrays_in(ours), arrays_in(theirs)
    assert len(found) == len(expected)
    for a, b in zip(found, expected, strict=True):
        assert a.shape == b.shape, (a.shape, b.shape)
        assert a.dtype == b.dtype or narrowed(a.dtype) == b.dtype, (a.dtype, b.dtype)
        if a.dtype.kind != "f":
            np.testing.assert_array_equal(a, b)
            continue
        scale = float(np.abs(b[np.isfinite(b)]).max(initial=0))
        tolerance = LOOSE.get(name, 2e-5)
        np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance * max(scale, 1e-2))


def settled(examples: int) -> settings:
    quiet = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    return settings(
        max_examples=examples, deadline=None, database=None, derandomize=True, suppress_health_check=quiet
    )


@pytest.fixture(scope="module")
def keras_ops() -> Any:
    if not KERAS:
        pytest.skip("keras is not installed: the oracle is missing")
    if "KERAS_BACKEND" not in os.environ:
        usual = ("tensorflow", "jax", "numpy")
        os.environ["KERAS_BACKEND"] = next(b for b in usual if importlib.util.find_spec(b) is not None)
    return __import__("keras").ops


@pytest.mark.keras(every=25)
@pytest.mark.parametrize("name", sorted(CASES))
def test_a_function_equals_keras(name: str, keras_ops: Any) -> None:
    backend = os.environ["KERAS_BACKEND"]
    if name in ALONE.get(backend, {}):
        pytest.skip(f"Keras on {backend} {ALONE[backend][name]}: compare with another KERAS_BACKEND")

    @settled(EXAMPLES)
    @given(call=CASES[name])
    def check(call: Any) -> None:
        args, options = call
        try:
            theirs = arrays_in(function(keras_ops, name)(*args, **options))
        except Exception as error:  # noqa: BLE001  # the oracle cannot: nothing to compare
            if EXPLAIN:
                print(name, type(error), str(error)[:200])
            return
        with np.errstate(all="ignore"):
            ours = function(ops, name)(*args, **options)
        assert_alike(ours, theirs, name)

    check()


EXPLAIN = "IRKIT_OPS_EXPLAIN" in os.environ
SHAPE_DEPENDS_ON_DATA = {"bincount", "nonzero", "get_item"}


def listed(result: Any) -> list[Any]:
    return list(result) if isinstance(result, list | tuple) else [result]


def symbolic_twin(tree: Any, inputs: list[SymbolicTensor], values: list[np.ndarray], free: bool) -> Any:
    """Arrays of a call replaced by Inputs; their first size is open when `free`."""
    if isinstance(tree, np.ndarray) and tree.dtype.kind in "fiub":
        shape = (None, *tree.shape[1:]) if free and tree.ndim else tree.shape
        inputs.append(Input(batch_shape=shape, dtype=str(tree.dtype)))
        values.append(tree)
        return inputs[-1]
    if isinstance(tree, list | tuple):
        return type(tree)(symbolic_twin(t, inputs, values, free) for t in tree)
    return tree


# In a graph, what is added to a convolution becomes its bias, and is rounded once instead of twice.
JOINED = {"image.ssim": 1e-4}


@pytest.mark.parametrize("name", sorted(CASES))
def test_a_graph_gives_what_is_computed_at_once(name: str) -> None:
    @settled(3)
    @given(call=CASES[name])
    def check(call: Any) -> None:
        args, options = call
        inputs: list[SymbolicTensor] = []
        values: list[np.ndarray] = []
        twins = symbolic_twin(args, inputs, values, free=False)
        if not inputs:
            return
        made = listed(function(ops, name)(*twins, **options))
        with np.errstate(all="ignore"):
            expected = listed(function(ops, name)(*args, **options))
        pairs = [(a, b) for a, b in zip(made, expected, strict=True) if isinstance(a, SymbolicTensor)]
        if not pairs:
            return
        outputs, expected = (list(column) for column in zip(*pairs, strict=True))
        model = Functional(inputs, outputs).graph_model
        found = execution.backend("interpreter").prepare(model).run(values)
        for output, a, b in zip(outputs, found, expected, strict=True):
            assert str(a.dtype) == b.dtype == output.dtype
            np.testing.assert_allclose(a, np.asarray(b), rtol=JOINED.get(name, 0.0))
            assert all(not isinstance(d, int) or d == n for d, n in zip(output.shape, a.shape, strict=True))

    check()


def test_names_and_signatures_are_keras_own(keras_ops: Any) -> None:
    def described(namespace: Any, name: str) -> Any:
        found = getattr(namespace, name, None)
        return (
            None
            if found is None
            else [(p.name, p.default, p.kind) for p in signature(found).parameters.values()]
        )

    different = []
    for part in ("", "image", "linalg", "nn", "numpy"):
        ours, theirs = (getattr(o, part) if part else o for o in (ops, keras_ops))
        names = [n for n in dir(theirs) if not n.startswith("_") and callable(getattr(theirs, n))]
        different += [f"{part}.{n}" for n in names if described(ours, n) != described(theirs, n)]
    # these two also take `initial`, as max and min do
    assert set(different) <= {".amax", ".amin", "numpy.amax", "numpy.amin"}


def test_nearly_every_function_has_cases() -> None:
    drawn = {name for name in CASES if "." not in name}
    assert len(drawn & set(ops.__all__)) >= 250
