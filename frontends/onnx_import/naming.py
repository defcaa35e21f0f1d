"""Layers from the names of nodes: "/encoder/layer.0/attention/MatMul" is MatMul in attention in layer.0 in encoder."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import takewhile
from typing import TYPE_CHECKING

from irkit.ir import limits

if TYPE_CHECKING:
    import onnx

MAX_DEPTH = limits.LAYER_DEPTH - 4
_QUIET = frozenset({"Constant"})


class Paths:
    """The path of the layer of each node of the main graph, and what kind of layer it is.

    A part of the path that all nodes share is left out. A scope with one node, named like its operator, is that node's
    layer: "/features/features.0/Conv" → features/features.0, a Conv.
    """

    def __init__(self, nodes: Sequence[onnx.NodeProto]) -> None:
        self.classes: dict[str, str] = {}
        self._counts: Counter[str] = (
            Counter()
        )  # how often a path was wanted: unnamed nodes are all called alike
        split = [_parts(node) for node in nodes if node.op_type not in _QUIET]
        shared = _shared([parts[:-1] for parts in split])
        self._skip = len(shared)
        inside = Counter(tuple(parts[:depth]) for parts in split for depth in range(1, len(parts)))
        self._single = {scope for scope, count in inside.items() if count == 1}

    def of(self, node: onnx.NodeProto, around: str = "") -> str:
        """The path of a node's layer, a new one. around: path of the function call that the node is in."""
        parts = _parts(node)
        scope, leaf = tuple(parts[:-1]), parts[-1]
        if (
            not around
            and scope in self._single
            and leaf.lower().startswith(node.op_type.lower())
            and len(scope) > self._skip
        ):
            path = "/".join(scope[self._skip :])
        else:
            path = "/".join((*scope[0 if around else self._skip :], leaf))
        path = f"{around}/{path}" if around else path
        if node.op_type in _QUIET:
            return path.rpartition("/")[0]
        return self._unique(_limited(path), node.op_type)

    def _unique(self, path: str, operator: str) -> str:
        name = path
        while name in self.classes:
            self._counts[path] += 1
            name = f"{path}_{self._counts[path]}"
        self.classes[name] = operator
        return name


def _parts(node: onnx.NodeProto) -> list[str]:
    """The scopes around a node and its own name; a node without one is called after what it makes."""
    parts = [p for p in node.name.split("/") if p]
    return parts or [node.op_type.lower()]


def _limited(path: str) -> str:
    """At most as many levels and characters as a file allows."""
    parts = path.split("/")
    if len(parts) > MAX_DEPTH:
        parts = [*parts[: MAX_DEPTH - 1], ".".join(parts[MAX_DEPTH - 1 :])]
    return "/".join(p[:200] for p in parts)[:2000].rstrip("/")


def _shared(scopes: Iterable[Sequence[str]]) -> Sequence[str]:
    """The beginning that all have in common."""
    common: Sequence[str] | None = None
    for scope in scopes:
        pairs = zip(scope, scope if common is None else common, strict=False)
        common = [a for a, _ in takewhile(lambda p: p[0] == p[1], pairs)]
        if not common:
            return ()
    return common or ()
