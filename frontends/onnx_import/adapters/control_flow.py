"""If, Loop, Scan and SequenceMap: their bodies are built for the types that really enter them.

What a loop's body is declared to take is often less than what is known, or not said at all. So a body is built for the
types of the first turn; where it does not return what it took, it is built again for both.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from irkit.errors import GraphError
from irkit.frontends.onnx_import.use import Use, adapter
from irkit.ir import Dim, DType, Graph, OptionalType, SequenceType, TensorType, Type, Value, as_tensor
from irkit.ir.constraints import fresh, recording, same
from irkit.ir.source import UNKNOWN
from irkit.operators import make
from irkit.operators.rules import axis_in

if TYPE_CHECKING:
    import onnx

MAX_TRIES = 4


@adapter("If")
def if_(use: Use) -> Sequence[Value]:
    """Where the condition is known, the other branch is no part of the model: it may not even make sense."""
    known = use.value(0).known
    if known is not None and known.dtype == bool and known.size == 1:
        taken = "then_branch" if known.all() else "else_branch"
        return use.inline(_graph(use, taken), ())
    for name in ("then_branch", "else_branch"):
        use.attributes[name] = use.body(_graph(use, name), (), name)
    return use.same()


def _graph(use: Use, name: str) -> onnx.GraphProto:
    import onnx  # noqa: PLC0415  # heavy

    graph = use.attributes.get(name)
    if not isinstance(graph, onnx.GraphProto):
        raise GraphError(f"{use.operator} needs the graph '{name}'.")
    return graph


@adapter("Loop")
def loop(use: Use) -> Sequence[Value]:
    counters = (TensorType(DType.int64, ()), TensorType(DType.bool, ()))
    carried = [_type(v) for v in use.inputs[2:]]
    while len(use.inputs) < 2:
        use.inputs.append(None)
    use.attributes["body"] = _settled(use, _graph(use, "body"), carried, lambda types: [*counters, *types], 1)
    return use.same()


def _type(value: Value | None) -> Type:
    if value is None:
        raise GraphError("a value that a loop carries cannot be left out.")
    return value.type


@adapter("Scan")
def scan(use: Use) -> Sequence[Value]:
    if use.version < 9:
        return _batched_scan(use)
    count = len(use.inputs) - use.attributes.get("num_scan_inputs", 0)
    if count < 0:
        raise GraphError(f"Scan has fewer inputs than the {use.attributes['num_scan_inputs']} that it scans.")
    states, scanned = ([_type(v) for v in part] for part in (use.inputs[:count], use.inputs[count:]))
    axes = use.attributes.get("scan_input_axes") or (0,) * len(scanned)
    slices = [_slice(as_tensor(t), axis) for t, axis in zip(scanned, axes, strict=False)]
    use.attributes["body"] = _settled(use, _graph(use, "body"), states, lambda types: [*types, *slices], 0)
    return use.same()


def _slice(type_: TensorType, axis: int) -> TensorType:
    if type_.shape is None:
        return type_
    at = axis_in(axis, len(type_.shape), "scan input axis")
    return type_.with_shape([*type_.shape[:at], *type_.shape[at + 1 :]])


def _batched_scan(use: Use) -> Sequence[Value]:
    """Scan of opset 8 had a batch in front: one Scan over the samples, and today's Scan inside it."""
    if use.optional(0) is not None or any(use.take("directions", ())):
        raise use.unsupported("with sequence_lens or directions has no form at opset 23.")
    given = [use.value(i) for i in range(1, len(use.inputs))]
    sample = Graph("sample", use.graph)
    inside = [sample.input(sample.free_name("x"), _slice(as_tensor(v.type), 0)) for v in given]
    inner = Use(
        "Scan",
        "",
        9,
        sample,
        list(inside),
        dict(use.attributes),
        use.names,
        use.layer,
        partial(use.body, inside=sample),
        use.inline,
    )
    sample.set_outputs(scan(inner))
    op = make("", "Scan", {"body": sample, "num_scan_inputs": len(given)})
    return use.graph.add(op, given, count=use.count, layer=use.layer, source=UNKNOWN)


@adapter("SequenceMap")
def sequence_map(use: Use) -> Sequence[Value]:
    types = [_type(v) for v in use.inputs]
    inside = [t.element if isinstance(t, SequenceType) else t for t in types]
    use.attributes["body"] = use.body(_graph(use, "body"), inside, "body")
    return use.same()


# ---- types that come back


def _settled(
    use: Use,
    proto: onnx.GraphProto,
    carried: list[Type],
    entering: Callable[[list[Type]], list[Type]],
    first: int,
) -> Graph:
    """A body that can take back what it returns. first: where the carried values stand among its outputs."""
    own: set[Dim] = set()
    for _ in range(MAX_TRIES):
        body = use.body(proto, entering(carried), "body")
        returned = [v.type for v in body.outputs[first : first + len(carried)]]
        with recording(use.graph.constraints):
            wider = [_wider(a, b, own) for a, b in zip(carried, returned, strict=False)]
        if len(returned) < len(carried) or wider == carried:
            return body
        _discard(body)
        carried = wider
    return use.body(proto, entering([_unranked(t) for t in carried]), "body")


def _wider(entered: Type, returned: Type, own: set[Dim]) -> Type:
    """A type for both. own: sizes that stand for any, because they were widened before."""
    if isinstance(entered, OptionalType):
        inner = returned.element if isinstance(returned, OptionalType) else returned
        return OptionalType(_wider(entered.element, inner, own))
    if isinstance(entered, SequenceType) and isinstance(returned, SequenceType):
        widened = _wider(entered.element, returned.element, set())
        return entered if widened == entered.element else SequenceType(_unranked(widened))
    if not isinstance(entered, TensorType) or not isinstance(returned, TensorType) or entered.shape is None:
        return entered  # where it does not fit, the operator says so
    if returned.shape is None or len(returned.shape) != len(entered.shape):
        return entered.with_shape(None)
    return entered.with_shape(
        [_wider_size(a, b, own) for a, b in zip(entered.shape, returned.shape, strict=True)]
    )


def _wider_size(entered: Dim, returned: Dim, own: set[Dim]) -> Dim:
    if entered in own or same(entered, returned):
        return entered
    wider = fresh("carried")
    own.add(wider)
    return wider


def _unranked(type_: Type) -> Type:
    if isinstance(type_, TensorType):
        return type_.with_shape(None)
    return type(type_)(_unranked(type_.element))


def _discard(body: Graph) -> None:
    """Let nothing outside remember a body that is not used."""
    body.set_outputs(())
    for node in reversed(list(body.nodes)):
        body.remove(node)
