"""ai.onnx.ml's tree ensembles in operators of ai.onnx: all trees take one step down at a time, all rows together.

The nodes of all trees stand in one table. A step looks up feature, threshold and children of each row's place in each
tree; leaves are their own children, so that as many steps as the deepest tree has levels end in leaves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from irkit.errors import AttributeRangeError
from irkit.frontends.onnx_import.adapters.classical import best, class_labels, rows, transformed
from irkit.frontends.onnx_import.adapters.labels import ML
from irkit.frontends.onnx_import.use import Use, adapter
from irkit.ir import Array, DType, Value

MAX_LEVELS = 512  # a step is half a dozen nodes
LEAF = "LEAF"
MEMBER = "BRANCH_MEMBER"
_COMPARISONS = {
    "BRANCH_LEQ": "LessOrEqual",
    "BRANCH_LT": "Less",
    "BRANCH_GTE": "GreaterOrEqual",
    "BRANCH_GT": "Greater",
    "BRANCH_EQ": "Equal",
    "BRANCH_NEQ": "Equal",  # negated
}
_MODES = ("BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT", "BRANCH_EQ", "BRANCH_NEQ", MEMBER)


@dataclass
class Table:
    """The nodes of all trees, one line each. leaf: number of the leaf, −1 for inner nodes."""

    features: list[int] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    modes: list[str] = field(default_factory=list)
    yes: list[int] = field(default_factory=list)
    no: list[int] = field(default_factory=list)
    missing: list[bool] = field(default_factory=list)  # whether a missing value says yes
    roots: list[int] = field(default_factory=list)

    def add(self, feature: int, value: float, mode: str, yes: int, no: int, missing: bool) -> int:
        """A new line; its number."""
        for column, entry in zip(
            (self.features, self.values, self.modes, self.yes, self.no, self.missing),
            (feature, value, mode, yes, no, missing),
            strict=True,
        ):
            column.append(entry)  # type: ignore[attr-defined]  # each column gets entries of its own type
        return len(self.modes) - 1

    def is_leaf(self, line: int) -> bool:
        return self.modes[line] == LEAF

    def levels(self, operator: str) -> int:
        """How many steps lead from the roots to the deepest leaf."""
        count, here = 0, np.array(self.roots)
        yes, no, leaf = np.array(self.yes), np.array(self.no), np.array([m == LEAF for m in self.modes])
        while not leaf[here].all():
            count += 1
            if count > MAX_LEVELS:
                raise AttributeRangeError(
                    f"{operator} has a tree of more than {MAX_LEVELS} levels, or a cycle."
                )
            inner = here[~leaf[here]]
            here = np.unique(np.concatenate([yes[inner], no[inner]]))
        return count


def places(use: Use, table: Table, x: Value) -> Value:
    """The leaf that each row reaches in each tree: lines of the table (rows, trees)."""
    dtype = x.type.dtype  # type: ignore[union-attr]  # a tensor of floats
    columns = _Columns(use, table, dtype)
    count = use.add("Shape", x, start=0, end=1)
    size = use.add("Concat", count, use.integers([len(table.roots)]), axis=0)
    here = use.add("Expand", use.constant(np.array([table.roots], np.int64)), size)
    for _ in range(table.levels(use.operator)):
        found = use.add("GatherElements", x, columns.at("features", here), axis=1)
        says_yes = columns.answer(found, here)
        here = use.add("Where", says_yes, columns.at("yes", here), columns.at("no", here))
    return here


class _Columns:
    """The table's columns as constants, and what they say at places."""

    def __init__(self, use: Use, table: Table, dtype: DType) -> None:
        self.use, self.table = use, table
        self.modes = sorted({m for m in table.modes if m != LEAF})
        numbers = {name: np.array(getattr(table, name), np.int64) for name in ("features", "yes", "no")}
        self.arrays: dict[str, Array] = {**numbers, "values": np.array(table.values, dtype.numpy)}
        self.arrays["missing"] = np.array(table.missing, bool)
        self.constants: dict[str, Value] = {}

    def at(self, column: str, here: Value) -> Value:
        if column not in self.constants:
            self.constants[column] = self.use.constant(self.arrays[column])
        return self.use.add("Gather", self.constants[column], here)

    def answer(self, x: Value, here: Value) -> Value:
        """Whether x goes to the left: by each node's own comparison."""
        use, value = self.use, self.at("values", here)
        result: Value | None = None
        for mode in self.modes:
            holds = use.add(_COMPARISONS[mode], x, value)
            holds = use.add("Not", holds) if mode == "BRANCH_NEQ" else holds
            if result is not None:
                self.arrays[mode] = np.array([m == mode for m in self.table.modes])
                holds = use.add("Where", self.at(mode, here), holds, result)
            result = holds
        assert result is not None
        if any(self.table.missing):
            lost = use.add("And", use.add("IsNaN", x), self.at("missing", here))
            result = use.add("Or", result, lost)
        return result


# ---- aggregation


def aggregated(use: Use, here: Value, weights: Array, kind: str, trees: int) -> Value:
    """weights: (lines, targets). The sum, average, least or greatest over the trees: (rows, targets)."""
    found = use.add("Gather", use.constant(weights), here)
    reduction = {"SUM": "ReduceSum", "AVERAGE": "ReduceSum", "MIN": "ReduceMin", "MAX": "ReduceMax"}[kind]
    total = use.add(reduction, found, use.integers([1]), keepdims=0)
    if kind != "AVERAGE":
        return total
    return use.add("Div", total, use.constant(np.array(trees, weights.dtype)))


def weight_matrix(
    use: Use, lines: int, entries: Sequence[tuple[int, int, float]], targets: int, kind: str
) -> Array:
    """entries: (line, target, weight)."""
    matrix = np.zeros((lines, targets), np.float64)
    for line, target, weight in entries:
        if not 0 <= target < targets:
            raise AttributeRangeError(f"{use.operator} gives a weight to target {target} of {targets}.")
        matrix[line, target] += weight
    if kind in ("MIN", "MAX") and targets > 1:
        raise use.unsupported(f"takes the {kind} of several targets, which is not supported.")
    return matrix


# ---- the operators of opset 1 to 3


def _column(use: Use, name: str, default: Any = ()) -> Any:  # of any kind
    tensor = use.take(f"{name}_as_tensor")
    given = use.take(name, default)
    return given if tensor is None else tensor.tolist()


def _old_table(use: Use) -> tuple[Table, dict[tuple[int, int], int]]:
    """From the columns nodes_…; and the line of each (tree, node)."""
    names = ("treeids", "nodeids", "featureids", "modes", "truenodeids", "falsenodeids")
    trees, nodes, features, modes, yes, no = (use.take(f"nodes_{name}", ()) for name in names)
    values = _column(use, "nodes_values")
    missing = use.take("nodes_missing_value_tracks_true") or [0] * len(nodes)
    use.drop("nodes_hitrates", "nodes_hitrates_as_tensor")
    line = {key: i for i, key in enumerate(zip(trees, nodes, strict=True))}
    if not line or len(line) != len(nodes):
        raise AttributeRangeError(f"{use.operator} needs nodes, each once.")
    table, targets = Table(), set()
    for i, (tree, mode) in enumerate(zip(trees, modes, strict=True)):
        mode = mode.decode() if isinstance(mode, bytes) else mode
        if mode == LEAF:
            table.add(0, 0.0, LEAF, i, i, missing=False)
            continue
        if mode not in _COMPARISONS:
            raise use.unsupported(f"has a node of mode {mode!r}.")
        try:
            left, right = line[tree, yes[i]], line[tree, no[i]]
        except KeyError:
            raise AttributeRangeError(
                f"{use.operator}: node {nodes[i]} of tree {tree} has a child that is not there."
            ) from None
        targets |= {left, right}
        table.add(features[i], values[i], mode, left, right, missing=bool(missing[i]))
    table.roots = [i for i in line.values() if i not in targets]
    return table, line


def _old_weights(use: Use, prefix: str, line: dict[tuple[int, int], int]) -> list[tuple[int, int, float]]:
    trees, nodes, ids = (use.take(f"{prefix}_{name}", ()) for name in ("treeids", "nodeids", "ids"))
    weights = _column(use, f"{prefix}_weights")
    try:
        return [(line[t, n], i, w) for t, n, i, w in zip(trees, nodes, ids, weights, strict=True)]
    except KeyError as key:
        raise AttributeRangeError(
            f"{use.operator} gives a weight to (tree, node) {key}, which is not there."
        ) from None


def _with_base(use: Use, scores: Value) -> Value:
    base = np.array(_column(use, "base_values"), np.float32)
    return use.add("Add", scores, use.constant(base)) if base.size else scores


@adapter("TreeEnsembleRegressor", domain=ML)
def tree_ensemble_regressor(use: Use) -> Sequence[Value]:
    table, line = _old_table(use)
    kind, targets = use.take("aggregate_function", "SUM"), use.take("n_targets", 1)
    matrix = weight_matrix(use, len(line), _old_weights(use, "target", line), targets, kind)
    here = places(use, table, rows(use))
    y = aggregated(use, here, matrix.astype(np.float32), kind, len(table.roots))
    return [transformed(use, _with_base(use, y))]


@adapter("TreeEnsembleClassifier", domain=ML)
def tree_ensemble_classifier(use: Use) -> Sequence[Value]:
    """(labels, scores)"""
    table, line = _old_table(use)
    labels = class_labels(use, "classlabels_strings", "classlabels_int64s")
    entries = _old_weights(use, "class", line)
    if len(labels) == 2 and len({target for _, target, _ in entries}) == 1:
        return _binary(use, table, entries, labels)
    matrix = weight_matrix(use, len(line), entries, len(labels), "SUM").astype(np.float32)
    scores = aggregated(use, places(use, table, rows(use)), matrix, "SUM", 1)
    scores = _with_base(use, scores)
    return [best(use, scores, labels), transformed(use, scores)]


def _binary(
    use: Use, table: Table, entries: Sequence[tuple[int, int, float]], labels: Array
) -> Sequence[Value]:
    """Two classes and one score: a probability where no weight is negative, else a distance from 0."""
    is_probability = all(weight >= 0 for _, _, weight in entries)
    matrix = weight_matrix(use, len(table.modes), [(n, 0, w) for n, _, w in entries], 1, "SUM")
    score = aggregated(use, places(use, table, rows(use)), matrix.astype(np.float32), "SUM", 1)
    base = np.array(_column(use, "base_values"), np.float32)
    score = use.add("Add", score, use.constant(base[-1:])) if base.size else score
    half = use.number(0.5 if is_probability else 0.0, DType.float32)
    flat = use.add("Reshape", use.add("Greater", score, half), use.integers([-1]))
    label = use.add("Gather", use.constant(labels), use.add("Cast", flat, to=DType.int64))
    if is_probability:
        use.drop("post_transform")
        other = use.add("Sub", use.number(1.0, DType.float32), score)
        return [label, use.many("Concat", [other, score], axis=1)[0]]
    return [label, transformed(use, use.many("Concat", [use.add("Neg", score), score], axis=1)[0])]


# ---- the operator of opset 5


@adapter("TreeEnsemble", domain=ML)
def tree_ensemble(use: Use) -> Sequence[Value]:
    table, leaves = _new_table(use)
    kind = ("AVERAGE", "SUM", "MIN", "MAX")[use.take("aggregate_function", 1)]
    weights, ids = use.take("leaf_weights"), use.take("leaf_targetids", ())
    entries = [(at, ids[leaf], weights.flat[leaf]) for leaf, at in leaves.items()]
    matrix = weight_matrix(use, len(table.modes), entries, use.take("n_targets", 1), kind)
    here = places(use, table, rows(use))
    y = aggregated(use, here, matrix.astype(weights.dtype), kind, len(table.roots))
    use.attributes["post_transform"] = ("NONE", "SOFTMAX", "LOGISTIC", "SOFTMAX_ZERO", "PROBIT")[
        use.take("post_transform", 0)
    ]
    return [transformed(use, y)]


def _new_table(use: Use) -> tuple[Table, dict[int, int]]:
    """Inner nodes come first, then the leaves; and the line of each leaf."""
    names = ("featureids", "truenodeids", "falsenodeids", "trueleafs", "falseleafs")
    features, yes, no, yes_leaf, no_leaf = (use.take(f"nodes_{name}", ()) for name in names)
    modes, splits = (use.take(name).flat for name in ("nodes_modes", "nodes_splits"))
    missing = use.take("nodes_missing_value_tracks_true") or [0] * len(features)
    use.drop("nodes_hitrates")
    members = _member_sets(use.take("membership_values"))
    inner, leaf_count = len(features), use.attributes["leaf_weights"].size
    table = Table()

    def child(number: int, is_leaf: int) -> int:
        if not 0 <= number < (leaf_count if is_leaf else inner):
            raise AttributeRangeError(f"{use.operator} has a node whose child {number} is not there.")
        return number + (inner if is_leaf else 0)

    for i in range(inner):
        left, right = child(yes[i], yes_leaf[i]), child(no[i], no_leaf[i])
        mode = _MODES[int(modes[i])]
        table.add(features[i], splits[i], mode, left, right, missing=bool(missing[i]))
    for i in range(inner, inner + leaf_count):
        table.add(0, 0.0, LEAF, i, i, missing=False)
    for i in range(inner):
        if table.modes[i] == MEMBER:
            _spread(table, i, next(members))
    table.roots = list(use.take("tree_roots", ()))
    return table, {leaf: inner + leaf for leaf in range(leaf_count)}


def _member_sets(values: Array | None) -> Any:  # an iterator of lists
    """The sets of the nodes of mode MEMBER, in order; NaN ends each."""
    flat = np.array([]) if values is None else values.reshape(-1)
    ends = np.flatnonzero(np.isnan(flat))
    return iter([part[~np.isnan(part)] for part in np.split(flat, ends + 1)])


def _spread(table: Table, line: int, members: Array) -> None:
    """A question for a member of a set becomes one question for each member."""
    if not len(members):
        table.modes[line], table.yes[line] = "BRANCH_EQ", table.no[line]
        return
    yes, no, feature, missing = table.yes[line], table.no[line], table.features[line], table.missing[line]
    table.modes[line], table.values[line] = "BRANCH_EQ", float(members[0])
    for member in members[1:]:
        added = table.add(feature, float(member), "BRANCH_EQ", yes, no, missing)
        table.no[line] = added
        line = added
