"""Layers that make one tensor of several. Keras: https://keras.io/api/layers/merging_layers/"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any, ClassVar

from irkit.errors import ArgumentError, ShapeError
from irkit.frontends import ops
from irkit.frontends.base.layer import Layer, layer
from irkit.frontends.layers.arguments import axis_in
from irkit.frontends.tensors.size import shown_size
from irkit.frontends.tensors.tensor import Tensor

__all__ = [
    "Add",
    "Average",
    "Concatenate",
    "Dot",
    "Maximum",
    "Minimum",
    "Multiply",
    "Subtract",
    "add",
    "average",
    "concatenate",
    "dot",
    "maximum",
    "minimum",
    "multiply",
    "subtract",
]


def shown_shape(x: Tensor) -> str:
    """As Keras shows it: "(None, 32)"."""
    return f"({', '.join(shown_size(d) for d in x.type.shape or ())}{',' if x.ndim == 1 else ''})"


class Merge(Layer):
    """Base: takes a list of tensors."""

    count: ClassVar[int | None] = None  # how many, where it is fixed

    def check_inputs(self, inputs: object) -> None:
        if not isinstance(inputs, list | tuple) or not inputs:
            raise ArgumentError("takes a list of tensors.", cure=f"Write {type(self).__name__}()([a, b]).")
        if self.count is not None and len(inputs) != self.count:
            raise ArgumentError(
                f"takes a list of {self.count} tensors. Received: {len(inputs)}.", cure=f"Give {self.count}."
            )
        self.check_tensors([x for x in inputs if isinstance(x, Tensor)])

    def check_tensors(self, inputs: list[Tensor]) -> None:
        """Raises ShapeError where the shapes do not fit together."""

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:  # masks or None
        """True where all masks are; none where an input has none."""
        if previous_mask is None or any(m is None for m in previous_mask):
            return None
        return reduce(ops.logical_and, previous_mask)


class Elementwise(Merge):
    """Base: combines tensors place by place; sizes of 1 stretch, missing axes are added after the batch."""

    def check_tensors(self, inputs: list[Tensor]) -> None:
        rank = max((x.ndim for x in inputs), default=0)
        for axis in range(1, rank):
            found = {
                d for x in inputs if x.ndim > axis and isinstance(d := x.shape[x.ndim - axis], int) and d != 1
            }
            if len(found) > 1 and axis < min(x.ndim for x in inputs):
                shapes = " and ".join(shown_shape(x) for x in inputs)
                raise ShapeError(
                    f"inputs of shapes {shapes} do not fit together.",
                    cure="All sizes must agree, or be 1. Use Concatenate to join tensors of different sizes.",
                )

    def combine(self, a: Tensor, b: Tensor) -> Tensor:
        """Two tensors made one."""
        raise NotImplementedError

    def call(self, inputs: Sequence[Tensor]) -> Tensor:
        return reduce(self.combine, _same_rank(inputs))


def _same_rank(inputs: Sequence[Tensor]) -> list[Tensor]:
    rank = max(x.ndim for x in inputs)
    return [x if x.ndim == rank else ops.expand_dims(x, tuple(range(1, 1 + rank - x.ndim))) for x in inputs]


class Add(Elementwise):
    """a + b + …"""

    def combine(self, a: Tensor, b: Tensor) -> Tensor:
        return ops.add(a, b)


class Subtract(Elementwise):
    """a − b"""

    count = 2

    def combine(self, a: Tensor, b: Tensor) -> Tensor:
        return ops.subtract(a, b)


class Multiply(Elementwise):
    """a · b · …"""

    def combine(self, a: Tensor, b: Tensor) -> Tensor:
        return ops.multiply(a, b)


class Average(Elementwise):
    """(a + b + …)/n"""

    def combine(self, a: Tensor, b: Tensor) -> Tensor:
        return ops.add(a, b)

    def call(self, inputs: Sequence[Tensor]) -> Tensor:
        return ops.divide(super().call(inputs), len(inputs))


class Maximum(Elementwise):
    """max(a, b, …), place by place"""

    def combine(self, a: Tensor, b: Tensor) -> Tensor:
        return ops.maximum(a, b)


class Minimum(Elementwise):
    """min(a, b, …), place by place"""

    def combine(self, a: Tensor, b: Tensor) -> Tensor:
        return ops.minimum(a, b)


@layer
class Concatenate(Merge):
    """Tensors one after the other along `axis`; all other sizes agree."""

    axis: int = -1

    def check_tensors(self, inputs: list[Tensor]) -> None:
        ranks = {x.ndim for x in inputs}
        axis = axis_in("axis", self.axis, inputs[0].ndim)
        for a in range(max(ranks)):
            found = {x.shape[a] for x in inputs if x.ndim > a and isinstance(x.shape[a], int)}
            if len(ranks) > 1 or (a != axis and len(found) > 1):
                shapes = " and ".join(shown_shape(x) for x in inputs)
                raise ShapeError(
                    f"inputs of shapes {shapes} cannot be joined along axis {self.axis}.",
                    cure="All sizes but that of the axis must agree.",
                )

    def call(self, inputs: Sequence[Tensor]) -> Tensor:
        return ops.concatenate(list(inputs), axis=self.axis)

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:  # masks or None
        """The masks joined as the inputs are; an input without one is all seen."""
        if previous_mask is None:
            return None
        full = [_like(mask, x) for mask, x in zip(previous_mask, inputs, strict=True)]
        return ops.all(ops.concatenate(full, axis=self.axis), axis=-1)


@layer
class Dot(Merge):
    """Sums of products of two tensors along an axis of each, sample by sample; cosines where `normalize`.

    axes: one for both, or one for each; the batch is axis 0 and not among them.
    """

    axes: int | Sequence[int]
    normalize: bool = False
    count = 2

    def setup(self) -> None:
        given = self.axes
        if not isinstance(given, int) and (len(given) != 2 or not all(isinstance(a, int) for a in given)):
            raise ArgumentError(f"axes must be a whole number, or two. Received: {given!r}.")
        if 0 in ((given,) if isinstance(given, int) else given):
            raise ArgumentError("axes must not hold 0, the batch.")

    def _axes(self, inputs: Sequence[Tensor]) -> tuple[int, int]:
        a, b = (self.axes, self.axes) if isinstance(self.axes, int) else self.axes
        return axis_in("axes", a, inputs[0].ndim), axis_in("axes", b, inputs[1].ndim)

    def check_tensors(self, inputs: list[Tensor]) -> None:
        a, b = self._axes(inputs)
        sizes = inputs[0].shape[a], inputs[1].shape[b]
        if all(isinstance(d, int) for d in sizes) and sizes[0] != sizes[1]:
            raise ShapeError(
                f"axis {a} of the first input has size {sizes[0]}, axis {b} of the second {sizes[1]}.",
                cure="Name two axes of the same size.",
            )

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> None:  # masks or None
        """None: no axis of the inputs need be left."""

    def call(self, inputs: Sequence[Tensor]) -> Tensor:
        x, y = inputs
        a, b = self._axes(inputs)
        if self.normalize:
            x, y = ops.normalize(x, axis=a), ops.normalize(y, axis=b)
        # letters: the batch is a, the common axis z
        left = ["a", *(chr(ord("b") + i) for i in range(x.ndim - 1))]
        right = ["a", *(chr(ord("m") + i) for i in range(y.ndim - 1))]
        left[a] = right[b] = "z"
        result = [c for c in left if c != "z"] + [c for c in right[1:] if c != "z"]
        product = ops.einsum(f"{''.join(left)},{''.join(right)}->{''.join(result)}", x, y)
        return ops.expand_dims(product, 1) if product.ndim == 1 else product


def _like(mask: Tensor | None, x: Tensor) -> Tensor:
    """A mask with the shape of `x`."""
    ones = ops.ones_like(x, dtype="bool")
    if mask is None:
        return ones
    return ops.logical_and(ones, ops.expand_dims(mask, -1) if mask.ndim < x.ndim else mask)


def _function(cls: Callable[..., Any], doc: str) -> Callable[..., Any]:
    def merged(inputs: Sequence[Any], **arguments: Any) -> Any:  # tensors; arguments of the layer
        return cls(**arguments)(inputs)

    merged.__doc__ = doc
    return merged


add = _function(Add, "Add()(inputs)")
subtract = _function(Subtract, "Subtract()(inputs)")
multiply = _function(Multiply, "Multiply()(inputs)")
average = _function(Average, "Average()(inputs)")
maximum = _function(Maximum, "Maximum()(inputs)")
minimum = _function(Minimum, "Minimum()(inputs)")


def concatenate(inputs: Sequence[Any], axis: int = -1, **arguments: Any) -> Any:  # as above
    """Concatenate(axis)(inputs)"""
    return Concatenate(axis=axis, **arguments)(inputs)


def dot(inputs: Sequence[Any], axes: int | Sequence[int] = -1, **arguments: Any) -> Any:  # as above
    """Dot(axes)(inputs)"""
    return Dot(axes=axes, **arguments)(inputs)
