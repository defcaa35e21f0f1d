"""Metrics as settings: what is to be watched while a model is trained. Keras: https://keras.io/api/metrics/"""

from __future__ import annotations

from typing import Any

from irkit.frontends import named
from irkit.frontends.named import unknown_name
from irkit.frontends.training.settings import NEEDED, Function, Settings, classes_of, getter


class Metric(Settings):
    """Base of all metrics; a user's own defines update_state and result."""

    kind = "metric"
    arguments = {"dtype": None, "name": None}

    update_state = result = reset_state = Settings._refuse

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.dtype: str = self.__dict__["dtype"] or ("int32" if "IoU" in type(self).__name__ else "float32")


# Class → its arguments.
TABLE: dict[str, dict[str, Any]] = {
    "AUC": {
        "num_thresholds": 200,
        "curve": "ROC",
        "summation_method": "interpolation",
        "name": None,
        "dtype": None,
        "thresholds": None,
        "multi_label": False,
        "num_labels": None,
        "label_weights": None,
        "from_logits": False,
    },
    "Accuracy": {"name": "accuracy", "dtype": None},
    "BinaryAccuracy": {"name": "binary_accuracy", "dtype": None, "threshold": 0.5},
    "BinaryCrossentropy": {
        "name": "binary_crossentropy",
        "dtype": None,
        "from_logits": False,
        "label_smoothing": 0,
    },
    "BinaryIoU": {"target_class_ids": (0, 1), "threshold": 0.5, "name": None, "dtype": None},
    "CategoricalAccuracy": {"name": "categorical_accuracy", "dtype": None},
    "CategoricalCrossentropy": {
        "name": "categorical_crossentropy",
        "dtype": None,
        "from_logits": False,
        "label_smoothing": 0,
        "axis": -1,
    },
    "CategoricalHinge": {"name": "categorical_hinge", "dtype": None},
    "ConcordanceCorrelation": {"name": "concordance_correlation", "dtype": None, "axis": -1},
    "CosineSimilarity": {"name": "cosine_similarity", "dtype": None, "axis": -1},
    "F1Score": {"average": None, "threshold": None, "name": "f1_score", "dtype": None},
    "FBetaScore": {"average": None, "beta": 1.0, "threshold": None, "name": "fbeta_score", "dtype": None},
    "FalseNegatives": {"thresholds": None, "name": None, "dtype": None},
    "FalsePositives": {"thresholds": None, "name": None, "dtype": None},
    "Hinge": {"name": "hinge", "dtype": None},
    "IoU": {
        "num_classes": NEEDED,
        "target_class_ids": NEEDED,
        "name": None,
        "dtype": None,
        "ignore_class": None,
        "sparse_y_true": True,
        "sparse_y_pred": True,
        "axis": -1,
    },
    "KLDivergence": {"name": "kl_divergence", "dtype": None},
    "LogCoshError": {"name": "logcosh", "dtype": None},
    "Mean": {"name": "mean", "dtype": None},
    "MeanAbsoluteError": {"name": "mean_absolute_error", "dtype": None},
    "MeanAbsolutePercentageError": {"name": "mean_absolute_percentage_error", "dtype": None},
    "MeanIoU": {
        "num_classes": NEEDED,
        "name": None,
        "dtype": None,
        "ignore_class": None,
        "sparse_y_true": True,
        "sparse_y_pred": True,
        "axis": -1,
    },
    "MeanMetricWrapper": {"fn": NEEDED, "name": None, "dtype": None},
    "MeanSquaredError": {"name": "mean_squared_error", "dtype": None},
    "MeanSquaredLogarithmicError": {"name": "mean_squared_logarithmic_error", "dtype": None},
    "OneHotIoU": {
        "num_classes": NEEDED,
        "target_class_ids": NEEDED,
        "name": None,
        "dtype": None,
        "ignore_class": None,
        "sparse_y_pred": False,
        "axis": -1,
    },
    "OneHotMeanIoU": {
        "num_classes": NEEDED,
        "name": None,
        "dtype": None,
        "ignore_class": None,
        "sparse_y_pred": False,
        "axis": -1,
    },
    "PearsonCorrelation": {"name": "pearson_correlation", "dtype": None, "axis": -1},
    "Poisson": {"name": "poisson", "dtype": None},
    "Precision": {"thresholds": None, "top_k": None, "class_id": None, "name": None, "dtype": None},
    "PrecisionAtRecall": {
        "recall": NEEDED,
        "num_thresholds": 200,
        "class_id": None,
        "name": None,
        "dtype": None,
    },
    "R2Score": {
        "class_aggregation": "uniform_average",
        "num_regressors": 0,
        "name": "r2_score",
        "dtype": None,
    },
    "Recall": {"thresholds": None, "top_k": None, "class_id": None, "name": None, "dtype": None},
    "RecallAtPrecision": {
        "precision": NEEDED,
        "num_thresholds": 200,
        "class_id": None,
        "name": None,
        "dtype": None,
    },
    "RootMeanSquaredError": {"name": "root_mean_squared_error", "dtype": None},
    "SensitivityAtSpecificity": {
        "specificity": NEEDED,
        "num_thresholds": 200,
        "class_id": None,
        "name": None,
        "dtype": None,
    },
    "SparseCategoricalAccuracy": {"name": "sparse_categorical_accuracy", "dtype": None},
    "SparseCategoricalCrossentropy": {
        "name": "sparse_categorical_crossentropy",
        "dtype": None,
        "from_logits": False,
        "ignore_class": None,
        "axis": -1,
    },
    "SparseTopKCategoricalAccuracy": {
        "k": 5,
        "name": "sparse_top_k_categorical_accuracy",
        "dtype": None,
        "from_sorted_ids": False,
    },
    "SpecificityAtSensitivity": {
        "sensitivity": NEEDED,
        "num_thresholds": 200,
        "class_id": None,
        "name": None,
        "dtype": None,
    },
    "SquaredHinge": {"name": "squared_hinge", "dtype": None},
    "Sum": {"name": "sum", "dtype": None},
    "TopKCategoricalAccuracy": {"k": 5, "name": "top_k_categorical_accuracy", "dtype": None},
    "TrueNegatives": {"thresholds": None, "name": None, "dtype": None},
    "TruePositives": {"thresholds": None, "name": None, "dtype": None},
}
CLASSES = {"Metric": Metric, **classes_of(Metric, TABLE, __name__)}
FUNCTIONS = {
    name: Function(name)
    for name in (
        "binary_accuracy",
        "binary_crossentropy",
        "binary_focal_crossentropy",
        "categorical_accuracy",
        "categorical_crossentropy",
        "categorical_focal_crossentropy",
        "categorical_hinge",
        "concordance_correlation",
        "hinge",
        "huber",
        "kl_divergence",
        "log_cosh",
        "mean_absolute_error",
        "mean_absolute_percentage_error",
        "mean_squared_error",
        "mean_squared_logarithmic_error",
        "pearson_correlation",
        "poisson",
        "sparse_categorical_accuracy",
        "sparse_categorical_crossentropy",
        "sparse_top_k_categorical_accuracy",
        "squared_hinge",
        "top_k_categorical_accuracy",
    )
}
# Keras's other names.
ALIASES = {
    "acc": "Accuracy",
    "bce": "BinaryCrossentropy",
    "mae": "MeanAbsoluteError",
    "mape": "MeanAbsolutePercentageError",
    "mse": "MeanSquaredError",
    "msle": "MeanSquaredLogarithmicError",
    "rmse": "RootMeanSquaredError",
}
get = getter("metric", CLASSES, ALIASES)
serialize = named.serialized
__all__ = ["deserialize", "get", "serialize", *CLASSES, *FUNCTIONS]  # noqa: PLE0604  # names of the tables


def deserialize(config: Any, custom_objects: Any = None) -> Any:  # a metric
    """A metric from its configuration or name."""
    return get(config)


def __getattr__(name: str) -> Any:  # a class or function of the tables
    found = CLASSES.get(name) or FUNCTIONS.get(name)
    if found is None:
        raise unknown_name("irkit.metrics", name, __all__)
    return found


def __dir__() -> list[str]:
    return sorted(__all__)
