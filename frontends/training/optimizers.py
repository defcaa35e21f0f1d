"""Optimizers as settings: how a model is to be trained. Keras: https://keras.io/api/optimizers/"""

from __future__ import annotations

from typing import Any

from irkit.frontends import named
from irkit.frontends.named import unknown_name
from irkit.frontends.training import schedules as schedules
from irkit.frontends.training.settings import NEEDED, Settings, classes_of, getter

# What every optimizer takes after its own arguments.
COMMON: dict[str, Any] = {
    "weight_decay": None,
    "clipnorm": None,
    "clipvalue": None,
    "global_clipnorm": None,
    "use_ema": False,
    "ema_momentum": 0.99,
    "ema_overwrite_frequency": None,
    "loss_scale_factor": None,
    "gradient_accumulation_steps": None,
    "name": None,
}


class Optimizer(Settings):
    """Base of all optimizers."""

    kind = "optimizer"
    arguments = {"learning_rate": NEEDED, **COMMON}

    apply_gradients = apply = minimize = Settings._refuse

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if isinstance(self.__dict__["learning_rate"], dict):
            self.learning_rate = schedules.deserialize(self.__dict__["learning_rate"])


class LossScaleOptimizer(Settings):
    """Another optimizer, with a loss that is scaled so that small floats do not vanish."""

    kind = "optimizer"
    arguments = {
        "inner_optimizer": NEEDED,
        "initial_scale": 2.0**15,
        "dynamic_growth_steps": 2000,
        "name": None,
    }


# Class → its own arguments.
TABLE: dict[str, dict[str, Any]] = {
    "Adadelta": {"learning_rate": 0.001, "rho": 0.95, "epsilon": 1e-07},
    "Adafactor": {
        "learning_rate": 0.001,
        "beta_2_decay": -0.8,
        "epsilon_1": 1e-30,
        "epsilon_2": 0.001,
        "clip_threshold": 1.0,
        "relative_step": True,
    },
    "Adagrad": {"learning_rate": 0.001, "initial_accumulator_value": 0.1, "epsilon": 1e-07},
    "Adam": {"learning_rate": 0.001, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-07, "amsgrad": False},
    "AdamW": {
        "learning_rate": 0.001,
        "weight_decay": 0.004,
        "beta_1": 0.9,
        "beta_2": 0.999,
        "epsilon": 1e-07,
        "amsgrad": False,
    },
    "Adamax": {"learning_rate": 0.001, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-07},
    "Ftrl": {
        "learning_rate": 0.001,
        "learning_rate_power": -0.5,
        "initial_accumulator_value": 0.1,
        "l1_regularization_strength": 0.0,
        "l2_regularization_strength": 0.0,
        "l2_shrinkage_regularization_strength": 0.0,
        "beta": 0.0,
    },
    "Lamb": {"learning_rate": 0.001, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-07},
    "Lion": {"learning_rate": 0.001, "beta_1": 0.9, "beta_2": 0.99},
    "Muon": {
        "learning_rate": 0.001,
        "adam_beta_1": 0.9,
        "adam_beta_2": 0.999,
        "adam_weight_decay": 0.004,
        "epsilon": 1e-07,
        "weight_decay": 0.004,
        "exclude_layers": None,
        "exclude_embeddings": True,
        "muon_a": 3.4445,
        "muon_b": -4.775,
        "muon_c": 2.0315,
        "adam_lr_ratio": 1,
        "momentum": 0.95,
        "ns_steps": 5,
        "nesterov": True,
        "rms_rate": 0.2,
    },
    "Nadam": {"learning_rate": 0.001, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-07},
    "RMSprop": {"learning_rate": 0.001, "rho": 0.9, "momentum": 0.0, "epsilon": 1e-07, "centered": False},
    "SGD": {"learning_rate": 0.01, "momentum": 0.0, "nesterov": False},
    "ScheduleFreeAdamW": {
        "learning_rate": 0.0025,
        "beta_1": 0.9,
        "beta_2": 0.999,
        "epsilon": 1e-08,
        "warmup_steps": 0,
    },
}
CLASSES: dict[str, type[Settings]] = {
    "Optimizer": Optimizer,
    "LossScaleOptimizer": LossScaleOptimizer,
    **classes_of(
        Optimizer,
        {n: {**row, **{k: v for k, v in COMMON.items() if k not in row}} for n, row in TABLE.items()},
        __name__,
    ),
}
get = getter("optimizer", CLASSES, {})
serialize = named.serialized
__all__ = ["deserialize", "get", "schedules", "serialize", *CLASSES]  # noqa: PLE0604  # names of the table


def deserialize(config: Any, custom_objects: Any = None) -> Any:  # an optimizer
    """An optimizer from its configuration or name."""
    return get(config)


def __getattr__(name: str) -> Any:  # a class of the table
    if name not in CLASSES:
        raise unknown_name("irkit.optimizers", name, __all__)
    return CLASSES[name]


def __dir__() -> list[str]:
    return sorted(__all__)
