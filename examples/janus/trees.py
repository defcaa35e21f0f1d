"""TreeRNN and TreeLSTM over binary parse trees: Python recursion over nested tuples, and one file for all trees.

A tree is a word or a pair of trees. Captured as it is, each form of tree becomes a graph; encoded as arrays in the
order of a walk from the leaves up, all trees run through one loop.
"""

from __future__ import annotations

import numpy as np

import irkit
from examples.janus import Case
from irkit import layers, ops

# Sentences of newspapers and reviews, bracketed as a grammarian would.
SENTENCES = (
    (("the", "film"), (("is", "not"), ("very", "good"))),
    (("a", ("charming", ("and", "funny"))), ("story", ("of", ("two", "friends")))),
    ((("prices", "rose"), ("in", "march")), ("but", (("fell", "again"), ("in", ("early", "april"))))),
    ("it", ("works", "well")),
)
VOCABULARY = {"<none>": 0}


def words_of(tree) -> list[str]:
    """The words of a tree from left to right."""
    return [tree] if isinstance(tree, str) else words_of(tree[0]) + words_of(tree[1])


for _sentence in SENTENCES:
    for _word in words_of(_sentence):
        VOCABULARY.setdefault(_word, len(VOCABULARY))


class TreeRNN(irkit.Model):
    """A node is tanh of a matrix times its children; the root is classified."""

    def __init__(self, units: int = 48) -> None:
        super().__init__()
        self.embedding = layers.Embedding(len(VOCABULARY), units)
        self.join, self.head = layers.Dense(units, activation="tanh"), layers.Dense(5)
        self.units = units

    def leaf(self, word):
        return self.embedding(word[None])

    def both(self, left, right):
        return self.join(ops.concatenate([left, right], axis=-1))

    def node(self, tree):
        if isinstance(tree, tuple):
            return self.both(self.node(tree[0]), self.node(tree[1]))
        return self.leaf(tree)

    def call(self, tree):
        return self.head(self.root(self.node(tree)))

    def root(self, node):
        return node


class TreeLSTM(TreeRNN):
    """Tai et al.'s binary TreeLSTM: each node has h and c, each child its own forget gate. Node: (1, 2·units)."""

    def __init__(self, units: int = 48) -> None:
        super().__init__(2 * units)
        self.gates = layers.Dense(5 * units)

    def both(self, left, right):
        h1, c1 = ops.split(left, 2, axis=-1)
        h2, c2 = ops.split(right, 2, axis=-1)
        i, f1, f2, o, u = ops.split(self.gates(ops.concatenate([h1, h2], axis=-1)), 5, axis=-1)
        c = ops.sigmoid(i) * ops.tanh(u) + ops.sigmoid(f1) * c1 + ops.sigmoid(f2) * c2
        return ops.concatenate([ops.sigmoid(o) * ops.tanh(c), c], axis=-1)

    def root(self, node):
        return node[:, : self.units // 2]


class Encoded(irkit.Model):
    """Any of the two over a tree in arrays: node number n has the word words[n], or the children left[n], right[n]."""

    def __init__(self, inner: TreeRNN) -> None:
        super().__init__()
        self.inner = inner

    def call(self, words, left, right):
        count = words.shape[0]
        nodes, n = ops.zeros((count, self.inner.units)), 0
        while n < count:
            if left[n] < 0:
                node = self.inner.leaf(words[n])
            else:
                node = self.inner.both(nodes[left[n]][None], nodes[right[n]][None])
            nodes = ops.where((ops.arange(count) == n)[:, None], node, nodes)
            n += 1
        return self.inner.head(self.inner.root(nodes[-1][None]))


def encoded(tree) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """words, left, right: children before their parents, the root last."""
    rows: list[tuple[int, int, int]] = []

    def visit(node) -> int:
        if isinstance(node, str):
            rows.append((VOCABULARY[node], -1, -1))
        else:
            left, right = visit(node[0]), visit(node[1])
            rows.append((0, left, right))
        return len(rows) - 1

    visit(tree)
    words, left, right = np.array(rows, np.int32).T
    return words.copy(), left.copy(), right.copy()


def numbered(tree):
    """The tree with tensors in the words' places."""
    if isinstance(tree, str):
        return np.array(VOCABULARY[tree], np.int32)
    return numbered(tree[0]), numbered(tree[1])


def cases() -> list[Case]:
    """Both networks in both forms, on the same sentences."""
    trees = [(numbered(s),) for s in SENTENCES]
    arrays = [encoded(s) for s in SENTENCES]
    nodes = irkit.TensorSpec(("nodes",), "int32")
    made = []
    for network in (TreeRNN(), TreeLSTM()):
        name = type(network).__name__
        made.append(Case(name, network, trees, None))
        made.append(Case(f"{name} in arrays", Encoded(network), arrays, (nodes, nodes, nodes)))
    return made
