"""Saving and loading a whole model: what comes back, and what happens on the way to the disk."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from irkit import execution
from irkit.errors import ArgumentError, FormatError, UnsupportedError
from irkit.ir import GraphModel, Node, Value
from irkit.serialize import Kind, Sample, info, load, load_samples, proto, save
from irkit.serialize.hashing import hash_of
from irkit.serialize.weights import WeightsLayout
from tests import sample_models

MODELS = pytest.mark.parametrize("make", sample_models.ALL.values(), ids=list(sample_models.ALL))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "m.irk"


def described(model: GraphModel) -> list[object]:
    """All that a graph says, in plain values."""
    found: list[object] = [[(v.name, v.type) for v in model.graph.inputs]]
    found += [description(node) for node in model.graph.walk()]
    return [*found, [v.name for v in model.graph.outputs], [str(c) for c in model.graph.constraints]]


def description(node: Node) -> tuple[object, ...]:
    attributes = {
        name: repr(value.tolist() if isinstance(value, np.ndarray) else value)  # NaN is not NaN
        for name, value in node.op.attributes().items()  # type: ignore[attr-defined]  # an Operator
        if name not in ("then_branch", "else_branch")
    }
    inputs = [v and v.name for v in node.inputs]
    outputs = [(v.name, v.type, known(v)) for v in node.outputs]
    return node.op.name, attributes, inputs, outputs, node.layer, node.source


def known(value: Value) -> object:
    return None if value.known is None else repr(value.known.tolist())


@MODELS
def test_a_loaded_model_says_what_the_saved_one_said(make: Callable[[], GraphModel], path: Path) -> None:
    model = make()
    save(model, path)
    loaded = load(path)
    assert described(loaded) == described(model)
    assert loaded.signature == model.signature
    assert (loaded.name, loaded.metadata) == (model.name, model.metadata)
    assert list(loaded.weight_paths().values()) == list(model.weight_paths().values())
    for old, new in zip(model.weights, loaded.weights, strict=True):
        assert (old.type, old.trainable) == (new.type, new.trainable)
        assert repr(old.data.tolist()) == repr(new.data.tolist())


@MODELS
def test_saving_what_was_loaded_gives_the_same_bytes(make: Callable[[], GraphModel], path: Path) -> None:
    save(make(), path)
    again = path.with_name("again.irk")
    save(load(path), again)
    assert again.read_bytes() == path.read_bytes()


def test_a_type_as_attribute_comes_back() -> None:
    layout = WeightsLayout()
    data = proto.to_bytes(sample_models.optional_model(), layout, "irkit")
    loaded = proto.from_bytes(data, memoryview(b""))
    assert described(loaded) == described(sample_models.optional_model())


def test_the_layer_tree_comes_back(path: Path) -> None:
    model = sample_models.dense_model()
    save(model, path)
    root = load(path).layers
    assert (root.class_name, root.config) == ("Sequential", {"name": "model", "layers": ["dense"]})
    dense = root.find("dense")
    assert dense is not None
    assert (dense.class_name, dense.config) == ("Dense", {"units": 3, "activation": None})
    assert [w.path for w in dense.weights] == ["dense/kernel", "dense/bias"]
    assert [(c.inputs[0].name, c.outputs[0].name, c.source) for c in dense.calls] == [
        ("image", "activated", sample_models.HERE)
    ]


def test_weights_are_views_of_the_file_that_cannot_be_written(path: Path) -> None:
    save(sample_models.dense_model(), path)
    before = path.read_bytes()
    kernel = load(path).weights[0]
    with pytest.raises(ValueError, match="read-only"):
        kernel.data[0, 0] = 1
    assert not kernel.data.flags.owndata
    kernel.data = np.ones((4, 3), np.float32)
    assert kernel.data[0, 0] == 1
    assert path.read_bytes() == before


def test_a_model_can_be_saved_over_the_file_that_it_was_loaded_from(path: Path) -> None:
    save(sample_models.dense_model(), path)
    model = load(path)
    kernel, bias = (w.data.copy() for w in model.weights)
    model.weights[1].data = bias + 1
    save(model, path)
    np.testing.assert_array_equal(model.weights[0].data, kernel)
    np.testing.assert_array_equal(load(path).weights[1].data, bias + 1)


def test_equal_tensors_are_stored_once(path: Path) -> None:
    model = sample_models.dense_model()
    save(model, path)
    alone = info(path).sections[-1].length
    shared = sample_models.dense_model()
    twin = type(model.weights[0])("twin/kernel", model.weights[0].type, model.weights[0].data.copy())
    shared.layers.weights.append(twin)
    save(shared, path)
    assert info(path).sections[-1].length == alone
    assert len(load(path).weights) == 3


def test_sources_can_be_left_out(path: Path) -> None:
    for make in (sample_models.dense_model, sample_models.equal_sizes_model):
        save(make(), path)
        assert b"model.py" in path.read_bytes()
        save(make(), path, strip_sources=True)
        assert b"model.py" not in path.read_bytes()
        bare = path.read_bytes()
        save(load(path), path)
        assert path.read_bytes() == bare


def test_samples_are_saved_with_what_the_interpreter_answers(path: Path) -> None:
    model = sample_models.dense_model()
    x = np.array([[1, 2, 3, 4]], np.float32)
    kernel, bias = (w.data for w in model.weights)
    for form in (x, [x], {"image": x}):
        save(model, path, samples=[form])
        (sample,) = load_samples(path)
        np.testing.assert_array_equal(sample.inputs[0], x)
        np.testing.assert_allclose(sample.outputs[0], np.maximum(x @ kernel + bias, 0), rtol=1e-6)
    saved = path.read_bytes()
    save(load(path), path, samples=load_samples(path))
    assert path.read_bytes() == saved


def test_a_sample_must_fit_the_model(path: Path) -> None:
    model = sample_models.dense_model()
    with pytest.raises(ArgumentError, match=r"must name the inputs \['image'\]. Received: \['x'\]"):
        save(model, path, samples=[{"x": np.zeros((1, 4), np.float32)}])
    with pytest.raises(ArgumentError, match="one array for each of the 1 inputs"):
        save(model, path, samples=[[1, 2]])
    wrong = Sample((np.zeros((1, 4)),), (np.zeros((1, 3), np.float32),))
    with pytest.raises(
        ArgumentError, match=r"A sample holds float64\[1, 4\] where the model has float32\[batch, 4\]"
    ):
        save(model, path, samples=[wrong])
    assert not path.exists()


def test_an_onnx_model_can_be_added(path: Path) -> None:
    import onnx

    save(sample_models.dense_model(), path, onnx=True)
    section = next(s for s in info(path).sections if s.kind is Kind.ONNX)
    proto_ = onnx.load_model_from_string(path.read_bytes()[section.offset : section.end])
    assert [i.name for i in proto_.graph.input] == ["image"]
    load(path)


def test_info_tells_where_each_section_lies(path: Path) -> None:
    save(sample_models.dense_model(), path)
    found, data = info(path), path.read_bytes()
    assert (found.version, found.length) == (1, len(data))
    assert [s.kind.name for s in found.sections] == ["PROGRAM", "IR", "WEIGHTS"]
    for section in found.sections:
        assert hash_of(data[section.offset : section.end]) == section.hash


# ---- the disk


def test_a_new_file_has_the_usual_permissions_and_an_old_one_keeps_its_own(path: Path) -> None:
    before = os.umask(0o027)
    try:
        save(sample_models.dense_model(), path)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    path.chmod(0o600)
    save(sample_models.dense_model(), path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_link_stays_and_its_target_is_replaced(path: Path) -> None:
    target = path.with_name("target.irk")
    path.symlink_to(target.name)
    save(sample_models.dense_model(), path)  # the link dangles
    save(sample_models.dense_model(5), path)
    assert path.is_symlink()
    assert load(target).weights[0].shape == (4, 5)


def test_only_files_are_replaced(tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match="is not a file"):
        save(sample_models.dense_model(), tmp_path)
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    with pytest.raises(ArgumentError, match="is not a file"):
        save(sample_models.dense_model(), fifo)
    with pytest.raises(FileNotFoundError):
        save(sample_models.dense_model(), tmp_path / "missing" / "m.irk")


def test_nothing_is_left_of_a_save_that_fails(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save(sample_models.dense_model(), path)
    before = path.read_bytes()

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "writev", full)
    with pytest.raises(OSError, match="No space left"):
        save(sample_models.dense_model(5), path)
    assert [p.name for p in path.parent.iterdir()] == [path.name]
    assert path.read_bytes() == before


def test_a_write_in_many_small_steps_is_whole(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save(sample_models.dense_model(), path)
    whole, write = path.read_bytes(), os.write
    monkeypatch.setattr(os, "writev", lambda descriptor, parts: write(descriptor, parts[0][:7]))
    save(sample_models.dense_model(), path)
    assert path.read_bytes() == whole


# ---- what cannot be saved


def test_a_config_that_is_no_json_is_refused_by_its_layer(path: Path) -> None:
    model = sample_models.dense_model()
    model.layers.children["dense"].config = {"kernel": object()}  # type: ignore[dict-item]  # the mistake
    with pytest.raises(
        ArgumentError, match="The config of Dense 'dense' cannot be saved: Object of type object"
    ):
        save(model, path)


def test_a_loaded_program_must_belong_to_the_model(path: Path, tmp_path: Path) -> None:
    from irkit.serialize.container import Container, pieces

    save(sample_models.dense_model(), path)
    one = Container(memoryview(path.read_bytes()))
    save(sample_models.dense_model(5), path)
    other = Container(memoryview(path.read_bytes()))
    mixed = {kind: [other[kind]] for kind in other.sections} | {Kind.PROGRAM: [one[Kind.PROGRAM]]}
    path.write_bytes(b"".join(pieces(mixed)))
    with pytest.raises(
        FormatError,
        match="Section PROGRAM, bytes 192 to 1192: it was made from another model than section IR",
    ):
        load(path)


def test_what_no_runtime_can_run_is_refused(path: Path) -> None:
    with pytest.raises(UnsupportedError):
        execution.lower(sample_models.optional_model())
    with pytest.raises(UnsupportedError):
        save(sample_models.optional_model(), path)
    assert not path.exists()
