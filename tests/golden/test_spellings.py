"""Three spellings of one model are one graph: their texts are equal, but for the names that the styles
give."""

from __future__ import annotations

import numpy as np

import irkit as keras
from irkit import layers
from irkit.show.text import to_text

TEXT = """\
  weight @dense/kernel: float32[8, 4]
  weight @dense/bias: float32[4]
  weight @dense_1/kernel: float32[4, 2]
  weight @dense_1/bias: float32[2]
  %0 = MatMul(%INPUT, @dense/kernel) : float32[batch, 4]  # dense
  %1 = Add(%0, @dense/bias) : float32[batch, 4]  # dense
  %2 = Relu(%1) : float32[batch, 4]  # dense
  %3 = MatMul(%2, @dense_1/kernel) : float32[batch, 2]  # dense_1
  %4 = Add(%3, @dense_1/bias) : float32[batch, 2]  # dense_1
  %5 = Softmax(%4, axis=1) : float32[batch, 2]  # dense_1
  return %5
"""


def sequential() -> keras.Model:
    return keras.Sequential(
        [keras.Input((8,)), layers.Dense(4, activation="relu"), layers.Dense(2, activation="softmax")]
    )


def functional() -> keras.Model:
    x = keras.Input((8,))
    h = layers.Dense(4, activation="relu")(x)
    return keras.Model(x, layers.Dense(2, activation="softmax")(h))


class Subclassed(keras.Model):  # type: ignore[misc]  # the face hands the class on
    def __init__(self) -> None:
        super().__init__()
        self.first = layers.Dense(4, activation="relu")
        self.second = layers.Dense(2, activation="softmax")

    def call(self, x: object) -> object:
        return self.second(self.first(x))


def subclassed() -> keras.Model:
    model = Subclassed()
    model(np.zeros((1, 8), np.float32))
    return model


def text_of(model: keras.Model) -> str:
    graph = model.graph_model.graph
    text = to_text(model.graph_model, sources=False).partition("\n")[2]
    lines = text.replace(f"%{graph.inputs[0].name},", "%INPUT,").splitlines(keepends=True)
    weights = sorted((x for x in lines if x.startswith("  weight")), key=lambda x: ("_1" in x, "bias" in x))
    return "".join([*weights, *(x for x in lines if not x.startswith("  weight"))])


def test_three_spellings_have_one_text() -> None:
    texts = []
    for make in (sequential, functional, subclassed):
        keras.backend.clear_session()
        texts.append(text_of(make()))
    assert texts == [TEXT] * 3
