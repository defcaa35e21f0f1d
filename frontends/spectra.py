"""Windows for spectral transforms, as values known when a layer is built."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from irkit.errors import ArgumentError
from irkit.ir import Array

_WINDOWS: Mapping[str, Callable[[int], Array]] = {
    "hann": np.hanning,
    "hamming": np.hamming,
    "blackman": np.blackman,
    "bartlett": np.bartlett,
    "boxcar": np.ones,
}


def window_of(window: str | Sequence[float] | None, length: int, periodic: bool) -> Array:
    """`length` values of the window; a periodic one repeats after `length` steps. Raises ArgumentError."""
    if window is None:
        return np.ones(length)
    if isinstance(window, str):
        if window not in _WINDOWS:
            raise ArgumentError(
                f"unknown window {window!r}, expected one of {tuple(_WINDOWS)}, or an array of values."
            )
        return _WINDOWS[window](length + 1)[:-1] if periodic else _WINDOWS[window](length)
    values = np.asarray(window, float)
    if values.shape != (length,):
        raise ArgumentError(
            f"a window of {length} values is needed. Received: an array of shape {values.shape}."
        )
    return values


def scaled_window(
    window: str | Sequence[float] | None, length: int, scaling: str | None, periodic: bool
) -> Array:
    """The window, divided by its L2 norm ("density") or its sum ("spectrum")."""
    values = window_of(window, length, periodic)
    norms = {"density": np.sqrt(np.sum(values**2)), "spectrum": np.sum(values)}
    scaled: Array = values / norms[scaling] if scaling is not None else values
    return scaled
