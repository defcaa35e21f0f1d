"""Groups 7 to 9 and 11: values reaching kernels; text and names; protobuf and flatbuffers layers; complexity."""

from __future__ import annotations

import struct
from dataclasses import replace

from irkit._generated import irkit_pb2 as pb
from irkit.backends.program import AttributeKind, AttributeP, DimOp, EntryP, GraphP, NodeP, PortP, TypeP
from tests.malformed.builder import Parts
from tests.malformed.case import (
    FORMAT,
    GRAPH,
    LIMIT,
    UNSUPPORTED,
    Case,
    Change,
    at,
    ir_bytes,
    ir_case,
    program_bytes,
    put,
    swap,
)
from tests.malformed.inside import bool_of_two, const, dims, gemm, size, unused_half, value

CONST = (1, DimOp.CONST)


def vectors(place: int, layout: str, number: float) -> Change:
    return lambda p: struct.pack_into(layout, p.vectors or bytearray(), place, number)


def strings_of(p: Parts) -> int:
    """Where a tensor of strings begins."""
    return next(t.offset for t in p.program.tensors if t.dtype == 8)


def string_length(number: int) -> Change:
    return lambda p: struct.pack_into("<I", p.weights, strings_of(p), number)


def string_byte(number: int) -> Change:
    return lambda p: p.weights.__setitem__(strings_of(p) + 4, number)


VALUES = [
    Case("a bool of 2", bool_of_two, FORMAT, base="dtypes"),
    Case("half a byte too many", unused_half, FORMAT, base="dtypes"),
    Case("a string longer than its tensor", string_length(2**31), FORMAT, base="attributes"),
    Case("a string that leaves bytes over", string_length(0), FORMAT, base="attributes"),
    Case("a string that is no text", string_byte(0xFF), FORMAT, base="attributes"),
    Case("a lone continuation byte", string_byte(0x80), FORMAT, base="attributes"),
    Case("no samples", vectors(0, "<I", 0), FORMAT),
    Case("more samples than the section holds", vectors(0, "<I", 2), FORMAT),
    Case("samples of two inputs", vectors(4, "<I", 2), FORMAT),
    Case("samples of no outputs", vectors(8, "<I", 0), FORMAT),
    Case("a tolerance that is negative", vectors(16, "<d", -1.0), FORMAT),
    Case("a tolerance that is no number", vectors(16, "<d", float("nan")), FORMAT),
    Case("a tolerance that is infinite", vectors(16, "<d", float("inf")), FORMAT),
    Case("a reserved field of the samples", vectors(24, "<Q", 1), FORMAT),
    Case("a sample of another dtype", vectors(32, "<B", 11), FORMAT),
    Case("a sample of another rank", vectors(33, "<B", 1), FORMAT),
    Case("a sample of rank 33", vectors(33, "<B", 33), LIMIT),
    Case("a sample's padding", vectors(34, "<B", 1), FORMAT),
    Case("a sample of 2⁶³ elements", vectors(40, "<Q", 2**63), LIMIT),
    Case("a sample's length overflows", vectors(56, "<Q", 2**64 - 1), FORMAT),
    Case("samples are cut", lambda p: p.vectors and p.vectors.pop(), FORMAT),
    Case(
        "bytes after the last sample", lambda p: p.vectors is not None and p.vectors.extend(b"\0\0"), FORMAT
    ),
]


def name(text: str) -> Change:
    return put("program.inputs[0]", name=text)


def metadata(*entries: tuple[str, str]) -> Change:
    return put("program", metadata=tuple(EntryP(*e) for e in entries))


def ir_renamed(old: str, new: str) -> Change:
    return lambda p: p.ir.strings.__setitem__(list(p.ir.strings).index(old), new)


TEXTS = [
    Case("an input without a name", name(""), FORMAT),
    Case("a reserved name", name("_v12"), FORMAT),
    Case("another reserved name", name("_w0"), FORMAT),
    Case("an input called as the output", lambda p: name(p.program.outputs[0].name)(p), FORMAT),
    Case("a name that is no UTF-8", program_bytes(swap(b"image", b"im\xffge")), FORMAT),
    Case("a name in more bytes than it needs", program_bytes(swap(b"image", b"im\xc0\x80e")), FORMAT),
    Case("half of a surrogate pair", program_bytes(swap(b"image", b"a\xed\xa0\x80e")), FORMAT),
    Case("a character beyond Unicode", program_bytes(swap(b"image", b"\xf5\x80\x80\x80e")), FORMAT),
    Case("a NUL in a name", program_bytes(swap(b"image", b"im\0ge")), FORMAT),
    Case("a text without its NUL", program_bytes(swap(b"image\0", b"imageX")), FORMAT),
    Case("a name of 4,097 bytes", name("x" * 4097), LIMIT),
    Case("a string of 4,097 bytes", lambda p: p.string("ä" * 2049), LIMIT),
    Case("a text of 65,537 bytes", metadata(("a", "x" * 65537)), LIMIT),
    Case(
        "strings that do not begin empty",
        lambda p: setattr(p.program, "strings", ("x", *p.program.strings[1:])),
        FORMAT,
    ),
    Case("no strings", put("program", strings=()), FORMAT),
    Case("a string twice", lambda p: setattr(p.program, "strings", (*p.program.strings, "Relu")), FORMAT),
    Case("a symbol twice", put("program", symbols=("batch", "batch")), FORMAT),
    Case("a symbol without a name", put("program", symbols=("",)), FORMAT),
    Case("metadata in another order", metadata(("b", ""), ("a", "")), FORMAT),
    Case("metadata twice", metadata(("a", ""), ("a", "x")), FORMAT),
    Case(
        "metadata in the order of characters beyond 2¹⁶", metadata(("\U00010000", ""), ("\uffff", "")), FORMAT
    ),
    ir_case("IR: a name of 4,097 bytes", lambda p: p.ir.strings.append("x" * 4097), LIMIT),
    ir_case("IR: two values of one name", lambda p: setattr(p.ir.graph.nodes[1].outputs[0], "name", "image")),
    ir_case("IR: two weights of one path", lambda p: setattr(p.ir.weights[1], "path", p.ir.weights[0].path)),
    ir_case("IR: a string twice", lambda p: p.ir.strings.append(p.ir.strings[1])),
    ir_case("IR: a config in another spelling", lambda p: setattr(p.ir.layers, "config", '{"a": 1}')),
    ir_case("IR: a config that is no JSON", lambda p: setattr(p.ir.layers, "config", "{")),
    ir_case("IR: metadata in another order", lambda p: p.ir.metadata.add(key="a", value="")),
]


def spliced(place: int, more: bytes) -> Change:
    return program_bytes(lambda d: d[:place] + more + d[place:])


def self_reference(data: bytes) -> bytes:
    """The root table's last field refers back to the root table."""
    changed = bytearray(data)
    root = struct.unpack_from("<I", data)[0]
    vtable = root - struct.unpack_from("<i", data, root)[0]
    last = struct.unpack_from("<H", data, vtable)[0] - 2
    place = root + struct.unpack_from("<H", data, vtable + last)[0]
    struct.pack_into("<I", changed, place, (root - place) % 2**32)
    return bytes(changed)


def shared_string(data: bytes) -> bytes:
    """One of two texts refers to the other's bytes."""
    one, two = data.index(b"dense/kernel\0") - 4, data.index(b"dense/bias\0") - 4
    for slot in range(8, len(data) - 4):
        if slot + struct.unpack_from("<I", data, slot)[0] == two:
            return at(slot, "<I", (one - slot) % 2**32)(data)
    raise AssertionError("no slot refers to the text")


def vtable_field(index: int, number: int) -> Change:
    """A field of the first vtable, which stands at byte 8: its size, the table's size, the fields' places."""
    return program_bytes(at(8 + 2 * index, "<H", number))


def nested_types(p: Parts) -> None:
    inner = p.ir.types[0]
    outer = pb.Type(kind=pb.Type.SEQUENCE)
    target = outer
    for _ in range(9):
        target.element.kind = pb.Type.SEQUENCE
        target = target.element
    target.CopyFrom(inner)
    p.ir.types.append(outer)


LAYERS = [
    Case("another identifier", program_bytes(at(4, "<B", 0)), FORMAT),
    Case("PROGRAM is empty", program_bytes(lambda d: b""), FORMAT),
    Case("PROGRAM of seven bytes", program_bytes(lambda d: d[:7]), FORMAT),
    Case("PROGRAM is cut", program_bytes(lambda d: d[:-5]), FORMAT),
    Case("bytes after PROGRAM's last", program_bytes(lambda d: d + bytes(8)), FORMAT),
    Case("bytes within PROGRAM", spliced(8, bytes(8)), FORMAT),
    Case("the root lies outside", program_bytes(at(0, "<I", 2**31)), FORMAT),
    Case("the root is the start", program_bytes(at(0, "<I", 0)), FORMAT),
    Case("the root is not aligned", program_bytes(at(0, "<I", 45)), FORMAT),
    Case("a vtable of an odd size", vtable_field(0, 37), FORMAT),
    Case("a vtable of two bytes", vtable_field(0, 2), FORMAT),
    Case("a vtable with a field that nobody knows", vtable_field(0, 38), UNSUPPORTED),
    Case("a vtable that passes the end", vtable_field(0, 65534), FORMAT),
    Case("a table of another size", vtable_field(1, 8), FORMAT),
    Case("a field outside of its table", vtable_field(2, 60000), FORMAT),
    Case("two fields at one place", vtable_field(3, 4), FORMAT),
    Case("a table refers to itself", program_bytes(self_reference), FORMAT),
    Case("two texts share their bytes", program_bytes(shared_string), FORMAT),
    Case(
        "a text of 2³² bytes",
        program_bytes(lambda d: at(d.index(b"image\0") - 4, "<I", 2**32 - 1)(d)),
        FORMAT,
    ),
    ir_case("IR: empty", ir_bytes(lambda d: b""), UNSUPPORTED),
    ir_case("IR: not protobuf", ir_bytes(lambda d: b"\xff" * 40)),
    ir_case("IR: cut", ir_bytes(lambda d: d[:-1])),
    ir_case("IR: a field that nobody knows", ir_bytes(lambda d: d + b"\x9a\x06\x00")),
    ir_case("IR: a number in more bytes than it needs", ir_bytes(lambda d: b"\x08\x97\x00" + d[2:])),
    ir_case("IR: a field twice", ir_bytes(lambda d: d[:2] + d)),
    ir_case("IR: fields in another order", ir_bytes(lambda d: d[2:] + d[:2])),
    ir_case("IR: groups in groups", ir_bytes(lambda d: b"\x3b" * 1000)),
    ir_case("IR: text that is no UTF-8", ir_bytes(swap(b"image", b"im\xffge"))),
    ir_case("IR: a field of another wire type", ir_bytes(lambda d: b"\x0d\0\0\0\0" + d[2:])),
]


def deep_branches(p: Parts) -> None:
    """An If in the branch of an If in …: 17 deep. Numbers go depth first."""
    graphs, strings = [GraphP(inputs=(0, 1))], p.string
    op, leaf_op = strings("If"), strings("Neg")
    names = strings("else_branch"), strings("then_branch")
    number = 2

    def fill(graph: int, depth: int) -> None:
        nonlocal number
        if depth == 17:
            node = NodeP(op=leaf_op, inputs=(0,), outputs=(number,))
        else:
            attributes = []
            for place, name in enumerate(names):
                graphs.append(GraphP())
                attributes.append(AttributeP(name, AttributeKind.GRAPH, i=len(graphs) - 1))
                fill(len(graphs) - 1, 17 if place else depth + 1)
            node = NodeP(op=op, inputs=(1,), outputs=(number,), attributes=tuple(attributes))
        graphs[graph].outputs, graphs[graph].nodes = (number,), (node,)
        number += 1

    fill(0, 0)
    p.program.graphs = tuple(graphs)


def deep_ir_branches(p: Parts) -> None:
    outer = p.ir_node("If").attributes[0].graph
    for _ in range(20):
        inner = pb.Graph()
        inner.CopyFrom(outer)
        del outer.nodes[:]
        outer.nodes.append(p.ir_node("If"))
        del outer.nodes[0].attributes[:]
        made = outer.nodes[0].attributes.add(name=p.ir_node("If").attributes[0].name)
        made.graph.CopyFrom(inner)
        outer = made.graph


def deep_layers(p: Parts) -> None:
    layer = p.ir.layers
    for _ in range(66):
        layer = layer.children.add(trainable=True)


def many_ports(p: Parts) -> None:
    type_ = TypeP(dtype=1)
    p.program.inputs = tuple(PortP(f"x{i}", type_) for i in range(4097))


def many_nodes_of_one_layer(p: Parts) -> None:
    """A chain that is wrong at its end."""
    relu = p.node("Relu")
    made = [replace(relu, inputs=(3 + i,), outputs=(4 + i,)) for i in range(10_000)]
    p.main.nodes = (p.main.nodes[0], *made, replace(relu, inputs=(77_777,), outputs=(10_004,)))


def many_types(p: Parts) -> None:
    for number in range(5000):
        p.ir.types.add(dtype=1, has_rank=True).dims.add(expression=f"n{number}")


COMPLEXITY = [
    Case("sub-graphs 17 deep", deep_branches, LIMIT, base="branching"),
    Case("a size of 256 tokens", dims(size(*[CONST] * 256)), LIMIT),
    Case("a size that needs 65 numbers at once", dims(size(*[CONST] * 65)), LIMIT),
    Case("4,097 symbols", put("program", symbols=tuple(f"s{i}" for i in range(4097))), LIMIT),
    Case("4,097 inputs", many_ports, LIMIT),
    Case("65 attributes", lambda p: setattr(p.node("Gemm"), "attributes", (AttributeP(i=1),) * 65), LIMIT),
    Case("16,385 inputs of a node", value("Gemm", inputs=(0,) * 16385), LIMIT),
    Case(
        "65,537 constraints",
        lambda p: setattr(p.program, "metadata", tuple(EntryP(str(i)) for i in range(65537))),
        LIMIT,
    ),
    Case("a list of 1,048,577 numbers", gemm("alpha", AttributeKind.INTS, ints=(0,) * 1_048_577), LIMIT),
    Case("a text of 1,048,577 bytes", gemm("alpha", AttributeKind.STRING, s=b"x" * 1_048_577), LIMIT),
    Case(
        "a vector said to have 2³² elements",
        program_bytes(lambda d: at(d.index(b"Gemm\0") - 4 - 4 * 8, "<I", 2**32 - 1)(d)),
        FORMAT,
    ),
    Case("10,000 nodes of which the last is wrong", many_nodes_of_one_layer, GRAPH),
    Case(
        "a size that overflows wherever it is computed",
        dims(size((2**63 - 1, 0), (2**63 - 1, 0), (0, DimOp.MUL)), const(4)),
        FORMAT,
    ),
    Case("65,537 samples", vectors(0, "<I", 65537), LIMIT),
    ir_case("IR: sub-graphs nested too deep", deep_ir_branches, base="branching"),
    ir_case("IR: layers 66 deep", deep_layers, LIMIT),
    ir_case("IR: types nested ten deep", nested_types, LIMIT),
    ir_case("IR: 5,000 symbols", many_types, LIMIT),
    ir_case("IR: a size in 99 brackets", lambda p: setattr(p.ir.types[0].dims[0], "expression", "(" * 99)),
    ir_case(
        "IR: a size that doubles 60 times",
        lambda p: setattr(p.ir.types[0].dims[0], "expression", "max(" * 60 + "n" + ", n)" * 60),
    ),
    ir_case(
        "IR: a power of sums",
        lambda p: setattr(p.ir.types[0].dims[0], "expression", "*".join(["(a + b)"] * 60)),
    ),
    ir_case("IR: a config of 100,000 brackets", lambda p: setattr(p.ir.layers, "config", "[" * 100_000)),
    ir_case(
        "IR: a number of 5,000 digits", lambda p: setattr(p.ir.layers, "config", '{"a":' + "9" * 5000 + "}")
    ),
    ir_case(
        "IR: a config of more than a megabyte",
        lambda p: setattr(p.ir.layers, "config", '{"a":"' + "x" * 2**20 + '"}'),
        LIMIT,
    ),
    ir_case(
        "IR: a structure 40 deep",
        lambda p: setattr(
            p.ir.signature,
            "inputs_structure",
            '{"items":[' * 40 + '{"index":0,"kind":"tensor"}' + '],"kind":"list"}' * 40,
        ),
    ),
]
