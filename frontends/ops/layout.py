"""Images and other grids: channels first, as ONNX has them, or last, as Keras has; window sizes and paddings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from irkit.errors import ArgumentError, ShapeError
from irkit.frontends.backend_config import data_format_or_default
from irkit.frontends.ops.operands import Operand, rank_of
from irkit.frontends.ops.shaping import permuted
from irkit.frontends.tensors.tensor import Tensor
from irkit.ir import Dim

# One number for all axes of the grid, or one for each.
PerAxis: TypeAlias = int | Sequence[int]


def channels_last(data_format: str | None) -> bool:
    """Whether channels are the last axis. Raises ArgumentError."""
    return data_format_or_default(data_format) == "channels_last"


def grid_rank(x: Operand) -> int:
    """How many axes the grid has: all but batch and channels. Raises ShapeError."""
    rank = rank_of(x) - 2
    if not 1 <= rank <= 3:
        raise ShapeError(f"a batch of grids of one to three axes with channels is needed, not {x.type}.")
    return rank


def to_first(x: Operand, last: bool) -> Operand:
    """(n, …, c) → (n, c, …)."""
    rank = rank_of(x)
    return permuted(x, [0, rank - 1, *range(1, rank - 1)]) if last else x


def to_last(x: Tensor, last: bool) -> Tensor:
    """(n, c, …) → (n, …, c), where `to_first` changed it."""
    rank = rank_of(x)
    return permuted(x, [0, *range(2, rank), 1]) if last else x


def per_axis(value: PerAxis, rank: int, name: str, least: int = 1) -> tuple[int, ...]:
    """One number for each axis of the grid. Raises ArgumentError."""
    numbers = (value,) * rank if isinstance(value, int) else tuple(int(v) for v in value)
    if len(numbers) == 1:
        numbers *= rank
    if len(numbers) != rank or any(v < least for v in numbers):
        raise ArgumentError(f"{name} must be an int or {rank} ints, at least {least}. Received: {value!r}.")
    return numbers


@dataclass(frozen=True)
class Window:
    """A window that slides over a grid: one number for each axis."""

    size: tuple[int, ...]
    strides: tuple[int, ...]
    dilations: tuple[int, ...]

    @property
    def reach(self) -> tuple[int, ...]:
        """How far it extends, holes included."""
        return tuple((k - 1) * d + 1 for k, d in zip(self.size, self.dilations, strict=True))

    def padding(self, padding: str, grid: Sequence[Dim]) -> tuple[str, tuple[int, ...] | None]:
        """ONNX's auto_pad and pads for Keras's padding of a grid of these sizes.

        "same" pads as TensorFlow: ⌈n/stride⌉ windows, the odd one at the end. Raises ArgumentError.
        """
        rank = len(self.size)
        if padding == "valid":
            return "NOTSET", None
        if padding == "causal" and rank == 1:
            return "NOTSET", (self.reach[0] - 1, 0)
        if padding != "same":
            raise ArgumentError(f"padding must be 'valid' or 'same'. Received: {padding!r}.")
        totals = [_total(n, s, r) for n, s, r in zip(grid, self.strides, self.reach, strict=True)]
        if any(t is None for t in totals):
            return "SAME_UPPER", None
        return "NOTSET", (
            *(t // 2 for t in totals if t is not None),
            *(t - t // 2 for t in totals if t is not None),
        )


def _total(size: Dim, stride: int, reach: int) -> int | None:
    """Padding on both sides together; None where it depends on a size that is not fixed."""
    if isinstance(size, int):
        windows = -(-size // stride)
        return max(0, (windows - 1) * stride + reach - size)
    return max(0, reach - 1) if stride == 1 else None
