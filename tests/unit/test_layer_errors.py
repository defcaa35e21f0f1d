"""What layers say to the person who made a mistake: which layer, which line, what was given, what to do."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import irkit
from irkit import layers
from irkit.errors import ArgumentError, IrkitError, ShapeError, UnsupportedError

DEFINITIONS: list[tuple[Callable[[], object], str]] = [
    (lambda: layers.Dense(0), "units must be a whole number ≥ 1. Received: 0."),
    (lambda: layers.Dense(2.5), "units must be a whole number ≥ 1. Received: 2.5."),
    (lambda: layers.Dense(2, activation="rellu"), "rellu"),
    (lambda: layers.Dense(2, kernel_initializer="glorot"), "unknown initializer 'glorot'."),
    (lambda: layers.Dense(2, kernel_regularizer="l3"), "unknown regularizer 'l3'."),
    (lambda: layers.Conv2D(2, 3, padding="sam"), "unknown padding 'sam', expected one of 'valid', 'same'."),
    (
        lambda: layers.Conv2D(2, (3, 3, 3)),
        "kernel_size must be a whole number, or 2 of them. Received: (3, 3, 3).",
    ),
    (lambda: layers.Conv2D(2, 3, strides=2, dilation_rate=2), "cannot both exceed 1"),
    (lambda: layers.Conv2D(3, 3, groups=2), "filters must be a multiple of groups"),
    (lambda: layers.Conv2D(3, 3, data_format="nhwc"), "unknown data_format 'nhwc'"),
    (lambda: layers.Dropout(1.5), "rate must be a number from 0 to 1. Received: 1.5."),
    (lambda: layers.Permute((0, 1)), "dims must hold each of 1 … 2 once"),
    (lambda: layers.Reshape((-1, -1)), "only one size of target_shape may be -1"),
    (lambda: layers.ReLU(max_value=-1), "max_value must not be negative"),
    (lambda: layers.Dot(axes=0), "axes must not hold 0, the batch."),
    (lambda: layers.UpSampling2D(interpolation="cubic"), "unknown interpolation 'cubic'"),
    (lambda: layers.Embedding(0, 3), "input_dim must be a whole number ≥ 1"),
]


@pytest.mark.parametrize(("define", "text"), DEFINITIONS, ids=[t for _, t in DEFINITIONS])
def test_a_wrong_argument_is_named_at_the_line_that_wrote_it(define: Callable[[], object], text: str) -> None:
    with pytest.raises(IrkitError) as caught:
        define()
    assert text in str(caught.value)
    assert str(caught.value).startswith("test_layer_errors.py:")


CALLS: list[tuple[Callable[[], object], str]] = [
    (
        lambda: layers.Conv2D(2, 3)(irkit.Input((28, 28))),
        "expects an input with 4 axes (batch, rows, columns, channels)",
    ),
    (lambda: layers.Dense(2)(irkit.Input((None,))), "needs to know the number of features"),
    (lambda: layers.LSTM(2)(irkit.Input((5,))), "batch, steps, features"),
    (lambda: layers.Reshape((5, 5))(irkit.Input((24,))), "target_shape (5, 5) does not hold 24 elements"),
    (lambda: layers.Reshape((5, -1))(irkit.Input((24,))), "target_shape (5, -1) does not hold 24 elements"),
    (lambda: layers.MaxPooling2D(3)(irkit.Input((2, 9, 1))), "a window of (3, 3) does not fit"),
    (
        lambda: layers.Add()([irkit.Input((3,)), irkit.Input((4,))]),
        "inputs of shapes (None, 3) and (None, 4)",
    ),
    (lambda: layers.Add()(irkit.Input((3,))), "takes a list of tensors"),
    (lambda: layers.Subtract()([irkit.Input((3,))] * 3), "takes a list of 2 tensors. Received: 3."),
    (
        lambda: layers.Concatenate()([irkit.Input((3, 2)), irkit.Input((4, 2))]),
        "cannot be joined along axis -1",
    ),
    (
        lambda: layers.Dot(axes=1)([irkit.Input((3,)), irkit.Input((4,))]),
        "has size 3, axis 1 of the second 4",
    ),
    (lambda: layers.BatchNormalization(axis=3)(irkit.Input((4,))), "axis is 3, the input has 2 axes."),
    (lambda: layers.GroupNormalization(3)(irkit.Input((4, 4))), "4 channels, which 3 groups cannot share"),
    (lambda: layers.Conv1D(4, 3, groups=2)(irkit.Input((9, 3))), "3 channels, which 2 groups cannot share"),
    (lambda: layers.Cropping1D(3)(irkit.Input((6, 1))), "leaves nothing of an axis of size 6"),
]


@pytest.mark.parametrize(("call", "text"), CALLS, ids=[t for _, t in CALLS])
def test_a_wrong_input_is_described_in_the_layers_own_words(call: Callable[[], object], text: str) -> None:
    with pytest.raises((ShapeError, ArgumentError)) as caught:
        call()
    assert text in str(caught.value)
    assert "test_layer_errors.py:" in str(caught.value)


def test_a_dense_after_a_wrong_flatten_names_both_layers_and_lines() -> None:
    dense = layers.Dense(10, name="fc2")
    dense(np.zeros((1, 784), "float32"))
    image = irkit.Input((16, 32))
    with pytest.raises(ShapeError) as caught:
        dense(layers.Flatten(name="flat")(image))
    first, second, third = str(caught.value).splitlines()
    assert first.endswith("Dense 'fc2': kernel expects 784 features, the input has 512.")
    assert "from Flatten 'flat' (test_layer_errors.py:" in second
    assert third.strip() == "Give it an input of 784 features, or change the kernel you loaded."


def test_a_failed_call_leaves_nothing_half_built() -> None:
    conv = layers.Conv2D(2, 3)
    with pytest.raises(ShapeError):
        conv(np.zeros((1, 28, 28), "float32"))
    assert not conv.built
    assert conv.weights == []


def test_what_is_not_supported_says_so() -> None:
    with pytest.raises(UnsupportedError, match="stateful=True"):
        layers.ConvLSTM1D(2, 3, stateful=True)
    with pytest.raises(UnsupportedError, match="lora_rank"):
        layers.Dense(2, lora_rank=4)


def test_a_built_normalization_is_called_again() -> None:
    layer = layers.LayerNormalization()
    x = np.array([[1.0, 3.0]], "float32")
    first = np.asarray(layer(x))
    np.testing.assert_array_equal(np.asarray(layer(x)), first)
    np.testing.assert_allclose(first, [[-1, 1]], atol=1e-3)
