"""Einsums become matrix products where they are, and give what numpy's einsum gives."""

from __future__ import annotations

import numpy as np
import pytest

from irkit import operators as o
from irkit.backends.interpreter import Interpreter
from irkit.backends.onnxruntime import OnnxRuntime
from irkit.ir import Graph, GraphModel, LayerNode, Signature, Weight, symbol, tensor
from irkit.passes import optimize

SIZES = dict(zip("abcdefgh", (2, 3, 4, 5, 6, 7, 2, 3), strict=True))
PRODUCTS = [
    "ab,bc->ac",
    "ab,bc->ca",
    "ab,cb->ac",
    "ba,bc->ac",
    "abc,cd->abd",
    "abc,cde->abde",
    "abcd,cde->abe",
    "abcd,dce->abe",
    "abc,dec->abde",
    "abcd,cdef->abef",
    "aecd,abcd->acbe",
    "acbe,aecd->abcd",
    "adh,aeh->ade",
    "acde,aecf->adcf",
]
OTHERS = ["ab,ab->ab", "ab,bc->abc", "aab,bc->ac", "ab,c->a", "abc,acb->a"]


def made(equation: str, open_sizes: bool, bias: str = "") -> tuple[GraphModel, list[np.ndarray]]:
    rng = np.random.default_rng(0)
    graph, arrays = Graph(), []
    for i, letters in enumerate(equation.partition("->")[0].split(",")):
        shape = [SIZES[x] for x in letters]
        arrays.append(rng.normal(size=shape).astype(np.float32))
        named = [symbol("batch") if x == "a" and open_sizes else SIZES[x] for x in letters]
        graph.input(f"x{i}", tensor("float32", named))
    (y,) = graph.add(o.Einsum(equation=equation), graph.inputs)
    if bias:
        array = rng.normal(size=[SIZES[x] for x in bias]).astype(np.float32)
        weight = Weight("bias", tensor("float32", array.shape), array)
        (y,) = graph.add(o.Add(), [y, graph.weight(weight)])
        arrays.append(array)
    graph.set_outputs([y])
    return GraphModel("m", graph, LayerNode("m", "M"), Signature(output_names=("y",))), arrays


def operators(model: GraphModel) -> list[str]:
    return [n.op.name for n in model.graph.nodes if n.op.name != "Constant"]


@pytest.mark.parametrize("open_sizes", [False, True])
@pytest.mark.parametrize("equation", PRODUCTS)
def test_matrix_products_are_written_as_such_and_agree_with_numpy(equation: str, open_sizes: bool) -> None:
    model, arrays = made(equation, open_sizes)
    expected = np.einsum(equation, *arrays)
    optimize(model.graph, 2, verify=True)
    assert operators(model).count("MatMul") + operators(model).count("Gemm") == 1
    for backend in (Interpreter(), OnnxRuntime()):
        (y,) = backend.prepare(model).run(arrays)
        np.testing.assert_allclose(y, expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("equation", OTHERS)
def test_other_einsums_stay(equation: str) -> None:
    model, arrays = made(equation, open_sizes=False)
    optimize(model.graph, 2, verify=True)
    assert operators(model) == ["Einsum"]
    np.testing.assert_allclose(
        Interpreter().prepare(model).run(arrays)[0], np.einsum(equation, *arrays), rtol=1e-4, atol=1e-5
    )


def test_sizes_that_would_have_to_be_joined_and_are_open_stay() -> None:
    model, _ = made("bc,cad->bad", open_sizes=True)
    optimize(model.graph, 2, verify=True)
    assert operators(model) == ["Einsum"]


@pytest.mark.parametrize(("equation", "bias"), [("abc,cde->abde", "de"), ("abcd,cde->abe", "e")])
def test_a_bias_is_added_before_the_axes_are_split(equation: str, bias: str) -> None:
    model, arrays = made(equation, open_sizes=True, bias=bias)
    expected = np.einsum(equation, *arrays[:2]) + arrays[2]
    optimize(model.graph, 2, verify=True)
    names = operators(model)
    assert names.index("MatMul") < names.index("Add")
    assert not bias[1:] or names[-1] == "Reshape"
    (y,) = OnnxRuntime().prepare(model).run(arrays[:2])
    np.testing.assert_allclose(y, expected, rtol=1e-4, atol=1e-5)
