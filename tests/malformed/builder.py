"""Sound model files taken apart, to be put together again with one thing wrong and everything around it right.

Checksums, offsets and lengths are computed anew after a change, so that a reader meets the change itself. The
outside of a file is written from proto/README.md, not with irkit's own writer.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import xxhash

from irkit import serialize
from irkit._generated import irkit_pb2 as pb
from irkit.backends.program import GraphP, NodeP, Program, from_flatbuffer, to_flatbuffer
from tests import sample_models

PROGRAM, IR, VECTORS, ONNX, WEIGHTS = 1, 2, 3, 4, 5
hash_of = xxhash.xxh3_64_intdigest


def same(data: bytes) -> bytes:
    return data


@dataclass
class Entry:
    """A line of the section table."""

    kind: int
    zero: int
    offset: int
    length: int
    hash: int


@dataclass
class Prelude:
    """Bytes 0 to 63. A hash that is None is computed."""

    magic: bytes = b"\x89IRK\r\n\x1a\n"
    version: int = 1
    count: int | None = None
    required: int = 0
    optional: int = 0
    length: int | None = None
    zero: int = 0
    table_hash: int | None = None
    hash: int | None = None


@dataclass
class Parts:
    """A file in parts, all of which may be changed. The functions change what has become bytes."""

    program: Program
    ir: pb.Model
    weights: bytearray
    vectors: bytearray | None
    extra: dict[int, bytes] = field(default_factory=dict)
    missing: set[int] = field(default_factory=set)
    prelude: Prelude = field(default_factory=Prelude)
    right_ir_hash: bool = True
    padding: int = 0
    page: int = 4096
    program_bytes: Callable[[bytes], bytes] = same
    ir_bytes: Callable[[bytes], bytes] = same
    table: Callable[[list[Entry]], object] = len
    file: Callable[[bytes], bytes] = same

    def bytes(self) -> bytes:
        sections = self._sections()
        end = 64 + 32 * len(sections)
        entries, body = list[Entry](), b""
        for kind, data in sections:
            step = self.page if kind == WEIGHTS else 64
            gap = -end % step
            body += bytes([self.padding]) * gap + data
            entries.append(Entry(kind, 0, end + gap, len(data), hash_of(data)))
            end += gap + len(data)
        self.table(entries)
        table = b"".join(struct.pack("<IIQQQ", e.kind, e.zero, e.offset, e.length, e.hash) for e in entries)
        return self.file(self._head(table, len(sections), end) + table + body)

    def _sections(self) -> list[tuple[int, bytes]]:
        ir = self.ir_bytes(self.ir.SerializeToString(deterministic=True))
        self.program.ir_hash = hash_of(ir) ^ (not self.right_ir_hash)
        found = {
            PROGRAM: self.program_bytes(to_flatbuffer(self.program)),
            IR: ir,
            WEIGHTS: bytes(self.weights),
        }
        if self.vectors is not None:
            found[VECTORS] = bytes(self.vectors)
        found |= self.extra
        return sorted((kind, data) for kind, data in found.items() if kind not in self.missing)

    def _head(self, table: bytes, count: int, length: int) -> bytes:
        p = self.prelude
        head = struct.pack(
            "<8sIIQQQQQ",
            p.magic,
            p.version,
            count if p.count is None else p.count,
            p.required,
            p.optional,
            length if p.length is None else p.length,
            p.zero,
            hash_of(table) if p.table_hash is None else p.table_hash,
        )
        return head + struct.pack("<Q", hash_of(head) if p.hash is None else p.hash)

    # ---- for changes to say what they mean

    def node(self, op: str) -> NodeP:
        """The first node of the main graph that calls `op`."""
        return next(n for n in self.main.nodes if self.program.strings[n.op] == op)

    @property
    def main(self) -> GraphP:
        return self.program.graphs[0]

    def string(self, text: str) -> int:
        """The number of `text` in PROGRAM, which is added when it is not there."""
        if text not in self.program.strings:
            self.program.strings = (*self.program.strings, text)
        return self.program.strings.index(text)

    def ir_node(self, op: str) -> pb.Node:
        return next(n for n in self.ir.graph.nodes if self.ir.strings[n.op] == op)


@cache
def sound(name: str) -> bytes:
    """The file of a sample model; the dense one has test vectors."""
    samples = [np.ones((2, 4), np.float32)] if name == "dense" else None
    with TemporaryDirectory() as folder:
        path = Path(folder) / "m.irk"
        serialize.save(sample_models.ALL[name](), path, samples=samples)
        return path.read_bytes()


def parts(name: str) -> Parts:
    """A sound file, taken apart."""
    data = sound(name)
    count = struct.unpack_from("<I", data, 12)[0]
    sections = {}
    for i in range(count):
        kind, _, offset, length, _ = struct.unpack_from("<IIQQQ", data, 64 + 32 * i)
        sections[kind] = data[offset : offset + length]
    vectors = sections.get(VECTORS)
    return Parts(
        from_flatbuffer(sections[PROGRAM]),
        pb.Model.FromString(sections[IR]),
        bytearray(sections[WEIGHTS]),
        None if vectors is None else bytearray(vectors),
    )
