"""What the passes did: a witness for each rewrite, and the sums."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from irkit.passes.contents import Contents

if TYPE_CHECKING:
    from collections.abc import Sequence

    from irkit.ir import Graph, Node, Value


@dataclass(frozen=True, slots=True)
class Witness:
    """One rewrite: which values were replaced by which, by which pass, and why the two are equal.

    before, after: names of values. where: layer and source line of the node that went.
    """

    rule: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    why: str
    where: str = ""

    def __str__(self) -> str:
        change = (
            f"{', '.join(self.before)} → {', '.join(self.after)}" if self.after else ", ".join(self.before)
        )
        return f"{self.rule}: {change}: {self.why}" + (f"  # {self.where}" if self.where else "")


@dataclass(slots=True)
class Report:
    """nodes_before, nodes_after: of the graph with its sub-graphs. rounds: until nothing changed any more."""

    witnesses: list[Witness] = field(default_factory=list)
    nodes_before: int = 0
    nodes_after: int = 0
    rounds: int = 0
    replaced: dict[Value, Value] = field(
        default_factory=dict
    )  # what went → what came of it, which may be gone as well
    contents: Contents = field(default_factory=Contents)

    @property
    def counts(self) -> dict[str, int]:
        """How many rewrites each pass made."""
        return dict(Counter(w.rule for w in self.witnesses))

    def note(self, rule: str, node: Node, after: Sequence[Value | None], why: str) -> None:
        """Remember that `after` now stands for the outputs of `node`."""
        self.replaced.update(
            (old, new) for old, new in zip(node.outputs, after, strict=False) if new is not None
        )
        where = f"{node.layer}  {node.source}".strip()
        before = tuple(v.name for v in node.outputs)
        self.witnesses.append(
            Witness(rule, before, tuple(v.name for v in after if v is not None), why, where)
        )

    def final(self, value: Value) -> Value:
        """What came of `value` in the end: its like, or where only the order of axes differs, that."""
        while True:
            node = value.producer
            if value in self.replaced:
                value = self.replaced[value]
            elif node is not None and node.graph is None and node.op.name == "Transpose" and node.inputs[0]:
                value = node.inputs[0]
            else:
                return value

    def __str__(self) -> str:
        done = ", ".join(f"{count} × {rule}" for rule, count in self.counts.items()) or "nothing to do"
        return f"{self.nodes_before} → {self.nodes_after} nodes: {done}"


Pass: TypeAlias = Callable[["Graph", Report], bool]
