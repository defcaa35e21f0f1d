"""Reading a model back from its text (see text.py), line by line. The text may be a stranger's, or typed by
hand."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from irkit.errors import ArgumentError, FormatError, IrkitError
from irkit.ir import (
    DType,
    Graph,
    GraphModel,
    LayerNode,
    OptionalType,
    SequenceType,
    Signature,
    Source,
    TensorType,
    Weight,
)
from irkit.ir.dim_text import parse as parse_dim
from irkit.ir.source import UNKNOWN
from irkit.operators import find, make
from irkit.operators.attributes import AttributeSpec, Kind

if TYPE_CHECKING:
    from irkit.ir import Array, Type, Value

_MODEL = re.compile(r'model ("(?:[^"\\]|\\.)*")\((.*)\) -> (.*)')
_WEIGHT = re.compile(r"weight (@.*?): ([^=]*?)( frozen)?(?: = (.*))?")
_STATE = re.compile(r"state (%.*?): ([^=]*?)(?: = (.*))?")
_NODE = re.compile(r"(.*?) = (?:([\w.]+)\.)?(\w+)\((.*)\) : (.*?)( with)?")
_BLOCK = re.compile(r"(\w+)\((.*)\):")
_COMMENT = re.compile(r"  # (?P<layer>.*?)(?:  (?P<file>[^\s:]+):(?P<line>\d+))?")
_TENSOR = re.compile(r"(\w+)\[([\d, ]*)\]\{(.*)\}", re.DOTALL)
_PAIRS = {"(": ")", "[": "]", "{": "}"}


def parse(text: str) -> GraphModel:
    """The model that `text` describes. Weights and constants without contents can be looked at, not run.

    Raises FormatError with the number of the line; what the operators themselves object to, too.
    """
    return _Parser(text).model()


class _Parser:
    def __init__(self, text: str) -> None:
        self.lines = [line.rstrip() for line in text.splitlines() if line.strip()]
        self.at = 0
        self.values: dict[str, Value] = {}
        self.states: list[Weight] = []

    # ---- lines

    def model(self) -> GraphModel:
        head = self.matched(_MODEL, 'model "name"(inputs) -> outputs')
        name = json.loads(head[1])
        graph = Graph(name)
        for item in split(head[2]):
            label, type_ = self.declared(item)
            self.values[label] = graph.input(unquoted(label[1:]), type_)
        layers = LayerNode(name, "Model")
        self.at += 1
        demands = self.declarations(graph, layers)
        self.body(graph, 1)
        for left, right in demands:
            graph.constraints.unify(parse_dim(left), parse_dim(right))
        if self.at < len(self.lines):
            self.fail("the end of the text")
        signature = Signature(output_names=tuple(map(unquoted, split(head[3]))))
        return GraphModel(name, graph, layers, signature, states=tuple(self.states))

    def declarations(self, graph: Graph, layers: LayerNode) -> list[tuple[str, str]]:
        demands = []
        while self.at < len(self.lines):
            line = self.lines[self.at].strip()
            if line == "exact broadcast":
                graph.constraints.exact_broadcast = True
            elif line.startswith("weight "):
                layers.weights.append(self.weight(graph))
            elif line.startswith("state "):
                self.states.append(self.state(graph))
                layers.weights.append(self.states[-1])
            elif line.startswith("demand "):
                left, _, right = line.partition("  #")[0].removeprefix("demand ").partition(" == ")
                demands.append((left, right))
            else:
                break
            self.at += 1
        return demands

    def weight(self, graph: Graph) -> Weight:
        match = self.matched(_WEIGHT, "weight @path: type")
        weight = self.stored(match[1], match[2], match[4], trainable=not match[3])
        self.values[match[1]] = graph.weight(weight)
        return weight

    def state(self, graph: Graph) -> Weight:
        match = self.matched(_STATE, "state %name: type")
        weight = self.stored(match[1], match[2], match[3], trainable=False)
        self.values[match[1]] = graph.input(weight.path, weight.type)
        return weight

    def stored(self, label: str, type_text: str, data: str | None, *, trainable: bool) -> Weight:
        path, type_ = unquoted(label[1:]), parse_type(type_text)
        if not isinstance(type_, TensorType):
            self.fail("the type of a tensor")
        contents = self.tensor(data) if data else _missing(path)
        return Weight(path, cast("TensorType", type_), contents, trainable=trainable)

    def body(self, graph: Graph, depth: int) -> None:
        """Nodes up to `return`, all indented `depth` times."""
        while True:
            if self.at >= len(self.lines) or not self.lines[self.at].startswith("  " * depth):
                self.fail("a node or 'return'")
            line = self.lines[self.at].strip()
            if line.startswith("return"):
                graph.set_outputs([self.value(x) for x in split(line.removeprefix("return"))])
                self.at += 1
                return
            self.node(graph, depth)

    def node(self, graph: Graph, depth: int) -> None:
        start = self.at
        code, layer, source = self.commented()
        match = _NODE.fullmatch(code)
        if match is None:
            self.fail("outputs = Operator(inputs, attributes) : types")
        assert match is not None
        self.at += 1
        attributes = self.blocks(graph, depth + 1) if match[6] else {}
        after, self.at = self.at, start  # errors name the line of the node
        domain, name = match[2] or "", match[3]
        inputs, given = self.arguments(domain, name, split(match[4]))
        labels = split(match[1])
        try:
            op = make(domain, name, {**attributes, **given})
            made = graph.add(op, inputs, count=len(labels), layer=layer, source=source)
        except IrkitError as error:
            error.facts = (*error.facts, f"line {start + 1} of the text")
            raise
        stated = split(match[5])
        if [str(v.type) for v in made] != stated:
            self.fail(f"type {', '.join(str(v.type) for v in made)}")
        self.values.update(zip(labels, made, strict=True))
        self.at = after

    def blocks(self, graph: Graph, depth: int) -> dict[str, Graph]:
        """The sub-graphs below a node, by the names of its attributes. Graph refuses to nest too deeply."""
        found: dict[str, Graph] = {}
        while self.at < len(self.lines):
            match = _BLOCK.fullmatch(self.lines[self.at].removeprefix("  " * depth))
            if match is None:
                break
            inner = Graph(match[1], graph)
            for item in split(match[2]):
                label, type_ = self.declared(item)
                self.values[label] = inner.input(inner.free_name(f"v{label[1:]}"), type_)
            self.at += 1
            self.body(inner, depth + 1)
            found[match[1]] = inner
        return found

    # ---- parts of a line

    def commented(self) -> tuple[str, str, Source]:
        """The line without its comment, and what the comment says: layer and source."""
        line = self.lines[self.at].strip()
        for start in range(line.find("  # "), len(line)) if "  # " in line else ():
            match = _COMMENT.fullmatch(line, start) if line.startswith("  # ", start) else None
            if match and _is_balanced(line[:start]):
                source = Source(match["file"], int(match["line"])) if match["file"] else UNKNOWN
                return line[:start], match["layer"].strip(), source
        return line, "", UNKNOWN

    def arguments(
        self, domain: str, name: str, items: list[str]
    ) -> tuple[list[Value | None], dict[str, object]]:
        cls = find(domain, name)
        specs = {s.name: s for s in cls.specs} if cls else {}
        inputs: list[Value | None] = []
        attributes: dict[str, object] = {}
        for item in items:
            key, is_attribute, text = item.partition("=")
            if item == "_" or item[0] in "%@":
                inputs.append(None if item == "_" else self.value(item))
            elif is_attribute and key in specs:
                attributes[key] = self.attribute(specs[key], text)
            else:
                self.fail(f"an input or attribute of {name} instead of {item!r}")
        return inputs, attributes

    def attribute(self, spec: AttributeSpec, text: str) -> object:
        if spec.kind is Kind.tensor:
            return self.tensor(text)
        if spec.kind is Kind.type:
            return parse_type(text)
        if spec.kind in (Kind.ints, Kind.floats, Kind.strings):
            return tuple(map(_scalar, split(text[1:-1])))
        return _scalar(text)

    def tensor(self, text: str) -> Array:
        match = _TENSOR.fullmatch(text)
        if match is None or match[3].startswith("#"):
            self.fail("the contents of a tensor (print the text with contents=True)")
        assert match is not None
        dtype, shape = DType.of(match[1]), [int(n) for n in split(match[2])]
        elements = [_scalar(item) for item in split(match[3])]
        if len(elements) != int(np.prod(shape, dtype=np.int64)):
            self.fail(f"{int(np.prod(shape, dtype=np.int64))} elements")
        return np.array(elements, object).reshape(shape).astype(dtype.numpy)

    def value(self, label: str) -> Value:
        if label not in self.values:
            self.fail(f"a value that exists, not {label!r}")
        return self.values[label]

    def declared(self, item: str) -> tuple[str, Type]:
        label, _, type_ = item.rpartition(": ")
        return label, parse_type(type_)

    def matched(self, pattern: re.Pattern[str], expected: str) -> re.Match[str]:
        line = self.lines[self.at].strip() if self.at < len(self.lines) else ""
        match = pattern.fullmatch(line)
        if match is None:
            self.fail(expected)
        assert match is not None
        return match

    def fail(self, expected: str) -> None:
        line = self.lines[self.at].strip() if self.at < len(self.lines) else "the end"
        raise FormatError(f"line {self.at + 1}: expected {expected}. Found: {line[:200]}")


def parse_type(text: str) -> Type:
    """The type that `text` says, e.g. "float32[batch, 3]" or "seq(int64[…])". Raises FormatError."""
    for word, cls in (("seq", SequenceType), ("optional", OptionalType)):
        if text.startswith(f"{word}(") and text.endswith(")"):
            return cast("Type", cls(parse_type(text[len(word) + 1 : -1])))
    name, bracket, rest = text.partition("[")
    if name not in DType.__members__ or not bracket or not rest.endswith("]"):
        raise FormatError(f"{text!r} is not a type.")
    inside = rest[:-1]
    return TensorType(DType[name], None if inside == "…" else tuple(map(parse_dim, split(inside))))


def split(text: str) -> list[str]:
    """The parts between commas that stand outside of brackets and quotes."""
    parts, start, closing, inside = [], 0, [], False
    for i, c in enumerate(text):
        if inside:
            inside = not (c == '"' and _backslashes(text, i) % 2 == 0)
        elif c == '"':
            inside = True
        elif c in _PAIRS:
            closing.append(_PAIRS[c])
        elif closing and c == closing[-1]:
            closing.pop()
        elif c == "," and not closing:
            parts.append(text[start:i].strip())
            start = i + 1
    last = text[start:].strip()
    return [*parts, last] if last or parts else []


def _backslashes(text: str, end: int) -> int:
    return end - len(text[:end].rstrip("\\"))


def _is_balanced(text: str) -> bool:
    """Whether no quote is open at the end of `text`."""
    return sum(c == '"' and _backslashes(text, i) % 2 == 0 for i, c in enumerate(text)) % 2 == 0


_WORDS: Mapping[str, object] = {"true": True, "false": False}


def _scalar(text: str) -> Any:  # noqa: ANN401  # a bool, number, element type or string
    if text in _WORDS:
        return _WORDS[text]
    if text in DType.__members__:
        return DType[text]
    try:
        if text.startswith('"'):
            return json.loads(text)
        return int(text) if re.fullmatch(r"-?\d+", text) else complex(text) if "j" in text else float(text)
    except ValueError:
        raise FormatError(f"{text!r} is neither a number nor a string.") from None


def unquoted(name: str) -> str:
    """A name without its quotes. Raises FormatError."""
    try:
        return str(json.loads(name)) if name.startswith('"') else name
    except ValueError:
        raise FormatError(f"{name} is not a quoted name.") from None


def _missing(path: str) -> Any:  # noqa: ANN401  # what makes a weight's data
    def draw() -> Array:
        raise ArgumentError(
            f"The text has no contents for weight '{path}'.", cure="Print it with contents=True."
        )

    return draw
