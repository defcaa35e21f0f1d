"""Lowering: what a Program says, what ONNX lacks, what leaves no trace."""

from __future__ import annotations

import numpy as np
import onnx
import pytest

from irkit import operators as o
from irkit.backends.lowering import Lowered, lower
from irkit.backends.lowering.emit import OPTIONAL_OUTPUTS
from irkit.backends.onnx_export import export_onnx
from irkit.backends.onnx_proto import model_proto
from irkit.errors import GraphError, UnsupportedError
from irkit.ir import (
    Assumption,
    DType,
    Graph,
    GraphModel,
    LayerNode,
    OptionalType,
    Signature,
    Value,
    Weight,
    symbol,
    tensor,
)
from irkit.ir.source import Source
from irkit.operators.registry import OPSET, all_operators
from tests.programs import assert_valid

F32 = np.float32


def model_of(graph: Graph, *names: str) -> GraphModel:
    names = names or tuple(f"y{i}" for i in range(len(graph.outputs)))
    return GraphModel("model", graph, LayerNode("model", "Model"), Signature(output_names=names))


def lowered_of(graph: Graph, *names: str) -> Lowered:
    lowered = lower(model_of(graph, *names))
    assert_valid(lowered.program)
    onnx.checker.check_model(lowered.onnx_bytes(), full_check=True)  # noqa: TID251  # our own model
    return lowered


def ops(lowered: Lowered, graph: int = 0) -> list[str]:
    return [lowered.program.strings[n.op] for n in lowered.program.graphs[graph].nodes]


def image(graph: Graph) -> Value:
    return graph.input("x", tensor("float32", [symbol("batch"), 4]))


def test_outputs_that_no_node_makes_get_an_identity() -> None:
    g = Graph()
    x = image(g)
    w = Weight("w", tensor("float32", [2]), np.ones(2, F32))
    (c,) = g.add(o.Constant(value=np.zeros(3, F32)))
    (y,) = g.add(o.Relu(), [x])
    g.set_outputs([x, g.weight(w), c, y, y])
    assert ops(lowered_of(g)) == ["Relu", "Identity", "Identity", "Identity", "Identity"]


def test_an_output_called_like_an_input_gets_a_number() -> None:
    g = Graph()
    x = image(g)
    g.set_outputs([*g.add(o.Relu(), [x]), *g.add(o.Neg(), [x])])
    assert [p.name for p in lowered_of(g, "x", "x").program.outputs] == ["x_1", "x_2"]


def test_reserved_input_names_are_refused() -> None:
    g = Graph()
    g.set_outputs(g.add(o.Relu(), [g.input("_v12", tensor("float32", [1]))]))
    with pytest.raises(GraphError, match="reserved"):
        lower(model_of(g))


def test_constants_of_sub_graphs_are_initializers_of_the_main_graph() -> None:
    g = Graph()
    c, x = g.input("c", tensor("bool", [])), image(g)
    branches = [Graph(name, g) for name in ("one", "two")]
    for number, branch in enumerate(branches):
        (k,) = branch.add(o.Constant(value=np.full(4, number, F32)))
        branch.set_outputs(branch.add(o.Add(), [x, k]))
    g.set_outputs(g.add(o.If(then_branch=branches[0], else_branch=branches[1]), [c]))
    lowered = lowered_of(g)
    assert ops(lowered) == ["If"]
    assert ops(lowered, 1) == ops(lowered, 2) == ["Add"]
    assert len(lowered.program.initializers) == 2


def test_equal_constants_are_stored_once() -> None:
    g = Graph()
    x = image(g)
    ones = [g.add(o.Constant(value=np.ones(4, F32)))[0] for _ in range(2)]
    g.set_outputs([*g.add(o.Sub(), [x, ones[0]]), *g.add(o.Pow(), [x, ones[1]])])
    assert len(lowered_of(g).tensors) == 1


def test_outputs_that_nobody_reads_are_left_out() -> None:
    g = Graph()
    x = g.input("x", tensor("float32", [1, 1, 4, 4]))
    values, _ = g.add(o.MaxPool(kernel_shape=(2, 2)), [x], count=2)
    g.set_outputs([values])
    assert len(lowered_of(g).program.graphs[0].nodes[0].outputs) == 1


def test_split_keeps_outputs_that_nobody_reads() -> None:
    g = Graph()
    parts = g.add(o.Split(axis=1, num_outputs=2), [image(g)], count=2)
    g.set_outputs([parts[0]])
    assert len(lowered_of(g).program.graphs[0].nodes[0].outputs) == 2


def test_the_optional_outputs_are_those_of_onnx() -> None:
    ours = [onnx.defs.get_schema(cls.__name__, OPSET, "") for cls in all_operators() if cls.domain == ""]
    schemas = {s.name: s for s in ours}
    optional = onnx.defs.OpSchema.FormalParameterOption.Optional
    found = {
        name: min(i for i, output in enumerate(s.outputs) if output.option == optional)
        for name, s in schemas.items()
        if any(output.option == optional for output in s.outputs)
    }
    assert found == OPTIONAL_OUTPUTS


def test_sizes_of_outputs_are_written_in_symbols_of_the_inputs() -> None:
    g = Graph()
    x = g.input("x", tensor("float32", [symbol("n"), symbol("m")]))
    (flat,) = g.add(o.Constant(value=np.array([-1])))
    g.set_outputs(g.add(o.Reshape(), [x, flat]))
    program = lowered_of(g).program
    assert program.symbols == ("n", "m")
    assert program.outputs[0].type is not None
    assert [op for _, op in program.outputs[0].type.dims[0].tokens] == [1, 1, 3]  # m, n, times


def test_a_size_that_only_data_tells_leaves_the_shape_open() -> None:
    g = Graph()
    g.set_outputs(g.add(o.NonZero(), [image(g)]))
    type_ = lowered_of(g).program.outputs[0].type
    assert type_ is not None
    assert not type_.has_rank
    exported = onnx.load_from_string(lowered_of(g).onnx_bytes())
    assert len(exported.graph.output[0].type.tensor_type.shape.dim) == 2


def test_constraints_and_assumptions_stand_in_the_program() -> None:
    g = Graph()
    a, b = (g.input(x, tensor("float32", [symbol(f"n_{x}")])) for x in "ab")
    g.set_outputs(g.add(o.Add(), [a, b], layer="sum", source=Source("model.py", 3)))
    model = model_of(g)
    model.signature.assumptions = (Assumption("a is not empty", 0),)
    program = lower(model).program
    assert [c.origin for c in program.constraints] == ["Add in layer 'sum' (model.py:3)"]
    assert [(a.text, a.input) for a in program.assumptions] == [("a is not empty", 0)]


def test_nodes_carry_layer_and_source_line() -> None:
    g = Graph()
    g.set_outputs(g.add(o.Relu(), [image(g)], layer="block/relu", source=Source("model.py", 12)))
    lowered = lowered_of(g)
    (node,) = lowered.program.graphs[0].nodes
    assert [lowered.program.strings[i] for i in (node.layer, node.source)] == ["block/relu", "model.py:12"]
    assert lowered.model_proto().graph.node[0].name == "block/relu|0.0"


def test_the_opset_is_the_highest_that_is_needed() -> None:
    cases = (
        (o.Relu(), "float32", 21),
        (o.Elu(), "float32", 21),
        (o.Elu(), "bfloat16", 22),
        (o.Cast(to=DType.float16), "float32", 21),
        (o.Cast(to=DType.float4e2m1), "float32", 23),
        (o.QuantizeLinear(), "float32", 23),
    )
    for op, dtype, opset in cases:
        g = Graph()
        x = g.input("x", tensor(dtype, [2]))
        scale = [g.input("scale", tensor(dtype, []))] if isinstance(op, o.QuantizeLinear) else []
        g.set_outputs(g.add(op, [x, *scale]))
        assert lowered_of(g).program.opset == opset


def test_a_harmless_divisor_needs_no_guard() -> None:
    g = Graph()
    x = g.input("x", tensor("int32", [2]))
    (three,) = g.add(o.Constant(value=np.array(3, np.int32)))
    g.set_outputs(g.add(o.Div(), [x, three]))
    assert ops(lowered_of(g)) == ["Div"]


def test_attributes_that_no_program_can_hold_are_refused_with_the_line() -> None:
    g = Graph()
    made = g.add(o.Optional(type=tensor("float32", [2])), [], source=Source("model.py", 4))
    assert isinstance(made[0].type, OptionalType)
    g.set_outputs(made)
    with pytest.raises(UnsupportedError, match=r"model\.py:4"):
        lower(model_of(g))


def test_an_exported_file_has_the_names_of_the_model(tmp_path: object) -> None:
    g = Graph()
    w = Weight("dense/kernel", tensor("float32", [4, 2]), np.ones((4, 2), F32))
    (h,) = g.add(
        o.MatMul(), [image(g), g.weight(w)], names=["hidden"], layer="dense", source=Source("m.py", 9)
    )
    g.set_outputs(g.add(o.Relu(), [h]))
    path = f"{tmp_path}/m.onnx"
    export_onnx(model_of(g), path)
    proto = onnx.load(path)
    onnx.checker.check_model(proto, full_check=True)  # noqa: TID251  # our own model
    assert [i.name for i in proto.graph.initializer] == ["dense/kernel"]
    assert list(proto.graph.node[0].output) == ["hidden"]
    assert proto.graph.node[0].doc_string == "m.py:9"


def test_the_program_survives_its_bytes() -> None:
    from irkit.backends.program import from_flatbuffer
    from irkit.execution import StoredTensor

    g = Graph()
    w = Weight("w", tensor("float32", [4]), np.ones(4, F32))
    unused = StoredTensor("unused", DType.float32, (1,), 0, 4)
    g.set_outputs(g.add(o.Add(), [image(g), g.weight(w)]))
    lowered = lowered_of(g)
    data = lowered.to_bytes(7, [unused, StoredTensor("w", DType.float32, (4,), 64, 16)], [1])
    program = from_flatbuffer(data)
    assert_valid(program)
    assert (program.ir_hash, program.initializers, program.tensors[1].offset) == (7, (1,), 64)
    weights = bytes(64) + w.data.tobytes()
    assert model_proto(program, weights).graph.initializer[0].raw_data == w.data.tobytes()
