"""The programs of the survey's figures: the same computation written imperatively, symbolically, and as both.

    python examples/figures.py

Each function is one figure (or a pair), and asserts what the figure is there to show.
"""

# ruff: noqa: N806  # symbols have the capital names that the figures give them

import tempfile
from pathlib import Path

import numpy as np

import irkit
from irkit import layers, ops

TEN = np.ones(10)


def imperative() -> None:
    """Figure 1: every line computes; values can be printed and asked at once."""
    a = irkit.tensor(TEN)
    b = irkit.tensor(TEN * 2)
    c = b * a
    assert c[0].item() == 2.0
    d = c + 1
    assert d.numpy().tolist() == [3.0] * 10


def symbolic() -> None:
    """Figures 2 and 16: first the expression, then a function of its symbols, fed by name."""
    A = irkit.Variable("A")
    B = irkit.Variable("B")
    C = B * A
    D = C + 1
    f = irkit.compile(D)
    d = f(A=np.ones(10), B=np.ones(10) * 2)
    assert d.tolist() == [3.0] * 10
    assert f(A=np.ones((2, 1)), B=np.ones(3)).shape == (2, 3)  # other shapes: another graph


def fetching() -> None:
    """Figures 5 to 7: only what a wanted result needs is computed, and only that must be fed."""
    A, B, E = irkit.Variable("A"), irkit.Variable("B"), irkit.Variable("E")
    C = B * A
    D = C + 1
    G = E.apply(ops.exp)
    f = irkit.compile([C, D, G])
    assert f.run(C, {A: TEN, B: TEN * 2}).tolist() == [2.0] * 10
    (d,) = f.run([D], {"A": TEN, "B": TEN * 2})
    assert d.tolist() == [3.0] * 10
    graph = irkit.compile(C).trace(A=TEN, B=TEN)
    assert [node.op.name for node in graph.graph.nodes] == ["Mul"]  # neither the sum nor the exponential


def immediate() -> None:
    """Figures 8 and 10: values steer Python, and a debugger or `print` sees them."""
    x = irkit.tensor([3.0, -1.0, 2.0])
    total, steps = irkit.tensor(0.0), 0
    for value in x:
        if value > 0:  # a value, so an ordinary `if`
            total += value
            steps += 1
    assert (total.item(), steps) == (5.0, 2)
    assert "5." in str(total)


class Perceptron(irkit.Model):
    """Figures 11 and 12: one definition for both modes."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden = layers.Dense(256, activation="relu")
        self.middle = layers.Dense(128, activation="relu")
        self.result = layers.Dense(2)

    def call(self, x):
        return self.result(self.middle(self.hidden(x)))


def both_modes() -> None:
    """Figures 11 and 12: one definition, called on values, hybridized, and called on a symbol.

    The results are the same.
    """
    net = Perceptron()
    x = np.random.default_rng(0).random((1, 512), dtype=np.float32)
    eager = net(x).numpy()
    net.hybridize()
    np.testing.assert_allclose(net(x).numpy(), eager, rtol=1e-5, atol=1e-6)
    net.hybridize(active=False)
    X = irkit.Variable("X")
    f = irkit.compile(net(X))
    np.testing.assert_allclose(f(X=x), eager, rtol=1e-5, atol=1e-6)


def shipped() -> None:
    """The expression as one file, for any program that can load it."""
    A, B = irkit.Variable("A"), irkit.Variable("B")
    f = irkit.compile(B * A + 1)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "figure2.irk"
        f.save(path, A=irkit.TensorSpec((None,), "float32"), B=irkit.TensorSpec((None,), "float32"))
        loaded = irkit.load(path)
    small = np.ones(4, np.float32)
    assert np.asarray(loaded.predict({"A": small, "B": small * 2})).tolist() == [3.0] * 4


FIGURES = [imperative, symbolic, fetching, immediate, both_modes, shipped]

if __name__ == "__main__":
    for figure in FIGURES:
        figure()
        print(f"{figure.__name__}: {(figure.__doc__ or '').splitlines()[0]}")
