"""Concat joins tensors along an axis, Split cuts one apart."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

import numpy as np

from irkit.errors import AttributeRangeError, GraphError, ShapeError
from irkit.ir import Array, Dim, DType, TensorType, dims, unify
from irkit.operators.attributes import attribute
from irkit.operators.base import Operator, operator
from irkit.operators.rules import MOVABLE, axis_in, fresh, fresh_shape, length_of, same_dtype, show, sizes_in

__all__ = ["Concat", "Split"]


@operator(since=13)
class Concat(Operator):
    """Tensors joined along one axis; all other sizes agree.  https://onnx.ai/onnx/operators/onnx__Concat.html

    (…, n₁, …), (…, n₂, …) → (…, n₁+n₂, …)
    """

    axis: int
    dtypes = {"inputs": MOVABLE}
    shape_arithmetic = True

    def infer(self, *inputs: TensorType) -> TensorType:
        dtype = same_dtype(*inputs)
        shapes = [t.shape for t in inputs if t.shape is not None]
        if not shapes:
            return TensorType(dtype, None)
        return TensorType(
            dtype, joined(shapes, axis_in(self.axis, len(shapes[0])), len(inputs) - len(shapes))
        )

    def run(self, *inputs: Array) -> Array:
        return np.concatenate(inputs, self.axis)


def joined(shapes: Sequence[tuple[Dim, ...]], axis: int, unknown: int = 0) -> tuple[Dim, ...]:
    """The shape of tensors joined along `axis`, with `unknown` more of unknown shape. Raises ShapeError."""
    result = list(shapes[0])
    for shape in shapes[1:]:
        if len(shape) != len(result):
            raise ShapeError(
                f"{show(shapes[0])} and {show(shape)} cannot be joined: they have different ranks."
            )
        for i, size in enumerate(shape):
            try:
                result[i] = result[i] + size if i == axis else unify(result[i], size)
            except ShapeError as error:
                raise ShapeError(
                    f"{show(shapes[0])} and {show(shape)} cannot be joined: axis {i} differs.",
                    facts=error.facts,
                ) from None
    if unknown:
        result[axis] = fresh("joined")
    return tuple(result)


@operator(since=18)
class Split(Operator):
    """One tensor cut into several along an axis.  https://onnx.ai/onnx/operators/onnx__Split.html

    (…, n, …) and `split` (k,) int64, the sizes → (…, split[0], …), …, (…, split[k−1], …); without `split`,
    `num_outputs` parts of the size n/num_outputs rounded up, of which the last may be smaller.
    """

    axis: int = 0
    num_outputs: int | None = attribute(None, at_least=1)
    dtypes = {"input": MOVABLE, "split": frozenset({DType.int64})}

    def infer(
        self,
        input: TensorType,
        split: TensorType | None = None,
        *,
        known: Sequence[Array | None] = (None, None),
        count: int | None = None,
    ) -> tuple[TensorType, ...]:
        parts = self._count(split, count)
        if input.shape is None:
            return (input,) * parts
        axis = axis_in(self.axis, len(input.shape))
        sizes = self._sizes(
            input.shape[axis], parts, split is not None, sizes_in(known[1]) if split else None
        )
        return tuple(input.with_shape([*input.shape[:axis], d, *input.shape[axis + 1 :]]) for d in sizes)

    def _count(self, split: TensorType | None, count: int | None) -> int:
        if split is not None and self.num_outputs is not None:
            raise AttributeRangeError(
                "Split takes its input 'split' or its attribute 'num_outputs', not both."
            )
        parts = self.num_outputs if split is None else length_of(split)
        parts = count if parts is None else parts
        if parts is None:
            raise AttributeRangeError(
                "Split cannot tell into how many parts.", cure="Set num_outputs, or give sizes."
            )
        if count is not None and count != parts:
            raise GraphError(f"Split has {parts} outputs, not {count}.")
        return parts

    def _sizes(self, size: Dim, parts: int, by_size: bool, wanted: Sequence[Dim] | None) -> Sequence[Dim]:
        if not by_size:
            return even_parts(size, parts)
        if wanted is None:
            return fresh_shape("part", parts) if parts > 1 and size != 0 else (size,) * parts
        if dims.equal(sum(wanted), size) is False or any(isinstance(d, int) and d < 0 for d in wanted):
            raise ShapeError(f"an axis of size {size} cannot be split into {show(wanted)}.")
        return wanted

    def run(self, input: Array, split: Array | None = None, *, count: int | None = None) -> tuple[Array, ...]:
        size = input.shape[self.axis]
        parts = self.num_outputs or count or 1
        sizes = even_parts(size, parts) if split is None else [int(n) for n in split]
        if sum(sizes) != size:
            raise ShapeError(f"an axis of size {size} cannot be split into {show(sizes)}.")
        return tuple(np.split(input, list(accumulate(sizes))[:-1], self.axis))  # type: ignore[arg-type]  # numbers


def even_parts(size: Dim, parts: int) -> Sequence[Dim]:
    """Equal parts, of which the last takes what is left. Raises ShapeError when that is negative."""
    each = dims.ceildiv(size, parts)
    last = size - each * (parts - 1)
    if isinstance(last, int) and last < 0:
        raise ShapeError(f"an axis of size {size} cannot be split into {parts} parts of size {each}.")
    return (*(each,) * (parts - 1), last)
