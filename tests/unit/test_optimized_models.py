"""Whole models optimised: their results, their layers, their weights; node counts of ONNX's light models."""

from __future__ import annotations

import glob
from pathlib import Path

import numpy as np
import onnx
import pytest
from click.testing import CliRunner

import irkit
from irkit import serialize
from irkit.cli import main
from irkit.errors import ArgumentError
from irkit.execution import backend
from irkit.frontends.onnx_import import graph_model
from irkit.ir import GraphModel
from irkit.passes import optimized

LIGHT = Path(onnx.__file__).parent / "backend/test/data/light"
# The fewest nodes that onnxsim, onnxslim and onnxruntime leave of these models.
BEST_OF_OTHERS = {
    "bvlc_alexnet": 22,
    "densenet121": 491,
    "inception_v1": 138,
    "inception_v2": 154,
    "resnet50": 123,
    "shufflenet": 154,
    "squeezenet": 65,
    "vgg19": 44,
    "zfnet512": 22,
}


def convolutional() -> irkit.Model:
    layers = irkit.layers
    model = irkit.Sequential(
        [
            irkit.Input((12, 12, 3)),
            layers.Conv2D(8, 3, padding="same", use_bias=False, name="first"),
            layers.BatchNormalization(name="normal"),
            layers.ReLU(),
            layers.DepthwiseConv2D(3, name="depth"),
            layers.BatchNormalization(),
            layers.Conv2DTranspose(4, 2, name="up"),
            layers.BatchNormalization(),
            layers.Flatten(),
            layers.Dense(5, name="dense"),
            layers.BatchNormalization(),
        ]
    )
    rng = np.random.default_rng(0)
    for weight in model.weights:
        weight.assign(rng.uniform(0.5, 1.5, weight.shape).astype(np.float32))
    return model


def images(count: int = 3) -> np.ndarray:
    return np.random.default_rng(1).random((count, 12, 12, 3), np.float32)


def operators(model: GraphModel) -> list[str]:
    return [n.op.name for n in model.graph.walk() if n.op.name != "Constant"]


@pytest.mark.parametrize("level", [0, 1, 2, 3])
@pytest.mark.parametrize("name", ["interpreter", "onnxruntime"])
def test_optimised_models_compute_the_same(level: int, name: str) -> None:
    model = convolutional()
    expected = model.predict(images(), verbose=0, backend="interpreter")
    got = model.optimize(level).predict(images(), verbose=0, backend=name)
    np.testing.assert_allclose(got, expected, rtol=2e-5, atol=2e-5 * float(np.abs(expected).max()))


def test_batch_normalisations_become_part_of_their_neighbours() -> None:
    model, _ = optimized(convolutional().graph_model, 3, verify=True)
    assert "BatchNormalization" not in operators(model)
    assert operators(model).count("Transpose") <= 2
    assert model.layers.children["normal"].weights == []
    assert [w.shape for w in model.layers.children["first"].weights] == [(8, 3, 3, 3), (8,)]


def test_the_model_itself_keeps_its_weights_and_nodes() -> None:
    model = convolutional()
    before, weights = operators(model.graph_model), [w.numpy().copy() for w in model.weights]
    model.optimize(3)
    assert operators(model.graph_model) == before
    for weight, content in zip(model.weights, weights, strict=True):
        np.testing.assert_array_equal(weight.numpy(), content)


def test_what_was_done_is_saved(tmp_path: Path) -> None:
    model = convolutional()
    model.save(tmp_path / "m.irk", optimize=3, samples=images())
    again = irkit.load(tmp_path / "m.irk")
    assert again.metadata["optimized"].startswith("level 3: ")
    assert "normal/gamma" in again.metadata["optimized"]
    assert again.get_layer("first").name == "first"
    np.testing.assert_allclose(
        again.predict(images(), verbose=0), model.predict(images(), verbose=0), rtol=1e-4, atol=1e-4
    )


def test_optimising_twice_changes_nothing_more() -> None:
    once, _ = optimized(convolutional().graph_model, 3)
    twice, report = optimized(once, 3)
    assert operators(twice) == operators(once)
    assert not report.witnesses


@pytest.mark.parametrize("name", sorted(BEST_OF_OTHERS))
def test_light_models_end_with_no_more_nodes_than_others_leave(name: str) -> None:
    (file,) = glob.glob(str(LIGHT / f"*light_{name}.onnx"))
    model, _ = optimized(graph_model(file), 3, budget=1 << 30, verify=True)
    assert len(operators(model)) <= BEST_OF_OTHERS[name]


@pytest.mark.parametrize("name", ["squeezenet", "shufflenet"])
def test_optimised_light_models_give_the_results_that_come_with_them(name: str) -> None:
    (file,) = glob.glob(str(LIGHT / f"*light_{name}.onnx"))
    model, _ = optimized(graph_model(file), 3, budget=1 << 30)
    proto = onnx.TensorProto()
    proto.ParseFromString((LIGHT / f"light_{name}_output_0.pb").read_bytes())
    expected = onnx.numpy_helper.to_array(proto)
    (got,) = backend("onnxruntime").prepare(model).run([_ramp(model)])
    np.testing.assert_allclose(got, expected, rtol=1e-3, atol=1e-6)


def _ramp(model: GraphModel) -> np.ndarray:
    """The input that onnx's own test feeds to these models."""
    shape = [int(d) for d in model.graph.inputs[0].type.shape]  # type: ignore[union-attr, arg-type]
    size = int(np.prod(shape))
    return (np.arange(size).reshape(shape) / size).astype(np.float32)


def test_another_level_is_refused_where_it_was_asked_for() -> None:
    with pytest.raises(ArgumentError, match=r"no level 7(?s:.)*0 to 3"):
        convolutional().optimize(7)


def test_the_command_tells_what_it_did_and_plans(tmp_path: Path) -> None:
    source, target = tmp_path / "m.irk", tmp_path / "quick.irk"
    convolutional().save(source, samples=images())
    done = CliRunner().invoke(main, ["optimize", str(source), str(target), "--level", "3"])
    assert done.exit_code == 0, done.output
    assert "absorb_affine" in done.output
    assert "more: --all" in done.output
    (sample,), (kept,) = serialize.load_samples(source), serialize.load_samples(target)
    np.testing.assert_array_equal(kept.outputs[0], sample.outputs[0])
    planned = CliRunner().invoke(main, ["plan", str(target), "--size", "batch=4"])
    assert "with batch = 4" in planned.output
    wrong = CliRunner().invoke(main, ["plan", str(target), "--size", "batch"])
    assert wrong.exit_code == 1
    assert "--size batch=8" in wrong.output
