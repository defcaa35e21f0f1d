"""PROGRAM's dataclasses against proto/program.fbs and the code that flatc makes of it."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import onnx
import pytest

from irkit._generated import program_fbs
from irkit.backends import program as module
from irkit.backends.onnx_proto import model_bytes, model_proto
from irkit.backends.program import (
    AttributeKind,
    AttributeP,
    BytesP,
    DimOp,
    DimP,
    DimToken,
    GraphP,
    NodeP,
    PortP,
    Program,
    TensorP,
    TypeKind,
    TypeP,
    from_flatbuffer,
    to_flatbuffer,
)

SCHEMA = (Path(__file__).parents[2] / "proto" / "program.fbs").read_text()
TABLES = re.findall(r"table (\w+) \{([^}]*)\}", re.sub(r"//.*|/\*.*?\*/", "", SCHEMA))
CONST, SYMBOL = DimOp.CONST, DimOp.SYMBOL


def small_program() -> Program:
    x = TypeP(dtype=1, dims=(DimP((DimToken(0, SYMBOL),)), DimP((DimToken(4, CONST),))))
    nested = (DimToken(0, SYMBOL), DimToken(2, CONST), DimToken(0, DimOp.MUL))
    return Program(
        ir_hash=2**63 + 5,
        producer="irkit 0.1.0",
        name="small",
        onnx_ir_version=11,
        opset=23,
        symbols=("batch",),
        inputs=(PortP("x", x, "args[0]"),),
        outputs=(PortP("y", TypeP(dtype=1, dims=(DimP(nested), DimP((DimToken(4, CONST),))))),),
        strings=("", "MatMul", "dense", "LeakyRelu", "alpha"),
        tensors=(TensorP("dense/kernel", 1, (4, 4), 0, 64), TensorP("big", 1, (128,), 64, 512)),
        initializers=(0, 1),
        graphs=(
            GraphP(
                (2,),
                (4,),
                (
                    NodeP(1, 0, (2, 0), (3,), (), 2, 0),
                    NodeP(3, 0, (3,), (4,), (AttributeP(4, AttributeKind.FLOAT, f=-0.0),)),
                ),
            ),
        ),
    )


@pytest.mark.parametrize(("table", "body"), TABLES, ids=[name for name, _ in TABLES])
def test_a_dataclass_has_the_fields_of_its_table_in_order(table: str, body: str) -> None:
    names = {"Program": "Program"}.get(table, f"{table}P")
    declared = re.findall(r"(\w+):\s*[\[\w]", body)
    assert [field.name for field in fields(getattr(module, names))] == declared


def test_what_is_written_is_read_back() -> None:
    program = small_program()
    again = from_flatbuffer(to_flatbuffer(program))
    assert again == program
    assert str(again.graphs[0].nodes[1].attributes[0].f) == "-0.0"
    assert to_flatbuffer(again) == to_flatbuffer(program)


def test_code_made_by_flatc_reads_the_same() -> None:
    root = program_fbs.Program.GetRootAs(to_flatbuffer(small_program()), 0)
    assert root.IrHash() == 2**63 + 5
    assert root.Inputs(0).Type().HasRank()
    assert root.Inputs(0).Type().Dims(1).Tokens(0).Value() == 4
    assert root.Graphs(0).Nodes(1).InputsAsNumpy().tolist() == [3]
    assert root.Tensors(1).Name() == b"big"


def test_every_truncation_is_a_value_error_or_reads_something() -> None:
    data = to_flatbuffer(small_program())
    for length in range(len(data)):
        try:
            from_flatbuffer(data[:length])
        except ValueError:
            continue


def test_the_model_proto_names_values_by_port_weight_and_number() -> None:
    model = model_proto(small_program(), bytes(576))
    assert [list(node.input) for node in model.graph.node] == [["x", "_w0"], ["_v3"]]
    assert [node.name for node in model.graph.node] == ["dense|0.0", "|0.1"]
    assert model.graph.output[0].type.tensor_type.shape.dim[0].WhichOneof("value") is None
    assert model.graph.input[0].type.tensor_type.shape.dim[0].dim_param == "batch"


def test_only_large_initializers_lie_outside() -> None:
    small, big = model_proto(small_program(), bytes(576)).graph.initializer
    assert small.raw_data == bytes(64)
    assert [(entry.key, entry.value) for entry in big.external_data] == [
        ("location", "w"),
        ("offset", "64"),
        ("length", "512"),
    ]
    assert all(t.raw_data for t in model_proto(small_program(), bytes(576), inline=True).graph.initializer)


def test_attributes_of_every_kind_are_written() -> None:
    program = small_program()
    program.strings += ("a", "ab")
    program.graphs[0].nodes[0].attributes = (
        AttributeP(5, AttributeKind.INT, i=0),
        AttributeP(5, AttributeKind.STRING, s=b"text"),
        AttributeP(5, AttributeKind.TENSOR, i=0),
        AttributeP(5, AttributeKind.INTS, ints=(-1, 2)),
        AttributeP(5, AttributeKind.FLOATS, floats=(0.5,)),
        AttributeP(5, AttributeKind.STRINGS, strings=(BytesP(b"a"), BytesP())),
    )
    values = [
        onnx.helper.get_attribute_value(a) for a in model_proto(program, bytes(576)).graph.node[0].attribute
    ]
    assert values[:2] == [0, b"text"]
    assert values[2].raw_data == bytes(64)
    assert values[3:] == [[-1, 2], [0.5], [b"a", b""]]


def test_sequence_and_optional_types_nest() -> None:
    program = small_program()
    program.inputs[0].type = TypeP(TypeKind.OPTIONAL, 1, False, (), TypeKind.SEQUENCE)
    type_ = model_proto(program, bytes(576)).graph.input[0].type
    assert type_.optional_type.elem_type.sequence_type.elem_type.tensor_type.elem_type == 1


def test_the_same_program_gives_the_same_bytes() -> None:
    one, two = (model_bytes(model_proto(small_program(), bytes(576))) for _ in range(2))
    assert one == two
