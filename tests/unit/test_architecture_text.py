"""Models as configurations and texts, copies of models, and weights alone in a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import irkit
from irkit import layers, models, ops, saving
from irkit.errors import ArgumentError, ShapeError, UnsupportedError

X = np.random.default_rng(2).standard_normal((3, 4)).astype("float32")


@saving.register_keras_serializable("Tests")
class Doubled(irkit.Layer):
    def __init__(self, by: float = 2.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.by = by

    def call(self, x: Any) -> Any:
        return x * self.by


def branching() -> irkit.Model:
    """A layer called twice, operators outside of layers, a nested model, a dict of inputs, two outputs."""
    x = irkit.Input((4,), name="a")
    shared = layers.Dense(4, name="shared")
    inner_in = irkit.Input((4,))
    inner = irkit.Model(inner_in, layers.Dense(2, activation="relu")(inner_in), name="inner")
    y = layers.Add()([shared(x), shared(x) * 2.0])
    return irkit.Model({"a": x}, [inner(y), ops.concatenate([y[:, :2], Doubled(3.0)(x)], axis=-1)])


def chain() -> irkit.Model:
    return irkit.Sequential(
        [irkit.Input((4,)), layers.Dense(5, "tanh"), layers.Dropout(0.5), layers.Dense(2)]
    )


def results(model: Any) -> list[np.ndarray]:
    found = model.predict({"a": X} if model.name.startswith("functional") else X, verbose=0)
    return found if isinstance(found, list) else [found]


def assert_copies(model: Any, copy: Any) -> None:
    assert [x.name for x in copy.layers] == [x.name for x in model.layers]
    assert not set(map(id, copy.weights)) & set(map(id, model.weights))
    copy.set_weights(model.get_weights())
    for a, b in zip(results(copy), results(model), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("make", [branching, chain])
def test_a_model_comes_back_from_its_text(make: Any) -> None:
    model = make()
    text = model.to_json()
    json.loads(text)
    copy = models.model_from_json(text)
    assert_copies(model, copy)
    assert copy.to_json() == text


@pytest.mark.parametrize("make", [branching, chain])
def test_a_clone_has_new_layers_and_computes_the_same(make: Any) -> None:
    model = make()
    assert_copies(model, models.clone_model(model))


def test_a_clone_function_may_exchange_layers() -> None:
    def without_noise(layer: Any) -> Any:
        made = layers.Identity if isinstance(layer, layers.Dropout) else type(layer)
        return made(name=layer.name) if made is layers.Identity else made.from_config(layer.get_config())

    clone = models.clone_model(chain(), clone_function=without_noise)
    assert [type(x).__name__ for x in clone.layers] == ["Dense", "Identity", "Dense"]


def test_an_unknown_class_is_named_with_the_cure() -> None:
    text = branching().to_json().replace("Tests>Doubled", "Tests>Unknown").replace('"Doubled"', '"Unknown"')
    with pytest.raises(ArgumentError, match=r"'Unknown'.*(?s:.*)custom_objects"):
        models.model_from_json(text)
    found = models.model_from_json(text, custom_objects={"Unknown": Doubled})
    assert sum(isinstance(x, Doubled) for x in found.layers) == 1


def test_branches_outside_of_layers_have_no_text() -> None:
    x = irkit.Input((4,))
    y = ops.cond(ops.sum(x) > 0, lambda: x, lambda: -x)
    with pytest.raises(UnsupportedError, match=r"If outside of a layer.*(?s:.*)irk"):
        irkit.Model(x, layers.Dense(2)(y)).to_json()


def test_how_a_model_is_trained_survives() -> None:
    model = chain()
    rate = irkit.optimizers.schedules.ExponentialDecay(0.1, 10, 0.9)
    model.compile(irkit.optimizers.Adam(rate, beta_1=0.8), irkit.losses.Huber(0.5), metrics=["mae"])
    copy = chain()
    copy.compile_from_config(json.loads(json.dumps(model.get_compile_config())))
    assert copy.optimizer.beta_1 == 0.8
    assert copy.optimizer.learning_rate.decay_steps == 10
    assert copy.loss.delta == 0.5
    with pytest.raises(UnsupportedError, match="does not train"):
        copy.fit(X, X)
    with pytest.raises(UnsupportedError, match="does not train"):
        copy.loss(X, X)


@pytest.mark.parametrize("make", [branching, chain])
def test_weights_alone_come_back_by_their_paths(make: Any, tmp_path: Path) -> None:
    pytest.importorskip("safetensors", reason="the extra for files of weights is not installed")
    model = make()
    model.save_weights(tmp_path / "w.safetensors")
    model.save(tmp_path / "m.irk")
    for file in ("w.safetensors", "m.irk"):
        copy = make()
        copy.load_weights(tmp_path / file)
        for a, b in zip(results(copy), results(model), strict=True):
            np.testing.assert_array_equal(a, b)


def test_weights_that_do_not_fit_change_nothing(tmp_path: Path) -> None:
    chain().save(tmp_path / "m.irk")
    other = irkit.Sequential(
        [irkit.Input((4,)), layers.Dense(6, name="dense"), layers.Dense(2, name="dense_1")]
    )
    before = other.get_weights()
    irkit.backend.clear_session()
    with pytest.raises(ShapeError, match="does not hold the weights"):
        other.load_weights(tmp_path / "m.irk")
    for a, b in zip(other.get_weights(), before, strict=True):
        np.testing.assert_array_equal(a, b)
    with pytest.raises(ArgumentError, match="h5 is not supported"):
        other.load_weights(tmp_path / "m.weights.h5")


def test_helpers_for_data_do_what_they_say() -> None:
    u = irkit.utils
    np.testing.assert_array_equal(u.to_categorical([0, 2]), [[1, 0, 0], [0, 0, 1]])
    np.testing.assert_allclose(u.normalize([[3.0, 4.0], [0.0, 0.0]]), [[0.6, 0.8], [0, 0]])
    np.testing.assert_array_equal(u.pad_sequences([[1], [2, 3, 4]], 2), [[0, 1], [3, 4]])
    np.testing.assert_array_equal(
        u.pad_sequences([[1], [2, 3, 4]], 2, padding="post", truncating="post"), [[1, 0], [2, 3]]
    )
