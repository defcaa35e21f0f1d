"""IR sections that a stranger wrote, behind right checksums: each is refused with an error that says why."""

from __future__ import annotations

import contextlib
import random
import re
import time
from collections.abc import Callable

import pytest

from irkit._generated import irkit_pb2 as pb
from irkit.errors import FormatError, IrkitError, LimitError, UnsupportedError
from irkit.serialize import proto
from irkit.serialize.weights import WeightsLayout
from tests import sample_models

Change = Callable[[pb.Model], object]
REFUSALS = (FormatError, LimitError, UnsupportedError)


def written(name: str) -> tuple[bytes, memoryview]:
    layout = WeightsLayout()
    data = proto.to_bytes(sample_models.ALL[name](), layout, "irkit")
    return data, memoryview(b"".join(layout.parts))


def refused(name: str, change: Change) -> IrkitError:
    data, weights = written(name)
    message = pb.Model.FromString(data)
    change(message)
    with pytest.raises(REFUSALS) as caught:
        proto.from_bytes(message.SerializeToString(deterministic=True), weights, 64, 4096)
    assert caught.value.problem.startswith("Section IR, bytes 64 to ")
    return caught.value


def node(message: pb.Model, op: str) -> pb.Node:
    return next(n for n in message.graph.nodes if message.strings[n.op] == op)


def attribute(message: pb.Model, op: str, name: str) -> pb.Attribute:
    return next(a for a in node(message, op).attributes if message.strings[a.name] == name)


def inline(message: pb.Model) -> pb.Tensor:
    return next(a.tensor for n in message.graph.nodes for a in n.attributes if a.tensor.inline)


def renamed(old: str, new: str) -> Change:
    def change(message: pb.Model) -> None:
        message.strings[list(message.strings).index(old)] = new

    return change


def twice(message: pb.Model) -> None:
    message.strings.append(message.strings[1])


def deep_layers(message: pb.Model) -> None:
    layer = message.layers
    for _ in range(66):
        layer = layer.children.add(trainable=True)


CASES: list[tuple[str, Change, str]] = [
    ("dense", lambda m: m.strings.__setitem__(0, "x"), "string 0 must be empty"),
    ("dense", twice, "a string stands twice"),
    ("dense", lambda m: m.types.append(m.types[0]), "a type stands twice"),
    ("dense", renamed("Relu", "Evil"), "node 2 (Evil in layer 'relu'): operator Evil is not supported"),
    ("dense", renamed("MatMul", "Add"), "a string stands twice"),
    ("dense", lambda m: setattr(m, "opset", 99), "needs operator set 99"),
    ("dense", lambda m: setattr(m.graph.nodes[1], "op", 77), "node 1: it makes no sense (IndexError"),
    ("dense", lambda m: setattr(m.graph.nodes[1].outputs[0], "type", 77), "node 1 (Add in layer 'dense')"),
    ("dense", lambda m: m.graph.nodes[0].inputs.__setitem__(0, 5), "node 0 (MatMul in layer 'dense')"),
    ("dense", lambda m: m.graph.nodes[0].inputs.__setitem__(0, 0), "node 0 (MatMul in layer 'dense'): MatMul needs"),
    ("dense", lambda m: m.graph.nodes[1].outputs.add(name="y", type=1),
     "node 1 (Add in layer 'dense'): Add has 1 outputs"),
    ("dense", lambda m: m.graph.nodes[1].inputs.append(1), "Add takes 2 inputs, not 3"),
    ("dense", lambda m: setattr(m.graph.nodes[1].outputs[0], "name", "image"), "two values are called 'image'"),
    ("dense", lambda m: setattr(m.graph.nodes[2].outputs[0], "type", 0),
     "the file says that 'activated' is float32[batch, 4]; it is float32[batch, 3]"),
    ("dense", lambda m: m.graph.outputs.append(40), "a number refers to nothing"),
    ("dense", lambda m: m.graph.output_names.append("more"), "1 outputs, called"),
    ("dense", lambda m: setattr(m.types[0].dims[0], "expression", "1 + batch"), "should be written 'batch + 1'"),
    ("dense", lambda m: setattr(m.types[0].dims[0], "expression", "7"), "should be written '7'"),
    ("dense", lambda m: setattr(m.types[0].dims[0], "expression", "batch//0"), "division by zero"),
    ("dense", lambda m: setattr(m.types[0].dims[0], "expression", "(" * 99), "nested more than"),
    ("dense", lambda m: setattr(m.types[0].dims[0], "size", 2**63), "the size 9223372036854775808 is larger"),
    ("dense", lambda m: setattr(m.types[0], "dtype", 25), "there is no dtype 25"),
    ("dense", lambda m: setattr(m.types[0], "kind", 3), "type 0 is of an unknown kind"),
    ("dense", lambda m: m.types[0].dims.extend([pb.Dim(size=1)] * 40), "type 0 has rank 42"),
    ("dense", lambda m: setattr(m.weights[0].tensor, "offset", 2**40), "which has 76 bytes"),
    ("dense", lambda m: setattr(m.weights[0].tensor, "length", 40), "takes 48 bytes, not 40"),
    ("dense", lambda m: m.weights[0].tensor.dims.__setitem__(0, 2**62), "is larger than the format allows"),
    ("dense", lambda m: m.weights[0].tensor.dims.__setitem__(0, 2**63), "is larger than the format allows"),
    ("dense", lambda m: setattr(m.weights[1], "path", m.weights[0].path), "two weights have the same path"),
    ("dense", lambda m: setattr(m.weights[1], "name", "dense/kernel"), "two values are called 'dense/kernel'"),
    ("dense", lambda m: m.layers.weights.append(9), "a number refers to nothing"),
    ("dense", lambda m: m.layers.children.append(m.layers.children[0]), "two children called 'dense'"),
    ("dense", lambda m: m.layers.children[0].calls[0].inputs.append(0), "value 0, which the graph has not"),
    ("dense", lambda m: setattr(m.layers, "config", '{"a": 1}'),
     "the config of Sequential 'model' is not a JSON object"),
    ("dense", lambda m: setattr(m.layers, "config", "[" * 100_000), "is not JSON"),
    ("dense", lambda m: setattr(m.layers, "config", '{"a":' + "9" * 5000 + "}"), "is not JSON"),
    ("dense", deep_layers, "layers are nested more than 64 deep"),
    ("dense", lambda m: m.metadata.add(key="a", value=""), "the metadata is not sorted"),
    ("dense", lambda m: setattr(m.signature, "inputs_structure", '{"kind":"none"}'), "names 0 of 1 tensors"),
    ("dense", lambda m: m.signature.assumptions.add(text="x", input=1), "an input that the model has not"),
    ("equal sizes", lambda m: m.constraints.pop(),
     "demands batch == batch_1, demanded by Add in layer 'add' (model.py:12), which the file does not say"),
    ("equal sizes", lambda m: setattr(m.constraints[0].left, "expression", "batch_1 + 1"), "must equal"),
    ("attributes", lambda m: setattr(attribute(m, "LeakyRelu", "alpha"), "i", 1),
     "attribute 'alpha' must be of kind float"),
    ("attributes", lambda m: setattr(attribute(m, "LeakyRelu", "alpha"), "f", 0.01), "must be left out"),
    ("attributes", lambda m: attribute(m, "Conv", "strides").ints.values.append(0), "node 1 (Conv)"),
    ("attributes", lambda m: attribute(m, "Conv", "auto_pad").__setattr__("s", b"\xff"), "is not UTF-8"),
    ("attributes", lambda m: node(m, "Conv").attributes.reverse(), "stands in the wrong order"),
    ("attributes", renamed("alpha", "beta"), "LeakyRelu has no attribute 'beta'"),
    ("attributes", lambda m: setattr(inline(m), "offset", 3), "has an offset"),
    ("attributes", lambda m: setattr(inline(m), "inline", b"x"), "2 strings do not fit into 1 bytes"),
    ("branching", lambda m: m.graph.nodes[1].attributes[0].graph.outputs.__setitem__(0, 1),
     "belongs to a graph around it"),
    ("branching", lambda m: m.graph.outputs.__setitem__(0, 4), "value 4 is not defined here"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "change", "text"), CASES, ids=[text[:40] for _, _, text in CASES])
def test_it_says_what_is_wrong(name: str, change: Change, text: str) -> None:
    assert re.search(re.escape(text), str(refused(name, change)))


@pytest.mark.parametrize(
    "data",
    [
        b"\xff",
        b"\x0a",
        b"\x9a\x06\x00",  # a field that nobody knows
        b"\x08\x97\x00",  # a number that is longer than it must be
        b"\x3b" * 1000,  # groups in groups
        b"\x12\x01\xff",  # no UTF-8
    ],
)
def test_what_is_no_canonical_protobuf_is_refused(data: bytes) -> None:
    with pytest.raises(FormatError):
        proto.from_bytes(data, memoryview(b""))


def test_fields_that_are_not_known_are_refused() -> None:
    data, weights = written("dense")
    proto.from_bytes(data, weights)
    with pytest.raises(FormatError, match="has fields that this irkit does not know"):
        proto.from_bytes(data + b"\x9a\x06\x00", weights)


def test_subgraphs_are_nested_at_most_sixteen_deep() -> None:
    message = pb.Model.FromString(written("branching")[0])
    outer = message.graph.nodes[1].attributes[0].graph
    for _ in range(17):
        inner = pb.Graph()
        inner.CopyFrom(outer)
        del outer.nodes[:]
        outer.nodes.append(message.graph.nodes[1])
        del outer.nodes[0].attributes[:]
        made = outer.nodes[0].attributes.add(name=message.graph.nodes[1].attributes[0].name)
        made.graph.CopyFrom(inner)
        outer = made.graph
    with pytest.raises(REFUSALS):
        proto.from_bytes(message.SerializeToString(deterministic=True), memoryview(b""))


@pytest.mark.parametrize("name", sample_models.ALL)
def test_random_damage_gives_a_model_or_a_refusal_and_quickly(name: str) -> None:
    data, weights = written(name)
    chance = random.Random(f"damage to {name}")
    start = time.process_time()
    for _ in range(500):
        damaged = bytearray(data)
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(damaged))
            match chance.randrange(3):
                case 0:
                    damaged[at] = chance.randrange(256)
                case 1:
                    del damaged[at : at + chance.randint(1, 9)]
                case _:
                    damaged[at:at] = damaged[at : at + chance.randint(1, 30)]
        survives(bytes(damaged), weights)
    assert time.process_time() - start < 60


@pytest.mark.parametrize("name", sample_models.ALL)
def test_random_changes_of_fields_give_a_model_or_a_refusal(name: str) -> None:
    """Deeper than damage: every change is canonical protobuf."""
    data, weights = written(name)
    chance = random.Random(f"changes to {name}")
    for _ in range(500):
        message = pb.Model.FromString(data)
        for _ in range(chance.randint(1, 3)):
            change_something(message, chance)
        survives(message.SerializeToString(deterministic=True), weights)


def survives(data: bytes, weights: memoryview) -> None:
    try:
        model = proto.from_bytes(data, weights)
    except REFUSALS:
        return
    layout = WeightsLayout()
    try:
        proto.to_bytes(model, layout, "irkit")
    except IrkitError:
        return


def change_something(message: object, chance: random.Random) -> None:
    """Walk down a random path of set fields, and change the number, text or list at its end."""
    while True:
        fields = message.ListFields()  # type: ignore[attr-defined]  # a message
        if not fields:
            return
        field, value = chance.choice(fields)
        repeated = not isinstance(value, str | bytes | int | float) and hasattr(value, "__len__")
        if repeated:
            if chance.random() < 0.1:
                del value[chance.randrange(len(value))]
                return
            if chance.random() < 0.1:
                value.append(value[chance.randrange(len(value))])
                return
            index = chance.randrange(len(value))
            if field.message_type is None:
                value[index] = other(value[index], chance)
                return
            message = value[index]
        elif field.message_type is None:
            with contextlib.suppress(ValueError):  # beyond the field's range
                setattr(message, field.name, other(value, chance))
            return
        else:
            message = value


def other(value: object, chance: random.Random) -> object:
    match value:
        case bool():
            return not value
        case int():
            return chance.choice([0, 1, 2, 3, value + 1, max(0, value - 1), 255, 2**31 - 1])
        case float():
            return chance.choice([0.0, -1.0, float("nan"), float("inf"), 1e300])
        case bytes():
            return chance.choice([b"", value + b"\0", value[:-1], b"\xff\xff"])
        case _:
            text = str(value)
            return chance.choice(
                ["", "n", "batch", "max(n, 3)", "n//2", "-n", text + "1", text[:-1], "{}", "\0"]
            )
