"""rearrange: axes named, regrouped and reordered by a pattern such as "b (h w) c -> b c h w"."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from irkit.errors import ArgumentError, ShapeError
from irkit.frontends.ops.operands import rank_of
from irkit.frontends.ops.operands import tensor as as_tensor
from irkit.frontends.ops.shaping import permuted, reshape
from irkit.frontends.ops.sizes import size_product
from irkit.frontends.tensors.size import Size
from irkit.frontends.tensors.tensor import Tensor, TensorLike

__all__ = ["rearrange"]


def rearrange(tensor: TensorLike, pattern: str, **axes_lengths: int) -> Tensor:
    """Axes in the order and groups that `pattern` says. axes_lengths: of names inside a group.

    Raises ArgumentError for a pattern that does not name the same axes on both sides.
    """
    x = as_tensor(tensor)
    before, arrow, after = pattern.partition("->")
    left, right = _groups(before), _groups(after)
    names, wanted = [n for g in left for n in g], [n for g in right for n in g]
    if not arrow or sorted(names) != sorted(wanted) or len(set(names)) != len(names):
        raise ArgumentError(
            f"both sides of the pattern must name the same axes, each once. Received: {pattern!r}."
        )
    if len(left) != rank_of(x):
        raise ShapeError(f"the pattern has {len(left)} axes, the tensor {rank_of(x)}.", facts=[str(x.type)])
    sizes = _sizes(left, x.shape, axes_lengths)
    apart = reshape(x, [sizes[n] for n in names]) if any(len(g) != 1 for g in left) else x
    moved = permuted(apart, [names.index(n) for n in wanted])
    if all(len(g) == 1 for g in right):
        return moved
    return reshape(moved, [size_product([sizes[n] for n in g]) for g in right])


def _groups(side: str) -> list[list[str]]:
    """Names of the axes, group by group: "b (h w) c" → [[b], [h, w], [c]]."""
    return [token.strip("()").split() for token in re.findall(r"\([^)]*\)|\w+", side)]


def _sizes(
    groups: Sequence[Sequence[str]], shape: Sequence[int | Size], given: Mapping[str, int]
) -> dict[str, int | Size]:
    sizes: dict[str, int | Size] = dict(given)
    for group, size in zip(groups, shape, strict=True):
        unknown = [n for n in group if n not in given]
        if len(unknown) > 1:
            raise ArgumentError(f"say the sizes of all but one of {', '.join(group)}.")
        known = size_product([given[n] for n in group if n in given])
        if isinstance(size, int) and isinstance(known, int) and (size % known if unknown else size != known):
            raise ShapeError(f"an axis of size {size} cannot be ({' '.join(group)}) with {dict(given)}.")
        if unknown:
            sizes[unknown[0]] = size // known
    return sizes
