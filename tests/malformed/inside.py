"""Groups 4 to 6 and 10: shapes and dtypes; graph structure; operators and attributes; integrity and references."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from irkit.backends.program import (
    AssumptionP,
    AttributeKind,
    AttributeP,
    BytesP,
    ConstraintP,
    DimOp,
    DimP,
    DimToken,
    GraphP,
    StateP,
    TypeKind,
)
from tests.malformed.builder import Parts
from tests.malformed.case import FORMAT, GRAPH, LIMIT, UNSUPPORTED, Case, Change, entry, ir_case, put


def size(*tokens: tuple[int, int]) -> DimP:
    return DimP(tuple(DimToken(*t) for t in tokens))


def const(value: int) -> DimP:
    return size((value, DimOp.CONST))


def input_type(**values: object) -> Change:
    return put("program.inputs[0].type", **values)


def dims(*sizes: DimP) -> Change:
    return input_type(dims=sizes)


def tensor(number: int, **values: object) -> Change:
    return put(f"program.tensors[{number}]", **values)


def bool_of_two(p: Parts) -> None:
    line = next(t for t in p.program.tensors if t.dtype == 9)
    p.weights[line.offset] = 2


def unused_half(p: Parts) -> None:
    line = next(t for t in p.program.tensors if t.dtype in (21, 22, 23))
    p.weights[line.offset + line.length - 1] |= 0xF0


SHAPES = [
    Case("a tensor of dtype 0", tensor(0, dtype=0), FORMAT),
    Case("a tensor of dtype 25", tensor(0, dtype=25), FORMAT),
    Case("a tensor of dtype 255", tensor(0, dtype=255), FORMAT),
    Case("a tensor of negative size", tensor(0, dims=(-4, -3)), FORMAT),
    Case("a tensor of more than 2⁶³ elements", tensor(0, dims=(2**62, 4)), LIMIT),
    Case("a tensor of rank 33", tensor(0, dims=(1,) * 33), LIMIT),
    Case("a tensor's sizes do not make its length", tensor(0, dims=(4, 4)), FORMAT),
    Case("a tensor of a wider dtype", tensor(0, dtype=11), FORMAT),
    Case("a tensor of floats said to be strings", tensor(0, dtype=8), FORMAT),
    Case("an input of dtype 0", input_type(dtype=0), FORMAT),
    Case("an input of dtype 200", input_type(dtype=200), FORMAT),
    Case("an input of an unknown kind", input_type(kind=9), FORMAT),
    Case("a tensor that holds something", input_type(element_kind=TypeKind.SEQUENCE), FORMAT),
    Case("an optional of optionals", input_type(kind=2, element_kind=2), FORMAT),
    Case("sizes without a rank", input_type(has_rank=False), FORMAT),
    Case("an input of rank 33", dims(*[const(1)] * 33), LIMIT),
    Case("an input without type", put("program.inputs[0]", type=None), FORMAT),
    Case("a negative size", dims(const(-1)), FORMAT),
    Case("a size without tokens", dims(DimP()), FORMAT),
    Case("a size that leaves two numbers", dims(size((1, 0), (2, 0))), FORMAT),
    Case("a size that lacks an operand", dims(size((1, 0), (0, DimOp.ADD))), FORMAT),
    Case("an operation that carries a value", dims(size((1, 0), (1, 0), (5, DimOp.ADD))), FORMAT),
    Case("an unknown operation", dims(size((0, 99))), FORMAT),
    Case("a symbol of a negative number", dims(size((-1, DimOp.SYMBOL))), FORMAT),
    Case("a symbol that is not there", dims(size((7, DimOp.SYMBOL))), FORMAT),
    Case("a symbol that no input tells", put("program", symbols=("batch", "n")), FORMAT),
    ir_case("IR: dtype 25", put("ir.types[0]", dtype=25)),
    ir_case("IR: a kind of type that is not known", put("ir.types[0]", kind=3)),
    ir_case("IR: sizes without a rank", put("ir.types[0]", has_rank=False)),
    ir_case("IR: a type twice", lambda p: p.ir.types.append(p.ir.types[0])),
    ir_case("IR: a size beyond 2⁶³", lambda p: setattr(p.ir.types[0].dims[1], "size", 2**63), LIMIT),
    ir_case(
        "IR: a size in another spelling", lambda p: setattr(p.ir.types[0].dims[0], "expression", "1 + batch")
    ),
    ir_case("IR: division by zero", lambda p: setattr(p.ir.types[0].dims[0], "expression", "batch//0")),
    ir_case(
        "IR: another type than the operator gives",
        lambda p: setattr(p.ir.graph.nodes[-1].outputs[0], "type", 0),
    ),
    ir_case(
        "IR: a weight that PROGRAM does not list", lambda p: p.ir.weights[0].tensor.dims.__setitem__(0, 3)
    ),
]


def value(op: str, /, **values: object) -> Change:
    """Fields of the first node that calls `op`."""

    def change(p: Parts) -> None:
        for name, new in values.items():
            setattr(p.node(op), name, new)

    return change


def graphs(*order: int) -> Change:
    return lambda p: setattr(p.program, "graphs", tuple(p.program.graphs[i] for i in order))


def reads_a_branch(p: Parts) -> None:
    """A node of the main graph reads what only a branch defines."""
    p.main.nodes = (*p.main.nodes, replace(p.main.nodes[0], inputs=(3, 3), outputs=(8,)))


GRAPHS = [
    Case("a gap in the numbers", value("Gemm", outputs=(5,)), GRAPH),
    Case("a number given twice", value("Relu", outputs=(3,)), GRAPH),
    Case("an input numbered as a weight", put("program.graphs[0]", inputs=(0,)), GRAPH),
    Case("a node reads what comes later", value("Gemm", inputs=(4, 0, 1)), GRAPH),
    Case("a node reads itself", value("Gemm", inputs=(3, 0, 1)), GRAPH),
    Case("a node reads a value that is not there", value("Gemm", inputs=(99, 0, 1)), GRAPH),
    Case("a negative number of a value", value("Gemm", inputs=(-2, 0, 1)), GRAPH),
    Case("the smallest number of a value", value("Gemm", inputs=(-(2**31), 0, 1)), GRAPH),
    Case("an output that is an input", put("program.graphs[0]", outputs=(2,)), GRAPH),
    Case("an output that is a weight", put("program.graphs[0]", outputs=(0,)), GRAPH),
    Case("an output that is not there", put("program.graphs[0]", outputs=(99,)), GRAPH),
    Case("an output that is omitted", put("program.graphs[0]", outputs=(-1,)), GRAPH),
    Case("an output twice", put("program.graphs[0]", outputs=(4, 4)), GRAPH),
    Case("fewer outputs than the signature", put("program.graphs[0]", outputs=()), GRAPH),
    Case("more inputs than the signature", lambda p: setattr(p.program, "inputs", ()), FORMAT),
    Case("no graph", put("program", graphs=()), GRAPH),
    Case("a graph that nobody holds", lambda p: setattr(p.program, "graphs", (p.main, GraphP())), GRAPH),
    Case("nodes in another order", lambda p: setattr(p.main, "nodes", p.main.nodes[::-1]), GRAPH),
    Case("sub-graphs in another order", graphs(0, 2, 1, 3, 4), GRAPH, base="branching"),
    Case(
        "a sub-graph that is held twice",
        lambda p: setattr(p.node("If").attributes[1], "i", 1),
        GRAPH,
        base="branching",
    ),
    Case(
        "a graph within itself",
        lambda p: setattr(p.node("If").attributes[0], "i", 0),
        GRAPH,
        base="branching",
    ),
    Case(
        "a sub-graph that is not there",
        lambda p: setattr(p.node("If").attributes[1], "i", 9),
        GRAPH,
        base="branching",
    ),
    Case(
        "a branch with inputs",
        lambda p: setattr(p.program.graphs[1], "inputs", (3,)),
        GRAPH,
        base="branching",
    ),
    Case(
        "a branch of two outputs",
        lambda p: setattr(p.program.graphs[1], "outputs", (3, 3)),
        GRAPH,
        base="branching",
    ),
    Case(
        "a branch that returns a value from outside",
        put("program.graphs[1]", outputs=(2,)),
        GRAPH,
        base="branching",
    ),
    Case("a value of a branch is read outside", reads_a_branch, GRAPH, base="branching"),
    ir_case("IR: a node reads what comes later", lambda p: p.ir.graph.nodes[0].inputs.__setitem__(0, 5)),
    ir_case("IR: a node without its input", lambda p: p.ir.graph.nodes[0].inputs.__setitem__(0, 0)),
    ir_case("IR: an output that is not there", lambda p: p.ir.graph.outputs.__setitem__(0, 40)),
    ir_case("IR: one output more", lambda p: p.ir.graph.nodes[1].outputs.add(name="y", type=1)),
    ir_case(
        "IR: the output of a branch is a value from outside",
        lambda p: p.ir.graph.nodes[1].attributes[0].graph.outputs.__setitem__(0, 1),
        base="branching",
    ),
]


def attribute(name: str, kind: int, **values: object) -> Callable[[Parts], AttributeP]:
    return lambda p: AttributeP(p.string(name), kind, **values)  # type: ignore[arg-type]  # fields of it


def attributes(op: str, *made: Callable[[Parts], AttributeP]) -> Change:
    return lambda p: setattr(p.node(op), "attributes", tuple(make(p) for make in made))


def gemm(name: str, kind: int, **values: object) -> Change:
    return attributes("Gemm", attribute(name, kind, **values))


def called(op: str, domain: str = "") -> Change:
    def change(p: Parts) -> None:
        node = p.main.nodes[1]
        node.op, node.domain = p.string(op), p.string(domain)

    return change


def conv(name: str, **values: object) -> Change:
    def change(p: Parts) -> None:
        found = next(a for a in p.node("Conv").attributes if p.program.strings[a.name] == name)
        for key, new in values.items():
            setattr(found, key, new)

    return change


INT, FLOAT, STRING, INTS, TENSOR = (
    AttributeKind.INT,
    AttributeKind.FLOAT,
    AttributeKind.STRING,
    AttributeKind.INTS,
    AttributeKind.TENSOR,
)

OPERATORS = [
    Case("an operator that nobody knows", called("Launch"), UNSUPPORTED),
    Case("a domain that nobody knows", called("Relu", "evil"), UNSUPPORTED),
    Case("a contributed operator", called("FusedMatMul", "com.microsoft"), UNSUPPORTED),
    Case("irkit's own operator", called("Assert", "irkit"), UNSUPPORTED),
    Case("the empty operator", called(""), UNSUPPORTED),
    Case("an operator in other letters", called("relu"), UNSUPPORTED),
    Case("an operator newer than the opset", called("RMSNormalization"), GRAPH),
    Case("too few inputs", value("Gemm", inputs=(2,)), GRAPH),
    Case("too many inputs", value("Relu", inputs=(3, 3)), GRAPH),
    Case("no inputs", value("Relu", inputs=()), GRAPH),
    Case("the last input is omitted", value("Gemm", inputs=(2, 0, -1)), GRAPH),
    Case("a required input is omitted", value("Gemm", inputs=(-1, 0, 1)), GRAPH),
    Case(
        "an input of a variadic operator is omitted",
        lambda p: (called("Max")(p), value("Max", inputs=(3, -1, 3))(p)),
        GRAPH,
    ),
    Case("no outputs", value("Relu", outputs=()), GRAPH),
    Case("too many outputs", value("Relu", outputs=(4, 5)), GRAPH),
    Case("the last output is omitted", value("Relu", outputs=(-1,)), GRAPH),
    Case("an attribute that the operator has not", gemm("gamma", FLOAT, f=1.0), GRAPH),
    Case("an attribute of another kind", gemm("alpha", INT, i=1), GRAPH),
    Case("an attribute of no kind", gemm("alpha", 0), GRAPH),
    Case("an attribute of an unknown kind", gemm("alpha", 99), GRAPH),
    Case("an attribute that is a flag of 2", gemm("transA", INT, i=2), GRAPH),
    Case("an attribute twice", attributes("Gemm", *[attribute("alpha", FLOAT, f=2.0)] * 2), GRAPH),
    Case(
        "attributes in another order",
        attributes("Gemm", attribute("beta", FLOAT, f=2.0), attribute("alpha", FLOAT, f=2.0)),
        GRAPH,
    ),
    Case("an attribute with another kind's number", gemm("alpha", FLOAT, f=2.0, i=3), FORMAT),
    Case("an attribute with another kind's list", gemm("alpha", FLOAT, f=2.0, ints=(1,)), FORMAT),
    Case("an attribute with a zero that is negative", gemm("transA", INT, i=1, f=-0.0), FORMAT),
    Case(
        "an attribute with strings of another kind",
        gemm("alpha", FLOAT, f=2.0, strings=(BytesP(b"x"),)),
        FORMAT,
    ),
    Case("a text that is no choice", conv("auto_pad", s=b"SIDEWAYS"), GRAPH, base="attributes"),
    Case("a text that is no text", conv("auto_pad", s=b"\xff\xfe"), GRAPH, base="attributes"),
    Case("a stride of zero", conv("strides", ints=(0, 2)), GRAPH, base="attributes"),
    Case("a negative stride", conv("strides", ints=(-1, 2)), GRAPH, base="attributes"),
    Case(
        "an element type that is none",
        lambda p: (called("Cast")(p), attributes("Cast", attribute("to", INT, i=99))(p)),
        GRAPH,
    ),
    Case("an attribute that is needed", called("Cast"), GRAPH),
    Case(
        "a tensor that is not there",
        lambda p: (
            called("ConstantOfShape")(p),
            attributes("ConstantOfShape", attribute("value", TENSOR, i=7))(p),
        ),
        GRAPH,
    ),
    Case(
        "a tensor of a negative number",
        lambda p: (
            called("ConstantOfShape")(p),
            attributes("ConstantOfShape", attribute("value", TENSOR, i=-1))(p),
        ),
        GRAPH,
    ),
    ir_case(
        "IR: an operator that nobody knows",
        lambda p: p.ir.strings.__setitem__(list(p.ir.strings).index("Relu"), "Evil"),
        UNSUPPORTED,
    ),
    ir_case("IR: another operator set", put("ir", opset=99), UNSUPPORTED),
    ir_case(
        "IR: an attribute of another kind",
        lambda p: setattr(p.ir_node("LeakyRelu").attributes[0], "i", 1),
        base="attributes",
    ),
    ir_case(
        "IR: an attribute that has its default",
        lambda p: setattr(p.ir_node("LeakyRelu").attributes[0], "f", 0.01),
        base="attributes",
    ),
    ir_case(
        "IR: attributes in another order", lambda p: p.ir_node("Conv").attributes.reverse(), base="attributes"
    ),
    ir_case(
        "IR: an attribute out of range",
        lambda p: p.ir_node("Conv").attributes[-1].ints.values.__setitem__(0, 0),
        base="attributes",
    ),
]


def unknown_hash(number: int) -> Change:
    return entry(number, hash=lambda old: old ^ 1)


def state(**values: object) -> Change:
    return put("program", states=(StateP(**values),))  # type: ignore[arg-type]  # fields of it


def damaged(section: int) -> Change:
    """One bit of a section is another, its checksum is as it was."""

    def change(p: Parts) -> None:
        def flip(data: bytes) -> bytes:
            place = int.from_bytes(data[64 + 32 * section + 8 :][:8], "little") + 9
            return data[:place] + bytes([data[place] ^ 4]) + data[place + 1 :]

        p.file = flip

    return change


REFERENCES = [
    Case("PROGRAM of another model", lambda p: setattr(p, "right_ir_hash", False), FORMAT),
    Case("PROGRAM's checksum is wrong", unknown_hash(0), FORMAT),
    Case("IR's checksum is wrong", unknown_hash(1), FORMAT),
    Case("VECTORS' checksum is wrong", unknown_hash(2), FORMAT),
    Case("WEIGHTS' checksum is wrong", unknown_hash(3), FORMAT),
    Case("a bit of PROGRAM is wrong", damaged(0), FORMAT),
    Case("a bit of IR is wrong", damaged(1), FORMAT),
    Case("a bit of VECTORS is wrong", damaged(2), FORMAT),
    Case("a bit of WEIGHTS is wrong", damaged(3), FORMAT),
    Case("a constraint without a side", put("program", constraints=(ConstraintP(const(1), None),)), FORMAT),
    Case(
        "a constraint on a symbol that is not there",
        put("program", constraints=(ConstraintP(size((4, 1)), const(1)),)),
        FORMAT,
    ),
    Case(
        "an assumption about an input that is not there",
        put("program", assumptions=(AssumptionP("x", 1),)),
        FORMAT,
    ),
    Case("an assumption about input -2", put("program", assumptions=(AssumptionP("x", -2),)), FORMAT),
    Case("a state without a name", state(), FORMAT),
    Case("a state of an input that is not there", state(name="s", input=1), FORMAT),
    Case("a state of an output that is not there", state(name="s", output=9), FORMAT),
    Case("a state of a tensor that is not there", state(name="s", initial=5), FORMAT),
    Case("an initializer that is not there", put("program", initializers=(0, 9)), FORMAT),
    Case("an initializer twice", put("program", initializers=(0, 0)), FORMAT),
    Case("an operator's name that is not there", value("Relu", op=99), FORMAT),
    Case("a layer's name that is not there", value("Relu", layer=2**32 - 1), FORMAT),
    Case(
        "an attribute's name that is not there",
        attributes("Gemm", lambda p: AttributeP(99, INT, i=1)),
        FORMAT,
    ),
    ir_case("IR: a name that is not there", lambda p: setattr(p.ir.graph.nodes[1], "op", 77)),
    ir_case("IR: a type that is not there", lambda p: setattr(p.ir.graph.nodes[1].outputs[0], "type", 77)),
    ir_case("IR: a weight that is not there", lambda p: p.ir.layers.weights.append(9)),
    ir_case(
        "IR: a layer called with a value that is not there",
        lambda p: p.ir.layers.children[0].calls[0].inputs.append(99),
    ),
    ir_case("IR: a weight outside of WEIGHTS", lambda p: setattr(p.ir.weights[0].tensor, "offset", 2**40)),
    ir_case("IR: a weight at a place of its own", lambda p: setattr(p.ir.weights[1].tensor, "offset", 0)),
    ir_case(
        "IR: an assumption about an input that is not there",
        lambda p: p.ir.signature.assumptions.add(text="x", input=1),
    ),
    ir_case(
        "IR: a structure of no inputs",
        lambda p: setattr(p.ir.signature, "inputs_structure", '{"kind":"none"}'),
    ),
]
