"""JANUS's eleven kinds of program: hybridized and as one file in three runtimes, they give what eager gives."""

from __future__ import annotations

import functools
from pathlib import Path

import numpy as np
import pytest

import irkit
from examples.janus.every import cases
from examples.janus.trees import SENTENCES, encoded
from tests.capture_programs.comparing import as_tensors, difference, plain

CASES = {case.name: case for case in cases()}
ONE_FILE = [name for name, case in CASES.items() if case.examples is not None]


@functools.cache
def eager(name: str) -> list[object]:
    case = CASES[name]
    return [plain(case.function(*as_tensors(list(call)))) for call in case.calls]


def assert_same(expected: object, found: object) -> None:
    assert not difference(plain(expected), plain(found), scale=1e-4)


@pytest.mark.parametrize("name", CASES)
def test_hybridized_programs_give_what_eager_gives(name: str) -> None:
    case = CASES[name]
    hybrid = irkit.function(case.function)
    for _ in range(2):  # once captured, once from the cache
        for call, expected in zip(case.calls, eager(name), strict=True):
            assert_same(expected, hybrid(*as_tensors(list(call))))
    assert hybrid.stats().eager_calls == 0


@pytest.mark.parametrize("name", ONE_FILE)
def test_one_file_gives_what_eager_gives(name: str, tmp_path: Path, runtime: object) -> None:
    case = CASES[name]
    assert case.examples is not None
    irkit.capture(case.function, *case.examples).save(tmp_path / "program.irk")
    for backend in ("interpreter", "onnxruntime", "native"):
        loaded = irkit.load(tmp_path / "program.irk", backend=backend)
        for call, expected in zip(case.calls, eager(name), strict=True):
            assert_same(expected, loaded(*call))


def test_all_eleven_kinds_are_there() -> None:
    assert len(CASES) == 13 and len(ONE_FILE) == 11


def test_trees_walked_and_trees_in_arrays_give_the_same() -> None:
    for kind in ("TreeRNN", "TreeLSTM"):
        walked = CASES[kind]
        in_arrays = CASES[f"{kind} in arrays"].function
        in_arrays.inner.set_weights(walked.function.get_weights())
        for (tree,), sentence in zip(walked.calls, SENTENCES, strict=True):
            a = walked.function(as_tensors(tree))
            b = in_arrays(*as_tensors(list(encoded(sentence))))
            np.testing.assert_allclose(a.numpy(), b.numpy(), rtol=1e-5)
