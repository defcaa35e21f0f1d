"""ONNX's own conformance cases, as the onnx package ships them: of nodes, whole models, exporters, image networks."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import onnx
from onnx import numpy_helper
from onnx.backend.test.loader import DATA_DIR, load_model_tests

from tests.conformance.node_cases import plain

# (model, inputs) → outputs
Adapter = Callable[[onnx.ModelProto, list[Any]], list[Any]]
DataSet = tuple[list[Any], list[Any]]
_STORED = ("simple", "pytorch-converted", "pytorch-operator")


@dataclass(frozen=True, eq=False)
class SuiteCase:
    """One model with inputs and expected outputs. load: reads them, which may take long."""

    name: str
    kind: str
    load: Callable[[], tuple[onnx.ModelProto, list[DataSet]]]
    rtol: float = 1e-3
    atol: float = 1e-7

    @property
    def is_expanded(self) -> bool:
        return "_expanded" in self.name


def suite_cases() -> list[SuiteCase]:
    """All of them, 2,033 in onnx 1.23."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the package computes expected values with overflows
        tests = load_model_tests(kind="node")
        found = [SuiteCase(t.name, "node", _held(t), t.rtol, t.atol) for t in tests]
        for kind in _STORED:
            tests = sorted(load_model_tests(kind=kind), key=lambda t: str(t.name))
            found += [SuiteCase(t.name, kind, _stored(t.model_dir), t.rtol, t.atol) for t in tests]
    folder = os.path.join(DATA_DIR, "light")
    files = sorted(f for f in os.listdir(folder) if f.endswith(".onnx"))
    return found + [SuiteCase(f"test_{f[:-5]}", "light", _light(os.path.join(folder, f))) for f in files]


def _held(test: Any) -> Callable[[], tuple[onnx.ModelProto, list[DataSet]]]:
    return lambda: (test.model, [([*map(plain, a)], [*map(plain, b)]) for a, b in test.data_sets])


def _stored(folder: str) -> Callable[[], tuple[onnx.ModelProto, list[DataSet]]]:
    def load() -> tuple[onnx.ModelProto, list[DataSet]]:
        model = onnx.load(os.path.join(folder, "model.onnx"))
        sets = sorted(d for d in os.listdir(folder) if d.startswith("test_data_set"))
        return model, [
            (
                _read(f"{folder}/{d}/input", model.graph.input),
                _read(f"{folder}/{d}/output", model.graph.output),
            )
            for d in sets
        ]

    return load


def _read(prefix: str, infos: Sequence[onnx.ValueInfoProto]) -> list[Any]:
    found = []
    for i, info in enumerate(infos):
        path = f"{prefix}_{i}.pb"
        if os.path.exists(path):
            kinds = {"sequence_type": onnx.SequenceProto, "optional_type": onnx.OptionalProto}
            proto = kinds.get(info.type.WhichOneof("value") or "", onnx.TensorProto)()
            with open(path, "rb") as file:
                proto.ParseFromString(file.read())
            found.append(plain(proto))
    return found


def _light(path: str) -> Callable[[], tuple[onnx.ModelProto, list[DataSet]]]:
    def load() -> tuple[onnx.ModelProto, list[DataSet]]:
        model = onnx.load(path)
        inside = {t.name for t in model.graph.initializer}
        ports = [i for i in model.graph.input if i.name not in inside]
        shapes = [[d.dim_value or 1 for d in i.type.tensor_type.shape.dim] for i in ports]
        inputs = [(np.arange(np.prod(s)).reshape(s) / np.prod(s)).astype(np.float32) for s in shapes]
        outputs = []
        for i in range(len(model.graph.output)):
            tensor = onnx.TensorProto()
            with open(f"{path[:-5]}_output_{i}.pb", "rb") as file:
                tensor.ParseFromString(file.read())
            outputs.append(numpy_helper.to_array(tensor))
        return model, [(inputs, outputs)]

    return load


# ---- pinning


def pinned(model: onnx.ModelProto, opset: int) -> onnx.ModelProto | None:
    """The model stamped with `opset`, or None where one of its operators is defined differently there."""
    versions = {o.domain: o.version for o in model.opset_import}
    if "" not in versions or model.functions:
        return None
    if not all(_is_the_same(node, versions[""], opset) for node in nodes_of(model.graph)):
        return None
    stamped = onnx.ModelProto()
    stamped.CopyFrom(model)
    for entry in stamped.opset_import:
        if entry.domain in ("", "ai.onnx"):
            entry.version = opset
    return stamped


def _is_the_same(node: onnx.NodeProto, version: int, opset: int) -> bool:
    if node.domain not in ("", "ai.onnx"):
        return False
    try:
        there, here = (onnx.defs.get_schema(node.op_type, v, "") for v in (version, opset))
    except onnx.defs.SchemaError:
        return False
    return bool(there.since_version == here.since_version and not here.deprecated)


def nodes_of(graph: onnx.GraphProto) -> Iterator[onnx.NodeProto]:
    """All nodes, those of inner graphs included."""
    for node in graph.node:
        yield node
        for attribute in node.attribute:
            if attribute.type == onnx.AttributeProto.GRAPH:
                yield from nodes_of(attribute.g)


# ---- ONNX's rule of equality


def assert_as_expected(expected: Any, found: Any, rtol: float, atol: float) -> None:
    """Lengths, shapes and dtypes exactly, strings exactly, numbers within tolerance. Raises AssertionError."""
    if expected is None:
        assert found is None, "expected nothing"
        return
    if isinstance(expected, list):
        assert isinstance(found, list), f"expected a sequence, found {type(found).__name__}"
        assert len(expected) == len(found), f"{len(found)} elements, expected {len(expected)}"
        for e, f in zip(expected, found, strict=True):
            assert_as_expected(e, f, rtol, atol)
        return
    e, f = np.asarray(expected), np.asarray(found)
    assert e.shape == f.shape, f"shape {f.shape}, expected {e.shape}"
    if e.dtype.kind in "OUS":
        np.testing.assert_array_equal(f.astype(str), e.astype(str))
        return
    assert e.dtype == f.dtype, f"dtype {f.dtype}, expected {e.dtype}"
    if e.dtype.kind not in "biufc":  # of ml_dtypes
        rtol = max(rtol, 2**-6) if e.dtype.name == "bfloat16" else rtol
        e, f = e.astype(np.float32), f.astype(np.float32)
    np.testing.assert_allclose(f, e, rtol=rtol, atol=atol)
