"""ONNX models run by irkit, in its three runtimes: callables (onnx.ModelProto, inputs) → outputs, for scorers.

interpreter   import → interpreter
onnxruntime   import → save → load → onnxruntime
cpp           import → save → the C++ runtime
"""

from __future__ import annotations

import os
import tempfile
from typing import TYPE_CHECKING, Any

from irkit import execution, serialize
from irkit.frontends.onnx_import import graph_model
from irkit.ir import GraphModel
from tests.conformance.node_cases import plain

if TYPE_CHECKING:
    import onnx


def interpreter(model: onnx.ModelProto, inputs: list[Any]) -> list[Any]:
    """Imported and interpreted, as it is."""
    return _run("interpreter", graph_model(model), inputs)


def onnxruntime(model: onnx.ModelProto, inputs: list[Any]) -> list[Any]:
    """Imported, saved, loaded, and run by onnxruntime."""
    with tempfile.TemporaryDirectory(prefix="irkit-") as folder:
        file = os.path.join(folder, "m.irk")
        serialize.save(graph_model(model), file)
        return _run("onnxruntime", serialize.load(file), inputs, threads=1)


def _run(backend: str, model: GraphModel, inputs: list[Any], **options: object) -> list[Any]:
    return execution.backend(backend).prepare(model, **options).run([plain(x) for x in inputs])


def cpp(model: onnx.ModelProto, inputs: list[Any]) -> list[Any]:
    """Imported, saved, loaded and run by the C++ runtime."""
    return _run("native", graph_model(model), inputs, threads=1)
