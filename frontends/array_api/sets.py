"""Distinct elements."""

from __future__ import annotations

from typing import NamedTuple

from irkit.frontends import ops
from irkit.frontends.ops.operands import rank_of
from irkit.frontends.tensors.tensor import Tensor

__all__ = ["unique_all", "unique_counts", "unique_inverse", "unique_values"]


class UniqueAll(NamedTuple):
    """values: in order. indices: of their first places. inverse_indices: which value each element is. counts."""

    values: Tensor
    indices: Tensor
    inverse_indices: Tensor
    counts: Tensor


class UniqueCounts(NamedTuple):
    """values: in order. counts: how often each is there."""

    values: Tensor
    counts: Tensor


class UniqueInverse(NamedTuple):
    """values: in order. inverse_indices: which value each element is."""

    values: Tensor
    inverse_indices: Tensor


def unique_all(x: Tensor, /) -> UniqueAll:
    """The distinct elements, and all about them."""
    row = ops.ravel(x)
    found = ops.unique(row, return_index=True, return_inverse=True, return_counts=True)
    assert isinstance(found, tuple)
    values, first, inverse, counts = found
    shape = x.shape if rank_of(x) else ()
    return UniqueAll(values, first, ops.reshape(inverse, shape), counts)


def unique_counts(x: Tensor, /) -> UniqueCounts:
    """The distinct elements, and how often each is there."""
    found = unique_all(x)
    return UniqueCounts(found.values, found.counts)


def unique_inverse(x: Tensor, /) -> UniqueInverse:
    """The distinct elements, and which of them each element is."""
    found = unique_all(x)
    return UniqueInverse(found.values, found.inverse_indices)


def unique_values(x: Tensor, /) -> Tensor:
    """The distinct elements."""
    return unique_all(x).values
