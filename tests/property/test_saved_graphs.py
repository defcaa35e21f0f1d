"""Graphs drawn at random: saved and loaded they are the same, to the byte."""

from __future__ import annotations

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from irkit import operators as ops
from irkit.errors import IrkitError
from irkit.ir import Dim, Graph, GraphModel, LayerNode, Source, Value, Weight, symbol, tensor
from irkit.serialize import proto
from irkit.serialize.weights import WeightsLayout
from tests.sample_models import modelled

SIZES: list[Dim] = [1, 2, 3, symbol("batch"), symbol("batch_1"), symbol("n") * 2, symbol("n") // 2 + 1]
STEPS = ("Add", "Concat", "Neg", "Transpose", "NonZero", "Constant", "Weight", "If", "Shape", "Reshape")


@st.composite
def models(draw: st.DrawFn) -> GraphModel:
    graph, layers = Graph(draw(st.sampled_from(["", "main"]))), LayerNode("model", "Model")
    graph.constraints.exact_broadcast = draw(st.booleans())
    shapes = st.lists(st.sampled_from(SIZES), min_size=1, max_size=3)
    values = [
        graph.input(f"x{i}", tensor("float32", s))
        for i, s in enumerate(draw(st.lists(shapes, min_size=1, max_size=3)))
    ]
    for i, step in enumerate(draw(st.lists(st.sampled_from(STEPS), max_size=12))):
        try:
            values += added(draw, graph, layers, step, values, i)
        except IrkitError:
            continue  # the shapes do not fit: not what is asked here
    graph.set_outputs(draw(st.lists(st.sampled_from(values), min_size=1, max_size=3)))
    return modelled(graph, layers)


def added(
    draw: st.DrawFn, graph: Graph, layers: LayerNode, step: str, values: list[Value], i: int
) -> tuple[Value, ...]:
    one, two = draw(st.sampled_from(values)), draw(st.sampled_from(values))
    source = draw(st.sampled_from([Source("", 0), Source("model.py", i + 1)]))
    layer = draw(st.sampled_from(["", "block/dense"]))
    match step:
        case "Transpose":
            rank = len(one.type.shape or ())  # type: ignore[union-attr]  # all are tensors
            return graph.add(ops.Transpose(perm=tuple(range(rank))[::-1]), [one], layer=layer, source=source)
        case "Constant":
            count = draw(st.sampled_from([0, 1, 64, 65, 300]))
            return graph.add(ops.Constant(value=np.arange(count, dtype=np.float32)), [], source=source)
        case "Weight":
            data = np.full((draw(st.sampled_from([0, 1, 3])),), draw(st.integers(0, 2)), np.float32)
            weight = Weight(f"weight_{i}", tensor("float32", data.shape), data, trainable=draw(st.booleans()))
            if draw(st.booleans()):
                layers.weights.append(weight)
            return (graph.weight(weight),) if draw(st.booleans()) else ()
        case "If":
            (flag,) = graph.add(ops.Constant(value=np.array(draw(st.booleans()))), [])
            branches = [Graph(name, graph) for name in ("then", "else")]
            for branch, value in zip(branches, (one, two), strict=True):
                branch.set_outputs(branch.add(ops.Identity(), [value]))
            return graph.add(ops.If(then_branch=branches[0], else_branch=branches[1]), [flag], layer=layer)
        case "Reshape":
            (shape,) = graph.add(ops.Constant(value=np.array([-1])), [])
            return graph.add(ops.Reshape(), [one, shape], source=source)
        case "Add":
            return graph.add(ops.Add(), [one, two], layer=layer, source=source)
        case "Concat":
            return graph.add(ops.Concat(axis=0), [one, two], layer=layer, source=source)
    return graph.add(getattr(ops, step)(), [one], layer=layer, source=source)


def saved(model: GraphModel) -> tuple[bytes, bytes]:
    layout = WeightsLayout()
    return proto.to_bytes(model, layout, "irkit"), b"".join(layout.parts)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(models())
def test_saving_loading_and_saving_gives_the_same_bytes(model: GraphModel) -> None:
    ir, weights = saved(model)
    loaded = proto.from_bytes(ir, memoryview(weights))
    assert saved(loaded) == (ir, weights)
    for old, new in zip(model.graph.walk(), loaded.graph.walk(), strict=True):
        assert [(v.name, v.type) for v in old.outputs] == [(v.name, v.type) for v in new.outputs]
    assert list(map(str, model.graph.constraints)) == list(map(str, loaded.graph.constraints))
    assert model.inputs == loaded.inputs
    assert model.outputs == loaded.outputs
