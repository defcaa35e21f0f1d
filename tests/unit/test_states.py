"""Variables that a model assigns: state in its graph, kept by every session, committed when a call succeeded."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import irkit
from irkit import execution, layers, ops
from irkit.backends.lowering import lower
from irkit.check import check
from irkit.errors import FormatError
from irkit.ir import GraphModel
from irkit.serialize import load, save
from irkit.show.text import to_text
from irkit.show.text_parser import parse

BACKENDS = ["interpreter", "onnxruntime"]
ONES = np.ones((2, 3), np.float32)


class Counter(irkit.Model):
    """Sums the rows of all inputs so far, and counts: 10 for a positive one, -100 for others, and 2 for each turn."""

    def __init__(self) -> None:
        super().__init__(name="counter_model")
        self.total = irkit.Variable(np.zeros(3, np.float32), trainable=False, name="total")
        self.count = irkit.Variable(0, trainable=False, name="count")

    def call(self, x: irkit.KerasTensor) -> object:
        before = self.total.value
        self.total.assign_add(ops.sum(x, axis=0))
        ops.cond(ops.sum(x) > 0, lambda: self.count.assign_add(10), lambda: self.count.assign_sub(100))

        def turn(i: object) -> object:
            self.count.assign_add(2)
            return i + 1

        ops.while_loop(lambda i: i < 3, turn, ops.cast(ops.sum(x) * 0, "int32"))
        return {"before": before, "total": self.total.value, "count": self.count.value}


def expected(calls: list[np.ndarray]) -> list[dict[str, np.ndarray]]:
    """The same in numpy."""
    total, count, results = np.zeros(3, np.float32), 0, []
    for x in calls:
        before, total = total, total + x.sum(0)
        count += (10 if x.sum() > 0 else -100) + 6
        results.append({"before": before, "total": total, "count": np.int32(count)})
    return results


CALLS = [ONES, 3 * ONES, -ONES, ONES[:1]]


def same(found: dict[str, object], wanted: dict[str, np.ndarray]) -> None:
    assert found.keys() == wanted.keys()
    for name, array in wanted.items():
        np.testing.assert_array_equal(np.asarray(found[name]), array, err_msg=name)


def test_eager_calls_change_the_variables() -> None:
    model = Counter()
    for x, wanted in zip(CALLS, expected(CALLS), strict=True):
        same(model(x), wanted)


@pytest.mark.parametrize("backend", BACKENDS)
def test_the_graph_and_eager_calls_share_the_variables(backend: str) -> None:
    model = Counter()
    model.trace(ONES)
    for i, (x, wanted) in enumerate(zip(CALLS, expected(CALLS), strict=True)):
        same(model(x) if i % 2 else model.predict(x, backend=backend), wanted)


@pytest.mark.parametrize("backend", BACKENDS)
def test_every_executable_has_states_of_its_own_and_can_reset_read_and_set_them(backend: str) -> None:
    graph = Counter().trace(ONES)
    one, other = (execution.backend(backend).prepare(graph) for _ in range(2))
    one.run([ONES])
    np.testing.assert_array_equal(one.run([ONES])[2], [4, 4, 4])
    np.testing.assert_array_equal(other.run([ONES])[2], [2, 2, 2])
    assert list(one.states) == ["total", "count"]
    assert one.states["count"] == 32
    one.states["total"] = np.array([5, 6, 7], np.float32)
    np.testing.assert_array_equal(one.run([ONES])[2], [7, 8, 9])
    one.states.reset()
    assert one.states["count"] == 0


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_call_that_fails_leaves_the_states_as_they_were(backend: str) -> None:
    class Guarded(irkit.Model):
        def __init__(self) -> None:
            super().__init__()
            self.count = irkit.Variable(0, name="count")

        def call(self, x: irkit.KerasTensor, places: irkit.KerasTensor) -> object:
            self.count.assign_add(1)
            return ops.take(x, places)

    class Wrapped(irkit.Model):
        def __init__(self) -> None:
            super().__init__()
            self.inner = Guarded()

        def call(self, inputs: list[irkit.KerasTensor]) -> object:
            return self.inner(*inputs)

    specs = [irkit.TensorSpec((None,), "float32"), irkit.TensorSpec((1,), "int64")]
    ready = execution.backend(backend).prepare(Wrapped().trace(specs))
    ready.run([np.ones(3, np.float32), np.array([1])])
    with pytest.raises(irkit.IrkitError):
        ready.run([np.ones(3, np.float32), np.array([7])])
    assert [int(ready.states[name]) for name in ready.states] == [1]


def test_states_are_saved_with_their_values_and_the_file_is_canonical(tmp_path: Path) -> None:
    model = Counter()
    for x in CALLS[:2]:
        model(x)
    model.trace(ONES)
    model.save(tmp_path / "a.irk")
    loaded = irkit.load(tmp_path / "a.irk")
    loaded.save(tmp_path / "b.irk")
    assert (tmp_path / "a.irk").read_bytes() == (tmp_path / "b.irk").read_bytes()
    for x, wanted in list(zip(CALLS, expected(CALLS), strict=True))[2:]:
        same(loaded.predict(x), wanted)
    loaded.reset_states()
    same(loaded(CALLS[2]), expected(CALLS[:3])[2])


def test_a_loaded_model_inside_another_one_keeps_its_state(tmp_path: Path) -> None:
    model = Counter()
    model.trace(ONES)
    model.save(tmp_path / "a.irk")
    loaded = irkit.load(tmp_path / "a.irk")

    class Outer(irkit.Model):
        def __init__(self) -> None:
            super().__init__()
            self.inner = loaded

        def call(self, x: irkit.KerasTensor) -> object:
            self.inner(x)
            return self.inner(x)

    outer = Outer()
    same(outer.predict(ONES), expected([ONES] * 2)[1])
    same(outer(ONES), expected([ONES] * 4)[3])


def test_user_ports_come_first_and_states_last() -> None:
    graph = Counter().trace(ONES)
    assert list(graph.inputs) == ["x"]
    assert list(graph.outputs) == ["before", "count", "total"]
    program = lower(graph).program
    assert [p.name for p in program.inputs] == ["x", "total_1", "count_1"]
    assert [p.name for p in program.outputs] == ["before", "count", "total", "total:next", "count:next"]
    assert [(s.name, s.input, s.output) for s in program.states] == [("total", 1, 3), ("count", 2, 4)]
    assert [program.tensors[s.initial].dims for s in program.states] == [(3,), ()]


def test_the_text_of_a_model_tells_its_states_and_can_be_read_back() -> None:
    graph = Counter().trace(ONES)
    text = to_text(graph, layers=False, sources=False, contents=True)
    assert "  state %total: float32[3] = " in text
    again = parse(text)
    assert to_text(again, layers=False, sources=False, contents=True) == text
    found = execution.backend("interpreter").prepare(again).run([ONES])
    np.testing.assert_array_equal(found[2], [2, 2, 2])


def test_the_summary_lists_states(capsys: pytest.CaptureFixture[str]) -> None:
    model = Counter()
    model.trace(ONES)
    model.summary()
    assert " State: total, float32[3]" in capsys.readouterr().out


def test_a_value_of_another_shape_is_refused_with_the_line() -> None:
    v = irkit.Variable(np.zeros(3, np.float32), name="v")
    with pytest.raises(irkit.ShapeError, match=r"(?s)test_states.py.*'v' has shape \(3,\).*shape \(2,\)"):
        v.assign([1.0, 2.0])

    class Wrong(irkit.Model):
        def call(self, x: irkit.KerasTensor) -> object:
            return v.assign(x)

    with pytest.raises(irkit.ShapeError, match=r"a tensor float32\[batch, 3\], and a state keeps its shape"):
        Wrong().trace(ONES)


def _swapped(graph: GraphModel) -> None:
    graph.states = graph.states[::-1]


def _one_twice(graph: GraphModel) -> None:
    graph.states = (graph.states[0], graph.states[0])


@pytest.mark.parametrize(
    ("change", "told"),
    [(_swapped, "'count' is int32.*; its value before"), (_one_twice, "called 'count'")],
)
def test_what_a_file_says_about_states_is_checked(
    tmp_path: Path, change: Callable[[GraphModel], None], told: str
) -> None:
    graph = Counter().trace(ONES)
    change(graph)
    assert not check(graph).ok
    save(graph, tmp_path / "wrong.irk")
    with pytest.raises(FormatError, match=told):
        load(tmp_path / "wrong.irk")


def test_variables_have_keras_constructor() -> None:
    drawn = irkit.Variable("ones", shape=(2, 3), dtype="float16", trainable=False, name="w")
    np.testing.assert_array_equal(drawn, np.ones((2, 3)))
    assert (drawn.dtype, drawn.trainable, drawn.name, drawn.shape) == ("float16", False, "w", (2, 3))
    assert irkit.Variable(1).dtype == "int32"
    assert irkit.Variable([1.0]).dtype == "float32"
    with pytest.raises(irkit.ArgumentError, match="needs a shape"):
        irkit.Variable(np.zeros)


@pytest.mark.parametrize("make", [layers.LSTM, layers.GRU, layers.SimpleRNN])
@pytest.mark.parametrize("backend", ["eager", *BACKENDS])
def test_a_stateful_recurrent_layer_goes_on_where_it_stopped(make: type, backend: str) -> None:
    x = np.random.default_rng(0).standard_normal((2, 6, 3)).astype(np.float32)
    whole = make(4, return_sequences=True, name="rnn")
    wanted = np.asarray(whole(x))
    model = irkit.Sequential(
        [irkit.Input(batch_shape=(2, 2, 3)), make(4, return_sequences=True, stateful=True, name="kept")]
    )
    model.set_weights(whole.get_weights())
    assert model.count_params() == whole.count_params()

    def run(part: np.ndarray) -> np.ndarray:
        return np.asarray(model(part)) if backend == "eager" else model.predict(part, backend=backend)

    for _ in range(2):
        found = np.concatenate([run(x[:, i : i + 2]) for i in (0, 2, 4)], axis=1)
        np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-6)
        model.layers[0].reset_states()


def test_a_stateful_layer_needs_a_fixed_batch() -> None:
    with pytest.raises(irkit.ArgumentError, match="needs a fixed number of samples"):
        layers.LSTM(2, stateful=True)(irkit.Input((3, 4)))


@pytest.mark.parametrize("backend", BACKENDS)
def test_batch_normalization_in_training_moves_its_statistics_in_a_graph(backend: str) -> None:
    start = irkit.Input((3,))
    norm = layers.BatchNormalization(momentum=0.9, epsilon=1e-3)
    model = irkit.Model(start, norm(start, training=True))
    x = np.random.default_rng(0).standard_normal((8, 3)).astype(np.float32)
    found = model.predict(x, backend=backend)
    np.testing.assert_allclose(found, (x - x.mean(0)) / np.sqrt(x.var(0) + 1e-3), rtol=1e-4, atol=1e-5)
    model.predict(x, backend=backend)
    np.testing.assert_allclose(norm.moving_mean, x.mean(0) * (1 - 0.9**2), rtol=1e-5)
    np.testing.assert_allclose(norm.moving_variance, 0.9**2 + x.var(0) * (1 - 0.9**2), rtol=1e-5)
