"""ONNX's own node cases, from the onnx package, as cases of single operators."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, partial
from itertools import chain, repeat
from typing import Any

import numpy as np
import onnx
from onnx import numpy_helper
from onnx.backend.test.loader import load_model_tests

from irkit.ir import Graph, Value
from irkit.operators import OPSET, find
from tests.conformance.cases import Case
from tests.conformance.from_onnx import attributes_from, type_from


@cache
def node_cases() -> list[Case]:
    """One case for each node case of one node whose operator means the same at irkit's opset."""
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore"
        )  # the package computes its expected values with overflows and divisions by zero
        tests = load_model_tests(kind="node")
    return [case for test in tests if is_ours(test.model) for case in _cases(test)]


def is_ours(model: onnx.ModelProto) -> bool:
    """One node, of an operator that irkit's opset defines as the model's opset does."""
    version = {o.domain: o.version for o in model.opset_import}.get("", 0)
    plain = (
        len(model.graph.node) == 1 and not model.functions and model.graph.node[0].domain in ("", "ai.onnx")
    )
    return plain and all(_means_the_same(n, version) for n in _nodes(model.graph)) and _takes(model)


def _nodes(graph: onnx.GraphProto) -> Iterator[onnx.NodeProto]:
    for node in graph.node:
        yield node
        for attribute in node.attribute:
            yield from _nodes(attribute.g)


def _means_the_same(node: onnx.NodeProto, version: int) -> bool:
    try:
        theirs, ours = (onnx.defs.get_schema(node.op_type, v, "") for v in (version, OPSET))
    except onnx.defs.SchemaError:
        return False
    if theirs.since_version == ours.since_version:
        return not ours.deprecated
    # later versions mostly add element types; one of those that do more is Mod, with floats
    return _form(theirs) == _form(ours) and node.op_type != "Mod"


def _form(schema: onnx.defs.OpSchema) -> object:
    """What tells the versions of an operator apart, but for the element types that they take."""
    defaults = sorted(
        (a.name, a.required, a.default_value.SerializeToString()) for a in schema.attributes.values()
    )
    return defaults, schema.min_input, schema.max_input, schema.min_output, schema.max_output


def _takes(model: onnx.ModelProto) -> bool:
    """Whether the operator takes the types of the case at our opset."""
    node, schema = model.graph.node[0], onnx.defs.get_schema(model.graph.node[0].op_type, OPSET, "")
    allowed = {t.type_param_str: set(t.allowed_type_strs) for t in schema.type_constraints}
    types = {v.name: _type_text(v.type) for v in (*model.graph.input, *model.graph.output)}
    formal = [*_matched(node.input, schema.inputs), *_matched(node.output, schema.outputs)]
    return all(
        name not in types or types[name] in allowed.get(f.type_str, {f.type_str}) for name, f in formal
    )


def _matched(names: Sequence[str], parameters: Sequence[Any]) -> Iterator[tuple[str, Any]]:
    """Names with the schema's parameters; the last parameter may stand for any number."""
    return zip(names, chain(parameters, repeat(parameters[-1] if parameters else None)), strict=False)


def _type_text(type_: onnx.TypeProto) -> str:
    """A type as schemas write it: "tensor(float)"."""
    kind = type_.WhichOneof("value")
    if kind == "tensor_type":
        return f"tensor({onnx.TensorProto.DataType.Name(type_.tensor_type.elem_type).lower()})"
    word = "seq" if kind == "sequence_type" else "optional"
    return f"{word}({_type_text(getattr(type_, str(kind)).elem_type)})"


def is_supported(case: Case) -> bool:
    return find(case.domain, case.operator) is not None


def _cases(test: Any) -> list[Case]:
    node, graph = test.model.graph.node[0], test.model.graph
    names = [i.name for i in graph.input]
    makes_graphs = any(a.type == onnx.AttributeProto.GRAPH for a in node.attribute)
    cases = []
    for inputs, expected in test.data_sets:
        given = dict(zip(names, map(plain, inputs), strict=True))
        reads = list(node.input) + [n for n in names if n not in node.input]
        case = Case(
            node.op_type,
            [given[n] if n else None for n in node.input],
            partial(_with_graphs, node) if makes_graphs else attributes_from(node, Graph(), {}),
            outputs=len(node.output),
            name=test.name,
            expected=_by_position(node, graph, [plain(e) for e in expected]),
            tolerance=test.rtol,
            types=[type_from(graph.input[names.index(n)].type) if n else None for n in node.input],
        )
        assert len(reads) == len(node.input), "a sub-graph reads an input that the node does not"
        cases.append(case)
    return cases


def _with_graphs(node: onnx.NodeProto, graph: Graph, values: Sequence[Value | None]) -> Mapping[str, Any]:
    return attributes_from(
        node, graph, {n: v for n, v in zip(node.input, values, strict=True) if v is not None}
    )


def _by_position(node: onnx.NodeProto, graph: onnx.GraphProto, expected: Sequence[Any]) -> list[Any]:
    """Expected outputs in the node's order; Ellipsis where the case has none."""
    found = dict(zip([o.name for o in graph.output], expected, strict=True))
    return [found.get(n, ...) for n in node.output]


def plain(value: Any) -> Any:
    """A value of the onnx package as our kernels take it."""
    if isinstance(value, onnx.TensorProto):
        value = numpy_helper.to_array(value)
    elif isinstance(value, onnx.SequenceProto):
        value = numpy_helper.to_list(value)
    elif isinstance(value, onnx.OptionalProto):
        value = numpy_helper.to_optional(value)
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    if value is None or (
        isinstance(value, np.ndarray) and value.dtype == object and value.shape == () and value.item() is None
    ):
        return None
    array = np.asarray(value)
    return array.astype(str).astype(object) if array.dtype.kind in "OUS" else array
