"""What proto/README.md §4 demands of the graphs of a Program, written again from that text, as a test's own
judge."""

from __future__ import annotations

import re

from irkit.backends.program import ABSENT, AttributeKind, DimOp, GraphP, NodeP, Program

RESERVED = re.compile(r"_[vw][0-9]+")


def assert_valid(program: Program) -> None:
    """Rules 2 to 9, 12, 14 and 17 (the others are about bytes or about ONNX's operators)."""
    assert program.strings[0] == ""
    assert len(set(program.strings)) == len(program.strings)
    assert 21 <= program.opset <= 23
    assert program.onnx_ir_version in (10, 11)
    names = [p.name for p in (*program.inputs, *program.outputs)]
    assert len(set(names)) == len(names)
    assert not any(not n or RESERVED.fullmatch(n) for n in names)
    assert len(set(program.initializers)) == len(program.initializers)
    assert len(program.graphs[0].inputs) == len(program.inputs)
    assert len(program.graphs[0].outputs) == len(program.outputs)
    _Numbering(program).check()
    _check_symbols(program)
    assert [e.key for e in program.metadata] == sorted(e.key for e in program.metadata)


class _Numbering:
    def __init__(self, program: Program) -> None:
        self.program = program
        self.next = len(program.initializers)
        self.graphs_met = 1

    def check(self) -> None:
        self.graph(0, set(range(self.next)))
        assert self.graphs_met == len(self.program.graphs)

    def take(self, numbers: tuple[int, ...]) -> None:
        for number in numbers:
            if number != ABSENT:
                assert number == self.next
                self.next += 1

    def graph(self, number: int, around: set[int]) -> None:
        graph = self.program.graphs[number]
        self.take(graph.inputs)
        defined, own = {*around, *graph.inputs}, set[int]()
        for node in graph.nodes:
            self.node(node, defined)
            made = {n for n in node.outputs if n != ABSENT}
            defined |= made
            own |= made
        assert len(set(graph.outputs)) == len(graph.outputs)
        assert set(graph.outputs) <= own

    def node(self, node: NodeP, defined: set[int]) -> None:
        for numbers in (node.inputs, node.outputs):
            assert not numbers or numbers[-1] != ABSENT
        assert {n for n in node.inputs if n != ABSENT} <= defined
        attributes = [self.program.strings[a.name].encode() for a in node.attributes]
        assert attributes == sorted(set(attributes))
        for attribute in node.attributes:
            if attribute.kind == AttributeKind.GRAPH:
                assert attribute.i == self.graphs_met
                self.graphs_met += 1
                self.body(self.program.strings[node.op], node, self.program.graphs[attribute.i])
                self.graph(attribute.i, defined)
        self.take(node.outputs)

    def body(self, op: str, node: NodeP, graph: GraphP) -> None:
        if op == "If":
            assert not graph.inputs
            assert len(graph.outputs) == len(node.outputs)
        elif op == "Loop":
            assert len(graph.inputs) == len(node.inputs) >= 2
            assert len(graph.outputs) == len(node.outputs) + 1
        elif op == "Scan":
            assert len(graph.inputs) == len(node.inputs)
            assert len(graph.outputs) == len(node.outputs)


def _check_symbols(program: Program) -> None:
    alone = set()
    types = [p.type for p in (*program.inputs, *program.outputs) if p.type is not None]
    for i, type_ in enumerate(types):
        for dim in type_.dims:
            depth = 0
            for value, op in dim.tokens:
                assert op != DimOp.SYMBOL or 0 <= value < len(program.symbols)
                depth += 1 if op in (DimOp.CONST, DimOp.SYMBOL) else -1
                assert 1 <= depth <= 64
            assert depth == 1
            if i < len(program.inputs) and len(dim.tokens) == 1 and dim.tokens[0][1] == DimOp.SYMBOL:
                alone.add(dim.tokens[0][0])
    assert alone == set(range(len(program.symbols)))
