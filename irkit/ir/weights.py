"""Weights: named tensors that a layer owns and graphs refer to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from numpy.typing import NDArray

from irkit.errors import ShapeError
from irkit.ir.types import TensorType, type_of

Array = NDArray[Any]  # of any element type: operators tell by `dtype`, not by the type checker


class Weight:
    """A named tensor owned by a layer. Its data is drawn, or mapped from a file, when first needed.

    path: "encoder/dense/kernel", unique in a model. type: static. data: an array, or a function that makes it.
    writes: a new object whenever the data of any weight was set, so that who holds copies can see that they are stale
    by one comparison.
    """

    writes: ClassVar[object] = object()

    __slots__ = ("_data", "_make", "path", "trainable", "type")

    def __init__(
        self, path: str, type: TensorType, data: Array | Callable[[], Array], *, trainable: bool = True
    ) -> None:
        if not type.is_static:
            raise ShapeError(f"Weight '{path}' must have a static shape, not {type}.")
        self.path, self.type, self.trainable = path, type, trainable
        self._data: Array | None = None
        self._make: Callable[[], Array] | None = None
        if callable(data):
            self._make = data
        else:
            self.data = data

    @property
    def name(self) -> str:
        """Last part of the path, e.g. "kernel"."""
        return self.path.rpartition("/")[2]

    @property
    def shape(self) -> tuple[int, ...]:
        assert self.type.shape is not None
        return tuple(int(d) for d in self.type.shape)  # type: ignore[arg-type]  # static by the check above

    @property
    def is_drawn(self) -> bool:
        """Whether the data exists already."""
        return self._data is not None

    @property
    def data(self) -> Array:
        if self._data is None:
            assert self._make is not None
            self.data = self._make()
            self._make = None
        assert self._data is not None
        return self._data

    @data.setter
    def data(self, array: Array) -> None:
        """Replace the data. Raises ShapeError when dtype or shape differ."""
        given = type_of(array)
        if given != self.type:
            raise ShapeError(f"Weight '{self.path}' holds {self.type}; the given array is {given}.")
        self._data = array
        Weight.writes = object()

    def __repr__(self) -> str:
        return f"Weight({self.path!r}, {self.type})"
