"""Mistakes made with models that exist: weights, predict, save, load, plot. Each function makes one."""

# The mistakes are what linters and type checkers would find, too.
# ruff: noqa: B018, NPY002
# mypy: ignore-errors

from __future__ import annotations

from pathlib import Path

import numpy as np

import irkit
from irkit import Input, Model, Sequential, layers


def _net():
    return Sequential([Input((3,), name="x"), layers.Dense(2, name="fc")], name="net")


def _two_inputs():
    a, b = Input((3,), name="a"), Input((3,), name="b")
    return Model([a, b], layers.Add(name="sum")([a, b]), name="net")


def _subclass():
    class Net(Model):
        def call(self, x):
            return x

    return Net(name="net")


net, two_inputs = _net, _two_inputs  # as the examples below write them
subclassed = _subclass

# ---- weights


def kernel_of_wrong_shape():
    """A kernel that is transposed"""
    model = net()
    model.set_weights([np.ones((2, 3)), np.ones(2)])


def missing_bias():
    """Fewer arrays than weights"""
    model = net()
    model.get_layer("fc").set_weights([np.ones((3, 2))])


def weights_before_build():
    """Weights for a layer that has none yet"""
    layer = layers.Dense(2, name="fc")
    layer.set_weights([np.ones((3, 2)), np.ones(2)])


def weights_as_array():
    """One array where a list of them belongs"""
    model = net()
    model.set_weights(np.ones((3, 2)))


def weights_as_text():
    """The path of a file where arrays belong"""
    model = net()
    model.set_weights("weights.npz")


def ragged_weights():
    """A list of rows of different lengths as a weight"""
    model = net()
    model.set_weights([[[1, 2], [3]], [0, 0]])


def assign_wrong_shape():
    """A variable assigned an array of another shape"""
    model = net()
    model.weights[1].assign(np.ones(5))


def wrong_layer_name():
    """A layer's name misspelt"""
    model = net()
    model.get_layer("fc1")


def wrong_layer_index():
    """A layer's index out of range"""
    model = net()
    model.get_layer(index=7)


def get_layer_of_nothing():
    """get_layer of nothing"""
    model = net()
    model.get_layer()


def output_before_call():
    """The output of a layer that was never called"""
    layers.Dense(2, name="fc").output


# ---- running


def predict_wrong_size():
    """predict with another number of features"""
    model = net()
    model.predict(np.ones((4, 5), "float32"))


def call_wrong_size():
    """A call with another number of features"""
    model = net()
    model(np.ones((4, 5), "float32"))


def predict_one_sample():
    """predict with a single sample, without the batch axis"""
    model = net()
    model.predict(np.ones(3, "float32"))


def functional_one_sample():
    """A call with a single sample, without the batch axis"""
    x = Input((3,), name="x")
    model = Model(x, layers.Dense(2, name="fc")(x), name="net")
    model(np.ones(3, "float32"))


def predict_nothing():
    """predict without data"""
    model = net()
    model.predict()


def predict_none():
    """predict with None"""
    model = net()
    model.predict(None)


def predict_empty_list():
    """predict with an empty list"""
    model = net()
    model.predict([])


def predict_text():
    """predict with the path of a file"""
    model = net()
    model.predict("image.png")


def predict_ragged():
    """predict with rows of different lengths"""
    model = net()
    model.predict([[1.0, 2.0, 3.0], [4.0]])


def predict_different_counts():
    """predict with different numbers of samples"""
    model = two_inputs()
    model.predict([np.ones((4, 3)), np.ones((5, 3))])


def predict_one_of_two():
    """One array for a model of two inputs"""
    model = two_inputs()
    model.predict(np.ones((4, 3)))


def list_for_two():
    """Three arrays for a model of two inputs"""
    model = two_inputs()
    model([np.ones((4, 3))] * 3)


def wrong_key():
    """A dict with a wrong key"""
    model = two_inputs()
    model.predict({"a": np.ones((4, 3)), "c": np.ones((4, 3))})


def array_for_dict():
    """One array for a model that takes a dict"""
    inputs = {"a": Input((3,), name="a"), "b": Input((3,), name="b")}
    model = Model(inputs, inputs["a"] + inputs["b"], name="net")
    model(np.ones((4, 3), "float32"))


def floats_for_indices():
    """Floats for an input of whole numbers"""
    x = Input((5,), dtype="int32", name="words")
    model = Model(x, layers.Embedding(10, 4)(x), name="net")
    model.predict(np.random.rand(2, 5))


def text_for_numbers():
    """Texts for an input of numbers"""
    model = net()
    model.predict(np.asarray([["1", "2", "3"]]))


def index_outside_embedding():
    """A word outside of the vocabulary"""
    x = Input((2,), dtype="int32", name="words")
    model = Model(x, layers.Embedding(10, 4, name="words_to_vectors")(x), name="net")
    model.predict(np.asarray([[3, 10]], "int32"))


def unknown_backend():
    """A backend that does not exist"""
    model = net()
    model.predict(np.ones((4, 3)), backend="tensorflow")


def negative_batch_size():
    """A batch size below one"""
    model = net()
    model.predict(np.ones((4, 3)), batch_size=-1)


def training():
    """fit, which irkit does not have yet"""
    model = net()
    model.fit(np.ones((4, 3)), np.ones((4, 2)))


def summary_before_input():
    """summary before the input is known"""
    model = subclassed()
    model.summary()


def output_of_sequential():
    """The output of a Sequential before its input is known"""
    model = Sequential([layers.Dense(2, name="fc")], name="net")
    model.output


# ---- files


def save_before_input():
    """save before the input is known"""
    model = Sequential([layers.Dense(2, name="fc")], name="net")
    model.save("net.irk")


def save_keras_ending():
    """save with an ending of another format"""
    model = net()
    model.save("net.keras")


def save_to_nowhere():
    """save to a folder that does not exist"""
    model = net()
    model.save("no_such_folder/net.irk")


def save_to_folder():
    """save to the name of a folder"""
    model = net()
    Path("folder.irk").mkdir()
    model.save("folder.irk")


def save_over_existing():
    """overwrite=False where a file exists"""
    model = net()
    model.save("net.irk")
    model.save("net.irk", overwrite=False)


def save_with_wrong_samples():
    """Samples that do not fit the model"""
    model = net()
    model.save("net.irk", samples=np.ones((4, 5)))


def export_to_nowhere():
    """export to a folder that does not exist"""
    model = net()
    irkit.export_onnx(model, "no_such_folder/net.onnx")


def load_missing():
    """load of a file that does not exist"""
    irkit.load("nett.irk")


def load_folder():
    """load of a folder"""
    irkit.load(".")


def load_other_format():
    """load of a file of another format"""
    Path("net.irk").write_bytes(b"PK\x03\x04" + bytes(60))
    irkit.load("net.irk")


def load_empty():
    """load of an empty file"""
    Path("net.irk").write_bytes(b"")
    irkit.load("net.irk")


def load_truncated():
    """load of a file that was cut off"""
    net().save("net.irk")
    Path("net.irk").write_bytes(Path("net.irk").read_bytes()[:-100])
    irkit.load("net.irk")


def load_changed():
    """load of a file with a changed byte"""
    net().save("net.irk")
    data = bytearray(Path("net.irk").read_bytes())
    data[len(data) // 3] ^= 1
    Path("net.irk").write_bytes(data)
    irkit.load("net.irk")


def import_missing():
    """import_onnx of a file that does not exist"""
    irkit.import_onnx("net.onnx")


def import_other_format():
    """import_onnx of a file of another format"""
    Path("net.onnx").write_bytes(b"this is no model")
    irkit.import_onnx("net.onnx")


def call_loaded_layer():
    """A layer of a loaded model called alone"""
    net().save("net.irk")
    model = irkit.load("net.irk")
    model.get_layer("fc")(np.ones((4, 3), "float32"))


def call_loaded_with_wrong_size():
    """A loaded model called with another number of features"""
    net().save("net.irk")
    model = irkit.load("net.irk")
    model(np.ones((4, 5), "float32"))


def plot_unknown_ending():
    """A picture with an unknown ending"""
    model = net()
    irkit.utils.plot_model(model, "net.jpg")


def plot_before_input():
    """A picture before the input is known"""
    irkit.utils.plot_model(subclassed(), "net.dot")


def save_of_nothing():
    """save_model with its arguments swapped"""
    irkit.saving.save_model("net.irk", net())


def export_of_path():
    """export_onnx with its arguments swapped"""
    irkit.export_onnx("net.onnx", net())
