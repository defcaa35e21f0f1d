"""ai.onnx.ml's linear models, scalers and encoders, as scikit-learn's converter emits them, in operators of ai.onnx."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from irkit.errors import AttributeRangeError, UnsupportedError
from irkit.frontends.onnx_import.adapters.labels import ML
from irkit.frontends.onnx_import.use import Use, adapter
from irkit.ir import Array, DType, Value
from irkit.ir.types import FLOATS


def rows(use: Use) -> Value:
    """The features as float32 or float64 (rows, features); a vector is one row."""
    x = use.value(0)
    if use.rank() == 1:
        x = use.add("Reshape", x, use.integers([1, -1]))
    return x if use.type(0).dtype in FLOATS else use.add("Cast", x, to=DType.float32)


def floats(use: Use, name: str, *shape: int) -> Array:
    """An attribute that lists numbers, in a shape."""
    given = np.array(use.take(name, ()), np.float32)
    try:
        return given.reshape(shape)
    except ValueError:
        raise AttributeRangeError(
            f"{use.operator}'s attribute '{name}' has {given.size} numbers, which do not fill {shape}."
        ) from None


def single(use: Use, x: Value) -> Value:
    """As float32, which is what these operators answer in."""
    return use.add("Cast", x, to=DType.float32)


def class_labels(use: Use, *names: str) -> Array:
    """The labels of the classes: int64 or strings."""
    found = [given for name in names if (given := use.take(name))]
    if len(found) != 1:
        raise AttributeRangeError(f"{use.operator} needs either {' or '.join(names)}.")
    return np.array(found[0], object if isinstance(found[0][0], str | bytes) else np.int64)


def transformed(use: Use, scores: Value) -> Value:
    """The scores (rows, classes) after the operator's post_transform."""
    kind = use.take("post_transform", "NONE")
    if kind not in ("NONE", "SOFTMAX", "LOGISTIC"):
        raise use.unsupported(f"has post_transform {kind!r}; NONE, SOFTMAX and LOGISTIC are supported.")
    if kind == "NONE":
        return scores
    return use.add("Softmax", scores, axis=-1) if kind == "SOFTMAX" else use.add("Sigmoid", scores)


def best(use: Use, scores: Value, labels: Array) -> Value:
    """The label of the highest score in each row."""
    return use.add("Gather", use.constant(labels), use.add("ArgMax", scores, axis=1, keepdims=0))


@adapter("LinearRegressor", domain=ML)
def linear_regressor(use: Use) -> Sequence[Value]:
    return [transformed(use, _linear(use, use.take("targets", 1)))]


def _linear(use: Use, count: int) -> Value:
    x = single(use, rows(use))
    kernel = floats(use, "coefficients", count, -1).T
    product = use.add("MatMul", x, use.constant(np.ascontiguousarray(kernel)))
    intercepts = floats(use, "intercepts", -1)
    return use.add("Add", product, use.constant(intercepts)) if intercepts.size else product


@adapter("LinearClassifier", domain=ML)
def linear_classifier(use: Use) -> Sequence[Value]:
    """(labels, scores): the score of each class is linear."""
    labels = class_labels(use, "classlabels_strings", "classlabels_ints")
    if len(use.attributes.get("intercepts", labels)) != len(labels):
        raise use.unsupported(f"has one score for {len(labels)} classes; give it one for each.")
    scores = _linear(use, len(labels))
    return [best(use, scores, labels), transformed(use, scores)]


@adapter("Scaler", domain=ML)
def scaler(use: Use) -> Sequence[Value]:
    """(x − offset) · scale"""
    x = single(use, use.value(0))
    offset, scale = (use.constant(floats(use, name, -1)) for name in ("offset", "scale"))
    return [use.add("Mul", use.add("Sub", x, offset), scale)]


@adapter("Normalizer", domain=ML)
def normalizer(use: Use) -> Sequence[Value]:
    """Each row divided by its maximum, or by its L1 or L2 norm; rows of norm 0 stay."""
    reduction = {"MAX": "ReduceMax", "L1": "ReduceL1", "L2": "ReduceL2"}[use.take("norm", "MAX")]
    x = single(use, use.value(0))
    norm = use.add(reduction, x, use.integers([-1]))
    is_zero = use.add("Equal", norm, use.number(0.0, DType.float32))
    return [use.add("Div", x, use.add("Where", is_zero, use.number(1.0, DType.float32), norm))]


@adapter("Imputer", domain=ML)
def imputer(use: Use) -> Sequence[Value]:
    """Missing numbers, by column, replaced."""
    x, dtype = use.value(0), use.type(0).dtype
    kind = "float" if dtype in FLOATS else "int64"
    missing = use.take(f"replaced_value_{kind}", 0)
    values = np.array(use.take(f"imputed_value_{kind}s", ()), dtype.numpy)
    is_missing = use.add("IsNaN", x) if np.isnan(missing) else use.add("Equal", x, use.number(missing, dtype))
    return [use.add("Where", is_missing, use.constant(values), x)]


@adapter("OneHotEncoder", domain=ML)
def one_hot_encoder(use: Use) -> Sequence[Value]:
    """1 at the place of the category, along a new last axis; unknown ones become zeros."""
    if not use.take("zeros", 1):
        raise use.unsupported("refuses unknown categories (zeros=0), which is not supported.")
    categories = class_labels(use, "cats_strings", "cats_int64s")
    x = use.value(0) if categories.dtype == object else use.add("Cast", use.value(0), to=DType.int64)
    same = use.add("Equal", use.add("Unsqueeze", x, use.integers([-1])), use.constant(categories))
    return [single(use, same)]


@adapter("FeatureVectorizer", domain=ML)
def feature_vectorizer(use: Use) -> Sequence[Value]:
    """The inputs side by side, as float32."""
    return use.many("Concat", [single(use, use.value(i)) for i in range(len(use.inputs))], axis=1)


@adapter("SVMRegressor", domain=ML)
def support_vector_regressor(use: Use) -> Sequence[Value]:
    """kernel(x, support vectors) · coefficients + rho"""
    count = use.take("n_supports", 0)
    if not count or use.take("one_class", 0):
        raise use.unsupported("is supported with support vectors and without one_class only.")
    x = single(use, rows(use))
    kernel = _kernel(use, x, floats(use, "support_vectors", count, -1))
    y = use.add("MatMul", kernel, use.constant(floats(use, "coefficients", count, 1)))
    return [transformed(use, use.add("Add", y, use.constant(floats(use, "rho", 1))))]


def _kernel(use: Use, x: Value, supports: Array) -> Value:
    kind = use.take("kernel_type", "LINEAR")
    gamma, shift, degree = use.take("kernel_params", (0.0, 0.0, 3.0))
    if kind == "RBF":
        apart = use.add("Sub", use.add("Unsqueeze", x, use.integers([1])), use.constant(supports))
        squares = use.add("ReduceSumSquare", apart, use.integers([2]), keepdims=0)
        return use.add("Exp", use.add("Mul", squares, use.number(-gamma, DType.float32)))
    product = use.add("MatMul", x, use.constant(np.ascontiguousarray(supports.T)))
    if kind == "LINEAR":
        return product
    scaled = use.add("Mul", product, use.number(gamma, DType.float32))
    moved = use.add("Add", scaled, use.number(shift, DType.float32))
    if kind == "POLY":
        return use.add("Pow", moved, use.number(degree, DType.float32))
    return use.add("Tanh", moved)


@adapter("ZipMap", domain=ML)
def zip_map(use: Use) -> Sequence[Value]:
    raise UnsupportedError(
        "ZipMap makes dictionaries, which are not tensors.",
        cure="Convert the model without it: to_onnx(model, …, options={'zipmap': False}).",
    )
