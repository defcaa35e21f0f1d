"""The textual form: what it looks like, and that it can be read back."""

from __future__ import annotations

import numpy as np
import pytest

from irkit import operators as o
from irkit.backends.interpreter import Interpreter
from irkit.errors import ArgumentError, FormatError, ShapeError
from irkit.ir import DType, Graph, GraphModel, LayerNode, Signature, Weight, symbol, tensor
from irkit.ir.source import Source
from irkit.show.text import to_text
from irkit.show.text_parser import parse


def example() -> GraphModel:
    g = Graph("example")
    x = g.input("x", tensor("float32", [symbol("batch"), 4]))
    c = g.input("take it", tensor("bool", []))
    w = Weight("dense/kernel", tensor("float32", [4, 2]), np.arange(8, dtype=np.float32).reshape(4, 2) / 10)
    frozen = Weight("odd name", tensor("float32", [2]), np.ones(2, np.float32), trainable=False)
    (h,) = g.add(
        o.Gemm(alpha=0.5), [x, g.weight(w), g.weight(frozen)], layer="dense", source=Source("model.py", 12)
    )
    yes, no = Graph("yes", g), Graph("no", g)
    yes.set_outputs(yes.add(o.LeakyRelu(alpha=0.3), [h], layer="act", source=Source("model.py", 13)))
    (pads,) = no.add(o.Constant(value=np.zeros(4, np.int64)), source=Source("model.py", 14))
    no.set_outputs(
        no.add(o.Pad(mode="edge"), [h, pads, None], layer='a "quoted"  # name', source=Source("", 0))
    )
    (y,) = g.add(o.If(then_branch=yes, else_branch=no), [c], source=Source("model.py", 15))
    parts = g.add(o.Split(axis=1, num_outputs=2), [y], count=2, layer="split", source=Source("", 0))
    text = g.add(o.Constant(value_strings=("a, b", 'c"]')), source=Source("", 0))
    g.set_outputs([*parts, *g.add(o.Cast(to=DType.float16), [h], source=Source("", 0)), *text])
    return GraphModel(
        "example", g, LayerNode("example", "Model"), Signature(output_names=("a", "b", "half", "text"))
    )


TEXT = """\
model "example"(%x: float32[batch, 4], %"take it": bool[]) -> a, b, half, text
  weight @dense/kernel: float32[4, 2]
  weight @"odd name": float32[2] frozen
  %0 = Gemm(%x, @dense/kernel, @"odd name", alpha=0.5) : float32[batch, 2]  # dense  model.py:12
  %4 = If(%"take it") : float32[batch, 2] with  #   model.py:15
    else_branch():
      %1 = Constant(value=int64[4]{0, 0, 0, 0}) : int64[4]  #   model.py:14
      %2 = Pad(%0, %1, _, mode="edge") : float32[batch, 2]  # a "quoted"  # name
      return %2
    then_branch():
      %3 = LeakyRelu(%0, alpha=0.3) : float32[batch, 2]  # act  model.py:13
      return %3
  %5, %6 = Split(%4, axis=1, num_outputs=2) : float32[batch, 1], float32[batch, 1]  # split
  %7 = Constant(value_strings=["a, b", "c\\"]"]) : string[2]
  %8 = Cast(%0, to=float16) : float16[batch, 2]
  return %5, %6, %8, %7
"""


def test_the_text_of_a_model() -> None:
    assert to_text(example()).replace("0.30000001192092896", "0.3") == TEXT


def test_reading_and_printing_again_gives_the_same_text() -> None:
    for options in ({}, {"contents": True}, {"layers": False, "sources": False}):
        text = to_text(example(), **options)
        assert to_text(parse(text), **options) == text


def test_a_model_read_from_text_with_contents_computes_the_same() -> None:
    inputs = [np.random.default_rng(0).random((3, 4), np.float32), np.array(True)]
    first, again = (
        Interpreter().prepare(m).run(inputs) for m in (example(), parse(to_text(example(), contents=True)))
    )
    for a, b in zip(first, again, strict=True):
        np.testing.assert_array_equal(a, b)


def test_weights_without_contents_have_a_type_and_no_data() -> None:
    (w, _) = parse(to_text(example())).weights
    assert w.shape == (4, 2)
    with pytest.raises(ArgumentError, match="no contents for weight 'dense/kernel'"):
        _ = w.data


def test_long_constants_are_shown_by_a_hash() -> None:
    g = Graph()
    g.set_outputs(g.add(o.Constant(value=np.arange(100)), source=Source("", 0)))
    text = to_text(GraphModel("m", g, LayerNode("m", "M")))
    assert "int64[100]{#" in text
    with pytest.raises(FormatError, match="contents=True"):
        parse(text)


@pytest.mark.parametrize(
    ("old", "new", "error", "message"),
    [
        (
            "%0 = Gemm(%x",
            "%0 = Gemm(%nobody",
            FormatError,
            "line 4: expected a value that exists, not '%nobody'",
        ),
        ("alpha=0.5", "gamma=0.5", FormatError, "line 4: expected an input or attribute of Gemm"),
        ("float32[batch, 1], float32", "float32[batch, 2], float32", FormatError, "expected type float32"),
        ("weight @dense/kernel: float32[4, 2]", "weight @dense/kernel: float32[3, 2]", ShapeError, "line 4"),
        ("float32[batch, 4]", "float33[batch, 4]", FormatError, "'float33"),
        ("  return %5, %6, %8, %7\n", "", FormatError, "expected a node or 'return'"),
    ],
)
def test_mistakes_in_a_text_are_told_with_their_line(
    old: str, new: str, error: type[Exception], message: str
) -> None:
    with pytest.raises(error) as caught:
        parse(TEXT.replace(old, new, 1))
    assert message in str(caught.value)
