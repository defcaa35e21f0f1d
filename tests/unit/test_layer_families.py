"""The table of layers against the files it speaks of, and what importing costs."""

from __future__ import annotations

import importlib
import subprocess
import sys

import pytest

import irkit
from irkit import layers
from irkit.frontends.base.naming import to_snake_case
from irkit.frontends.layers import ALIASES, FAMILIES


@pytest.mark.parametrize("family", FAMILIES)
def test_the_table_names_what_the_file_exports(family: str) -> None:
    module = importlib.import_module(f"irkit.frontends.layers.{family}")
    assert sorted(module.__all__) == sorted(FAMILIES[family])


def test_aliases_name_layers() -> None:
    known = {name for names in FAMILIES.values() for name in names}
    assert set(ALIASES.values()) <= known
    assert not set(ALIASES) & known


def test_importing_layers_makes_none_of_their_classes() -> None:
    code = "import sys, irkit.layers; print(*(m for m in sys.modules if 'frontends.layers.' in m))"
    result = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert result.stdout.split() == []


def test_automatic_names_are_kerass() -> None:
    names = {
        "ReLU": "re_lu",
        "Conv2D": "conv2d",
        "MaxPooling2D": "max_pooling2d",
        "LSTM": "lstm",
        "PReLU": "p_re_lu",
    }
    assert {name: to_snake_case(name) for name in names} == names


def test_defining_a_model_draws_no_weights() -> None:
    x = irkit.Input((8, 8, 3))
    y = layers.Conv2D(4, 3, activation="relu")(x)
    y = layers.DepthwiseConv2D(3)(layers.BatchNormalization()(y))
    y = layers.LSTM(3, return_sequences=True)(layers.Reshape((16, 4))(y))
    model = irkit.Model(x, layers.Dense(2)(layers.MultiHeadAttention(2, 2)(y, y)))
    assert [w.path for w in model.weights if w.weight.is_drawn] == []
