"""Mistakes made while layers are made and put together. Each function makes one; its docstring is its heading."""

# The mistakes are what linters and type checkers would find, too.
# ruff: noqa: C416, RUF059
# mypy: ignore-errors

from __future__ import annotations

import numpy as np

from irkit import Input, Layer, Model, Sequential, layers, ops

# ---- arguments of layers


def units_as_text():
    """A string where a number belongs"""
    layers.Dense("64")


def negative_units():
    """A negative number of units"""
    layers.Dense(-1)


def zero_filters():
    """No filters"""
    layers.Conv2D(0, 3)


def fractional_units():
    """A float where a whole number belongs"""
    layers.Dense(128 / 2)


def no_units():
    """An argument left out"""
    layers.Dense()


def unknown_argument():
    """An argument that the layer does not have"""
    layers.Dense(10, activate="relu")


def unknown_activation():
    """An activation that does not exist"""
    layers.Dense(10, activation="rellu")


def unknown_initializer():
    """An initializer that does not exist"""
    layers.Dense(10, kernel_initializer="xavier")


def unknown_regularizer():
    """A number where a regularizer belongs"""
    layers.Dense(10, kernel_regularizer=0.01)


def unknown_padding():
    """A padding that does not exist"""
    layers.Conv2D(8, 3, padding="SAMe_upper")


def unknown_dtype():
    """A dtype that does not exist"""
    layers.Dense(10, dtype="float23")


def unknown_dtype_of_input():
    """A dtype of an Input that does not exist"""
    Input((3,), dtype="flaot32")


def dropout_in_percent():
    """A rate outside of 0 to 1"""
    layers.Dropout(50)


def kernel_of_wrong_rank():
    """A kernel size with too many axes"""
    layers.Conv2D(8, (3, 3, 3))


def shape_as_number():
    """The shape of an Input as a number"""
    Input(784)


def shape_with_negative_size():
    """-1 for an unknown size"""
    Input((-1, 28))


def name_with_slash():
    """A name that is no name"""
    layers.Dense(10, name=3)


def unknown_layer():
    """A layer that does not exist"""
    layers.Conv2d(8, 3)


def unknown_function():
    """A function that does not exist"""
    ops.fully_connected(np.ones((2, 3)))


# ---- shapes that do not fit


def wrong_rank():
    """A missing channel axis"""
    x = Input((28, 28), name="image")
    layers.Conv2D(8, 3)(x)


def missing_flatten():
    """A missing Flatten: the classes of each pixel, where one answer is meant"""
    x = Input((28, 28, 1), name="image")
    features = layers.Conv2D(8, 3, name="conv")(x)
    a, b = layers.Dense(10, name="fc")(features), layers.Dense(10, name="other")(x)
    layers.Add(name="sum")([a, b])


def missing_batch_axis_of_array():
    """A single sample without its batch axis"""
    layer = layers.Dense(10)
    layer(np.ones(784, "float32"))


def mismatched_add():
    """Add of different sizes"""
    x = Input((16,), name="x")
    a = layers.Dense(32, name="wide")(x)
    b = layers.Dense(24, name="narrow")(x)
    layers.Add(name="sum")([a, b])


def mismatched_plus():
    """+ of different sizes"""
    x = Input((16,), name="x")
    a, b = layers.Dense(32, name="wide")(x), layers.Dense(24, name="narrow")(x)
    a + b


def mismatched_concatenate():
    """Concatenate of sizes that differ elsewhere"""
    a, b = Input((8, 8, 3), name="a"), Input((4, 4, 3), name="b")
    layers.Concatenate(name="both")([a, b])


def merge_of_one_tensor():
    """Add of a single tensor"""
    x = Input((16,), name="x")
    layers.Add()(x)


def merge_as_arguments():
    """Add with two arguments instead of a list"""
    a, b = Input((16,), name="a"), Input((16,), name="b")
    layers.Add()(a, b)


def mismatched_matmul():
    """matmul of sizes that do not meet"""
    a, b = Input((3, 4), name="a"), Input((3, 4), name="b")
    ops.matmul(a, b)


def impossible_reshape():
    """Reshape to another number of elements"""
    x = Input((784,), name="x")
    layers.Reshape((28, 29), name="square")(x)


def impossible_ops_reshape():
    """ops.reshape to another number of elements"""
    ops.reshape(np.arange(6), (4, 2))


def kernel_too_large():
    """A kernel larger than its input"""
    x = Input((2, 2, 3), name="x")
    layers.Conv2D(8, 5, name="conv")(x)


def pool_too_large():
    """One pooling too many"""
    x = Input((1, 4, 3), name="x")
    layers.MaxPooling2D(2, name="pool")(x)


def unknown_features():
    """Dense on features whose number is not known"""
    x = Input((None,), name="x")
    layers.Dense(10, name="fc")(x)


def unknown_channels():
    """Conv2D on channels whose number is not known"""
    x = Input((32, 32, None), name="x")
    layers.Conv2D(8, 3, name="conv")(x)


def flatten_of_unknown():
    """Dense behind a Flatten of unknown sizes"""
    x = Input((None, None, 3), name="image")
    layers.Dense(10, name="fc")(layers.Flatten(name="flatten")(x))


def lstm_on_two_axes():
    """LSTM without a time axis"""
    x = Input((16,), name="x")
    layers.LSTM(32, name="lstm")(x)


def lstm_on_lstm():
    """A missing return_sequences"""
    x = Input((20, 16), name="x")
    first = layers.LSTM(32, name="first")(x)
    layers.LSTM(32, name="second")(first)


def normalization_axis():
    """BatchNormalization over an axis that is not there"""
    x = Input((16,), name="x")
    layers.BatchNormalization(axis=3, name="bn")(x)


def softmax_axis():
    """An axis that is not there"""
    ops.softmax(np.ones((2, 3), "float32"), axis=2)


def permute_of_wrong_rank():
    """Permute with too many axes"""
    x = Input((8, 4), name="x")
    layers.Permute((3, 1, 2), name="permute")(x)


def different_input_later():
    """A layer shared by inputs of different sizes"""
    shared = layers.Dense(10, name="shared")
    shared(Input((16,), name="a"))
    shared(Input((8,), name="b"))


def wrong_dtype():
    """Integers and floats in an operator that takes one kind"""
    ops.bitwise_and(np.ones(3, "float32"), np.ones(3, "int32"))


def attention_heads():
    """MultiHeadAttention with one argument"""
    x = Input((20, 16), name="x")
    layers.MultiHeadAttention(2, 8, name="attention")(x)


def dot_axes():
    """Dot over axes of different sizes"""
    a, b = Input((3, 4), name="a"), Input((3, 5), name="b")
    layers.Dot(axes=(2, 2), name="dot")([a, b])


def cropping_too_much():
    """Cropping more than there is"""
    x = Input((4, 4, 3), name="x")
    layers.Cropping2D(3, name="crop")(x)


# ---- layers that are put together


def class_instead_of_instance():
    """A class instead of a layer"""
    Sequential([Input((16,)), layers.Dense(8), layers.Flatten])


def class_called_on_a_tensor():
    """A tensor given to the class, not to a layer"""
    x = Input((16,), name="x")
    layers.Flatten()(layers.ReLU(x))


def input_not_first():
    """Input behind a layer"""
    Sequential([layers.Dense(8), Input((16,))], name="net")


def function_in_sequential():
    """A function where a layer belongs"""
    Sequential([Input((16,)), ops.relu], name="net")


def duplicate_names_in_sequential():
    """Two layers of one name, in a Sequential"""
    Sequential([layers.Dense(8, name="fc"), layers.Dense(8, name="fc")], name="net")


def duplicate_names():
    """Two layers of one name"""
    x = Input((16,), name="x")
    y = layers.Dense(8, name="fc")(layers.Dense(8, name="fc")(x))
    Model(x, y, name="net")


def sequential_of_mismatched_layers():
    """A Sequential whose layers do not fit"""
    Sequential(
        [Input((28, 28)), layers.Flatten(name="flatten"), layers.Conv1D(8, 3, name="conv")], name="net"
    )


def layers_without_list():
    """Layers given to a Sequential without a list"""
    Sequential(layers.Dense(8, name="a"), layers.Dense(8, name="b"))


def two_branches_in_sequential():
    """A layer of many inputs in a Sequential"""
    Sequential([Input((8,)), layers.Add(name="sum")], name="net")


def missing_input():
    """An output that depends on an Input not given"""
    a, b = Input((16,), name="a"), Input((16,), name="b")
    Model(a, layers.Add(name="sum")([a, b]), name="net")


def layer_as_output():
    """A layer where its output belongs"""
    x = Input((16,), name="x")
    Model(x, layers.Dense(8, name="fc"), name="net")


def model_without_outputs():
    """A model without outputs"""
    x = Input((16,), name="x")
    Model(inputs=x)


def shape_as_input():
    """A shape where an Input belongs"""
    x = Input((16,), name="x")
    Model((16,), layers.Dense(8, name="fc")(x), name="net")


def array_as_input():
    """An array where an Input belongs"""
    y = layers.Dense(8, name="fc")(np.ones((2, 3), "float32"))
    Model(np.ones((2, 3), "float32"), y, name="net")


def call_without_arguments():
    """A layer called on nothing"""
    layers.Dense(8, name="fc")()


def call_on_text():
    """A layer called on something else"""
    layers.Dense(8, name="fc")("x")


def call_on_none():
    """A layer called on None"""
    layers.Dense(8, name="fc")(None)


def call_on_layer():
    """A layer called on a layer"""
    layers.Dense(8, name="second")(layers.Dense(8, name="first"))


def call_on_shape():
    """A layer called on a shape"""
    layers.Dense(8, name="fc")((None, 16))


def two_arguments():
    """A layer called with too many tensors"""
    a, b = Input((16,), name="a"), Input((16,), name="b")
    layers.Dense(8, name="fc")(a, b)


def unknown_call_argument():
    """A layer called with an argument it does not take"""
    x = Input((16,), name="x")
    layers.Dense(8, name="fc")(x, trainning=True)


# ---- layers and models of one's own


def forgotten_super():
    """super().__init__() forgotten"""

    class Block(Layer):
        def __init__(self):
            self.dense = layers.Dense(8)

        def call(self, x):
            return self.dense(x)

    Block()(np.ones((2, 3), "float32"))


def forgotten_super_unused():
    """super().__init__() forgotten, with nothing set"""

    class Block(Layer):
        def __init__(self):
            pass

        def call(self, x):
            return x

    Block()(np.ones((2, 3), "float32"))


def forgotten_call():
    """A layer without call()"""

    class Block(Layer):
        pass

    Block(name="block")(np.ones((2, 3), "float32"))


def call_returns_nothing():
    """call() without a return"""

    class Net(Model):
        def call(self, x):
            ops.relu(x)

    Net(name="net").predict(np.ones((2, 3), "float32"))


def layer_returns_nothing():
    """A layer's call() without a return"""

    class Block(Layer):
        def call(self, x):
            ops.relu(x)

    x = Input((3,), name="x")
    Model(x, Block(name="block")(x), name="net")


def weight_of_unknown_size():
    """A weight of a size that is not known"""

    class Scale(Layer):
        def build(self, shape):
            self.gain = self.add_weight(shape, name="gain")

        def call(self, x):
            return x * self.gain

    Scale(name="scale")(Input((3,), name="x"))


def if_on_tensor():
    """if on a value that is not known yet, outside of any call"""
    x = Input((3,), name="x")
    if ops.sum(x) > 0:
        x = -x


def float_of_tensor():
    """float() of a value that is not known yet"""
    x = Input((3,), name="x")
    float(ops.sum(x))


def array_of_tensor():
    """numpy on a value that is not known yet"""
    x = Input((3,), name="x")
    np.asarray(x)


def numpy_function_on_tensor():
    """A function of numpy on a value that is not known yet"""
    x = Input((3,), name="x")
    np.concatenate([x, x])


def length_of_symbolic_size():
    """A loop over the batch"""
    x = Input((3,), name="x")
    [row for row in x]


def item_assignment():
    """Assignment to a part of a tensor"""
    x = Input((3,), name="x")
    x[0] = 1.0


def index_out_of_range():
    """An index that is out of range"""
    x = Input((3,), name="x")
    x[:, 5]


def too_many_indices():
    """More indices than axes"""
    x = Input((3,), name="x")
    x[0, 1, 2]


def unpacking():
    """A layer's single output unpacked into two"""
    x = Input((5, 3), name="x")
    output, state = layers.GRU(4, name="gru")(x)
