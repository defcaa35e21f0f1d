"""Windows that slide over the spatial axes of a tensor: what convolutions and poolings share.

Along each axis: a window of `kernel` elements, `dilation` apart, starts every `stride` elements, over an
input that is padded at both ends. https://onnx.ai/onnx/operators/onnx__Conv.html
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from types import EllipsisType

import numpy as np
from numpy.lib.stride_tricks import as_strided

from irkit.errors import AttributeRangeError, ShapeError
from irkit.ir import Array, Dim, Shape, unify
from irkit.ir.dims import ceildiv, floordiv, minimum
from irkit.operators.rules import show

AUTO_PADS = ("NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID")


@dataclass(frozen=True, slots=True)
class Sliding:
    """Attributes of sliding windows, made complete: one entry for each spatial axis."""

    strides: tuple[int, ...]
    dilations: tuple[int, ...]
    begins: tuple[int, ...]
    ends: tuple[int, ...]
    auto_pad: str = "NOTSET"
    ceil_mode: bool = False

    @classmethod
    def of(
        cls,
        rank: int,
        strides: Sequence[int] | None = None,
        dilations: Sequence[int] | None = None,
        pads: Sequence[int] | None = None,
        auto_pad: str = "NOTSET",
        ceil_mode: bool = False,
    ) -> Sliding:
        """For `rank` spatial axes. Raises AttributeRangeError for attributes of another length."""
        ones, zeros = (1,) * rank, (0,) * 2 * rank
        strides, dilations = per_axis("strides", strides, ones), per_axis("dilations", dilations, ones)
        pads = per_axis("pads", pads, zeros)
        if auto_pad != "NOTSET":
            pads = zeros
        return cls(strides, dilations, pads[:rank], pads[rank:], auto_pad, ceil_mode)

    def extents(self, kernel: Sequence[Dim]) -> Shape:
        """From the first to the last element of a window, inclusive."""
        return tuple((k - 1) * d + 1 for k, d in zip(kernel, self.dilations, strict=True))

    def counts(self, sizes: Sequence[Dim], kernel: Sequence[Dim]) -> Shape:
        """How many windows there are along each axis. Raises ShapeError where not one fits."""
        if self.auto_pad.startswith("SAME"):
            return tuple(ceildiv(n, s) for n, s in zip(sizes, self.strides, strict=True))
        return tuple(self._count(*axis) for axis in enumerate(zip(sizes, self.extents(kernel), strict=True)))

    def _count(self, i: int, axis: tuple[Dim, Dim]) -> Dim:
        (n, extent), stride, begin = axis, self.strides[i], self.begins[i]
        room = n + begin + self.ends[i] - extent
        if isinstance(room, int) and room < 0:
            raise ShapeError(
                f"a window of {extent} does not fit into axis {i + 2}, of {room + extent} with padding.",
                cure="Make the kernel or its dilation smaller, or pad more.",
            )
        if not self.ceil_mode:
            return floordiv(room, stride) + 1
        # rounded up, but a window must not start in the padding at the end
        return minimum(ceildiv(room, stride) + 1, ceildiv(n + begin, stride))

    def placed(self, sizes: Sequence[int], kernel: Sequence[int]) -> Windows:
        """The windows over an input of these sizes."""
        counts, extents = numbers(self.counts(sizes, kernel)), numbers(self.extents(kernel))
        begins = self.begins
        if self.auto_pad.startswith("SAME"):
            every = zip(counts, self.strides, extents, sizes, strict=True)
            totals = [max((c - 1) * s + e - n, 0) for c, s, e, n in every]
            begins = tuple((t + (self.auto_pad == "SAME_LOWER")) // 2 for t in totals)
        return Windows(tuple(sizes), tuple(kernel), counts, begins, extents, self)


@dataclass(frozen=True, slots=True)
class Windows:
    """Windows over an input of known sizes. begins: the padding before the first element of each axis."""

    sizes: tuple[int, ...]
    kernel: tuple[int, ...]
    counts: tuple[int, ...]
    begins: tuple[int, ...]
    extents: tuple[int, ...]
    sliding: Sliding

    @property
    def spans(self) -> tuple[int, ...]:
        """From the beginning of the first window to the end of the last."""
        return tuple(
            (c - 1) * s + e for c, s, e in zip(self.counts, self.sliding.strides, self.extents, strict=True)
        )

    def padded(self, x: Array, fill: object = 0) -> Array:
        """`x`, padded (or cut at the end) so that the windows cover it exactly."""
        every = list(zip(self.sizes, self.begins, self.spans, strict=True))
        if all(b == 0 and n >= span for n, b, span in every):
            return x[last(*(slice(span) for _, _, span in every))]
        lead = x.shape[: x.ndim - len(self.sizes)]
        y = np.full((*lead, *self.spans), fill, x.dtype)
        inner = [max(0, min(n, span - b)) for n, b, span in every]
        target = (slice(b, b + m) for (_, b, _), m in zip(every, inner, strict=True))
        y[last(*target)] = x[last(*map(slice, inner))]
        return y

    def view(self, padded: Array) -> Array:
        """(…, *spans) → (…, *kernel, *counts): every window, without a copy."""
        lead = padded.ndim - len(self.kernel)
        steps = padded.strides[lead:]
        within = tuple(b * d for b, d in zip(steps, self.sliding.dilations, strict=True))
        between = tuple(b * s for b, s in zip(steps, self.sliding.strides, strict=True))
        shape = (*padded.shape[:lead], *self.kernel, *self.counts)
        return as_strided(padded, shape, (*padded.strides[:lead], *within, *between), writeable=False)

    def taps(self) -> Iterator[tuple[tuple[int, ...], tuple[slice, ...]]]:
        """For each element of the kernel: its index, and where all windows have it in a padded input."""
        s = self.sliding
        for tap in product(*map(range, self.kernel)):
            every = zip(tap, s.dilations, s.strides, self.counts, strict=True)
            yield tap, tuple(slice(t * d, t * d + (c - 1) * stride + 1, stride) for t, d, stride, c in every)

    def folded(self, columns: Array) -> Array:
        """(…, *kernel, *counts) → (…, *sizes): sums over all windows that cover a place; `view`'s adjoint."""
        rank = len(self.kernel)
        lead = columns.shape[: columns.ndim - 2 * rank]
        every = list(zip(self.spans, self.begins, self.sizes, strict=True))
        reach = tuple(max(span, b + n) for span, b, n in every)
        y = np.zeros((*lead, *reach), columns.dtype)
        for tap, place in self.taps():
            y[last(*place)] += columns[axes(*(slice(None),) * len(lead), *tap)]
        return y[last(*(slice(b, b + n) for _, b, n in every))]

    def inside(self, *, with_padding: bool = False) -> Array:
        """How many elements of each window lie in the input, or in input and padding: (*counts), float64."""
        result = np.ones(())
        for i, (n, begin) in enumerate(zip(self.sizes, self.begins, strict=True)):
            s = self.sliding
            starts = np.arange(self.counts[i]) * s.strides[i]
            taps = starts[:, None] + np.arange(self.kernel[i]) * s.dilations[i]
            low, high = (0, begin + n + self._end(i)) if with_padding else (begin, begin + n)
            result = np.multiply.outer(result, ((taps >= low) & (taps < high)).sum(1))
        return result

    def _end(self, i: int) -> int:
        if self.sliding.auto_pad.startswith("SAME"):
            return max(0, self.spans[i] - self.begins[i] - self.sizes[i])
        return self.sliding.ends[i]


def axes(*index: slice | int) -> tuple[slice | int, ...]:
    """An index of the first axes."""
    return index


def last(*index: slice | int) -> tuple[EllipsisType | slice | int, ...]:
    """An index of the last axes."""
    return (..., *index)


def along(axis: int, index: slice | int) -> tuple[slice | int, ...]:
    """An index of one axis."""
    return (*(slice(None),) * axis, index)


def numbers(sizes: Sequence[Dim]) -> tuple[int, ...]:
    """Sizes that are known to be numbers, as they are while a kernel runs."""
    assert all(isinstance(n, int) for n in sizes)
    return tuple(n for n in sizes if isinstance(n, int))


def per_axis(name: str, given: Sequence[int] | None, default: tuple[int, ...]) -> tuple[int, ...]:
    """`given`, or its default; as many as there are axes. Raises AttributeRangeError."""
    if given is None or len(given) == 0:
        return default
    if len(given) != len(default):
        raise AttributeRangeError(f"{name} must have {len(default)} entries. Received: {tuple(given)}.")
    return tuple(given)


def spatial(shape: Shape, name: str = "X") -> Shape:
    """The sizes behind batch and channels. Raises ShapeError where there are none."""
    if len(shape) < 3:
        raise ShapeError(f"{name} must be (batch, channels, sizes…); its shape is {show(shape)}.")
    return shape[2:]


def agree(found: Sequence[Dim], stated: Sequence[int] | None, name: str) -> Shape:
    """`found`, which must equal what the attribute kernel_shape states. Raises ShapeError."""
    if not stated:
        return tuple(found)
    try:
        return tuple(unify(n, a) for a, n in zip(found, stated, strict=True))
    except ValueError:  # other sizes, or another number of them
        raise ShapeError(f"kernel_shape is {show(stated)}, but {name} has {show(found)}.") from None
