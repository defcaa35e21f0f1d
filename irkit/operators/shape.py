"""Looking at shapes and changing them: Reshape and its kin move no element; Transpose, Expand and Tile do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np

from irkit.errors import ShapeError
from irkit.ir import Array, Dim, DType, TensorType, Type, dims
from irkit.operators.base import Operator, operator
from irkit.operators.rules import (
    MOVABLE,
    axes_in,
    axis_in,
    broadcast_shapes,
    contents_of,
    fresh,
    fresh_shape,
    length_of,
    numbers_in,
    show,
    sizes_in,
)

__all__ = ["Expand", "Flatten", "Reshape", "Shape", "Size", "Squeeze", "Tile", "Transpose", "Unsqueeze"]

INT64 = frozenset({DType.int64})
Known: TypeAlias = Sequence[Array | None]
Sizes: TypeAlias = tuple[Dim, ...]


@operator(since=23)
class Shape(Operator):
    """The sizes of a tensor, from axis `start` to before axis `end`.  https://onnx.ai/onnx/operators/onnx__Shape.html

    (n₀, …, n_r) → (end − start,) int64. Both may count from the end; what lies outside is cut off.
    """

    start: int = 0
    end: int | None = None

    def infer(self, data: TensorType) -> TensorType:
        return TensorType(
            DType.int64, (fresh("rank") if data.shape is None else len(self._part(data.shape)),)
        )

    def known_outputs(
        self, types: Sequence[Type | None], known: Known, outputs: Sequence[Type]
    ) -> tuple[Array | None, ...] | None:
        data = types[0]
        assert isinstance(data, TensorType)
        return None if data.shape is None else (contents_of(self._part(data.shape)),)

    def run(self, data: Array) -> Array:
        return np.array(self._part(data.shape), np.int64)

    def _part(self, shape: Sizes) -> Sizes:
        first, last, _ = slice(self.start, self.end).indices(len(shape))
        return shape[first:last]


@operator(since=23)
class Size(Operator):
    """How many elements a tensor has: (…) → () int64.  https://onnx.ai/onnx/operators/onnx__Size.html"""

    def infer(self, data: TensorType) -> TensorType:
        return TensorType(DType.int64, ())

    def known_outputs(
        self, types: Sequence[Type | None], known: Known, outputs: Sequence[Type]
    ) -> tuple[Array | None, ...] | None:
        data = types[0]
        assert isinstance(data, TensorType)
        return None if data.size is None else (contents_of((data.size,)).reshape(()),)

    def run(self, data: Array) -> Array:
        return np.array(data.size, np.int64)


@operator(since=23)
class Reshape(Operator):
    """The same elements, in the same order, in another shape.  https://onnx.ai/onnx/operators/onnx__Reshape.html

    (…) and `shape` (rank,) int64 → shape. One size may be −1: what is left over; a 0 stands for the size
    of the input's axis at that place, or with `allowzero` for 0 itself.
    """

    allowzero: bool = False
    dtypes = {"shape": INT64}
    shape_arithmetic = True

    def infer(self, data: TensorType, shape: TensorType, *, known: Known = (None, None)) -> TensorType:
        wanted = sizes_in(known[1])
        if wanted is None:
            return data.with_shape(self._by_rank(data, length_of(shape)))
        return data.with_shape(self._target(data.shape, wanted))

    def _by_rank(self, data: TensorType, rank: int | None) -> Sizes | None:
        if rank is None:
            return None
        return (data.size,) if rank == 1 and data.size is not None else fresh_shape("reshaped", rank)

    def _target(self, shape: Sizes | None, wanted: Sizes) -> Sizes:
        copied = [self._copied(shape, wanted, i) for i in range(len(wanted))]
        holes = [i for i, d in enumerate(copied) if d == -1]
        if len(holes) > 1 or any(isinstance(d, int) and d < -1 for d in copied):
            raise ShapeError(
                f"{show(wanted)} is not a shape to reshape to.", cure="At most one size may be −1."
            )
        if shape is None:
            return tuple(fresh("reshaped") if d == -1 else d for d in copied)
        others = dims.product(d for d in copied if d != -1)
        if holes:
            copied[holes[0]] = _quotient(shape, wanted, others)
        elif dims.equal(dims.product(shape), others) is False:
            raise ShapeError(
                f"{show(shape)} has {dims.product(shape)} elements, {show(wanted)} has {others}.",
                cure="The product of the sizes must stay the same; one of them may be -1.",
            )
        return tuple(copied)

    def _copied(self, shape: Sizes | None, wanted: Sizes, i: int) -> Dim:
        if wanted[i] != 0 or self.allowzero:
            return wanted[i]
        if shape is None:
            return fresh("reshaped")
        if i >= len(shape):
            raise ShapeError(f"{show(wanted)} copies the size of axis {i}, which {show(shape)} has not.")
        return shape[i]

    def run(self, data: Array, shape: Array) -> Array:
        return data.reshape(tuple(contents_of(self._target(data.shape, tuple(int(d) for d in shape)))))


def _quotient(shape: Sizes, wanted: Sizes, others: Dim) -> Dim:
    """The size that −1 stands for."""
    total = dims.product(shape)
    if others == 0 or (isinstance(total, int) and isinstance(others, int) and total % others):
        raise ShapeError(f"{show(shape)} has {total} elements, which {show(wanted)} does not divide.")
    return dims.floordiv(total, others)


@operator(since=23)
class Flatten(Operator):
    """A matrix: the axes before `axis` joined to one, and the rest.  https://onnx.ai/onnx/operators/onnx__Flatten.html

    (n₀, …, n_r) → (n₀·…·n_{axis−1}, n_axis·…·n_r)
    """

    axis: int = 1

    def infer(self, input: TensorType) -> TensorType:
        if input.shape is None:
            return input.with_shape(fresh_shape("flattened", 2))
        axis = self._axis(len(input.shape))
        return input.with_shape([dims.product(input.shape[:axis]), dims.product(input.shape[axis:])])

    def _axis(self, rank: int) -> int:
        return rank if self.axis == rank else axis_in(self.axis, rank) if rank else 0

    def run(self, input: Array) -> Array:
        axis = self._axis(input.ndim)
        return input.reshape(int(np.prod(input.shape[:axis])), int(np.prod(input.shape[axis:])))


@operator(since=23)
class Squeeze(Operator):
    """Without the axes named, whose size is 1; by default without all of size 1.
    https://onnx.ai/onnx/operators/onnx__Squeeze.html

    (…, 1, …) and `axes` (k,) int64 → (…, …)
    """

    dtypes = {"axes": INT64}
    shape_arithmetic = True

    def infer(
        self, data: TensorType, axes: TensorType | None = None, *, known: Known = (None, None)
    ) -> TensorType:
        if axes is None:
            plain = data.is_static  # a symbolic size might be 1
            return data.with_shape([d for d in data.shape or () if d != 1] if plain else None)
        named, count = numbers_in(known[1]), length_of(axes)
        if data.shape is None or (named is None and count is None):
            return data.with_shape(None)
        if named is None and data.is_static and data.shape.count(1) == count:
            return data.with_shape([d for d in data.shape if d != 1])  # no other axis can be meant
        if named is None:
            return data.with_shape(fresh_shape("squeezed", len(data.shape) - (count or 0)))
        gone = axes_in(named, len(data.shape))
        for axis in gone:
            if dims.equal(data.shape[axis], 1) is False:
                raise ShapeError(f"axis {axis} of {show(data.shape)} cannot be squeezed: its size is not 1.")
        return data.with_shape([d for i, d in enumerate(data.shape) if i not in gone])

    def run(self, data: Array, axes: Array | None = None) -> Array:
        return data.squeeze() if axes is None else data.squeeze(tuple(int(a) for a in axes.flat))


@operator(since=23)
class Unsqueeze(Operator):
    """With new axes of size 1, at these places of the result.  https://onnx.ai/onnx/operators/onnx__Unsqueeze.html

    (…, …) and `axes` (k,) int64 → (…, 1, …)
    """

    dtypes = {"axes": INT64}
    shape_arithmetic = True

    def infer(self, data: TensorType, axes: TensorType, *, known: Known = (None, None)) -> TensorType:
        named, count = numbers_in(known[1]), length_of(axes)
        if data.shape is None or count is None:
            return data.with_shape(None)
        rank = len(data.shape) + count
        if named is None:
            return data.with_shape(fresh_shape("unsqueezed", rank))
        new = axes_in(named, rank)
        old = iter(data.shape)
        return data.with_shape([1 if i in new else next(old) for i in range(rank)])

    def run(self, data: Array, axes: Array) -> Array:
        return np.expand_dims(data, axes_in([int(a) for a in axes.flat], data.ndim + axes.size))


@operator(since=13)
class Expand(Operator):
    """Repeated along axes of size 1, until `shape` and its own shape are reached (both broadcast).
    https://onnx.ai/onnx/operators/onnx__Expand.html

    (…) and `shape` (rank,) int64 → the shape to which the two broadcast
    """

    dtypes = {"input": MOVABLE, "shape": INT64}
    shape_arithmetic = True

    def infer(self, input: TensorType, shape: TensorType, *, known: Known = (None, None)) -> TensorType:
        wanted, length = sizes_in(known[1]), length_of(shape)
        if wanted is not None:
            return input.with_shape(broadcast_shapes(input.shape, wanted))
        if input.shape is None or length is None:
            return input.with_shape(None)
        own: Sizes = (1,) * (length - len(input.shape)) + input.shape
        stays = [i < len(own) - length or (isinstance(d, int) and d != 1) for i, d in enumerate(own)]
        return input.with_shape(
            [d if stay else fresh("expanded") for d, stay in zip(own, stays, strict=True)]
        )

    def run(self, input: Array, shape: Array) -> Array:
        return np.broadcast_to(input, np.broadcast_shapes(input.shape, tuple(int(d) for d in shape))).copy()


@operator(since=23)
class Transpose(Operator):
    """Its axes in another order, by default reversed.  https://onnx.ai/onnx/operators/onnx__Transpose.html

    (n₀, …, n_r) → (n_{perm[0]}, …, n_{perm[r]})
    """

    perm: tuple[int, ...] | None = None
    shape_arithmetic = True

    def infer(self, data: TensorType) -> TensorType:
        if data.shape is None:
            return data.with_shape(None if self.perm is None else fresh_shape("transposed", len(self.perm)))
        return data.with_shape([data.shape[i] for i in self.order(len(data.shape))])

    def order(self, rank: int) -> tuple[int, ...]:
        """Axes of the input, in the order in which they stand in the result. Raises ShapeError."""
        if self.perm is None:
            return tuple(reversed(range(rank)))
        if len(self.perm) != rank:
            raise ShapeError(f"perm {self.perm} orders {len(self.perm)} axes; the input has {rank}.")
        return axes_in(self.perm, rank)

    def run(self, data: Array) -> Array:
        return data.transpose(self.order(data.ndim))


@operator(since=13)
class Tile(Operator):
    """Repeated as a whole, so many times along each axis.  https://onnx.ai/onnx/operators/onnx__Tile.html

    (n₀, …, n_r) and `repeats` (r,) int64 → (n₀·repeats[0], …, n_r·repeats[r])
    """

    dtypes = {"input": MOVABLE, "repeats": INT64}
    shape_arithmetic = True

    def infer(self, input: TensorType, repeats: TensorType, *, known: Known = (None, None)) -> TensorType:
        times, count = sizes_in(known[1]), length_of(repeats)
        rank = count if input.shape is None else len(input.shape)
        if rank is not None and count not in (None, rank):
            raise ShapeError(f"repeats has {count} elements; the input has {rank} axes.")
        if times is None or input.shape is None:
            return input.with_shape(None if rank is None else fresh_shape("tiled", rank))
        return input.with_shape([d * n for d, n in zip(input.shape, times, strict=True)])

    def run(self, input: Array, repeats: Array) -> Array:
        return np.tile(input, tuple(int(n) for n in repeats))
