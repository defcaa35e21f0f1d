"""Looking at a whole model: every mistake in it, not the first.

report = check(model)
print(report)               # all errors and warnings, as text
report.raise_if_wrong()     # one GraphError that tells all of them
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from irkit.errors import GraphError, IrkitError, ShapeError
from irkit.ir import Constraints, TensorType, dims
from irkit.ir.constraints import recording
from irkit.ir.graph import who
from irkit.ir.states import state_errors

if TYPE_CHECKING:
    from irkit.ir import Graph, GraphModel, LayerNode, Node, Type, Value

MAX_LAYER_DEPTH = 64


@dataclass(slots=True)
class CheckReport:
    """errors: what makes the model unusable. warnings: what its maker may have overlooked."""

    errors: list[IrkitError] = field(default_factory=list)
    warnings: list[IrkitError] = field(default_factory=list)

    def __post_init__(self) -> None:
        for finding in (*self.errors, *self.warnings):
            finding.called_from = ""  # the mistake is in the model, not in the line that asks for a report

    @property
    def ok(self) -> bool:
        return not self.errors

    def raise_if_wrong(self) -> None:
        """Raise the error there is, or a GraphError that tells all of them."""
        if len(self.errors) == 1:
            raise self.errors[0]
        if self.errors:
            facts = [line for error in self.errors for line in str(error).splitlines()]
            raise GraphError(f"The model has {len(self.errors)} errors.", facts=facts)

    def __str__(self) -> str:
        if not self.errors and not self.warnings:
            return "no errors"
        parts = [f"error: {e}" for e in self.errors] + [f"warning: {w}" for w in self.warnings]
        return "\n".join([*parts, f"{len(self.errors)} errors, {len(self.warnings)} warnings"])


def check(model: GraphModel) -> CheckReport:
    """All errors and warnings of a model. Takes linear time and raises nothing."""
    errors = problems(model.graph)
    errors += _tree_errors(model)
    errors += _signature_errors(model)
    errors += state_errors(model)
    return CheckReport(errors, _warnings(model))


def problems(graph: Graph) -> list[IrkitError]:
    """What is wrong with an outermost graph: ownership, order, uses, names, types, constraints."""
    found = [*_name_errors(graph), *_structure_errors(graph)]
    if not found:  # types can be inferred only where inputs are defined before they are read
        found = [*_use_errors(graph), *_type_errors(graph), *_constraint_errors(graph)]
    return found


# ---- structure


def _values(graph: Graph) -> Iterator[Value]:
    yield from graph.weights.values()
    for each in graph.all_graphs():
        yield from each.inputs
        for node in each.nodes:
            yield from node.outputs


def _name_errors(graph: Graph) -> Iterator[IrkitError]:
    seen: set[str] = set()
    for value in _values(graph):
        if not value.name or value.name in seen:
            yield GraphError(f"two values are called {value.name!r}.", source=_source(value))
        seen.add(value.name)


def _structure_errors(graph: Graph) -> Iterator[IrkitError]:
    """Walk in execution order: a value may be read from its definition to the end of the graph that defines
    it."""
    defined = {*graph.inputs, *graph.weights.values()}
    pending: list[tuple[Graph, Iterator[Node], list[Value], Node | None]] = [
        (graph, iter(graph.nodes), [], None)
    ]
    while pending:
        current, nodes, local, holder = pending[-1]
        node = next(nodes, None)
        if node is None:
            yield from _output_errors(current, defined)
            defined.difference_update(local)  # what a sub-graph defines is not seen outside
            pending.pop()
            if holder is not None and not (pending and pending[-1][3] is holder):
                outer = pending[-1][2] if pending else []
                _define(holder, defined, outer)
            continue
        yield from _node_errors(current, node, defined)
        inner = node.op.subgraphs
        if not inner:
            _define(node, defined, local)
        for each in reversed(inner):
            if each.parent is not current:
                yield _at(node, GraphError(f"sub-graph '{each.name}' does not know the graph around it."))
            defined.update(each.inputs)
            pending.append((each, iter(each.nodes), list(each.inputs), node))


def _define(node: Node, defined: set[Value], local: list[Value]) -> None:
    defined.update(node.outputs)
    local.extend(node.outputs)


def _node_errors(graph: Graph, node: Node, defined: set[Value]) -> Iterator[IrkitError]:
    if node.graph is not graph:
        yield _at(node, GraphError("the node does not know the graph that holds it."))
    for i, value in enumerate(node.inputs):
        if value is not None and value not in defined:
            yield _at(node, GraphError(f"input {i} reads '{value.name}', which is not defined before it."))
    for value in node.outputs:
        if value.producer is not node:
            yield _at(node, GraphError(f"output '{value.name}' names another producer."))
        if value in defined:
            yield _at(node, GraphError(f"output '{value.name}' is made twice."))


def _output_errors(graph: Graph, defined: set[Value]) -> Iterator[IrkitError]:
    name = f"sub-graph '{graph.name}'" if graph.parent is not None else "the graph"
    for value in graph.outputs:
        own = (
            graph.parent is None
            or value in graph.inputs
            or (value.producer and value.producer.graph is graph)
        )
        if value not in defined or not own:
            yield GraphError(
                f"{name} returns '{value.name}', which it does not define.", source=_source(value)
            )


def _use_errors(graph: Graph) -> Iterator[IrkitError]:
    """`uses` of every value, computed again."""
    uses: dict[Value, dict[tuple[Node, int], None]] = {value: {} for value in _values(graph)}
    for node in graph.walk():
        for i, value in enumerate(node.inputs):
            if value is not None:
                uses[value][node, i] = None
    for value, found in uses.items():
        if value.uses.keys() != found.keys():
            yield GraphError(
                f"'{value.name}' is read {len(found)} times, but lists {len(value.uses)} uses.",
                source=_source(value),
            )


# ---- types and constraints


def _type_errors(graph: Graph) -> Iterator[IrkitError]:
    """Types inferred again, from the inputs on."""
    scratch = Constraints(exact_broadcast=graph.constraints.exact_broadcast)
    for each in list(graph.all_graphs()):
        for node in each.nodes:
            try:
                with recording(scratch):
                    types, _ = node.op.infer_outputs(
                        [v.type if v is not None else None for v in node.inputs],
                        [v.known if v is not None else None for v in node.inputs],
                        len(node.outputs),
                    )
            except IrkitError as error:
                yield _at(node, error)
                continue
            for value, type_ in zip(node.outputs, types, strict=True):
                if not _agrees(value.type, type_):
                    yield _at(
                        node,
                        ShapeError(f"output '{value.name}' is {value.type}; it follows that it is {type_}."),
                    )


def _agrees(stated: Type, inferred: Type) -> bool:
    """Whether one value can have both types. Sizes that only running tells get new names each time, so
    symbols are compared no further than certain difference."""
    if isinstance(stated, TensorType) and isinstance(inferred, TensorType):
        if stated.dtype is not inferred.dtype or stated.shape is None or inferred.shape is None:
            return stated.dtype is inferred.dtype
        same_rank = len(stated.shape) == len(inferred.shape)
        return same_rank and all(
            dims.equal(a, b) is not False for a, b in zip(stated.shape, inferred.shape, strict=True)
        )
    if isinstance(stated, TensorType) or isinstance(inferred, TensorType):
        return False
    return type(stated) is type(inferred) and _agrees(stated.element, inferred.element)


def _constraint_errors(graph: Graph) -> Iterator[IrkitError]:
    """The equations of the graph demanded again, together."""
    together = Constraints()
    for constraint in graph.constraints:
        try:
            together.unify(constraint.left, constraint.right, constraint.origin)
        except IrkitError as error:
            yield ShapeError(f"{constraint}: contradicts what else the model demands.", facts=error.facts)


# ---- around the graph


def _tree_errors(model: GraphModel) -> list[IrkitError]:
    found: list[IrkitError] = []
    for path, layer in [("", model.layers), *model.layers.walk()]:
        if path.count("/") >= MAX_LAYER_DEPTH:
            found.append(
                GraphError(f"layers are nested more than {MAX_LAYER_DEPTH} deep, at '{path[:80]}…'.")
            )
        found += _layer_errors(path, layer)
    return found


def _layer_errors(path: str, layer: LayerNode) -> Iterator[IrkitError]:
    for name, child in layer.children.items():
        if child.name != name or "/" in name or not name:
            yield GraphError(f"layer '{path}' holds a layer called {child.name!r} under the name {name!r}.")


def _signature_errors(model: GraphModel) -> Iterator[IrkitError]:
    names, outputs = model.signature.output_names, model.user_outputs
    if len(names) != len(outputs):
        yield GraphError(
            f"the model returns {len(outputs)} values and names {len(names)}: {', '.join(names)}."
        )
    if len(set(names)) != len(names):
        yield GraphError(f"two outputs have the same name: {', '.join(names)}.")
    for assumption in model.signature.assumptions:
        if not -1 <= assumption.input < len(model.user_inputs):
            yield GraphError(
                f"the assumption {assumption.text!r} concerns input {assumption.input}, which is not there."
            )


def _warnings(model: GraphModel) -> list[IrkitError]:
    graph, returned = model.graph, set(model.graph.outputs)
    unread = [f"input '{v.name}'" for v in model.user_inputs if not v.uses and v not in returned]
    unread += [f"weight '{w.path}'" for w, v in graph.weights.items() if not v.uses and v not in returned]
    found = [f"{what} is never read." for what in unread]
    return [GraphError(text) for text in (*found, *([] if graph.outputs else ["the model returns nothing."]))]


def _source(value: Value) -> str:
    return str(value.producer.source) if value.producer is not None else ""


def _at(node: Node, error: IrkitError) -> IrkitError:
    return error.at(
        str(node.source), who(node.op, node.layer), [f"{v.name}: {v.type}" for v in node.inputs if v]
    )
