"""Others who know what an operator gives: onnx's reference implementation and onnxruntime."""

from __future__ import annotations

import warnings
from functools import cache
from typing import Any

import numpy as np

from tests.conformance.cases import Case
from tests.conformance.node_cases import plain
from tests.conformance.to_onnx import model_of


def answer(oracle: str, case: Case) -> list[Any] | None:
    """The outputs that an oracle computes, or None when it cannot run the case."""
    return {"reference": reference, "onnxruntime": onnxruntime}[oracle](case)


def reference(case: Case) -> list[Any] | None:
    from onnx.reference import ReferenceEvaluator

    model, feeds = model_of(case)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return [plain(v) for v in ReferenceEvaluator(model).run(None, feeds)]
    except Exception:  # noqa: BLE001  # it raises whatever numpy raised
        return None


def onnxruntime(case: Case) -> list[Any] | None:
    model, feeds = model_of(case)
    try:
        session = _session(model.SerializeToString())
    except Exception:  # noqa: BLE001  # onnxruntime's own class has no public name
        return None  # no kernel for these types
    if any(_is_exotic(v) for v in feeds.values()) or any(
        _is_exotic_name(o.type) for o in session.get_outputs()
    ):
        return None  # numpy arrays of these types do not go in or out
    try:
        return [plain(v) for v in session.run(None, feeds)]
    except Exception as error:
        if "NOT_IMPLEMENTED" in str(error):
            return None
        raise


@cache
def _options() -> Any:
    import onnxruntime as ort

    ort.set_default_logger_severity(4)
    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    return options


def _session(model: bytes) -> Any:
    import onnxruntime as ort

    return ort.InferenceSession(model, _options(), providers=["CPUExecutionProvider"])


def _is_exotic(value: Any) -> bool:
    return isinstance(value, np.ndarray) and value.dtype != object and value.dtype.isbuiltin != 1


def _is_exotic_name(type_: str) -> bool:
    return any(word in type_ for word in ("bfloat16", "float8", "float4", "int4"))
