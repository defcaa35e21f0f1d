"""A captured program against the same program run eagerly, which knows nothing of capture."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

import irkit
from irkit.frontends.capture.values import children
from irkit.frontends.tensors.tensor import EagerTensor, Tensor


def agrees(
    f: Callable[..., Any], specs: Sequence[Any], *calls: Sequence[Any], backend: str = "interpreter"
) -> Any:
    """Capture `f` for `specs`; its results for each of `calls` must be those of an eager run. Returns the capture."""
    captured = irkit.capture(f, *specs)
    for arguments in calls:
        expected = f(*[irkit.tensor(a) if isinstance(a, np.ndarray) else a for a in arguments])
        equal(captured.run(arguments, {}, backend), expected)
    return captured


def equal(found: Any, expected: Any) -> None:
    """Same structure, types, dtypes, shapes and values. Raises AssertionError."""
    if isinstance(expected, Tensor):
        assert isinstance(found, EagerTensor), f"{found!r} is no tensor"
        assert found.dtype == expected.dtype
        np.testing.assert_allclose(found.numpy(), np.asarray(expected), rtol=1e-6)
        return
    assert type(found) is type(expected)
    parts, mine = children(expected), children(found)
    if parts is None:
        assert found == expected
        return
    assert mine is not None
    assert mine[0] == parts[0]
    for a, b in zip(mine[1], parts[1], strict=True):
        equal(a, b)


def floats(*values: float) -> np.ndarray:
    """A vector of float32."""
    return np.array(values, np.float32)


OPEN = irkit.TensorSpec((None,), "float32")
