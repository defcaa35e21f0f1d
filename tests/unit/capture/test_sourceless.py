"""Functions without source: they run as they are where all that they touch can be seen, and are refused elsewhere."""

from __future__ import annotations

import types

import numpy as np
import pytest

import irkit


def made(text, **namespace):
    """A function as somebody types it at a prompt."""
    space = {"irkit": irkit, "ops": irkit.ops, "np": np, "__name__": "prompt", **namespace}
    exec(compile(text, "<stdin>", "exec"), space)
    return space


X = np.array([1.0, 2.0], np.float32)


def test_a_plain_function_becomes_a_graph():
    space = made("def f(x, n=2):\n    return ops.relu(x) * n + sum([i for i in range(3)])\n")
    f = irkit.function(space["f"])
    for x in (X, -X):
        np.testing.assert_allclose(np.asarray(f(x)), np.maximum(x, 0) * 2 + 3)
    assert f.stats().graph_calls == 2 and f.stats().captures == 1


def test_globals_attributes_and_closures_are_watched():
    text = (
        "class C:\n    pass\nc = C()\nc.inner = C()\nc.inner.n = 2.0\nK = 1.0\n"
        "def outer():\n    shift = 5.0\n    def f(x):\n        return x * c.inner.n + K + shift\n"
        "    def change(v):\n        nonlocal shift\n        shift = v\n    return f, change\n"
        "f, change = outer()\n"
    )
    space = made(text)
    f = irkit.function(space["f"])
    np.testing.assert_allclose(np.asarray(f(X)), X * 2 + 6)
    space["c"].inner.n = 3.0
    np.testing.assert_allclose(np.asarray(f(X)), X * 3 + 6)
    space["K"] = 2.0
    np.testing.assert_allclose(np.asarray(f(X)), X * 3 + 7)
    space["change"](0.0)
    np.testing.assert_allclose(np.asarray(f(X)), X * 3 + 2)
    assert f.stats().graph_calls == 4


def test_a_model_typed_at_a_prompt_is_watched_too():
    space = made(
        "class M(irkit.Model):\n    def __init__(self):\n        super().__init__()\n"
        "        self.d = irkit.layers.Dense(2)\n        self.scale = 1.0\n"
        "    def call(self, x):\n        return self.d(x) * self.scale\n"
    )
    model = space["M"]()
    counts = model.hybridize()
    first = np.asarray(model(X[None]))
    model.scale = 2.0
    np.testing.assert_allclose(np.asarray(model(X[None])), 2 * first)
    assert counts.stats().graph_calls == 2


REFUSED = {
    "sets an attribute": "def f(x):\n    c.n = 1\n    return x\n",
    "sets an item": "def f(x):\n    d['a'] = 1\n    return x\n",
    "sets a global": "def f(x):\n    global K\n    K = 1\n    return x\n",
    "random.random is called": "def f(x):\n    return x * random.random()\n",
    "f calls helper": "def helper():\n    return K\ndef f(x):\n    return x * helper()\n",
    "truth of the symbolic tensor": "def f(x):\n    return x if ops.sum(x) > 0 else -x\n",
    r"reads \.secret of an object": "def f(x):\n    return x * [c][0].secret\n",
    r"reads \.append of an object": "def f(x):\n    [d][0].append(1)\n    return x\n",
    "imports a module": "def f(x):\n    import math\n    return x\n",
}


@pytest.mark.parametrize(("what", "text"), REFUSED.items(), ids=list(REFUSED))
def test_what_could_go_unseen_is_refused_and_says_that_there_is_no_source(what, text):
    import random

    thing = types.SimpleNamespace(n=1, secret=2.0)
    f = made(text, c=thing, d={}, K=1.0, random=random)["f"]
    with pytest.raises(irkit.CaptureError, match=rf"(?is){what}.*runs as it is"):
        irkit.capture(f, X)
