"""The byte layout of a file, and that no damaged file is taken for a model."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from pathlib import Path

import pytest
import xxhash

from irkit.errors import ArgumentError, FormatError, IrkitError, LimitError, UnsupportedError
from irkit.ir import limits
from irkit.serialize import Kind, load, save
from irkit.serialize.container import Container, pieces
from tests import sample_models

README = (Path(__file__).parents[2] / "proto" / "README.md").read_text()


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("container") / "m.irk"
    save(sample_models.dense_model(), path)
    return path.read_bytes()


def opened(data: bytes, path: Path) -> None:
    path.write_bytes(data)
    load(path)


def sealed(data: bytearray) -> bytes:
    """With right checksums of prelude, table and sections, whatever else is wrong."""
    count = struct.unpack_from("<I", data, 12)[0]
    for entry in range(64, 64 + 32 * min(count, 5), 32):
        offset, length = struct.unpack_from("<QQ", data, entry + 8)
        struct.pack_into("<Q", data, entry + 24, xxhash.xxh3_64_intdigest(data[offset : offset + length]))
    struct.pack_into("<Q", data, 48, xxhash.xxh3_64_intdigest(data[64 : 64 + 32 * count]))
    struct.pack_into("<Q", data, 56, xxhash.xxh3_64_intdigest(data[:56]))
    return bytes(data)


def test_the_layout_is_that_of_the_specification(data: bytes) -> None:
    magic, version, count, required, optional, length, zero = struct.unpack_from("<8sIIQQQQ", data)
    assert (magic, version, count) == (b"\x89IRK\r\n\x1a\n", 1, 3)
    assert (required, optional, length, zero) == (0, 0, len(data), 0)
    assert struct.unpack_from("<Q", data, 56)[0] == xxhash.xxh3_64_intdigest(data[:56])
    assert struct.unpack_from("<Q", data, 48)[0] == xxhash.xxh3_64_intdigest(data[64 : 64 + 96])
    end = 64 + 96
    for i, kind in enumerate((1, 2, 5)):
        found, zero, offset, length, hash_ = struct.unpack_from("<IIQQQ", data, 64 + 32 * i)
        alignment = 4096 if kind == 5 else 64
        assert (found, zero, offset) == (kind, 0, -(-end // alignment) * alignment)
        assert hash_ == xxhash.xxh3_64_intdigest(data[offset : offset + length])
        assert not any(data[end:offset])
        end = offset + length
    assert end == len(data)
    assert sealed(bytearray(data)) == data


@pytest.mark.slow
def test_every_truncation_is_refused(data: bytes, tmp_path: Path) -> None:
    for length in range(len(data)):
        with pytest.raises(FormatError):
            Container(memoryview(data[:length]))
    for length in range(0, len(data), 97):  # the whole way, too
        with pytest.raises(FormatError):
            opened(data[:length], tmp_path / "m.irk")


@pytest.mark.slow
def test_every_flipped_bit_is_refused(data: bytes) -> None:
    for byte in range(len(data)):
        for bit in range(8):
            damaged = bytearray(data)
            damaged[byte] ^= 1 << bit
            with pytest.raises((FormatError, LimitError)):
                Container(memoryview(damaged))


Change = Callable[[bytearray], object]


def put(layout: str, at: int, value: int) -> Change:
    return lambda data: struct.pack_into(layout, data, at, value)


@pytest.mark.parametrize(
    ("change", "kind", "text"),
    [
        (lambda data: data.__setitem__(slice(0, 4), b"PK\3\4"), FormatError, "Byte 0: this is no model file"),
        (put("<I", 8, 2), UnsupportedError, "Byte 8: the file has format version 2; this irkit reads version 1."),
        (put("<Q", 16, 4), UnsupportedError, "Byte 16: the file needs feature 2"),
        (put("<Q", 40, 1), FormatError, "Byte 40: must be zero"),
        (put("<I", 12, 2), FormatError, "Byte 12: 2 sections"),
        (put("<I", 12, 6), FormatError, "Byte 12: 6 sections"),
        (put("<I", 64, 9), UnsupportedError, "Byte 64: sections of kind 9 are not known"),
        (put("<I", 64, 2), FormatError, "Byte 96: section IR must not follow IR"),
        (put("<I", 96, 3), FormatError, "section IR is missing"),
        (put("<I", 68, 1), FormatError, "Byte 68: must be zero"),
        (put("<Q", 72, 256), FormatError, "Byte 72: section PROGRAM must begin at 192, not at 256"),
        (put("<Q", 80, 2**30), LimitError, "Byte 80: section PROGRAM has 1073741824 bytes"),
        (put("<Q", 80, 2**20), FormatError, "Byte 80: section PROGRAM ends at 1048768, after the end of the file"),
        (put("<Q", 32, 5), FormatError, "Byte 32: the file should have 5 bytes"),
        (put("<B", 160, 1), FormatError, "Byte 160: padding before section PROGRAM must be zero"),
        (lambda data: data.extend(b"\0"), FormatError, "Byte 32: the file should have"),
        (lambda data: data.clear(), FormatError, "The file has 0 bytes"),
        (put("<B", 196, 0), FormatError, "byte 4: the identifier is b"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_byte(
    change: Change, kind: type[IrkitError], text: str, data: bytes, tmp_path: Path
) -> None:
    wrong = bytearray(data)
    change(wrong)
    with pytest.raises(kind, match=re.escape(text)):
        opened(sealed(wrong) if len(wrong) > 64 else bytes(wrong), tmp_path / "m.irk")


def test_damage_is_told_from_mistakes(data: bytes, tmp_path: Path) -> None:
    for at, text in (
        (9, "Byte 56: the checksum of the prelude does not match"),
        (66, "Byte 48: the checksum of the section table does not match"),
        (200, "the checksum of section PROGRAM does not match"),
        (len(data) - 1, "the checksum of section WEIGHTS does not match"),
    ):
        damaged = bytearray(data)
        damaged[at] ^= 1
        with pytest.raises(FormatError, match=text):
            opened(bytes(damaged), tmp_path / "m.irk")


def test_unknown_optional_features_do_no_harm(data: bytes, tmp_path: Path) -> None:
    changed = bytearray(data)
    struct.pack_into("<Q", changed, 24, 1)
    opened(sealed(changed), tmp_path / "m.irk")


def test_weights_are_verified_when_they_are_short_or_when_asked(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "m.irk"
    damaged = bytearray(data)
    damaged[-1] ^= 1
    path.write_bytes(damaged)
    load(path, verify="never")
    for verify in ("auto", "always"):
        with pytest.raises(FormatError, match="WEIGHTS"):
            load(path, verify=verify)  # type: ignore[arg-type]  # one of the three
    with pytest.raises(ArgumentError, match="verify must be 'always', 'auto' or 'never'"):
        load(path, verify=True)  # type: ignore[arg-type]  # the mistake


def test_long_weights_are_not_verified_unasked(
    monkeypatch: pytest.MonkeyPatch, data: bytes, tmp_path: Path
) -> None:
    monkeypatch.setattr(limits, "VERIFIED_BYTES", 16)
    path = tmp_path / "m.irk"
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    load(path)
    with pytest.raises(FormatError, match="WEIGHTS"):
        load(path, verify="always")


def test_a_section_that_is_too_long_is_not_written() -> None:
    class Long(bytes):
        def __len__(self) -> int:
            return limits.PROGRAM_BYTES + 1

    with pytest.raises(LimitError, match="Section PROGRAM would have 536,870,913 bytes"):
        list(pieces({Kind.PROGRAM: [Long()], Kind.IR: [], Kind.WEIGHTS: []}))


def test_the_limits_are_those_of_the_specification() -> None:
    chapter = README.split("## 5. Limits")[1].split("## 6.")[0]
    stated = {int(n.replace(",", "")) for n in re.findall(r"\| *([\d,]+)(?: each)? \|", chapter)}
    ours = {
        v
        for k, v in vars(limits).items()
        if k.isupper() and k not in ("INLINE_BYTES", "VERIFIED_BYTES", "SIZE")
    }
    assert ours == stated
    assert "64 MiB (67,108,864 bytes)" in README
    assert limits.VERIFIED_BYTES == 67_108_864
