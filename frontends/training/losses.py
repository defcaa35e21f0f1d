"""Losses as settings: what a model is to be trained for. Keras: https://keras.io/api/losses/"""

from __future__ import annotations

from typing import Any

from irkit.frontends import named
from irkit.frontends.named import unknown_name
from irkit.frontends.training.settings import Function, Settings, classes_of, getter


class Loss(Settings):
    """Base of all losses; a user's own defines call(y_true, y_pred)."""

    kind = "loss"
    arguments = {"name": None, "reduction": "sum_over_batch_size", "dtype": None}
    hidden = frozenset({"dtype"})


# Class → its arguments.
TABLE: dict[str, dict[str, Any]] = {
    "BinaryCrossentropy": {
        "from_logits": False,
        "label_smoothing": 0.0,
        "axis": -1,
        "reduction": "sum_over_batch_size",
        "name": "binary_crossentropy",
        "dtype": None,
    },
    "BinaryFocalCrossentropy": {
        "apply_class_balancing": False,
        "alpha": 0.25,
        "gamma": 2.0,
        "from_logits": False,
        "label_smoothing": 0.0,
        "axis": -1,
        "reduction": "sum_over_batch_size",
        "name": "binary_focal_crossentropy",
        "dtype": None,
    },
    "CTC": {"reduction": "sum_over_batch_size", "name": "ctc", "dtype": None},
    "CategoricalCrossentropy": {
        "from_logits": False,
        "label_smoothing": 0.0,
        "axis": -1,
        "reduction": "sum_over_batch_size",
        "name": "categorical_crossentropy",
        "dtype": None,
    },
    "CategoricalFocalCrossentropy": {
        "alpha": 0.25,
        "gamma": 2.0,
        "from_logits": False,
        "label_smoothing": 0.0,
        "axis": -1,
        "reduction": "sum_over_batch_size",
        "name": "categorical_focal_crossentropy",
        "dtype": None,
    },
    "CategoricalGeneralizedCrossEntropy": {
        "q": 0.5,
        "reduction": "sum_over_batch_size",
        "name": "categorical_generalized_cross_entropy",
        "dtype": None,
    },
    "CategoricalHinge": {"reduction": "sum_over_batch_size", "name": "categorical_hinge", "dtype": None},
    "Circle": {
        "gamma": 80.0,
        "margin": 0.4,
        "remove_diagonal": True,
        "reduction": "sum_over_batch_size",
        "name": "circle",
        "dtype": None,
    },
    "CosineSimilarity": {
        "axis": -1,
        "reduction": "sum_over_batch_size",
        "name": "cosine_similarity",
        "dtype": None,
    },
    "Dice": {"reduction": "sum_over_batch_size", "name": "dice", "axis": None, "dtype": None},
    "Hinge": {"reduction": "sum_over_batch_size", "name": "hinge", "dtype": None},
    "Huber": {"delta": 1.0, "reduction": "sum_over_batch_size", "name": "huber_loss", "dtype": None},
    "KLDivergence": {"reduction": "sum_over_batch_size", "name": "kl_divergence", "dtype": None},
    "LogCosh": {"reduction": "sum_over_batch_size", "name": "log_cosh", "dtype": None},
    "MeanAbsoluteError": {"reduction": "sum_over_batch_size", "name": "mean_absolute_error", "dtype": None},
    "MeanAbsolutePercentageError": {
        "reduction": "sum_over_batch_size",
        "name": "mean_absolute_percentage_error",
        "dtype": None,
    },
    "MeanSquaredError": {"reduction": "sum_over_batch_size", "name": "mean_squared_error", "dtype": None},
    "MeanSquaredLogarithmicError": {
        "reduction": "sum_over_batch_size",
        "name": "mean_squared_logarithmic_error",
        "dtype": None,
    },
    "Poisson": {"reduction": "sum_over_batch_size", "name": "poisson", "dtype": None},
    "SparseCategoricalCrossentropy": {
        "from_logits": False,
        "ignore_class": None,
        "reduction": "sum_over_batch_size",
        "axis": -1,
        "name": "sparse_categorical_crossentropy",
        "dtype": None,
    },
    "SquaredHinge": {"reduction": "sum_over_batch_size", "name": "squared_hinge", "dtype": None},
    "Tversky": {
        "alpha": 0.5,
        "beta": 0.5,
        "reduction": "sum_over_batch_size",
        "name": "tversky",
        "axis": None,
        "dtype": None,
    },
}
CLASSES = {"Loss": Loss, **classes_of(Loss, TABLE, __name__)}
FUNCTIONS = {
    name: Function(name)
    for name in (
        "binary_crossentropy",
        "binary_focal_crossentropy",
        "categorical_crossentropy",
        "categorical_focal_crossentropy",
        "categorical_generalized_cross_entropy",
        "categorical_hinge",
        "circle",
        "cosine_similarity",
        "ctc",
        "dice",
        "hinge",
        "huber",
        "kl_divergence",
        "log_cosh",
        "mean_absolute_error",
        "mean_absolute_percentage_error",
        "mean_squared_error",
        "mean_squared_logarithmic_error",
        "poisson",
        "sparse_categorical_crossentropy",
        "squared_hinge",
        "tversky",
    )
}
# Keras's other names.
ALIASES = {
    "bce": "BinaryCrossentropy",
    "cosine_similarity": "CosineSimilarity",
    "kld": "KLDivergence",
    "mae": "MeanAbsoluteError",
    "mape": "MeanAbsolutePercentageError",
    "mse": "MeanSquaredError",
    "msle": "MeanSquaredLogarithmicError",
}
get = getter("loss", CLASSES, ALIASES)
serialize = named.serialized
__all__ = ["deserialize", "get", "serialize", *CLASSES, *FUNCTIONS]  # noqa: PLE0604  # names of the tables


def deserialize(name: Any, custom_objects: Any = None) -> Any:  # a loss
    """A loss from its configuration or name."""
    return get(name)


def __getattr__(name: str) -> Any:  # a class or function of the tables
    found = CLASSES.get(name) or FUNCTIONS.get(name)
    if found is None:
        raise unknown_name("irkit.losses", name, __all__)
    return found


def __dir__() -> list[str]:
    return sorted(__all__)
