"""Saving and loading models: the whole file. Nothing is returned, and no file is left, that is not sound."""

from __future__ import annotations

import contextlib
import gc
import importlib.metadata
import mmap
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from irkit import execution
from irkit.errors import IrkitError
from irkit.execution import StoredTensor
from irkit.ir import GraphModel
from irkit.serialize import proto, vectors
from irkit.serialize.atomic import write_atomically
from irkit.serialize.container import VERSION, Container, Kind, Section, Verify, pieces
from irkit.serialize.hashing import Buffer, hash_of
from irkit.serialize.vectors import Sample
from irkit.serialize.weights import WeightsLayout, check_table


def save(
    model: GraphModel,
    path: str | os.PathLike[str],
    *,
    samples: Sequence[object] | None = None,
    onnx: bool = False,
    strip_sources: bool = False,
) -> None:
    """Write `model` into one file, whole or not at all.

    samples: inputs that are saved with the outputs that are expected for them, so that a deployment can test itself
        (`vectors.samples_of` says in which forms).
    onnx: add an ONNX model for programs that know nothing of irkit. It holds the weights again.
    strip_sources: leave out in which files and lines of its maker's program the model was defined.
    Raises OSError, and an IrkitError that says what cannot be saved.
    """
    with _without_collections():
        write_atomically(path, pieces(_sections(model, samples, onnx, strip_sources)))


def load(path: str | os.PathLike[str], *, verify: Verify = "auto") -> GraphModel:
    """The model in a file. Its weights are views of the file, which is mapped, not read.

    verify: of the weights' checksum: "auto" up to 64 MiB, "always", "never". All else is always verified.
    Raises OSError, and FormatError, GraphError, LimitError or UnsupportedError for what is no sound model file.
    """
    with _without_collections():
        return model_in(Container(mapped(path), verify))


def load_samples(path: str | os.PathLike[str]) -> list[Sample]:
    """The samples in a file, none where it has none. `save(model, path, samples=…)` takes them as they are."""
    container = Container(mapped(path))
    if Kind.VECTORS not in container.sections:
        return []
    return vectors.from_bytes(
        container[Kind.VECTORS], model_in(container), container.sections[Kind.VECTORS].offset
    )[0]


@dataclass(frozen=True, slots=True)
class FileInfo:
    """What a file is made of: for people, and for programs that look for one section."""

    version: int
    length: int
    sections: tuple[Section, ...]


def info(path: str | os.PathLike[str], *, verify: Verify = "auto") -> FileInfo:
    """Sections with offsets, lengths and checksums, which are verified as in `load`. Raises as `load` does."""
    container = Container(mapped(path), verify)
    return FileInfo(VERSION, len(container.data), tuple(container.sections.values()))


# ---- writing


def _sections(
    model: GraphModel, samples: Sequence[object] | None, onnx: bool, strip_sources: bool
) -> Mapping[Kind, Sequence[Buffer]]:
    layout = WeightsLayout()
    ir = proto.to_bytes(model, layout, _producer(), strip_sources=strip_sources)
    if strip_sources:  # PROGRAM names sources, too: it is made from what stands in the IR
        model = proto.from_bytes(ir, memoryview(b"".join(layout.parts)))
    lowered = execution.lower(model)
    table, numbers = layout.numbered(lowered.tensors)
    program = lowered.to_bytes(hash_of(ir), table, numbers)
    execution.check_program(program, hash_of(ir))  # so that a file that is written can be read
    sections: dict[Kind, Sequence[Buffer]] = {
        Kind.PROGRAM: [program],
        Kind.IR: [ir],
        Kind.WEIGHTS: layout.parts,
    }
    if samples is not None:
        sections[Kind.VECTORS] = [vectors.to_bytes(vectors.samples_of(model, samples))]
    if onnx:
        sections[Kind.ONNX] = [lowered.onnx_bytes()]
    return sections


@cache
def _producer() -> str:
    """Who writes the file: "irkit 0.1.0"."""
    try:
        return f"irkit {importlib.metadata.version('irkit')}"
    except importlib.metadata.PackageNotFoundError:  # used from its folder, never installed
        return "irkit"


# ---- reading


def model_in(container: Container) -> GraphModel:
    """The model in a file that is open; all its sections are checked. Raises as `load` does."""
    program, ir, weights = (container.sections[k] for k in (Kind.PROGRAM, Kind.IR, Kind.WEIGHTS))
    table = _checked_program(container, program, ir.hash)
    check_table(table, container[Kind.WEIGHTS], weights.offset, padding=container.weights_verified)
    ir_bytes = bytes(container[Kind.IR])
    model = proto.from_bytes(ir_bytes, container[Kind.WEIGHTS], ir.offset, weights.offset, table)
    if Kind.VECTORS in container.sections:
        vectors.from_bytes(container[Kind.VECTORS], model, container.sections[Kind.VECTORS].offset)
    return model


def _checked_program(container: Container, section: Section, ir_hash: int) -> list[StoredTensor]:
    """What PROGRAM, which keeps every rule, says of WEIGHTS. Python runs the IR; but a file is sound as a whole."""
    try:
        return execution.check_program(bytes(container[Kind.PROGRAM]), ir_hash)
    except IrkitError as error:
        problem = f"Section PROGRAM, bytes {section.offset} to {section.end}: {error.problem}"
        raise type(error)(
            problem, source=error.source, layer=error.layer, facts=error.facts, cure=error.cure
        ) from error


def mapped(path: str | os.PathLike[str]) -> memoryview:
    """The file's bytes, read-only. The map lives as long as an array that looks into it."""
    with Path(path).open("rb") as file:  # any PathLike
        if os.fstat(file.fileno()).st_size == 0:  # which cannot be mapped
            return memoryview(b"")
        return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))


@contextlib.contextmanager
def _without_collections() -> Iterator[None]:
    """Hundreds of thousands of new objects, all of them needed: the garbage collector would search in vain, often."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
