"""A functional model from its configuration: Keras's, or irkit's. Layers are made, then called as they were."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from inspect import signature
from typing import Any

from irkit import operators
from irkit.errors import ArgumentError, UnsupportedError
from irkit.frontends import ops
from irkit.frontends.base.naming import to_snake_case
from irkit.frontends.configuring.objects import argument, class_of, deserialize_keras_object, made
from irkit.frontends.tensors.apply import apply
from irkit.frontends.tensors.input import InputLayer
from irkit.ir import DType

Made = dict[tuple[str, int], Sequence[Any]]  # (layer, call) → its tensors


def rebuilt(config: Mapping[str, Any]) -> tuple[Any, Any]:  # structures of tensors
    """Inputs and outputs of the model that `config` describes. Raises ArgumentError where it does not fit together."""
    entries = {entry["name"]: entry for entry in config["layers"]}
    things = {name: _thing(entry) for name, entry in entries.items()}
    tensors: Made = {(n, 0): (x.output,) for n, x in things.items() if isinstance(x, InputLayer)}
    for name, call in _in_order(entries, tensors):
        result = _called(things[name], entries[name], entries[name]["inbound_nodes"][call], tensors)
        tensors[name, call] = _leaves(result)
    return _picked(config["input_layers"], tensors), _picked(config["output_layers"], tensors)


def _thing(entry: Mapping[str, Any]) -> Any:  # a layer, an operator, or a function of irkit.ops
    module = str(entry.get("module") or "")
    if module == "irkit.operators":
        return _operator(entry)
    if module.startswith("keras.src.ops"):
        return _function(module, str(entry["class_name"]))
    return made(class_of(entry), {**entry["config"], "name": entry["name"]})


def _operator(entry: Mapping[str, Any]) -> operators.Operator:
    cls: Any = getattr(operators, str(entry["class_name"]))
    return cls(**{k: _attribute(v) for k, v in entry["config"].items()})  # type: ignore[no-any-return]  # an operator


def _attribute(value: Any) -> Any:  # as the operator has it
    if isinstance(value, list):
        return tuple(_attribute(v) for v in value)
    if isinstance(value, Mapping) and value.get("class_name") == "__dtype__":
        return DType.of(value["config"])
    return argument(value)


def _function(module: str, cls: str) -> Any:  # of irkit.ops
    """The function that Keras's class of an operation stands for."""
    if cls == "GetItem":
        return lambda x, key: x[tuple(key) if isinstance(key, list) else key]
    home = getattr(ops, module.rpartition(".")[2], ops)
    name = to_snake_case(cls)
    for place in (home, ops, ops.image, ops.linalg, ops.nn, ops.numpy):
        if hasattr(place, name):
            return getattr(place, name)
    raise UnsupportedError(f"irkit.ops has no function for Keras's {cls} of {module}.")


def _in_order(entries: Mapping[str, Any], tensors: Made) -> Iterator[tuple[str, int]]:
    """Calls, each after those whose tensors it takes."""
    calls = {(n, i): node for n, e in entries.items() for i, node in enumerate(e["inbound_nodes"])}
    waiting = {key: {w for w in _needed(node) if w not in tensors} for key, node in calls.items()}
    readers: dict[tuple[str, int], list[tuple[str, int]]] = {}
    for key, needed in waiting.items():
        for other in needed:
            readers.setdefault(other, []).append(key)
    ready = [key for key, needed in waiting.items() if not needed]
    count = 0
    while ready:
        key = ready.pop(0)
        count += 1
        yield key
        for reader in readers.get(key, ()):
            waiting[reader].discard(key)
            if not waiting[reader]:
                ready.append(reader)
    if count < len(calls):
        raise ArgumentError("the configuration is damaged: some layers wait for tensors that no layer makes.")


def _needed(tree: Any) -> Iterator[tuple[str, int]]:
    """(layer, call) of every tensor in the arguments."""
    pending = [tree]
    while pending:
        value = pending.pop()
        if isinstance(value, Mapping):
            if value.get("class_name") == "__keras_tensor__":
                history = value["config"]["keras_history"]
                yield history[0], history[1]
            else:
                pending.extend(value.values())
        elif isinstance(value, list | tuple):
            pending.extend(value)


def _called(thing: Any, entry: Mapping[str, Any], node: Mapping[str, Any], tensors: Made) -> Any:  # tensors
    args = [_with_tensors(a, tensors) for a in node["args"]]
    kwargs = {k: _with_tensors(a, tensors) for k, a in node["kwargs"].items() if a is not None}
    if isinstance(thing, operators.Operator):
        return apply(thing, *args, count=int(node["outputs"]))
    if str(entry.get("module")).startswith("keras.src.ops"):
        taken = signature(thing).parameters
        kwargs = {k: v for k, v in {**entry["config"], **kwargs}.items() if k in taken and k != "name"}
    return thing(*args, **kwargs)


def _with_tensors(tree: Any, tensors: Made) -> Any:  # the same structure
    if isinstance(tree, Mapping):
        if tree.get("class_name") == "__keras_tensor__":
            name, call, place = tree["config"]["keras_history"]
            return tensors[name, call][place]
        if "class_name" in tree:
            return deserialize_keras_object(tree)
        return {k: _with_tensors(v, tensors) for k, v in tree.items()}
    return [_with_tensors(v, tensors) for v in tree] if isinstance(tree, list | tuple) else tree


def _leaves(result: Any) -> list[Any]:
    """All tensors of what a layer returned, in order."""
    if isinstance(result, dict):
        return [t for k in sorted(result) for t in _leaves(result[k])]
    if isinstance(result, list | tuple):
        return [t for r in result for t in _leaves(r)]
    return [result]


def _picked(places: Any, tensors: Made) -> Any:  # a structure of tensors
    """The tensors at these places: one for ["layer", 0, 0], else in the same structure."""
    if isinstance(places, dict):
        return {k: _picked(v, tensors) for k, v in places.items()}
    if len(places) == 3 and isinstance(places[0], str):
        return tensors[places[0], places[1]][places[2]]
    return [_picked(p, tensors) for p in places]
