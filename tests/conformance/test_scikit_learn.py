"""scikit-learn's models, converted by skl2onnx, imported and run: beside onnxruntime's own kernels and scikit-learn."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnxruntime
import pytest
from onnx import ModelProto, helper

from irkit import execution, serialize
from irkit.errors import IrkitError
from irkit.frontends.onnx_import import graph_model

skl2onnx = pytest.importorskip("skl2onnx")
sklearn = pytest.importorskip("sklearn")
from sklearn import (  # noqa: E402  # after the check that it is there
    ensemble,
    linear_model,
    pipeline,
    preprocessing,
    svm,
    tree,
)
from sklearn.datasets import load_diabetes, load_iris  # noqa: E402

REGRESSORS = [
    linear_model.LinearRegression(),
    linear_model.Ridge(),
    tree.DecisionTreeRegressor(random_state=0),
    ensemble.RandomForestRegressor(20, random_state=0),
    ensemble.ExtraTreesRegressor(10, random_state=0),
    ensemble.GradientBoostingRegressor(n_estimators=30, random_state=0),
    svm.SVR(kernel="rbf"),
    svm.SVR(kernel="poly", degree=2),
    svm.SVR(kernel="linear"),
]
CLASSIFIERS = [
    linear_model.LogisticRegression(max_iter=500),
    tree.DecisionTreeClassifier(random_state=0),
    ensemble.RandomForestClassifier(20, random_state=0),
    ensemble.GradientBoostingClassifier(n_estimators=10, random_state=0),
]
SCALERS = [
    preprocessing.StandardScaler(),
    preprocessing.MinMaxScaler(),
    preprocessing.RobustScaler(),
    preprocessing.MaxAbsScaler(),
    preprocessing.Normalizer("l1"),
    preprocessing.Normalizer("l2"),
    preprocessing.Normalizer("max"),
    preprocessing.Binarizer(threshold=0.01),
]


def converted(model: Any, x: np.ndarray, **options: Any) -> ModelProto:
    return skl2onnx.to_onnx(model, x[:1], target_opset={"": 21, "ai.onnx.ml": 3}, **options)


def theirs(model: ModelProto, x: np.ndarray) -> list[np.ndarray]:
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return session.run(None, {session.get_inputs()[0].name: x})


def ours(model: ModelProto, x: np.ndarray, backend: str) -> list[np.ndarray]:
    return execution.backend(backend).prepare(graph_model(model)).run([x])


def assert_alike(results: list[np.ndarray], expected: list[np.ndarray]) -> None:
    for a, b in zip(results, expected, strict=True):
        assert a.shape == b.shape
        if b.dtype.kind == "f":
            np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5 * max(1.0, float(np.abs(b).max())))
        else:
            np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("backend", ["interpreter", "onnxruntime"])
@pytest.mark.parametrize("model", REGRESSORS, ids=lambda m: type(m).__name__)
def test_regressors_predict_as_in_scikit_learn(model: Any, backend: str) -> None:
    x, y = load_diabetes(return_X_y=True)
    x = x.astype(np.float32)
    model.fit(x[:300], y[:300])
    results = ours(converted(model, x), x[300:], backend)
    assert_alike(results, theirs(converted(model, x), x[300:]))
    expected = model.predict(x[300:])
    assert np.median(np.abs(results[0].ravel() - expected)) < 1e-3 * np.abs(expected).max()


@pytest.mark.parametrize("backend", ["interpreter", "onnxruntime"])
@pytest.mark.parametrize("classes", [2, 3])
@pytest.mark.parametrize("model", CLASSIFIERS, ids=lambda m: type(m).__name__)
def test_classifiers_predict_as_in_scikit_learn(model: Any, classes: int, backend: str) -> None:
    x, y = load_iris(return_X_y=True)
    x, y = x[y < classes].astype(np.float32), y[y < classes]
    x += np.random.default_rng(0).normal(0, 0.5, x.shape).astype(np.float32)
    names = np.array(["setosa", "versicolor", "virginica"])[y]
    for target in (y, names):
        model.fit(x[::2], target[::2])
        onnx_model = converted(model, x, options={"zipmap": False})
        results = ours(onnx_model, x[1::2], backend)
        assert_alike(results, theirs(onnx_model, x[1::2]))
        assert np.mean(results[0] == model.predict(x[1::2])) > 0.97  # float32 may decide a tie otherwise
        np.testing.assert_allclose(results[1], model.predict_proba(x[1::2]), atol=1e-4)


@pytest.mark.parametrize("model", SCALERS, ids=lambda m: f"{type(m).__name__} {getattr(m, 'norm', '')}")
def test_scalers_transform_as_in_scikit_learn(model: Any) -> None:
    x = load_diabetes().data.astype(np.float32)
    x[3] = 0
    x = np.abs(x)  # "max" is of the magnitudes in scikit-learn, of the numbers in ONNX
    model.fit(x)
    assert_alike(ours(converted(model, x), x, "interpreter"), theirs(converted(model, x), x))
    np.testing.assert_allclose(ours(converted(model, x), x, "interpreter")[0], model.transform(x), atol=1e-5)


def test_a_pipeline_is_saved_and_runs_from_its_file(tmp_path: Any) -> None:
    x, y = load_iris(return_X_y=True)
    x = x.astype(np.float32)
    model = pipeline.make_pipeline(
        preprocessing.StandardScaler(), ensemble.RandomForestClassifier(10, random_state=0)
    )
    onnx_model = converted(model.fit(x, y), x, options={"zipmap": False})
    serialize.save(graph_model(onnx_model), tmp_path / "m.irk")
    loaded = execution.backend("onnxruntime").prepare(serialize.load(tmp_path / "m.irk"))
    assert_alike(loaded.run([x]), theirs(onnx_model, x))


def test_dictionaries_of_probabilities_are_refused_with_the_cure() -> None:
    x, y = load_iris(return_X_y=True)
    model = linear_model.LogisticRegression(max_iter=500).fit(x.astype(np.float32), y)
    with pytest.raises(IrkitError, match="zipmap"):
        graph_model(converted(model, x.astype(np.float32)))


# ---- trees that scikit-learn does not make

_NODES = {
    "nodes_treeids": [0] * 5 + [1] * 3,
    "nodes_nodeids": [0, 1, 2, 3, 4, 0, 1, 2],
    "nodes_featureids": [0, 1, 0, 0, 0, 2, 0, 0],
    "nodes_truenodeids": [1, 3, 0, 0, 0, 1, 0, 0],
    "nodes_falsenodeids": [2, 4, 0, 0, 0, 2, 0, 0],
    "nodes_missing_value_tracks_true": [1, 0, 0, 0, 0, 1, 0, 0],
    "nodes_values": [0.5, -0.25, 0.0, 0.0, 0.0, 0.1, 0.0, 0.0],
}
_MODES = ["BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT", "BRANCH_EQ", "BRANCH_NEQ"]


@pytest.mark.parametrize("aggregate", ["SUM", "AVERAGE", "MIN", "MAX"])
@pytest.mark.parametrize(("first", "second"), [(a, b) for a in _MODES for b in _MODES])
def test_every_comparison_and_aggregation_is_onnxruntime_s(first: str, second: str, aggregate: str) -> None:
    modes = [first, second, "LEAF", "LEAF", "LEAF", first, "LEAF", "LEAF"]
    node = helper.make_node(
        "TreeEnsembleRegressor",
        ["x"],
        ["y"],
        domain="ai.onnx.ml",
        n_targets=1,
        nodes_modes=modes,
        aggregate_function=aggregate,
        target_treeids=[0, 0, 0, 1, 1],
        target_nodeids=[2, 3, 4, 1, 2],
        target_ids=[0] * 5,
        target_weights=[1.0, -2.0, 4.0, 8.0, 0.5],
        base_values=[0.25],
        **_NODES,
    )
    float32 = 1
    graph = helper.make_graph(
        [node],
        "trees",
        [helper.make_tensor_value_info("x", float32, [None, 3])],
        [helper.make_tensor_value_info("y", float32, [None, 1])],
    )
    opsets = [helper.make_opsetid("", 21), helper.make_opsetid("ai.onnx.ml", 3)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=10)
    x = np.random.default_rng(0).choice([0.5, -0.25, 0.1, 0.7, -1.0, np.nan], (64, 3)).astype(np.float32)
    assert_alike(ours(model, x, "interpreter"), theirs(model, x))
