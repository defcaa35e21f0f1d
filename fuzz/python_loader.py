"""Atheris on the Python loader: whatever the bytes, loading gives a model or an error of irkit's own.

    python fuzz/python_loader.py [libFuzzer's options] CORPUS…

Checksums are put right after each change of bytes. Every second input is changed inside its IR instead: one field of
the protobuf message is another, which stays canonical.
"""

from __future__ import annotations

import random
import struct
import sys

import atheris

with atheris.instrument_imports(include=["irkit"]):
    from google.protobuf.message import DecodeError, Message

    from irkit._generated import irkit_pb2 as pb
    from irkit.backends.program import from_flatbuffer, to_flatbuffer
    from irkit.errors import FormatError, GraphError, LimitError, UnsupportedError
    from irkit.serialize.container import Container, Kind, pieces
    from irkit.serialize.hashing import hash_of
    from irkit.serialize.model_file import model_in

REFUSALS = (FormatError, GraphError, LimitError, UnsupportedError)


def load(data: bytes) -> None:
    try:
        model_in(Container(memoryview(data), "always"))
    except REFUSALS as error:
        assert error.problem, "an error says what is wrong"


def mutated(data: bytes, most: int, seed: int) -> bytes:
    """libFuzzer's own mutator."""
    chance = random.Random(seed)
    try:
        parts = {kind: bytes(part) for kind, part in _sections(data).items()}
    except REFUSALS:
        return sealed(atheris.Mutate(data, most))
    kind = chance.choice([Kind.IR, Kind.IR, Kind.PROGRAM, Kind.WEIGHTS, *parts])
    if kind is Kind.IR and chance.random() < 0.7:
        parts[kind] = changed_message(parts[kind], chance)
    else:
        parts[kind] = atheris.Mutate(parts[kind], len(parts[kind]) + 64)
    made = b"".join(map(bytes, pieces({kind: [part] for kind, part in with_hash(parts).items()})))
    return made if len(made) <= most else data


def _sections(data: bytes) -> dict[Kind, memoryview]:
    container = Container(memoryview(data), "never")
    return {kind: container[kind] for kind in container.sections}


def with_hash(parts: dict[Kind, bytes]) -> dict[Kind, bytes]:
    """PROGRAM says which IR it belongs to: its first field, where it has one."""
    try:
        program = from_flatbuffer(parts[Kind.PROGRAM])
    except REFUSALS:
        return parts
    program.ir_hash = hash_of(parts[Kind.IR])
    return parts | {Kind.PROGRAM: to_flatbuffer(program)}


def sealed(data: bytes) -> bytes:
    """With right checksums of the section table and the prelude."""
    if len(data) < 64:
        return data
    changed = bytearray(data)
    end = 64 + 32 * min(struct.unpack_from("<I", data, 12)[0], 5)
    struct.pack_into("<Q", changed, 48, hash_of(data[64:end]))
    struct.pack_into("<Q", changed, 56, hash_of(changed[:56]))
    return bytes(changed)


def changed_message(data: bytes, chance: random.Random) -> bytes:
    message = pb.Model()
    try:
        message.ParseFromString(data)
    except DecodeError:
        return data
    for _ in range(chance.randint(1, 3)):
        change_something(message, chance)
    written: bytes = message.SerializeToString(deterministic=True)
    return written


def change_something(message: Message, chance: random.Random) -> None:
    """Walk down a random path of fields that are set; change what is at its end."""
    while fields := message.ListFields():
        field, value = chance.choice(fields)
        repeated = hasattr(value, "append") or hasattr(value, "add")
        if repeated:
            index = chance.randrange(len(value))
            if chance.random() < 0.2:
                del value[index]
                return
            value.append(value[index])
            if field.message_type is None:
                value[-1] = other(value[-1], chance)
                return
            message = value[-1] if chance.random() < 0.2 else value[index]
            if message is not value[-1]:
                del value[-1]
        elif field.message_type is None:
            try:
                setattr(message, field.name, other(value, chance))
            except ValueError:
                return  # beyond the field's range
            return
        else:
            message = value


def other(value: object, chance: random.Random) -> object:
    match value:
        case bool():
            return not value
        case int():
            return chance.choice([0, 1, 2, 3, value + 1, max(0, value - 1), 255, 2**31 - 1])
        case float():
            return chance.choice([0.0, -1.0, float("nan"), float("inf"), 1e300])
        case bytes():
            return chance.choice([b"", value + b"\0", value[:-1], b"\xff\xff"])
        case _:
            text = str(value)
            return chance.choice(
                ["", "n", "batch", "max(n, 3)", "n//2", "-n", text + "1", text[:-1], "{}", "\0"]
            )


def main() -> None:
    atheris.Setup(sys.argv, load, custom_mutator=mutated)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
