"""An LSTM and a language model, their loops over time written in Python."""

from __future__ import annotations

import numpy as np

import irkit
from examples.janus import Case
from irkit import layers, ops

WORDS, END = 200, 0


class Cell(irkit.Layer):
    """One step of an LSTM, spelled out."""

    def __init__(self, units: int) -> None:
        super().__init__()
        self.units = units
        self.inward = layers.Dense(4 * units)
        self.onward = layers.Dense(4 * units, use_bias=False)

    def call(self, x, h, c):
        i, f, g, o = ops.split(self.inward(x) + self.onward(h), 4, axis=-1)
        c = ops.sigmoid(f) * c + ops.sigmoid(i) * ops.tanh(g)
        return ops.sigmoid(o) * ops.tanh(c), c


class LSTM(irkit.Model):
    """Classifies a sequence; stops early at a row of zeros, which is padding."""

    def __init__(self, units: int = 64) -> None:
        super().__init__()
        self.cell, self.head = Cell(units), layers.Dense(5)

    def call(self, sequence):
        h = c = ops.zeros((1, self.cell.units))
        steps = 0
        for x in sequence:
            if ops.all(x == 0):
                break
            h, c = self.cell(x[None], h, c)
            steps += 1
        return self.head(h), steps


class LanguageModel(irkit.Model):
    """Reads a text word by word, tells how surprised it was, and goes on writing until the end of the sentence."""

    def __init__(self, units: int = 64, most: int = 12) -> None:
        super().__init__()
        self.embedding = layers.Embedding(WORDS, units)
        self.cells = [Cell(units), Cell(units)]
        self.head = layers.Dense(WORDS)
        self.units, self.most = units, most

    def step(self, word, states):
        x, after = self.embedding(word[None]), []
        for cell, (h, c) in zip(self.cells, states, strict=True):
            x, c = cell(x, h, c)
            after.append((x, c))
        return self.head(x)[0], after

    def call(self, text):
        states = [(ops.zeros((1, self.units)), ops.zeros((1, self.units))) for _ in self.cells]
        surprise = 0.0
        logits, states = self.step(text[0], states)
        for word in text[1:]:
            surprise = surprise - ops.log_softmax(logits)[word]
            logits, states = self.step(word, states)
        written, count = ops.zeros((self.most,), "int32"), 0
        while count < self.most:
            word = logits.argmax()
            if word == END:
                break
            written = ops.where(ops.arange(self.most) == count, word, written)
            logits, states = self.step(word, states)
            count += 1
        return surprise, written, count


def cases() -> list[Case]:
    """Sequences of several lengths."""
    rng = np.random.default_rng(0)
    sequences = [rng.standard_normal((n, 16)).astype(np.float32) for n in (30, 12, 20)]
    sequences[1][7:] = 0
    texts = [rng.integers(1, WORDS, n).astype(np.int32) for n in (20, 9, 14)]
    return [
        Case("LSTM", LSTM(), [(s,) for s in sequences], (irkit.TensorSpec((None, 16)),)),
        Case("language model", LanguageModel(), [(t,) for t in texts], (irkit.TensorSpec((None,), "int32"),)),
    ]
