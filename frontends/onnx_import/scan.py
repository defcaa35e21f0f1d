"""A look over a whole model before anything is built: every operator that irkit lacks, told at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, TypeAlias

from irkit.errors import FormatError, LimitError, UnsupportedError
from irkit.frontends.onnx_import.use import ADAPTERS
from irkit.ir import limits
from irkit.operators import find

if TYPE_CHECKING:
    import onnx

# (domain, name, overload) → function
Key: TypeAlias = tuple[str, str, str]
Functions: TypeAlias = "Mapping[Key, onnx.FunctionProto]"

OLDEST, NEWEST = 1, 28  # opsets of ai.onnx that the adapters know
_SHOWN = 3  # so many nodes are named for each operator
_AI_ONNX = ("", "ai.onnx")


def domain_of(domain: str) -> str:
    """The domain; "ai.onnx" is the same as none."""
    return "" if domain == "ai.onnx" else domain


def functions_of(model: onnx.ModelProto) -> Functions:
    """The model's own functions. Raises FormatError where one is defined twice."""
    found: dict[tuple[str, str, str], onnx.FunctionProto] = {}
    for function in model.functions:
        key = domain_of(function.domain), function.name, function.overload
        if key in found:
            raise FormatError(f"function '{function.name}' is defined twice.")
        found[key] = function
    return found


def versions_of(imports: Iterable[onnx.OperatorSetIdProto], who: str) -> dict[str, int]:
    """domain → opset. Raises UnsupportedError for opsets of ai.onnx that are too new."""
    found = {domain_of(o.domain): o.version for o in imports}
    if not OLDEST <= found.get("", OLDEST) <= NEWEST:
        raise UnsupportedError(f"{who} needs opset {found['']} of ai.onnx; irkit knows those up to {NEWEST}.")
    return found


def check(model: onnx.ModelProto, functions: Functions) -> None:
    """Raises UnsupportedError with a list of everything in the model that irkit does not know, LimitError."""
    _check_size(model.graph, functions)
    missing: dict[str, list[str]] = {}
    for node in _nodes(model, functions):
        domain = domain_of(node.domain)
        if (domain, node.op_type, node.overload) in functions or (domain, node.op_type) in ADAPTERS:
            continue
        if domain == "irkit" or find(domain, node.op_type) is None:
            missing.setdefault(f"{domain}.{node.op_type}".lstrip("."), []).append(node.name or _first(node))
    if missing:
        raise UnsupportedError(
            f"{len(missing)} operator{'s' * (len(missing) > 1)} of this model "
            f"{'are' if len(missing) > 1 else 'is'} not supported: {', '.join(sorted(missing))}.",
            facts=[_fact(operator, names) for operator, names in sorted(missing.items())],
            cure="Export the model with operators of ai.onnx, or with its functions inside.",
        )


def _fact(operator: str, names: list[str]) -> str:
    shown = ", ".join(f"'{n[:80]}'" for n in names[:_SHOWN]) + (", …" if len(names) > _SHOWN else "")
    return f"{operator}: {len(names)} node{'s' * (len(names) > 1)} ({shown})"


def _first(node: onnx.NodeProto) -> str:
    return node.output[0] if node.output else "?"


def _nodes(model: onnx.ModelProto, functions: Functions) -> Iterator[onnx.NodeProto]:
    """Every node that will be built: of the graph, of the functions that are called, and of the graphs inside."""
    pending: list[tuple[onnx.GraphProto | onnx.FunctionProto, int]] = [(model.graph, 0)]
    called: set[tuple[str, str, str]] = set()
    count = 0
    while pending:
        graph, depth = pending.pop()
        if depth > limits.GRAPH_DEPTH:
            raise LimitError(f"graphs are nested more than {limits.GRAPH_DEPTH} deep.")
        count += len(graph.node)
        if count > limits.NODES:
            raise LimitError(f"the model has more than {limits.NODES} nodes.")
        for node in graph.node:
            yield node
            pending += [(a.g, depth + 1) for a in node.attribute if a.HasField("g")]
            key = domain_of(node.domain), node.op_type, node.overload
            if key in functions and key not in called:
                called.add(key)
                pending.append((functions[key], 0))


def _check_size(graph: onnx.GraphProto, functions: Functions) -> None:
    """Raises LimitError where the model is too large once its functions are written out: twenty-eight of them, each of
    which calls the one before twice, are a thousand lines and two hundred million nodes."""
    own: dict[Key, tuple[int, list[Key]]] = {key: _calls(f, functions) for key, f in functions.items()}
    sizes: dict[Key, int] = {}
    for first in own:
        path = [first]
        while path:
            count, called = own[path[-1]]
            ahead = next((key for key in called if key not in sizes and key not in path), None)
            if ahead is None:
                key = path.pop()  # one that calls itself is told of when it is built
                sizes[key] = min(count + sum(sizes.get(k, 0) for k in called), 2 * limits.NODES)
            else:
                path.append(ahead)
    count, called = _calls(graph, functions)
    if count + sum(sizes[key] for key in called) > limits.NODES:
        raise LimitError(f"with its functions written out the model has more than {limits.NODES} nodes.")


def _calls(inside: onnx.GraphProto | onnx.FunctionProto, functions: Functions) -> tuple[int, list[Key]]:
    """How many nodes there are in a graph, those of graphs inside included, and which functions they call."""
    pending: list[onnx.GraphProto | onnx.FunctionProto] = [inside]
    count, called = 0, []
    while pending:
        graph = pending.pop()
        count += len(graph.node)
        for node in graph.node:
            pending += [a.g for a in node.attribute if a.HasField("g")]
            key = domain_of(node.domain), node.op_type, node.overload
            if key in functions:
                called.append(key)
    return count, called
