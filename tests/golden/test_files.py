"""Files of every version of the format are read for ever, mean what they meant, and are written as they were."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest

from irkit import execution, serialize
from irkit.backends.native_abi import Library
from irkit.errors import UnsupportedError
from irkit.serialize import Kind, model_file

FOLDER = Path(__file__).parents[1] / "files"
FILES = sorted(FOLDER.glob("version_*/*.irk"))
NAMES = [f"{path.parent.name}/{path.stem}" for path in FILES]


def section(path: Path, kind: Kind) -> bytes:
    found = [s for s in serialize.info(path).sections if s.kind is kind]
    return path.read_bytes()[found[0].offset : found[0].end] if found else b""


def test_there_are_files_of_version_1() -> None:
    assert len(FILES) >= 6


@pytest.mark.parametrize("folder", sorted(FOLDER.glob("version_*")), ids=lambda f: f.name)
def test_a_file_once_made_is_never_made_again(folder: Path) -> None:
    told = dict(reversed(line.split()) for line in (folder / "SHA256SUMS").read_text().splitlines())
    assert {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.glob("*.irk")} == told


@pytest.mark.parametrize("path", FILES, ids=NAMES)
@pytest.mark.parametrize("backend", ["interpreter", "onnxruntime"])
def test_its_samples_give_what_they_gave(path: Path, backend: str) -> None:
    model = serialize.load(path, verify="always")
    for sample in serialize.load_samples(path):
        found = execution.backend(backend).prepare(model).run(sample.inputs)
        for array, expected in zip(found, sample.outputs, strict=True):
            np.testing.assert_allclose(
                array, expected, rtol=0, atol=1e-4 * np.abs(expected).max(initial=1e-30)
            )


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_its_model_is_written_as_it_was(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """PROGRAM is lowered anew, which later versions may do better; the IR, the source of truth, stays to the byte."""
    monkeypatch.setattr(model_file, "_producer", lambda: "irkit 0.1.0")
    again = tmp_path / "again.irk"
    serialize.save(serialize.load(path), again, samples=serialize.load_samples(path) or None)
    for kind in (Kind.IR, Kind.VECTORS):
        assert section(again, kind) == section(path, kind)


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_the_cpp_runtime_opens_it(path: Path) -> None:
    import ctypes

    try:
        library = Library()
    except UnsupportedError as error:
        pytest.skip(str(error))
    opened = ctypes.c_void_p()
    library.check(library.open(str(path).encode(), None, ctypes.byref(opened)))
    library.free_model(opened)
