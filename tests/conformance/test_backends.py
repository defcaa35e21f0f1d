"""ONNX's node cases through whole models: the checker, the interpreter with and without passes,
onnxruntime."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from irkit.backends.interpreter import Interpreter
from irkit.backends.lowering import lower
from irkit.backends.onnxruntime import OnnxRuntime
from irkit.check import check
from irkit.errors import UnsupportedError
from irkit.ir import Graph, GraphModel, LayerNode, Signature
from irkit.operators import make
from irkit.passes import optimize
from irkit.show.text import to_text
from irkit.show.text_parser import parse
from tests.conformance.cases import Case
from tests.conformance.criteria import assert_equal
from tests.conformance.node_cases import is_supported, node_cases
from tests.programs import assert_valid

RANDOM = {
    "Bernoulli",
    "Multinomial",
    "RandomNormal",
    "RandomNormalLike",
    "RandomUniform",
    "RandomUniformLike",
}
CASES = [
    c
    for c in node_cases()
    if is_supported(c) and c.operator not in RANDOM and not c.name.startswith("test_training_dropout")
]

# Where onnxruntime 1.31.1 fails or gives another answer than ONNX's own cases; each was looked at.
MISTAKEN: Mapping[str, str] = {
    "test_attention_4d_with_past_and_present_qk_matmul_bias_3d_mask_causal": "-inf where the case masks",
    "test_attention_4d_with_past_and_present_qk_matmul_bias_4d_mask_causal": "-inf where the case masks",
    "test_convinteger_with_padding": "wants one zero point for all channels",
    "test_maxunpool_export_with_output_shape": "ignores the output shape when it places elements",
    "test_reduce_max_empty_set_bool": "refuses empty bools",
    "test_resize_downsample_scales_cubic_align_corners": "other sizes for align_corners",
    "test_resize_downsample_scales_linear_align_corners": "other sizes for align_corners",
}
ROUGH = ("test_dft",)  # sums of 10 terms near 0, rounded: 1e-4 of the largest


def model_of(case: Case) -> tuple[GraphModel, list[object], list[int]]:
    """The case as a model, its inputs, and the numbers of the outputs whose values are known."""
    graph = Graph("case")
    assert case.types is not None
    assert case.expected is not None
    values = [None if t is None else graph.input(f"x{i}", t) for i, t in enumerate(case.types)]
    attributes = case.attributes(graph, values) if callable(case.attributes) else case.attributes
    outputs = graph.add(make(case.domain, case.operator, attributes), values, count=case.outputs)
    kept = [i for i, expected in enumerate(case.expected) if expected is not ...]
    graph.set_outputs([outputs[i] for i in kept])
    signature = Signature(output_names=tuple(f"y{i}" for i in kept))
    inputs = [x for x, t in zip(case.inputs, case.types, strict=True) if t is not None]
    return GraphModel("case", graph, LayerNode("case", "Model"), signature), inputs, kept


def compare(case: Case, got: list[object], kept: list[int], tolerance: float = 1e-3) -> None:
    assert case.expected is not None
    for y, i in zip(got, kept, strict=True):
        assert_equal(case.operator, y, case.expected[i], case.tolerance or tolerance, atol=1e-6)


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_the_interpreter_passes_it_before_and_after_the_passes(case: Case) -> None:
    model, inputs, kept = model_of(case)
    assert check(model).errors == []
    compare(case, Interpreter().prepare(model).run(inputs), kept)
    optimize(model.graph, 3, verify=True)
    compare(case, Interpreter().prepare(model).run(inputs), kept)


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_onnxruntime_passes_it_or_says_that_it_cannot(case: Case) -> None:
    model, inputs, kept = model_of(case)
    if case.name in MISTAKEN:
        pytest.skip(MISTAKEN[case.name])
    try:
        executable = OnnxRuntime().prepare(model, threads=1)
    except UnsupportedError as error:
        pytest.skip(str(error).splitlines()[0])
    got = executable.run(inputs)
    if case.name.startswith(ROUGH):
        for y, i in zip(got, kept, strict=True):
            expected = case.expected[i]  # type: ignore[index]  # checked in model_of
            np.testing.assert_allclose(y, expected, rtol=0, atol=1e-4 * np.abs(expected).max())
    else:
        compare(case, got, kept)


def test_programs_of_all_cases_keep_the_rules_of_the_format() -> None:
    for case in CASES:
        model, _, _ = model_of(case)
        try:
            lowered = lower(model)
        except UnsupportedError:
            continue
        assert_valid(lowered.program)


def test_the_text_of_all_cases_is_read_back() -> None:
    for case in CASES:
        model, _, _ = model_of(case)
        text = to_text(model, contents=True)
        assert to_text(parse(text), contents=True) == text, case.name
