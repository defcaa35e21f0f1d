"""The layers of a model as rows: what a summary prints, a plot draws, and a program can read."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from irkit.ir import Call, GraphModel, LayerNode, Node, TensorType, Type, Value

# Who gave a value: path of the layer, number of its call, number of the output.
Origin: TypeAlias = tuple[str, int, int]

_SNAKE = re.compile(r"(?<=[a-z])(?=[A-Z])")

# Operators that carry constants and sizes: of no interest to somebody who looks at layers.
_QUIET = frozenset({"Constant", "Shape"})


@dataclass(frozen=True, slots=True)
class Row:
    """One layer, or one operator that the user applied outside of any layer.

    path: "encoder/dense". depth: 0 for the model's own layers. output_types: of its first call.
    connections: (path, call number, output number) of what it reads, for all its calls. calls: how often it is used.
    reads, gives: the values of all its calls.
    """

    path: str
    class_name: str
    output_types: tuple[Type, ...]
    input_types: tuple[Type, ...]
    parameters: int
    trainable_parameters: int
    connections: tuple[Origin, ...]
    calls: int
    depth: int
    trainable: bool
    activation: str = ""
    has_children: bool = False
    reads: tuple[Value, ...] = ()
    gives: tuple[Value, ...] = ()

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]


def rows(model: GraphModel, *, expand_nested: bool = False) -> list[Row]:
    """Rows of the model's layers in order; with those inside nested models too when `expand_nested`."""
    inputs = {value: (value.name, 0, 0) for value in model.user_inputs}
    return list(_level(model.layers, "", 0, expand_nested, _loose_nodes(model), inputs))


def _loose_nodes(model: GraphModel) -> Mapping[str, list[Node]]:
    """Path of a model → its nodes that belong to no layer inside it."""
    containers = {"", *(path for path, node in model.layers.walk() if node.children)}
    loose: dict[str, list[Node]] = {}
    for node in model.graph.nodes:
        if node.layer in containers and node.op.name not in _QUIET and not _is_arithmetic_of_sizes(node):
            loose.setdefault(node.layer, []).append(node)
    return loose


def _is_arithmetic_of_sizes(node: Node) -> bool:
    return all(v.known is not None for v in node.outputs) or (
        node.op.name == "Identity" and node.inputs[0] is not None and node.inputs[0].known is not None
    )


def _node_names(nodes: Sequence[Node], taken: Collection[str]) -> dict[Node, str]:
    """Names for operators outside of layers: add, add_1…, as Keras names them."""
    names: dict[Node, str] = {}
    used = set(taken)
    for node in nodes:
        stem = name = _SNAKE.sub("_", node.op.name).lower()
        count = 0
        while name in used:
            count += 1
            name = f"{stem}_{count}"
        used.add(name)
        names[node] = name
    return names


def _level(
    parent: LayerNode,
    path: str,
    depth: int,
    expand: bool,
    loose: Mapping[str, Sequence[Node]],
    around: Mapping[Value, Origin],
) -> Iterator[Row]:
    """Rows of the layers in `parent`. around: who gave the values that come from outside."""
    prefix = f"{path}/" if path else ""
    names = {n: prefix + name for n, name in _node_names(loose.get(path, ()), parent.children).items()}
    origins = {**around, **_origins(parent, prefix, names)}
    for entry in _with_loose(list(parent.children.values()), names, origins, prefix):
        if isinstance(entry, Node):
            yield _node_row(entry, names[entry], depth, origins)
            continue
        yield _layer_row(entry, prefix, depth, origins)
        if expand and entry.children:
            yield from _level(entry, prefix + entry.name, depth + 1, expand, loose, origins)


def _origins(parent: LayerNode, prefix: str, loose: Mapping[Node, str]) -> dict[Value, Origin]:
    """Value → who of the layers and loose operators in `parent` gave it."""
    found: dict[Value, Origin] = {}
    for child in parent.children.values():
        for c, call in enumerate(child.calls):
            for i, value in enumerate(call.outputs):
                found.setdefault(value, (prefix + child.name, c, i))
    for node, path in loose.items():
        for i, value in enumerate(node.outputs):
            found.setdefault(value, (path, 0, i))
    return found


def _with_loose(
    layers: Sequence[LayerNode],
    loose: Mapping[Node, str],
    origins: Mapping[Value, Origin],
    prefix: str,
) -> list[LayerNode | Node]:
    """Loose operators after the last layer or operator that they read."""
    place = {prefix + layer.name: i for i, layer in enumerate(layers)}
    after: dict[int, list[Node]] = {}
    for node, path in loose.items():
        read = [origins[v][0] for v in node.inputs if v is not None and v in origins]
        position = max((place[p] for p in read if p in place), default=-1)
        place[path] = position
        after.setdefault(position, []).append(node)
    result: list[LayerNode | Node] = list(after.get(-1, ()))
    for i, layer in enumerate(layers):
        result += [layer, *after.get(i, ())]
    return result


def _node_row(node: Node, path: str, depth: int, origins: Mapping[Value, Origin]) -> Row:
    read = [v for v in node.inputs if v is not None]
    return Row(
        path=path,
        class_name=node.op.name,
        output_types=tuple(v.type for v in node.outputs),
        input_types=tuple(v.type for v in read if v.known is None),
        parameters=0,
        trainable_parameters=0,
        connections=tuple(origins[v] for v in read if v in origins),
        calls=1,
        depth=depth,
        trainable=True,
        reads=tuple(read),
        gives=node.outputs,
    )


def _layer_row(layer: LayerNode, prefix: str, depth: int, origins: Mapping[Value, Origin]) -> Row:
    weights = layer.all_weights()
    first = layer.calls[0] if layer.calls else Call((), ())
    activation = (layer.config or {}).get("activation")
    return Row(
        path=prefix + layer.name,
        class_name=layer.class_name,
        output_types=tuple(v.type for v in first.outputs),
        input_types=tuple(v.type for v in first.inputs),
        parameters=sum(math.prod(w.shape) for w in weights),
        trainable_parameters=sum(math.prod(w.shape) for w in weights if w.trainable),
        connections=tuple(origins[v] for call in layer.calls for v in call.inputs if v in origins),
        calls=len(layer.calls),
        depth=depth,
        trainable=layer.trainable,
        activation=activation if isinstance(activation, str) else "",
        has_children=bool(layer.children),
        reads=tuple(v for call in layer.calls for v in call.inputs),
        gives=tuple(v for call in layer.calls for v in call.outputs),
    )


def shape_text(type_: Type) -> str:
    """A type's shape as Keras writes it: (None, 28, 28)."""
    if not isinstance(type_, TensorType):
        return str(type_)
    if type_.shape is None:
        return "(…)"
    sizes = [str(d) if isinstance(d, int) else "None" for d in type_.shape]
    return f"({', '.join(sizes)}{',' if len(sizes) == 1 else ''})"


def shapes_text(types: Sequence[Type]) -> str:
    """The shapes of several tensors; one alone stands without brackets."""
    texts = [shape_text(t) for t in types]
    return texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]"
