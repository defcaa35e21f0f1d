"""x[…] is numpy's: on values, and as a graph in the interpreter and in onnxruntime."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import irkit
from irkit import execution

SHAPES = [(5,), (3, 4), (2, 3, 4), (2, 1, 3, 2)]


@st.composite
def one_part(draw: st.DrawFn, size: int) -> object:
    """An index of one axis: an int or a slice with any bounds and steps."""
    kind = draw(st.sampled_from(["int", "slice", "all"]))
    if kind == "int":
        return draw(st.integers(-size, size - 1))
    if kind == "all":
        return slice(None)
    bound = st.none() | st.integers(-size - 2, size + 2)
    return slice(draw(bound), draw(bound), draw(st.sampled_from([None, 1, 2, 3, -1, -2])))


@st.composite
def arrays_of_places(draw: st.DrawFn, size: int, shape: tuple[int, ...]) -> np.ndarray:
    """Integers that lie inside an axis of that size, counted from either end."""
    count = int(np.prod(shape))
    flat = draw(st.lists(st.integers(-size, size - 1), min_size=count, max_size=count))
    return np.array(flat, draw(st.sampled_from([np.int64, np.int32]))).reshape(shape)


@st.composite
def indices(draw: st.DrawFn) -> tuple[tuple[int, ...], Any]:
    """A shape, and an index for it as numpy takes it."""
    shape = draw(st.sampled_from(SHAPES))
    used = draw(st.integers(0, len(shape)))
    front = draw(st.integers(0, used))  # axes before the Ellipsis, if there is one
    dots = used < len(shape) and draw(st.booleans())
    axes = [*range(front), *range(len(shape) - (used - front), len(shape))] if dots else list(range(used))
    places = draw(st.sampled_from([(), (2,), (3, 1), (0,)]))
    parts: list[Any] = []
    for i, axis in enumerate(axes):
        if dots and i == front:
            parts.append(Ellipsis)
        array = draw(st.integers(0, 4)) == 0
        parts.append(draw(arrays_of_places(shape[axis], places)) if array else draw(one_part(shape[axis])))
        if draw(st.integers(0, 7)) == 0:
            parts.append(None)
    if dots and front == used:
        parts.append(Ellipsis)
    return shape, parts[0] if len(parts) == 1 and draw(st.booleans()) else tuple(parts)


@st.composite
def masks(draw: st.DrawFn) -> tuple[tuple[int, ...], Any]:
    """A boolean array over some of the first axes, with a slice behind it."""
    shape = draw(st.sampled_from(SHAPES))
    covered = draw(st.integers(1, len(shape)))
    count = int(np.prod(shape[:covered]))
    mask = np.array(draw(st.lists(st.booleans(), min_size=count, max_size=count))).reshape(shape[:covered])
    return shape, (mask, draw(one_part(shape[covered]))) if covered < len(shape) and draw(
        st.booleans()
    ) else mask


def filled(shape: tuple[int, ...]) -> np.ndarray:
    return np.arange(np.prod(shape), dtype=np.float32).reshape(shape)


def as_tensors(index: Any) -> Any:
    """The same index with tensors for arrays."""
    if isinstance(index, tuple):
        return tuple(map(as_tensors, index))
    return irkit.tensor(index) if isinstance(index, np.ndarray) else index


CASES = indices() | masks()


@given(CASES)
@settings(deadline=None, max_examples=200)
@example(((2, 3, 4), (slice(None), None, np.array([0, 1]), slice(None, None, -1))))
@example(((2, 3, 4), (np.array([0, 1]), slice(None), np.array([1, 2]))))
@example(((2, 3, 4), (0, slice(None), np.array([1, 2]))))
@example(((2, 3, 4), (Ellipsis, np.array([[0], [3]]))))
@example(((5,), np.array(2)))
def test_an_eager_index_is_numpys(case: tuple[tuple[int, ...], Any]) -> None:
    shape, index = case
    x = filled(shape)
    for given_index in (index, as_tensors(index)):
        found = irkit.tensor(x)[given_index]
        np.testing.assert_array_equal(np.asarray(found), x[index])
        assert found.shape == x[index].shape


class Indexing(irkit.Model):
    """x[index], with the arrays of the index among the inputs."""

    def __init__(self, index: Any) -> None:
        super().__init__()
        self.given = index if isinstance(index, tuple) else (index,)

    def call(self, inputs: list[Any]) -> Any:
        x, *arrays = inputs
        index = tuple(arrays.pop(0) if isinstance(p, np.ndarray) else p for p in self.given)
        return x[index if len(index) != 1 else index[0]]


@pytest.mark.parametrize(
    ("backend", "sizes"), [("interpreter", "open"), ("interpreter", "fixed"), ("onnxruntime", "open")]
)
@given(CASES)
@settings(deadline=None, max_examples=60)
def test_an_index_in_a_graph_is_numpys(backend: str, sizes: str, case: tuple[tuple[int, ...], Any]) -> None:
    shape, index = case
    model = Indexing(index)
    arrays = [filled(shape), *(p for p in model.given if isinstance(p, np.ndarray))]
    shapes = [(None,) * len(shape) if sizes == "open" else shape, *(a.shape for a in arrays[1:])]
    specs = [irkit.TensorSpec(s, str(a.dtype)) for s, a in zip(shapes, arrays, strict=True)]
    (found,) = execution.backend(backend).prepare(model.trace(specs)).run(arrays)
    np.testing.assert_array_equal(found, filled(shape)[index])


class Slicing(irkit.Model):
    """x[start:stop:step], with the bounds among the inputs where they are arrays."""

    def __init__(self, bounds: tuple[Any, Any], step: int) -> None:
        super().__init__()
        self.bounds, self.step = bounds, step

    def call(self, inputs: list[Any]) -> Any:
        x, *arrays = inputs
        start, stop = (arrays.pop(0) if isinstance(b, np.ndarray) else b for b in self.bounds)
        return x[start : stop : self.step]


BOUNDS = st.none() | st.integers(-8, 8) | st.integers(-8, 8).map(lambda i: np.array(i, np.int64))


@pytest.mark.parametrize("backend", ["interpreter", "onnxruntime"])
@given(st.tuples(BOUNDS, BOUNDS), st.sampled_from([1, 2, -1, -3]), st.integers(0, 5))
@settings(deadline=None, max_examples=60)
def test_tensors_as_bounds_of_slices_are_numpys(
    backend: str, bounds: tuple[Any, Any], step: int, size: int
) -> None:
    x = filled((size,))
    numbers = [int(b) if isinstance(b, np.ndarray) else b for b in bounds]
    wanted = x[slice(*numbers, step)]
    tensors = [irkit.tensor(b) if isinstance(b, np.ndarray) else b for b in bounds]
    np.testing.assert_array_equal(irkit.tensor(x)[slice(*tensors, step)], wanted)
    arrays = [x, *(b for b in bounds if isinstance(b, np.ndarray))]
    specs = [irkit.TensorSpec((None,), "float32"), *(irkit.TensorSpec((), "int64") for _ in arrays[1:])]
    graph = Slicing(bounds, step).trace(specs if len(specs) > 1 else [specs[0]])
    (found,) = execution.backend(backend).prepare(graph).run(arrays)
    np.testing.assert_array_equal(found, wanted)
