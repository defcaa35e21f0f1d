"""import_onnx: old forms of operators, functions, sub-graphs, names, external data; and models made to do harm."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import helper, numpy_helper

import irkit
from irkit import execution
from irkit.frontends.onnx_import import graph_model

node = helper.make_node
FLOAT, BOOL = 1, 9


def port(name: str, shape: Sequence[Any] | None = (2, 3), dtype: int = FLOAT) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, dtype, shape)


def weight(name: str, values: Any, dtype: str = "float32") -> onnx.TensorProto:
    return numpy_helper.from_array(np.asarray(values, dtype), name)


def model(
    nodes: Sequence[onnx.NodeProto],
    inputs: Sequence[onnx.ValueInfoProto] | None = None,
    weights: Sequence[onnx.TensorProto] = (),
    opset: int = 17,
    functions: Sequence[onnx.FunctionProto] = (),
) -> onnx.ModelProto:
    ports = [port("x")] if inputs is None else inputs
    graph = helper.make_graph(nodes, "net", ports, [port("y", None)], initializer=weights)
    opsets = [helper.make_opsetid("", opset), helper.make_opsetid("own", 1)]
    return helper.make_model(graph, opset_imports=opsets, functions=functions)


def run(proto: onnx.ModelProto, *inputs: np.ndarray) -> list[Any]:
    return execution.backend("interpreter").prepare(graph_model(proto)).run(inputs)


def external(location: str) -> onnx.TensorProto:
    tensor = onnx.TensorProto(name="w", data_type=FLOAT, dims=[2, 3], data_location=1)
    tensor.external_data.add(key="location", value=location)
    return tensor


X = np.arange(6, dtype=np.float32).reshape(2, 3)


# ---- what is read


def test_softmax_before_opset_13_goes_over_all_axes_from_the_given_one():
    x = np.arange(8, dtype=np.float32).reshape(2, 2, 2)
    (y,) = run(model([node("Softmax", ["x"], ["y"], axis=1)], [port("x", (2, 2, 2))], opset=11), x)
    powers = np.exp(x - x.max(axis=(1, 2), keepdims=True))
    np.testing.assert_allclose(y, powers / powers.sum(axis=(1, 2), keepdims=True), rtol=1e-6)


def test_names_of_nodes_become_nested_layers_that_own_their_weights():
    nodes = [
        node("MatMul", ["x", "a.weight"], ["h"], name="/net/block.0/dense/MatMul"),
        node("Relu", ["h"], ["r"], name="/net/block.0/Relu"),
        node("MatMul", ["r", "b.weight"], ["y"], name="/net/head/MatMul"),
    ]
    weights = [weight("a.weight", np.ones((3, 4))), weight("b.weight", np.ones((4, 1)))]
    tree = graph_model(model(nodes, weights=weights)).layers
    paths = {path: layer.class_name for path, layer in tree.walk()}
    assert paths == {"block.0": "Module", "block.0/dense": "MatMul", "block.0/Relu": "Relu", "head": "MatMul"}
    assert [w.path for w in tree.find("block.0/dense").weights] == ["block.0/dense/weight"]


def test_functions_are_written_out_with_their_attributes_and_without_omitted_inputs():
    body = node("Clip", ["a", "low"], ["c"])
    scaled = node("LeakyRelu", ["c"], ["b"])
    scaled.attribute.add(name="alpha", type=FLOAT, ref_attr_name="slope")
    function = helper.make_function(
        "own", "F", ["a", "low"], ["b"], [body, scaled], [helper.make_opsetid("", 17)], ["slope"]
    )
    proto = model([node("F", ["x"], ["y"], domain="own", slope=0.5)], functions=[function])
    np.testing.assert_array_equal(run(proto, -X)[0], -X / 2)


def test_a_branch_that_is_never_taken_need_not_make_sense():
    good = helper.make_graph([node("Relu", ["x"], ["t"])], "then", [], [port("t")])
    bad = helper.make_graph([node("MatMul", ["x", "x"], ["e"])], "else", [], [port("e")])
    proto = model(
        [node("If", ["c"], ["y"], then_branch=good, else_branch=bad)], weights=[weight("c", True, "bool")]
    )
    np.testing.assert_array_equal(run(proto, X)[0], X)


def test_a_loop_whose_value_grows_is_built_for_every_size():
    body = helper.make_graph(
        [node("Concat", ["v", "x"], ["w"], axis=0), node("Identity", ["go"], ["again"])],
        "body",
        [port("i", (), 7), port("go", (), BOOL), port("v", None)],
        [port("again", (), BOOL), port("w", None)],
    )
    proto = model([node("Loop", ["n", "", "x"], ["y"], body=body)], weights=[weight("n", 2, "int64")])
    np.testing.assert_array_equal(run(proto, X)[0], np.concatenate([X, X, X]))


def test_question_marks_do_not_make_sizes_equal():
    made = graph_model(model([node("Relu", ["x"], ["y"])], [port("x", ["?", "?", "n", "n"])]))
    a, b, c, d = made.graph.inputs[0].type.shape
    assert a != b
    assert c == d


def test_external_data_is_read_on_request_only(tmp_path: Path):
    (tmp_path / "w.bin").write_bytes(X.tobytes())
    path = tmp_path / "m.onnx"
    path.write_bytes(model([node("Add", ["x", "w"], ["y"])], weights=[external("w.bin")]).SerializeToString())
    with pytest.raises(irkit.UnsupportedError, match="external_data=True"):
        irkit.import_onnx(path)
    np.testing.assert_array_equal(irkit.import_onnx(path, external_data=True).predict(X), X + X)


@pytest.mark.parametrize("location", ["../w.bin", "/etc/hosts", "a/../w.bin", "link", "folder/link", ""])
def test_external_data_is_never_read_from_elsewhere(location, tmp_path: Path):
    (tmp_path / "folder").mkdir()
    for link in ("link", "folder/link"):
        (tmp_path / link).symlink_to("/etc/hosts")
    path = tmp_path / "m.onnx"
    path.write_bytes(
        model([node("Add", ["x", "w"], ["y"])], weights=[external(location)]).SerializeToString()
    )
    with pytest.raises(irkit.FormatError, match="external data"):
        irkit.import_onnx(path, external_data=True)


# ---- what is refused


def bomb() -> onnx.ModelProto:
    """28 functions, each of which calls the one before twice."""
    own = [helper.make_opsetid("", 17), helper.make_opsetid("own", 1)]
    functions = [helper.make_function("own", "F0", ["a"], ["b"], [node("Relu", ["a"], ["b"])], own)]
    for i in range(1, 28):
        twice = [node(f"F{i - 1}", [a], [b], domain="own") for a, b in (("a", "t"), ("t", "b"))]
        functions.append(helper.make_function("own", f"F{i}", ["a"], ["b"], twice, own))
    return model([node("F27", ["x"], ["y"], domain="own")], functions=functions)


def recursion() -> onnx.ModelProto:
    own = [helper.make_opsetid("own", 1)]
    function = helper.make_function("own", "F", ["a"], ["b"], [node("F", ["a"], ["b"], domain="own")], own)
    return model([node("F", ["x"], ["y"], domain="own")], functions=[function])


def nested() -> onnx.ModelProto:
    graph = helper.make_graph([node("Relu", ["x"], ["t"])], "g", [], [port("t")])
    leaf = helper.make_graph([node("Abs", ["x"], ["t"])], "g", [], [port("t")])
    for _ in range(20):
        branch = node("If", ["c"], ["t"], then_branch=graph, else_branch=leaf)
        graph = helper.make_graph([branch], "g", [], [port("t")])
    branch = node("If", ["c"], ["y"], then_branch=graph, else_branch=leaf)
    return model([branch], [port("x"), port("c", (), BOOL)])


CYCLE = [node("Add", ["x", "b"], ["a"], name="first"), node("Relu", ["a"], ["b"]), node("Relu", ["b"], ["y"])]
SHORT = weight("w", np.ones((2, 3)))
SHORT.raw_data = SHORT.raw_data[:5]
REFUSED = {
    "a cycle": (model(CYCLE), irkit.GraphError, r"node 'first' \(Add\) depends on its own result"),
    "a missing input": (
        model([node("Relu", ["z"], ["y"])]),
        irkit.GraphError,
        "reads 'z', which nothing defines",
    ),
    "a name given twice": (
        model([node("Relu", ["x"], ["y"]), node("Abs", ["x"], ["y"], name="second")]),
        irkit.GraphError,
        r"node 'second' \(Abs\): 'y' is defined twice",
    ),
    "an attribute of the wrong kind": (
        model([node("Softmax", ["x"], ["y"], axis="a", name="s")]),
        irkit.AttributeRangeError,
        r"node 's' \(Softmax\): attribute 'axis' of Softmax must be int",
    ),
    "unknown operators, all at once": (
        model([node("Foo", ["x"], ["t"]), node("Bar", ["t"], ["y"], domain="own")]),
        irkit.UnsupportedError,
        "2 operators of this model are not supported: Foo, own.Bar",
    ),
    "an opset to come": (model([node("Relu", ["x"], ["y"])], opset=99), irkit.UnsupportedError, "up to 28"),
    "shapes that do not fit": (
        model([node("MatMul", ["x", "x"], ["y"], name="mm")]),
        irkit.ShapeError,
        r"node 'mm' \(MatMul\)",
    ),
    "too little data": (
        model([node("Add", ["x", "w"], ["y"])], weights=[SHORT]),
        irkit.FormatError,
        "'w' has 5 bytes of data; 24 are needed",
    ),
    "a bomb of functions": (bomb(), irkit.LimitError, "functions written out"),
    "a function that calls itself": (recursion(), irkit.GraphError, "'F' calls itself"),
    "graphs nested too deep": (nested(), irkit.LimitError, "nested more than 16 deep"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_bad_model_gets_one_error_that_names_the_node(what):
    proto, kind, text = REFUSED[what]
    with pytest.raises(kind, match=text):
        graph_model(proto)


def test_damaged_bytes_never_raise_anything_but_our_errors():
    good = model(
        [node("Conv", ["x", "w"], ["c"], kernel_shape=[3, 3]), node("Relu", ["c"], ["y"])],
        [port("x", (1, 2, 8, 8))],
        [weight("w", np.ones((4, 2, 3, 3)))],
    ).SerializeToString()
    random = np.random.default_rng(0)
    for _ in range(300):
        damaged = bytearray(good)
        for place in random.integers(120, size=3):
            damaged[place] = random.integers(256)
        with contextlib.suppress(irkit.IrkitError):
            graph_model(bytes(damaged))
