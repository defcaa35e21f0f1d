"""One model in three spellings, one file, three runtimes: the same graph and the same answers."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest

import irkit as keras
from irkit import execution
from irkit.layers import (
    BatchNormalization,
    Conv2D,
    Dense,
    DepthwiseConv2D,
    Flatten,
    GlobalAveragePooling2D,
    Input,
    LayerNormalization,
    MaxPooling2D,
    add,
)
from irkit.show.text import to_text

GOLDEN = Path(__file__).parent.parent / "golden" / "three_spellings.txt"


def sequential() -> keras.Model:
    return keras.Sequential(
        [
            Input((8, 8, 3), name="image"),
            Conv2D(4, 3, padding="same", activation="relu", name="conv"),
            MaxPooling2D(name="pool"),
            Flatten(name="flatten"),
            Dense(5, activation="softmax", name="dense"),
        ],
        name="net",
    )


def functional() -> keras.Model:
    image = Input((8, 8, 3), name="image")
    x = Conv2D(4, 3, padding="same", activation="relu", name="conv")(image)
    x = Flatten(name="flatten")(MaxPooling2D(name="pool")(x))
    return keras.Model(image, Dense(5, activation="softmax", name="dense")(x), name="net")


class Net(keras.Model):
    def __init__(self) -> None:
        super().__init__(name="net")
        self.conv = Conv2D(4, 3, padding="same", activation="relu", name="conv")
        self.pool = MaxPooling2D(name="pool")
        self.flatten = Flatten(name="flatten")
        self.dense = Dense(5, activation="softmax", name="dense")

    def call(self, image):
        return self.dense(self.flatten(self.pool(self.conv(image))))


def subclassed() -> keras.Model:
    model = Net()
    model.trace(keras.TensorSpec((None, 8, 8, 3)))
    return model


SPELLINGS = [sequential, functional, subclassed]


def images(count: int) -> np.ndarray:
    return np.random.default_rng(7).random((count, 8, 8, 3), dtype=np.float32)


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_three_spellings_are_the_same_graph(spelling):
    assert to_text(spelling().graph_model, layers=False, sources=False) == GOLDEN.read_text()


def test_three_spellings_give_bit_equal_outputs():
    keras.utils.set_random_seed(1)
    models = [spelling() for spelling in SPELLINGS]
    for model in models[1:]:
        model.set_weights(models[0].get_weights())
    outputs = [model.predict(images(5), verbose=0) for model in models]
    assert outputs[0].tobytes() == outputs[1].tobytes() == outputs[2].tobytes()


def residual() -> keras.Model:
    """Branches, two inputs, two outputs, a shared layer, a nested model."""
    inner_in = Input((6, 6, 4))
    inner = keras.Model(inner_in, BatchNormalization()(Conv2D(4, 3, padding="same")(inner_in)), name="inner")
    a, b = Input((6, 6, 4), name="a"), Input((6, 6, 4), name="b")
    shared = DepthwiseConv2D(3, padding="same", name="shared")
    x = add([inner(shared(a)), inner(shared(b)), a])
    y = LayerNormalization()(x)
    return keras.Model([a, b], {"sum": x, "pooled": GlobalAveragePooling2D()(y)})


def test_the_interpreter_agrees_with_onnxruntime_on_branches_shared_layers_and_nested_models():
    keras.utils.set_random_seed(2)
    model = residual()
    data = [np.random.default_rng(s).standard_normal((3, 6, 6, 4)).astype(np.float32) for s in (1, 2)]
    ours = model.predict(data, backend="interpreter", verbose=0)
    theirs = model.predict({"a": data[0], "b": data[1]}, backend="onnxruntime", verbose=0)
    eager = model(data)
    for key in ("sum", "pooled"):
        np.testing.assert_allclose(ours[key], theirs[key], atol=1e-5 * np.abs(theirs[key]).max())
        np.testing.assert_allclose(eager[key], theirs[key], atol=1e-5 * np.abs(theirs[key]).max())


@pytest.mark.parametrize("batch", [1, 7])
def test_the_cpp_runtime_is_bit_equal_to_onnxruntime(tmp_path, runtime, batch):
    keras.utils.set_random_seed(3)
    model, file = sequential(), tmp_path / "net.irk"
    x = images(batch)
    model.save(file, samples=x)
    np.save(tmp_path / "x.npy", x)
    subprocess.run([runtime, file, "--input", tmp_path / "x.npy", "--output", tmp_path / "y.npy"], check=True)
    subprocess.run([runtime, file, "--self-test"], check=True)
    expected = execution.backend("onnxruntime").prepare(keras.load(file).graph_model, threads=1).run([x])[0]
    assert np.load(tmp_path / "y.npy").tobytes() == expected.tobytes()


def test_a_loaded_model_needs_no_class_of_the_user(tmp_path):
    model = subclassed()
    model.save(tmp_path / "net.irk")
    loaded = keras.load(tmp_path / "net.irk")
    assert [layer.class_name for layer in loaded.layers] == ["Conv2D", "MaxPooling2D", "Flatten", "Dense"]
    assert loaded.weights[0].path == "conv/kernel"
    np.testing.assert_array_equal(loaded.predict(images(2)), model.predict(images(2)))


def test_a_loaded_model_is_saved_byte_for_byte_the_same(tmp_path):
    residual().save(tmp_path / "a.irk", onnx=True)
    keras.load(tmp_path / "a.irk").save(tmp_path / "b.irk", onnx=True)
    assert (tmp_path / "a.irk").read_bytes() == (tmp_path / "b.irk").read_bytes()


def test_a_wrong_dense_names_both_layers_and_the_users_line():
    image = Input((28, 28), name="image")
    flat = Flatten(name="flatten")(image)
    dense = Dense(10, name="fc")
    dense(Input((512,)))
    with pytest.raises(keras.ShapeError) as caught:
        dense(flat)
    text = str(caught.value)
    assert text.startswith("test_spine.py:")
    assert "Dense 'fc': kernel expects 512 features, the input has 784." in text
    assert "from Flatten 'flatten' (test_spine.py:" in text


def test_an_exported_model_is_accepted_by_onnx(tmp_path):
    import onnx  # heavy, for this test only

    keras.export_onnx(sequential(), tmp_path / "net.onnx")
    onnx.checker.check_model(str(tmp_path / "net.onnx"), full_check=True)  # noqa: TID251  # our own model
