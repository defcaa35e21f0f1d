"""Where buffers lie in one block of memory: those that live at the same time must not overlap.

The least block is hard to find (it is a kind of packing), so several orders of placing are tried, each buffer into the
lowest or the tightest gap, until the lower bound is met: the bytes that live at one moment.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

ALIGNMENT = 64  # bytes: a cache line, and what vector instructions like
_TRIES = 60  # orders that are tried after the usual ones
_WORK = 2_000_000  # steps of life of all buffers together, above which only one quick way is taken


@dataclass(eq=False, slots=True)
class Interval:
    """Bytes that are needed from step `first` to step `last`, both included. offset: where they were placed."""

    size: int
    first: int
    last: int
    offset: int = field(default=0)

    @property
    def end(self) -> int:
        return self.offset + self.size


def aligned(size: int) -> int:
    """`size`, rounded up."""
    return -(-size // ALIGNMENT) * ALIGNMENT


def lower_bound(intervals: Iterable[Interval]) -> int:
    """The most bytes that live at one step: no placement needs less."""
    changes: dict[int, int] = {}
    for each in intervals:
        changes[each.first] = changes.get(each.first, 0) + each.size
        changes[each.last + 1] = changes.get(each.last + 1, 0) - each.size
    most = now = 0
    for step in sorted(changes):
        now += changes[step]
        most = max(most, now)
    return most


def place(intervals: Sequence[Interval]) -> int:
    """Give every interval an offset; returns the bytes of the whole block."""
    bound = lower_bound(intervals)
    if sum(each.last - each.first + 1 for each in intervals) > _WORK:
        return _along_time(intervals)
    best, offsets = _best(intervals, bound)
    for each, offset in zip(intervals, offsets, strict=True):
        each.offset = offset
    return best


def _best(intervals: Sequence[Interval], bound: int) -> tuple[int, list[int]]:
    best, offsets = _along_time(intervals), [each.offset for each in intervals]
    for order in _orders(intervals):
        if best <= bound:
            break
        found = in_order(order)
        if found < best:
            best, offsets = found, [each.offset for each in intervals]
    return best, offsets


def _orders(intervals: Sequence[Interval]) -> Iterable[list[Interval]]:
    """Large first, long-lived first, early first; then again large first, but what ended highest comes first of all."""
    keys: list[Callable[[Interval], tuple[int, ...]]] = [
        lambda i: (-i.size, i.first),
        lambda i: (-i.size * (i.last - i.first + 1), i.first),
        lambda i: (i.first - i.last, -i.size),
        lambda i: (i.first, -i.size),
    ]
    for key in keys:
        yield sorted(intervals, key=key)
    order = sorted(intervals, key=keys[0])
    for _ in range(_TRIES if len(intervals) <= 10_000 else 0):
        highest = max(order, key=lambda i: i.end)
        order.remove(highest)
        order.insert(0, highest)
        yield order


def in_order(order: Iterable[Interval]) -> int:
    """Place one after the other, each into the lowest gap between those that live at the same time."""
    living: dict[int, list[Interval]] = {}  # by step
    top = 0
    for each in order:
        steps = range(each.first, each.last + 1)
        others = {id(o): o for step in steps for o in living.get(step, ())}
        each.offset = _lowest_gap(sorted(others.values(), key=lambda o: o.offset), each.size)
        top = max(top, each.end)
        for step in steps:
            living.setdefault(step, []).append(each)
    return top


def _lowest_gap(others: Iterable[Interval], size: int) -> int:
    offset = 0
    for other in others:
        if other.offset - offset >= size:
            break
        offset = max(offset, other.end)
    return offset


def _along_time(intervals: Sequence[Interval]) -> int:
    """As an allocator would: at each birth the tightest free gap. Time n·log n, but for many gaps at once."""
    free: list[tuple[int, int]] = []  # (offset, size), sorted
    dying: list[tuple[int, int, Interval]] = []
    top = 0
    for number, each in sorted(enumerate(intervals), key=lambda e: (e[1].first, -e[1].size)):
        while dying and dying[0][0] < each.first:
            gone = heapq.heappop(dying)[2]
            free = _joined([*free, (gone.offset, gone.size)])
        fitting = [gap for gap in free if gap[1] >= each.size]
        if fitting:
            gap = min(fitting, key=lambda g: g[1])
            free.remove(gap)
            each.offset = gap[0]
            if gap[1] > each.size:
                free = _joined([*free, (gap[0] + each.size, gap[1] - each.size)])
        else:
            top, free = _at_the_top(each, top, free)
        heapq.heappush(dying, (each.last, number, each))
    return top


def _at_the_top(each: Interval, top: int, free: list[tuple[int, int]]) -> tuple[int, list[tuple[int, int]]]:
    """Enlarge the block; a gap at its end is used."""
    if free and sum(free[-1]) == top:
        each.offset = free[-1][0]
        free = free[:-1]
    else:
        each.offset = top
    return each.end, free


def _joined(gaps: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Sorted, with neighbours made one."""
    result: list[tuple[int, int]] = []
    for offset, size in sorted(g for g in gaps if g[1]):
        if result and sum(result[-1]) == offset:
            result[-1] = (result[-1][0], result[-1][1] + size)
        else:
            result.append((offset, size))
    return result
