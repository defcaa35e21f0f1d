"""Tensors in nested lists, tuples and dicts: what loops carry and branches return."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeAlias

# A tensor, or a list, tuple or dict of trees, or None.
Tree: TypeAlias = Any


def leaves_of(tree: Tree) -> list[Any]:
    """What stands in `tree`, in order; None is nothing."""
    if tree is None:
        return []
    children = _children(tree)
    return [tree] if children is None else [leaf for child in children for leaf in leaves_of(child)]


def rebuilt(tree: Tree, leaves: Sequence[Any]) -> Tree:
    """A tree like `tree`, with other leaves."""
    return _rebuilt(tree, iter(leaves))


def mapped(f: Callable[[Any], Any], tree: Tree) -> Tree:
    """`tree`, with f of every leaf in its place."""
    return rebuilt(tree, [f(leaf) for leaf in leaves_of(tree)])


def _children(tree: Tree) -> list[Any] | None:
    if isinstance(tree, list | tuple):
        return list(tree)
    return [tree[k] for k in sorted(tree)] if isinstance(tree, dict) else None


def _rebuilt(tree: Tree, leaves: Iterator[Any]) -> Tree:
    if tree is None:
        return None
    if isinstance(tree, tuple) and hasattr(tree, "_fields"):  # a namedtuple
        return type(tree)(*[_rebuilt(t, leaves) for t in tree])
    if isinstance(tree, list | tuple):
        return type(tree)([_rebuilt(t, leaves) for t in tree])
    if isinstance(tree, dict):
        new = {k: _rebuilt(tree[k], leaves) for k in sorted(tree)}
        return {k: new[k] for k in tree}
    return next(leaves)
