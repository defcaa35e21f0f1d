"""The hash of the model file: XXH3-64 with seed 0."""

from __future__ import annotations

from collections.abc import Iterable

import xxhash

Buffer = bytes | bytearray | memoryview


def hash_of(data: Buffer) -> int:
    """XXH3-64 of `data`."""
    return xxhash.xxh3_64_intdigest(data)


def hash_of_all(parts: Iterable[Buffer]) -> int:
    """XXH3-64 of the parts, one after another."""
    state = xxhash.xxh3_64()
    for part in parts:
        state.update(part)
    return state.intdigest()
