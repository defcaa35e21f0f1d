"""Groups 1 to 3: the container and truncation; fields of the prelude; offsets and sizes."""

from __future__ import annotations

from tests.malformed.builder import IR, ONNX, PROGRAM, VECTORS, WEIGHTS, Parts
from tests.malformed.case import FORMAT, LIMIT, UNSUPPORTED, Case, entry, put, whole

HUGE = 2**64 - 1


def bits(text: str) -> bytes:
    return text.encode()


CONTAINER = [
    Case("nothing", whole(lambda d: b""), FORMAT),
    Case("one byte", whole(lambda d: d[:1]), FORMAT),
    Case("the magic alone", whole(lambda d: d[:8]), FORMAT),
    Case("one byte less than a prelude", whole(lambda d: d[:63]), FORMAT),
    Case("a prelude alone", whole(lambda d: d[:64]), FORMAT),
    Case("cut within the section table", whole(lambda d: d[:100]), FORMAT),
    Case("cut after the section table", whole(lambda d: d[:192]), FORMAT),
    Case("cut within PROGRAM", whole(lambda d: d[:600]), FORMAT),
    Case("cut before WEIGHTS", whole(lambda d: d[:4096]), FORMAT),
    Case("the last byte is missing", whole(lambda d: d[:-1]), FORMAT),
    Case("one byte too many", whole(lambda d: d + b"\0"), FORMAT),
    Case("a page too many", whole(lambda d: d + bytes(4096)), FORMAT),
    Case("the file twice", whole(lambda d: d + d), FORMAT),
    Case("the first byte is missing", whole(lambda d: d[1:]), FORMAT),
    Case("a text", whole(lambda d: bits("hello, world\n") * 40), FORMAT),
    Case("zeros", whole(lambda d: bytes(5000)), FORMAT),
    Case("a zip file's head", whole(lambda d: b"PK\3\4" + d[4:]), FORMAT),
    Case("line ends translated", whole(lambda d: d.replace(b"\r\n", b"\n", 1)), FORMAT),
    Case("the eighth bit stripped", whole(lambda d: bytes(b & 127 for b in d)), FORMAT),
    Case(
        "bytes of words swapped",
        whole(lambda d: b"".join(d[i : i + 2][::-1] for i in range(0, len(d), 2))),
        FORMAT,
    ),
]

PRELUDE = [
    Case("version 0", put("prelude", version=0), UNSUPPORTED),
    Case("version 2", put("prelude", version=2), UNSUPPORTED),
    Case("the largest version", put("prelude", version=2**32 - 1), UNSUPPORTED),
    Case("a required feature", put("prelude", required=1), UNSUPPORTED),
    Case("the last required feature", put("prelude", required=2**63), UNSUPPORTED),
    Case("version 2 with a wrong checksum", put("prelude", version=2, hash=1), FORMAT),
    Case("no section", put("prelude", count=0), FORMAT),
    Case("two sections", put("prelude", count=2), FORMAT),
    Case("six sections", put("prelude", count=6), FORMAT),
    Case("the largest number of sections", put("prelude", count=2**32 - 1), FORMAT),
    Case("one section more than there is", put("prelude", count=5), FORMAT),
    Case("length 0", put("prelude", length=0), FORMAT),
    Case("a length that is too short", put("prelude", length=4171), FORMAT),
    Case("the largest length", put("prelude", length=HUGE), FORMAT),
    Case("a reserved field", put("prelude", zero=1), FORMAT),
    Case("the table's checksum is wrong", put("prelude", table_hash=1), FORMAT),
    Case("the prelude's checksum is wrong", put("prelude", hash=1), FORMAT),
    Case("another magic", put("prelude", magic=b"\x89IRK\n\n\x1a\n"), FORMAT),
]


def twice(p: Parts) -> None:
    p.table = lambda entries: entries.__setitem__(1, entries[0])


def backwards(p: Parts) -> None:
    p.table = lambda entries: entries.reverse()


def tensor(number: int, **values: int) -> object:
    return put(f"program.tensors[{number}]", **values)


SIZES = [
    Case("a section begins later than it must", entry(1, offset=lambda o: o + 64), FORMAT),
    Case("a section begins where the one before does", entry(1, offset=192), FORMAT),
    Case("a section begins within the table", entry(0, offset=64), FORMAT),
    Case("an offset that is not aligned", entry(0, offset=lambda o: o + 1), FORMAT),
    Case("an offset near the end of numbers", entry(3, offset=2**64 - 4096), FORMAT),
    Case("offset and length overflow together", entry(3, length=2**63 - 1), FORMAT),
    Case("a length beyond 2⁶³", entry(3, length=HUGE), LIMIT),
    Case("a section passes the end", entry(3, length=lambda n: n + 1), FORMAT),
    Case("a section ends before the end", entry(3, length=lambda n: n - 1), FORMAT),
    Case("PROGRAM is longer than the limit", entry(0, length=2**29 + 1), LIMIT),
    Case("IR is longer than the limit", entry(1, length=2**31), LIMIT),
    Case("kind 0", entry(0, kind=0), UNSUPPORTED),
    Case("kind 6", entry(3, kind=6), UNSUPPORTED),
    Case("the largest kind", entry(3, kind=2**32 - 1), UNSUPPORTED),
    Case("a kind twice", entry(1, kind=PROGRAM), FORMAT),
    Case("a line twice", twice, FORMAT),
    Case("kinds descend", backwards, FORMAT),
    Case("a reserved field of the table", entry(2, zero=7), FORMAT),
    Case("padding between sections", lambda p: setattr(p, "padding", 1), FORMAT),
    Case("WEIGHTS does not begin a page", lambda p: setattr(p, "page", 64), FORMAT),
    Case("no PROGRAM", lambda p: p.missing.add(PROGRAM), FORMAT),
    Case("no IR", lambda p: p.missing.add(IR), FORMAT),
    Case("no WEIGHTS", lambda p: p.missing.add(WEIGHTS), FORMAT),
    Case("neither VECTORS nor IR", lambda p: p.missing.update({VECTORS, IR}), FORMAT),
    Case(
        "an ONNX section in the place of IR",
        lambda p: (p.missing.add(IR), p.extra.__setitem__(ONNX, b"x")),
        FORMAT,
    ),
    Case("a tensor passes the end of WEIGHTS", tensor(1, offset=128), FORMAT),
    Case("a tensor's offset overflows", tensor(1, offset=HUGE - 10), FORMAT),
    Case("a tensor is not aligned", tensor(1, offset=60), FORMAT),
    Case("two tensors overlap", tensor(1, offset=0), FORMAT),
    Case("a tensor of another length", tensor(0, length=47), FORMAT),
    Case("a tensor of no bytes that has sizes", tensor(1, length=0), FORMAT),
    Case("bytes after the last tensor", lambda p: p.weights.extend(b"\0"), FORMAT),
    Case("WEIGHTS is too short", lambda p: p.weights.pop(), FORMAT),
    Case("tensors are not sorted", lambda p: setattr(p.program, "tensors", p.program.tensors[::-1]), FORMAT),
    Case("padding within WEIGHTS", lambda p: p.weights.__setitem__(50, 1), FORMAT),
]
