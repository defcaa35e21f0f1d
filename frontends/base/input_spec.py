"""InputSpec: what a layer wants of its input. A layer of the user's sets `self.input_spec`. Keras: InputSpec"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from irkit.errors import ShapeError
from irkit.frontends.tensors.tensor import Tensor


class InputSpec:
    """Wanted dtype, rank (ndim, min_ndim, max_ndim), sizes (shape, or axes: {axis: size})."""

    def __init__(
        self,
        dtype: str | None = None,
        shape: Sequence[int | None] | None = None,
        ndim: int | None = None,
        max_ndim: int | None = None,
        min_ndim: int | None = None,
        axes: Mapping[int, int | None] | None = None,
        allow_last_axis_squeeze: bool = False,
        name: str | None = None,
        optional: bool = False,
    ) -> None:
        self.dtype, self.name, self.optional = dtype, name, optional
        self.shape = None if shape is None else tuple(shape)
        self.ndim = ndim if self.shape is None else len(self.shape)
        self.max_ndim, self.min_ndim = max_ndim, min_ndim
        self.axes = {int(k): v for k, v in (axes or {}).items()}
        self.allow_last_axis_squeeze = allow_last_axis_squeeze

    def check(self, x: object) -> None:
        """Raises ShapeError where a tensor is not as wanted."""
        if not isinstance(x, Tensor):
            return
        rank = x.ndim
        if self.ndim is not None and rank != self.ndim and not self._squeezable(x):
            self._refuse(f"an input with {self.ndim} axes", x)
        if self.min_ndim is not None and rank < self.min_ndim:
            self._refuse(f"an input with at least {self.min_ndim} axes", x)
        if self.max_ndim is not None and rank > self.max_ndim:
            self._refuse(f"an input with at most {self.max_ndim} axes", x)
        if self.dtype is not None and str(x.dtype) != self.dtype:
            self._refuse(f"an input of {self.dtype}", x)
        for axis, size in {**dict(enumerate(self.shape or ())), **self.axes}.items():
            found = x.shape[axis] if -rank <= axis < rank else None
            if size is not None and isinstance(found, int) and found != size:
                self._refuse(f"size {size} at axis {axis}", x)

    def _squeezable(self, x: Tensor) -> bool:
        return self.allow_last_axis_squeeze and abs(x.ndim - (self.ndim or 0)) == 1

    def _refuse(self, wanted: str, x: Tensor) -> None:
        raise ShapeError(
            f"its input_spec wants {wanted}. Received: {x.type}.",
            cure="Put a Reshape before it, or change the spec.",
        )


def check_specs(spec: Any, inputs: Any) -> None:  # an InputSpec or a list; a tensor or a list
    """Compare inputs with what a layer wants of them."""
    if isinstance(spec, InputSpec):
        spec.check(inputs)
    elif isinstance(spec, list | tuple) and isinstance(inputs, list | tuple):
        for one, x in zip(spec, inputs, strict=False):
            if isinstance(one, InputSpec):
                one.check(x)
