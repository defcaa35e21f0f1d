"""The C++ runtime and Python write the same ModelProto, byte for byte."""

from __future__ import annotations

import ctypes
import os
from pathlib import Path

import numpy as np
import pytest

from irkit.backends.onnx_proto import model_bytes, model_proto
from irkit.backends.program import (
    ABSENT,
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
    to_flatbuffer,
)
from irkit.serialize.container import Kind, pieces
from irkit.serialize.hashing import hash_of

LIBRARY = Path(
    os.environ.get("IRKIT_LIBRARY", Path(__file__).parents[2] / "build" / "cpp_runtime" / "libirkit.so")
)
FLOAT, INT64, STRING, BOOL = 1, 7, 8, 9


@pytest.fixture(scope="module")
def cpp() -> ctypes.CDLL:
    if not LIBRARY.exists():
        pytest.skip("scripts/build_runtime.sh has not been run")
    library = ctypes.CDLL(str(LIBRARY))
    library.irkit_model_from_copy.restype = ctypes.c_void_p
    library.irkit_model_write_onnx.restype = ctypes.c_void_p
    library.irkit_error_message.restype = ctypes.c_char_p
    return library


def check(cpp: ctypes.CDLL, error: int | None) -> None:
    assert not error, cpp.irkit_error_message(ctypes.c_void_p(error)).decode()


def written_by_cpp(cpp: ctypes.CDLL, program: Program, weights: bytes) -> bytes:
    ir = b"not read by the runtime"
    program.ir_hash = hash_of(ir)
    file = b"".join(
        bytes(piece)
        for piece in pieces({Kind.PROGRAM: [to_flatbuffer(program)], Kind.IR: [ir], Kind.WEIGHTS: [weights]})
    )
    model = ctypes.c_void_p()
    check(cpp, cpp.irkit_model_from_copy(file, ctypes.c_size_t(len(file)), None, ctypes.byref(model)))
    size = ctypes.c_size_t()
    check(cpp, cpp.irkit_model_write_onnx(model, None, ctypes.c_size_t(0), ctypes.byref(size)))
    buffer = ctypes.create_string_buffer(size.value)
    check(cpp, cpp.irkit_model_write_onnx(model, buffer, size, ctypes.byref(size)))
    cpp.irkit_model_free(model)
    return buffer.raw


class Builder:
    """A program piece by piece."""

    def __init__(self) -> None:
        self.program = Program(
            producer="irkit tests", name="all", onnx_ir_version=11, opset=23, strings=("",)
        )
        self.weights = b""

    def string(self, text: str) -> int:
        if text not in self.program.strings:
            self.program.strings += (text,)
        return self.program.strings.index(text)

    def tensor(self, dtype: int, dims: tuple[int, ...], data: bytes) -> int:
        self.weights += bytes(-len(self.weights) % 64) if data else b""
        offset = len(self.weights) if data else 0
        self.weights += data
        self.program.tensors += (TensorP("a name", dtype, dims, offset, len(data)),)
        return len(self.program.tensors) - 1

    def node(
        self, op: str, inputs: tuple[int, ...], outputs: tuple[int, ...], **attributes: AttributeP
    ) -> NodeP:
        for name, attribute in attributes.items():
            attribute.name = self.string(name)
        ordered = tuple(attributes[name] for name in sorted(attributes))
        layer, source = self.string(f"block/{op.lower()}"), self.string("modèle.py:12")
        return NodeP(self.string(op), 0, inputs, outputs, ordered, layer, source)


def size(number: int) -> DimP:
    return DimP((DimToken(number, DimOp.CONST),))


def symbol(number: int) -> DimP:
    return DimP((DimToken(number, DimOp.SYMBOL),))


def test_tensors_inside_and_outside_and_types_of_every_kind(cpp: ctypes.CDLL) -> None:
    b = Builder()
    numbers = [
        b.tensor(FLOAT, (0, 3), b""),
        b.tensor(FLOAT, (63,), np.arange(63, dtype=np.float32).tobytes()),
        b.tensor(FLOAT, (64,), np.arange(64, dtype=np.float32).tobytes()),
        b.tensor(STRING, (2,), b"\2\0\0\0\xc3\xa9\0\0\0\0"),
        b.tensor(INT64, (), np.int64(-5).tobytes()),
        b.tensor(22, (3,), b"\x21\x03"),
    ]
    b.program.initializers = tuple(numbers)
    b.program.symbols = ("batch", "größe")
    double = DimP((DimToken(0, DimOp.SYMBOL), DimToken(2, DimOp.CONST), DimToken(0, DimOp.MUL)))
    b.program.inputs = (
        PortP("x", TypeP(dtype=FLOAT, dims=(symbol(0), symbol(1), double, size(0)))),
        PortP("scalar", TypeP(dtype=INT64)),
        PortP("anything", TypeP(dtype=FLOAT, has_rank=False)),
        PortP("list", TypeP(TypeKind.SEQUENCE, FLOAT, True, (symbol(0),))),
        PortP("maybe", TypeP(TypeKind.OPTIONAL, FLOAT, True, (size(2),))),
        PortP("maybe list", TypeP(TypeKind.OPTIONAL, FLOAT, False, (), TypeKind.SEQUENCE)),
    )
    b.program.outputs = (PortP("y", TypeP(dtype=FLOAT, dims=(symbol(0),))),)
    first = len(numbers)
    b.program.graphs = (GraphP(tuple(range(first, first + 6)), (12,), (b.node("Relu", (first,), (12,)),)),)
    assert written_by_cpp(cpp, b.program, b.weights) == model_bytes(model_proto(b.program, b.weights))


def test_attributes_of_every_kind_and_omitted_inputs_and_outputs(cpp: ctypes.CDLL) -> None:
    b = Builder()
    value = b.tensor(FLOAT, (1,), b"\0\0\x80\x3f")
    big = b.tensor(FLOAT, (100,), bytes(400))
    b.program.initializers = (big,)
    b.program.inputs = (PortP("x", TypeP(dtype=FLOAT, has_rank=False)),)
    b.program.outputs = (PortP("y", TypeP(dtype=FLOAT, has_rank=False)),)
    ints, i = AttributeKind.INTS, AttributeKind.INT
    lstm = {
        "activations": AttributeP(
            0, AttributeKind.STRINGS, strings=(BytesP(b"Tanh"), BytesP(b"Relu"), BytesP(b"Affine"))
        ),
        "activation_alpha": AttributeP(0, AttributeKind.FLOATS, floats=(0.1, -0.0)),
        "clip": AttributeP(0, AttributeKind.FLOAT, f=-0.0),
        "direction": AttributeP(0, AttributeKind.STRING, s=b"forward"),
        "hidden_size": AttributeP(0, i, i=2**63 - 1),
    }
    nodes = (
        b.node("LSTM", (1, 0, 0, ABSENT, ABSENT, 0), (ABSENT, 2), **lstm),
        b.node("Transpose", (2,), (3,), perm=AttributeP(0, ints, ints=(1, 0, -1))),
        b.node("ReduceSum", (3,), (4,), keepdims=AttributeP(0, i, i=0)),
        b.node("ConstantOfShape", (4,), (5,), value=AttributeP(0, AttributeKind.TENSOR, i=value)),
        b.node("Transpose", (5,), (6,), perm=AttributeP(0, ints)),
    )
    b.program.graphs = (GraphP((1,), (6,), nodes),)
    assert written_by_cpp(cpp, b.program, b.weights) == model_bytes(model_proto(b.program, b.weights))


def test_control_flow_within_control_flow(cpp: ctypes.CDLL) -> None:
    b = Builder()
    b.program.name = ""
    b.program.inputs = (PortP("trips", TypeP(dtype=INT64)), PortP("x", TypeP(dtype=FLOAT)))
    b.program.outputs = (PortP("y", TypeP(dtype=FLOAT)),)
    graph = AttributeKind.GRAPH
    branches = {"else_branch": AttributeP(0, graph, i=2), "then_branch": AttributeP(0, graph, i=3)}
    body_nodes = (b.node("If", (3,), (7,), **branches), b.node("Identity", (3,), (8,)))
    b.program.graphs = (
        GraphP((0, 1), (9,), (b.node("Loop", (0, ABSENT, 1), (9,), body=AttributeP(0, graph, i=1)),)),
        GraphP((2, 3, 4), (8, 7), body_nodes),
        GraphP((), (5,), (b.node("Add", (4, 1), (5,)),)),
        GraphP((), (6,), (b.node("Mul", (4, 4), (6,)),)),
    )
    assert written_by_cpp(cpp, b.program, b.weights) == model_bytes(model_proto(b.program, b.weights))
